"""Calls in a while: a countdown on this computer, before anything is sent. The PBX is not asked to wait.

So a person can still stop it, and a program that ends takes the wish with it.
"""

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ringbridge.core.calls import CallOutcome, Outcome

if TYPE_CHECKING:
    from ringbridge.core.calls import Destination
    from ringbridge.ui.calling import Caller, OutcomeHandler, Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterCall:
    """A wish that waits for its time.

    Attributes:
        key: Names it.
        wish: The wish; a person said yes to it.
        destination: Whom it calls.
        until_s: When it will be placed, on `time.monotonic`'s clock.
    """

    key: str
    wish: "Wish"
    destination: "Destination"
    until_s: float


class LaterCalls(QObject):
    """Holds wishes back for a while. GUI thread.

    Args:
        caller: The one way to a call.

    Signals:
        waiting: A `LaterCall` that waits from now on.
        gone: The key of one that waits no more: it is being called, or was cancelled.
    """

    waiting = Signal(object)
    gone = Signal(str)

    def __init__(self, caller: "Caller") -> None:
        super().__init__()
        self._caller = caller
        self._count = 0
        self._calls: dict[str, tuple[LaterCall, QTimer, OutcomeHandler | None]] = {}

    @property
    def calls(self) -> tuple[LaterCall, ...]:
        """All that wait, the latest first."""
        return tuple(call for call, _, _ in reversed(self._calls.values()))

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
        )
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(partial(self.call_now, call.key))
        timer.start(seconds * 1000)
        self._calls[call.key] = (call, timer, done)
        self.waiting.emit(call)

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

    def _take(self, key: str) -> "tuple[LaterCall, OutcomeHandler | None] | None":
        entry = self._calls.pop(key, None)
        if entry is None:
            return None
        call, timer, done = entry
        timer.stop()
        timer.deleteLater()
        return call, done
