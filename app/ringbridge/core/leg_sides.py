"""Which leg is whose: the own phone's, the other party's, or another call's altogether. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from ringbridge.core.legs import ActiveLeg, FinishedLeg

_SURE_DIGITS = 7
_DIGITS = re.compile(r"\d+")

_Leg = TypeVar("_Leg", ActiveLeg, FinishedLeg)


def is_same_number(one: str, other: str) -> bool:
    """Whether two dial strings mean the same number; a PBX may write it with another prefix than it was sent."""
    if one == other:
        return bool(one)
    digits = ["".join(_DIGITS.findall(text)) for text in (one, other)]
    return min(map(len, digits)) >= _SURE_DIGITS and digits[0][-_SURE_DIGITS:] == digits[1][-_SURE_DIGITS:]


def sides_of(
    legs: Iterable[ActiveLeg], *, line: str, dialed: str, own_leg: str
) -> tuple[ActiveLeg | None, tuple[ActiveLeg, ...]]:
    """The own phone's leg, if it is there, and the others by their start.

    Args:
        legs: Of one call, in any order.
        line: The own line or number.
        dialed: The other party's dial string.
        own_leg: The uniqueid of the own leg where it was seen before, or empty.
    """
    ordered = sorted(legs, key=_by_start)
    own = next((leg for leg in ordered if own_leg and leg.uniqueid == own_leg), None)
    if own is None and not own_leg:
        own = next((leg for leg in ordered if leg.rings and leg.rings == line), None)
        first = ordered[0] if ordered else None
        if own is None and first is not None and not is_same_number(first.rings, dialed):
            own = first  # it is rung first
    return own, tuple(leg for leg in ordered if leg is not own)


def split_finished(
    records: Iterable[FinishedLeg], *, line: str, own_leg: str
) -> tuple[FinishedLeg | None, tuple[FinishedLeg, ...]]:
    """The same for finished legs. A single row that is not known to be the own one is the other party's."""
    ordered = sorted(records, key=_by_start)
    own = next((leg for leg in ordered if own_leg and leg.uniqueid == own_leg), None)
    if own is None:
        own = next((leg for leg in ordered if leg.rings and leg.rings == line), None)
    if own is None and len(ordered) > 1 and not own_leg:
        own = ordered[0]
    return own, tuple(leg for leg in ordered if leg is not own)


def call_groups(legs: Iterable[ActiveLeg], *, line: str, dialed: str) -> Mapping[str, tuple[ActiveLeg, ...]]:
    """The calls between the own line and the other party, by callid; legs without one stand together under empty."""
    groups: dict[str, list[ActiveLeg]] = {}
    for leg in legs:
        groups.setdefault(leg.callid, []).append(leg)
    if "" in groups:
        groups[""] = [leg for leg in groups[""] if _is_between(leg, line, dialed)]
    return {
        key: tuple(group) for key, group in groups.items() if any(_is_between(leg, line, dialed) for leg in group)
    }


def _is_between(leg: ActiveLeg, line: str, dialed: str) -> bool:
    from_us = line in {leg.source, leg.rings}
    return bool(line) and from_us and (is_same_number(leg.wanted, dialed) or is_same_number(leg.rings, dialed))


def _by_start(leg: _Leg) -> tuple[float, tuple[int, ...], str]:
    """By start; within the same second by the numbers of the uniqueid, which count up."""
    numbers = tuple(int(part[:18]) for part in _DIGITS.findall(leg.uniqueid)[:4])
    return leg.started_at_s or float("inf"), numbers, leg.uniqueid
