"""What the card and the tray need to know of one number that is offered."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringbridge.core.calls import Destination
    from ringbridge.core.dialing.local_time import LocalTime
    from ringbridge.core.settings import Settings
    from ringbridge.ui.calling import Judged
    from ringbridge.ui.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One number to offer.

    Attributes:
        display: The number as people write it, in international format.
        region: Two letters of ISO 3166 it belongs to, or empty.
        kind: A `ringbridge.core.phone_numbers.NumberKind`, as text, or empty.
        extension: Digits to dial once connected, or empty.
        clock: The time at the other end, such as ``Wed 14:05``, or empty.
        night: It is night there.
        title: The head of a question about it, or empty.
        note: Sentences of ours to show with it, such as why it is asked about, or empty.
        route: How the call would go: what is sent, which phone rings, what the other party sees; or empty.
        alternative: Another own phone that could ring instead, or empty.
    """

    display: str
    region: str = ""
    kind: str = ""
    extension: str = ""
    clock: str = ""
    night: bool = False
    title: str = ""
    note: str = ""
    route: str = ""
    alternative: str = ""


def offered_choice(reading: "Reading", settings: "Settings", *, alone: bool, way: str = "") -> Choice:
    """A number that was read, to be offered.

    Args:
        reading: The number.
        settings: Say how it would be called.
        alone: It is the only one; of several, the dial strings would be too much to read.
        way: How the text was had, as a sentence, or empty.
    """
    from ringbridge.core.dialing.local_time import is_quiet

    guards, local, traits = settings.guards, reading.local, reading.traits
    night = local is not None and is_quiet(local, quiet_from=guards.quiet_from, quiet_until=guards.quiet_until)
    return _choice(
        reading.destination,
        local,
        kind=traits.kind if traits else "",
        night=night and guards.night != "allow",
        route=f"{way} {_route(settings, reading.destination.dialed if alone else '')}".strip(),
    )


def asked_choice(judged: "Judged", settings: "Settings", *, alternative: str = "") -> Choice:
    """A number that the gate asks about, or that is counted down.

    Args:
        judged: The wish and the gate's reasons.
        settings: Say how it would be called.
        alternative: Another own phone that could ring, or empty.
    """
    from ringbridge.ui.wording import gate_sentences, question_title

    findings, wish = judged.findings, judged.wish
    reasons = findings.verdict.reasons
    said_by_row = {"premium", "night"}  # the row marks both by itself
    first_said = {"link"}  # the title says it all
    notes = tuple(reason for reason in reasons if reason not in said_by_row | first_said | {"first_time"})
    return _choice(
        judged.destination,
        findings.local,
        kind=findings.facts.traits.kind,
        night=findings.facts.night and "night" in reasons,
        title=question_title(reasons),
        note=gate_sentences(notes),
        route=_route(settings, judged.destination.dialed, line=wish.line, caller_id=wish.caller_id),
        alternative=alternative,
    )


def _choice(destination: "Destination", local: "LocalTime | None", **more: Any) -> Choice:  # noqa: ANN401 - fields of `Choice`
    from ringbridge.ui.wording import clock_text

    return Choice(
        display=destination.display or destination.dialed,
        region=destination.region,
        extension=destination.extension,
        clock=clock_text(local) if local is not None else "",
        **more,
    )


def _route(settings: "Settings", dialed: str, *, line: str = "", caller_id: str = "") -> str:
    from ringbridge.core.dialing.guard_settings import own_phones
    from ringbridge.ui.wording import phone_name, route_sentence

    account = settings.account
    return route_sentence(
        dialed=dialed,
        phone=phone_name(line or account.line, own_phones(settings.phones)),
        caller_id=caller_id or account.caller_id,
    )
