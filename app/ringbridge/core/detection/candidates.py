"""Runs of digits, and the cuts of them that a numbering plan knows: which groups may belong to one number."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from ringbridge.core.detection.forms import USUAL_LENGTH, form_of
from ringbridge.core.detection.layouts import MAX_DIGITS, Layout, Try, tries_of
from ringbridge.core.detection.plans import (
    PlanNumber,
    country_code_of,
    read_dialed_abroad,
    read_international,
    read_national,
)
from ringbridge.core.detection.runs import dead_groups, runs_of
from ringbridge.core.detection.words import is_unit, word_after
from ringbridge.core.number_kinds import NumberKind

MOST_TRIES = 250
"""Cuts tried in a copied text: one of nothing but digits and blanks costs no more than a few milliseconds."""

_SHORTEST_TWIN = 3
_LONG_ENOUGH = 9
"""National digits that make a whole number even where the plan takes more."""
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


class _Run(NamedTuple):
    """A run of digits.

    Attributes:
        plain: The text it stands in.
        start: Where it begins there.
        digits: Its digits without what stands between.
        layout: How it is written.
        region: Two letters of ISO 3166, or another string.
    """

    plain: str
    start: int
    digits: str
    layout: Layout
    region: str


def find_cuts(
    plain: str,
    region: str,
    seams: frozenset[int] = frozenset(),
    tries: int = MOST_TRIES,
    within: tuple[int, int] | None = None,
) -> Iterator[Cut]:
    """The best reading of every run of digits, in order, one when it is asked for; none overlaps another.

    Args:
        plain: A text as `make_plain` writes it.
        region: Two letters of ISO 3166, or another string for numbers with a plus only.
        seams: Where invisible marks stood between two digits; they separate groups where the plan does so, too.
        tries: Cuts tried at most.
        within: Only runs that lie there, or partly.
    """
    budget = _Budget(tries)
    for start, written, layout in runs_of(plain, seams, within):
        yield from _cuts_of_run(plain, start, written, layout, region, budget)
        if budget.left <= 0:
            break


def _cuts_of_run(plain: str, start: int, written: str, layout: Layout, region: str, budget: _Budget) -> list[Cut]:
    groups = layout.groups
    if len(groups) == 1:
        cut = _read_groups(_Run(plain, start, written, layout, region), 0, 0, 0, len(written))
        budget.left -= 1
        return [] if cut is None else [cut]
    run = _Run(plain, start, "".join([written[a:b] for a, b in groups]), layout, region)
    spelled = _spelled_out(run) if layout.spelled else None
    if spelled is not None:
        return [spelled]
    dead = dead_groups(plain, start, written, layout)
    found: list[Cut] = []
    if not dead and layout.tries is not None:
        for first, end, tries in layout.tries:
            found += _cuts_of_part(run, first, end, tries, budget)
        return found
    first = 0
    for k in range(len(groups)):
        if k in dead:
            found += _cuts_of_part(run, first, k, tries_of(layout, first, k), budget)
            first = k + 1
        elif k == len(groups) - 1 or not layout.glues[k].joins:
            found += _cuts_of_part(run, first, k + 1, tries_of(layout, first, k + 1), budget)
            first = k + 1
    return found


def _cuts_of_part(run: _Run, first: int, end: int, tries: Iterable[Try], budget: _Budget) -> list[Cut]:
    """The cuts of groups that are joined, chosen so that they explain most of the digits best."""
    cuts: list[tuple[int, int, Cut]] = []
    at, complete = -1, False
    for i, j, begin, stop, loose in tries:
        budget.left -= 1
        if budget.left <= 0:
            return []
        cut = _read_groups(run, i, j, begin, stop)
        if i > at:
            at, complete = i, False  # grouped just as its plan does: what follows is something else
        if (
            cut is None
            or (loose and not _has_dashed_extension(cut, run.layout.lengths[j + 1]))
            or (complete and not cut.usual)
        ):
            continue
        cuts.append((i - first, j + 1 - first, cut))
        complete = complete or (cut.usual and len(cut.number.groups) >= _TELLING_GROUPS)
        if i == first and j == end - 1 and cut.usual and cut.written == "plus" and not cut.number.varies:
            return [cut]  # nothing explains the digits better
    if not cuts:
        return []
    chosen = _best_of(cuts, end - first) if len(cuts) > 1 else cuts
    left_over = end - first - sum([after - i for i, after, _ in chosen])
    return [cut._replace(left_over=left_over) if left_over else cut for _, _, cut in chosen]


def _best_of(cuts: list[tuple[int, int, Cut]], count: int) -> list[tuple[int, int, Cut]]:
    """Those of cuts in order that exclude each other least and explain most."""
    best: list[tuple[float, tuple[int, int, Cut] | None]] = [(0.0, None)] * (count + 1)
    at = count
    for choice in reversed(cuts):
        i, after, cut = choice
        while at > i:
            at -= 1
            best[at] = (best[at + 1][0], None)
        value = best[after][0] + _worth(cut)
        if value > best[i][0] or (value == best[i][0] and best[i][1] is None):
            best[i] = (value, choice)
    while at > 0:
        at -= 1
        best[at] = (best[at + 1][0], None)
    chosen: list[tuple[int, int, Cut]] = []
    i = 0
    while i < count:
        choice = best[i][1]
        if choice is None:
            i += 1
        else:
            chosen.append(choice)
            i = choice[1]
    return chosen


def _has_dashed_extension(cut: Cut, behind: int) -> bool:
    """Whether so many digits behind a hyphen are an extension, as offices in China write it."""
    number = cut.number
    return (
        number.country_code == 86
        and number.kind is NumberKind.FIXED
        and (number.written or cut.written == "plus")
        and 2 <= behind <= 5
    )


def _spelled_out(run: _Run) -> Cut | None:
    """A number written digit by digit; rows of single digits are mostly something else, so it takes a label."""
    digits = run.digits
    end = run.start + run.layout.groups[-1][1]
    start, plus = _opened(run.plain, run.start, end)
    number, written = _number_of(digits, run.region, plus=plus)
    if number is None or (number.needs_prefix and not number.written and not plus):
        return None
    return Cut(start, end, number, written, _SPELLED_FORM, False, digits, (len(digits),), (), 0, False)  # noqa: FBT003


def _worth(cut: Cut) -> float:
    """What a cut explains, to choose among those that exclude each other."""
    enough = _ENOUGH if cut.number.varies and not cut.number.written else USUAL_LENGTH
    digits = len(cut.digits) if cut.written in {"plus", "abroad"} else min(len(cut.digits), enough)
    return max((cut.form - 0.2) * digits - _COST_OF_CUT, 0.1)


def _read_groups(run: _Run, i: int, j: int, begin: int, stop: int) -> Cut | None:
    """The number that groups `i` to `j` are, which are the digits `begin` to `stop` of the run; or None."""
    plain, layout = run.plain, run.layout
    groups = layout.groups
    digits = run.digits[begin:stop]
    if len(digits) > MAX_DIGITS:
        return None
    first, end = run.start + groups[i][0], run.start + groups[j][1]
    start, plus = _opened(plain, first, end)
    if (
        not plus
        and plain[end : end + 1] == "+"
        and not plain[end + 1 : end + 2].isdecimal()
        and (run.region in _RTL or _is_rtl(plain))
    ):
        plus = read_international(digits) is not None
    number, written = _number_of(digits, run.region, plus=plus)
    if number is None and plus and "(0)" in plain[start:end]:
        number = read_international("".join(filter(str.isdecimal, plain[start:end].replace("(0)", ""))))
    if number is None:
        return None
    lengths, names = layout.lengths[i : j + 1], layout.names[i:j]
    if len(names) > 1 and lengths[1:].count(1) > 2:
        return None
    if i and start == first and _is_fraction(layout, i):
        return None  # "7/1 971…": the 1 belongs to the 7
    if "(" in names and sum(lengths[: names.index("(") + 1]) > _LONG_GROUP + 1:
        return None  # "030 123259 (2)"
    if number.varies and _has_foreign_tail(number, lengths, names, plain, end):
        return None
    form, usual = form_of(number, written, digits, lengths, names)
    if names and not usual and lengths[-1] == 1 and lengths[-2] > 2 and names[-1] not in _TIGHT:
        return None  # "08-126979 1"
    return Cut(start, end, number, written, form, i == j and not plus, digits, lengths, names, 0, usual)


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


def _is_fraction(layout: Layout, i: int) -> bool:
    """Whether group `i` is tied by a slash to a short group that stands for itself."""
    groups = layout.groups
    if layout.names[i - 1] != "/" or groups[i][0] - groups[i - 1][1] != 1 or layout.lengths[i - 1] >= _SHORTEST_TWIN:
        return False
    return i < 2 or not layout.glues[i - 2].joins


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


@lru_cache(maxsize=8192)
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
