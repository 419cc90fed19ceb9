"""A PBX for tests, written from the API's manual alone: it shares no code with the client or the training PBX.

It speaks HTTP by hand over sockets, so that it can also speak it badly, and keeps every request as it came in.
"""

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote_plus

OK_204 = b'{ "responses":[ { "code":"204", "key":"", "message":"OK" } ] }'
PATIENCE_S = 20


@dataclass(frozen=True, kw_only=True)
class RawRequest:
    """A request as it came in."""

    line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection: int

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def target(self) -> str:
        return (self.line + "  ").split(" ")[1]  # a TLS greeting in plain text need not hold a blank

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Query and form body, split on both separators, decoded once."""
        both = [self.target.partition("?")[2], self.body.decode("ascii")]
        parts = [part for text in both for part in text.replace(";", "&").split("&") if part]
        return [
            (unquote_plus(name), unquote_plus(value)) for name, _, value in (part.partition("=") for part in parts)
        ]

    @property
    def parameters(self) -> dict[str, str]:
        return dict(self.pairs)


Behaviour = Callable[[socket.socket, RawRequest], bool]
"""Answers a request; says whether the connection stays open."""


def http(body: bytes, *, status: str = "200 OK", headers: tuple[str, ...] = (), length: int | None = None) -> bytes:
    """The bytes of an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def reply(body: bytes, **how: Any) -> Behaviour:
    """Answer with this body and keep the connection."""
    return send(http(body, **how), then_close=False)


def envelope(code: int | str, message: str = "OK", key: str = "", **more: Any) -> Behaviour:
    """Answer with an envelope."""
    return reply(json.dumps({"responses": [{"code": code, "key": key, "message": message}], **more}).encode())


def send(data: bytes, *, then_close: bool = True) -> Behaviour:
    """Send these bytes, whatever they are."""

    def behave(connection: socket.socket, _request: RawRequest) -> bool:
        connection.sendall(data)
        return not then_close

    return behave


def close_at_once(_connection: socket.socket, _request: RawRequest) -> bool:
    """Close the connection instead of answering."""
    return False


def reset(connection: socket.socket, _request: RawRequest) -> bool:
    """Reset the connection instead of answering."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def silence(connection: socket.socket, _request: RawRequest) -> bool:
    """Say nothing until the client goes."""
    with contextlib.suppress(OSError):
        connection.recv(1)
    return False


def drip(data: bytes, *, every_s: float) -> Behaviour:
    """Send one byte after another, until the client goes."""

    def behave(connection: socket.socket, _request: RawRequest) -> bool:
        connection.settimeout(every_s)
        for byte in data:
            connection.sendall(bytes([byte]))
            with contextlib.suppress(TimeoutError):
                if not connection.recv(1):
                    return False
        return False

    return behave


@dataclass(kw_only=True)
class Person:
    """Somebody who may log in."""

    password: str
    privileges: set[str] = field(default_factory=lambda: {"user", "actions"})
    two_step: bool = False
    lines: list[dict[str, Any]] = field(default_factory=list)


PRIVILEGES = {
    "calls/make": {"actions", "panel"},
    "calls/hangup": {"actions", "panel"},
    "user/login": {"user"},
    "phones/list": {"user", "residential"},
}


class PbxServer:
    """The PBX. Use it as a context manager.

    Args:
        tls: For https; None = plain http.
        host: Where it listens and what stands in `url`.

    Attributes:
        people: By login name.
        functions: The functions it has; remove one for an older PBX.
        requests: All that came in whole.
        pieces: What came in of requests that were cut.
        connections: How many were accepted.
        placed: The parameters of every call that it took on.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.people = {"anna": Person(password='p&ä;+ #%="')}
        self.functions = {"calls/make", "calls/hangup", "user/login", "phones/list"}
        self.requests: list[RawRequest] = []
        self.pieces: list[bytes] = []
        self.placed: list[dict[str, str]] = []
        self.calls: set[str] = set()
        self.connections = 0
        self._tls = tls
        self._host = host
        self._next: deque[Behaviour] = deque()
        self._refuse = 0
        self._take_only: int | None = None
        self._open: dict[int, socket.socket] = {}
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._listener = socket.create_server((host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self._host}:{self.port}/local/api/json/"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_listening()
        self.close_connections()
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()

    def answer_next(self, *behaviours: Behaviour) -> None:
        """The next requests are answered so, in this order; afterwards by the contract again."""
        self._next.extend(behaviours)

    def refuse_next(self) -> None:
        """The next connection is accepted and closed, unread."""
        self._refuse += 1

    def take_only(self, size: int) -> None:
        """Of the next request only so many bytes are read; then the connection is reset."""
        self._take_only = size

    def stop_listening(self) -> None:
        """New connections are refused from now on."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def close_connections(self) -> None:
        """Close every open connection, as a server does with idle ones, and wait until they are closed."""
        with self._changed:
            for connection in self._open.values():
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            assert self._changed.wait_for(lambda: not self._open, PATIENCE_S)

    def wait_for_connections(self, count: int) -> None:
        """Wait until so many connections were accepted: the system completes them before we see them."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.connections >= count, PATIENCE_S), self.connections
            assert self.connections == count

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            with self._changed:
                self.connections += 1
                number = self.connections
                self._open[number] = connection
                self._changed.notify_all()
            self._start(self._serve, number, connection)

    def _serve(self, number: int, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self._refuse:
                self._refuse -= 1
                return
            if isinstance(connection, ssl.SSLSocket):
                try:
                    connection.do_handshake()
                except OSError:
                    return
            with contextlib.suppress(OSError):
                self._talk(number, connection)
        finally:
            connection.close()
            with self._changed:
                del self._open[number]
                self._changed.notify_all()

    def _talk(self, number: int, connection: socket.socket) -> None:
        if self._take_only is not None:
            size, self._take_only = self._take_only, None
            piece = b""
            while len(piece) < size:
                piece += connection.recv(size - len(piece))
            self.pieces.append(piece)
            reset(connection, RawRequest(line="", headers=(), body=b"", connection=number))
            return
        with connection.makefile("rb") as stream:
            while True:
                line = stream.readline().decode("latin-1").rstrip("\r\n")
                if not line:
                    return
                headers: list[tuple[str, str]] = []
                while header := stream.readline().decode("latin-1").rstrip("\r\n"):
                    name, _, value = header.partition(":")
                    headers.append((name, value.strip()))
                length = int(next((value for name, value in headers if name.lower() == "content-length"), "0"))
                body = stream.read(length)
                request = RawRequest(line=line, headers=tuple(headers), body=body, connection=number)
                with self._changed:
                    self.requests.append(request)
                    self._changed.notify_all()
                behave = self._next.popleft() if self._next else self._contract
                if not behave(connection, request):
                    return

    def _contract(self, connection: socket.socket, request: RawRequest) -> bool:
        function = request.target.partition("?")[0].removeprefix("/local/api/json/").removesuffix("/")
        if not request.target.startswith("/local/api/json/"):
            return reply(b"<html>Log in</html>", headers=("Content-Type: text/html",))(connection, request)
        return self._answer(function, request.parameters)(connection, request)

    def _answer(self, function: str, sent: dict[str, str]) -> Behaviour:
        """In the order that servers check: function, login, role, input."""
        person = self.people.get(sent.get("auth_username", ""))
        if function not in self.functions:
            return envelope("404", "Not found")
        if person is None or person.password != sent.get("auth_password"):
            return envelope("401", "Authentication failed")
        if not person.privileges & PRIVILEGES[function]:
            return envelope("402", "Role")
        answers = {
            "calls/make": self._make,
            "calls/hangup": self._hang_up,
            "user/login": _log_in,
            "phones/list": _list,
        }
        return answers[function](person, sent)

    def _make(self, _person: Person, sent: dict[str, str]) -> Behaviour:
        for name in ("snumber", "cnumber"):
            if not sent.get(name):
                return envelope("400", "Missing", name)
        for name in ("answer1", "answer2", "screen1", "screen2", "warn1", "warn2"):
            if sent.get(name, "0") not in {"0", "1"}:
                return envelope("400", "Invalid", name)
        self.placed.append(sent)
        if int(sent.get("wait", "0")) <= int(sent.get("delay", "0")):
            return reply(OK_204)
        callid = f"1234567890.{len(self.placed):06}"
        self.calls.add(callid)
        return envelope("200", data={"server": "server01", "callid": callid})

    def _hang_up(self, _person: Person, sent: dict[str, str]) -> Behaviour:
        if ("callid" in sent) == ("uniqueid" in sent):
            return envelope("400", "One of callid and uniqueid", "callid")
        if sent.get("callid") not in self.calls:
            return envelope("404", "No such call")
        self.calls.discard(sent["callid"])
        return envelope("204")


def _log_in(person: Person, _sent: dict[str, str]) -> Behaviour:
    if person.two_step:
        return envelope("202", "Code needed", data={"totp_required": True, "totp_token": "eyJ0.x.y"})
    return envelope("200", data={"id": "7", "username": "anna"})


def _list(person: Person, sent: dict[str, str]) -> Behaviour:
    return envelope("200", data=str(len(person.lines)) if sent.get("count") == "1" else person.lines)
