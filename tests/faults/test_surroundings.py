"""What breaks on this computer in the middle of a call: disk, database, keyring, clock."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from ringbridge.core.calls import CallOutcome, Outcome
from ringbridge.services.credentials import Credentials
from ringbridge.services.history import History, store
from ringbridge.services.history.owner import Uptime
from ringbridge.services.secret_service import Deadlines
from ringbridge.training.server import DEMO_LOGIN
from ringbridge.ui.wording import outcome_sentence
from support.office import Journal, Office, rows_of
from support.secret_service import SecretService, require_secret_service

REQUESTED, NOT_SENT = Outcome.REQUESTED, Outcome.NOT_SENT
BLOCK = 4096


# A small disk of its own


@pytest.fixture
def disk() -> Iterator[Path]:
    """A disk of 2 MiB: the history's log grows for a while before it is used again."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="rbdisk-"))
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False
    )
    if done.returncode:
        folder.rmdir()
        pytest.skip(f"no disk can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def fill(disk: Path, *, left: int = 0) -> None:
    """Fill a disk with one file, but for some bytes."""
    written = 0
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        with suppress(OSError):
            while True:
                written += ballast.write(bytes(BLOCK))
        ballast.truncate(max(written - left, 0) // BLOCK * BLOCK)


def make_room(disk: Path) -> None:
    (disk / "ballast").unlink()


@contextmanager
def office_on(disk: Path, folder: Path, *, held: bool) -> Generator[Office]:
    """An office whose history is on that disk, with one call in it."""
    with Office(folder) as office:
        office.history = History(disk / "data" / "history.db", held=held)
        office.dialer = office.new_dialer()
        assert office.call("2125550100").outcome is REQUESTED
        yield office
        office.dialer.close()
        office.history.close()


def balance(office: Office, expected: dict[str, int]) -> None:
    """Phones rung by number, beside the first call; and every row says what was said."""
    office.wait_for_calls(1 + sum(expected.values()))
    assert office.rung() == {"2125550100": 1} | {number: rung for number, rung in expected.items() if rung}
    rows = rows_of(office.history.path)
    for request_id, outcome in rows.items():
        assert outcome is office.shown[request_id].outcome
    without_row = [shown for name, shown in office.shown.items() if name not in rows]
    assert all(shown.problem in {"history_unavailable", "repeated"} for shown in without_row), without_row


@pytest.mark.parametrize("held", [False, True])
def test_on_a_full_disk_nothing_is_sent_and_with_room_the_next_call_works(
    disk: Path, tmp_path: Path, *, held: bool
) -> None:
    with office_on(disk, tmp_path, held=held) as office:
        fill(disk)
        said: list[CallOutcome] = [office.call(f"21255501{index:02}") for index in range(1, 9)]
        make_room(disk)
        assert all(outcome.problem in {"", "history_unavailable"} for outcome in said)
        refused = [outcome for outcome in said if outcome.outcome is NOT_SENT]
        assert refused, "the disk was not full"
        assert all("No call was placed" in outcome_sentence(outcome) for outcome in refused)
        assert office.call("2125550142").outcome is REQUESTED
        balance(office, {outcome.dialed: outcome.outcome is REQUESTED for outcome in said} | {"2125550142": 1})


@pytest.mark.parametrize("held", [False, True])
def test_whatever_room_is_left_no_call_is_placed_without_a_row(
    disk: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, held: bool
) -> None:
    with office_on(disk, tmp_path, held=held) as office:
        said: list[CallOutcome] = []
        for blocks in range(24):
            fill(disk, left=blocks * BLOCK)
            said.append(office.call(f"21255502{blocks:02}"))
            make_room(disk)
        assert {outcome.outcome for outcome in said} == {REQUESTED, NOT_SENT}
        assert office.call("2125550142").outcome is REQUESTED
        balance(office, {outcome.dialed: outcome.outcome is REQUESTED for outcome in said} | {"2125550142": 1})


@pytest.mark.parametrize("held", [False, True])
def test_a_disk_that_fills_up_while_the_pbx_is_asked_loses_no_outcome(
    disk: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, held: bool
) -> None:
    with office_on(disk, tmp_path, held=held) as office:
        office.when_answered.append(lambda: fill(disk))
        outcome = office.call("2125550142")
        assert outcome.outcome is REQUESTED  # it was placed, so that is what is said
        make_room(disk)
        assert office.call("2125550143").outcome is REQUESTED
        balance(office, {"2125550142": 1, "2125550143": 1})


def test_on_a_read_only_disk_nothing_is_sent_and_the_next_call_works(disk: Path, tmp_path: Path) -> None:
    with office_on(disk, tmp_path, held=False) as office:
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for _ in range(2):
            outcome = office.call("2125550142")
            assert (outcome.outcome, outcome.problem) == (NOT_SENT, "history_unavailable")
        assert Journal(office.journal).asked()["2125550142"] == 0
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        assert office.call("2125550142").outcome is REQUESTED
        balance(office, {"2125550142": 1})


# Another program keeps the database locked

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
connection.close()
"""


class Locker:
    """Another process that holds the database."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", LOCKER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"locked\n"

    def let_go(self) -> None:
        self.process.communicate(timeout=20)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.2)


@pytest.mark.usefixtures("impatient")
def test_while_another_process_keeps_the_history_nothing_is_sent(tmp_path: Path) -> None:
    with office_on(tmp_path, tmp_path, held=True) as office:
        locker = Locker(office.history.path)
        outcome = office.call("2125550142")
        assert (outcome.outcome, outcome.problem) == (NOT_SENT, "history_unavailable")
        locker.let_go()
        assert office.call("2125550142").outcome is REQUESTED
        balance(office, {"2125550142": 1})


@pytest.mark.usefixtures("impatient")
def test_an_outcome_that_could_not_be_saved_is_saved_with_the_next_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with office_on(tmp_path, tmp_path, held=True) as office:
        lockers: list[Locker] = []
        office.when_answered.append(lambda: lockers.append(Locker(office.history.path)))
        assert office.call("2125550142").outcome is REQUESTED
        assert list(rows_of(office.history.path).values()) == [REQUESTED, Outcome.PLACING]
        assert "could not be saved" in caplog.text
        lockers[0].let_go()
        assert office.call("2125550142").problem == "repeated"
        assert office.call("2125550143").outcome is REQUESTED
        balance(office, {"2125550142": 1, "2125550143": 1})


def test_a_history_that_is_damaged_between_two_calls_is_set_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with office_on(tmp_path, tmp_path, held=False) as office:
        with closing(sqlite3.connect(office.history.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = bytearray(office.history.path.read_bytes())
        content[:4096] = os.urandom(4096)
        office.history.path.write_bytes(content)
        assert office.call("2125550142").outcome is REQUESTED
        assert "set aside" in caplog.text
        office.wait_for_calls(2)
        assert office.rung() == {"2125550100": 1, "2125550142": 1}
        assert list(rows_of(office.history.path).values()) == [REQUESTED]
        (aside,) = office.history.path.parent.glob("*damaged*.db*")
        assert aside.read_bytes() == bytes(content)


# The keyring


@contextmanager
def office_with_keyring(folder: Path, keyring: SecretService, monkeypatch: pytest.MonkeyPatch) -> Generator[Office]:
    """An office whose password is in a real keyring, and nowhere else."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", keyring.address)
    with Office(folder) as office:
        short = Deadlines(probe_s=1, start_s=1, prompt_s=1, call_s=5)
        office.credentials = Credentials(deadlines=short)
        office.credentials.save(office.settings.account, DEMO_LOGIN.password)
        office.credentials = Credentials(deadlines=short)
        office.dialer = office.new_dialer()
        yield office
        office.dialer.close()


def test_a_keyring_that_locks_in_the_middle_stops_no_call_and_never_brings_an_old_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_secret_service()
    with SecretService("unlocked") as keyring, office_with_keyring(tmp_path, keyring, monkeypatch) as office:
        office.dialer.warm_up(office.settings)
        keyring.lock()
        assert office.call("2125550142").outcome is REQUESTED  # read while the person looked at the card
        office.dialer.doubt_password()  # the person changed the account in another process
        said = office.call("2125550143")
        assert (said.outcome, said.problem) == (Outcome.NO_ACCOUNT, "keyring_locked")
        assert "No call was placed" in outcome_sentence(said)
        keyring.stop_daemon()
        keyring.start_daemon()  # and unlocked
        assert office.call("2125550143").outcome is REQUESTED
        office.wait_for_calls(2)
        assert office.rung() == {"2125550142": 1, "2125550143": 1}
        assert list(rows_of(office.history.path).values()) == [REQUESTED, Outcome.NO_ACCOUNT, REQUESTED]


@pytest.mark.parametrize("fault", ["locked", "hangs", "gone"])
def test_without_the_keyring_nothing_is_sent_and_with_it_the_same_dialer_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    require_secret_service()
    with SecretService("unlocked") as keyring, office_with_keyring(tmp_path, keyring, monkeypatch) as office:
        if fault == "locked":
            keyring.lock()
        elif fault == "hangs":
            keyring.freeze()
        else:
            keyring.stop_daemon()
        said = office.call("2125550142")
        assert said.outcome is Outcome.NO_ACCOUNT
        assert said.problem == {
            "locked": "keyring_locked", "hangs": "keyring_no_answer", "gone": "keyring_missing"
        }[fault]  # fmt: skip
        assert office.nothing_left()
        if fault == "hangs":
            keyring.thaw()
        else:
            keyring.stop_daemon()
            keyring.start_daemon()
        assert office.call("2125550142").outcome is REQUESTED
        office.wait_for_calls(1)
        assert office.rung() == {"2125550142": 1}


# The clock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "jump",
    [timedelta(0), timedelta(hours=-1), timedelta(hours=1), timedelta(days=-400), timedelta(days=400)],
    ids=["none", "an hour back", "an hour on", "400 days back", "400 days on"],
)
def test_a_jump_of_the_wall_clock_brings_no_second_call_and_bars_none(tmp_path: Path, jump: timedelta) -> None:
    with Office(tmp_path) as office:
        wall, own_s = [NOON], [1000.0]
        office.history = History(
            office.history.path,
            now=lambda: wall[0],
            uptime=lambda: Uptime(boot="this one", us=round(own_s[0] * 1e6)),
        )
        office.dialer = office.new_dialer()
        assert office.call("2125550142").outcome is REQUESTED
        wall[0] += jump + timedelta(seconds=2)
        own_s[0] += 2
        assert office.call("2125550142").problem == "repeated"
        wall[0] += timedelta(seconds=10)
        own_s[0] += 10
        assert office.call("2125550142").outcome is REQUESTED
        office.wait_for_calls(2)
        assert office.rung() == {"2125550142": 2}  # two wishes, 12 s apart
        assert list(rows_of(office.history.path).values()) == [REQUESTED, REQUESTED]
        office.dialer.close()


def test_after_starts_with_a_wrong_clock_the_latest_call_stays_the_latest(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        days = {"2125550142": 0, "2125550143": -4000, "2125550144": 0}
        for number, day in days.items():
            wall, boot = NOON + timedelta(days=day), Uptime(boot=f"start of {number}", us=5_000_000)
            history = History(office.history.path, now=Mock(return_value=wall), uptime=Mock(return_value=boot))
            dialer = office.new_dialer(history)
            assert office.call(number, dialer=dialer).outcome is REQUESTED
            dialer.close()
        assert [row.destination.dialed for row in office.history.recent()] == list(reversed(days))
        office.wait_for_calls(3)
        assert office.rung() == dict.fromkeys(days, 1)
