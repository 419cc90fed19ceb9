"""Vanity numbers: letters that stand for digits (ITU-T E.161), such as 1-800-FLOWERS."""

import re
from typing import NamedTuple

from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.plans import PlanNumber, country_code_of, read_international, read_national
from ringbridge.core.number_kinds import NumberKind

_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_SHAPE = late_pattern(
    r"(?<![\w.@/-])(\+?\(?[0-9]{1,4}\)?(?:[-. ]\(?[0-9]{3,4}\)?)?)[-. ]?"
    r"((?:[0-9]{1,4}-?)?[A-Za-z]{2,9}(?:[- .]?[A-Z0-9]{1,7}){0,3})(?![\w@/])"
)
_OPENED = frozenset((NumberKind.TOLL_FREE, NumberKind.SHARED_COST, NumberKind.PREMIUM, NumberKind.OTHER))
_HINT = late_pattern(r"[0-9]\)?(?:[-.]?[ ]?[0-9]{0,4}-?[A-Z]{2}|-[a-z]{3})")
_LETTERS = late_pattern(r"[A-Za-z]")
_WORD = late_pattern(r"[A-Za-z]{3,}")
_MIN_LETTERS = 3
_NANP = "1"
_MOST = 20
_LONGEST = 60
_NANP_DIGITS = 10
_MOST_TOO_MANY = 2


class Vanity(NamedTuple):
    """A number with letters, at its place in the plain text."""

    start: int
    end: int
    number: PlanNumber


def find_vanity(plain: str, region: str, within: tuple[int, int] | None = None) -> list[Vanity]:
    """All vanity numbers: a free or special area code, then words that fill the number exactly.

    Letters that only look like digits (O, l, I) make none: a word of at least three letters is wanted. Numbers that
    begin outside of `within` may be missing.
    """
    found: list[Vanity] = []
    own = country_code_of(region)
    start, stop = within or (0, len(plain))
    if not own or _HINT.search(plain, start, stop + _LONGEST) is None:
        return found
    at = 0
    while len(found) < _MOST and (match := _SHAPE.search(plain, at)) is not None:
        vanity = _read(plain, match, region, own)
        at = match.end()
        if vanity is not None:
            found.append(vanity)
            at = vanity.end  # a shorter word than the shape takes in: another number may follow at once
    return found


def _read(plain: str, match: re.Match[str], region: str, own: str) -> Vanity | None:
    head, tail = match[1], match[2]
    end = match.end(2)
    lead = "".join(filter(str.isdecimal, head))
    plus = head.startswith("+")
    if len(lead) < 3 or (len(lead) == 4 and lead[:2] in {"19", "20"}):
        return None  # "1999 USENIX"
    while True:
        number = _try(plain, match, lead, tail, region, own, plus=plus)
        if number is not None:
            return Vanity(match.start(1), end, number)
        shorter = re.match(r"(.*)[ .-][A-Za-z0-9]+$", tail)
        if shorter is None:
            return None
        tail = shorter[1]
        end = match.start(2) + len(tail)


def _try(
    plain: str, match: re.Match[str], lead: str, tail: str, region: str, own: str, *, plus: bool
) -> PlanNumber | None:
    letters = "".join(_LETTERS.findall(tail))
    words = _WORD.findall(tail)
    if len(letters) < _MIN_LETTERS or not words or set(letters.upper()) <= {"O", "I", "L"}:
        return None
    gap = plain[match.end(1) : match.start(2)]
    if not letters.isupper() and (gap != "-" or not tail.isalpha() or not (tail.islower() or tail.istitle())):
        return None
    digits = lead + "".join(filter(str.isalnum, tail)).upper().translate(_KEYS)
    whole = _NANP_DIGITS + (lead[0] == _NANP)
    if own == _NANP and letters.isupper() and tail[-1].isalpha() and whole < len(digits) <= whole + _MOST_TOO_MANY:
        digits = digits[:whole]  # a longer word: the exchange stops listening when it has enough
    number = read_international(digits) if plus else read_national(digits, region)
    if number is None or (number.needs_prefix and not number.written and not plus):
        return None
    if number.kind in _OPENED:
        return number if gap or plus or (own == _NANP and lead[0] == _NANP and len(letters) == 7) else None
    return number if own == _NANP and len(digits) == 11 and gap and letters.isupper() else None
