"""What the gate decides, in people's words; `ringbridge.ui.wording` offers them. No Qt."""

from typing import TYPE_CHECKING

from ringbridge.ui.setting_words import input_sentence
from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ringbridge.core.dialing.gate import RunningCall
    from ringbridge.core.dialing.local_time import LocalTime


def gate_sentence(reason: str) -> str:
    """Why a wish to call is asked about or refused.

    Args:
        reason: As in `ringbridge.core.dialing.gate.Verdict`.
    """
    return _asked().get(reason) or _refused().get(reason) or fill(
        tr("This is not called: {reason}."), reason=reason.replace("_", " ")
    )  # fmt: skip


def refused_sentence(reason: str) -> str:
    """Why a wish to call is refused, where the settings refuse what they could ask about.

    Args:
        reason: As in `ringbridge.core.dialing.gate.Verdict`.
    """
    return {
        "premium": tr("Premium-rate numbers are not called: the settings say so."),
        "shared_cost": tr("Shared-cost numbers are not called: the settings say so."),
        "satellite": tr("Satellite numbers are not called: the settings say so."),
        "foreign": tr("Numbers of other countries are not called: the settings say so."),
        "night": tr("The other party is in its quiet hours, and the settings allow no calls then."),
    }.get(reason) or gate_sentence(reason)


def gate_sentences(reasons: "Iterable[str]") -> str:
    """Several reasons to ask, the gravest first."""
    return " ".join(gate_sentence(reason) for reason in reasons)


def question_title(reasons: "Iterable[str]") -> str:
    """The head of a question: who or what is the reason, in a few words."""
    first = next(iter(reasons), "")
    return {
        "emergency": tr("Emergency call?"),
        "link": tr("A link asks to call this number"),
        "phone_offline": tr("Your phone is offline"),
        "phone_rejects": tr("Your phone is set to “do not disturb”"),
        "night": tr("It is night there. Call all the same?"),
    }.get(first, tr("Really call this number?"))


def clock_text(local: "LocalTime") -> str:
    """The time at the other end, with its weekday: `Wed 14:05`, or a span where its zone is not sure."""
    early, late = local.earliest, local.latest
    begin = f"{weekday(early)} {early.hour:02}:{early.minute:02}"
    if (early.hour, early.minute) == (late.hour, late.minute):
        return begin
    end = f"{late.hour:02}:{late.minute:02}"
    if early.date() != late.date():
        end = f"{weekday(late)} {end}"
    return f"{begin}\u2013{end}"


def running_sentence(running: "RunningCall | None") -> str:
    """That there is such a call already."""
    since = running.since.astimezone() if running is not None else None
    clock = f"{since.hour:02}:{since.minute:02}" if since else ""
    state = running.state if running is not None else ""
    template = {
        "ringing": tr("This call goes on already: your phone rings since {clock}. No second call was placed."),
        "calling": tr("This call goes on already: the other phone rings. No second call was placed."),
        "connected": tr("You are talking with this number since {clock}. No second call was placed."),
    }.get(state) or tr("This call goes on already, since {clock}. No second call was placed.")
    return fill(template, clock=clock)


def weekday(moment: "datetime") -> str:
    """The day of the week, in two or three letters."""
    return (tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"))[moment.weekday()]


def _asked() -> dict[str, str]:
    return {
        "emergency": tr("This call reports the place of your desk phone, wherever you are. It is quicker and safer "
            "to dial on the phone itself."),
        "link": tr("A link asks to call this number."),
        "premium": tr("Premium rate: this call may be expensive."),
        "satellite": tr("A satellite number: this call may be very expensive."),
        "foreign": tr("Another country, and you never called this number before."),
        "shared_cost": tr("A shared-cost number that you never called before."),
        "unusual": tr("Unusually long or short for a phone number."),
        "night": tr("It is night there."),
        "phone_offline": tr("The PBX says that your phone is offline, so it would not ring."),
        "phone_rejects": tr("The PBX says that your phone rejects all calls (do not disturb)."),
        "first_time": tr("You never called this number before."),
        "always": tr("Every call is asked about here."),
    }  # fmt: skip


def _refused() -> dict[str, str]:
    return {
        "locked": tr("The screen is locked, so nothing is called."),
        "code_in_link": input_sentence("code_in_link"),
        "code_copied": input_sentence("code_copied"),
        "code_never": tr("Codes with * or # are not dialed: the settings say so."),
        "never_call": tr("This number is on the list of numbers that are never called."),
        "country_refused": tr("Numbers of this country are not called: the settings say so."),
        "country_not_allowed": tr("Only numbers of some countries are called, and this is none of them."),
        "country_unknown": tr("Only numbers of some countries are called, and the country of this one can't be told. "
            "Type it with + and the country code."),
        "limit_minute": tr("There were many calls in the last minute, more than are allowed. Wait a minute."),
        "limit_day": tr("There were many calls in the last 24 hours, more than are allowed."),
        "running": tr("This call goes on already."),
        "option_locked": tr("This call was to be made otherwise than your company allows: its line, caller ID or "
            "options are set by your company."),
    }  # fmt: skip
