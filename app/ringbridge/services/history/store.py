"""The history's file: every operation is one transaction of its own connection.

SQLite in WAL mode. What `begin` writes is with the operating system before it returns, so it survives any kill; the
disk has it with the next `finish` (``synchronous=FULL``), so that only a loss of power while the PBX is still being
asked can take it. Syncing in `begin` too would hold back each call by 1 to 2 ms.
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from ringbridge.core.calls import CallOutcome, CallProgress, CallRecord, CallRequest, Destination, Outcome
from ringbridge.core.errors import FileDamaged, FileTooNew, StorageError, StorageUnavailable
from ringbridge.services import private_files
from ringbridge.services.history import owner
from ringbridge.services.history.questions import (
    NO_LIMITS,
    CallLimits,
    Clocks,
    PastCalls,
    check_limits,
    count_calls,
    is_owned,
    repeated,
    was_called,
)
from ringbridge.services.history.rows import (
    finished_columns,
    note_columns,
    party_of,
    placing_row,
    progress_columns,
    to_record,
    to_us,
)
from ringbridge.services.history.schema import MIGRATIONS, Migration, migrate, version_of

T = TypeVar("T")

BUSY_TIMEOUT_S = 5.0

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_COMPANIONS = ("-wal", "-shm", "-journal")

_log = logging.getLogger(__name__)


class _Damaged(Exception):
    """The file is no database of ours."""


def utc_now() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


class History:
    """All wishes to call of one profile, shared by the processes of the user.

    Every method blocks (a few ms; up to 5 s while another process writes): never on the GUI thread. Safe for several
    threads. Methods raise `FileTooNew` for a file of a newer Ringbridge, which is left alone, and
    `StorageUnavailable` when the disk is full, read-only, or another program keeps the file locked. A damaged file is
    set aside, and the operation goes on with a fresh one.

    Attributes:
        path: The file.
        notice: `FileDamaged` when a damaged file was set aside since this object was made (`detail`: its new name).
    """

    def __init__(
        self,
        path: Path,
        *,
        now: Callable[[], datetime] = utc_now,
        uptime: Callable[[], owner.Uptime] = owner.read_uptime,
        migrations: Sequence[Migration] = MIGRATIONS,
        held: bool = False,
    ) -> None:
        """Nothing is read or made yet.

        Args:
            path: The file; it needs not exist.
            now: Aware time.
            uptime: The computer's own clock, which decides about repeats within one start of the computer.
            migrations: The schema.
            held: Keep the file open between operations, for a program that runs for long: each is 1 ms faster.
        """
        self.path = path
        self.notice: StorageError | None = None
        self._now = now
        self._uptime = uptime
        self._migrations = migrations
        self._unsaved: dict[str, Mapping[str, Any]] = {}
        self._held = held
        self._anchor: sqlite3.Connection | None = None
        self._anchor_lock = threading.Lock()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the next operation takes hold of it again. Safe to call twice."""
        with self._anchor_lock:
            anchor, self._anchor = self._anchor, None
        if anchor is not None:
            anchor.close()

    def open(self) -> StorageError | None:
        """Make the file if there is none, check it, and bring it up to date.

        Returns:
            `FileDamaged` when a damaged file was set aside (`detail`: its new name), else None.

        Raises:
            FileTooNew: A newer Ringbridge wrote it; it is untouched.
            StorageUnavailable: It can't be used just now.
        """
        self.close()  # Windows renames no file that is open
        private_files.make_folder(self.path.parent)
        with private_files.locked(self.path.with_name(f".{self.path.name}.lock")):
            try:
                self._prepare()
            except _Damaged as error:
                aside = private_files.set_aside(
                    self.path, "damaged", self._now().astimezone(), companions=_COMPANIONS
                )
                self.notice = FileDamaged(str(self.path), str(aside))
                _log.warning("the history was damaged (%s) and set aside", type(error.__cause__).__name__)
                try:
                    self._prepare()
                except _Damaged as again:  # a fresh file: the disk itself must be broken
                    raise StorageUnavailable(str(self.path), "a fresh file is damaged as well") from again
                return self.notice
        return None

    def begin(
        self, request: CallRequest, *, line: str, repeat_guard_s: int, limits: CallLimits = NO_LIMITS
    ) -> CallRecord | None:
        """Write the row of a call that is about to be placed, unless the same call is there already.

        Of several processes that ask at once, exactly one gets None.

        Args:
            request: The wish.
            line: The own line or number that will be rung first.
            repeat_guard_s: The same party is not called again within so many seconds of a call that was requested or
                whose end is unknown; 0 = only a call still being placed counts.
            limits: How many calls are allowed.

        Returns:
            None: the row is written, go on. A record: the call is being placed, was placed just now, or goes on as
            far as its process knows; or this very request was begun before; do not call.

        Raises:
            FileTooNew: As for the class.
            StorageUnavailable: As for the class; no row was written, so do not call.
            CallLimit: There were so many calls; no row was written, so do not call.
        """
        mine = (os.getpid(), owner.started(os.getpid()) or "")

        def work(connection: sqlite3.Connection) -> CallRecord | None:
            # the clocks are read under the lock: rows of others would otherwise seem to come from the future
            now, uptime = self._now(), self._uptime()
            row = placing_row(request, line=line, begun_at=now, uptime=uptime, owner=mine)
            self._save_unsaved(connection)
            same = connection.execute("SELECT * FROM calls WHERE request_id = ?", (row["request_id"],)).fetchone()
            clocks = Clocks(now_us=to_us(now), uptime=uptime)
            in_the_way = same or repeated(
                connection, party_of(request.destination), repeat_guard_s, clocks, live=not request.emergency
            )
            if in_the_way is not None:
                return self._record(in_the_way)
            check_limits(connection, limits, clocks)
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(f"INSERT INTO calls ({names}) VALUES ({values})", row)  # noqa: S608 - our own names
            return None

        return self._write(work, synchronous="NORMAL")

    def finish(self, outcome: CallOutcome) -> None:
        """Complete the row of a request. A second time changes nothing, but UNKNOWN may become known.

        When it can't be saved now, it is kept in this object and saved with the next operation that writes.

        Raises:
            ValueError: The outcome is PLACING.
            FileTooNew: As for the class.
            StorageUnavailable: As for the class, or there is no row of this request.
        """
        if outcome.outcome is Outcome.PLACING:
            raise ValueError("PLACING is no outcome")
        columns = finished_columns(outcome, self._now())
        self._unsaved[outcome.request_id] = columns

        def work(connection: sqlite3.Connection) -> bool:
            self._save_unsaved(connection)
            found = connection.execute("SELECT 1 FROM calls WHERE request_id = ?", (columns["request_id"],))
            return found.fetchone() is not None

        if not self._write(work):
            raise StorageUnavailable(str(self.path), "there is no row of this request")

    def follow(self, request_id: str, progress: CallProgress, *, callid: str = "") -> None:
        """Remember where a call stands; an end that is known stays, and nothing leads back from an end.

        Args:
            request_id: Of the request; where it has no row, nothing is written.
            progress: What is known of the call by now.
            callid: The PBX's identifier, where it was learned since; one that is known stays.

        Raises:
            FileTooNew: As for the class.
            StorageUnavailable: As for the class.
        """
        columns = progress_columns(request_id, progress, callid)

        def work(connection: sqlite3.Connection) -> None:
            self._save_unsaved(connection)
            connection.execute(
                "UPDATE calls SET state = :state, call_end = :call_end, answered_at = :answered_at,"
                " ended_at = :ended_at, talk_s = :talk_s, callid = CASE callid WHEN '' THEN :callid ELSE callid END"
                " WHERE request_id = :request_id AND"
                " (state <> 'ended' OR (:state = 'ended' AND call_end IN ('', 'unknown')))",
                columns,
            )

        # a state is worth no sync: after a loss of power the call is "unknown", which is true
        self._write(work, synchronous="FULL" if progress.end else "NORMAL")

    def write_note(self, request_id: str, note: str) -> None:
        """Keep what the user wrote about a call.

        Raises:
            FileTooNew: As for the class.
            StorageUnavailable: As for the class.
        """
        columns = note_columns(request_id, note)

        def work(connection: sqlite3.Connection) -> None:
            self._save_unsaved(connection)
            connection.execute("UPDATE calls SET note = :note WHERE request_id = :request_id", columns)

        self._write(work)

    def settle_abandoned(self) -> int:
        """Turn rows whose process is gone into UNKNOWN: those still PLACING, and calls that nobody follows any more.

        Returns:
            How many were still PLACING.

        Raises:
            FileTooNew: As for the class.
            StorageUnavailable: As for the class.
        """
        uptime = self._uptime()

        def work(connection: sqlite3.Connection) -> int:
            self._save_unsaved(connection)
            rows = connection.execute("SELECT * FROM calls WHERE outcome = 'placing'").fetchall()
            gone = [row["id"] for row in rows if not is_owned(row, uptime)]
            connection.executemany(
                "UPDATE calls SET outcome = 'unknown', problem = 'program_lost', finished_at = ? WHERE id = ?",
                [(to_us(self._now()), number) for number in gone],
            )
            live = connection.execute(
                "SELECT * FROM calls WHERE state IN ('requested', 'ringing', 'calling', 'connected')"
            ).fetchall()
            connection.executemany(
                "UPDATE calls SET state = 'unknown', call_end = 'unknown' WHERE id = ?",
                [(row["id"],) for row in live if not is_owned(row, uptime)],
            )
            return len(gone)

        return self._write(work)

    def look_up(
        self, destination: Destination, *, repeat_guard_s: int, limits: CallLimits = NO_LIMITS, live: bool = True
    ) -> PastCalls:
        """What the gate needs to know of the calls there were. Changes nothing, and makes no file.

        Args:
            destination: Who is to be called.
            repeat_guard_s: As in `begin`.
            limits: Likewise.
            live: As in `questions.repeated`; False for emergency calls, as in `begin`.

        Raises:
            FileTooNew: As for the class.
            StorageUnavailable: As for the class.
        """
        if not self.path.exists():
            return PastCalls()

        def work(connection: sqlite3.Connection) -> PastCalls:
            clocks = Clocks(now_us=to_us(self._now()), uptime=self._uptime())
            party = party_of(destination)
            row = repeated(connection, party, repeat_guard_s, clocks, live=live)
            minute, day = count_calls(connection, limits, clocks)
            return PastCalls(
                known=was_called(connection, party),
                running=None if row is None else self._record(row),
                last_minute=minute,
                last_day=day,
            )

        return self._healing(lambda: self._attempt(work))

    def recent(self, limit: int = 20) -> tuple[CallRecord, ...]:
        """The calls begun last, newest first.

        Args:
            limit: How many at most.

        Raises:
            FileTooNew: As for the class.
            StorageUnavailable: As for the class.
        """

        def work(connection: sqlite3.Connection) -> tuple[CallRecord, ...]:
            found: list[CallRecord] = []
            for row in connection.execute("SELECT * FROM calls ORDER BY id DESC LIMIT ?", (max(limit, 0),)):
                try:
                    found.append(to_record(row))
                except (ValueError, OverflowError, TypeError):
                    _log.warning("row %d of the history can't be read and is left out", row["id"])
            return tuple(found)

        return self._healing(lambda: self._attempt(work))

    def _record(self, row: sqlite3.Row) -> CallRecord:
        try:
            return to_record(row)
        except (ValueError, OverflowError, TypeError) as error:
            raise StorageUnavailable(str(self.path), f"row {row['id']} can't be read") from error

    def _save_unsaved(self, connection: sqlite3.Connection) -> None:
        for columns in tuple(self._unsaved.values()):
            connection.execute(
                "UPDATE calls SET finished_at = :finished_at, outcome = :outcome, code = :code, message = :message,"
                " problem = :problem, server = :server,"
                # whoever follows the call may have learned its name before the answer came
                " callid = CASE :callid WHEN '' THEN callid ELSE :callid END"
                " WHERE request_id = :request_id AND outcome IN ('placing', 'unknown')",
                columns,
            )

    def _write(self, work: Callable[[sqlite3.Connection], T], *, synchronous: str = "FULL") -> T:
        def transaction(connection: sqlite3.Connection) -> T:
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # the error under way says more
                    connection.execute("ROLLBACK")
                raise
            return result

        unsaved = tuple(self._unsaved.items())
        result = self._healing(lambda: self._attempt(transaction, synchronous))
        for request_id, columns in unsaved:
            if self._unsaved.get(request_id) is columns:
                del self._unsaved[request_id]
        return result

    def _healing(self, operation: Callable[[], T]) -> T:
        """Run an operation; where the file is missing, old or damaged, `open` first."""
        try:
            return operation()
        except _Damaged:
            self.open()
        try:
            return operation()
        except _Damaged as error:
            raise StorageUnavailable(str(self.path), "it is damaged again") from error

    def _attempt(self, work: Callable[[sqlite3.Connection], T], synchronous: str = "FULL") -> T:
        try:
            if not self.path.is_file():
                raise _Damaged
            with closing(self._connect(synchronous)) as connection:
                version = version_of(connection)
                if version > len(self._migrations):
                    raise FileTooNew(str(self.path), f"version {version}")
                if version < len(self._migrations):
                    raise _Damaged
                result = work(connection)
                if self._held:
                    self._hold()
                return result
        except sqlite3.Error as error:
            raise self._translated(error) from error
        except OSError as error:
            raise StorageUnavailable(str(self.path), private_files.reason(error)) from error

    def _hold(self) -> None:
        """Keep one connection open that does nothing.

        When the last one closes, SQLite moves the log into the file and removes it; the next operation would have to
        make it anew, 1 ms each time.
        """
        with self._anchor_lock:
            if self._anchor is None:
                self._anchor = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
                self._anchor.execute("SELECT 1 FROM calls LIMIT 1").fetchall()

    def _connect(self, synchronous: str = "FULL") -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.text_factory = _decoded
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone stops at the disk's own cache
        return connection

    def _prepare(self) -> None:
        """Under the lock: check the file, make it, bring it up to date."""
        try:
            if self.path.exists():
                if not self.path.is_file():
                    raise _Damaged
                # read-only: a newer file must not change, not even by moving its -wal into it
                with closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                    version = version_of(connection)
                if version > len(self._migrations):
                    raise FileTooNew(str(self.path), f"version {version}")
            else:
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, private_files.FILE_MODE))
            with closing(self._connect()) as connection:
                verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
                if verdict != "ok":
                    raise _Damaged
                connection.execute("PRAGMA journal_mode = WAL")
                migrate(connection, self._migrations)
                connection.execute("SELECT id, request_id, party, outcome, boot_us, state FROM calls LIMIT 0")
        except sqlite3.Error as error:
            if _code(error) == sqlite3.SQLITE_ERROR:  # a table is missing or in the way: some other program's file
                raise _Damaged from error
            raise self._translated(error) from error
        except OSError as error:
            raise StorageUnavailable(str(self.path), private_files.reason(error)) from error

    def _translated(self, error: sqlite3.Error) -> Exception:
        return _Damaged() if _code(error) in _DAMAGED else StorageUnavailable(str(self.path), str(error))


def _decoded(raw: bytes) -> str:
    return raw.decode(errors="replace")


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 for errors of the Python module itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
