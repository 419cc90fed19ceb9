"""Runs of digits, and the cuts of them that a numbering plan knows: which groups may belong to one number."""

import re
from functools import lru_cache
from typing import NamedTuple

from ringbridge.core.detection.plans import (
    PlanNumber,
    country_code_of,
    read_dialed_abroad,
    read_international,
    read_national,
)
from ringbridge.core.detection.words import is_unit, word_after
from ringbridge.core.phone_numbers import NumberKind

_RUN = re.compile(r"[0-9]+(?:[ ().\[\]/\-•—_~*]{1,5}[0-9]+)*")
_DIGITS = re.compile(r"[0-9]+")
_MIN_DIGITS, _MAX_DIGITS = 6, 19
_MOST_GROUPS = 9
_MOST_TRIES = 600
"""Cuts tried in one text: a text of nothing but digits and blanks costs no more than a few milliseconds."""

_USUAL_LENGTH = 11
_SHORTEST_TWIN = 3
_SHORT_GROUP = 3
_LONG_ENOUGH = 9
"""National digits that make a whole number even where the plan takes more."""
_LONG_GROUP = 5
_TELLING_GROUPS = 3
_COST_OF_CUT = 1.2
"""What a further number must explain: one long number is likelier than two short ones."""
_TIGHT = frozenset(("-", ".", ")", ")(", "("))
_RARE = frozenset(("_", "~", "*", ". ", " . ", " • "))
"""Separators that people use all through a number or not at all."""

_YEARS = range(1800, 2100)


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


_BREAK = Glue(joins=False, cuts=True, name="")
_PLAIN_GLUES = {
    "": Glue(joins=True, cuts=False, name="-"),
    " ": Glue(joins=True, cuts=True, name=" "),
    "  ": Glue(joins=True, cuts=True, name="  "),
    "-": Glue(joins=True, cuts=False, name="-"),
    "--": Glue(joins=True, cuts=False, name="-"),
    ".": Glue(joins=True, cuts=False, name="."),
    "/": Glue(joins=True, cuts=True, name="/"),
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
}
_OPENING = re.compile(r"[ \-/.]{0,2}[(\[]")
_CLOSING = re.compile(r"[)\]] ?[\-/.]? ?")
_AROUND = re.compile(r"[)\]][ \-/.]?[(\[]")


@lru_cache(maxsize=512)
def _glue(gap: str) -> Glue:
    plain = _PLAIN_GLUES.get(gap)
    if plain is not None:
        return plain
    if _CLOSING.fullmatch(gap):
        return Glue(joins=True, cuts=" " in gap, name=")")
    if _OPENING.fullmatch(gap):
        return Glue(joins=True, cuts=True, name="(")
    return Glue(joins=bool(_AROUND.fullmatch(gap)), cuts=True, name=")(")


class Cut(NamedTuple):
    """Some groups of a run, read as one number.

    Attributes:
        start: Where it begins in the plain text, plus sign and opening bracket included.
        end: Where its last digit ends.
        number: What it is.
        written: How: ``plus``, ``abroad`` (00, 011 …), ``home`` or ``code`` (a country code without a plus, which only a
            label makes one).
        form: How much it looks like a phone number by itself, 0 to 1.
        bare: One run of digits without any separator or plus.
        digits: The digits as they stand.
        lengths: Of its groups.
        glues: Names of what stands between them.
        left_over: How many groups of the same run, joined to it, belong to no number.
        usual: It is grouped as its plan writes it.
    """

    start: int
    end: int
    number: PlanNumber
    written: str
    form: float
    bare: bool
    digits: str
    lengths: tuple[int, ...]
    glues: tuple[str, ...]
    left_over: int
    usual: bool


class _Budget:
    """Counts the cuts that are tried."""

    def __init__(self) -> None:
        self.left = _MOST_TRIES


def find_cuts(plain: str, region: str, seams: frozenset[int] = frozenset()) -> list[Cut]:
    """The best reading of every run of digits, in order; none overlaps another.

    Args:
        plain: A text as `make_plain` writes it.
        region: Two letters of ISO 3166, or another string for numbers with a plus only.
        seams: Where invisible marks stood between two digits; they separate groups where the plan does so, too.
    """
    found: list[Cut] = []
    budget = _Budget()
    for run in _RUN.finditer(plain):
        start, end = run.span()
        if end - start < _MIN_DIGITS:
            continue
        groups = [match.span() for match in _DIGITS.finditer(plain, start, end)]
        if sum(b - a for a, b in groups) < _MIN_DIGITS:
            continue
        if seams and len(groups) == 1:
            groups = _at_seams(groups[0], seams)
        found += _cuts_of_run(plain, groups, region, budget)
        if budget.left <= 0:
            break
    return found


def _at_seams(group: tuple[int, int], seams: frozenset[int]) -> list[tuple[int, int]]:
    start, end = group
    edges = [start, *sorted(at for at in seams if start < at < end), end]
    return [(a, b) for a, b in zip(edges, edges[1:], strict=False)]


def _cuts_of_run(plain: str, groups: list[tuple[int, int]], region: str, budget: _Budget) -> list[Cut]:
    if len(groups) == 1:
        cut = _read_groups(plain, groups, (), 0, 0, region)
        budget.left -= 1
        return [] if cut is None else [cut]
    glues = [_glue(plain[groups[k][1] : groups[k + 1][0]]) for k in range(len(groups) - 1)]
    dead = _dead_groups(plain, groups, glues)
    found: list[Cut] = []
    first = 0
    for k in range(len(groups)):
        if k in dead:
            found += _cuts_of_part(plain, groups, glues, first, k, region, budget)
            first = k + 1
        elif k == len(groups) - 1 or not glues[k].joins:
            found += _cuts_of_part(plain, groups, glues, first, k + 1, region, budget)
            first = k + 1
    return found


def _dead_groups(plain: str, groups: list[tuple[int, int]], glues: list[Glue]) -> set[int]:
    """Groups that are part of a date, a time or a range of years."""
    dead: set[int] = set()
    a, b = groups[0][0], groups[-1][1]
    if a > 1 and plain[a - 1] == ":" and plain[a - 2].isdigit():
        dead.add(0)
    if plain[b : b + 1] == ":" and plain[b + 1 : b + 2].isdigit():
        dead.add(len(groups) - 1)
    dead |= _tied_groups(plain, groups, glues)
    texts = [plain[a:b] for a, b in groups]
    for k in range(len(groups) - 1):
        if len(texts[k]) == len(texts[k + 1]) == 4 and glues[k].name in {"-", " - ", "/"}:
            if int(texts[k]) in _YEARS and int(texts[k + 1]) in _YEARS:
                dead |= {k, k + 1}
    for k in range(len(groups) - 2):
        name = glues[k].name
        if name not in {"-", ".", "/"} or glues[k + 1].name != name:
            continue
        before = glues[k - 1].name if k else ""
        after = glues[k + 2].name if k + 2 < len(glues) else ""
        if before != name and after != name and is_date(*texts[k : k + 3]):
            dead |= {k, k + 1, k + 2}
    return dead


def _tied_groups(plain: str, groups: list[tuple[int, int]], glues: list[Glue]) -> set[int]:
    """Short first and last groups that belong to a sign or letter beside them: $50, #3, 2pm, 100%."""
    dead: set[int] = set()
    start, end = groups[0]
    before = plain[start - 1] if start else " "
    if glues[0].cuts and end - start <= _SHORT_GROUP and (before in "$€£¥₪#№%" or (before.isalpha() and before.isascii())):
        dead.add(0)
    start, end = groups[-1]
    after = plain[end] if end < len(plain) else " "
    further = plain[end + 1] if end + 1 < len(plain) else " "
    if glues[-1].cuts and end - start <= _SHORT_GROUP:
        if after in "$€£¥₪%°" or (after.isalpha() and after.isascii() and not (after in "xX" and further.isdigit())):
            dead.add(len(groups) - 1)
    return dead


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


def _cuts_of_part(
    plain: str, groups: list[tuple[int, int]], glues: list[Glue], first: int, end: int, region: str, budget: _Budget
) -> list[Cut]:
    """The cuts of groups that are joined, chosen so that they explain most of the digits best."""
    count = end - first
    if count <= 0:
        return []
    cuts: list[list[tuple[int, Cut]]] = [[] for _ in range(count)]
    for i in range(first, end):
        if i > first and not glues[i - 1].cuts:
            continue
        digits = 0
        complete = False  # grouped just as its plan does: what follows is something else
        for j in range(i, min(i + _MOST_GROUPS, end)):
            digits += groups[j][1] - groups[j][0]
            if digits > _MAX_DIGITS:
                break
            if digits < _MIN_DIGITS or (j < end - 1 and not glues[j].cuts):
                continue
            budget.left -= 1
            if budget.left <= 0:
                return []
            cut = _read_groups(plain, groups, glues, i, j, region)
            if cut is None or (complete and not cut.usual):
                continue
            cuts[i - first].append((j + 1 - first, cut))
            complete = complete or (cut.usual and len(cut.number.groups) >= _TELLING_GROUPS)
    best: list[tuple[float, tuple[int, Cut] | None]] = [(0.0, None)] * (count + 1)
    for i in range(count - 1, -1, -1):
        best[i] = (best[i + 1][0], None)
        for after, cut in cuts[i]:
            value = best[after][0] + max((cut.form - 0.2) * min(len(cut.digits), _USUAL_LENGTH) - _COST_OF_CUT, 0.1)
            if value >= best[i][0]:
                best[i] = (value, (after, cut))
    chosen: list[Cut] = []
    covered = 0
    i = 0
    while i < count:
        choice = best[i][1]
        if choice is None:
            i += 1
        else:
            chosen.append(choice[1])
            covered += choice[0] - i
            i = choice[0]
    return [cut._replace(left_over=count - covered) for cut in chosen]


def _read_groups(
    plain: str, groups: list[tuple[int, int]], glues: list[Glue] | tuple[()], i: int, j: int, region: str
) -> Cut | None:
    start, end = groups[i][0], groups[j][1]
    inner = glues[i:j]
    if len(inner) > 1 and sum(1 for a, b in groups[i + 1 : j + 1] if b - a == 1) > 2:
        return None
    start, plus = _opened(plain, start, end)
    lengths = tuple(b - a for a, b in groups[i : j + 1])
    digits = plain[groups[i][0] : end] if i == j else "".join([plain[a:b] for a, b in groups[i : j + 1]])
    if len(digits) > _MAX_DIGITS:
        return None
    if not plus and plain[end : end + 1] == "+" and not plain[end + 1 : end + 2].isdigit() and (region in _RTL or _is_rtl(plain)):
        plus = read_international(digits) is not None
    number, written = _number_of(digits, region, plus=plus)
    if number is None and plus and "(0)" in plain[start:end]:
        number = read_international("".join(filter(str.isdigit, plain[start:end].replace("(0)", ""))))
    if number is None:
        return None
    if i and start == groups[i][0] and _is_fraction(groups, glues, i):
        return None  # "7/1 971…": the 1 belongs to the 7
    names = tuple(glue.name for glue in inner)
    if number.varies and _has_foreign_tail(number, lengths, names, plain, end):
        return None
    form, usual = _form(number, written, digits, lengths, names)
    return Cut(
        start=start,
        end=end,
        number=number,
        written=written,
        form=form,
        bare=i == j and not plus,
        digits=digits,
        lengths=lengths,
        glues=names,
        left_over=0,
        usual=usual,
    )


def _has_foreign_tail(
    number: PlanNumber, lengths: tuple[int, ...], glues: tuple[str, ...], plain: str, end: int
) -> bool:
    """Whether a short group behind a long one only happens to stand there, in a plan that takes any number of digits."""
    behind = sum(lengths)
    national = len(number.national)
    for k, glue in enumerate(glues):
        behind -= lengths[k]
        if national - behind <= _LONG_GROUP or glue in _TIGHT:
            continue
        if lengths[k] >= _LONG_GROUP and lengths[k + 1] == 2 and glue != " - ":
            if glue == "/" or national - behind >= _LONG_ENOUGH or k + 2 < len(lengths) or is_unit(word_after(plain, end)):
                return True
        if glue == " • " or (lengths[k + 1] == 1 and lengths[k] > 2) or (glue == " - " and lengths[k + 1] == 1 and k + 2 < len(lengths)):
            return True
    return False


def _is_fraction(groups: list[tuple[int, int]], glues: list[Glue] | tuple[()], i: int) -> bool:
    """Whether group `i` is tied by a slash to a short group that stands for itself."""
    before = groups[i - 1]
    if glues[i - 1].name != "/" or groups[i][0] - before[1] != 1 or before[1] - before[0] >= _SHORTEST_TWIN:
        return False
    return i < 2 or not glues[i - 2].joins


def _opened(plain: str, start: int, end: int) -> tuple[int, bool]:
    """Take in the plus sign and the opening bracket before the first digit."""
    k = start
    if k and plain[k - 1] in "([" and plain.find(")" if plain[k - 1] == "(" else "]", start, end) > 0:
        k -= 1
    p = k
    if p > 1 and plain[p - 1] == " ":
        p -= 1
    if p and plain[p - 1] == "+":
        p -= 2 if p > 1 and plain[p - 2] == "+" else 1
        if p and plain[p - 1] == "(" and plain.find(")", start, end) > 0:
            p -= 1
        return p, True
    return k, False


_RTL = frozenset("IL PS SA AE EG JO LB SY IQ KW QA BH OM YE LY TN DZ MA SD IR PK AF".split())


def _is_rtl(plain: str) -> bool:
    return any("\u0590" <= character <= "\u08ff" for character in plain[:400])


def _number_of(digits: str, region: str, *, plus: bool) -> tuple[PlanNumber | None, str]:
    if plus:
        # "+00 44" and "+011 44" say it twice
        return read_international(digits.removeprefix("011") if digits[0:2] == "01" else digits.removeprefix("00")), "plus"
    own = country_code_of(region)
    if not own:
        return None, ""
    if digits.startswith("00"):
        number = read_international(digits[2:]) or read_dialed_abroad(digits, region)
        return number, "abroad"
    if own == "1" and digits.startswith("011"):
        return read_international(digits[3:]), "abroad"
    number = read_national(digits, region)
    if number is not None and not (number.needs_prefix and not number.written and digits.startswith(own)):
        return number, "home"
    abroad = read_dialed_abroad(digits, region)
    if abroad is None and digits.startswith("011"):
        abroad = read_international(digits[3:])
    if abroad is not None:
        return abroad, "abroad"
    if digits[0] != "0" and len(digits) >= 9:
        with_code = read_international(digits)
        if with_code is not None:
            return with_code, "code"
    return number, "home"


def _boundaries(lengths: tuple[int, ...], limit: int) -> set[int]:
    """How many digits stand behind each boundary, for those inside the last `limit` digits."""
    found: set[int] = set()
    behind = 0
    for length in reversed(lengths[1:]):
        behind += length
        if behind < limit:
            found.add(behind)
    return found


def _form(
    number: PlanNumber, written: str, digits: str, lengths: tuple[int, ...], glues: tuple[str, ...]
) -> tuple[float, bool]:
    """How much the digits look like a phone number by themselves, and whether they are grouped as the plan does."""
    national = len(number.national)
    ours = _boundaries(lengths, national)
    theirs = _boundaries(number.groups, national)
    usual = bool(theirs) and (ours == theirs or _is_common(number, lengths, written))
    area = max(theirs, default=0)
    if written == "plus":
        form = 0.85
    elif written == "abroad":
        form = 0.78 if len(lengths) > 1 else 0.62
    elif written == "code":
        form = 0.34 if len(lengths) > 1 else 0.3
    elif len(lengths) == 1:
        form = _bare_form(number)
    else:
        form = _home_form(number, digits, lengths, glues, usual=usual, area_apart=area in ours)
    if national > _USUAL_LENGTH and not usual and number.varies:
        form -= 0.35
    kinds = set(glues) - {")", "(", ")("}
    if len(kinds) > 3 or ("." in kinds and "-" in kinds):
        form -= 0.12
    if kinds & _RARE and (len(kinds) > 1 or not usual):
        form = 0.1
    if number.country_code == 1 and written == "home" and len(lengths) > 1 and not ours <= theirs | {national}:
        form = min(form, 0.3)  # in North America the area code stands apart or nothing does
    if "  " in kinds:
        form -= 0.1
    return max(form, 0.05), usual


_COMMON_HOME = frozenset(
    ((3, 3, 3), (2, 3, 2, 2), (3, 2, 2, 2), (2, 2, 2, 3), (3, 3, 4), (2, 4, 4), (5, 5), (4, 4), (2, 2, 2, 2), (3, 3, 2, 2), (3, 2, 3))
)  # fmt: skip


def _is_common(number: PlanNumber, lengths: tuple[int, ...], written: str) -> bool:
    """Groups that people use beside the plan's own, in countries that write no national prefix."""
    if written != "home" or number.written or number.country_code == 1 or sum(lengths) != len(number.national):
        return False
    if lengths in _COMMON_HOME:
        return True
    if len(lengths) != 2:
        return False
    # the prefix, then the rest in one piece: Italy, Greece, Colombia
    return lengths == (3, 7) or (number.country_code == 39 and 2 <= lengths[0] <= 4)


def _bare_form(number: PlanNumber) -> float:
    if number.needs_prefix and not number.written:
        return 0.2
    if number.written or number.national[0] == "0":
        return 0.62 if number.kind is NumberKind.MOBILE else 0.5
    if len(number.national) < 8:
        return 0.2
    return 0.55 if number.kind is NumberKind.MOBILE and len(number.national) >= 10 else 0.35


def _home_form(
    number: PlanNumber,
    digits: str,
    lengths: tuple[int, ...],
    glues: tuple[str, ...],
    *,
    usual: bool,
    area_apart: bool,
) -> float:
    national = len(number.national)
    if number.needs_prefix and not number.written:
        return 0.3 if usual else 0.1
    bracketed = ")" in glues
    if number.written or number.national[0] == "0":
        if len(digits) < 7:
            return 0.35
        form = 0.76 if usual else 0.72 if area_apart else 0.66
        if digits[0] == "0" and lengths[0] == 1 and glues[0] == ".":
            form = 0.2  # 0.99.30: a version
        if set(glues) == {"."} and len(lengths) == 2 and (digits[0] != "0" or lengths[0] < 2):
            form = 0.3
    else:
        tight = bool(set(glues) & {"-"}) or bracketed
        if usual:
            form = 0.76 if national >= 10 or tight else 0.68 if national == 9 else 0.64
        else:
            form = 0.64 if (area_apart or tight) and national >= 10 else 0.45
        if set(glues) == {"."} and (len(lengths) == 2 or not usual):
            form = min(form, 0.4)
    return form + (0.04 if bracketed else 0)
