"""What the calls there were mean for the next one: is it a repeat, is the party known, were there too many."""

import sqlite3
from typing import NamedTuple

from ringbridge.core.calls import CallRecord, Outcome
from ringbridge.core.errors import CallLimit
from ringbridge.services.history import owner

PLACING_LIMIT_S = 600.0
"""A request never takes so long: a row that its living owner left behind must not bar a number for ever."""

MINUTE_US, DAY_US = 60_000_000, 86_400_000_000


class Clocks(NamedTuple):
    """Now.

    Attributes:
        now_us: On the wall clock, microseconds since 1970.
        uptime: On the computer's own clock.
    """

    now_us: int
    uptime: owner.Uptime


class CallLimits(NamedTuple):
    """How many calls are allowed; 0 = any number.

    Attributes:
        per_minute: In the last minute.
        per_day: In the last 24 hours.
    """

    per_minute: int = 0
    per_day: int = 0


NO_LIMITS = CallLimits()


class PastCalls(NamedTuple):
    """What the history knows that matters for a wish.

    Attributes:
        known: The party was called before, and the PBX accepted it.
        running: A call to the party that is being placed or was placed just now, or None.
        last_minute: Calls of the last minute, counted no further than the limits go.
        last_day: Calls of the last 24 hours, likewise.
    """

    known: bool = False
    running: CallRecord | None = None
    last_minute: int = 0
    last_day: int = 0


def repeated(
    connection: sqlite3.Connection, party: str, repeat_guard_s: int, clocks: Clocks, *, live: bool = True
) -> sqlite3.Row | None:
    """The row that forbids calling `party` now, if any.

    Args:
        connection: In a transaction where the answer is to hold.
        party: As `rows.party_of` gives it.
        repeat_guard_s: As in `History.begin`.
        clocks: Now.
        live: A call that rings or is talked on counts, as long as the process that follows it lives.
    """
    rows: list[sqlite3.Row] = connection.execute(
        "SELECT * FROM calls WHERE party = ? AND outcome = 'placing' ORDER BY id DESC", (party,)
    ).fetchall()
    rows += connection.execute(
        "SELECT * FROM calls WHERE party = ? AND outcome IN ('requested', 'unknown') ORDER BY id DESC LIMIT 1",
        (party,),
    ).fetchall()
    for row in rows:
        elapsed = _elapsed_s(row, clocks)
        under_way = row["outcome"] == Outcome.PLACING and elapsed < PLACING_LIMIT_S and is_owned(row, clocks.uptime)
        if under_way or elapsed < repeat_guard_s:
            return row
    if not live:
        return None
    going_on: list[sqlite3.Row] = connection.execute(
        "SELECT * FROM calls WHERE party = ? AND state IN ('ringing', 'calling', 'connected') ORDER BY id DESC",
        (party,),
    ).fetchall()
    return next((row for row in going_on if is_owned(row, clocks.uptime)), None)


def was_called(connection: sqlite3.Connection, party: str) -> bool:
    """Whether the PBX ever accepted a call to `party`."""
    found = connection.execute("SELECT 1 FROM calls WHERE party = ? AND outcome = 'requested' LIMIT 1", (party,))
    return found.fetchone() is not None


_COUNT = """
SELECT count(*), coalesce(sum(elapsed < :minute), 0) FROM (
    SELECT CASE
        WHEN boot = :boot AND boot != '' THEN max(:uptime - boot_us, 0)
        WHEN boot = :boot AND :uptime >= boot_us AND :now >= begun_at THEN min(:uptime - boot_us, :now - begun_at)
        WHEN boot = :boot AND :uptime >= boot_us THEN :uptime - boot_us
        WHEN :now >= begun_at THEN :now - begun_at
    END AS elapsed
    FROM calls WHERE outcome IN ('placing', 'requested', 'unknown') ORDER BY id DESC LIMIT :most
) WHERE elapsed < :day
"""
"""As `owner.elapsed_s`, in the database: row by row it would take 4 ms a thousand calls."""


def count_calls(connection: sqlite3.Connection, limits: CallLimits, clocks: Clocks) -> tuple[int, int]:
    """How many calls there were, or may have been, in the last minute and in the last 24 hours.

    It is counted no further than the limits go.
    """
    if not any(limits):
        return 0, 0
    values = {
        "boot": clocks.uptime.boot,
        "uptime": clocks.uptime.us,
        "now": clocks.now_us,
        "minute": MINUTE_US,
        "day": DAY_US,
        "most": max(limits),
    }
    day, minute = connection.execute(_COUNT, values).fetchone()
    return minute, day


def check_limits(connection: sqlite3.Connection, limits: CallLimits, clocks: Clocks) -> None:
    """Let the next call pass, or not.

    Raises:
        CallLimit: There were as many calls as are allowed.
    """
    minute, day = count_calls(connection, limits, clocks)
    if 0 < limits.per_minute <= minute:
        raise CallLimit("minute", limits.per_minute)
    if 0 < limits.per_day <= day:
        raise CallLimit("day", limits.per_day)


def is_owned(row: sqlite3.Row, uptime: owner.Uptime) -> bool:
    """Whether the process that placed the call still lives."""
    if row["boot"] != uptime.boot:
        return False
    return owner.started(row["owner_pid"]) == row["owner_started"]


def _elapsed_s(row: sqlite3.Row, clocks: Clocks) -> float:
    then = owner.Uptime(boot=row["boot"], us=row["boot_us"])
    return owner.elapsed_s(then=then, then_us=row["begun_at"], now=clocks.uptime, now_us=clocks.now_us)
