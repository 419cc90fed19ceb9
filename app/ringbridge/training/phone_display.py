"""What the desk phone's display says of a call: all its texts in one place, without Qt.

Every text goes through the `tr` it is given, so that translators find them here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ringbridge.training.people import CUSTOMER, find_place
from ringbridge.training.scenarios import SCENARIOS
from ringbridge.training.states import Call, CallPhase, Cause, Side

Translate = Callable[[str], str]


class Mood(StrEnum):
    """What the display is about; decides colours and buttons."""

    IDLE = "idle"
    RINGING = "ringing"
    DIALING = "dialing"
    CONNECTED = "connected"
    FAILED = "failed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """What stands on the display.

    Attributes:
        mood: What it is about.
        heading: First line.
        name: Who, or whose phone this is.
        number: Of the one at `name`.
        note: Last line; while connected, the talk's length stands there instead.
    """

    mood: Mood
    heading: str
    name: str
    number: str
    note: str


def idle_display(line: str, tr: Translate) -> Display:
    """What a phone shows when nothing happens."""
    return Display(
        mood=Mood.IDLE,
        heading=tr("Ready"),
        name=find_place(line, CUSTOMER).name,
        number=line,
        note=tr("Call a number with Ringbridge, and this phone rings."),
    )


def call_display(call: Call, tr: Translate) -> Display | None:
    """What a phone shows of `call`, or None: nothing yet."""
    mood, heading, note = {
        CallPhase.REQUESTED: (Mood.IDLE, "", ""),
        CallPhase.RINGING_A: (Mood.RINGING, tr("Incoming: calling you back for"), tr("Answer to be connected.")),
        CallPhase.RINGING_B: (Mood.DIALING, tr("Calling…"), tr("The other phone is ringing.")),
        CallPhase.CONNECTED: (Mood.CONNECTED, tr("Connected"), ""),
        CallPhase.B_FAILED: (Mood.FAILED, _failure(call.cause, tr), tr("You hear a tone; hang up when you like.")),
        CallPhase.ENDED: (Mood.ENDED, tr("Call ended"), _end(call, tr)),
    }[call.phase]
    if call.phase is CallPhase.REQUESTED:
        return None
    if call.phase is CallPhase.RINGING_A and call.order.callerid1:
        note = tr("Caller ID: {}").format(call.order.callerid1)
    return Display(mood=mood, heading=heading, name=call.name, number=call.order.cnumber, note=note)


def _failure(cause: Cause, tr: Translate) -> str:
    return {
        Cause.BUSY: tr("Busy"),
        Cause.NO_ANSWER: tr("No answer"),
        Cause.REJECTED: tr("Rejected"),
        Cause.UNREACHABLE: tr("Number does not exist"),
    }.get(cause, tr("Not connected"))


def _end(call: Call, tr: Translate) -> str:
    own_answered = any(leg.side is Side.A and leg.answered_at for leg in call.legs)
    if call.cause is Cause.OFFLINE:
        return tr("This phone is offline: it could not ring.")
    if not own_answered:
        return {
            Cause.BUSY: tr("This phone was busy."),
            Cause.REJECTED: tr("This phone rejected the call."),
            Cause.NO_ANSWER: tr("Nobody answered this phone."),
        }.get(call.cause, tr("The call was taken back."))
    return {
        Cause.HANGUP_A: tr("You hung up."),
        Cause.HANGUP_B: tr("The other side hung up."),
        Cause.HANGUP_API: tr("Ringbridge hung up."),
        Cause.REDIRECTED: tr("The call went elsewhere."),
    }.get(call.cause, _failure(call.cause, tr))


def numbers_text(tr: Translate) -> str:
    """A few numbers worth trying, for newcomers."""
    text = tr("Try numbers that end in {busy} (busy), {no_answer} (no answer) or {offline} (your phone is offline).")
    endings = {"busy": "busy", "no_answer": "no_answer", "offline": "own_offline"}
    return text.format(**{name: SCENARIOS[scenario].ending for name, scenario in endings.items()})


def more_text(others: int, tr: Translate) -> str:
    """What stands below when further calls wait, or empty."""
    if not others:
        return ""
    return tr("One more call waits.") if others == 1 else tr("{} more calls wait.").format(others)


def initials(name: str) -> str:
    """Two letters for the round picture."""
    words = [word for word in name.split() if word[:1].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def talk_text(seconds: int) -> str:
    """``0:07``, ``12:34`` or ``1:00:00``."""
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
