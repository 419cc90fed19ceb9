"""The words for where a call stands and how it ended, in the tray program and on the command line. No Qt."""

from ringbridge.core.calls import CallEnd, CallProgress, CallRecord, CallState, Outcome
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import outcome_word

_MINUTE_S = 60
_HOUR_S = 3600


def record_word(record: CallRecord) -> str:
    """How a call of the history went, in a few words: “answered, 2 min 14 s”, “no answer”, “requested”."""
    return progress_word(record.progress) or outcome_word(record.outcome)


def progress_word(progress: CallProgress) -> str:
    """Where a call stands or how it ended, in a few words; empty where nobody looked."""
    if progress.state is CallState.ENDED:
        return end_word(progress.end, progress.talk_s)
    return {
        CallState.REQUESTED: outcome_word(Outcome.REQUESTED),
        CallState.RINGING: tr("your phone is ringing"),
        CallState.CALLING: tr("calling"),
        CallState.CONNECTED: tr("connected"),
        CallState.UNKNOWN: tr("end unknown", "nobody saw how the call ended"),
    }.get(progress.state, "")


def end_word(end: CallEnd, talk_s: int | None) -> str:
    """How a call ended, in a few words."""
    if end is CallEnd.ANSWERED and talk_s is not None:
        return fill(tr("answered, {duration}", "answered, 2 min 14 s"), duration=duration_text(talk_s))
    return {
        CallEnd.ANSWERED: tr("answered", "the other party took the call"),
        CallEnd.BUSY: tr("busy"),
        CallEnd.NO_ANSWER: tr("no answer"),
        CallEnd.NOT_REACHED: tr("busy or not reached"),
        CallEnd.NOT_PICKED_UP: tr("not picked up", "the user's own phone was not answered"),
        CallEnd.CANCELLED: tr("cancelled"),
    }.get(end, tr("ended", "a call is over, and nobody knows how it went"))


def end_title(end: CallEnd, talk_s: int | None) -> str:
    """The same as a title of its own."""
    if end is CallEnd.NOT_PICKED_UP:
        return tr("Your phone was not picked up")
    if end in {CallEnd.UNKNOWN, CallEnd.NONE}:
        return tr("The call has ended")
    word = end_word(end, talk_s)
    return word[:1].upper() + word[1:]


def live_title(state: CallState, *, asked: bool, hanging_up: bool = False) -> str:
    """Where a call stands, as a title.

    Args:
        state: Anything but ENDED.
        asked: The PBX took the call on.
        hanging_up: The PBX was asked to end it.
    """
    if hanging_up and state is not CallState.UNKNOWN:
        return tr("Hanging up…")
    return {
        CallState.REQUESTED: tr("Your phone rings in a moment") if asked else tr("Asking the PBX…"),
        CallState.RINGING: tr("Your phone is ringing: answer it"),
        CallState.CALLING: tr("Calling…", "the other party's phone rings"),
        CallState.CONNECTED: tr("Connected"),
        CallState.UNKNOWN: tr("The PBX can't be asked: the call may go on"),
    }.get(state, "")


def lost_title(reason: str) -> str:
    """Why a call is not followed to its end.

    Args:
        reason: As in `ringbridge.core.tracking.Track`.
    """
    return {
        "no_leg": tr("The PBX shows no call: is your phone switched on?"),
        "forbidden": tr("Your phone rings: answer it"),
    }.get(reason, tr("It is not known how the call goes on"))


def duration_text(seconds: int) -> str:
    """A duration as people say it: “2 min 14 s”."""
    if seconds < _MINUTE_S:
        return fill(tr("{seconds} s"), seconds=seconds)
    if seconds < _HOUR_S:
        return fill(tr("{minutes} min {seconds} s"), minutes=seconds // _MINUTE_S, seconds=seconds % _MINUTE_S)
    minutes = seconds % _HOUR_S // _MINUTE_S
    return fill(tr("{hours} h {minutes} min"), hours=seconds // _HOUR_S, minutes=minutes)


def clock_text(seconds: int) -> str:
    """A running time: “2:14”, “1:02:14”."""
    hours, minutes = seconds // _HOUR_S, seconds % _HOUR_S // _MINUTE_S
    tail = f"{minutes:02}:{seconds % _MINUTE_S:02}" if hours else f"{minutes}:{seconds % _MINUTE_S:02}"
    return f"{hours}:{tail}" if hours else tail
