"""The running program's ear on Windows: a named pipe of the user's own, the same lines as `instance`."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from ringbridge.desktop.instance import MAX_LINE, LineHandler


class InstancePipeServer(QObject):
    """Listens for other starts and for the command line, as `InstanceServer` does.

    Args:
        name: The pipe, as `core.pipe_name` gives it.
        handle: Gets each request.
    """

    def __init__(self, name: str, handle: LineHandler) -> None:
        super().__init__()
        self._name = name
        self._handle = handle
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)
        self._peers: set[_Peer] = set()

    def listen(self) -> None:
        """Start to listen. The caller holds the instance lock.

        Raises:
            OSError: The pipe can't be made.
        """
        if not self._server.listen(self._name):
            raise OSError(0, self._server.errorString())

    def close(self) -> None:
        """Stop listening and drop whoever is connected. Safe to call twice."""
        self._server.close()
        for peer in tuple(self._peers):
            peer.close()

    def _accept(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:  # pyright: ignore[reportUnnecessaryComparison]
            self._peers.add(_Peer(connection, self._handle, self._peers.discard, self))


class _Peer(QObject):
    """One connected program: its request, and the answer when it is ready."""

    def __init__(
        self, connection: QLocalSocket, handle: LineHandler, gone: Callable[["_Peer"], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._connection = connection
        self._handle = handle
        self._gone = gone
        self._asked = False
        self._closed = False
        connection.setParent(self)
        connection.readyRead.connect(self._read)
        connection.disconnected.connect(self.close)
        self._read()  # what came before anybody listened

    def close(self) -> None:
        """Let go. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._connection.abort()
        self._gone(self)
        self.deleteLater()

    def _read(self) -> None:
        if self._asked or self._closed:
            return
        if self._connection.canReadLine():
            self._asked = True
            self._handle(bytes(self._connection.readLine().data()).rstrip(b"\n"), self._answer)
        elif self._connection.bytesAvailable() > MAX_LINE:
            self.close()

    def _answer(self, line: bytes) -> None:
        if self._closed:
            return
        self._connection.write(line + b"\n")
        self._connection.flush()
        self._connection.disconnectFromServer()  # once all is written; `disconnected` closes
