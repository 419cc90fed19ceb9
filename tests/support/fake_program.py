"""A running program for tests of the command line: a real socket, answers as told, every request kept."""

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

PATIENCE_S = 20

REQUESTED = {
    "v": 1, "outcome": "requested", "code": 200, "key": "", "message": "Your phone is ringing.", "server": "server01",
    "callid": "1234.5", "dialed": "2125551234", "request_id": "r-1", "problem": "", "exit_code": 0,
}  # fmt: skip

Behaviour = Callable[[socket.socket, dict[str, Any]], None]


def answer(fields: dict[str, Any]) -> Behaviour:
    """Send this object."""
    return send(json.dumps(fields).encode() + b"\n")


def send(data: bytes) -> Behaviour:
    """Send these bytes and close."""

    def behave(connection: socket.socket, _request: dict[str, Any]) -> None:
        connection.sendall(data)

    return behave


def close(_connection: socket.socket, _request: dict[str, Any]) -> None:
    """Close without an answer, as a program does that is killed."""


class FakeProgram:
    """Listens at a path. Use it as a context manager.

    Attributes:
        requests: What came in.
        came: Set when the first request came.
        go_on: What `silence` waits for.
    """

    def __init__(self, path: Path, behave: Behaviour | None = None) -> None:
        self.requests: list[dict[str, Any]] = []
        self.came = threading.Event()
        self.go_on = threading.Event()
        self._behave = behave or answer(REQUESTED)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._path = path
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def silence(self, _connection: socket.socket, _request: dict[str, Any]) -> None:
        """Say nothing until the test is over."""
        self.go_on.wait(PATIENCE_S)

    def behave(self, behaviour: Behaviour) -> None:
        """From now on do so."""
        self._behave = behaviour

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(PATIENCE_S)
                line = b""
                while not line.endswith(b"\n"):
                    data = connection.recv(65536)
                    if not data:
                        break
                    line += data
                if not line:
                    continue
                request = json.loads(line)
                self.requests.append(request)
                self.came.set()
                try:
                    self._behave(connection, request)
                except BrokenPipeError:
                    continue
