"""The list of the numbers in a long text, in time linear in its length."""

import re
from collections.abc import Callable, Iterator

from ringbridge.core.detection import score
from ringbridge.core.detection.detect import Candidate, as_candidate, look
from ringbridge.core.detection.normalise import make_plain

_CHUNK = 2048
_CONTEXT = 120
_NEIGHBOURHOOD = 40
"""Digits farther apart belong to different numbers."""

_MIN_DIGITS = 4
"""Fewer digits together are no number, not even one with letters (1-800-FLOWERS)."""

_MOST_OF_CHUNK = 200
_LONGEST_TITLE = 400
_MARKED = bytes(49 if 48 <= code <= 57 else 32 for code in range(256))
_ANY_DIGIT = re.compile(r"\d")


def list_numbers(text: str, region: str) -> tuple[Candidate, ...]:
    """All numbers of a whole text, however long, in order.

    Args:
        text: Any text.
        region: Two letters of ISO 3166, for numbers without a country code; empty or unknown: only ``+`` numbers.
    """
    found: list[Candidate] = []
    titles = _titles(text)
    for core, core_end in _chunks(text):
        start = max(0, core - _CONTEXT)
        if start:
            start = core - len(text[start:core].partition(" ")[2])
        header = titles if start >= len(titles) else ""
        original = header + text[start : core_end + _CONTEXT]
        plain = make_plain(original)
        shift = start - len(header)
        for item in look(plain, original, region, least=score.LISTED, most=_MOST_OF_CHUNK):
            candidate = as_candidate(item, plain, shift)
            if core <= candidate.start < core_end and (not found or candidate.start >= found[-1].end):
                found.append(candidate)
    return tuple(found)


def _titles(text: str) -> str:
    """The first line, where it may name the columns of a table."""
    end = text.find("\n", 0, _LONGEST_TITLE)
    first = text[: end + 1]
    return first if any(mark in first for mark in "\t|;,") and _ANY_DIGIT.search(first) is None else ""


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text in which digits stand close together."""
    digit_at, digits_in = _digit_finder(text)
    at = digit_at(0)
    while at >= 0:
        if digits_in(at, at + _NEIGHBOURHOOD) < _MIN_DIGITS:
            at = digit_at(at + 1)
            continue
        core = max(0, at - 3)  # a plus sign and a bracket may stand before the first digit
        end = at + _NEIGHBOURHOOD
        while end - core < _CHUNK and digits_in(end, end + _NEIGHBOURHOOD):
            end += _NEIGHBOURHOOD
        end = min(end, len(text))
        yield core, end
        at = digit_at(end)


def _digit_finder(text: str) -> tuple[Callable[[int], int], Callable[[int, int], int]]:
    """Two functions: where the next digit stands, and how many stand in a part."""
    if text.isascii():
        marks = text.encode("ascii").translate(_MARKED)
        return (lambda at: marks.find(b"1", at)), (lambda start, end: marks.count(b"1", start, end))

    def digit_at(at: int) -> int:
        match = _ANY_DIGIT.search(text, at)
        return -1 if match is None else match.start()

    return digit_at, lambda start, end: len(_ANY_DIGIT.findall(text, start, end))
