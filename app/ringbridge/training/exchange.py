"""The calls themselves: a state machine for each, with the own phone's leg (A) and the other party's (B).

All state stands behind one lock. Listeners hear of every step in order, on the clock's thread, never under the lock.
"""

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ringbridge.training.clock import Clock, Timer
from ringbridge.training.people import LINES_BY_NAME, PhoneLine, Place, find_place
from ringbridge.training.scenarios import Other, Own, Scenario, scenario_for
from ringbridge.training.states import Call, CallPhase, Cause, Event, EventKind, Leg, LegPhase, Order, Side

log = logging.getLogger(__name__)

SERVER = "server01"
KEPT_CALLS = 500  # finished calls that history still knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long things take, in seconds at pace 1.

    Attributes:
        start: From the request until the own phone rings ("may take a second or two", the page of calls/make).
        auto_answer: Until a phone answers by itself in the scenario `auto`.
        asked_answer: Until a phone answers by itself because of answer1 or answer2.
        own_ring: How long the own phone rings at most.
        own_ring_short: The same, where nobody is there.
        refuse: Until a busy phone, or one set to do not disturb, has said so.
        other_answer: Until the other party answers.
        other_ring: How long the other party's phone rings at most.
        reject: Until the other party rejects.
        tone: How long the own phone hears the busy tone before the PBX ends the call.
        talk: Until somebody hangs up by itself.
        hangup: Until an asked-for hang-up works ("a second or two", the page of calls/hangup).
    """

    start: float = 0.8
    auto_answer: float = 1.5
    asked_answer: float = 0.4
    own_ring: float = 60.0
    own_ring_short: float = 15.0
    refuse: float = 0.6
    other_answer: float = 3.0
    other_ring: float = 25.0
    reject: float = 2.0
    tone: float = 4.0
    talk: float = 6.0
    hangup: float = 1.5


TIMES = Times()


@dataclass(slots=True, kw_only=True)
class _Entry:
    """One call inside: what it looks like from outside, and what waits for it."""

    call: Call
    scenario: Scenario
    known: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])
    timers: dict[str, list[Timer]] = field(default_factory=dict[str, list[Timer]])  # by uniqueid; empty: the call's


class Exchange:
    """Places calls, rings, answers, hangs up. All methods: any thread.

    Args:
        clock: Its time.
        scenario: How calls go whose number says nothing else.
        pace: Multiplies every duration of `Times`.
    """

    def __init__(self, clock: Clock, scenario: Scenario, pace: float = 1.0) -> None:
        self.scenario = scenario
        self._clock = clock
        self._pace = pace
        self._lock = threading.RLock()
        self._entries: dict[str, _Entry] = {}
        self._numbers = itertools.count(123456)
        self._listeners: tuple[Callable[[Event], None], ...] = ()
        self._events: deque[Event] = deque()

    # ------------------------------------------------------------------ looking

    def calls(self) -> tuple[Call, ...]:
        """Every call that is under way and the last finished ones, oldest first."""
        with self._lock:
            return tuple(entry.call for entry in self._entries.values())

    def find(self, *, callid: str = "", uniqueid: str = "") -> Call | None:
        """The call under way that has this callid, or a leg under way with this uniqueid."""
        with self._lock:
            for entry in self._entries.values():
                if not entry.call.legs or entry.call.phase is CallPhase.ENDED:
                    continue
                if callid and entry.call.callid == callid:
                    return entry.call
                if uniqueid and any(leg.uniqueid == uniqueid for leg in _live(entry.call)):
                    return entry.call
        return None

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` for every event from now on, on the clock's thread; returns what ends that."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(known for known in self._listeners if known is not listener)

        return unsubscribe

    # ------------------------------------------------------------------ what the API asks for

    def place(self, order: Order, known: Callable[[], None]) -> str:
        """Take an order; each is a call of its own. Returns its callid at once.

        Args:
            order: What is asked for.
            known: Called once, when the own phone's leg is there and the callid may be told. Never called
                when the own phone can't be reached.
        """
        with self._lock:
            callid = self._new_id()
            call = Call(
                callid=callid,
                server=SERVER,
                order=order,
                phase=CallPhase.REQUESTED,
                requested_at=self._clock.now(),
                legs=(),
                name=find_place(order.cnumber, order.customer).name,
                cause=Cause.NONE,
            )
            entry = _Entry(call=call, scenario=scenario_for(order.cnumber, self.scenario), known=[known])
            self._entries[callid] = entry
            self._tell(EventKind.REQUESTED, entry)
            self._after(entry, "", order.delay_s + TIMES.start * self._pace, lambda: self._start(entry), pace=1.0)
            return callid

    def hang_up_later(self, callid: str) -> None:
        """End the whole call in a second or two, as calls/hangup does."""
        with self._lock:
            entry = self._entries[callid]
            self._after(entry, "", TIMES.hangup, lambda: self._end_call(entry, Cause.HANGUP_API))

    def redirect(self, uniqueid: str, cnumber: str, channel: int) -> bool:
        """Connect one side of the call with another number; False when there is no such leg or side.

        Args:
            uniqueid: Of a leg under way.
            cnumber: The new number.
            channel: 1: the own phone stays and the new number takes the other party's place; 2: the other party
                stays and the own phone is let go.
        """
        with self._lock:
            call = self.find(uniqueid=uniqueid)
            stays = Side.A if channel == 1 else Side.B
            if call is None or all(leg.side is not stays for leg in _live(call)):
                return False
            answered = any(leg.side is stays and leg.phase is LegPhase.ANSWERED for leg in _live(call))
            if stays is Side.B and not answered:
                return False
            entry = self._entries[call.callid]
            name = find_place(cnumber, call.order.customer).name
            entry.scenario = scenario_for(cnumber, self.scenario)
            entry.call = replace(call, order=replace(call.order, cnumber=cnumber), name=name, cause=Cause.NONE)
            if answered:  # else the own phone goes on ringing, now for the new number
                self._drop_timers(entry, "")
                for leg in _live(call):
                    if leg.side is not stays:
                        self._end_leg(entry, leg.uniqueid, Cause.REDIRECTED)
                self._ring_other(entry, Side.B if stays is Side.A else Side.A)
            return True

    # ------------------------------------------------------------------ what a person at the desk phone does

    def answer(self, identifier: str) -> bool:
        """Lift the handset of the own phone; False when nothing rings there.

        Args:
            identifier: A callid, or the uniqueid of its leg.
        """
        with self._lock:
            found = self._own_leg(identifier)
            if found is None or found[1].phase is not LegPhase.RINGING:
                return False
            self._answered(*found)
            return True

    def decline(self, identifier: str) -> bool:
        """Reject the call at the own phone; False when nothing rings there."""
        with self._lock:
            found = self._own_leg(identifier)
            if found is None or found[1].phase is not LegPhase.RINGING:
                return False
            self._end_call(found[0], Cause.REJECTED)
            return True

    def hang_up(self, identifier: str) -> bool:
        """Put the handset of the own phone down at once; False when there is no such call."""
        with self._lock:
            found = self._own_leg(identifier)
            if found is None:
                return False
            self._end_call(found[0], Cause.HANGUP_A)
            return True

    # ------------------------------------------------------------------ how a call goes (the lock is held)

    def _start(self, entry: _Entry) -> None:
        order = entry.call.order
        place = find_place(order.snumber, order.customer)
        own = _own_behaviour(place.line, entry.scenario)
        if own is Own.OFFLINE:  # no leg, no callid, no trace: the PBX had accepted the request all the same
            self._end_call(entry, Cause.OFFLINE)
            return
        leg = self._add_leg(entry, Side.A, place)
        entry.call = replace(entry.call, phase=CallPhase.RINGING_A)
        self._tell(EventKind.RINGING, entry, leg)
        known, entry.known = entry.known, []
        for tell in known:
            tell()
        if own is Own.BUSY:
            self._after(entry, leg.uniqueid, TIMES.refuse, lambda: self._end_call(entry, Cause.BUSY))
        elif own is Own.DND:
            self._after(entry, leg.uniqueid, TIMES.refuse, lambda: self._end_call(entry, Cause.REJECTED))
        else:
            ring = TIMES.own_ring_short if own is Own.NO_ANSWER else TIMES.own_ring
            self._after(entry, leg.uniqueid, ring, lambda: self._end_call(entry, Cause.NO_ANSWER))
            if order.answer1 or own is Own.AUTO:
                wait = TIMES.asked_answer if order.answer1 else TIMES.auto_answer
                self._after(entry, leg.uniqueid, wait, lambda: self._answered(entry, leg))

    def _ring_other(self, entry: _Entry, side: Side) -> None:
        order = entry.call.order
        place = find_place(order.cnumber, order.customer)
        other = _other_behaviour(place.line, entry.scenario)
        leg = self._add_leg(entry, side, place)
        entry.call = replace(entry.call, phase=CallPhase.RINGING_B)
        self._tell(EventKind.RINGING, entry, leg)
        if other is Other.ANSWER:
            wait = TIMES.asked_answer if order.answer2 else TIMES.other_answer
            self._after(entry, leg.uniqueid, wait, lambda: self._answered(entry, leg))
            return
        wait, cause = {
            Other.BUSY: (TIMES.refuse, Cause.BUSY),
            Other.UNREACHABLE: (TIMES.refuse, Cause.UNREACHABLE),
            Other.REJECT: (TIMES.reject, Cause.REJECTED),
            Other.NO_ANSWER: (TIMES.other_ring, Cause.NO_ANSWER),
        }[other]
        self._after(entry, leg.uniqueid, wait, lambda: self._other_failed(entry, leg, cause))

    def _answered(self, entry: _Entry, leg: Leg) -> None:
        self._drop_timers(entry, leg.uniqueid)
        leg = self._change_leg(entry, leg.uniqueid, phase=LegPhase.ANSWERED, answered_at=self._clock.now())
        live = _live(entry.call)
        connected = len(live) > 1 and all(other.phase is LegPhase.ANSWERED for other in live)
        if connected:
            entry.call = replace(entry.call, phase=CallPhase.CONNECTED)
        self._tell(EventKind.ANSWERED, entry, leg)
        if not connected:
            self._ring_other(entry, Side.B)
        elif entry.scenario.hangs_up is not None:
            cause = Cause.HANGUP_A if entry.scenario.hangs_up is Side.A else Cause.HANGUP_B
            self._after(entry, "", TIMES.talk, lambda: self._end_call(entry, cause))

    def _other_failed(self, entry: _Entry, leg: Leg, cause: Cause) -> None:
        entry.call = replace(entry.call, phase=CallPhase.B_FAILED, cause=cause)
        self._end_leg(entry, leg.uniqueid, cause)
        self._after(entry, "", TIMES.tone, lambda: self._end_call(entry, cause))

    def _end_call(self, entry: _Entry, cause: Cause) -> None:
        """End all legs: `cause` for the side it names, for the others what follows from it."""
        for uniqueid in list(entry.timers):
            self._drop_timers(entry, uniqueid)
        live = _live(entry.call)
        entry.call = replace(entry.call, phase=CallPhase.ENDED, cause=entry.call.cause or cause)
        entry.known.clear()
        for leg in live:
            if leg.phase is LegPhase.RINGING and len(live) > 1:
                self._end_leg(entry, leg.uniqueid, Cause.CANCELLED)
            elif (cause is Cause.HANGUP_A and leg.side is Side.B) or (cause is Cause.HANGUP_B and leg.side is Side.A):
                self._end_leg(entry, leg.uniqueid, Cause.OTHER_SIDE)
            else:
                self._end_leg(entry, leg.uniqueid, cause)
        self._tell(EventKind.FINISHED, entry)
        finished = [callid for callid, known in self._entries.items() if known.call.phase is CallPhase.ENDED]
        for callid in finished[:-KEPT_CALLS]:
            del self._entries[callid]

    # ------------------------------------------------------------------ small change (the lock is held)

    def _new_id(self) -> str:
        return f"{int(self._clock.now())}.{next(self._numbers)}"

    def _own_leg(self, identifier: str) -> tuple[_Entry, Leg] | None:
        call = self.find(callid=identifier) or self.find(uniqueid=identifier)
        if call is None:
            return None
        leg = next((leg for leg in _live(call) if leg.side is Side.A), None)
        return (self._entries[call.callid], leg) if leg else None

    def _add_leg(self, entry: _Entry, side: Side, place: Place) -> Leg:
        leg = Leg(
            uniqueid=self._new_id(),
            side=side,
            dtype=place.dtype,
            dnumber=place.number,
            name=place.name,
            phase=LegPhase.RINGING,
            started_at=self._clock.now(),
            answered_at=0,
            ended_at=0,
            cause=Cause.NONE,
        )
        entry.call = replace(entry.call, legs=(*entry.call.legs, leg))
        return leg

    def _change_leg(
        self,
        entry: _Entry,
        uniqueid: str,
        *,
        phase: LegPhase,
        answered_at: float | None = None,
        ended_at: float = 0,
        cause: Cause = Cause.NONE,
    ) -> Leg:
        old = next(leg for leg in entry.call.legs if leg.uniqueid == uniqueid)
        answered = old.answered_at if answered_at is None else answered_at
        new = replace(old, phase=phase, answered_at=answered, ended_at=ended_at, cause=cause)
        entry.call = replace(entry.call, legs=tuple(new if leg is old else leg for leg in entry.call.legs))
        return new

    def _end_leg(self, entry: _Entry, uniqueid: str, cause: Cause) -> None:
        self._drop_timers(entry, uniqueid)
        leg = self._change_leg(entry, uniqueid, phase=LegPhase.ENDED, ended_at=self._clock.now(), cause=cause)
        self._tell(EventKind.ENDED, entry, leg)

    def _after(
        self, entry: _Entry, uniqueid: str, seconds: float, action: Callable[[], None], *, pace: float | None = None
    ) -> None:
        """Do `action` later, unless the leg (or, with an empty `uniqueid`, the call) ended before."""

        def locked() -> None:
            with self._lock:
                if not timer.cancelled:
                    action()

        timer = self._clock.call_later(seconds * (self._pace if pace is None else pace), locked)
        entry.timers.setdefault(uniqueid, []).append(timer)

    def _drop_timers(self, entry: _Entry, uniqueid: str) -> None:
        for timer in entry.timers.pop(uniqueid, []):
            timer.cancel()

    def _tell(self, kind: EventKind, entry: _Entry, leg: Leg | None = None) -> None:
        self._events.append(Event(kind=kind, at=self._clock.now(), call=entry.call, leg=leg))
        if len(self._events) == 1:
            self._clock.call_later(0, self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            events, listeners = tuple(self._events), self._listeners
            self._events.clear()
        for event in events:
            for listener in listeners:
                try:
                    listener(event)
                except Exception:  # the border to code of others: the next listener hears of it all the same
                    log.exception("a listener of the training PBX failed")


def _live(call: Call) -> list[Leg]:
    return [leg for leg in call.legs if leg.phase is not LegPhase.ENDED]


def _own_behaviour(line: PhoneLine | None, scenario: Scenario) -> Own:
    if line is not None and not line.registered:
        return Own.OFFLINE
    if line is not None and line.dnd:
        return Own.DND
    return scenario.own


def _other_behaviour(line: PhoneLine | None, scenario: Scenario) -> Other:
    if line is not None and not line.registered:
        return Other.UNREACHABLE
    if line is not None and line.dnd:
        return Other.REJECT
    return scenario.other


def live_lines(call: Call) -> frozenset[str]:
    """Names of the lines that take part in `call` now."""
    return frozenset(leg.dnumber for leg in _live(call) if leg.dnumber in LINES_BY_NAME)


def live_legs(call: Call) -> tuple[Leg, ...]:
    """The legs of `call` that have not ended."""
    return tuple(_live(call))
