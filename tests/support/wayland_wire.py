"""Speaks to a Wayland compositor in its own wire format: as much as tests need to press keys and to list windows.

The format: https://wayland.freedesktop.org/docs/html/ch04.html#sect-Protocol-Wire-Format. Standard library only, so
that what is tested and what tests it share no client library.
"""

import array
import contextlib
import os
import socket
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

_DISPLAY = 1  # the object that every connection starts with


class WaylandError(Exception):
    """The compositor refused something, or has gone."""


def words(*values: int) -> bytes:
    """Return unsigned 32-bit arguments."""
    return struct.pack(f"={len(values)}I", *values)


def string(text: str) -> bytes:
    """Return a string argument."""
    data = text.encode() + b"\0"
    return words(len(data)) + data + b"\0" * (-len(data) % 4)


def read_string(data: bytes, at: int = 0) -> tuple[str, int]:
    """Return the string argument at a place of a message, and where the next argument begins."""
    (length,) = struct.unpack_from("=I", data, at)
    text = data[at + 4 : at + 3 + length].decode(errors="replace")
    return text, at + 4 + length + (-length % 4)


class WaylandClient:
    """A connection to a compositor. For one thread; nothing is heard but within `sync` and `dispatch`.

    Args:
        path: The compositor's socket.

    Attributes:
        globals: What the compositor offers: interface -> (name, version).
        fds: What came with events; a listener that is told of one takes the first.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(10)
        self._socket.connect(str(path))
        self._next_id = 2
        self._buffer = b""
        self._listeners: dict[int, Callable[[int, bytes], None]] = {}
        self.globals: dict[str, tuple[int, int]] = {}
        self.fds: list[int] = []
        self._registry = self.new_id(self._offered)
        self.send(_DISPLAY, 1, words(self._registry))
        self.sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; whatever this client held down or showed is gone with it."""
        self._socket.close()
        for fd in self.fds:
            os.close(fd)
        self.fds.clear()

    def wait_without_end(self) -> None:
        """Let `dispatch` wait as long as it takes."""
        self._socket.settimeout(None)

    def listen(self, target: int, listener: Callable[[int, bytes], None]) -> None:
        """Hear an object that the compositor has made."""
        self._listeners[target] = listener

    def new_id(self, listener: Callable[[int, bytes], None] | None = None) -> int:
        """Return a number for a new object; `listener` gets the opcode and the arguments of each of its events."""
        self._next_id += 1
        if listener is not None:
            self._listeners[self._next_id - 1] = listener
        return self._next_id - 1

    def bind(self, interface: str, version: int, listener: Callable[[int, bytes], None] | None = None) -> int:
        """Return an object for something the compositor offers, in at most this version.

        Raises:
            WaylandError: It does not offer that.
        """
        if interface not in self.globals:
            raise WaylandError(f"this compositor has no {interface}")
        name, offered = self.globals[interface]
        new = self.new_id(listener)
        self.send(self._registry, 0, words(name) + string(interface) + words(min(version, offered), new))
        return new

    def send(self, target: int, opcode: int, arguments: bytes = b"", fds: Sequence[int] = ()) -> None:
        """Send a request."""
        message = words(target, (len(arguments) + 8) << 16 | opcode) + arguments
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        with contextlib.suppress(BrokenPipeError):  # then the reason is there to be read
            self._socket.sendmsg([message], ancillary)

    def sync(self) -> None:
        """Return once the compositor has done all that was asked, and its events were handed to their listeners.

        Raises:
            WaylandError: It refused a request, or has gone.
        """
        done: list[bytes] = []
        callback = self.new_id(lambda _opcode, arguments: done.append(arguments))
        self.send(_DISPLAY, 0, words(callback))
        while not done:
            self.dispatch()
        del self._listeners[callback]

    def dispatch(self) -> None:
        """Wait for events, and hand them to their listeners.

        Raises:
            WaylandError: The compositor refused a request, or has gone.
        """
        self._read()
        while len(self._buffer) >= 8:
            target, size_and_opcode = struct.unpack_from("=II", self._buffer)
            size = size_and_opcode >> 16
            if len(self._buffer) < size:
                break
            arguments, self._buffer = self._buffer[8:size], self._buffer[size:]
            self._heard(target, size_and_opcode & 0xFFFF, arguments)

    def _read(self) -> None:
        data, ancillary, _flags, _address = self._socket.recvmsg(65536, 4096)
        for _level, _kind, passed in ancillary:
            fds = array.array("i")
            fds.frombytes(passed[: len(passed) - len(passed) % fds.itemsize])
            self.fds.extend(fds)
        if not data:
            raise WaylandError("the compositor has gone")
        self._buffer += data

    def _heard(self, target: int, opcode: int, arguments: bytes) -> None:
        if target == _DISPLAY and opcode == 0:
            wrong, code = struct.unpack_from("=II", arguments)
            raise WaylandError(f"object {wrong}: error {code}: {read_string(arguments, 8)[0]}")
        if listener := self._listeners.get(target):
            listener(opcode, arguments)

    def _offered(self, opcode: int, arguments: bytes) -> None:
        if opcode == 0:
            (name,) = struct.unpack_from("=I", arguments)
            interface, end = read_string(arguments, 4)
            self.globals[interface] = (name, struct.unpack_from("=I", arguments, end)[0])
