"""The list of the numbers in a long text, in time linear in its length."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ringbridge.core.detection import score
from ringbridge.core.detection.detect import Candidate, as_candidate, look
from ringbridge.core.detection.normalise import Plain, make_plain
from ringbridge.core.detection.patterns import late_pattern

_CHUNK = 2048
_CONTEXT = 120
_NEIGHBOURHOOD = 40
"""Digits farther apart belong to different numbers."""

_BEFORE = 4
"""A plus sign, a bracket and blanks may stand before the first digit."""

_MOST_OF_CHUNK = 400
_EFFORT = 20
"""Times the work that a copied text may cause, for each chunk."""

_LONGEST_TITLE = 400


@cache
def _marks(encoding: str) -> bytes:
    """One sign for each byte: digits 1, capitals A, letters a, separators blank or hyphen, others x."""
    marks = bytearray(b"x" * 256)
    for code in range(256):
        plain = make_plain(bytes((code,)).decode(encoding, "replace")).text
        if plain.isascii() and plain.isalnum():
            marks[code] = ord("1" if plain.isdecimal() else "A" if plain.isupper() else "a")
        elif plain == "-":
            marks[code] = ord("-")
        elif plain in _SEPARATORS:
            marks[code] = ord(" ")  # also what nobody sees, such as a soft hyphen
    return bytes(marks)


_SEPARATORS = frozenset(("", *" ().[]/_~*•—"))
_ENCODINGS = ("ascii", "cp1252", "cp1251", "cp1255")
"""One byte a character, and no digits but the ten: such a text is searched as bytes, in a tenth of the time."""

_MARKED = late_pattern(
    rb"1(?<!11)(?:(?=[1 -]{6})((?:[ -]{0,4}+1){6,}+)(?:[ -]{0,3}(?:AA|(?<=-)aaa))?"
    rb"|1*+ ?+(?![xa])[ -]{0,2}+1{0,4}+-?+(?:AA|(?<=-)aaa))"
)
"""Enough digits in the group, or perhaps letters behind some, or both."""

_MARKED_LETTERS = late_pattern(rb"1(?=[ A-])[ -]{0,2}1{0,4}-?(?:AA|(?<=-)aaa)")
_DIGITS = late_pattern(r"\d(?:[^\w\n\t]{0,4}\d){6,}")
_LETTERS = late_pattern(r"\d[ )]?[-. ]?[0-9]{0,4}-?(?:[A-Z]{2}|(?<=-)[a-z]{3})")
_LONGEST_DATE = 10
_DATE = late_pattern(r"[0-3]?[0-9]([./-])[0-3]?[0-9]\1(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]")


class Window(NamedTuple):
    """A part of a long text that may hold numbers, with what stands around it.

    Attributes:
        core: Where the part begins in the text.
        core_end: Where it ends.
        original: The part and what stands around it, behind the titles of its table.
        shift: What to add to a place in `original` to get the place in the text.
        plain: `original`, made plain.
    """

    core: int
    core_end: int
    original: str
    shift: int
    plain: Plain

    @property
    def within(self) -> tuple[int, int]:
        """Where the part begins and ends in `plain`."""
        return self.plain.place(self.core - self.shift), self.plain.place(self.core_end - self.shift)


def list_numbers(text: str, region: str) -> tuple[Candidate, ...]:
    """All numbers of a whole text, however long, in order.

    Args:
        text: Any text.
        region: Two letters of ISO 3166, for numbers without a country code; empty or unknown: only ``+`` numbers.
    """
    found: list[Candidate] = []
    for window in windows_of(text):
        for candidate in read_window(window, region, window.within):
            if not found or candidate.start >= found[-1].end:
                found.append(candidate)
    return tuple(found)


def read_window(window: Window, region: str, within: tuple[int, int] | None) -> list[Candidate]:
    """The numbers that begin in the part of the text.

    Args:
        window: The part.
        region: Two letters of ISO 3166.
        within: Its place in the plain text, so that nothing else is read in vain; with None all around it is read,
            and the answer is the same.
    """
    core, core_end, original, shift, plain = window
    found: list[Candidate] = []
    for item in look(plain, original, region, least=score.LISTED, most=_MOST_OF_CHUNK, effort=_EFFORT, within=within):
        candidate = as_candidate(item, plain, shift)
        if core <= candidate.start < core_end:
            found.append(candidate)
    return found


def windows_of(text: str) -> Iterator[Window]:
    """The parts of a text in which numbers may stand, none of them overlapping another."""
    titles = _titles(text)
    for core, core_end in _chunks(text):
        start = max(0, core - _CONTEXT)
        if start:
            start = core - len(text[start:core].partition(" ")[2])
        header = titles if start >= len(titles) else ""
        original = header + text[start : core_end + _CONTEXT]
        yield Window(core, core_end, original, start - len(header), make_plain(original))


def _titles(text: str) -> str:
    """The first line, where it may name the columns of a table."""
    end = text.find("\n", 0, _LONGEST_TITLE)
    first = text[: end + 1]
    return first if any(mark in first for mark in "\t|;,") and not any(map(str.isdecimal, first)) else ""


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text in which enough digits stand close together, or letters behind a few digits."""
    core, end = -1, -1
    for start, stop in _places(text):
        if core >= 0 and start - end < _NEIGHBOURHOOD and stop - core < _CHUNK:
            end = max(end, stop)
            continue
        if core >= 0:
            yield core, end
        core, end = max(0, start - _BEFORE, end), stop
        while end - core > _CHUNK:
            yield core, core + _CHUNK
            core += _CHUNK
    if core >= 0:
        yield core, end


def _places(text: str) -> list[tuple[int, int]]:
    """Where a number may stand, found without a step of Python for what is none."""
    marks = _marked(text)
    is_date = _DATE.fullmatch
    if marks is not None:
        places: list[tuple[int, int]] = []
        for match in _MARKED.finditer(marks):
            start, end = match.span()
            digits_end = match.end(1)
            if digits_end > 0 and (digits_end - start > _LONGEST_DATE or is_date(text, start, digits_end) is None):
                places.append((start, digits_end))
            if digits_end != end and (letters := _MARKED_LETTERS.search(marks, start, end)) is not None:
                places.append((max(0, letters.start() - _BEFORE * 2), end))
        places.sort()
        return places
    places = [match.span() for match in _DIGITS.finditer(text)]
    places = [place for place in places if is_date(text, *place) is None]
    places += [(max(0, match.start() - _BEFORE * 2), match.end()) for match in _LETTERS.finditer(text)]
    places.sort()
    return places


def _marked(text: str) -> bytes | None:
    """The signs of `_marks` for a text in one of `_ENCODINGS`; None for others."""
    for encoding in _ENCODINGS:
        try:
            return text.encode(encoding).translate(_marks(encoding))
        except UnicodeEncodeError:
            continue
    return None
