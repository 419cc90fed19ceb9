"""Dial patterns in the notation of Asterisk, and a matcher whose work grows with the length of the number only.

`X` is a digit 0-9, `Z` 1-9, `N` 2-9, `[1-5]` or `[137-9]` one of a set; `.` is one or more of anything, `!` none or
more; digits, `*`, `#` and a leading `+` are themselves. Spaces and hyphens are for reading, as in Asterisk
(Asterisk documentation, "Pattern Matching"). What stands before a `|` is matched and taken away, as in a dial rule of
FreePBX.

A pattern becomes bit masks, one bit for each of its elements, and all the ways to match go along as one whole number
(Shift-And: Baeza-Yates and Gonnet, "A new approach to text searching", 1992; with gaps: Navarro and Raffinot, 2002).
There is nothing to go back to, so no pattern and no number makes it slow.
"""

from collections.abc import Mapping
from typing import NamedTuple

ALPHABET = "0123456789*#+"
"""What a subject may hold: an E.164 number with its `+`, or a code as typed."""

MAX_ELEMENTS = 64

_DIGITS = "0123456789"
_CLASSES = {"X": _DIGITS, "Z": _DIGITS[1:], "N": _DIGITS[2:]}
_ONE_OR_MORE = "."
_ANY_NUMBER = "!"
_FOR_READING = " -\t"


class PatternError(Exception):
    """A pattern can't be read.

    Attributes:
        problem: A short stable name, as in `ringbridge.core.errors.RuleError`.
        offset: Where in the pattern, in characters from 0.
        detail: The character in question, or empty.
    """

    def __init__(self, problem: str, offset: int, detail: str = "") -> None:
        super().__init__(f"{problem} at {offset}")
        self.problem = problem
        self.offset = offset
        self.detail = detail


class Pattern(NamedTuple):
    """A pattern that was read. Element `i` has bit `i`; a state with bit `i` has matched the elements before `i`.

    Attributes:
        masks: For each character of `ALPHABET`: the elements that take it.
        repeats: The states in which the element just matched takes further characters.
        skips: The elements that need take none.
        final: The state in which all elements are matched.
        removed: How many characters at the start are taken away: what the part before `|` matched.
        takes_plus: The part that is kept may begin with `+`.
        may_leave_nothing: Something is taken away, and what is kept may be empty.
    """

    masks: Mapping[str, int]
    repeats: int
    skips: int
    final: int
    removed: int
    takes_plus: bool
    may_leave_nothing: bool


class _Element(NamedTuple):
    characters: str
    repeats: bool = False
    skips: bool = False


def read_pattern(text: str) -> Pattern:
    """Read a pattern such as ``+972|X.``.

    Raises:
        PatternError: It breaks the notation.
    """
    elements: list[_Element] = []
    bar = -1
    offset = 1 if text.startswith("_") else 0  # Asterisk writes it before each pattern
    while offset < len(text):
        character = text[offset]
        if character == "|":
            if bar >= 0:
                raise PatternError("second_bar", offset)
            if any(element.repeats for element in elements):
                raise PatternError("wildcard_before_bar", offset)
            bar = len(elements)
        elif character == "[":
            characters, offset = _read_set(text, offset)
            elements.append(_Element(characters))
        elif character not in _FOR_READING:
            _add(elements, text, offset)
        offset += 1
    if not elements:
        raise PatternError("empty", 0)
    if len(elements) > MAX_ELEMENTS:
        raise PatternError("too_long", 0, str(MAX_ELEMENTS))
    return _compile(elements, max(bar, 0))


def matches(pattern: Pattern, subject: str) -> bool:
    """Whether the whole subject matches; one turn of the loop for each of its characters."""
    states = 1 | (pattern.skips & 1) << 1
    for character in subject:
        taking = pattern.masks.get(character)
        if taking is None:
            return False
        states = (states & taking) << 1 | states & pattern.repeats
        states |= (states & pattern.skips) << 1
    return bool(states & pattern.final)


def _add(elements: list[_Element], text: str, offset: int) -> None:
    """Add the element that one character stands for.

    In a run of wildcards the `!` add nothing, so they are left out: no two elements in a row may then be skipped,
    and one step of `matches` needs no loop.
    """
    character = text[offset]
    if character == _ONE_OR_MORE:
        if elements and elements[-1].skips:
            elements.pop()
        elements.append(_Element(ALPHABET, repeats=True))
    elif character == _ANY_NUMBER:
        if not (elements and elements[-1].repeats):
            elements.append(_Element(ALPHABET, repeats=True, skips=True))
    elif character.upper() in _CLASSES:
        elements.append(_Element(_CLASSES[character.upper()]))
    elif character == "+" and elements:
        raise PatternError("plus_inside", offset)
    elif character in ALPHABET:
        elements.append(_Element(character))
    elif character == "]":
        raise PatternError("set_not_open", offset)
    else:
        raise PatternError("character", offset, character)


def _read_set(text: str, start: int) -> tuple[str, int]:
    """The characters of ``[137-9*]`` and the offset of its closing bracket."""
    end = text.find("]", start)
    if end < 0:
        raise PatternError("set_not_closed", start)
    characters: set[str] = set()
    offset = start + 1
    while offset < end:
        first = text[offset]
        if first not in _DIGITS and first not in "*#":
            raise PatternError("character_in_set", offset, first)
        if text[offset + 1] == "-":
            last = text[offset + 2 : offset + 3]
            if first not in _DIGITS or not last or last not in _DIGITS or last < first:
                raise PatternError("range", offset, text[offset : min(offset + 3, end)])
            characters.update(_DIGITS[int(first) : int(last) + 1])
            offset += 3
        else:
            characters.add(first)
            offset += 1
    if not characters:
        raise PatternError("empty_set", start)
    return "".join(sorted(characters)), end


def _compile(elements: list[_Element], removed: int) -> Pattern:
    masks = dict.fromkeys(ALPHABET, 0)
    repeats = skips = 0
    for index, element in enumerate(elements):
        for character in element.characters:
            masks[character] |= 1 << index
        if element.repeats:
            repeats |= 1 << index + 1
        if element.skips:
            skips |= 1 << index
    kept = elements[removed:]
    return Pattern(
        masks=masks,
        repeats=repeats,
        skips=skips,
        final=1 << len(elements),
        removed=removed,
        takes_plus=removed == 0 and "+" in elements[0].characters,
        may_leave_nothing=removed > 0 and all(element.skips for element in kept),
    )
