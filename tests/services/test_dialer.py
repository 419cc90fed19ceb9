import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ringbridge.core.calls import CallEnd, CallProgress, CallRequest, CallState, Destination, Origin, Outcome
from ringbridge.core.errors import KeyringLocked
from ringbridge.core.settings import AccountSettings, Settings, with_value
from ringbridge.services.credentials import Credentials
from ringbridge.services.dialer import Dialer
from ringbridge.services.history import History
from ringbridge.services.history.owner import Uptime
from ringbridge.services.pbx import PbxClient
from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx

PASSWORD = DEMO_LOGIN.password


@pytest.fixture
def pbx() -> Iterator[TrainingPbx]:
    with TrainingPbx(level="4.1", scenario="auto", pace=0.02) as pbx:
        yield pbx


@pytest.fixture
def settings(pbx: TrainingPbx) -> Settings:
    account = AccountSettings(url=pbx.url, username=DEMO_LOGIN.username, line=DEMO_LINE, wait_s=0)
    return replace(Settings(), account=account)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db")


def dialer_for(history: History, settings: Settings, password: str = PASSWORD) -> Dialer:
    credentials = Credentials()
    if password:
        credentials.keep_in_memory(settings.account, password)
    return Dialer(history=history, credentials=credentials)


def request_for(dialed: str = "2125550142", **fields: object) -> CallRequest:
    values = {
        "request_id": str(uuid.uuid4()),
        "destination": Destination(dialed=dialed, e164=f"+1{dialed}"),
        "origin": Origin.CARD,
        "requested_at": datetime.now(UTC),
    }
    return CallRequest(**(values | fields))  # pyright: ignore[reportArgumentType] - a test's shorthand


def test_a_call_is_placed_and_remembered(pbx: TrainingPbx, settings: Settings, history: History) -> None:
    request = request_for(wait_s=3)
    outcome = dialer_for(history, settings).place(request, settings)
    assert outcome.outcome is Outcome.REQUESTED
    assert outcome.code == 200
    assert outcome.callid
    (row,) = history.recent()
    assert (row.request_id, row.outcome, row.callid) == (request.request_id, Outcome.REQUESTED, outcome.callid)
    assert row.line == DEMO_LINE
    assert len(pbx.calls) == 1


def test_without_wait_the_pbx_names_no_call(settings: Settings, history: History) -> None:
    outcome = dialer_for(history, settings).place(request_for(), settings)
    assert (outcome.outcome, outcome.code, outcome.callid) == (Outcome.REQUESTED, 204, "")


def test_the_same_wish_again_places_no_second_call(pbx: TrainingPbx, settings: Settings, history: History) -> None:
    dialer = dialer_for(history, settings)
    assert dialer.place(request_for(), settings).outcome is Outcome.REQUESTED
    again = dialer.place(request_for(), settings)
    assert (again.outcome, again.problem) == (Outcome.BLOCKED, "repeated")
    assert len(pbx.calls) == 1
    assert dialer.place(request_for("2125550143"), settings).outcome is Outcome.REQUESTED
    assert len(pbx.calls) == 2


@pytest.mark.parametrize(
    ("fault", "outcome", "calls"),
    [
        ("cut_after", Outcome.UNKNOWN, 1),
        ("cut_before", Outcome.UNKNOWN, 0),
        ("half_answer", Outcome.UNKNOWN, 1),
        ("html", Outcome.UNKNOWN, 0),
        ("http_500", Outcome.UNKNOWN, 1),
        ("redirect", Outcome.UNKNOWN, 0),
    ],
)
def test_a_lost_answer_is_unknown_and_nothing_is_sent_again(
    pbx: TrainingPbx, settings: Settings, history: History, fault: str, outcome: Outcome, calls: int
) -> None:
    pbx.set_faults(fault)
    dialer = dialer_for(history, settings)
    ended = dialer.place(request_for(), settings)
    assert ended.outcome is outcome
    assert history.recent()[0].outcome is outcome
    pbx.set_faults()
    assert dialer.place(request_for(), settings).problem == "repeated"
    assert len(pbx.calls) == calls
    assert dialer.place(request_for("2125550143"), settings).outcome is Outcome.REQUESTED


def test_nothing_is_sent_where_nobody_listens_and_the_next_try_works(
    pbx: TrainingPbx, settings: Settings, history: History
) -> None:
    nowhere = replace(settings, account=replace(settings.account, url="http://127.0.0.1:9/local/api/json/"))
    outcome = dialer_for(history, nowhere).place(request_for(), nowhere)
    assert (outcome.outcome, outcome.problem) == (Outcome.NOT_SENT, "unreachable")
    assert dialer_for(history, settings).place(request_for(), settings).outcome is Outcome.REQUESTED
    assert len(pbx.calls) == 1


def test_a_wrong_password_is_said_and_bars_nothing(pbx: TrainingPbx, settings: Settings, history: History) -> None:
    outcome = dialer_for(history, settings, "wrong").place(request_for(), settings)
    assert (outcome.outcome, outcome.code) == (Outcome.WRONG_LOGIN, 401)
    assert dialer_for(history, settings).place(request_for(), settings).outcome is Outcome.REQUESTED
    assert len(pbx.calls) == 1


@pytest.mark.parametrize("missing", ["url", "username", "line"])
def test_an_incomplete_account_asks_nobody(settings: Settings, history: History, missing: str) -> None:
    incomplete = replace(settings, account=replace(settings.account, **{missing: ""}))
    outcome = dialer_for(history, settings).place(request_for(), incomplete)
    assert (outcome.outcome, outcome.problem) == (Outcome.NO_ACCOUNT, f"no_{missing}")
    assert history.recent() == ()


def test_without_a_writable_history_nothing_is_sent(pbx: TrainingPbx, settings: Settings, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    outcome = dialer_for(History(blocked / "history.db"), settings).place(request_for(), settings)
    assert (outcome.outcome, outcome.problem) == (Outcome.NOT_SENT, "history_unavailable")
    assert pbx.calls == ()


def test_a_bug_while_asking_leaves_no_row_that_says_placing(settings: Settings, history: History) -> None:
    class Broken:
        def make_call(self, *_: object) -> None:
            raise ZeroDivisionError

        def close(self) -> None:
            pass

    credentials = Credentials()
    credentials.keep_in_memory(settings.account, PASSWORD)
    dialer = Dialer(history=history, credentials=credentials, client_for=lambda _: Broken())  # pyright: ignore[reportArgumentType] - a stand-in
    with pytest.raises(ZeroDivisionError):
        dialer.place(request_for(), settings)
    assert history.recent()[0].outcome is Outcome.UNKNOWN


def test_the_latest_named_call_is_hung_up(pbx: TrainingPbx, settings: Settings, history: History) -> None:
    dialer = dialer_for(history, settings)
    assert dialer.hang_up(settings).problem == "no_call"
    placed = dialer.place(request_for(wait_s=3), settings)
    ended = dialer.hang_up(settings)
    assert (ended.outcome, ended.callid) == (Outcome.REQUESTED, placed.callid)


def test_where_the_latest_call_has_no_name_no_earlier_one_is_hung_up(
    settings: Settings, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(PbxClient, "hang_up", lambda _client, _login, callid: asked.append(callid))
    dialer = dialer_for(history, settings)
    assert dialer.place(request_for(wait_s=3), settings).callid
    dialer.place(request_for("2125550143"), settings)
    ended = dialer.hang_up(settings)
    assert (ended.outcome, ended.problem, ended.dialed) == (Outcome.BLOCKED, "unnamed_call", "2125550143")
    assert asked == []


def test_a_call_known_to_be_over_makes_way_for_one_known_to_go_on(
    settings: Settings, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(PbxClient, "hang_up", lambda _client, _login, callid: asked.append(callid))
    dialer = dialer_for(history, settings)
    unseen, live, over = (dialer.place(request_for(f"212555014{digit}", wait_s=3), settings) for digit in range(3))
    history.follow(over.request_id, CallProgress(state=CallState.ENDED, end=CallEnd.ANSWERED))
    assert dialer.hang_up(settings).problem == "no_call"
    history.follow(live.request_id, CallProgress(state=CallState.CONNECTED))
    assert dialer.hang_up(settings).callid == live.callid
    history.follow(live.request_id, CallProgress(state=CallState.ENDED, end=CallEnd.ANSWERED))
    assert dialer.hang_up(settings).problem == "no_call"
    assert asked == [live.callid]
    assert unseen.callid


def test_a_wish_that_became_no_call_does_not_hide_the_latest_call(settings: Settings, history: History) -> None:
    placed = dialer_for(history, settings).place(request_for(wait_s=3), settings)
    assert dialer_for(history, settings, "wrong").place(request_for("2125550143"), settings).code == 401
    ended = dialer_for(history, settings).hang_up(settings)
    assert (ended.outcome, ended.callid) == (Outcome.REQUESTED, placed.callid)


def test_the_log_says_why_nothing_was_sent(
    settings: Settings, history: History, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = replace(settings, account=replace(settings.account, url="http://127.0.0.1:1/"))
    with caplog.at_level("INFO"):
        dialer_for(history, elsewhere).place(request_for(), elsewhere)
    assert "call to …42: unreachable (Connection refused)" in caplog.messages


class Keyring:
    """Gives one password after the other, as another process puts them in; "" = it is locked just then."""

    def __init__(self, *passwords: str) -> None:
        self.passwords = list(passwords)
        self.known = ""

    def ask_again(self) -> None:
        pass

    def read(self, _account: AccountSettings, *, fresh: bool = False, quietly: bool = False) -> str:
        if fresh or not self.known:
            if not self.passwords[0]:
                self.passwords.pop(0)
                raise KeyringLocked("nobody unlocked it")
            self.known = self.passwords.pop(0)
        return self.known


def test_after_a_wrong_login_the_keyring_is_asked_again(
    pbx: TrainingPbx, settings: Settings, history: History
) -> None:
    dialer = Dialer(history=history, credentials=Keyring("old", PASSWORD))  # pyright: ignore[reportArgumentType] - a stand-in
    assert dialer.place(request_for(), settings).outcome is Outcome.WRONG_LOGIN
    assert dialer.place(request_for(), settings).outcome is Outcome.REQUESTED
    assert len(pbx.calls) == 1


def test_a_locked_keyring_does_not_bring_the_old_password_back(
    pbx: TrainingPbx, settings: Settings, history: History
) -> None:
    """A password that is known to be out of date is not sent, however often the keyring is locked meanwhile."""
    keyring = Keyring("old", "", PASSWORD)
    keyring.read(settings.account)
    dialer = Dialer(history=history, credentials=keyring)  # pyright: ignore[reportArgumentType] - a stand-in
    dialer.doubt_password()
    assert dialer.place(request_for(), settings).problem == "keyring_locked"
    assert dialer.place(request_for(), settings).outcome is Outcome.REQUESTED
    assert len(pbx.calls) == 1


def test_a_wrong_login_while_hanging_up_asks_the_keyring_again(
    pbx: TrainingPbx, settings: Settings, history: History
) -> None:
    dialer_for(history, settings).place(request_for(wait_s=3), settings)
    dialer = Dialer(history=history, credentials=Keyring("old", PASSWORD))  # pyright: ignore[reportArgumentType] - a stand-in
    assert dialer.hang_up(settings).outcome is Outcome.WRONG_LOGIN
    assert dialer.hang_up(settings).outcome is Outcome.REQUESTED


def test_a_history_of_a_newer_version_is_named(settings: Settings, history: History) -> None:
    history.open()
    with closing(sqlite3.connect(history.path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    dialer = dialer_for(history, settings)
    placed, ended = dialer.place(request_for(), settings), dialer.hang_up(settings)
    assert (placed.outcome, placed.problem) == (Outcome.NOT_SENT, "history_too_new")
    assert (ended.outcome, ended.problem) == (Outcome.NOT_SENT, "history_too_new")


def test_a_mobile_rings_first_as_a_number_and_a_line_as_a_line(
    pbx: TrainingPbx, settings: Settings, history: History
) -> None:
    dialer = dialer_for(history, settings)
    mobile = request_for("2125550143", line="2125550199", line_kind="number")
    assert dialer.place(mobile, settings).outcome is Outcome.REQUESTED
    assert dialer.place(request_for(), settings).outcome is Outcome.REQUESTED
    assert [(call.order.stype, call.order.snumber) for call in pbx.calls] == [
        ("", "2125550199"),
        ("phone", DEMO_LINE),
    ]


def test_too_many_calls_are_held_back_before_anything_is_sent(
    pbx: TrainingPbx, settings: Settings, history: History
) -> None:
    settings = with_value(settings, "guards.calls_per_minute", 2)
    dialer = dialer_for(history, settings)
    problems = [dialer.place(request_for(f"212555014{digit}"), settings).problem for digit in range(3)]
    assert problems == ["", "", "limit_minute"]
    assert len(pbx.calls) == 2
    emergency = request_for("9115550142", emergency=True)
    assert dialer.place(emergency, settings).outcome is Outcome.REQUESTED
    assert len(pbx.calls) == 3


def test_an_emergency_call_that_dropped_is_made_again_whatever_guard_is_set(
    pbx: TrainingPbx, settings: Settings, tmp_path: Path
) -> None:
    seconds = [0]
    history = History(tmp_path / "history.db", uptime=lambda: Uptime(boot="b", us=seconds[0] * 1_000_000))
    settings = with_value(settings, "calls.repeat_guard_s", 60)
    dialer = dialer_for(history, settings)
    assert dialer.place(request_for(emergency=True), settings).outcome is Outcome.REQUESTED
    assert dialer.place(request_for(emergency=True), settings).problem == "repeated"  # two clicks, one wish
    seconds[0] = 6
    assert dialer.place(request_for(), settings).problem == "repeated"
    assert dialer.place(request_for(emergency=True), settings).outcome is Outcome.REQUESTED
