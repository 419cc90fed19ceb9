"""Drives what hangs on one file descriptor from Qt's event loop."""

from collections.abc import Callable

from PySide6.QtCore import QSocketNotifier, QTimer


class FdLoop:
    """Calls `arrived` when something can be read, and `late` when a deadline has come.

    Nothing ticks: without traffic and without a deadline the process is not woken. GUI thread only.
    """

    def __init__(self, fd: int, arrived: Callable[[], None], late: Callable[[], None]) -> None:
        """Start listening.

        Args:
            fd: A file descriptor; it stays the caller's.
            arrived: Reads whatever is there.
            late: Gives up what took too long.
        """
        self._arrived = arrived
        self._notifier = QSocketNotifier(fd, QSocketNotifier.Type.Read)
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
        """Listen no more. To be called before what hangs on the file descriptor is closed."""
        self._notifier.setEnabled(False)
        self._deadline.stop()
        self._soon.stop()
