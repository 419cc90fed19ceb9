"""Runs of digits: their groups, what stands between them, and the groups that are dates, times, prices."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.plans import read_international

_RUN = late_pattern(r"[0-9]+(?:[ ().\[\]/\-•—_~*]{1,5}[0-9]+)*")
_DIGITS = late_pattern(r"[0-9]+")
_SHORT_GROUP = 3
_LEAST_INTERNATIONAL, _MOST_INTERNATIONAL = 10, 17
_YEARS = range(1800, 2100)

Groups = list[tuple[int, int]]
"""Where each group of digits begins and ends."""


class Glue(NamedTuple):
    """What stands between two groups.

    Attributes:
        joins: The groups may belong to one number.
        cuts: A number may end before it, and another begin behind it.
        name: What it is, to compare.
    """

    joins: bool
    cuts: bool
    name: str


_PLAIN_GLUES = {
    "": Glue(joins=True, cuts=False, name="-"),
    " ": Glue(joins=True, cuts=True, name=" "),
    "  ": Glue(joins=True, cuts=True, name="  "),
    "-": Glue(joins=True, cuts=False, name="-"),
    "--": Glue(joins=True, cuts=False, name="-"),
    ".": Glue(joins=True, cuts=False, name="."),
    "/": Glue(joins=True, cuts=True, name="/"),
    "//": Glue(joins=True, cuts=True, name="/"),
    " - ": Glue(joins=True, cuts=True, name=" - "),
    "- ": Glue(joins=True, cuts=True, name=" - "),
    " -": Glue(joins=True, cuts=True, name=" - "),
    " / ": Glue(joins=True, cuts=True, name="/"),
    "/ ": Glue(joins=True, cuts=True, name="/"),
    " /": Glue(joins=True, cuts=True, name="/"),
    " . ": Glue(joins=True, cuts=True, name=" . "),
    " • ": Glue(joins=True, cuts=True, name=" • "),
    "•": Glue(joins=True, cuts=True, name=" • "),
    "—": Glue(joins=True, cuts=True, name="—"),
    " — ": Glue(joins=True, cuts=True, name="—"),
    "_": Glue(joins=True, cuts=False, name="_"),
    "~": Glue(joins=True, cuts=False, name="~"),
    "*": Glue(joins=True, cuts=False, name="*"),
    ". ": Glue(joins=True, cuts=True, name=". "),
    " .": Glue(joins=True, cuts=True, name=". "),
    "...": Glue(joins=True, cuts=True, name="..."),
}
_REPEATED = {
    "//": "/",
    "-/": "/",
    "/-": "/",
    "--": " - ",
    "---": " - ",
    "- -": " - ",
    "~": "~",
    "_": "_",
    ".-": "-",
    "-.": "-",
}
"""Signs people double or mix, with or without blanks around."""

_POSTCODES = frozenset(((2, 3), (4, 3), (5, 3)))
"""Groups of Polish, Portuguese and Brazilian postcodes."""

_LEAST_BEFORE_POSTCODE = 9
_TOWN = late_pattern(r" (?=[^\W\d_]{3})(?![a-z])")
_OPENING = late_pattern(r"[ \-/.]{0,3}[(\[]")
_CLOSING = late_pattern(r" ?[)\]] ?[\-/.]? ?")
_AROUND = late_pattern(r"[)\]][ \-/.]?[(\[]")


@lru_cache(maxsize=512)
def _glue_of(gap: str) -> Glue:
    plain = _PLAIN_GLUES.get(gap)
    if plain is not None:
        return plain
    signs = gap.strip(" ")
    if signs in _REPEATED and len(gap) - len(signs) <= 2:
        return Glue(joins=True, cuts=" " in gap or "/" in signs, name=_REPEATED[signs])
    if _CLOSING.fullmatch(gap):
        return Glue(joins=True, cuts=" " in gap, name=")")
    if _OPENING.fullmatch(gap):
        return Glue(joins=True, cuts=True, name="(")
    return Glue(joins=bool(_AROUND.fullmatch(gap)), cuts=True, name=")(")


def runs_of(plain: str, least: int, seams: frozenset[int]) -> Iterator[Groups]:
    """The groups of each run that has at least so many digits.

    Args:
        plain: A text as `make_plain` writes it.
        least: Digits a run must have.
        seams: Where invisible marks stood between two digits: they separate groups where nothing visible does.
    """
    for run in _RUN.finditer(plain):
        start, end = run.span()
        if end - start < least:
            continue
        groups = [match.span() for match in _DIGITS.finditer(plain, start, end)]
        if sum(b - a for a, b in groups) < least:
            continue
        if seams and len(groups) == 1:
            edges = [start, *sorted(at for at in seams if start < at < end), end]
            groups = list(pairwise(edges))
        yield groups


def glues_of(plain: str, groups: Groups) -> list[Glue]:
    """What stands between the groups, one less than there are groups."""
    return [_glue_of(plain[before[1] : after[0]]) for before, after in pairwise(groups)]


def dead_groups(plain: str, groups: Groups, glues: list[Glue]) -> set[int]:
    """Groups that are part of a date, a time, a range of years, or of a postcode behind a number."""
    dead: set[int] = set()
    a, b = groups[0][0], groups[-1][1]
    if a > 1 and plain[a - 1] == ":" and plain[a - 2].isdecimal():
        dead.add(0)
    if plain[b : b + 1] == ":" and plain[b + 1 : b + 2].isdecimal():
        dead.add(len(groups) - 1)
    dead |= _tied_groups(plain, groups, glues)
    if _ends_with_postcode(plain, groups, glues):
        dead |= {len(groups) - 2, len(groups) - 1}
    texts = [plain[a:b] for a, b in groups]
    kept = _international_groups(plain, groups, texts)
    for k in range(kept, len(groups) - 1):
        if glues[k].name in {"-", " - ", "/"} and _is_year(texts[k]) and _is_year(texts[k + 1]):
            dead |= {k, k + 1}
        if glues[k].name == "/" and texts[k] == "24" and texts[k + 1] == "7":
            dead |= {k, k + 1}  # around the clock
    for k in range(kept, len(groups) - 2):
        name = glues[k].name
        goes_on = k + 2 < len(glues) and glues[k + 2].name == "-"  # "… 25 06 2024-05-12"
        if name == glues[k + 1].name == " " and not goes_on and _is_year(texts[k + 2]) and is_date(*texts[k : k + 3]):
            dead |= {k, k + 1, k + 2}
        if name not in {"-", ".", "/"} or glues[k + 1].name != name:
            continue
        before = glues[k - 1].name if k else ""
        after = glues[k + 2].name if k + 2 < len(glues) else ""
        behind_bracket = before == ")" and not glues[k - 1].cuts
        if name not in {before, after} and not behind_bracket and is_date(*texts[k : k + 3]):
            dead |= {k, k + 1, k + 2}
    return dead


def _ends_with_postcode(plain: str, groups: Groups, glues: list[Glue]) -> bool:
    """Whether a whole number is followed by a postcode with its town: ``71 366 43 37 50-101 Wrocław``."""
    if len(groups) <= 2 or glues[-1].name != "-" or glues[-2].name != " ":
        return False
    lengths = [end - start for start, end in groups]
    return (
        (lengths[-2], lengths[-1]) in _POSTCODES
        and sum(lengths[:-2]) >= _LEAST_BEFORE_POSTCODE
        and _TOWN.match(plain, groups[-1][1]) is not None
    )


def _international_groups(plain: str, groups: Groups, texts: list[str]) -> int:
    """How many groups at the front are an international number of usual length, whatever date they resemble."""
    start = groups[0][0]
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


def _tied_groups(plain: str, groups: Groups, glues: list[Glue]) -> set[int]:
    """Short first and last groups that belong to a sign or letter beside them: $50, #3, 2pm, 100%."""
    dead: set[int] = set()
    start, end = groups[0]
    before = plain[start - 1] if start else " "
    if (
        glues[0].cuts
        and end - start <= _SHORT_GROUP
        and (before in "$€£¥₪#№%" or (before.isalpha() and before.isascii()))
    ):
        dead.add(0)
    start, end = groups[-1]
    after = plain[end] if end < len(plain) else " "
    further = plain[end + 1] if end + 1 < len(plain) else " "
    tied = after in "$€£¥₪%°" or (after.isalpha() and after.isascii() and not (after in "xX" and further.isdecimal()))
    if tied and glues[-1].cuts and end - start <= _SHORT_GROUP:
        dead.add(len(groups) - 1)
    return dead


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
