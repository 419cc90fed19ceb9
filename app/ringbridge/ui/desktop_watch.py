"""What the desktop tells the running program: is the screen locked, did the computer sleep, is the network another?

Nothing of it is needed for the icon, and the buses and what listens on them take the processor: it comes up when
`DesktopWatch.load` is called, and its modules load on lanes.
"""

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from ringbridge.ui.buses import Buses
    from ringbridge.ui.desktop_events import DesktopEvents
    from ringbridge.ui.parts_on_use import PartsOnUse
    from ringbridge.ui.screen_guard import ScreenGuard
    from ringbridge.ui.session import Session
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)


class DesktopWatch:
    """Listens to the desktop and tells the parts, where there are any. GUI thread.

    Args:
        application: Qt's application.
        session: The settings in force.
        buses: The shared connections.
        parts: Whom a locked screen and another way to the PBX concern.
        guard_lane: Where what knows the lock is loaded, ahead of the parts.
        lane: Where the rest is.
    """

    def __init__(
        self,
        *,
        application: "QApplication",
        session: "Session",
        buses: "Buses",
        parts: "PartsOnUse",
        guard_lane: "Lane",
        lane: "Lane",
    ) -> None:
        self._application = application
        self._session = session
        self._buses = buses
        self._parts = parts
        self._guard_lane = guard_lane
        self._lane = lane
        self._guard: ScreenGuard | None = None
        self._events: DesktopEvents | None = None

    @property
    def screen_is_locked(self) -> bool:
        """Whether it is, as far as anybody has told."""
        return self._guard is not None and self._guard.locked

    def load(self) -> None:
        """Begin to listen. A second time does nothing."""
        if self._guard is None:
            self._make_guard().load()
            self._lane.submit(_load_events, self._follow, _log_failure)

    def when_lock_is_known(self, action: "Callable[[], None]") -> None:
        """Call `action` as soon as it is known whether the screen is locked, 0.4 s from now at the latest.

        Raises:
            RuntimeError: `load` comes first.
        """
        if self._guard is None:
            raise RuntimeError("nobody listens yet")
        self._guard.when_known(action)

    def close(self) -> None:
        """Listen no more. Safe to call twice."""
        for part in (self._guard, self._events):
            if part is not None:
                part.close()

    def _make_guard(self) -> "ScreenGuard":
        from ringbridge.ui.screen_guard import ScreenGuard

        self._guard = ScreenGuard(
            lane=self._guard_lane,
            buses=self._buses,
            was_locked=self._screen_locked,
            was_unlocked=self._screen_unlocked,
        )
        return self._guard

    def _screen_locked(self) -> None:
        if self._parts.made is not None:
            self._parts.made.coordinator.screen_locked()

    def _screen_unlocked(self) -> None:
        if self._parts.made is not None:
            self._parts.made.later.ask_overdue()

    def _follow(self, make: "Callable[..., DesktopEvents]") -> None:
        self._events = make(application=self._application, buses=self._buses, session=self._session)
        self._events.way_changed.connect(self._way_changed)
        self._events.start()

    def _way_changed(self, slept: bool) -> None:  # noqa: FBT001 - a signal's value
        if self._parts.made is not None:  # without them there was no call yet, and there is no connection
            self._parts.made.reconnect(slept=slept)


def _load_events() -> "Callable[..., DesktopEvents]":
    from ringbridge.ui.desktop_events import DesktopEvents

    return DesktopEvents


def _log_failure(error: Exception) -> None:
    _log.error("nobody tells what happens to the desktop", exc_info=error)
