"""How much digits look like a phone number by themselves: their groups, what stands between, what the plan does."""

from functools import lru_cache

from ringbridge.core.detection.plans import PlanNumber
from ringbridge.core.number_kinds import NumberKind

USUAL_LENGTH = 11
"""National digits of a long number; more are likelier two things side by side."""

_RARE = frozenset(("_", "~", "*", ". ", " . ", " • ", "..."))
"""Separators that people use all through a number or not at all."""


@lru_cache(maxsize=512)
def _boundaries(lengths: tuple[int, ...], limit: int) -> frozenset[int]:
    """How many digits stand behind each boundary, for those inside the last `limit` digits."""
    found: set[int] = set()
    behind = 0
    for length in reversed(lengths[1:]):
        behind += length
        if behind < limit:
            found.add(behind)
    return frozenset(found)


def form_of(
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
        form = _bare_form(number, digits)
    else:
        form = _home_form(number, digits, lengths, glues, usual=usual, area_apart=area in ours)
    if national > USUAL_LENGTH and not usual and number.varies:
        form -= 0.35
    kinds = set(glues) - {")", "(", ")("}
    if len(kinds) > 3 or ("." in kinds and "-" in kinds):
        form -= 0.12
    if kinds & _RARE and (len(kinds) > 1 or not (usual or (number.written and area in ours and "*" not in kinds))):
        form = 0.62 if written == "plus" else 0.1
    if number.country_code == 1 and written == "home" and len(lengths) > 1 and not ours <= theirs | {national}:
        form = (
            0.52 if lengths == (3, 3, 2, 2) else min(form, 0.3)
        )  # in North America the area code stands apart or nothing does
    if "  " in kinds:
        form -= 0.1
    return max(form, 0.05), usual


_COMMON_HOME = frozenset(
    ((3, 3, 3), (2, 3, 2, 2), (3, 2, 2, 2), (2, 2, 2, 3), (3, 3, 4), (2, 4, 4), (5, 5), (4, 4), (2, 2, 2, 2),
     (3, 3, 2, 2), (3, 2, 3))
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


def _bare_form(number: PlanNumber, digits: str) -> float:
    if number.needs_prefix and not number.written:
        return 0.2
    if number.written or number.national[0] == "0":
        if number.kind is NumberKind.MOBILE:
            return 0.62
        whole = number.country_code == 39 and len(digits) == 10 and digits[:2] in {"02", "06"}  # Milan, Rome
        return 0.6 if number.written or whole else 0.5
    if len(number.national) < 8:
        return 0.2
    return 0.6 if number.kind is NumberKind.MOBILE and len(number.national) >= 10 else 0.35


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
        if usual and glues[0] in {"/", ")"} and lengths[0] == number.groups[0]:
            return 0.62  # "30/123-4567" in Hungary, "(67) 123-45-67" in Ukraine: the area code apart says enough
        return 0.3 if usual else 0.22 if area_apart else 0.1
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
            form = 0.64 if (area_apart or tight) and national >= 10 else 0.6 if area_apart and national >= 8 else 0.45
            if lengths == (3, 6) and glues == ("-",) and number.kind is NumberKind.MOBILE:
                form = 0.62
        if set(glues) == {"."} and (len(lengths) == 2 or not usual):
            form = min(form, 0.4)
    return form + (0.04 if bracketed else 0)
