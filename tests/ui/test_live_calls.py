"""Calls followed on lanes and timers, in real time."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallEnd, CallOutcome, CallState, Origin, Outcome
from ringbridge.core.targets import Target
from ringbridge.training.server import TrainingPbx
from ringbridge.training.states import CallPhase
from ringbridge.ui.calling import Wish
from ringbridge.ui.live_calls import LiveCall, LiveCalls

from .conftest import Parts

NUMBER = "+12125550142"


class Following:
    """Live calls of one program, and all that was said of them, with times."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.live = LiveCalls(
            session=parts.session, caller=parts.caller, tracker=lambda: parts.tracker, lane=parts.live_lane
        )
        self.said: list[tuple[float, LiveCall]] = []
        self.ended: list[LiveCall] = []
        self.dropped: list[str] = []
        self.live.changed.connect(lambda call: self.said.append((time.time(), call)))
        self.live.ended.connect(self.ended.append)
        self.live.dropped.connect(self.dropped.append)

    def call(self, e164: str = NUMBER) -> None:
        self.parts.caller.want(Wish(target=Target(e164=e164), origin=Origin.CARD, said_yes=True))

    def states(self) -> list[CallState]:
        states = [call.track.state for _, call in self.said]
        return [state for index, state in enumerate(states) if index == 0 or states[index - 1] is not state]

    def seen_at(self, state: CallState) -> float:
        return next(at for at, call in self.said if call.track.state is state)

    def state(self) -> CallState | None:
        return self.said[-1][1].track.state if self.said else None


@pytest.fixture
def following_of(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[TrainingPbx], Following]]:
    made: list[Following] = []

    def make(pbx: TrainingPbx) -> Following:
        made.append(Following(Parts(pbx, tmp_path)))
        return made[-1]

    yield make
    for following in made:
        following.live.close()
        following.parts.close()


@pytest.fixture
def following(parts: Parts) -> Iterator[Following]:
    following = Following(parts)
    yield following
    following.live.close()


def journal_of(path: Path) -> tuple[Counter[str], dict[str, float]]:
    """How often each function was asked, and when each phase of the call began."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    asked = Counter(line["function"] for line in lines if line["kind"] == "request")
    phases: dict[str, float] = {}
    for line in lines:
        if line["kind"] == "call":
            phases.setdefault(line["phase"], datetime.fromisoformat(line["at"]).timestamp())
    return asked, phases


def shut_out(following: Following) -> None:
    """Look at the call with a login whose role may not."""
    following.parts.use_account(username="billing")
    call = following.live.calls[0]
    following.live._calls[call.request.request_id] = replace(call, account=following.parts.session.settings.account)


@pytest.mark.parametrize("wait_s", [0, 5])
def test_each_change_is_seen_soon_and_afterwards_nothing_is_asked(
    qtbot: QtBot, tmp_path: Path, following_of: Callable[[TrainingPbx], Following], wait_s: int
) -> None:
    journal = tmp_path / "journal.jsonl"
    with TrainingPbx(level="4.1", scenario="hangup_b", pace=0.4, journal=journal) as pbx:
        following = following_of(pbx)
        following.parts.use_account(wait_s=wait_s)
        following.call()
        qtbot.waitUntil(lambda: following.state() is CallState.RINGING, timeout=10_000)
        pbx.answer(pbx.calls[0].callid)
        qtbot.waitUntil(lambda: len(following.ended) == 1, timeout=20_000)
        assert following.states() == [
            CallState.REQUESTED,
            CallState.RINGING,
            CallState.CALLING,
            CallState.CONNECTED,
            CallState.ENDED,
        ]
        assert following.ended[0].track.end is CallEnd.ANSWERED
        asked, phases = journal_of(journal)
        for phase, state, limit_s in (
            (CallPhase.RINGING_A, CallState.RINGING, 1.5),
            (CallPhase.RINGING_B, CallState.CALLING, 1.5),
            (CallPhase.CONNECTED, CallState.CONNECTED, 1.5),
            (CallPhase.ENDED, CallState.ENDED, 4.0),  # people talk: nothing is in a hurry
        ):
            late_s = following.seen_at(state) - phases[phase]
            print(f"{state}: {late_s:.2f} s after the PBX")
            assert late_s <= limit_s
        print(dict(asked))
        assert asked["calls/make"] == 1
        assert asked["calls/active/list"] <= 12
        assert asked["cdrs/list"] == 1
        assert not following.live._timer.isActive()
        with qtbot.assertNotEmitted(following.live.changed, wait=1500):
            pass
        assert journal_of(journal)[0] == asked
        row = following.parts.history.recent()[0]
        assert (row.progress.end, row.callid) == (CallEnd.ANSWERED, pbx.calls[0].callid)


def test_nothing_is_asked_while_nobody_calls(qtbot: QtBot, following: Following) -> None:
    assert following.live.calls == ()
    assert not following.live._timer.isActive()
    assert following.parts.live_lane._thread is None


def test_a_refused_call_is_dropped(qtbot: QtBot, following: Following) -> None:
    following.parts.credentials.keep_in_memory(following.parts.session.settings.account, "wrong")
    following.call()
    qtbot.waitUntil(lambda: len(following.dropped) == 1)
    assert following.live.calls == ()
    assert not following.live._timer.isActive()


def test_a_call_whose_answer_was_lost_is_found_again(
    qtbot: QtBot, tmp_path: Path, following_of: Callable[[TrainingPbx], Following]
) -> None:
    with TrainingPbx(level="4.1", scenario="auto", pace=0.3, faults=("cut_after:calls/make",)) as pbx:
        following = following_of(pbx)
        following.call()
        qtbot.waitUntil(lambda: following.state() is CallState.CONNECTED, timeout=10_000)
        assert following.said[-1][1].sent is Outcome.UNKNOWN
        assert len(pbx.calls) == 1


def test_a_role_that_may_not_look_makes_one_request_and_no_noise(
    qtbot: QtBot, tmp_path: Path, following_of: Callable[[TrainingPbx], Following]
) -> None:
    with TrainingPbx(level="4.1", scenario="auto", pace=0.05) as pbx:
        following = following_of(pbx)
        following.call()
        qtbot.waitUntil(lambda: bool(following.live.calls))
        shut_out(following)
        qtbot.waitUntil(lambda: len(following.ended) == 1, timeout=10_000)
        assert following.ended[0].track.reason == "forbidden"
        assert following.state() is CallState.REQUESTED


def test_who_may_not_look_hears_nothing_before_the_pbx_has_answered(
    qtbot: QtBot, following_of: Callable[[TrainingPbx], Following]
) -> None:
    with TrainingPbx(level="4.1", scenario="auto", pace=1.0, faults=("slow:calls/make",)) as pbx:
        following = following_of(pbx)
        following.call("+12125557403")  # refused by the rate plan
        qtbot.waitUntil(lambda: bool(following.live.calls))
        shut_out(following)
        qtbot.waitUntil(lambda: following.live._due_s == {}, timeout=10_000)
        assert following.live.calls[0].track.reason == "forbidden"
        assert not following.live.calls[0].has_ended
        qtbot.waitUntil(lambda: len(following.dropped) == 1, timeout=10_000)
        assert following.ended == []
        assert following.live.calls == ()
        assert {call.sent for _, call in following.said} == {None}
        assert not any(call.track.over for _, call in following.said)


def test_who_may_not_look_learns_that_the_pbx_took_the_call_on(
    qtbot: QtBot, following_of: Callable[[TrainingPbx], Following]
) -> None:
    with TrainingPbx(level="4.1", scenario="auto", pace=1.0, faults=("slow:calls/make",)) as pbx:
        following = following_of(pbx)
        following.call()
        qtbot.waitUntil(lambda: bool(following.live.calls))
        shut_out(following)
        qtbot.waitUntil(lambda: len(following.ended) == 1, timeout=10_000)
        assert following.ended[0].sent is Outcome.REQUESTED
        assert following.said[-1][1] == following.ended[0]
        assert following.live.calls == ()


def test_a_hang_up_ends_the_call(qtbot: QtBot, following: Following) -> None:
    outcomes: list[CallOutcome] = []
    following.live.hung_up.connect(lambda _key, outcome: outcomes.append(outcome))
    following.call()
    qtbot.waitUntil(lambda: following.state() is CallState.CONNECTED, timeout=10_000)
    following.live.hang_up(following.live.calls[0].request.request_id)
    following.live.hang_up("nobody")
    qtbot.waitUntil(lambda: len(following.ended) == 1, timeout=10_000)
    assert [outcome.outcome for outcome in outcomes] == [Outcome.REQUESTED]
    assert following.ended[0].track.end is CallEnd.ANSWERED
    assert following.parts.pbx.calls[0].phase is CallPhase.ENDED


def test_the_command_lines_hang_up_is_noticed(qtbot: QtBot, following: Following) -> None:
    following.parts.use_account(wait_s=5)
    following.call()
    qtbot.waitUntil(lambda: following.state() is CallState.CONNECTED, timeout=10_000)
    following.parts.caller.hang_up()
    qtbot.waitUntil(lambda: following.said[-1][1].track.hang_up_asked_s is not None)
    qtbot.waitUntil(lambda: len(following.ended) == 1, timeout=10_000)


def test_a_new_call_never_waits_for_a_look(qtbot: QtBot, following: Following) -> None:
    """The lane that looks is stuck; calls go on."""
    import threading

    free = threading.Event()
    following.parts.live_lane.submit(lambda: free.wait(30), lambda _: None, lambda _: None)
    outcomes: list[Outcome] = []
    following.parts.caller.finished.connect(lambda _request, outcome: outcomes.append(outcome.outcome))
    following.call()
    qtbot.waitUntil(lambda: outcomes == [Outcome.REQUESTED])
    free.set()
    qtbot.waitUntil(lambda: following.state() is CallState.CONNECTED, timeout=10_000)


def test_two_calls_are_followed_at_once(qtbot: QtBot, following: Following) -> None:
    following.parts.use_account(wait_s=5)
    following.call()
    following.call("+12125557701")  # busy
    qtbot.waitUntil(lambda: len(following.ended) == 1, timeout=10_000)
    assert following.ended[0].track.end is CallEnd.NOT_REACHED
    qtbot.waitUntil(lambda: [call.track.state for call in following.live.calls] == [CallState.CONNECTED])


def test_a_mistake_of_ours_ends_the_following_and_not_the_program(
    qtbot: QtBot, following: Following, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(following.parts.tracker, "look", lambda *_: 1 / 0)
    following.call()
    qtbot.waitUntil(lambda: len(following.ended) == 1, timeout=10_000)
    assert "unexpected error beside a call" in caplog.text
    assert following.live.calls == ()
