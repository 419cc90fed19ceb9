"""The one gate every wish to call passes: dial, count down, ask, show the call there is, or refuse. Pure.

Wherever a wish comes from, it is decided here, from facts that others have gathered. Each decision has its reasons,
and `ringbridge.ui.wording` says them to people.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ringbridge.core.calls import Origin
from ringbridge.core.dialing.guard_settings import ConfirmSettings, GuardSettings
from ringbridge.core.dialing.guards import forbidden, refused_code, risks

if TYPE_CHECKING:  # the numbering plans behind them take 40 ms to load, and nothing here needs them
    from ringbridge.core.dialing.traits import Traits
    from ringbridge.core.targets import Target


class Decision(StrEnum):
    """What becomes of a wish."""

    DIAL = "dial"
    COUNT_DOWN = "count_down"
    ASK = "ask"
    SHOW = "show"
    REFUSE = "refuse"


class Verdict(NamedTuple):
    """A decision and why.

    Attributes:
        decision: What becomes of the wish.
        reasons: Short stable names, the gravest first. ASK: ``emergency``, ``link``, ``overdue``, ``premium``,
            ``satellite``, ``foreign``, ``shared_cost``, ``unusual``, ``night``, ``phone_offline``, ``phone_rejects``,
            ``always``.
            COUNT_DOWN: ``first_time``. SHOW: ``running``. REFUSE: ``locked``, ``code_in_link``, ``code_copied``,
            ``code_never``, ``never_call``, ``country_refused``, ``country_not_allowed``, ``country_unknown``,
            ``limit_minute``, ``limit_day``, or one of the reasons to ask that the settings refuse.
    """

    decision: Decision
    reasons: tuple[str, ...] = ()


class RunningCall(NamedTuple):
    """A call that is being placed, rings or is talked on.

    Attributes:
        request_id: Of its request.
        since: When it was asked for, aware.
        state: The value of a `ringbridge.core.calls.Outcome` (``placing``, ``requested``, ``unknown``) where that is
            all that is known, else of a `CallState`.
        server: The PBX's server, or empty.
        callid: The PBX's call identifier, or empty.
    """

    request_id: str
    since: datetime
    state: str = ""
    server: str = ""
    callid: str = ""


class PhoneState(StrEnum):
    """Whether the phone that rings first would ring, as the PBX said last."""

    UNKNOWN = "unknown"
    READY = "ready"
    OFFLINE = "offline"
    REJECTS = "rejects"


class Facts(NamedTuple):
    """What the decision needs to know.

    Attributes:
        traits: What the number is.
        known: It was called before, or is a favourite.
        night: The other party is in its quiet hours.
        locked: The screen is locked.
        running: A call to the same party that goes on right now, or None.
        calls_last_minute: Calls placed in the last minute.
        calls_last_day: Calls placed in the last 24 hours.
        phone: Whether the phone that rings first would ring.
        overdue: The call was to be placed later, and that time passed while the computer slept.
    """

    traits: "Traits"
    known: bool = False
    night: bool = False
    locked: bool = False
    running: RunningCall | None = None
    calls_last_minute: int = 0
    calls_last_day: int = 0
    phone: PhoneState = PhoneState.UNKNOWN
    overdue: bool = False


class Rules(NamedTuple):
    """What the settings say.

    Attributes:
        confirm: When a call waits for a yes.
        guards: What is not called, or only after a yes.
        own_region: The user's own region, two letters of ISO 3166.
    """

    confirm: ConfirmSettings = ConfirmSettings()
    guards: GuardSettings = GuardSettings()
    own_region: str = ""


_SEEN = {Origin.CARD, Origin.LINK, Origin.COMMAND_LINE}
"""No countdown: the person saw or wrote exactly this number, or is asked anyway."""


def decide(
    target: "Target",
    dialed: str,
    origin: Origin,
    facts: Facts,
    rules: Rules,
    *,
    said_yes: bool = False,
    counted_down: bool = False,
) -> Verdict:
    """Decide about one wish.

    Args:
        target: What is to be dialed.
        dialed: Its dial string.
        origin: Where the wish came from.
        facts: What is known.
        rules: What the settings say.
        said_yes: A person said yes to exactly this target.
        counted_down: The countdown ran out, or a person cut it short; what wants a yes is asked all the same.
    """
    found = _risks(facts, rules)
    refused = _refused(target, dialed, origin, facts, rules) or tuple(
        reason for reason, answer in found if answer == "refuse"
    )
    if refused:
        return Verdict(Decision.REFUSE, refused)
    if facts.running is not None:
        return Verdict(Decision.SHOW, ("running",))
    limit = "" if facts.traits.emergency else _limit_reached(facts, rules.guards)
    if limit:
        return Verdict(Decision.REFUSE, (limit,))
    asked = () if said_yes else _asked(target, origin, facts, rules, tuple(reason for reason, _ in found))
    if asked:
        return Verdict(Decision.ASK, asked)
    hurried = said_yes or counted_down or facts.known or origin in _SEEN
    if not hurried and rules.confirm.countdown_s > 0:
        return Verdict(Decision.COUNT_DOWN, ("first_time",))
    return Verdict(Decision.DIAL)


def _refused(target: "Target", dialed: str, origin: Origin, facts: Facts, rules: Rules) -> tuple[str, ...]:
    """What holds the wish back whatever a person says."""
    guards, emergency = rules.guards, facts.traits.emergency
    if facts.locked and guards.screen_lock and not (emergency and origin is Origin.COMMAND_LINE):
        return ("locked",)
    reason = refused_code(target, origin, guards)
    if not reason and not emergency:
        reason = forbidden(facts.traits, guards, dialed=dialed, code=target.code)
    return (reason,) if reason else ()


def _risks(facts: Facts, rules: Rules) -> tuple[tuple[str, str], ...]:
    if facts.traits.emergency:
        return ()
    return risks(facts.traits, rules.guards, own_region=rules.own_region, known=facts.known, night=facts.night)


def _asked(target: "Target", origin: Origin, facts: Facts, rules: Rules, found: tuple[str, ...]) -> tuple[str, ...]:
    """All that wants a person's yes, the gravest first."""
    is_link = origin is Origin.LINK or target.from_uri
    always = rules.confirm.ask == "always" and origin is not Origin.CARD  # the click on the card is that yes
    reasons = (
        "emergency" if facts.traits.emergency else "",
        "link" if is_link else "",
        "overdue" if facts.overdue else "",
        *found,
        {PhoneState.OFFLINE: "phone_offline", PhoneState.REJECTS: "phone_rejects"}.get(facts.phone, ""),
        "always" if always and not is_link else "",
    )
    return tuple(reason for reason in reasons if reason)


def _limit_reached(facts: Facts, guards: GuardSettings) -> str:
    if 0 < guards.calls_per_minute <= facts.calls_last_minute:
        return "limit_minute"
    return "limit_day" if 0 < guards.calls_per_day <= facts.calls_last_day else ""
