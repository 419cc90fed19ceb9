"""Rows of the history as values, and back."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

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
from ringbridge.services.history.owner import Uptime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63


def to_us(moment: datetime) -> int:
    """Whole microseconds since 1970.

    Args:
        moment: Aware.
    """
    return (moment - _EPOCH) // _MICROSECOND


def _to_datetime(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def _text(text: str) -> str:
    """`text` as SQLite can hold it: half a surrogate pair (a server's JSON can contain one) has no UTF-8."""
    return text.encode(errors="replace").decode()


def party_of(destination: Destination) -> str:
    """What makes two calls calls to the same party; an extension to dial afterwards does not count."""
    return _text(destination.e164 or destination.dialed)


def placing_row(
    request: CallRequest, *, line: str, begun_at: datetime, uptime: Uptime, owner: tuple[int, str]
) -> Mapping[str, Any]:
    """The columns of a fresh row.

    Args:
        request: The wish.
        line: The own line or number that is rung first.
        begun_at: Now, aware.
        uptime: Now, on the computer's own clock.
        owner: Process number and start of the process that places the call.
    """
    destination = request.destination
    return {
        "request_id": _text(request.request_id),
        "requested_at": to_us(request.requested_at),
        "begun_at": to_us(begun_at),
        "origin": str(request.origin),
        "outcome": str(Outcome.PLACING),
        "party": party_of(destination),
        "dialed": _text(destination.dialed),
        "e164": _text(destination.e164),
        "extension": _text(destination.extension),
        "region": _text(destination.region),
        "display": _text(destination.display),
        "line": _text(line),
        "name": _text(request.name),
        "owner_pid": owner[0],
        "owner_started": owner[1],
        "boot": uptime.boot,
        "boot_us": uptime.us,
    }


def finished_columns(outcome: CallOutcome, finished_at: datetime) -> Mapping[str, Any]:
    """The columns that an outcome sets, and `request_id`.

    A code beyond 64 bits is no code of the PBX's, and SQLite can't hold it: it is left out.
    """
    code = outcome.code if outcome.code is not None and -_LARGEST <= outcome.code < _LARGEST else None
    return {
        "request_id": _text(outcome.request_id),
        "finished_at": to_us(finished_at),
        "outcome": str(outcome.outcome),
        "code": code,
        "message": _text(outcome.message),
        "problem": _text(outcome.problem),
        "server": _text(outcome.server),
        "callid": _text(outcome.callid),
    }


def progress_columns(request_id: str, progress: CallProgress, callid: str) -> Mapping[str, Any]:
    """The columns that following a call sets, and `request_id`."""
    return {
        "request_id": _text(request_id),
        "state": str(progress.state),
        "call_end": str(progress.end),
        "answered_at": None if progress.answered_at is None else to_us(progress.answered_at),
        "ended_at": None if progress.ended_at is None else to_us(progress.ended_at),
        "talk_s": None if progress.talk_s is None else min(progress.talk_s, _LARGEST - 1),
        "callid": _text(callid),
    }


def note_columns(request_id: str, note: str) -> Mapping[str, Any]:
    """The columns of a note."""
    return {"request_id": _text(request_id), "note": _text(note)}


def to_record(row: sqlite3.Row) -> CallRecord:
    """A row as a value.

    Raises:
        ValueError: A column holds what this version does not know.
    """
    return CallRecord(
        request_id=row["request_id"],
        requested_at=_to_datetime(row["requested_at"]),
        finished_at=None if row["finished_at"] is None else _to_datetime(row["finished_at"]),
        origin=Origin(row["origin"]),
        outcome=Outcome(row["outcome"]),
        destination=Destination(
            dialed=row["dialed"],
            e164=row["e164"],
            extension=row["extension"],
            region=row["region"],
            display=row["display"],
        ),
        line=row["line"],
        name=row["name"],
        code=row["code"],
        message=row["message"],
        problem=row["problem"],
        server=row["server"],
        callid=row["callid"],
        progress=CallProgress(
            state=CallState(row["state"]),
            end=CallEnd(row["call_end"]),
            answered_at=None if row["answered_at"] is None else _to_datetime(row["answered_at"]),
            ended_at=None if row["ended_at"] is None else _to_datetime(row["ended_at"]),
            talk_s=row["talk_s"],
        ),
        note=row["note"],
    )
