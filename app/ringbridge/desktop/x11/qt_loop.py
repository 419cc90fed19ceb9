"""Drives one X connection from Qt's event loop."""

from collections.abc import Callable

from PySide6.QtCore import QSocketNotifier, QTimer

from ringbridge.desktop.x11.xcb import Connection


class XLoop:
    """Calls `arrived` when the X server sent something, and `late` when a deadline has come.

    Nothing ticks: without traffic and without a deadline the process is not woken. GUI thread only.
    """

    def __init__(self, connection: Connection, arrived: Callable[[], None], late: Callable[[], None]) -> None:
        """Start listening."""
        self._arrived = arrived
        self._notifier = QSocketNotifier(connection.fd, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._activated)
        self._deadline = QTimer()
        self._deadline.setSingleShot(True)
        self._deadline.timeout.connect(late)
        self._soon = QTimer()
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(arrived)

    def _activated(self, *_: object) -> None:
        self._arrived()

    def call_soon(self) -> None:
        """Call `arrived` in the next round of the event loop: sending may have read something."""
        self._soon.start(0)

    def call_late_in(self, delay_s: float | None) -> None:
        """Call `late` once, after `delay_s`; None: not at all."""
        if delay_s is None:
            self._deadline.stop()
        else:
            self._deadline.start(max(0, int(delay_s * 1000) + 1))

    def stop(self) -> None:
        """Listen no more. To be called before the connection is closed: its file descriptor ends with it."""
        self._notifier.setEnabled(False)
        self._deadline.stop()
        self._soon.stop()
