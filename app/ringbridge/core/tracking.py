"""Where a call stands, from what the PBX shows of it: a state machine without clock and network. Pure.

Whoever drives it looks at ``calls/active/list`` every `wait_s` seconds and tells what came of it: `see`, `lose` or
`stop`. When `asks_records` says so, ``cdrs/list`` is asked and told with `complete`. An ended call never comes back.

Times ending in ``_s`` are seconds of the driver's steady clock unless said otherwise. The server's clock is never
compared with it: only how much later something was is taken over, and only within what was seen here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ringbridge.core.calls import CallEnd, CallState
from ringbridge.core.leg_sides import call_groups, sides_of, split_finished
from ringbridge.core.legs import ActiveLeg, FinishedLeg
from ringbridge.core.records import end_of

FIRST_LOOK_S = 1.2
"""After the request left; sooner, no phone rings, and the question would only be in the way of the answer."""

_QUICK_S, _STEADY_S = 1.0, 1.3
_QUICK_FOR_S = 30.0
_TALK_S, _LONG_TALK_S, _LONG_TALK_AFTER_S = 3.0, 5.0, 300.0
_CONFIRM_S = 0.4
_ENDING_S, _ENDING_FOR_S = 0.5, 10.0
_RECORDS_S = (0.2, 1.0, 3.0)
_LONGEST_BACK_OFF_S = 8.0
_UNKNOWN_AFTER_S = 10.0
_NO_LEG_S = 20.0
_GIVE_UP_S = 300.0
_LIMIT_S = 4 * 3600.0
_MISSES_OF_END = 2
_MISSES_OF_NEVER = {2, 4, 8, 14}
"""A call that has a name had a leg; where it does not show, it may be over already."""
_MISSES_OF_MISNAMED = 3
_ORDER = (CallState.REQUESTED, CallState.RINGING, CallState.CALLING, CallState.CONNECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One call as it is followed. Changed by the functions of this module only.

    Attributes:
        request_id: Of the request.
        line: The own line or number, rung first.
        dialed: The dial string of the other party.
        began_s: When the request left.
        began_wall_s: The same in Unix seconds of this computer.
        callid: The PBX's identifier, or empty while unknown.
        state: Where the call stands.
        end: How it ended, or NONE.
        changed_s: When `state` changed last.
        heard_s: When the PBX answered last.
        connected_s: When both parties were connected, or None.
        answered_s: The same for the first other party, or None.
        seen_talking_s: When they were seen connected last, or None.
        ended_s: When the end was noticed, or None.
        talk_s: Seconds of talk, or None.
        own_leg: The uniqueid of the own phone's leg, or empty.
        other_leg: The uniqueid of the other party's leg, or empty.
        over: There is nothing more to look at.
        reason: Why it is over without an end: ``forbidden``, ``no_leg``, ``lost`` or ``limit``; else empty.
        hang_up_asked_s: When a hang-up was asked for, or None.
        passed_on: The call was redirected: the own phone may be let go before the call ends.
        was_seen: A leg of it was seen.
        misses: So many looks in a row did not show it.
        failures: So many looks in a row got no answer.
        records_asked: So many times the records of the ended call were asked for.
        behind_s: The steady clock less the server's clock, at most; or None.
        elsewhere: Calls between the same two that were there before this one; None = nobody looked yet.
    """

    request_id: str
    line: str
    dialed: str
    began_s: float
    began_wall_s: float
    callid: str = ""
    state: CallState = CallState.REQUESTED
    end: CallEnd = CallEnd.NONE
    changed_s: float = 0.0
    heard_s: float = 0.0
    connected_s: float | None = None
    answered_s: float | None = None
    seen_talking_s: float | None = None
    ended_s: float | None = None
    talk_s: int | None = None
    own_leg: str = ""
    other_leg: str = ""
    over: bool = False
    reason: str = ""
    hang_up_asked_s: float | None = None
    passed_on: bool = False
    was_seen: bool = False
    misses: int = 0
    failures: int = 0
    records_asked: int = 0
    behind_s: float | None = None
    elsewhere: frozenset[str] | None = None


def begin(request_id: str, *, line: str, dialed: str, callid: str = "", now_s: float, wall_s: float) -> Track:
    """A call whose request leaves now.

    Args:
        request_id: Of the request.
        line: The own line or number.
        dialed: The dial string.
        callid: The PBX's identifier where it is known already.
        now_s: The steady clock.
        wall_s: The time of day, Unix seconds.
    """
    return Track(
        request_id=request_id,
        line=line,
        dialed=dialed,
        callid=callid,
        began_s=now_s,
        began_wall_s=wall_s,
        changed_s=now_s,
        heard_s=now_s,
    )


def name(track: Track, callid: str) -> Track:
    """The PBX said how it calls the call."""
    return replace(track, callid=callid) if callid and (not track.over or is_unwatched(track)) else track


def ask_hang_up(track: Track, now_s: float) -> Track:
    """A hang-up was asked for: the end is near."""
    return track if track.over and not is_unwatched(track) else replace(track, hang_up_asked_s=now_s)


def is_unwatched(track: Track) -> bool:
    """Whether the call may go on and the role may not see it: nothing is looked at, and it can still be ended."""
    return track.over and track.reason == "forbidden"


def pass_on(track: Track) -> Track:
    """The PBX connects the other party with somebody else: the own phone is let go."""
    return track if track.over else replace(track, passed_on=True)


def see(track: Track, legs: Iterable[ActiveLeg], now_s: float, *, taken: frozenset[str] = frozenset()) -> Track:
    """The PBX listed the legs under way.

    Args:
        track: The call so far.
        legs: This call's, or all of the customer's; in any order.
        now_s: The steady clock.
        taken: Callids of other calls that are followed.
    """
    if track.over or track.state is CallState.ENDED:
        return track
    mine, track = _find(track, tuple(legs), taken)
    track = replace(track, failures=0)
    if not mine:
        return _miss(track, now_s)
    own, others = sides_of(mine, line=track.line, dialed=track.dialed, own_leg=track.own_leg)
    if own is None and track.own_leg and track.passed_on:
        return _miss(track, now_s)  # the others go on without us
    state = _state(track, own, others)
    track = replace(
        track,
        was_seen=True,
        misses=0,
        behind_s=_behind(track, mine, now_s),
        own_leg=own.uniqueid if own is not None else track.own_leg,
    )
    if state is CallState.CONNECTED and others:
        track = _talking(track, others, now_s)
    elif others:
        track = replace(track, other_leg=others[-1].uniqueid)
    track = _limited(_to(track, state, now_s), now_s)
    return replace(track, heard_s=now_s)


def lose(track: Track, now_s: float) -> Track:
    """The PBX could not be asked, or its answer was lost."""
    if track.over:
        return track
    track = replace(track, failures=track.failures + 1)
    if track.state is CallState.ENDED:
        return _asked_records(track)
    silent_s = now_s - track.heard_s
    if silent_s >= _GIVE_UP_S:
        return _give_up(track, "lost", now_s)
    return _to(track, CallState.UNKNOWN, now_s) if silent_s >= _UNKNOWN_AFTER_S else track


def stop(track: Track, now_s: float) -> Track:
    """The PBX does not let this account look: what is known stays, and nothing is asked any more."""
    if track.over:
        return track
    if track.state is CallState.ENDED:
        return _settled(track)
    if track.was_seen:
        return _give_up(track, "forbidden", now_s)
    return replace(track, over=True, reason="forbidden")


def asked_callid(track: Track) -> str:
    """The call to ask ``calls/active/list`` for, or empty: all of them are wanted.

    Whether the name that ``calls/make`` gave is the one its legs stand under is documented nowhere; a call that does
    not show under it is looked for among all.
    """
    return "" if _is_misnamed(track) else track.callid


def asks_records(track: Track) -> bool:
    """Whether ``cdrs/list`` is to be asked now, and `complete` told: the call is gone, or never was seen."""
    if track.over or not track.callid:
        return False
    return track.state is CallState.ENDED or (not track.was_seen and track.misses in _MISSES_OF_NEVER)


def complete(track: Track, records: Iterable[FinishedLeg], now_s: float) -> Track:
    """The PBX told what it has written down of the call; nothing at all while it still writes.

    Args:
        track: The call so far.
        records: The finished legs of this call, in any order.
        now_s: The steady clock.
    """
    if track.over:
        return track
    mine = tuple(record for record in records if record.callid in {"", track.callid})
    own, others = split_finished(mine, line=track.line, own_leg=track.own_leg)
    if track.state is not CallState.ENDED:
        if not mine:
            return track
        track = replace(_to(track, CallState.ENDED, now_s), ended_s=now_s)
    unwritten = not mine or (bool(track.other_leg) and not others)
    if unwritten and track.records_asked + 1 < len(_RECORDS_S):
        return _asked_records(track)
    end, talk_s = end_of(
        own, others, connected=track.answered_s is not None, hung_up=track.hang_up_asked_s is not None
    )
    if end is CallEnd.UNKNOWN:
        return _settled(track)
    if talk_s is None and end is CallEnd.ANSWERED:
        talk_s = _seen_talk(track)
    return replace(track, end=end, talk_s=talk_s, over=True)


def without_records(track: Track) -> Track:
    """The PBX does not show its records, or knows no such call: what was seen is all there is."""
    return _settled(track) if track.state is CallState.ENDED and not track.over else track


def wait_s(track: Track, now_s: float) -> float | None:
    """Seconds until the next look, or None: there will be none."""
    if track.over:
        return None
    if track.state is CallState.ENDED:
        return _RECORDS_S[min(track.records_asked, len(_RECORDS_S) - 1)]
    if track.failures:
        return min(float(2 ** min(track.failures - 1, 8)), _LONGEST_BACK_OFF_S)
    return _CONFIRM_S if track.was_seen and track.misses else _look_again_s(track, now_s)


def _look_again_s(track: Track, now_s: float) -> float:
    if track.hang_up_asked_s is not None and now_s - track.hang_up_asked_s < _ENDING_FOR_S:
        return _ENDING_S
    if track.state is CallState.CONNECTED:
        return _TALK_S if now_s - track.changed_s < _LONG_TALK_AFTER_S else _LONG_TALK_S
    return _QUICK_S if now_s - track.changed_s < _QUICK_FOR_S else _STEADY_S


def _find(track: Track, legs: tuple[ActiveLeg, ...], taken: frozenset[str]) -> tuple[tuple[ActiveLeg, ...], Track]:
    """The call's legs among all; where the PBX gave no callid, only when there is no doubt which call it is."""
    if track.callid:
        named = next((leg.callid for leg in legs if leg.callid and leg.uniqueid == track.callid), track.callid)
        track = replace(track, callid=named)  # the name may have been the one of its first leg
        mine = tuple(leg for leg in legs if _belongs(track, leg))
        if mine or not _is_misnamed(track):
            return mine, track
    groups = {
        key: group
        for key, group in call_groups(legs, line=track.line, dialed=track.dialed).items()
        if key not in taken
    }
    elsewhere = track.elsewhere
    if elsewhere is None:
        elsewhere = frozenset(key for key, group in groups.items() if not _is_recent(track, group))
        track = replace(track, elsewhere=elsewhere)
    fresh = [key for key in groups if key not in elsewhere]
    if len(fresh) != 1:
        return (), track
    group = groups[fresh[0]]
    return group, replace(track, callid=group[0].callid)


def _is_misnamed(track: Track) -> bool:
    return bool(track.callid) and not track.was_seen and track.misses >= _MISSES_OF_MISNAMED


def _belongs(track: Track, leg: ActiveLeg) -> bool:
    """Whether a leg belongs to the call: one without a callid only when it was seen before, or is between the two."""
    if leg.callid:
        return leg.callid == track.callid
    return leg.uniqueid in {track.own_leg, track.other_leg} or bool(
        call_groups((leg,), line=track.line, dialed=track.dialed)
    )


def _is_recent(track: Track, group: tuple[ActiveLeg, ...]) -> bool:
    """Whether it may have begun with our request; a server whose clock is wrong says no, and that is no harm."""
    starts = [leg.started_at_s for leg in group if leg.started_at_s]
    return not starts or abs(min(starts) - track.began_wall_s) <= _NO_LEG_S


def _state(track: Track, own: ActiveLeg | None, others: tuple[ActiveLeg, ...]) -> CallState:
    own_answered = own is None or own.answered_at_s > 0
    fresh = [leg for leg in others if leg.uniqueid != track.other_leg]
    if any(leg.answered_at_s > 0 for leg in others) and own_answered:
        state = CallState.CONNECTED
    elif others or own_answered:
        state = CallState.CALLING
    else:
        state = CallState.RINGING
    reached = track.state if track.state in _ORDER else CallState.REQUESTED
    if track.connected_s is not None and track.state is CallState.UNKNOWN:
        reached = CallState.CONNECTED
    if reached is CallState.CONNECTED and fresh and state is CallState.CALLING:
        return state  # somebody else is being called now
    return max(state, reached, key=_ORDER.index)  # rows that come late or flicker take nothing back


def _behind(track: Track, legs: tuple[ActiveLeg, ...], now_s: float) -> float | None:
    """How far the server's clock is behind ours, at most: what it tells of has happened by now."""
    latest = max((max(leg.started_at_s, leg.answered_at_s) for leg in legs), default=0.0)
    if not latest:
        return track.behind_s
    behind = now_s - latest
    return behind if track.behind_s is None else min(behind, track.behind_s)


def _talking(track: Track, others: tuple[ActiveLeg, ...], now_s: float) -> Track:
    partner = next((leg for leg in reversed(others) if leg.answered_at_s > 0), others[-1])
    if track.connected_s is not None and partner.uniqueid == track.other_leg:
        return replace(track, seen_talking_s=now_s)
    since_s = now_s
    if track.behind_s is not None and partner.answered_at_s:
        # no earlier than the last look, when they did not talk yet; no later than now
        since_s = min(max(partner.answered_at_s + track.behind_s, track.heard_s), now_s)
    return replace(
        track,
        connected_s=since_s,
        answered_s=since_s if track.answered_s is None else track.answered_s,
        seen_talking_s=now_s,
        other_leg=partner.uniqueid,
    )


def _miss(track: Track, now_s: float) -> Track:
    """The call is not among the legs: over, or not there yet."""
    track = _limited(replace(track, heard_s=now_s, misses=track.misses + 1), now_s)
    if track.over:
        return track
    if track.was_seen:
        if track.misses < _MISSES_OF_END:
            return track
        return replace(_to(track, CallState.ENDED, now_s), ended_s=now_s, over=not track.callid, **_guess(track))
    return _give_up(track, "no_leg", now_s) if now_s - track.began_s >= _NO_LEG_S else track


def _limited(track: Track, now_s: float) -> Track:
    return _give_up(track, "limit", now_s) if now_s - track.began_s >= _LIMIT_S else track


def _to(track: Track, state: CallState, now_s: float) -> Track:
    return track if state is track.state else replace(track, state=state, changed_s=now_s)


def _give_up(track: Track, reason: str, now_s: float) -> Track:
    return replace(_to(track, CallState.UNKNOWN, now_s), end=CallEnd.UNKNOWN, over=True, reason=reason)


def _asked_records(track: Track) -> Track:
    asked = track.records_asked + 1
    return _settled(track) if asked >= len(_RECORDS_S) else replace(track, records_asked=asked)


def _guess(track: Track) -> dict[str, CallEnd | int | None]:
    """The end as far as it was seen."""
    if track.answered_s is not None:
        return {"end": CallEnd.ANSWERED, "talk_s": _seen_talk(track)}
    cancelled = track.hang_up_asked_s is not None
    return {"end": CallEnd.CANCELLED if cancelled else CallEnd.UNKNOWN, "talk_s": None}


def _settled(track: Track) -> Track:
    return replace(track, over=True, **_guess(track))


def _seen_talk(track: Track) -> int | None:
    if track.answered_s is None or track.seen_talking_s is None:
        return None
    return max(0, round(track.seen_talking_s - track.answered_s))
