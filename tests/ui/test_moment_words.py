"""Times that stay true."""

from datetime import UTC, datetime, timedelta

import pytest

from ringbridge.ui.moment_words import moment_text

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC).astimezone()


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(0), f"Wed {NOW:%H:%M}"),
        (timedelta(minutes=5), f"Wed {NOW - timedelta(minutes=5):%H:%M}"),
        (timedelta(days=5), f"Fri {NOW:%H:%M}"),
        (timedelta(days=6), "19 Nov"),
        (timedelta(days=400), "21 Oct 2025"),
    ],
)
def test_a_day_of_this_week_has_its_clock_an_older_one_its_date(ago: timedelta, shown: str) -> None:
    assert moment_text(NOW - ago, NOW) == shown
