"""One connection to the compositor: its socket, without ever waiting for it.

Requests are sent at once as far as the socket takes them; the rest goes when it takes more. One file descriptor tells
of everything that may come (`fd`, an epoll), so that an event loop has one thing to look at, whatever is read now.
"""

import os
import select
import socket
from collections import deque
from struct import pack

from ringbridge.desktop.wayland import wire

_CHUNK_BYTES = 16 * 1024
_MAX_AT_ONCE = 1000
_MAX_UNSENT = 4096
"""Requests that may wait for a compositor that reads none; more never stand at once unless it hangs."""


class WaylandError(Exception):
    """Wayland can't be used.

    Attributes:
        reason: ``no_display``, ``no_library`` (this system has no epoll), ``no_data_control`` or ``gone``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def socket_path() -> str:
    """Where the compositor listens, by `WAYLAND_DISPLAY` as libwayland reads it; empty: nowhere.

    `WAYLAND_SOCKET`, a connection somebody opened for us, is Qt's: it can be used only once.
    """
    name = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
    if name.startswith("/"):
        return name
    folder = os.environ.get("XDG_RUNTIME_DIR")
    return f"{folder}/{name}" if folder else ""


class Connection:
    """A socket to the compositor and what is still to be sent. For one thread.

    Attributes:
        fd: Readable when there is something for `receive`, for whoever was added with `also_watch`, or when the
            socket takes more of what is to be sent.
        broken: The compositor went away, or what it said can't be understood.
        gone: It is the compositor that closed the connection.
    """

    def __init__(self, path: str | None = None) -> None:
        """Connect.

        Args:
            path: Of the socket; None takes the environment's.

        Raises:
            WaylandError: ``no_display`` or ``no_library``.
        """
        if not hasattr(select, "epoll"):
            raise WaylandError("no_library")
        path = socket_path() if path is None else path
        if not path:
            raise WaylandError("no_display")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        try:
            self._socket.connect(path)
        except OSError as error:  # a full queue of an unwell compositor included
            self._socket.close()
            raise WaylandError("no_display") from error
        self._epoll = select.epoll()
        self._epoll.register(self._socket.fileno(), select.EPOLLIN)
        self.fd = self._epoll.fileno()
        self.broken = self.gone = False
        self._closed = False
        self._unsent: deque[tuple[bytes, int]] = deque()
        self._buffer = bytearray()

    def close(self) -> None:
        """Disconnect; the compositor forgets our objects. Safe to call twice."""
        self.broken = True
        if not self._closed:
            self._closed = True
            self._drop_unsent()
            self._epoll.close()
            self._socket.close()

    def also_watch(self, fd: int) -> None:
        """Let `fd` be readable as well when another file descriptor is."""
        self._epoll.register(fd, select.EPOLLIN)

    def forget(self, fd: int) -> None:
        """Undo `also_watch`, before that file descriptor is closed."""
        if not self._closed:
            self._epoll.unregister(fd)

    def send(self, message: bytes, passed_fd: int = -1) -> None:
        """Send a request, now or as soon as the compositor takes it.

        Args:
            message: As `wire.request` writes it.
            passed_fd: A file descriptor that goes with it, and is closed here once it has, or -1.
        """
        if self.broken or len(self._unsent) >= _MAX_UNSENT:
            _close(passed_fd)
            self.broken = True
            return
        self._unsent.append((message, passed_fd))
        if len(self._unsent) == 1:
            self._send_more()
            if self._unsent and not self._closed:
                self._epoll.modify(self._socket.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def receive(self) -> list[wire.Message]:
        """What the compositor has said since, whole messages only; sends what was left to send."""
        if self._unsent:
            self._send_more()
            if not self._unsent and not self._closed:
                self._epoll.modify(self._socket.fileno(), select.EPOLLIN)
        messages: list[wire.Message] = []
        while not self.broken:
            try:
                piece = self._socket.recv(_CHUNK_BYTES)  # without recvmsg, the kernel closes descriptors sent to us
            except BlockingIOError:
                break
            except OSError:
                piece = b""
            if not piece:
                self.broken = self.gone = True
            self._buffer += piece
            try:
                while (message := wire.take_message(self._buffer)) is not None:
                    messages.append(message)
            except wire.Malformed:
                self.broken = True
            if len(piece) < _CHUNK_BYTES or len(messages) > _MAX_AT_ONCE:
                break  # the event loop's turn; what is left wakes it again
        return messages

    def _send_more(self) -> None:
        while self._unsent:
            message, passed_fd = self._unsent[0]
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, pack("=i", passed_fd))] if passed_fd >= 0 else []
            try:
                sent = self._socket.sendmsg([message], rights, socket.MSG_NOSIGNAL)
            except BlockingIOError:
                return
            except OSError:
                self.broken = self.gone = True
                self._drop_unsent()
                return
            _close(passed_fd)
            self._unsent.popleft()
            if sent < len(message):  # the descriptor went with the first byte
                self._unsent.appendleft((message[sent:], -1))

    def _drop_unsent(self) -> None:
        for _, passed_fd in self._unsent:
            _close(passed_fd)
        self._unsent.clear()


def _close(fd: int) -> None:
    if fd >= 0:
        os.close(fd)
