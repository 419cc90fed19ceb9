"""What a call under way looks like: to the strip a face, to the list of recent calls its progress."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ringbridge.core.calls import CallEnd, CallOutcome, CallProgress, CallState, Outcome
from ringbridge.core.tracking import is_unwatched
from ringbridge.ui.look import Tone, country_name, dotted
from ringbridge.ui.progress_words import end_title, live_title, lost_title
from ringbridge.ui.strip import StripFace
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import hang_up_sentence

if TYPE_CHECKING:
    from ringbridge.core.calls import Destination
    from ringbridge.ui.later_calls import LaterCall
    from ringbridge.ui.live_call import LiveCall


def is_shown(call: "LiveCall") -> bool:
    """Whether the strip tells of it; where the answer was lost the card does, until the call is seen."""
    return call.sent in {None, Outcome.REQUESTED} or call.track.was_seen


def who(destination: "Destination", name: str) -> str:
    """The other party as people know it."""
    return name or destination.display or destination.dialed


def later_face(call: "LaterCall") -> StripFace:
    """A call that waits for its time."""
    face = _face_of(call.destination, call.wish.name)
    return face._replace(title=tr("Calling in"), until_s=call.until_s, can_note=False)


def live_face(call: "LiveCall", *, message: str, note: str) -> StripFace:
    """A call that is followed, or is over.

    Args:
        call: The call.
        message: What went wrong in it, or empty; of no interest once it is over.
        note: What the person wrote about it, or empty.
    """
    face = _face_of(call.request.destination, call.request.name)
    track, over = call.track, call.has_ended
    return face._replace(
        title=_title(call),
        tone=_tone(call),
        since_s=track.connected_s if track.state is CallState.CONNECTED else None,
        message="" if over and not is_unwatched(track) else message,
        note=note,
        can_hang_up=call.can_hang_up,
        can_pass_on=call.can_pass_on,
        over=over,
    )


def live_progress(call: "LiveCall") -> CallProgress:
    """As `ringbridge.services.tracker.progress_of` keeps it; for the menu the times of day do not matter."""
    track = call.track
    nothing_seen = track.state is CallState.REQUESTED
    ended_at = None
    if track.ended_s is not None:
        ended_at = datetime.fromtimestamp(time.time() - (time.monotonic() - track.ended_s), UTC)
    return CallProgress(
        state=CallState.NOT_FOLLOWED if nothing_seen else track.state,
        end=track.end,
        ended_at=ended_at,
        talk_s=track.talk_s,
    )


def _face_of(destination: "Destination", name: str) -> StripFace:
    number = destination.display or destination.dialed
    details = [number if name else "", country_name(destination.region)]
    if destination.extension:
        details.append(fill(tr("extension {digits}"), digits=destination.extension))
    return StripFace(
        title="",
        name=name,
        number=number,
        detail=dotted(*details),
        extension=destination.extension,
    )


def _title(call: "LiveCall") -> str:
    track = call.track
    if track.state is CallState.ENDED:
        return end_title(track.end, track.talk_s)
    if is_unwatched(track) and track.hang_up_asked_s is not None:
        return hang_up_sentence(CallOutcome(request_id="", outcome=Outcome.REQUESTED))
    if track.over and not call.is_awaited:
        # whom the role shut out in the middle was told of the call before
        told = track.reason if track.state is CallState.REQUESTED or track.reason == "no_leg" else ""
        return lost_title(told)
    return live_title(track.state, asked=call.sent is not None, hanging_up=track.hang_up_asked_s is not None)


def _tone(call: "LiveCall") -> Tone:
    if call.track.state is CallState.UNKNOWN:
        return Tone.BAD
    if call.track.state is CallState.ENDED and call.track.end is not CallEnd.ANSWERED:
        return Tone.CAUTION
    return Tone.CALL
