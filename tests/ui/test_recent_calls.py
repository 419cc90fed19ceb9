import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallProgress, CallRecord, CallState, Destination, Origin, Outcome
from ringbridge.ui.recent_calls import RecentCalls
from ringbridge.ui.session import MAX_RECENT
from ringbridge.ui.tray import Tray


@pytest.fixture
def tray(qtbot: QtBot) -> Iterator[Tray]:
    tray = Tray()
    yield tray
    tray.close()


@pytest.fixture
def recent(tray: Tray) -> RecentCalls:
    return RecentCalls(tray)


def call(request_id: str, outcome: Outcome = Outcome.REQUESTED) -> CallRecord:
    return CallRecord(
        request_id=request_id,
        requested_at=datetime(2026, 11, 25, 17, 0, tzinfo=UTC),
        origin=Origin.CARD,
        outcome=outcome,
        destination=Destination(dialed=f"20{request_id}", display=f"20{request_id}"),
    )


def listed(tray: Tray) -> list[str]:
    """The numbers in the menu, from the top."""
    entries = [a for a in tray.menu.actions() if re.fullmatch(r"recent_\d+", a.objectName()) and a.isVisible()]
    return [entry.text().partition(" ")[0] for entry in entries]


def test_calls_of_earlier_starts_come_below_and_never_replace_one_of_this_start(
    tray: Tray, recent: RecentCalls
) -> None:
    recent.remember(call("2", Outcome.UNKNOWN))
    recent.add_earlier((call("2"), call("1")))
    assert recent.latest == call("2", Outcome.UNKNOWN)
    assert recent.find("1") == call("1")
    assert listed(tray) == ["202", "201"]


def test_a_call_stands_once_with_what_is_known_of_it_last(recent: RecentCalls) -> None:
    recent.remember(call("1", Outcome.PLACING))
    recent.remember(call("1"))
    recent.forget("1")
    assert recent.latest is None


def test_the_list_has_an_end(recent: RecentCalls) -> None:
    for number in range(MAX_RECENT + 1):
        recent.remember(call(str(number)))
    assert [recent.find(name) is None for name in ("0", "1", str(MAX_RECENT))] == [True, False, False]


def test_progress_adds_to_what_is_known_and_nothing_takes_it_away(recent: RecentCalls) -> None:
    recent.remember(call("1"))
    connected = CallProgress(state=CallState.CONNECTED)
    recent.progressed("1", progress=connected, callid="c1", note="calls back")
    recent.progressed("1")
    recent.progressed("other", callid="c2")
    record = recent.find("1")
    assert record is not None
    assert (record.progress, record.callid, record.note) == (connected, "c1", "calls back")
    recent.progressed("1", note="")
    record = recent.find("1")
    assert record is not None
    assert record.note == ""
