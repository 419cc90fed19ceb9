"""The command line's end of the running program's local socket: a connection with a deadline for reading.

On Windows `ringbridge.services.instance_pipe` stands in its place; the other end is `ringbridge.desktop.instance`.
"""

import sys

if sys.platform != "win32":
    import _socket as socket  # the C half of `socket`, which makes hundreds of enumeration members: 2 ms
    import os
    from struct import pack, unpack

    CONNECT_TIMEOUT_S = 2.0
    """A program that does not take a connection within so many seconds has been given nothing."""

    _PIECE = 64 * 1024

    class SocketConnection:
        """A connection over an AF_UNIX stream socket whose listener is the same user.

        Args:
            path: The socket.

        Raises:
            OSError: Absent, nobody listens (a dead program's), not ours, or a path too long.
        """

        def __init__(self, path: str) -> None:
            self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                _check_folder(path)
                # With a timeout of Python's, Linux refuses at once where many wait to be accepted, and a busy program
                # would pass for none; this one makes it wait.
                seconds = pack("ll", int(CONNECT_TIMEOUT_S), 0)  # struct timeval
                self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, seconds)
                self._connection.connect(path)
                _check_peer(self._connection)
            except BaseException:
                self._connection.close()
                raise

        def send_line(self, line: bytes) -> None:
            """Hand a line over, whole."""
            self._connection.settimeout(CONNECT_TIMEOUT_S)
            self._connection.sendall(line)

        def receive(self, timeout_s: float) -> bytes:
            """Some bytes, or none at the end.

            Raises:
                TimeoutError: None came in time.
                OSError: The connection broke.
            """
            self._connection.settimeout(timeout_s)
            return self._connection.recv(_PIECE)

        def close(self) -> None:
            """Let go."""
            self._connection.close()

    def _check_folder(path: str) -> None:
        status = os.stat(os.path.dirname(path))  # noqa: PTH116, PTH120 - pathlib costs a tenth of the start
        if status.st_uid != os.geteuid() or status.st_mode & 0o022:
            raise PermissionError("others can write to the socket's folder")

    def _check_peer(connection: socket.socket) -> None:
        if sys.platform != "linux":
            return  # the folder's mode keeps others out
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)  # struct ucred: pid, uid, gid
        if unpack("3i", credentials)[1] != os.geteuid():
            raise PermissionError("another user listens")
