import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringbridge.core.dialing.patterns import MAX_ELEMENTS, PatternError, matches, read_pattern


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("911", "911", "9111"),
        ("NXXNXXXXXX", "2125551234", "1125551234"),
        ("nxx", "200", "20"),
        ("Z", "1", "0"),
        ("_9NXX", "9200", "9100"),
        ("[1-35]X", "59", "40"),
        ("[*#]21", "#21", "321"),
        ("+972X.", "+97236", "+9723"),
        ("+972!", "+972", "+973"),
        ("X.", "12", "1"),
        ("X.#", "12#", "1#"),
        ("!5!", "456", "46"),
        ("..", "12", "1"),
        ("!.", "1", ""),
        ("212-555 12XX", "2125551299", "212555129"),
        ("*21*X!#", "*21*5#", "*21*#"),
        ("+1|N!", "+12", "+11"),
    ],
)
def test_a_pattern_matches_the_whole_subject(pattern: str, yes: str, no: str) -> None:
    assert matches(read_pattern(pattern), yes)
    assert not matches(read_pattern(pattern), no)


@pytest.mark.parametrize(
    ("pattern", "problem", "offset", "detail"),
    [
        ("", "empty", 0, ""),
        ("  |", "empty", 0, ""),
        ("12a", "character", 2, "a"),
        ("1=2", "character", 1, "="),
        ("12+", "plus_inside", 2, ""),
        ("1|2|3", "second_bar", 3, ""),
        ("1.|3", "wildcard_before_bar", 2, ""),
        ("!|3", "wildcard_before_bar", 1, ""),
        ("1[23", "set_not_closed", 1, ""),
        ("12]", "set_not_open", 2, ""),
        ("1[]", "empty_set", 1, ""),
        ("[5-1]", "range", 1, "5-1"),
        ("[5-]", "range", 1, "5-"),
        ("[*-9]", "range", 1, "*-9"),
        ("[1X]", "character_in_set", 2, "X"),
        ("[+1]", "character_in_set", 1, "+"),
        ("[[1]", "character_in_set", 1, "["),
        ("X" * (MAX_ELEMENTS + 1), "too_long", 0, "64"),
    ],
)
def test_a_bad_pattern_is_refused_with_its_place(pattern: str, problem: str, offset: int, detail: str) -> None:
    with pytest.raises(PatternError) as refusal:
        read_pattern(pattern)
    assert (refusal.value.problem, refusal.value.offset, refusal.value.detail) == (problem, offset, detail)


def test_what_stands_before_the_bar_is_counted() -> None:
    assert read_pattern("+97[2-4] - |X.").removed == 4
    assert read_pattern("X.").removed == 0


def slowly(pattern: str, subject: str) -> bool:  # noqa: PLR0911 - one line a case
    """The reference: tries everything, as one would explain it."""
    if not pattern:
        return not subject
    end = pattern.index("]") + 1 if pattern[0] == "[" else 1
    head, rest = pattern[:end], pattern[end:]
    if head in {"|", " ", "-"}:
        return slowly(rest, subject)
    if head == "!":
        return any(slowly(rest, subject[count:]) for count in range(len(subject) + 1))
    if head == ".":
        return any(slowly(rest, subject[count:]) for count in range(1, len(subject) + 1))
    if not subject or not slowly(rest, subject[1:]):
        return False
    first = subject[0]
    if head[0] == "[":
        return _in_set(head[1:-1], first)
    classes = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
    return first in classes.get(head.upper(), head)


def _in_set(text: str, character: str) -> bool:
    while text:
        if text[1:2] == "-":
            if text[0] <= character <= text[2] and character.isdigit():
                return True
            text = text[3:]
        else:
            if text[0] == character:
                return True
            text = text[1:]
    return False


_ELEMENTS = st.sampled_from([*"0123*#XZNxzn.!", "[1-5]", "[137-9*]", "[0]", " ", "-"])


@given(
    st.lists(_ELEMENTS, min_size=1, max_size=7).map("".join),
    st.booleans(),
    st.text(alphabet="0123459*#", max_size=8),
)
@example("!.!.", False, "1")
@example("..!", False, "1")
@example("!!1", False, "1")
def test_it_matches_what_the_slow_reference_matches(pattern: str, plus: bool, subject: str) -> None:
    prefix = "+" if plus else ""
    if not (prefix + pattern).strip(" -"):
        return
    read = read_pattern(prefix + pattern)
    assert matches(read, prefix + subject) == slowly(prefix + pattern, prefix + subject)
    assert not matches(read, "a" + subject)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    refusal = None
    try:
        read_pattern(text)
    except PatternError as error:
        refusal = error
    assert refusal is None or 0 <= refusal.offset < max(len(text), 1)


HOSTILE = [
    "." * 64,
    "!" * 64,
    ".1" * 32,
    "!1" * 32,
    "X." * 32,
    "1.1.1.1.1.1.1.1.1.1.2",
    "!1!1!1!1!1!1!1!1!2",
    "X!" * 32,
]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_no_pattern_makes_the_matcher_take_more_steps_than_the_subject_is_long(pattern: str) -> None:
    """Counted in lines that are executed, not in time."""
    read = read_pattern(pattern)
    for length in (0, 1, 20, 40, 400, 4000):
        for subject in ("1" * length, "12" * (length // 2)):
            assert executed_lines(read, subject) <= 5 * len(subject) + 3


def executed_lines(pattern: Any, subject: str) -> int:
    lines = 0

    def count(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(lambda frame, _event, _argument: count if frame.f_code is matches.__code__ else None)
    try:
        matches(pattern, subject)
    finally:
        sys.settrace(before)
    assert lines
    return lines
