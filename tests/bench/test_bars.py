import pytest

from bench.bars import Bar, median, paired_ratio, percentile, verdicts


def bar(value: float | None) -> Bar:
    return Bar(what="copied → card", value=value, limit=60, unit="ms", samples=50)


@pytest.mark.parametrize(("value", "holds"), [(60.0, True), (60.1, False), (0.0, True), (None, False)])
def test_what_is_above_its_limit_or_unmeasured_falls_short(value: float | None, holds: bool):
    assert bar(value).holds is holds
    assert ("FALLS SHORT" in verdicts([bar(value)])) is not holds


def test_a_slow_round_does_not_change_the_ratio():
    floor = [{"ms": 10.0}, {"ms": 100.0}, {"ms": 10.0}]
    ours = [{"ms": 12.0}, {"ms": 120.0}, {"ms": 12.0}]
    assert paired_ratio(ours, floor, "ms") == pytest.approx(1.2)


def test_rounds_without_a_partner_are_an_error():
    with pytest.raises(ValueError, match="shorter"):
        paired_ratio([{"ms": 1.0}, {"ms": 1.0}], [{"ms": 1.0}], "ms")


def test_a_percentile_lies_between_its_neighbours():
    assert percentile(range(101), 99) == 99
    assert percentile([4.0, 1.0], 50) == 2.5
    assert percentile([], 50) is None
    assert median([]) is None
