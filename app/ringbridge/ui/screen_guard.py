"""Nothing is called while the screen is locked: what knows the lock is loaded here, and no wish passes before it."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from ringbridge.desktop.choose import first_usable

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import HandOut
    from ringbridge.desktop.ports import ScreenLock
    from ringbridge.ui.buses import Buses
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)

_ANSWERS_MS = 400
"""Whoever has not said by then whether the screen is locked says nothing against the first wish."""


class ScreenGuard(QObject):
    """Knows whether the screen is locked, and from when on that is known. GUI thread.

    Args:
        lane: Where what knows the lock is loaded; what is queued behind `load` comes later than that.
        buses: The shared connections to the desktop.
        was_locked: Called whenever the screen is locked.
        was_unlocked: Called whenever it is unlocked.
    """

    def __init__(
        self,
        *,
        lane: "Lane",
        buses: "Buses",
        was_locked: Callable[[], None],
        was_unlocked: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._was_unlocked = was_unlocked
        self._lane = lane
        self._was_locked = was_locked
        self._buses = buses
        self._is_closed = False
        self._lock: ScreenLock | None = None
        self._is_wanted = False
        self._is_known = False
        self._waiting: list[Callable[[], None]] = []
        self._deadline = QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.setInterval(_ANSWERS_MS)
        self._deadline.timeout.connect(self._waited_enough)

    @property
    def locked(self) -> bool:
        """Whether the screen is locked, as far as anybody has told."""
        return self._lock is not None and self._lock.locked

    def load(self) -> None:
        """Begin to listen. A second time does nothing."""
        if not self._is_wanted:
            self._is_wanted = True
            self._lane.submit(_load_finder, self._watch, self._failed)

    def when_known(self, action: Callable[[], None]) -> None:
        """Call `action` as soon as it is known whether the screen is locked, 0.4 s from now at the latest."""
        if self._is_known:
            action()
            return
        self._waiting.append(action)
        if not self._deadline.isActive():
            self._deadline.start()

    def close(self) -> None:
        """Listen no more; what waits is dropped. Safe to call twice."""
        self._waiting.clear()
        self._deadline.stop()
        self._is_closed = True
        if self._lock is not None:
            self._lock.close()

    def _watch(self, find: "Callable[[HandOut, HandOut], tuple[ScreenLock, ...]]") -> None:
        if self._is_closed:
            return
        self._lock = first_usable(find(self._buses.system, self._buses.session))
        self._lock.watch(self._changed, self._known)

    def _changed(self, locked: bool) -> None:  # noqa: FBT001 - what a `ScreenLock` tells
        (self._was_locked if locked else self._was_unlocked)()

    def _failed(self, error: Exception) -> None:
        _log.error("nobody can tell whether the screen is locked", exc_info=error)
        self._known()

    def _waited_enough(self) -> None:
        _log.info("nobody has said yet whether the screen is locked; calls go on")
        self._known()

    def _known(self) -> None:
        self._is_known = True
        self._deadline.stop()
        waiting, self._waiting = self._waiting, []
        for action in waiting:
            action()


def _load_finder() -> "Callable[[HandOut, HandOut], tuple[ScreenLock, ...]]":
    from ringbridge.desktop.choose import screen_lock_finder

    return screen_lock_finder()
