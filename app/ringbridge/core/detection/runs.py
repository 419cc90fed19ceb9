"""Runs of digits, and the groups in them that are dates, times, prices."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ringbridge.core.detection.layouts import MIN_DIGITS, SEAM, Layout, layout_of
from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.plans import read_international

_RUN = late_pattern(r"[0-9]+(?:[ ().\[\]/\-•—_~*]{1,5}[0-9]+)*")
_OF_RUN = frozenset("0123456789 ().[]/-•—_~*")
_SHAPE = str.maketrans("0123456789", "1111111111")
_SHORT_GROUP = 3
_LEAST_INTERNATIONAL, _MOST_INTERNATIONAL = 10, 17
_YEARS = range(1800, 2100)
_POSTCODES = frozenset(((2, 3), (4, 3), (5, 3)))
"""Groups of Polish, Portuguese and Brazilian postcodes."""

_LEAST_BEFORE_POSTCODE = 9
_TOWN = late_pattern(r" (?=[^\W\d_]{3})(?![a-z])")


def runs_of(
    plain: str, seams: frozenset[int], within: tuple[int, int] | None = None
) -> Iterator[tuple[int, str, Layout]]:
    """Where each run begins that has enough digits for a number, the run itself, and its layout.

    Args:
        plain: A text as `make_plain` writes it.
        seams: Where invisible marks stood between two digits: they separate groups where nothing visible does.
        within: Only runs that lie there, or partly; they are whole all the same.
    """
    at, stop = within or (0, len(plain))
    while at and plain[at - 1] in _OF_RUN:
        at -= 1
    for match in _RUN.finditer(plain, at):
        start, end = match.span()
        if start >= stop:
            break
        if end - start < MIN_DIGITS:
            continue
        run = match[0]
        shape = run.translate(_SHAPE)
        if seams and run.isdecimal():
            edges = [0, *sorted(seam - start for seam in seams if start < seam < end), end - start]
            shape = SEAM.join("1" * (b - a) for a, b in pairwise(edges))
        layout = layout_of(shape)
        if layout.offsets[-1] >= MIN_DIGITS:
            yield start, run, layout


def dead_groups(plain: str, start: int, run: str, layout: Layout) -> set[int]:
    """Groups of a run that are part of a date, a time, a range of years, or of a postcode behind a number.

    Args:
        plain: The text.
        start: Where the run begins in it.
        run: The run, of at least two groups.
        layout: Its layout.
    """
    dead: set[int] = set()
    end = start + len(run)
    before = plain[start - 1] if start else " "
    after = plain[end] if end < len(plain) else " "
    if before == ":" and start > 1 and plain[start - 2].isdecimal():
        dead.add(0)
    further = plain[end + 1 : end + 2]
    if after == ":" and further.isdecimal():
        dead.add(len(layout.groups) - 1)
    if layout.lengths[0] <= _SHORT_GROUP and layout.glues[0].cuts and _is_tied_left(before):
        dead.add(0)
    if layout.lengths[-1] <= _SHORT_GROUP and layout.glues[-1].cuts and _is_tied_right(after, further):
        dead.add(len(layout.groups) - 1)
    if _ends_with_postcode(plain, end, layout):
        dead |= {len(layout.groups) - 2, len(layout.groups) - 1}
    if layout.dated:
        dead |= _dates(plain, start, [run[a:b] for a, b in layout.groups], layout)
    return dead


def _dates(plain: str, start: int, texts: list[str], layout: Layout) -> set[int]:
    """Groups of a date, a range of years or "24/7"."""
    dead: set[int] = set()
    names = layout.names
    kept = _international_groups(plain, start, texts)
    for k in range(kept, len(texts) - 1):
        if names[k] in {"-", " - ", "/"} and _is_year(texts[k]) and _is_year(texts[k + 1]):
            dead |= {k, k + 1}
        if names[k] == "/" and texts[k] == "24" and texts[k + 1] == "7":
            dead |= {k, k + 1}  # around the clock
    for k in range(kept, len(texts) - 2):
        name = names[k]
        goes_on = names[k + 2 : k + 3] == ("-",)  # "… 25 06 2024-05-12"
        if name == names[k + 1] == " " and not goes_on and _is_year(texts[k + 2]) and is_date(*texts[k : k + 3]):
            dead |= {k, k + 1, k + 2}
        if name not in {"-", ".", "/"} or names[k + 1] != name:
            continue
        before = names[k - 1] if k else ""
        after = names[k + 2] if k + 2 < len(names) else ""
        behind_bracket = before == ")" and not layout.glues[k - 1].cuts
        if name not in {before, after} and not behind_bracket and is_date(*texts[k : k + 3]):
            dead |= {k, k + 1, k + 2}
    return dead


def _ends_with_postcode(plain: str, end: int, layout: Layout) -> bool:
    """Whether a whole number is followed by a postcode with its town: ``71 366 43 37 50-101 Wrocław``."""
    if layout.names[-2:] != (" ", "-"):
        return False
    *number, before, behind = layout.lengths
    is_whole = sum(number) >= _LEAST_BEFORE_POSTCODE
    return is_whole and (before, behind) in _POSTCODES and _TOWN.match(plain, end) is not None


def _international_groups(plain: str, start: int, texts: Sequence[str]) -> int:
    """How many groups at the front are an international number of usual length, whatever date they resemble."""
    plus = "+" in plain[max(0, start - 3) : start]
    if not plus and not texts[0].startswith("00"):
        return 0
    digits = ""
    for k, text in enumerate(texts):
        digits += text
        if len(digits) > _MOST_INTERNATIONAL:
            break
        whole = digits if plus else digits[2:]
        if len(whole) >= _LEAST_INTERNATIONAL and read_international(whole) is not None:
            return k + 1
    return 0


def _is_tied_left(sign: str) -> bool:
    """Whether a short first group belongs to the sign or letter before it: $50, #3."""
    return sign in "$€£¥₪#№%" or (sign.isalpha() and sign.isascii())


def _is_tied_right(sign: str, further: str) -> bool:
    """Whether a short last group belongs to the sign or letter behind it: 2pm, 100%."""
    return sign in "$€£¥₪%°" or (sign.isalpha() and sign.isascii() and not (sign in "xX" and further.isdecimal()))


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and int(digits) in _YEARS


def is_date(first: str, second: str, third: str) -> bool:
    """Whether three groups of digits are a day, a month and a year, in one of the usual orders."""
    if max(len(first), len(second), len(third)) > 4 or not 1 <= len(second) <= 2:
        return False
    one, two, three = int(first), int(second), int(third)
    if len(first) == 4:
        return one in _YEARS and 1 <= two <= 12 and 1 <= three <= 31 and len(third) <= 2
    if len(first) > 2 or not (len(third) == 2 or (len(third) == 4 and three in _YEARS)):
        return False
    return (1 <= one <= 31 and 1 <= two <= 12) or (1 <= one <= 12 and 1 <= two <= 31)
