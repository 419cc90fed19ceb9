"""Calls in a while: a countdown on this computer, before anything is sent. The PBX is not asked to wait.

So a person can still stop it, and a program that ends takes the wish with it.
"""

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ringbridge.core.calls import CallOutcome, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringbridge.core.calls import Destination
    from ringbridge.ui.calling import Caller, OutcomeHandler, Wish


_SURPRISE_S = 10.0
"""A call that comes so much later than it was wished is no longer expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterCall:
    """A wish that waits for its time.

    Attributes:
        key: Names it.
        wish: The wish; a person said yes to it.
        destination: Whom it calls.
        until_s: When it will be placed, on `time.monotonic`'s clock.
        at_s: The same by the clock on the wall, in seconds since 1970: the other one stands still in suspend.
    """

    key: str
    wish: "Wish"
    destination: "Destination"
    until_s: float
    at_s: float


class LaterCalls(QObject):
    """Holds wishes back for a while. GUI thread.

    A call whose time passed while the computer slept is not placed by surprise: a person is asked, once the screen is
    not locked.

    Args:
        caller: The one way to a call.
        wall_s: The clock on the wall, in seconds since 1970.

    Signals:
        waiting: A `LaterCall` that waits from now on.
        gone: The key of one that waits no more: it is being called, or was cancelled.
    """

    waiting = Signal(object)
    gone = Signal(str)

    def __init__(self, caller: "Caller", *, wall_s: "Callable[[], float]" = time.time) -> None:
        super().__init__()
        self._caller = caller
        self._wall_s = wall_s
        self._overdue: list[tuple[LaterCall, OutcomeHandler | None]] = []
        self._count = 0
        self._calls: dict[str, tuple[LaterCall, OutcomeHandler | None]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._call_due)

    @property
    def calls(self) -> tuple[LaterCall, ...]:
        """All that wait, the latest first."""
        return tuple(call for call, _ in reversed(self._calls.values()))

    def add(
        self, wish: "Wish", destination: "Destination", seconds: int, done: "OutcomeHandler | None" = None
    ) -> None:
        """Call in so many seconds, unless somebody cancels it.

        Args:
            wish: Who is to be called; a person said yes.
            destination: The same as the PBX wants it.
            seconds: At least 1.
            done: As for `Caller.want`.
        """
        self._count += 1
        call = LaterCall(
            key=f"later {self._count}",
            wish=replace(wish, destination=destination),
            destination=destination,
            until_s=time.monotonic() + seconds,
            at_s=self._wall_s() + seconds,
        )
        self._calls[call.key] = (call, done)
        self._set_timer()
        self.waiting.emit(call)

    def woke_up(self) -> None:
        """The computer slept: calls whose time has come meanwhile are asked about, others wait for their time."""
        for key, (call, done) in tuple(self._calls.items()):
            left_s = call.at_s - self._wall_s()
            if left_s <= 0:
                self._pass_over(key)
            else:
                self._calls[key] = (replace(call, until_s=time.monotonic() + left_s), done)
                self.waiting.emit(self._calls[key][0])
        self._set_timer()
        self.ask_overdue()

    def ask_overdue(self) -> None:
        """Ask about what was slept over, unless the screen is locked: then nobody sees the question."""
        if self._caller.screen_locked:
            return
        overdue, self._overdue = self._overdue, []
        for call, done in overdue:
            self._caller.want(replace(call.wish, said_yes=False, overdue=True), done)

    def call_now(self, key: str) -> None:
        """Cut the wait short. One that waits no more is left alone."""
        taken = self._take(key)
        if taken is not None:
            call, done = taken
            self.gone.emit(key)
            self._caller.want(call.wish, done)

    def cancel(self, key: str) -> None:
        """Do not call. One that waits no more is left alone."""
        taken = self._take(key)
        if taken is not None:
            _, done = taken
            self.gone.emit(key)
            if done is not None:
                done(CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="declined"))

    def close(self) -> None:
        """Call nobody any more. Safe to call twice."""
        for key in tuple(self._calls):
            self.cancel(key)
        self._overdue.clear()

    def _take(self, key: str) -> "tuple[LaterCall, OutcomeHandler | None] | None":
        entry = self._calls.pop(key, None)
        self._set_timer()
        return entry

    def _call_due(self) -> None:
        now_s = time.monotonic()
        for call in tuple(call for call, _ in self._calls.values()):
            if call.until_s > now_s:
                continue
            if self._wall_s() - call.at_s > _SURPRISE_S:  # where nobody tells of suspend
                self._pass_over(call.key)
            else:
                self.call_now(call.key)
        self._set_timer()  # Qt's timers may come a little early
        if self._overdue:
            self.ask_overdue()

    def _pass_over(self, key: str) -> None:
        taken = self._take(key)
        if taken is not None:
            self._overdue.append(taken)
            self.gone.emit(key)

    def _set_timer(self) -> None:
        if not self._calls:
            self._timer.stop()
            return
        first_s = min(call.until_s for call, _ in self._calls.values())
        self._timer.start(max(0, math.ceil((first_s - time.monotonic()) * 1000)))
