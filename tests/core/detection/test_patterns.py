import re

import pytest

from ringbridge.core.detection.patterns import late_pattern


def test_a_late_pattern_works_as_a_compiled_one() -> None:
    late = late_pattern("([a-z])([0-9])", re.IGNORECASE)
    assert late.findall("A1 b2") == [("A", "1"), ("b", "2")]
    match = late.match("A1")
    assert match is not None
    assert match.groups() == ("A", "1")
    assert late.sub("-", "xA1x") == "x-x"
    assert late_pattern(b"1+").search(b"x11") is not None


def test_an_unknown_method_is_an_error() -> None:
    with pytest.raises(AttributeError):
        getattr(late_pattern("a"), "scanner")  # noqa: B009 - of a pattern, but not of this one
