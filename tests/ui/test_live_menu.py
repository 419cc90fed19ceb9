from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from ringbridge.ui.live_menu import LiveEntry, LiveMenu

ADA = LiveEntry(key="a", who="Ada & Co", state="connected", can_hang_up=True)
BOB = LiveEntry(key="b", who="Bob", state="calling")
LATER = LiveEntry(key="l", who="Cy", state="called in a while", can_cancel=True)


@pytest.fixture
def menu(qapp: QApplication) -> Iterator[QMenu]:
    menu = QMenu()
    menu.addAction("Call number…")
    yield menu
    menu.deleteLater()


def texts(menu: QMenu) -> list[str]:
    return ["—" if action.isSeparator() else action.text() for action in menu.actions()]


def entry(menu: QMenu, name: str) -> QAction:
    return next(action for action in menu.actions() if action.objectName() == name)


def test_calls_stand_at_the_head_and_go_without_a_trace(menu: QMenu) -> None:
    live = LiveMenu(menu)
    live.show((BOB, ADA))
    assert texts(menu) == ["Bob — calling", "Ada && Co — connected", "Hang up Ada && Co", "—", "Call number…"]
    live.show((LATER, BOB))
    assert texts(menu) == ["Cy — called in a while", "Don't call Cy", "Bob — calling", "—", "Call number…"]
    live.show(())
    live.show(())
    assert texts(menu) == ["Call number…"]


def test_an_entry_stays_with_its_call(menu: QMenu) -> None:
    live = LiveMenu(menu)
    live.show((ADA,))
    before = entry(menu, "live_0")
    live.show((BOB, ADA._replace(state="calling", can_hang_up=False)))
    assert entry(menu, "live_1") is before
    assert before.text() == "Ada && Co — calling"


def test_entries_say_which_call_is_meant(menu: QMenu, qtbot: QtBot) -> None:
    live = LiveMenu(menu)
    live.show((ADA, LATER))
    for name, signal, key in (
        ("live_0", live.show_wanted, "a"),
        ("hang_up_0", live.hang_up_wanted, "a"),
        ("cancel_1", live.cancel_wanted, "l"),
    ):
        with qtbot.waitSignal(signal) as heard:
            entry(menu, name).trigger()
        assert heard.args == [key]


def test_many_calls_are_cut(menu: QMenu) -> None:
    live = LiveMenu(menu)
    live.show([BOB._replace(key=str(number)) for number in range(9)])
    assert len([text for text in texts(menu) if text.startswith("Bob")]) == 4


def test_an_empty_menu_is_filled_too(qapp: QApplication) -> None:
    menu = QMenu()
    live = LiveMenu(menu)
    live.show((BOB,))
    assert texts(menu) == ["Bob — calling", "—"]
