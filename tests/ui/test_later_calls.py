"""Calls in a while: the time they are for may pass while the computer sleeps."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallOutcome, Destination, Origin
from ringbridge.core.targets import Target
from ringbridge.ui.calling import Wish
from ringbridge.ui.later_calls import LaterCall, LaterCalls

DESTINATION = Destination(dialed="2125550142", display="+1 212-555-0142")
WISH = Wish(target=Target(e164="+12125550142"), origin=Origin.TYPED, said_yes=True, counted_down=True)


class AskedCaller:
    """Takes wishes."""

    def __init__(self) -> None:
        self.wishes: list[Wish] = []
        self.screen_locked = False

    def want(self, wish: Wish, _done: object = None) -> None:
        self.wishes.append(wish)


class Bench:
    def __init__(self) -> None:
        self.wall_s = 1_000_000.0
        self.caller = AskedCaller()
        self.later = LaterCalls(self.caller, wall_s=lambda: self.wall_s)  # type: ignore[arg-type]
        self.gone: list[str] = []
        self.later.gone.connect(self.gone.append)
        self.outcomes: list[CallOutcome] = []

    def add(self, seconds: int) -> LaterCall:
        self.later.add(WISH, DESTINATION, seconds, self.outcomes.append)
        return self.later.calls[0]


@pytest.fixture
def bench(qtbot: QtBot) -> Any:
    bench = Bench()
    yield bench
    bench.later.close()


def test_a_call_is_placed_when_its_time_has_come(bench: Bench, qtbot: QtBot) -> None:
    bench.add(1)
    bench.wall_s += 1
    qtbot.waitUntil(lambda: bool(bench.caller.wishes))
    (wish,) = bench.caller.wishes
    assert (wish.said_yes, wish.overdue, wish.destination) == (True, False, DESTINATION)
    assert bench.later.calls == ()


def test_a_call_whose_time_passed_in_sleep_is_asked_about(bench: Bench) -> None:
    call = bench.add(300)
    bench.wall_s += 3600
    bench.later.woke_up()
    (wish,) = bench.caller.wishes
    assert (wish.said_yes, wish.overdue) == (False, True)
    assert (bench.gone, bench.later.calls, bench.outcomes) == ([call.key], (), [])


def test_a_call_whose_time_is_still_to_come_keeps_it(bench: Bench) -> None:
    before = bench.add(300)
    bench.wall_s += 100  # asleep, while the clock that only grows stood still
    bench.later.woke_up()
    (after,) = bench.later.calls
    assert (before.key, before.at_s) == (after.key, after.at_s)
    assert after.until_s == pytest.approx(before.until_s - 100, abs=1)
    assert bench.caller.wishes == []


def test_without_word_of_the_sleep_nothing_is_dialed_by_surprise_either(bench: Bench, qtbot: QtBot) -> None:
    bench.add(1)
    bench.wall_s += 3600
    qtbot.waitUntil(lambda: bool(bench.caller.wishes))
    assert bench.caller.wishes[0].overdue


def test_while_the_screen_is_locked_nobody_is_asked(bench: Bench) -> None:
    bench.add(300)
    bench.caller.screen_locked = True
    bench.wall_s += 3600
    bench.later.woke_up()
    assert bench.caller.wishes == []
    bench.caller.screen_locked = False
    bench.later.ask_overdue()
    bench.later.ask_overdue()
    assert [wish.overdue for wish in bench.caller.wishes] == [True]


def test_a_cancelled_call_is_not_asked_about(bench: Bench) -> None:
    bench.later.cancel(bench.add(300).key)
    bench.wall_s += 3600
    bench.later.woke_up()
    assert bench.caller.wishes == []
    assert [outcome.problem for outcome in bench.outcomes] == ["declined"]
