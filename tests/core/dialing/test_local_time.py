from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.dialing.local_time import LocalTime, is_quiet, local_time

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("e164", "clock"),
    [
        ("+442079460018", "12:00"),
        ("+12125551234", "07:00"),
        ("+97231234567", "14:00"),
        ("+914040001234", "17:30"),
    ],
)
def test_the_time_there(e164: str, clock: str) -> None:
    local = local_time(e164, NOON)
    assert local is not None
    assert local.earliest.strftime("%H:%M") == clock
    assert local.earliest == local.latest


def test_where_zones_lie_apart_it_is_a_span_or_nothing() -> None:
    local = local_time("+34612345678", NOON)  # Spain, with the Canary Islands
    assert local is not None
    assert (local.earliest.strftime("%H:%M"), local.latest.strftime("%H:%M")) == ("12:00", "13:00")
    assert local_time("+61412345678", NOON) is None  # an Australian one may be in Perth or on Lord Howe
    assert local_time("+18005551234", NOON) is None  # free of charge all over North America


@pytest.mark.parametrize("text", ["+881612345678", "+80012345678", "201", "", "nonsense"])
def test_what_belongs_nowhere_has_no_time(text: str) -> None:
    assert local_time(text, NOON) is None


def test_summer_time_counts() -> None:
    local = local_time("+442079460018", datetime(2026, 7, 1, 12, 0, tzinfo=UTC))
    assert local is not None
    assert local.earliest.hour == 13


def quiet(clock: str, begin: str = "21:00", end: str = "08:00", later_h: int = 0) -> bool:
    hour, minute = map(int, clock.split(":"))
    early = datetime(2026, 11, 25, hour, minute, tzinfo=UTC)
    local = LocalTime(early, early + timedelta(hours=later_h))
    return is_quiet(local, quiet_from=begin, quiet_until=end)


def test_quiet_hours_go_over_midnight() -> None:
    assert [quiet(clock) for clock in ("20:59", "21:00", "23:59", "00:00", "07:59", "08:00")] == [
        False, True, True, True, True, False,
    ]  # fmt: skip
    assert [quiet(clock, "12:00", "14:00") for clock in ("11:59", "12:00", "13:59", "14:00")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_span_is_quiet_only_as_a_whole() -> None:
    assert not quiet("20:00", later_h=3)
    assert quiet("21:30", later_h=3)


@given(clock=st.times())
def test_the_same_begin_and_end_are_no_quiet_hours(clock: object) -> None:
    assert not quiet(f"{clock:%H:%M}", "08:00", "08:00")
