"""Drives one X connection from Qt's event loop."""

from collections.abc import Callable

from ringbridge.desktop.fd_loop import FdLoop
from ringbridge.desktop.x11.xcb import Connection


class XLoop(FdLoop):
    """Calls `arrived` when the X server sent something, and `late` when a deadline has come."""

    def __init__(self, connection: Connection, arrived: Callable[[], None], late: Callable[[], None]) -> None:
        """Start listening; to be stopped before the connection is closed, with which its file descriptor ends."""
        super().__init__(connection.fd, arrived, late)
