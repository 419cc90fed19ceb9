"""Connects to the compositor again once it is back, by what happens in the folder of its socket."""

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QTimer

from ringbridge.desktop.wayland.connection import Connection, WaylandError, socket_path

_log = logging.getLogger(__name__)

_LISTENS_MS = (20, 500)
"""A socket is a file some time before its compositor listens there, and of that nothing tells: looked at twice."""


class Comeback:
    """Waits for the compositor, on the GUI thread; nothing ticks while nothing happens in the folder.

    KDE's session keeps the socket itself while KWin starts again: then the connection is there at once, and its first
    answer comes with the new KWin.
    """

    def __init__(self, connected: Callable[[Connection], None]) -> None:
        """Begin.

        Args:
            connected: Called once, with a connection that nobody has answered yet; perhaps before this returns.
        """
        self._connected = connected
        self._left_ms: list[int] = []
        self._again = QTimer()
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._try)
        self._watcher = QFileSystemWatcher([str(Path(socket_path()).parent)])
        self._watcher.directoryChanged.connect(self.look)
        self.look()

    def stop(self) -> None:
        """Wait no longer."""
        self._again.stop()
        self._watcher.directoryChanged.disconnect(self.look)
        self._watcher.deleteLater()
        self._connected = _nobody

    def look(self, *_: object) -> None:
        """Something happened in the folder, or somebody asks."""
        self._left_ms = list(_LISTENS_MS)
        self._try()

    def _try(self) -> None:
        self._again.stop()
        try:
            connection = Connection()
        except WaylandError:
            if self._left_ms and Path(socket_path()).exists():
                self._again.start(self._left_ms.pop(0))
            return
        connected = self._connected
        self.stop()
        connected(connection)


def _nobody(connection: Connection) -> None:
    connection.close()
