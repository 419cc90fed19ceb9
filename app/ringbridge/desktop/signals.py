"""Ends the program politely when the system asks (SIGTERM, SIGINT, SIGHUP), by an event instead of a timer."""

import contextlib
import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier


class QuitSignals(QObject):
    """Calls back on the GUI thread when a signal asks the program to end.

    Python runs signal handlers between its own instructions, and there are none while Qt waits; so the interpreter
    writes a byte into a socket pair that Qt watches.

    Args:
        wanted: Called once for each signal.
    """

    def __init__(self, wanted: Callable[[], None]) -> None:
        super().__init__()
        self._wanted = wanted
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._old_descriptor = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        numbers = [getattr(signal, name, None) for name in ("SIGTERM", "SIGINT", "SIGHUP")]  # Windows has no SIGHUP
        self._old_handlers = {number: signal.signal(number, _ignore) for number in numbers if number is not None}
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._arrived)

    def close(self) -> None:
        """Give the signals back: from now on one more ends the program at once. Safe to call twice."""
        if self._reader.fileno() < 0:
            return
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_descriptor)
        for number, handler in self._old_handlers.items():
            # None: a handler that Python did not set, which it can't set again either
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._reader.close()
        self._writer.close()

    def _arrived(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(64)
        self._wanted()


def _ignore(_number: int, _frame: object) -> None:
    """The byte in the socket pair tells."""
