"""What time it is where a number rings, from the time zones of its numbering plan. Pure: the clock is passed in."""

from datetime import datetime, timedelta
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException

_WIDEST = timedelta(hours=3)
"""Numbers whose zones lie further apart (free of charge all over North America) say nothing of the time."""

_MINUTES_OF_HOUR = 60


class LocalTime(NamedTuple):
    """The time at the other end.

    Attributes:
        earliest: In the westernmost zone the number may be in; aware.
        latest: In the easternmost one; the same where there is one zone only.
    """

    earliest: datetime
    latest: datetime


def local_time(e164: str, now: datetime) -> LocalTime | None:
    """The time where a number belongs; whoever carries a mobile may be elsewhere.

    Args:
        e164: In E.164 form; anything else has no time.
        now: Aware.

    Returns:
        None where the numbering plan knows no zone, or too many; or this computer has no time zone data.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

    try:
        names = time_zones_for_number(phonenumbers.parse(e164, None))
    except NumberParseException:
        return None
    times: list[datetime] = []
    for name in names:
        if name == UNKNOWN_TIMEZONE:
            continue
        try:
            times.append(now.astimezone(ZoneInfo(name)))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None
    if not times:
        return None
    times.sort(key=_offset)
    earliest, latest = times[0], times[-1]
    return LocalTime(earliest, latest) if _offset(latest) - _offset(earliest) <= _WIDEST else None


def is_quiet(local: LocalTime, *, quiet_from: str, quiet_until: str) -> bool:
    """Whether the other party is surely in its quiet hours.

    Args:
        local: The time there.
        quiet_from: When they begin, ``HH:MM``.
        quiet_until: When they end; the same = there are none.
    """
    begin, end = _minutes(quiet_from), _minutes(quiet_until)

    def within(moment: datetime) -> bool:
        minute = moment.hour * _MINUTES_OF_HOUR + moment.minute
        return begin <= minute < end if begin < end else minute >= begin or minute < end

    return begin != end and within(local.earliest) and within(local.latest)


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * _MINUTES_OF_HOUR + int(minutes)
