"""How a call ended, from the PBX's records of its legs. Pure.

Public notes name the words ``answer``, ``cancel`` and ``other`` only. Under ``other`` stand busy, declined,
unreachable and not answered; how long it rang tells the last from the rest.
"""

from ringbridge.core.calls import CallEnd
from ringbridge.core.legs import FinishedLeg

RANG_LONG_S = 15.0

_WORDS = {
    "busy": CallEnd.BUSY,
    "noanswer": CallEnd.NO_ANSWER,
    "no answer": CallEnd.NO_ANSWER,
    "no_answer": CallEnd.NO_ANSWER,
    "cancel": CallEnd.CANCELLED,
    "cancelled": CallEnd.CANCELLED,
    "canceled": CallEnd.CANCELLED,
}


def end_of(
    own: FinishedLeg | None, others: tuple[FinishedLeg, ...], *, connected: bool, hung_up: bool
) -> tuple[CallEnd, int | None]:
    """How a call ended, and the seconds of talk where the records tell.

    Args:
        own: The own phone's leg, or None.
        others: The other party's, by their start.
        connected: Both were seen connected.
        hung_up: A hang-up was asked for.
    """
    talk_s = max((leg.talk_s for leg in others), default=0.0)
    if talk_s > 0:
        return CallEnd.ANSWERED, round(talk_s)
    if connected or any(leg.status in {"answer", "answered"} for leg in others):
        return CallEnd.ANSWERED, None
    if others:
        return _unanswered(others[-1], hung_up=hung_up), None
    if own is None or own.talk_s > 0:
        # the own phone was picked up, and of the other party nothing is written
        return (CallEnd.CANCELLED if hung_up else CallEnd.UNKNOWN), None
    if hung_up or _WORDS.get(own.status) is CallEnd.CANCELLED:
        return CallEnd.CANCELLED, None
    return CallEnd.NOT_PICKED_UP, None


def _unanswered(leg: FinishedLeg, *, hung_up: bool) -> CallEnd:
    known = _WORDS.get(leg.status)
    if known is not None:
        return known
    if hung_up:
        return CallEnd.CANCELLED
    if leg.status != "other" or not (leg.total_s or leg.ended_at_s):
        return CallEnd.UNKNOWN
    return CallEnd.NO_ANSWER if leg.total_s >= RANG_LONG_S else CallEnd.NOT_REACHED
