"""What the hotkeys do, but for the selected number, which needs no more than the clipboard at first."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ringbridge.core.calls import CallOutcome, CallRequest, Outcome
from ringbridge.core.hotkeys import HotkeyAction

if TYPE_CHECKING:
    from ringbridge.ui.calling import Caller
    from ringbridge.ui.coordinator import Coordinator

_ONE_PRESS_S = 2.0
"""Whoever presses the key to hang up twice so quickly means one call, not also the one before it."""


class KeyActions:
    """Does what a key is for. GUI thread.

    Args:
        caller: Hangs up.
        coordinator: Calls again, and stops a countdown.
        open_call_number: Opens “Call number…”.
    """

    def __init__(self, *, caller: "Caller", coordinator: "Coordinator", open_call_number: Callable[[], None]) -> None:
        self._caller = caller
        self._coordinator = coordinator
        self._open_call_number = open_call_number
        self._hanging_up = False
        self._hung_up_s: float | None = None
        caller.started.connect(self._call_started)

    def act(self, action: HotkeyAction) -> None:
        """Do what a press of its key means."""
        if action is HotkeyAction.QUICK_DIAL:
            self._open_call_number()
        elif action is HotkeyAction.REDIAL:
            self._coordinator.redial_latest()
        elif action is HotkeyAction.HANG_UP:
            self._hang_up()

    def _hang_up(self) -> None:
        """End the running call, or the countdown to it; what is said of it the call strip and the card say."""
        if self._coordinator.stop_countdown() or self._hanging_up:
            return
        if self._hung_up_s is not None and time.monotonic() - self._hung_up_s < _ONE_PRESS_S:
            return
        self._hanging_up = True
        self._caller.hang_up(self._hung_up)

    def _call_started(self, _request: CallRequest) -> None:
        self._hung_up_s = None  # the next press means this call

    def _hung_up(self, outcome: CallOutcome) -> None:
        self._hanging_up = False
        self._hung_up_s = time.monotonic() if outcome.outcome is Outcome.REQUESTED else None
