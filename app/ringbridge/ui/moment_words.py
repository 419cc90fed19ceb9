"""When something was, in words that stay true while they are read: for menus, which change with their data only."""

from datetime import datetime, timedelta

from ringbridge.ui.gate_words import weekday
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import relative_time

_SAME_WEEKDAY = timedelta(days=6)


def moment_text(then: datetime, now: datetime) -> str:
    """“Wed 14:05”, or for what is longer ago the day: “12 Nov”, in the computer's own time zone.

    Args:
        then: The time in question, aware.
        now: The present, aware.
    """
    local = then.astimezone()
    if abs(now - then) >= _SAME_WEEKDAY:
        return relative_time(then, now)
    template = tr("{weekday} {clock}", "when a call was: Wed 14:05")
    return fill(template, weekday=weekday(local), clock=f"{local.hour:02}:{local.minute:02}")
