"""Calls under way: who looks at them when, on a lane of its own, and only while there are any."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from ringbridge.core import tracking
from ringbridge.core.calls import CallOutcome, CallRequest, Outcome
from ringbridge.ui.live_call import LiveCall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringbridge.core.calls import CallRecord
    from ringbridge.core.settings import AccountSettings
    from ringbridge.services.pbx import CallerId, Colleague
    from ringbridge.services.tracker import Looked, Tracker
    from ringbridge.ui.calling import Caller
    from ringbridge.ui.session import Session
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)

_FEEDBACK_MS = 20
"""Painting would keep the interpreter from the lane that sends the request; nobody sees the moment."""

_NAMED_LOOK_S = 0.05
"""After the PBX named the call: the own phone rings by then."""


class LiveCalls(QObject):
    """Follows each call from its request to its end. GUI thread; its timer lives only while a call does.

    Args:
        session: The settings in force.
        caller: Tells when calls start.
        tracker: Gives the one tracker; called on `lane` only, since making it loads much.
        lane: For this and nothing else, so that a call never waits for a look.

    Signals:
        changed: A `LiveCall` that is not what it was.
        ended: A `LiveCall` that will not be looked at any more, after its last `changed`.
        dropped: The request id of a call that never came to be.
        hung_up: The request id of a call, and the `CallOutcome` of the wish to end it.
        passed_on: The request id of a call, and the `CallOutcome` of the wish to transfer it.
        completed: `CallRecord`s of earlier calls whose end is known now.
    """

    changed = Signal(object)
    ended = Signal(object)
    dropped = Signal(str)
    hung_up = Signal(str, object)
    passed_on = Signal(str, object)
    completed = Signal(object)

    def __init__(
        self, *, session: "Session", caller: "Caller", tracker: "Callable[[], Tracker]", lane: "Lane"
    ) -> None:
        super().__init__()
        self._session = session
        self._tracker = tracker
        self._lane = lane
        self._calls: dict[str, LiveCall] = {}
        self._unwatched: dict[str, LiveCall] = {}  # shown still, and may go on where nobody may look
        self._due_s: dict[str, float] = {}
        self._looking = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        caller.started.connect(self._begin)
        caller.finished.connect(self._sent)
        caller.hung_up.connect(self._hung_up_elsewhere)

    @property
    def calls(self) -> tuple[LiveCall, ...]:
        """All calls that are followed, the latest first."""
        return tuple(reversed(self._calls.values()))

    def find(self, request_id: str) -> LiveCall | None:
        """The call of this request, while it is followed."""
        return self._calls.get(request_id)

    def hang_up(self, request_id: str) -> None:
        """Ask the PBX to end this call; `hung_up` tells what it said."""
        call = self._calls.get(request_id) or self._unwatched.get(request_id)
        if call is not None and call.can_hang_up:
            work = partial(_hang_up, self._tracker, call)
            self._act(call, work, self._end_is_near, self.hung_up, {"may_hang_up": False})

    def let_go(self, request_id: str) -> None:
        """This call is not shown any more: what is over can't be ended from here from now on."""
        self._unwatched.pop(request_id, None)

    def pass_on(self, request_id: str, dialed: str) -> None:
        """Ask the PBX to connect the other party with another number; `passed_on` tells what it said."""
        call = self._calls.get(request_id)
        if call is not None and call.can_pass_on:
            call = self._keep(call, passing_on=True)
            self.changed.emit(call)
            work = partial(_pass_on, self._tracker, call, dialed)
            self._act(call, work, self._own_phone_is_let_go, self.passed_on, {"may_pass_on": False})

    def list_colleagues(
        self, request_id: str, done: "Callable[[tuple[Colleague, ...]], None]", failed: Callable[[Exception], None]
    ) -> None:
        """Ask whom this call may be passed on to."""
        call = self._calls.get(request_id)
        if call is not None:
            self._lane.submit(lambda: self._tracker().colleagues(call.account), done, failed)

    def list_caller_ids(self, done: "Callable[[tuple[CallerId, ...]], None]") -> None:
        """Ask which numbers may be presented; where that can't be had, one can still be typed."""
        account = self._session.settings.account
        if account.url and account.username:
            work = partial(_caller_ids, self._tracker, account, stays=bool(self._calls))
            self._lane.submit(work, done, _log_failure)

    def write_note(self, request_id: str, note: str, failed: Callable[[Exception], None]) -> None:
        """Keep a note about a call, live or over."""
        self._lane.submit(lambda: self._tracker().write_note(request_id, note), lambda _: None, failed)

    def look_now(self) -> None:
        """The way to the PBX is another one now: look at all calls at once, over a new connection."""
        if not self._calls:
            return
        self._lane.submit(lambda: self._tracker().rest(), lambda _: None, _log_failure)
        now_s = time.monotonic()
        self._due_s.update(dict.fromkeys(self._due_s, now_s))
        self._set_timer()

    def ask_again(self) -> None:
        """The account may have changed: what was refused may be allowed now."""
        self._lane.submit(lambda: self._tracker().ask_again(), lambda _: None, _log_failure)

    def close(self) -> None:
        """Look no more. Safe to call twice."""
        self._timer.stop()
        self._calls.clear()
        self._unwatched.clear()
        self._due_s.clear()

    # ------------------------------------------------------------ the life of a call

    def _begin(self, request: CallRequest) -> None:
        account = self._session.settings.account
        now_s = time.monotonic()
        track = tracking.begin(
            request.request_id,
            line=request.line or account.line,
            dialed=request.destination.dialed,
            now_s=now_s,
            wall_s=time.time(),
        )
        call = LiveCall(request=request, track=track, account=account)
        self._calls[request.request_id] = call
        self._look_in(call, tracking.FIRST_LOOK_S)
        QTimer.singleShot(_FEEDBACK_MS, partial(self._tell_begun, request.request_id))

    def _tell_begun(self, request_id: str) -> None:
        call = self._calls.get(request_id)
        if call is not None:
            self.changed.emit(call)

    def _sent(self, request: CallRequest | None, outcome: CallOutcome) -> None:
        call = self._calls.get(request.request_id) if request is not None else None
        if call is None:
            return
        if outcome.outcome not in {Outcome.REQUESTED, Outcome.UNKNOWN}:
            self._forget(call)
            self.dropped.emit(call.request.request_id)
            return
        call = self._keep(call, track=tracking.name(call.track, outcome.callid), sent=outcome.outcome)
        if call.track.over:  # nothing more is looked at: it stayed for this answer
            self._end(call)
            return
        if outcome.callid:
            self._look_in(call, _NAMED_LOOK_S)
        self.changed.emit(call)

    def _look(self) -> None:
        """Look at all calls that are due; one job at a time."""
        now_s = time.monotonic()
        due = [self._calls[request_id] for request_id, due_s in self._due_s.items() if due_s <= now_s]
        if self._looking:
            return
        if not due:
            self._set_timer()  # Qt's timers may come a little early
            return
        account = due[0].account
        tracks = tuple(call.track for call in due if call.account == account)
        self._looking = True
        self._lane.submit(
            lambda: self._tracker().look(tracks, account),
            self._looked,
            partial(self._not_looked, tuple(track.request_id for track in tracks)),
        )

    def _looked(self, looked: "Looked") -> None:
        self._looking = False
        for track in looked.tracks:
            before = self._calls.get(track.request_id)
            if before is None:
                continue
            call = self._keep(
                before,
                # what was learned here meanwhile stays
                track=replace(
                    track,
                    callid=track.callid or before.track.callid,
                    hang_up_asked_s=before.track.hang_up_asked_s,
                    passed_on=before.track.passed_on,
                ),
                # refused once, refused for good: the command line asks with a client of its own
                may_hang_up=before.may_hang_up and looked.may_hang_up,
                may_pass_on=before.may_pass_on and looked.may_pass_on,
            )
            self._go_on(call, before)
        self._set_timer()

    def _not_looked(self, request_ids: tuple[str, ...], error: Exception) -> None:
        """Our own mistake: these calls are not followed any more."""
        _log_failure(error)
        self._looking = False
        now_s = time.monotonic()
        for request_id in request_ids:
            call = self._calls.get(request_id)
            if call is not None:
                self._go_on(self._keep(call, track=tracking.stop(call.track, now_s)), call)
        self._set_timer()

    def _go_on(self, call: LiveCall, before: LiveCall) -> None:
        wait_s = tracking.wait_s(call.track, time.monotonic())
        if wait_s is None:
            self._due_s.pop(call.request.request_id, None)
            if not call.is_awaited:
                self._end(call, tell=call.shown != before.shown)
            return
        self._look_in(call, wait_s)
        if call.shown != before.shown:
            self.changed.emit(call)

    def _end(self, call: LiveCall, *, tell: bool = True) -> None:
        self._forget(call)
        if tracking.is_unwatched(call.track):
            self._unwatched[call.request.request_id] = call
        if tell:
            self.changed.emit(call)
        self.ended.emit(call)

    def _forget(self, call: LiveCall) -> None:
        self._calls.pop(call.request.request_id, None)
        self._due_s.pop(call.request.request_id, None)
        if not self._calls:
            self._lane.submit(
                partial(_finish_up, self._tracker, call.account if call.track.was_seen else None),
                self._completed,
                _log_failure,
            )
        self._set_timer()

    def _completed(self, records: "tuple[CallRecord, ...]") -> None:
        if records:
            self.completed.emit(records)

    # ------------------------------------------------------------ what people want of it

    def _act(
        self,
        call: LiveCall,
        work: "Callable[[], CallOutcome]",
        accepted: Callable[[LiveCall], None],
        told: SignalInstance,
        forbidden: "Mapping[str, bool]",
    ) -> None:
        request_id = call.request.request_id

        def done(outcome: CallOutcome) -> None:
            now = self._calls.get(request_id)
            if now is not None and "may_pass_on" in forbidden:
                now = self._keep(now, passing_on=False)
            if now is not None and outcome.outcome is Outcome.REQUESTED:
                accepted(now)
            elif now is not None and outcome.problem == "no_call":
                self._look_in(now, 0.0)
            elif now is not None and outcome.problem == "role":
                self.changed.emit(self._keep(now, **forbidden))
            elif "may_hang_up" in forbidden and request_id in self._unwatched:
                self._unwatched_acted(self._unwatched[request_id], outcome)
            told.emit(request_id, outcome)

        def failed(error: Exception) -> None:
            _log_failure(error)
            done(CallOutcome(request_id=request_id, outcome=Outcome.UNKNOWN, problem="answer_lost"))

        self._lane.submit(work, done, failed)

    def _unwatched_acted(self, call: LiveCall, outcome: CallOutcome) -> None:
        """A call that nobody may look at was to be ended: what the PBX said is all that is known of it."""
        if outcome.outcome is Outcome.REQUESTED:
            call = replace(call, track=tracking.ask_hang_up(call.track, time.monotonic()))
        elif outcome.problem in {"no_call", "role"}:
            call = replace(call, may_hang_up=False)
        self._unwatched[call.request.request_id] = call
        self.changed.emit(call)
        if not self._calls:
            self._lane.submit(partial(_finish_up, self._tracker, None), self._completed, _log_failure)

    def _hung_up_elsewhere(self, outcome: CallOutcome) -> None:
        """The command line asked for the end of the latest call."""
        call = self._calls.get(outcome.request_id)
        if outcome.request_id in self._unwatched:
            self._unwatched_acted(self._unwatched[outcome.request_id], outcome)
        elif call is not None and outcome.outcome is Outcome.REQUESTED:
            self._end_is_near(call)
        elif call is not None and outcome.problem == "role":
            self.changed.emit(self._keep(call, may_hang_up=False))

    def _end_is_near(self, call: LiveCall) -> None:
        now_s = time.monotonic()
        call = self._keep(call, track=tracking.ask_hang_up(call.track, now_s))
        self._look_in(call, tracking.wait_s(call.track, now_s) or 0.0)
        self.changed.emit(call)

    def _own_phone_is_let_go(self, call: LiveCall) -> None:
        call = self._keep(call, track=tracking.pass_on(call.track))
        self._look_in(call, 0.0)
        self.changed.emit(call)

    # ------------------------------------------------------------ the timer

    def _keep(self, call: LiveCall, **changes: object) -> LiveCall:
        kept: LiveCall = replace(call, **changes)  # pyright: ignore[reportArgumentType] - named by our own callers
        self._calls[call.request.request_id] = kept
        return kept

    def _look_in(self, call: LiveCall, seconds: float) -> None:
        self._due_s[call.request.request_id] = time.monotonic() + seconds
        self._set_timer()

    def _set_timer(self) -> None:
        if self._due_s and not self._looking:
            wait_s = min(self._due_s.values()) - time.monotonic()
            self._timer.start(max(0, round(wait_s * 1000)))
        else:
            self._timer.stop()


def _hang_up(tracker: "Callable[[], Tracker]", call: LiveCall) -> CallOutcome:
    return tracker().hang_up(call.track, call.account)


def _pass_on(tracker: "Callable[[], Tracker]", call: LiveCall, dialed: str) -> CallOutcome:
    return tracker().pass_on(call.track, call.account, dialed)


def _caller_ids(
    tracker: "Callable[[], Tracker]", account: "AccountSettings", *, stays: bool
) -> "tuple[CallerId, ...]":
    try:
        return tracker().caller_ids(account)
    finally:
        if not stays:
            tracker().rest()


def _finish_up(tracker: "Callable[[], Tracker]", account: "AccountSettings | None") -> "tuple[CallRecord, ...]":
    """After the last call: complete what earlier starts left open, while the connection stands; then let it go.

    Args:
        tracker: Gives the tracker.
        account: Whose calls can be looked at, or None: the PBX does not show them.
    """
    try:
        return tracker().complete_earlier(account) if account is not None else ()
    finally:
        tracker().rest()


def _log_failure(error: Exception) -> None:
    _log.error("unexpected error beside a call", exc_info=error)
