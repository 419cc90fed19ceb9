"""Calls of the training PBX, followed over real HTTP to their end."""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ringbridge.core import tracking
from ringbridge.core.calls import (
    CallEnd,
    CallOutcome,
    CallProgress,
    CallRequest,
    CallState,
    Destination,
    Origin,
    Outcome,
)
from ringbridge.core.settings import AccountSettings
from ringbridge.core.tracking import Track
from ringbridge.services.credentials import Credentials
from ringbridge.services.history import History
from ringbridge.services.pbx import Capabilities, PbxClient
from ringbridge.services.tracker import Tracker
from ringbridge.training.clock import ManualClock
from ringbridge.training.exchange import TIMES
from ringbridge.training.server import TrainingPbx
from ringbridge.training.states import CallPhase
from support.pbx_server import PbxServer, envelope
from training.asking import LOGIN, ask

THEM = "2125550142"
LINES = {"user": "1234567", "viewer": "1234573", "nohistory": "1234574", "admin": "1234579", "billing": "1234567"}


class Follower:
    """One person's tracker and history. Its clock and the PBX's go on together, by what it wants to wait."""

    def __init__(self, url: str, folder: Path, username: str = "user", clock: ManualClock | None = None) -> None:
        self.account = AccountSettings(url=url, username=username, line=LINES[username], connect_timeout_s=2)
        credentials = Credentials()
        credentials.keep_in_memory(self.account, "password")
        self.history = History(folder / "history.db")
        self.clock = clock
        self.now_s = 1000.0
        self.looks = 0
        self.states: dict[CallState, float] = {}
        self.tracker = Tracker(history=self.history, credentials=credentials, steady=lambda: self.now_s)

    def begin(self, callid: str = "", dialed: str = THEM) -> Track:
        request = CallRequest(
            request_id=str(uuid.uuid4()),
            destination=Destination(dialed=dialed),
            origin=Origin.CARD,
            requested_at=datetime.now(UTC),
        )
        self.history.begin(request, line=self.account.line, repeat_guard_s=0)
        self.history.finish(CallOutcome(request_id=request.request_id, outcome=Outcome.REQUESTED, callid=callid))
        return tracking.begin(
            request.request_id,
            line=self.account.line,
            dialed=dialed,
            callid=callid,
            now_s=self.now_s,
            wall_s=datetime.now(UTC).timestamp(),
        )

    def look(self, track: Track) -> Track:
        wait_s = tracking.wait_s(track, self.now_s)
        assert wait_s is not None
        self.now_s += wait_s
        if self.clock is not None:
            self.clock.advance(wait_s)
        self.looks += 1
        track = self.tracker.look((track,), self.account).tracks[0]
        self.states.setdefault(track.state, self.now_s)
        return track

    def until(self, track: Track, good: Callable[[Track], bool]) -> Track:
        while not good(track):
            assert self.looks < 200, track
            track = self.look(track)
        return track

    def over(self, track: Track) -> Track:
        return self.until(track, lambda track: track.over)

    def state(self, track: Track, state: CallState) -> Track:
        return self.until(track, lambda track: track.state is state)

    def progress(self, track: Track) -> CallProgress:
        return next(row.progress for row in self.history.recent() if row.request_id == track.request_id)


class Place:
    """A training PBX whose time stands still but for who looks, and people who follow calls there."""

    def __init__(self, folder: Path, stack: ExitStack, level: str, scenario: str) -> None:
        self.clock = ManualClock()
        self.pbx = stack.enter_context(TrainingPbx(level=level, scenario=scenario, clock=self.clock))
        self._folder = folder
        self._stack = stack

    def follower(self, username: str = "user") -> Follower:
        follower = Follower(self.pbx.url, self._folder, username, self.clock)
        self._stack.callback(follower.tracker.rest)
        return follower

    def call(self, username: str = "user", dialed: str = THEM) -> str:
        """Place a call as somebody, until the own phone rings; returns its callid."""
        who = LOGIN | {"auth_username": username, "stype": "phone", "snumber": LINES[username], "cnumber": dialed}
        ask(self.pbx, "calls/make", who)
        self.clock.advance(TIMES.start)
        return self.pbx.calls[-1].callid


@pytest.fixture
def place_of(tmp_path: Path) -> Iterator[Callable[..., Place]]:
    with ExitStack() as stack:
        yield lambda level="4.1", scenario="auto": Place(tmp_path, stack, level, scenario)


Places = Callable[..., Place]


R, C, T, E = CallState.RINGING, CallState.CALLING, CallState.CONNECTED, CallState.ENDED


@pytest.mark.parametrize("level", ["seed", "4.1", "4.4"])
@pytest.mark.parametrize(
    ("scenario", "states", "end"),
    [
        ("hangup_b", [R, C, T, E], CallEnd.ANSWERED),
        ("hangup_a", [R, C, T, E], CallEnd.ANSWERED),
        ("busy", [R, C, E], CallEnd.NOT_REACHED),
        ("unreachable", [R, C, E], CallEnd.NOT_REACHED),
        ("reject", [R, C, E], CallEnd.NOT_REACHED),
        ("no_answer", [R, C, E], CallEnd.NO_ANSWER),
        ("own_busy", [E], CallEnd.NOT_PICKED_UP),
        ("own_dnd", [E], CallEnd.NOT_PICKED_UP),
        ("own_no_answer", [R, E], CallEnd.NOT_PICKED_UP),
        ("own_offline", [CallState.REQUESTED, CallState.UNKNOWN], CallEnd.UNKNOWN),
    ],
)
def test_each_scenario_is_followed_to_its_end(
    place_of: Places, level: str, scenario: str, states: list[CallState], end: CallEnd
) -> None:
    place = place_of(level, scenario)
    follower = place.follower()
    events: dict[CallPhase, float] = {}
    place.pbx.subscribe(lambda event: events.setdefault(event.call.phase, event.at))  # type: ignore[arg-type, return-value]
    callid = place.call()
    behind_s = follower.now_s - place.clock.now()
    track = follower.begin("" if scenario == "own_offline" else callid)
    if R in states:
        track = follower.state(track, R)
    if C in states:
        place.pbx.answer(callid)
    track = follower.over(track)
    seen = [state for state in follower.states if state is not CallState.REQUESTED or state in states]
    assert seen == states
    assert track.end is end
    progress = follower.progress(track)
    assert (progress.state, progress.end) == (states[-1], end)
    assert (progress.answered_at is not None) is (T in states)
    assert (progress.ended_at is not None) is (E in states)
    assert (progress.talk_s is not None) is (end is CallEnd.ANSWERED)
    for phase, state in ((CallPhase.RINGING_A, R), (CallPhase.RINGING_B, C), (CallPhase.CONNECTED, T)):
        if state in states:
            assert follower.states[state] - behind_s - events[phase] <= 1.3


def test_a_talk_is_timed_by_the_records(place_of: Places) -> None:
    place = place_of(scenario="hangup_b")
    follower = place.follower()
    track = follower.state(follower.begin(place.call()), R)
    place.pbx.answer(track.callid)
    track = follower.over(track)
    assert track.talk_s == TIMES.talk
    progress = follower.progress(track)
    assert progress.answered_at is not None
    assert progress.ended_at is not None
    assert progress.ended_at - progress.answered_at < timedelta(seconds=TIMES.talk + 4)


@pytest.mark.parametrize("by", ["own phone", "other party", "hang-up"])
def test_a_talk_ends_from_either_side(place_of: Places, by: str) -> None:
    place = place_of()
    pbx = place.pbx
    follower = place.follower()
    callid = place.call(dialed="2125557705" if by == "other party" else THEM)
    track = follower.state(follower.begin(callid), T)
    if by == "own phone":
        pbx.hang_up(callid)
    elif by == "hang-up":
        assert follower.tracker.hang_up(track, follower.account).outcome is Outcome.REQUESTED
        track = tracking.ask_hang_up(track, follower.now_s)
    track = follower.over(track)
    assert track.end is CallEnd.ANSWERED
    assert follower.progress(track).end is CallEnd.ANSWERED
    again = follower.tracker.hang_up(track, follower.account)
    assert (again.outcome, again.problem) == (Outcome.BLOCKED, "no_call")


def test_a_hang_up_while_the_own_phone_rings_is_cancelled(place_of: Places) -> None:
    place = place_of(scenario="normal")
    follower = place.follower()
    track = follower.state(follower.begin(place.call()), R)
    follower.tracker.hang_up(track, follower.account)
    track = follower.over(tracking.ask_hang_up(track, follower.now_s))
    assert track.end is CallEnd.CANCELLED


def test_without_a_callid_the_call_is_found_and_named(place_of: Places) -> None:
    place = place_of()
    pbx = place.pbx
    follower = place.follower()
    track = follower.look(follower.begin())  # the PBX's clock is years behind, so only what appears now can be ours
    place.call()
    track = follower.state(track, T)
    assert track.callid == pbx.calls[0].callid
    assert follower.history.recent()[0].callid == track.callid
    pbx.hang_up(track.callid)
    assert follower.over(track).end is CallEnd.ANSWERED


def test_two_calls_to_the_same_number_are_told_apart_by_their_names(place_of: Places) -> None:
    place = place_of()
    pbx = place.pbx
    follower = place.follower()
    first, second = follower.begin(place.call()), follower.begin(place.call())
    place.clock.advance(10)
    pbx.hang_up(first.callid)
    for _ in range(2):
        first, second = follower.tracker.look((first, second), follower.account).tracks
    assert (second.state, first.callid != second.callid) == (T, True)


@pytest.mark.parametrize(
    ("username", "level", "state"),
    [
        ("user", "seed", CallEnd.ANSWERED),
        ("nohistory", "seed", CallEnd.ANSWERED),  # no records: what was seen counts
        ("viewer", "4.1", CallEnd.ANSWERED),
        ("admin", "seed", CallEnd.ANSWERED),
    ],
)
def test_roles_that_may_look_see_the_call(place_of: Places, username: str, level: str, state: CallEnd) -> None:
    place = place_of(level)
    pbx = place.pbx
    follower = place.follower(username)
    # a viewer may not call: somebody else's call of the same company stands in for its own
    callid = place.call("user" if username == "viewer" else username)
    track = follower.state(follower.begin(callid), T)
    pbx.hang_up(callid)
    assert follower.over(track).end is state


def test_a_role_that_may_not_look_says_requested_and_asks_no_more(
    place_of: Places, caplog: pytest.LogCaptureFixture
) -> None:
    place = place_of()
    follower = place.follower("billing")
    track = follower.look(follower.begin("1.2"))
    assert (track.over, track.state, track.reason) == (True, CallState.REQUESTED, "forbidden")
    assert follower.progress(track) == CallProgress()
    assert not [entry for entry in caplog.records if entry.levelname in {"WARNING", "ERROR"}]


def test_a_hang_up_the_role_forbids_hides_the_button(place_of: Places) -> None:
    place = place_of("seed")
    follower = place.follower()
    track = follower.state(follower.begin(place.call()), T)
    assert follower.tracker.look((track,), follower.account).may_hang_up
    assert follower.tracker.hang_up(track, follower.account).problem == "role"
    looked = follower.tracker.look((track,), follower.account)
    assert (looked.may_hang_up, looked.may_pass_on) == (False, True)
    follower.tracker.ask_again()
    assert follower.tracker.look((track,), follower.account).may_hang_up


def test_a_transfer_lets_the_own_phone_go(place_of: Places) -> None:
    place = place_of()
    pbx = place.pbx
    follower = place.follower()
    track = follower.state(follower.begin(place.call()), T)
    assert follower.tracker.pass_on(track, follower.account, "1234568").outcome is Outcome.REQUESTED
    track = follower.over(tracking.pass_on(track))
    assert (track.state, track.end) == (E, CallEnd.ANSWERED)
    rings = {leg.dnumber for leg in pbx.calls[0].legs if not leg.ended_at}
    assert rings == {THEM, "1234568"}  # they are with the colleague now
    refused = follower.tracker.pass_on(track, follower.account, "no number")
    assert refused.outcome is not Outcome.REQUESTED


def test_a_network_that_fails_and_comes_back_loses_nothing(place_of: Places) -> None:
    place = place_of()
    pbx = place.pbx
    follower = place.follower()
    track = follower.state(follower.begin(place.call()), T)
    pbx.set_faults("cut_before")
    track = follower.state(track, CallState.UNKNOWN)
    assert not track.over
    pbx.set_faults()
    track = follower.state(track, T)
    pbx.hang_up(track.callid)
    assert follower.over(track).end is CallEnd.ANSWERED


def test_a_pbx_without_the_function_is_left_alone(place_of: Places) -> None:
    place = place_of()
    pbx = place.pbx
    follower = place.follower()
    pbx.set_faults("html")
    track = follower.begin("1.2")
    for _ in range(3):
        track = follower.look(track)
    assert (track.over, track.reason) == (True, "forbidden")


def test_colleagues_are_listed_where_the_role_tells(place_of: Places) -> None:
    place = place_of()
    follower = place.follower()
    assert any(person.extension == "202" for person in follower.tracker.colleagues(follower.account))
    follower = place.follower("billing")
    assert follower.tracker.colleagues(follower.account) == ()


def test_a_wrong_password_is_tried_once(tmp_path: Path) -> None:
    with PbxServer() as server:
        follower = Follower(server.url, tmp_path)
        server.answer_next(envelope(401))
        track = follower.look(follower.begin("1.2"))
        assert (track.over, len(server.requests)) == (True, 1)
        follower.tracker.rest()


def test_a_call_whose_end_nobody_saw_is_completed_later_and_once(place_of: Places) -> None:
    place = place_of()
    pbx = place.pbx
    follower = place.follower()
    ids: dict[str, str] = {}
    for name in ("ended", "live"):
        track = follower.state(follower.begin(place.call()), T)
        ids[name] = track.request_id
        follower.history.follow(track.request_id, CallProgress(state=CallState.UNKNOWN, end=CallEnd.UNKNOWN))
        if name == "ended":
            pbx.hang_up(track.callid)
    completed = follower.tracker.complete_earlier(follower.account)
    assert [(row.request_id, row.progress.state, row.progress.end) for row in completed] == [
        (ids["ended"], E, CallEnd.ANSWERED)
    ]
    assert follower.history.recent()[0].progress.state is CallState.UNKNOWN
    follower.history.follow(ids["live"], CallProgress(state=CallState.UNKNOWN, end=CallEnd.UNKNOWN))
    assert follower.tracker.complete_earlier(follower.account) == ()


def test_a_history_that_can_not_be_written_stops_no_call(place_of: Places, caplog: pytest.LogCaptureFixture) -> None:
    place = place_of()
    follower = place.follower()
    track = follower.begin(place.call())
    follower.history.close()
    path = follower.history.path
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    track = follower.state(track, T)
    assert "could not be saved" in caplog.text
    caplog.clear()


def test_another_account_gets_another_client(place_of: Places) -> None:
    made: list[AccountSettings] = []

    def client_for(account: AccountSettings, capabilities: Capabilities) -> PbxClient:
        made.append(account)
        return PbxClient(account, capabilities=capabilities)

    place = place_of()
    follower = place.follower()
    follower.tracker._client_for = client_for
    other = replace(follower.account, caller_id="1")
    for account in (follower.account, follower.account, other):
        follower.tracker.look((follower.begin("1.2"),), account)
    assert made == [follower.account, other]
