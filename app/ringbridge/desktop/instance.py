"""The running program's ear: one local socket per user and profile, one JSON object a line.

Only the user's own programs reach it: the socket lies in a folder of mode 0700, and the peer's user is checked where
the system tells it.
"""

import contextlib
import os
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier

MAX_LINE = 64 * 1024
"""Bytes a request may have."""

LineHandler = Callable[[bytes, Callable[[bytes], None]], None]
"""Gets a line and a function that sends the answer, once, at any later time. GUI thread."""


class InstanceServer(QObject):
    """Listens for other starts and for the command line. By events; nothing happens while nobody asks.

    Args:
        path: The socket, in a folder of mode 0700 that is there already.
        handle: Gets each request.
    """

    def __init__(self, path: Path, handle: LineHandler) -> None:
        super().__init__()
        self._path = path
        self._handle = handle
        self._listener: socket.socket | None = None
        self._notifier: QSocketNotifier | None = None
        self._peers: set[_Peer] = set()

    def listen(self) -> None:
        """Start to listen. The caller holds the instance lock, so a socket that lies there is a dead program's.

        Raises:
            OSError: The socket can't be made.
        """
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()
            listener.bind(str(self._path))
            self._path.chmod(0o600)
            listener.listen(64)
            listener.setblocking(False)
        except OSError:
            listener.close()
            raise
        self._listener = listener
        self._notifier = QSocketNotifier(listener.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._accept)

    def close(self) -> None:
        """Stop listening and drop whoever is connected. Safe to call twice."""
        if self._listener is None:
            return
        if self._notifier is not None:
            self._notifier.setEnabled(False)
        self._listener.close()
        self._listener = None
        with contextlib.suppress(OSError):
            self._path.unlink()
        for peer in tuple(self._peers):
            peer.close()

    def _accept(self) -> None:
        while self._listener is not None:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if not _is_own_user(connection):
                connection.close()
                continue
            connection.setblocking(False)
            self._peers.add(_Peer(connection, self._handle, self._peers.discard, self))


class _Peer(QObject):
    """One connected program: its request, and the answer when it is ready."""

    def __init__(
        self, connection: socket.socket, handle: LineHandler, gone: Callable[["_Peer"], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._connection = connection
        self._handle = handle
        self._gone = gone
        self._received = bytearray()
        self._notifier = QSocketNotifier(connection.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def close(self) -> None:
        if self._connection.fileno() < 0:
            return
        self._notifier.setEnabled(False)
        self._connection.close()
        self._gone(self)
        self.deleteLater()

    def _read(self) -> None:
        try:
            data = self._connection.recv(MAX_LINE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._received += data
        line, newline, rest = bytes(self._received).partition(b"\n")
        if newline:
            # one request a connection; the notifier stays off, so that a closed peer does not spin
            self._notifier.setEnabled(False)
            self._received[:] = rest
            self._handle(line, self._answer)
        elif not data or len(self._received) > MAX_LINE:
            self.close()

    def _answer(self, line: bytes) -> None:
        if self._connection.fileno() < 0:
            return
        # an answer is shorter than a socket's buffer, so this does not wait; a peer that is gone gets none
        with contextlib.suppress(OSError):
            self._connection.sendall(line + b"\n")
        self.close()


def _is_own_user(connection: socket.socket) -> bool:
    if sys.platform != "linux":
        return True  # the folder's mode keeps others out
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", credentials)
    return uid == os.getuid()
