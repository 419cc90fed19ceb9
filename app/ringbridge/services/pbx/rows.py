"""Rows of the PBX's lists as values: strings or numbers, in any order, with fields missing or more than expected."""

import math
from collections.abc import Callable
from typing import TypeVar

from ringbridge.core.calls import Line
from ringbridge.core.errors import AnswerNotUnderstood
from ringbridge.core.legs import ActiveLeg, FinishedLeg
from ringbridge.services.pbx.envelope import Json, text_of
from ringbridge.services.pbx.results import CallerId, Colleague, Registration

T = TypeVar("T")

Row = dict[str, Json]
_LATEST_S = 1e11  # Unix seconds, some 3000 years away: larger is no time


def rows_of(data: Json, what: str, read: Callable[[Row], T | None]) -> tuple[T, ...]:
    """The rows of a list, in the PBX's order; rows that say nothing are left out.

    Args:
        data: The answer's data: an array, one row alone, or nothing.
        what: What it should be, for the error.
        read: Makes a value of a row, or None.

    Raises:
        AnswerNotUnderstood: It is no list.
    """
    if data is not None and not isinstance(data, (list, dict)):
        raise AnswerNotUnderstood(f"no {what}")
    rows = data if isinstance(data, list) else [data]
    values = (read(row) for row in rows if isinstance(row, dict))
    return tuple(value for value in values if value is not None)


def number_of(value: Json) -> float:
    """A field as a number of seconds; 0 where it is none, negative or no time any more."""
    try:
        number = float(text_of(value) or 0)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and 0 < number < _LATEST_S else 0.0


def line(row: Row) -> Line | None:
    """A row of ``phones/list``; None where it names no line."""
    name = text_of(row.get("name"))
    if not name:
        return None
    return Line(
        name=name,
        display=text_of(row.get("display")),
        description=text_of(row.get("description")),
        do_not_disturb=flag_of(row.get("dnd")),
    )


def flag_of(value: Json) -> bool | None:
    """A field that is 0 or 1, or None where it is missing."""
    if isinstance(value, bool):
        return value
    text = text_of(value).strip()
    return None if not text else text not in {"0", "0.0", "false"}


def active_leg(row: Row) -> ActiveLeg | None:
    """A row of ``calls/active/list``; None where it names neither leg nor call."""
    leg = ActiveLeg(
        uniqueid=text_of(row.get("uniqueid")),
        callid=text_of(row.get("callid")),
        started_at_s=number_of(row.get("start")),
        answered_at_s=number_of(row.get("answered")),
        source=text_of(row.get("snumber")),
        wanted=text_of(row.get("cnumber")),
        rings=text_of(row.get("dnumber")),
    )
    return leg if leg.uniqueid or leg.callid else None


def finished_leg(row: Row) -> FinishedLeg | None:
    """A row of ``cdrs/list``; None where it names neither leg nor call."""
    leg = FinishedLeg(
        uniqueid=text_of(row.get("uniqueid")),
        callid=text_of(row.get("callid")),
        started_at_s=number_of(row.get("start")),
        ended_at_s=number_of(row.get("end")),
        talk_s=number_of(row.get("talktime")),
        total_s=number_of(row.get("totaltime")),
        status=text_of(row.get("status")).strip().lower(),
        source=text_of(row.get("snumber")),
        wanted=text_of(row.get("cnumber")),
        rings=text_of(row.get("dnumber")),
    )
    return leg if leg.uniqueid or leg.callid else None


def registration(row: Row) -> Registration | None:
    """A row of ``phones/registrations/list``; None where it is empty."""
    if not row:
        return None
    return Registration(
        line=text_of(row.get("username")) or text_of(row.get("name")), contact=text_of(row.get("contact"))
    )


def caller_id(row: Row) -> CallerId | None:
    """A row of ``numbers/list``; None where it holds no number."""
    number = text_of(row.get("number"))
    return CallerId(number=number, description=text_of(row.get("description"))) if number else None


def colleague(row: Row) -> Colleague | None:
    """A row of ``people/list``; None where there is nothing to call."""
    forename, surname = text_of(row.get("forename")), text_of(row.get("surname"))
    person = Colleague(
        name=" ".join(part for part in (forename, surname) if part) or text_of(row.get("username")),
        extension=text_of(row.get("extension")),
        telephone=text_of(row.get("telephone")),
        mobile=text_of(row.get("mobile")),
    )
    return person if person.name and (person.extension or person.telephone or person.mobile) else None
