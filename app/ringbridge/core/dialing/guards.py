"""What is never called, and what is called only after a yes, as the settings and the company's policy say. Pure."""

from typing import TYPE_CHECKING

from ringbridge.core.calls import Origin
from ringbridge.core.dialing.guard_settings import GuardSettings

if TYPE_CHECKING:  # the numbering plans behind them take 40 ms to load, and nothing here needs them
    from collections.abc import Iterable

    from ringbridge.core.dialing.traits import Traits
    from ringbridge.core.targets import Target

_TYPED = {Origin.TYPED, Origin.COMMAND_LINE, Origin.REDIAL}
"""Where a code is known to have been typed, now or when it was called first; all else may have come by a copy."""


def refused_code(target: "Target", origin: Origin, guards: GuardSettings) -> str:
    """Why a code with ``*`` or ``#`` is not dialed, or empty: such codes can forward or wipe a phone."""
    if not set(target.code) & set("*#"):
        return ""
    if target.from_uri or origin is Origin.LINK:
        return "code_in_link"
    if origin not in _TYPED:
        return "code_copied"
    return "code_never" if guards.codes == "never" else ""


def matches(patterns: "Iterable[str]", *numbers: str) -> bool:
    """Whether one of the numbers is one of the patterns, or begins as one that ends with ``*``."""
    return any(
        number.startswith(pattern[:-1]) if pattern.endswith("*") else number == pattern
        for pattern in patterns
        for number in numbers
        if number
    )


def forbidden(traits: "Traits", guards: GuardSettings, *, dialed: str, code: str = "") -> str:
    """Why a target is never called, or empty; not for emergency numbers, which no guard holds back.

    Args:
        traits: What it is.
        guards: What is allowed.
        dialed: The dial string.
        code: The code as it stands, or empty.
    """
    if matches(guards.never_call, traits.e164, dialed, code):
        return "never_call"
    if traits.e164 and traits.region in guards.refused_countries:
        return "country_refused"
    if guards.allowed_countries and traits.e164 and traits.region not in guards.allowed_countries:
        return "country_not_allowed"
    if guards.allowed_countries and traits.opaque:
        return "country_unknown"
    return ""


def risks(
    traits: "Traits", guards: GuardSettings, *, own_region: str, known: bool, night: bool
) -> tuple[tuple[str, str], ...]:
    """What speaks against calling a target at once, each with what the settings say about it.

    Args:
        traits: What it is.
        guards: What the settings say.
        own_region: The user's own region, two letters of ISO 3166.
        known: It was called before, or is a favourite.
        night: The other party is in its quiet hours.

    Returns:
        Pairs of a reason and ``ask`` or ``refuse``; the gravest reason first.
    """
    foreign = bool(traits.region) and traits.region != own_region
    found = (
        ("premium", guards.premium, traits.kind == "premium"),
        ("satellite", guards.satellite, traits.satellite),
        ("foreign", guards.foreign, foreign and (guards.foreign == "refuse" or not known)),
        ("shared_cost", guards.shared_cost, traits.kind == "shared_cost"
            and (guards.shared_cost == "refuse" or not known)),
        ("unusual", "ask", traits.unusual),
        ("night", guards.night, night),
    )  # fmt: skip
    return tuple((reason, answer) for reason, answer, applies in found if applies and answer != "allow")
