import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringbridge.core.calls import (
    CallEnd,
    CallOutcome,
    CallProgress,
    CallRecord,
    CallRequest,
    CallState,
    Destination,
    Origin,
    Outcome,
)
from ringbridge.core.errors import CallLimit, FileDamaged, FileTooNew, StorageUnavailable
from ringbridge.services.history import CallLimits, History
from ringbridge.services.history.owner import Uptime
from ringbridge.services.history.questions import NO_LIMITS
from ringbridge.services.history.schema import MIGRATIONS, migrate, version_of

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
NUMBER = Destination(dialed="0015551234", e164="+12125551234", region="US", display="(212) 555-1234")


class Clock:
    """Both clocks, set by the test."""

    def __init__(self) -> None:
        self.wall = NOON
        self.own = Uptime(boot="first", us=1_000_000_000)

    def pass_by(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.own = self.own._replace(us=self.own.us + round(seconds * 1e6))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "history.db"


@pytest.fixture
def history(path, clock):
    return History(path, now=lambda: clock.wall, uptime=lambda: clock.own)


def request(number=1, destination=NUMBER):
    return CallRequest(
        request_id=f"r{number}", destination=destination, origin=Origin.CARD, requested_at=NOON, name="Al"
    )


def outcome(number=1, kind=Outcome.REQUESTED, **rest):
    return CallOutcome(request_id=f"r{number}", outcome=kind, **rest)


def begin(history, number=1, destination=NUMBER, guard=5):
    return history.begin(request(number, destination), line="101", repeat_guard_s=guard)


@contextmanager
def as_nobody():
    """Rights do not bind root: act as another user for a moment."""
    if os.getuid() == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(os.getuid())


def test_a_call_is_placing_until_it_is_finished(history, clock):
    assert begin(history) is None
    placing = CallRecord(
        request_id="r1",
        requested_at=NOON,
        origin=Origin.CARD,
        outcome=Outcome.PLACING,
        destination=NUMBER,
        line="101",
        name="Al",
    )
    assert history.recent() == (placing,)
    clock.pass_by(2)
    history.finish(outcome(code=200, message="OK", server="s1", callid="c1"))
    finished_at = NOON + timedelta(seconds=2)
    assert history.recent() == (
        replace(
            placing,
            outcome=Outcome.REQUESTED,
            finished_at=finished_at,
            code=200,
            message="OK",
            server="s1",
            callid="c1",
        ),
    )
    assert history.recent()[0].requested_at.tzinfo is UTC


def test_recent_calls_come_newest_first(history, clock):
    for number in range(5):
        begin(history, number, Destination(dialed=str(number)))
        clock.wall -= timedelta(hours=1)  # also when the clock is set back
    assert [record.request_id for record in history.recent(3)] == ["r4", "r3", "r2"]
    assert history.recent(0) == history.recent(-1) == ()
    assert len(history.recent()) == 5


def test_without_a_file_there_are_no_calls(history):
    assert history.recent() == ()
    assert history.settle_abandoned() == 0


def test_finishing_twice_changes_nothing(history, clock):
    begin(history)
    history.finish(outcome(message="first"))
    [first] = history.recent()
    clock.pass_by(9)
    history.finish(outcome(message="first"))
    history.finish(outcome(kind=Outcome.UNKNOWN, message="late"))
    assert history.recent() == (first,)


def test_what_was_unknown_may_become_known(history):
    begin(history)
    history.finish(outcome(kind=Outcome.UNKNOWN, problem="answer_lost"))
    history.finish(outcome(callid="c1"))
    [record] = history.recent()
    assert (record.outcome, record.problem, record.callid) == (Outcome.REQUESTED, "", "c1")


def test_finishing_what_was_never_begun_is_an_error(history):
    begin(history)
    with pytest.raises(StorageUnavailable, match="no row"):
        history.finish(outcome(2))
    with pytest.raises(ValueError, match="PLACING"):
        history.finish(outcome(kind=Outcome.PLACING))
    begin(history, 3, Destination(dialed="1"))
    assert [record.outcome for record in history.recent()] == [Outcome.PLACING] * 2


# ---- the guard against repeats


def test_a_call_being_placed_is_not_placed_again_however_long_it_takes(history, clock):
    begin(history)
    for seconds in (0, 4, 50, 200):
        clock.pass_by(seconds)
        found = begin(history, 2, guard=0)
        assert found
        assert (found.request_id, found.outcome) == ("r1", Outcome.PLACING)
    assert len(history.recent()) == 1


def test_a_row_that_its_living_owner_forgot_bars_nobody_for_ever(history, clock):
    begin(history)
    clock.pass_by(601)
    assert begin(history, 2) is None


@pytest.mark.parametrize("kind", [Outcome.REQUESTED, Outcome.UNKNOWN])
def test_a_call_that_may_ring_is_not_repeated_within_the_guard(history, clock, kind):
    begin(history)
    history.finish(outcome(kind=kind))
    clock.pass_by(4.9)
    found = begin(history, 2)
    assert found
    assert (found.request_id, found.outcome) == ("r1", kind)
    clock.pass_by(0.1)
    assert begin(history, 2) is None


def test_without_a_guard_a_finished_call_may_be_repeated_at_once(history):
    begin(history)
    history.finish(outcome())
    assert begin(history, 2, guard=0) is None


@pytest.mark.parametrize(
    "kind",
    [Outcome.REFUSED, Outcome.NOT_SENT, Outcome.WRONG_LOGIN, Outcome.NO_ACCOUNT, Outcome.BLOCKED],
)
def test_a_call_that_did_not_happen_never_bars_a_retry(history, kind):
    begin(history)
    history.finish(outcome(kind=kind))
    assert begin(history, 2, guard=60) is None


def test_the_same_request_is_never_begun_twice(history, clock):
    begin(history)
    history.finish(outcome(kind=Outcome.REFUSED))
    clock.pass_by(9999)
    found = begin(history, 1, Destination(dialed="77"), guard=0)
    assert found
    assert found.outcome is Outcome.REFUSED
    assert len(history.recent()) == 1


@pytest.mark.parametrize(
    ("other", "barred"),
    [
        (replace(NUMBER, dialed="12125551234", display="x"), True),
        (replace(NUMBER, extension="99"), True),
        (replace(NUMBER, e164="+12125551235"), False),
        (replace(NUMBER, e164=""), False),
        (Destination(dialed="+12125551234"), True),
    ],
)
def test_the_party_counts_not_how_it_is_dialed(history, other, barred):
    begin(history)
    assert (begin(history, 2, other) is not None) is barred


@pytest.mark.parametrize("jump", [timedelta(hours=-9), timedelta(hours=9), timedelta(seconds=-3)])
def test_setting_the_clock_neither_bars_nor_allows_a_repeat(history, clock, jump):
    begin(history)
    history.finish(outcome())
    clock.wall += jump
    clock.pass_by(3)
    assert begin(history, 2) is not None
    clock.pass_by(3)
    assert begin(history, 2) is None


@pytest.mark.parametrize(
    ("before", "after", "seconds", "barred"),
    [
        ("first", "second", 3, True),  # just started again
        ("first", "second", 30, False),
        ("first", "second", -3600, False),  # and the clock was set back meanwhile
        ("", "", 3, True),  # a system without names for its starts
        ("", "", 30, False),
        ("", "", -3600, False),
    ],
)
def test_after_a_restart_of_the_computer_the_wall_clock_counts(history, clock, before, after, seconds, barred):
    clock.own = Uptime(boot=before, us=5_000_000_000)
    begin(history)
    history.finish(outcome())
    clock.wall += timedelta(seconds=seconds)
    clock.own = Uptime(boot=after, us=1_000_000)
    assert (begin(history, 2) is not None) is barred


@pytest.mark.parametrize("jump", [timedelta(hours=-9), timedelta(hours=9)])
def test_without_names_for_starts_either_clock_bars_a_repeat(history, clock, jump):
    clock.own = Uptime(boot="", us=5_000_000_000)
    begin(history)
    history.finish(outcome())
    clock.wall += jump
    clock.pass_by(3)
    assert begin(history, 2) is not None


# ---- processes


def child(code, *arguments, **options):
    prelude = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from ringbridge.core.calls import *
from ringbridge.services.history import History
history = History(Path(sys.argv[1]))
def begin(request_id, dialed="77"):
    destination, now = Destination(dialed=dialed), datetime.now(UTC)
    wish = CallRequest(request_id=request_id, destination=destination, origin=Origin.MENU, requested_at=now)
    return history.begin(wish, line="101", repeat_guard_s=5)
"""
    return subprocess.Popen(
        [sys.executable, "-c", prelude + code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def test_of_ten_processes_that_race_exactly_one_places_the_call(path):
    code = """
print("ready", flush=True)
for round in range(5):
    sys.stdin.readline()
    found = begin(f"r{round}-{sys.argv[2]}", dialed=str(round))
    print("free" if found is None else found.request_id, flush=True)
sys.stdin.readline()
"""
    children = [child(code, path, number) for number in range(10)]
    try:
        for each in children:
            assert each.stdout
            assert each.stdout.readline() == "ready\n"
        for number in range(5):
            for each in children:
                assert each.stdin
                each.stdin.write("go\n")
                each.stdin.flush()
            answers = [each.stdout.readline().strip() for each in children if each.stdout]
            assert answers.count("free") == 1
            winner = f"r{number}-{answers.index('free')}"
            assert set(answers) == {"free", winner}
    finally:
        for each in children:
            each.communicate("end\n", timeout=30)
    assert len(History(path).recent(100)) == 5


def test_a_killed_programs_call_becomes_unknown(path):
    history = History(path)
    with child("begin('r1'); print('begun', flush=True); sys.stdin.readline()", path) as program:
        assert program.stdout
        assert program.stdout.readline() == "begun\n"
        assert history.settle_abandoned() == 0, "it lives"
        assert history.begin(request(2, Destination(dialed="77")), line="1", repeat_guard_s=0) is not None
        program.kill()
        os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
        # dead, and not reaped yet: its row bars only within the guard
        assert history.begin(request(3, Destination(dialed="77")), line="1", repeat_guard_s=60) is not None
        assert history.settle_abandoned() == 1
    assert history.settle_abandoned() == 0
    [record] = history.recent()
    assert (record.request_id, record.outcome, record.problem) == ("r1", Outcome.UNKNOWN, "program_lost")
    assert record.finished_at
    assert history.begin(request(3, Destination(dialed="77")), line="1", repeat_guard_s=60) is not None
    assert history.begin(request(3, Destination(dialed="77")), line="1", repeat_guard_s=0) is None


def test_killed_at_any_time_no_begun_row_is_lost(path):
    """The child says which rows `begin` and `finish` confirmed; all of them must be there."""
    code = """
number = 0
while True:
    number += 1
    assert begin(f"{sys.argv[2]}-{number}", dialed=f"{sys.argv[2]}{number}") is None
    print(number, flush=True)
    history.finish(CallOutcome(request_id=f"{sys.argv[2]}-{number}", outcome=Outcome.REQUESTED))
    print(number, flush=True)
"""
    for turn in range(4):
        with child(code, path, turn) as program:
            assert program.stdout
            for _ in range(7 + turn):
                program.stdout.readline()
            program.kill()
            confirmed = 7 + turn + len(program.stdout.read().splitlines())
        history = History(path)
        assert history.open() is None
        history.settle_abandoned()
        rows = [record for record in history.recent(10_000) if record.request_id.startswith(f"{turn}-")]
        assert len(rows) - (confirmed + 1) // 2 in {0, 1}
        finished = sum(record.outcome is Outcome.REQUESTED for record in rows)
        assert finished - confirmed // 2 in {0, 1}
        assert all(record.outcome in {Outcome.REQUESTED, Outcome.UNKNOWN} for record in rows)


def test_the_number_of_a_dead_process_given_to_another_is_no_owner(history, path, clock):
    begin(history)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE calls SET owner_started = 'ticks 1'")
    clock.pass_by(6)
    assert begin(history, 2) is None
    assert history.settle_abandoned() == 1


def test_after_a_restart_of_the_computer_no_call_is_under_way(history, clock):
    begin(history)
    clock.own = Uptime(boot="second", us=5)
    clock.wall += timedelta(seconds=60)
    assert begin(history, 2) is None
    assert history.settle_abandoned() == 1


def test_another_program_that_keeps_the_file_locked_is_reported(history, path, monkeypatch):
    monkeypatch.setattr("ringbridge.services.history.store.BUSY_TIMEOUT_S", 0.05)
    history.open()
    code = """
import sqlite3
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.readline()
"""
    with child(code, path) as program:
        assert program.stdout
        assert program.stdout.readline() == "locked\n"
        with pytest.raises(StorageUnavailable, match="locked"):
            begin(history)
        assert history.recent() == (), "reading goes on"
        program.communicate("go\n", timeout=30)
    assert begin(history) is None


def test_a_short_lock_is_waited_for(history, path):
    begin(history)
    code = """
import sqlite3, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.readline()
time.sleep(0.2)
connection.execute("COMMIT")
"""
    with child(code, path) as program:
        assert program.stdin
        assert program.stdout
        assert program.stdout.readline() == "locked\n"
        program.stdin.write("go\n")
        program.stdin.flush()
        history.finish(outcome())
    assert history.recent()[0].outcome is Outcome.REQUESTED


# ---- disks


def test_an_outcome_that_could_not_be_saved_is_saved_later(history, path, clock, monkeypatch):
    begin(history)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        monkeypatch.setattr("ringbridge.services.history.store.BUSY_TIMEOUT_S", 0.01)
        connection.execute("BEGIN EXCLUSIVE")
        clock.pass_by(1)
        with pytest.raises(StorageUnavailable):
            history.finish(outcome(message="OK"))
        connection.execute("COMMIT")
    clock.pass_by(9)
    assert begin(history, 2) is None, "the first is no longer under way"
    first = history.recent()[1]
    assert (first.outcome, first.message, first.finished_at) == (
        Outcome.REQUESTED,
        "OK",
        NOON + timedelta(seconds=1),
    )


def test_a_full_disk_is_reported_and_breaks_nothing(path):
    code = """
import resource
from ringbridge.core.errors import StorageUnavailable
for number in range(3):
    begin(f"r{number}", dialed=str(number))
history.finish(CallOutcome(request_id="r0", outcome=Outcome.REFUSED))
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
for number in range(3, 6):
    try:
        print("begun", begin(f"r{number}", dialed=str(number)))
    except StorageUnavailable as error:
        print("unavailable")
try:
    history.finish(CallOutcome(request_id="r1", outcome=Outcome.REFUSED))
except StorageUnavailable:
    print("unavailable")
"""
    with child(code, path) as program:
        out, _ = program.communicate(timeout=30)
    assert out.split() == ["unavailable"] * 4
    history = History(path)
    assert history.open() is None
    assert [record.request_id for record in history.recent()] == ["r2", "r1", "r0"]


def test_a_folder_that_cannot_be_written_to_is_reported(history, path):
    begin(history)
    before = path.read_bytes()
    for folder in (path.parent, *path.parents[1:4]):
        folder.chmod(folder.stat().st_mode | 0o055)
    path.chmod(0o644)
    with as_nobody():
        for operation in (history.open, history.recent, lambda: begin(history, 2, Destination(dialed="1"))):
            with pytest.raises(StorageUnavailable):
                operation()
    assert path.read_bytes() == before


def test_a_file_where_the_folder_should_be_is_reported(history, path):
    path.parent.touch()
    for operation in (history.open, history.recent, lambda: begin(history)):
        with pytest.raises(StorageUnavailable):
            operation()


def test_a_newer_file_is_refused_and_untouched(history, path, clock):
    begin(history)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    for operation in (
        history.open,
        history.recent,
        history.settle_abandoned,
        lambda: begin(history, 2),
        lambda: history.finish(outcome()),
        lambda: history.follow("r1", CallProgress(state=CallState.RINGING)),
        lambda: history.write_note("r1", "x"),
    ):
        with pytest.raises(FileTooNew):
            operation()
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in path.parent.iterdir()) == [".history.db.lock", "history.db"]


def make_damaged(path, how):
    path.parent.mkdir(exist_ok=True)
    if how == "text":
        path.write_text("this is no database " * 100)
    elif how == "folder":
        path.mkdir()
    elif how == "other tables":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE calls (something TEXT)")
    else:
        history = History(path)
        for number in range(200):
            history.begin(request(number, Destination(dialed=str(number))), line="1", repeat_guard_s=5)
        content = bytearray(path.read_bytes())
        if how == "torn":
            path.write_bytes(content[: len(content) // 2])
        else:
            content[4096 * 2 : 4096 * 4] = os.urandom(4096 * 2)
            path.write_bytes(content)


@pytest.mark.parametrize("how", ["text", "folder", "other tables", "torn", "garbage"])
def test_a_damaged_file_is_set_aside_with_all_that_belongs_to_it(history, path, how, caplog):
    make_damaged(path, how)
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").write_bytes(b"old")
    notice = history.open()
    assert isinstance(notice, FileDamaged)
    aside = Path(notice.detail)
    assert aside.name.startswith("history.damaged-2026112")
    assert aside.exists()
    for ending in ("-wal", "-shm"):  # SQLite itself removes those that can't belong to the file
        assert not Path(f"{path}{ending}").exists()
        assert Path(f"{aside}{ending}").exists() == (how in {"text", "folder", "torn"})
    assert history.recent() == ()
    assert begin(history) is None
    assert History(path).open() is None
    assert len(history.recent()) == 1


def test_a_file_damaged_while_the_program_runs_is_set_aside_too(history, path, caplog):
    begin(history)
    path.write_text("no database any more" * 100)
    assert begin(history, 2) is None
    assert isinstance(history.notice, FileDamaged)
    assert [record.request_id for record in history.recent()] == ["r2"]
    path.unlink()
    assert begin(history, 3) is None, "and a removed one is made again"


def test_each_row_is_on_the_disk_before_the_call_goes_on(history):
    begin(history)
    with closing(history._connect()) as connection:
        full = 2
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == full
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_the_file_is_for_the_user_alone(history, path):
    before = os.umask(0)
    begin(history)
    os.umask(before)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE calls SET name = 'x'")
        modes = {entry.name: entry.stat().st_mode & 0o777 for entry in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "history.db-wal" in modes
    assert path.parent.stat().st_mode & 0o777 == 0o700


# ---- versions


LATER = (
    *MIGRATIONS,
    ("ALTER TABLE calls ADD COLUMN mood TEXT NOT NULL DEFAULT 'none'", "UPDATE calls SET name = 'B'"),
)


def test_an_older_file_is_brought_up_to_date(history, path):
    begin(history)
    later = History(path, migrations=LATER)
    assert later.open() is None
    assert [record.name for record in later.recent()] == ["B"]
    with closing(sqlite3.connect(path)) as connection:
        assert version_of(connection) == len(LATER)
        assert connection.execute("SELECT mood FROM calls").fetchall() == [("none",)]
    with pytest.raises(FileTooNew):
        history.recent()


def test_an_older_file_is_also_brought_up_to_date_by_the_first_operation(history, path, clock):
    begin(history)
    later = History(path, migrations=LATER, now=lambda: clock.wall, uptime=lambda: clock.own)
    assert begin(later, 2) is not None
    assert [record.name for record in later.recent()] == ["B"]


def test_a_migration_that_fails_leaves_the_old_version_whole(history, path):
    begin(history)
    broken = (*LATER, ("DROP TABLE calls", "CREATE TABLE nonsense"))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, broken)
        assert version_of(connection) == len(MIGRATIONS)
    assert len(history.recent()) == 1


def test_killed_in_a_migration_the_file_is_as_before(history, path):
    begin(history)
    code = """
import os, signal, sqlite3
from ringbridge.services.history.questions import NO_LIMITS
from ringbridge.services.history.schema import MIGRATIONS, migrate
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
migrate(connection, (*MIGRATIONS, ("ALTER TABLE calls ADD COLUMN mood TEXT", "UPDATE calls SET mood = die()")))
"""
    with child(code, path) as program:
        assert program.wait(30) == -signal.SIGKILL
    assert history.open() is None
    assert [record.request_id for record in history.recent()] == ["r1"]


def test_a_file_of_the_first_version_keeps_its_calls(history, path):
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, MIGRATIONS[:1])
        columns = {
            "request_id": "r0", "requested_at": 0, "begun_at": 0, "origin": "card", "outcome": "requested",
            "party": "1", "dialed": "1", "e164": "", "extension": "", "region": "", "display": "", "line": "1",
            "name": "", "owner_pid": 1, "owner_started": "", "boot": "", "boot_us": 0,
        }  # fmt: skip
        names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        connection.execute(f"INSERT INTO calls ({names}) VALUES ({values})", columns)
    [record] = history.recent()
    assert (record.request_id, record.progress, record.note) == ("r0", CallProgress(), "")


# ---- what became of calls


RINGING = CallProgress(state=CallState.RINGING)
TALKED = CallProgress(
    state=CallState.ENDED, end=CallEnd.ANSWERED, answered_at=NOON, ended_at=NOON + timedelta(minutes=2), talk_s=120
)


def progress(history):
    return history.recent()[0].progress


def test_a_call_is_followed_to_its_end_and_stays_there(history):
    begin(history)
    history.finish(outcome())
    assert progress(history) == CallProgress()
    history.follow("r1", RINGING, callid="1.2")
    assert progress(history) == RINGING
    history.follow("r1", TALKED, callid="3.4")
    history.follow("r1", RINGING)
    history.follow("r1", TALKED._replace(end=CallEnd.BUSY))
    assert progress(history) == TALKED
    assert history.recent()[0].callid == "1.2"
    history.follow("nobody", RINGING)
    assert len(history.recent()) == 1


def test_a_name_learned_before_the_answer_stays(history):
    begin(history)
    history.follow("r1", RINGING, callid="1.2")
    history.finish(outcome(code=204))
    assert history.recent()[0].callid == "1.2"
    begin(history, 2, Destination(dialed="2"))
    history.follow("r2", RINGING, callid="1.2")
    history.finish(outcome(2, callid="3.4"))
    assert history.recent()[0].callid == "3.4"


def test_an_end_nobody_knows_may_become_known(history):
    begin(history)
    history.follow("r1", CallProgress(state=CallState.UNKNOWN, end=CallEnd.UNKNOWN))
    history.follow("r1", TALKED._replace(end=CallEnd.UNKNOWN))
    history.follow("r1", TALKED)
    assert progress(history) == TALKED


def test_a_killed_program_leaves_no_live_call_and_invents_no_end(path):
    code = """
from ringbridge.core.calls import CallEnd, CallProgress, CallState
for number, state in enumerate(CallState):
    begin(f"r{number}", dialed=str(number))
    history.finish(CallOutcome(request_id=f"r{number}", outcome=Outcome.REQUESTED))
    end = CallEnd.ANSWERED if state is CallState.ENDED else CallEnd.NONE
    history.follow(f"r{number}", CallProgress(state=state, end=end))
print("followed", flush=True)
sys.stdin.readline()
"""
    history = History(path)
    with child(code, path) as program:
        assert program.stdout
        assert program.stdout.readline() == "followed\n"
        history.settle_abandoned()
        assert CallState.CONNECTED in {record.progress.state for record in history.recent()}, "it lives"
        program.kill()
        os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
        history.settle_abandoned()
    ends = {record.progress.state: record.progress.end for record in history.recent()}
    assert ends == {
        CallState.NOT_FOLLOWED: CallEnd.NONE,
        CallState.ENDED: CallEnd.ANSWERED,
        CallState.UNKNOWN: CallEnd.UNKNOWN,
    }


def test_a_note_is_kept(history):
    begin(history)
    history.write_note("r1", "call back on Monday \ud800")
    history.write_note("nobody", "x")
    assert history.recent()[0].note == "call back on Monday ?"


# ---- values


TEXTS = st.text(max_size=30)
PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.timezones() | st.just(UTC),
)


@given(
    destination=st.builds(Destination, dialed=PLAIN, e164=PLAIN, extension=PLAIN, region=PLAIN, display=PLAIN),
    moment=MOMENTS,
    origin=st.sampled_from(Origin),
    kind=st.sampled_from([kind for kind in Outcome if kind is not Outcome.PLACING]),
    line=PLAIN,
    name=PLAIN,
    code=st.none() | st.integers(-(2**63), 2**63 - 1),
    texts=st.tuples(PLAIN, PLAIN, PLAIN, PLAIN),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
def test_any_call_comes_back_as_it_was(tmp_path_factory, destination, moment, origin, kind, line, name, code, texts):
    history = History(tmp_path_factory.mktemp("any") / "h.db", now=lambda: NOON)
    wish = CallRequest(request_id="x", destination=destination, origin=origin, requested_at=moment, name=name)
    message, problem, server, callid = texts
    assert history.begin(wish, line=line, repeat_guard_s=0) is None
    history.finish(
        CallOutcome(
            request_id="x", outcome=kind, code=code, message=message, problem=problem, server=server, callid=callid
        )
    )
    [record] = history.recent()
    assert record == CallRecord(
        request_id="x",
        requested_at=moment.astimezone(UTC),
        finished_at=NOON,
        origin=origin,
        outcome=kind,
        destination=destination,
        line=line,
        name=name,
        code=code,
        message=message,
        problem=problem,
        server=server,
        callid=callid,
    )
    assert record.requested_at.utcoffset() == timedelta(0)


def test_what_sqlite_cannot_hold_is_kept_as_far_as_it_goes(history):
    begin(history, destination=Destination(dialed="7\udc80", display="\ud800x"))
    history.finish(outcome(code=2**64, message="half \ud83d a smile\0"))
    [record] = history.recent()
    assert (record.destination.dialed, record.destination.display) == ("7?", "?x")
    assert (record.code, record.message) == (None, "half ? a smile\0")
    assert begin(history, 2, Destination(dialed="7\udc80")) is not None


def test_a_time_in_another_zone_is_the_same_time(history):
    zone = timezone(timedelta(hours=5, minutes=45))
    wish = replace(request(), requested_at=NOON.astimezone(zone))
    history.begin(wish, line="1", repeat_guard_s=0)
    assert history.recent()[0].requested_at == NOON


def test_a_row_that_cannot_be_read_is_left_out_and_still_bars(history, path, caplog):
    begin(history)
    begin(history, 2, Destination(dialed="1"))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE calls SET origin = 'telepathy' WHERE id = 1")
    assert [record.request_id for record in history.recent()] == ["r2"]
    assert "left out" in caplog.text
    with pytest.raises(StorageUnavailable):
        begin(history, 3)


def test_a_held_history_works_as_any_other(path: Path) -> None:
    held, other = History(path, held=True), History(path)
    held.open()
    assert held.begin(request(), line="1", repeat_guard_s=5) is None
    assert Path(f"{path}-wal").exists()
    assert [row.outcome for row in other.recent()] == [Outcome.PLACING]
    path.unlink()
    assert held.recent() == ()
    assert held.begin(request(), line="1", repeat_guard_s=5) is None
    assert len(other.recent()) == 1
    held.close()
    held.close()
    assert not Path(f"{path}-wal").exists()
    assert len(held.recent()) == 1


def test_a_party_is_known_once_the_pbx_accepted_a_call(history):
    assert not history.look_up(NUMBER, repeat_guard_s=5).known
    assert not history.path.exists()  # looking makes no file
    history.begin(request(1), line="1", repeat_guard_s=0)
    history.finish(outcome(1, Outcome.REFUSED))
    assert not history.look_up(NUMBER, repeat_guard_s=5).known
    history.begin(request(2), line="1", repeat_guard_s=0)
    history.finish(outcome(2))
    assert history.look_up(replace(NUMBER, dialed="00012125551234"), repeat_guard_s=5).known
    assert not history.look_up(replace(NUMBER, e164="+12125550000"), repeat_guard_s=5).known


def test_what_goes_on_is_found_by_the_look_as_by_the_guard(history, clock):
    history.begin(request(1), line="1", repeat_guard_s=5)
    running = history.look_up(NUMBER, repeat_guard_s=5).running
    assert (running.request_id, running.outcome) == ("r1", Outcome.PLACING)
    history.finish(outcome(1, callid="7.1"))
    assert history.look_up(NUMBER, repeat_guard_s=5).running.callid == "7.1"
    clock.pass_by(6)
    assert history.look_up(NUMBER, repeat_guard_s=5).running is None


def call_away(history, number, kind=Outcome.REQUESTED, limits=NO_LIMITS):
    party = replace(NUMBER, e164=f"+1212555{number:04}")
    begun = history.begin(request(number, party), line="1", repeat_guard_s=0, limits=limits)
    assert begun is None
    history.finish(outcome(number, kind))


NINE = CallLimits(per_minute=9, per_day=9)


def test_calls_of_a_minute_and_of_a_day_are_counted(history, clock):
    def counted(limits=NINE):
        past = history.look_up(NUMBER, repeat_guard_s=0, limits=limits)
        return past.last_minute, past.last_day

    for number in range(3):
        call_away(history, number)
    call_away(history, 3, Outcome.NOT_SENT)  # no call came of it
    call_away(history, 4, Outcome.UNKNOWN)  # one may have
    assert counted() == (4, 4)
    assert counted(CallLimits(per_day=2)) == (2, 2)  # no further than it matters
    assert counted(NO_LIMITS) == (0, 0)
    clock.pass_by(61)
    assert counted() == (0, 4)
    clock.pass_by(86_400)
    assert counted() == (0, 0)


@pytest.mark.parametrize(
    ("boot", "own_s", "wall_s"), [("second", 9e6, 30), ("first", 30, -9e6), ("", 30, 9e6), ("", -9e6, 30)]
)
def test_time_is_told_as_for_repeats(history, clock, boot, own_s, wall_s):
    """The count in the database and `owner.elapsed_s` agree on each pair of clocks."""
    if not boot:
        clock.own = clock.own._replace(boot="")
    call_away(history, 0)
    clock.wall += timedelta(seconds=wall_s)
    clock.own = Uptime(boot=boot, us=clock.own.us + round(own_s * 1e6))
    past = history.look_up(replace(NUMBER, e164="+12125550000"), repeat_guard_s=31, limits=CallLimits(per_minute=9))
    assert past.last_minute == 1
    assert past.running is not None


@pytest.mark.parametrize(("limits", "period"), [(CallLimits(per_minute=2), "minute"), (CallLimits(per_day=2), "day")])
def test_more_calls_than_are_allowed_are_not_begun(history, clock, limits, period):
    for number in range(2):
        call_away(history, number, limits=limits)
    with pytest.raises(CallLimit) as error:
        call_away(history, 2, limits=limits)
    assert (error.value.period, error.value.limit) == (period, 2)
    assert len(history.recent()) == 2
    clock.pass_by(61 if period == "minute" else 86_401)
    call_away(history, 2, limits=limits)


def test_setting_the_clock_back_neither_bars_nor_frees_calls(history, clock):
    limits = CallLimits(per_minute=2)
    call_away(history, 0, limits=limits)
    clock.wall -= timedelta(days=3)
    call_away(history, 1, limits=limits)
    with pytest.raises(CallLimit):
        call_away(history, 2, limits=limits)
    clock.pass_by(61)
    call_away(history, 2, limits=limits)


RACE = """
import sys, uuid
from datetime import UTC, datetime
from pathlib import Path
from ringbridge.core.calls import CallRequest, Destination, Origin
from ringbridge.core.errors import CallLimit
from ringbridge.services.history import CallLimits, History
history = History(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
begun = 0
for number in range(20):
    party = Destination(dialed=str(uuid.uuid4().int)[:12])
    request = CallRequest(request_id=str(uuid.uuid4()), destination=party, origin=Origin.TYPED,
        requested_at=datetime.now(UTC))
    try:
        begun += history.begin(request, line="1", repeat_guard_s=5, limits=CallLimits(per_minute=15)) is None
    except CallLimit:
        pass
print(begun, flush=True)
"""


def test_two_processes_share_one_limit(path):
    History(path).open()
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    begun = [int(racer.communicate(timeout=30)[0]) for racer in racers]
    assert sum(begun) == 15


@pytest.mark.parametrize("state", [CallState.RINGING, CallState.CALLING, CallState.CONNECTED])
def test_a_call_that_goes_on_is_in_the_way_of_a_second_one(history, clock, state):
    history.begin(request(1), line="1", repeat_guard_s=5)
    history.finish(outcome(1, callid="7.1"))
    history.follow("r1", CallProgress(state=state))
    clock.pass_by(3600)
    running = history.look_up(NUMBER, repeat_guard_s=5).running
    assert (running.request_id, running.progress.state) == ("r1", state)
    assert history.begin(request(2), line="1", repeat_guard_s=5).request_id == "r1"
    emergency = replace(request(3), emergency=True)
    assert history.begin(emergency, line="1", repeat_guard_s=5) is None
    history.finish(outcome(3, Outcome.NOT_SENT))
    history.follow("r1", CallProgress(state=CallState.ENDED, end=CallEnd.ANSWERED))
    assert history.look_up(NUMBER, repeat_guard_s=5).running is None
    assert history.begin(request(4), line="1", repeat_guard_s=5) is None


def test_a_call_whose_follower_died_is_in_nobodys_way(path, clock):
    with_dead_owner = History(path, now=lambda: clock.wall, uptime=lambda: clock.own)
    with_dead_owner.begin(request(1), line="1", repeat_guard_s=5)
    with_dead_owner.finish(outcome(1))
    with_dead_owner.follow("r1", CallProgress(state=CallState.CONNECTED))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE calls SET owner_started = 'another process of this number'")
        connection.commit()
    clock.pass_by(60)
    assert with_dead_owner.begin(request(2), line="1", repeat_guard_s=5) is None
