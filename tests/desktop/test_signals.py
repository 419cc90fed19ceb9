"""Signals that ask the program to end."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.signals import QuitSignals

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[dict[int, Any]]:
    """The handlers from before, which are also put back."""
    before: dict[int, Any] = {number: signal.getsignal(number) for number in NUMBERS}
    yield dict(before)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_asks_to_quit_while_nothing_else_happens(qtbot: QtBot, number: signal.Signals) -> None:
    asked: list[bool] = []
    signals = QuitSignals(lambda: asked.append(True))
    os.kill(os.getpid(), number)
    qtbot.waitUntil(lambda: asked == [True])
    signals.close()


def test_after_closing_the_signals_do_what_they_did_before(qtbot: QtBot, handlers: dict[int, Any]) -> None:
    signals = QuitSignals(lambda: None)
    assert all(signal.getsignal(number) != handlers[number] for number in NUMBERS)
    signals.close()
    signals.close()
    assert {number: signal.getsignal(number) for number in NUMBERS} == handlers
