"""Runs of digits, and the cuts of them that a numbering plan knows: which groups may belong to one number."""

from collections.abc import Iterator
from typing import NamedTuple

from ringbridge.core.detection.forms import USUAL_LENGTH, form_of
from ringbridge.core.detection.plans import (
    PlanNumber,
    country_code_of,
    read_dialed_abroad,
    read_international,
    read_national,
)
from ringbridge.core.detection.runs import Glue, Groups, dead_groups, glues_of, runs_of
from ringbridge.core.detection.words import is_unit, word_after
from ringbridge.core.number_kinds import NumberKind

_MIN_DIGITS, _MAX_DIGITS = 6, 19
_MOST_GROUPS = 9
MOST_TRIES = 250
"""Cuts tried in a copied text: one of nothing but digits and blanks costs no more than a few milliseconds."""

_SHORTEST_TWIN = 3
_LONG_ENOUGH = 9
"""National digits that make a whole number even where the plan takes more."""
_SPELLED = range(9, 15)
_SPELLED_FORM = 0.45
_LONG_GROUP = 5
_TELLING_GROUPS = 3
_COST_OF_CUT = 1.2
"""What a further number must explain: one long number is likelier than two short ones."""
_ENOUGH = 10
"""National digits that count in a plan with all lengths: there, a cut is no better for being longer."""

_TIGHT = frozenset(("-", ".", ")", ")(", "("))


class Cut(NamedTuple):
    """Some groups of a run, read as one number.

    Attributes:
        start: Where it begins in the plain text, plus sign and opening bracket included.
        end: Where its last digit ends.
        number: What it is.
        written: How: ``plus``, ``abroad`` (00, 011 …), ``home`` or ``code`` (a country code without a plus, which
            only a label makes one).
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

    def __init__(self, tries: int) -> None:
        self.left = tries


def find_cuts(plain: str, region: str, seams: frozenset[int] = frozenset(), tries: int = MOST_TRIES) -> Iterator[Cut]:
    """The best reading of every run of digits, in order, one when it is asked for; none overlaps another.

    Args:
        plain: A text as `make_plain` writes it.
        region: Two letters of ISO 3166, or another string for numbers with a plus only.
        seams: Where invisible marks stood between two digits; they separate groups where the plan does so, too.
        tries: Cuts tried at most.
    """
    budget = _Budget(tries)
    for groups in runs_of(plain, _MIN_DIGITS, seams):
        yield from _cuts_of_run(plain, groups, region, budget)
        if budget.left <= 0:
            break


def _cuts_of_run(plain: str, groups: Groups, region: str, budget: _Budget) -> list[Cut]:
    if len(groups) == 1:
        cut = _read_groups(plain, groups, (), 0, 0, region)
        budget.left -= 1
        return [] if cut is None else [cut]
    glues = glues_of(plain, groups)
    spelled = _spelled_out(plain, groups, glues, region)
    if spelled is not None:
        return [spelled]
    dead = dead_groups(plain, groups, glues)
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


def _cuts_of_part(
    plain: str, groups: Groups, glues: list[Glue], first: int, end: int, region: str, budget: _Budget
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
            tail = j == end - 2 and glues[j].name == "-"
            if digits < _MIN_DIGITS or (j < end - 1 and not (glues[j].cuts or tail)):
                continue
            budget.left -= 1
            if budget.left <= 0:
                return []
            cut = _read_groups(plain, groups, glues, i, j, region)
            if cut is not None and tail and not glues[j].cuts and not _has_dashed_extension(cut, groups[j + 1]):
                continue
            if cut is None or (complete and not cut.usual):
                continue
            cuts[i - first].append((j + 1 - first, cut))
            complete = complete or (cut.usual and len(cut.number.groups) >= _TELLING_GROUPS)
            if i == first and j == end - 1 and cut.usual and cut.written == "plus" and not cut.number.varies:
                return [cut]  # nothing explains the digits better
    best: list[tuple[float, tuple[int, Cut] | None]] = [(0.0, None)] * (count + 1)
    for i in range(count - 1, -1, -1):
        best[i] = (best[i + 1][0], None)
        for after, cut in cuts[i]:
            value = best[after][0] + _worth(cut)
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


def _has_dashed_extension(cut: Cut, behind: tuple[int, int]) -> bool:
    """Whether the last group behind a hyphen is an extension, as offices in China write it."""
    number = cut.number
    return (
        number.country_code == 86
        and number.kind is NumberKind.FIXED
        and (number.written or cut.written == "plus")
        and 2 <= behind[1] - behind[0] <= 5
    )


def _spelled_out(plain: str, groups: Groups, glues: list[Glue], region: str) -> Cut | None:
    """A number written digit by digit; rows of single digits are mostly something else, so it takes a label."""
    if len(groups) not in _SPELLED or any(b - a != 1 for a, b in groups) or not all(glue.joins for glue in glues):
        return None
    start, plus = _opened(plain, groups[0][0], groups[-1][1])
    digits = "".join([plain[a] for a, _ in groups])
    number, written = _number_of(digits, region, plus=plus)
    if number is None or (number.needs_prefix and not number.written and not plus):
        return None
    return Cut(
        start=start,
        end=groups[-1][1],
        number=number,
        written=written,
        form=_SPELLED_FORM,
        bare=False,
        digits=digits,
        lengths=(len(digits),),
        glues=(),
        left_over=0,
        usual=False,
    )


def _worth(cut: Cut) -> float:
    """What a cut explains, to choose among those that exclude each other."""
    enough = _ENOUGH if cut.number.varies and not cut.number.written else USUAL_LENGTH
    digits = len(cut.digits) if cut.written in {"plus", "abroad"} else min(len(cut.digits), enough)
    return max((cut.form - 0.2) * digits - _COST_OF_CUT, 0.1)


def _read_groups(
    plain: str, groups: Groups, glues: list[Glue] | tuple[()], i: int, j: int, region: str
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
    if (
        not plus
        and plain[end : end + 1] == "+"
        and not plain[end + 1 : end + 2].isdecimal()
        and (region in _RTL or _is_rtl(plain))
    ):
        plus = read_international(digits) is not None
    number, written = _number_of(digits, region, plus=plus)
    if number is None and plus and "(0)" in plain[start:end]:
        number = read_international("".join(filter(str.isdecimal, plain[start:end].replace("(0)", ""))))
    if number is None:
        return None
    if i and start == groups[i][0] and _is_fraction(groups, glues, i):
        return None  # "7/1 971…": the 1 belongs to the 7
    names = tuple(glue.name for glue in inner)
    if "(" in names and sum(lengths[: names.index("(") + 1]) > _LONG_GROUP + 1:
        return None  # "030 123259 (2)"
    if number.varies and _has_foreign_tail(number, lengths, names, plain, end):
        return None
    form, usual = form_of(number, written, digits, lengths, names)
    if names and not usual and lengths[-1] == 1 and lengths[-2] > 2 and names[-1] not in _TIGHT:
        return None  # "08-126979 1"
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
    """Whether a short group behind a long one only happens to stand there: the plan takes any number of digits."""
    behind = sum(lengths)
    national = len(number.national)
    for k, glue in enumerate(glues):
        behind -= lengths[k]
        if national - behind <= _LONG_GROUP or glue in _TIGHT:
            continue
        whole = glue == "/" or national - behind >= _LONG_ENOUGH or k + 2 < len(lengths)
        long_before_pair = lengths[k] >= _LONG_GROUP and lengths[k + 1] == 2 and glue != " - "
        if long_before_pair and (whole or is_unit(word_after(plain, end))):
            return True
        if (
            glue == " • "
            or (lengths[k + 1] == 1 and lengths[k] > 2)
            or (glue == " - " and lengths[k + 1] == 1 and k + 2 < len(lengths))
        ):
            return True
    return False


def _is_fraction(groups: Groups, glues: list[Glue] | tuple[()], i: int) -> bool:
    """Whether group `i` is tied by a slash to a short group that stands for itself."""
    before = groups[i - 1]
    if glues[i - 1].name != "/" or groups[i][0] - before[1] != 1 or before[1] - before[0] >= _SHORTEST_TWIN:
        return False
    return i < 2 or not glues[i - 2].joins


def _opened(plain: str, start: int, end: int) -> tuple[int, bool]:
    """Take in the plus sign and the opening bracket before the first digit."""
    k = start
    if k > 1 and plain[k - 1] == " " and plain[k - 2] == "(" and plain.find(" )", start, end) > 0:
        k -= 1
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


_RTL = frozenset(
    ("IL", "PS", "SA", "AE", "EG", "JO", "LB", "SY", "IQ", "KW", "QA", "BH", "OM", "YE", "LY", "TN", "DZ", "MA", "SD",
     "IR", "PK", "AF")
)  # fmt: skip
"""Where a plus sign may have slipped to the end of its number, because the text runs from right to left."""


def _is_rtl(plain: str) -> bool:
    return any("\u0590" <= character <= "\u08ff" for character in plain[:400])


def _number_of(digits: str, region: str, *, plus: bool) -> tuple[PlanNumber | None, str]:
    if plus:
        # "+00 44" and "+011 44" say it twice
        return read_international(
            digits.removeprefix("011") if digits[0:2] == "01" else digits.removeprefix("00")
        ), "plus"
    own = country_code_of(region)
    if not own:
        return None, ""
    if digits.startswith("00"):
        return read_dialed_abroad(digits, region) or read_international(digits[2:]), "abroad"
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
