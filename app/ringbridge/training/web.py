"""The HTTP side of the training PBX: finds the function, lets faults strike, writes the answer.

Werkzeug's server speaks HTTP. It closes the connection after each answer, as Apache may, so nothing can be kept open.
"""

import logging
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from email.message import Message
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wsgi import get_input_stream

from ringbridge.training.call_functions import CALL_FUNCTIONS
from ringbridge.training.envelope import Writer
from ringbridge.training.faults import FaultBox
from ringbridge.training.function import NOBODY, Ask, World, call_function
from ringbridge.training.history_functions import HISTORY_FUNCTIONS
from ringbridge.training.journal import Journal
from ringbridge.training.list_functions import LIST_FUNCTIONS
from ringbridge.training.parameters import merge_parameters

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

FUNCTIONS = {function.path: function for function in (*CALL_FUNCTIONS, *HISTORY_FUNCTIONS, *LIST_FUNCTIONS)}
BASE_PATHS = ("/local/api/json/", "/api/json/")
LOGIN_PATH = "/auth.php"
ELSEWHERE = "https://elsewhere.invalid"
NOT_ANSWERING = "ringbridge.not_answering"
LONGEST_BODY = 1_000_000
SLOW_S = 3.0

_PAGE = "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>{inside}</body></html>"
_FORM = '<form method="post" action="/auth.php"><input name="username"><input name="password" type="password"></form>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer.

    Attributes:
        status: HTTP status.
        body: What is sent.
        content_type: Of the body.
        length: What Content-Length says, or None: the truth.
        location: Where a redirect leads, or empty.
        code: The API's code, or None: not an answer of the API.
    """

    status: int
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    length: int | None = None
    location: str = ""
    code: int | None = None


def _page(status: int, title: str, inside: str = "") -> Reply:
    return Reply(status=status, body=_PAGE.format(title=title, inside=inside).encode())


_LOGIN_PAGE = _page(200, "Log in", _FORM)


def function_of(path: str) -> str | None:
    """What `path` asks for, such as ``calls/make``, or None: it is not below a base path of the API."""
    for base in BASE_PATHS:
        if path.startswith(base):
            return path.removeprefix(base).strip("/")
    return None


class _Cut(Exception):
    """A fault wants the connection cut."""


class Web:
    """The WSGI application.

    Args:
        world: What functions work on.
        faults: What goes wrong.
        writer: Writes answers.
        journal: Hears of every request.
        pace: Multiplies the time a slow answer takes.
    """

    def __init__(self, world: World, faults: FaultBox, writer: Writer, journal: Journal, pace: float) -> None:
        self._world = world
        self._faults = faults
        self._writer = writer
        self._writing = threading.Lock()  # the writer's shuffle is shared
        self._journal = journal
        self._pace = pace

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        began = self._world.clock.now()
        path = str(environ["PATH_INFO"])
        function = function_of(path)
        struck = self._faults.take(function) if function is not None else frozenset[str]()
        parameters: dict[str, str] = {}
        try:
            parameters = _parameters(environ)
            reply = self._reply(environ, function, parameters, struck)
        except RequestEntityTooLarge:
            reply = _page(413, "Request Entity Too Large")
        except (_Cut, ClientDisconnected):  # a fault, or the client went in the middle of its request
            reply = None
        self._journal.request(
            at=began,
            method=str(environ["REQUEST_METHOD"]),
            path=path,
            headers={_header(name): str(value) for name, value in environ.items() if name.startswith("HTTP_")},
            parameters=parameters,
            function=function or "",
            code=reply.code if reply else None,
            http_status=reply.status if reply else None,
            took_s=self._world.clock.now() - began,
            faults=struck,
        )
        if reply is None:
            _cut(cast("socket.socket", environ["werkzeug.socket"]))
            raise ConnectionAbortedError("the connection is cut")
        headers = [
            ("Content-Type", reply.content_type),
            ("Content-Length", str(len(reply.body) if reply.length is None else reply.length)),
        ]
        if reply.location:
            headers.append(("Location", reply.location))
        if reply.status == HTTPStatus.NO_CONTENT:
            headers = []
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    def _reply(
        self, environ: "WSGIEnvironment", function: str | None, parameters: dict[str, str], struck: frozenset[str]
    ) -> Reply:
        """The answer.

        Raises:
            _Cut: There is none; the connection is to be cut.
        """
        path = str(environ["PATH_INFO"])
        if function is None and path != LOGIN_PATH:  # the portal: every page leads to its login
            return replace(_page(301, "Moved"), location=LOGIN_PATH)
        if function is None or function not in FUNCTIONS:
            return _LOGIN_PAGE
        early = _refusal(str(environ["REQUEST_METHOD"]), path, struck)
        if early is not None:
            return early
        ask = Ask(
            world=self._world,
            raw=parameters,
            remote=str(environ["REMOTE_ADDR"]),
            full_wait="full_wait" in struck,
            person=NOBODY,
        )
        given = call_function(FUNCTIONS[function], ask)
        if "slow" in struck:
            self._world.hold(SLOW_S * self._pace).wait()
        if "stall" in struck:
            cast("Callable[[], None]", environ[NOT_ANSWERING])()
            _wait_until_gone(cast("socket.socket", environ["werkzeug.socket"]))
        if struck & {"cut_after", "stall"}:
            raise _Cut
        for status in (500, 502):
            if f"http_{status}" in struck:
                return _page(status, HTTPStatus(status).phrase)
        with self._writing:
            text = self._writer.write(given, struck)
        return _shaped(given.code, _encode(text, struck), struck)


def _refusal(method: str, path: str, struck: frozenset[str]) -> Reply | None:
    """What is answered without looking at the request, or None.

    Raises:
        _Cut: The connection is to be cut.
    """
    if "cut_before" in struck:
        raise _Cut
    if method not in {"GET", "POST"} or ("refuse_post" in struck and method == "POST"):
        return _page(405, "Method Not Allowed")
    if "redirect" in struck:
        return replace(_page(302, "Found"), location=f"{ELSEWHERE}{path}")
    if "http_503" in struck:
        return _page(503, "Service Unavailable")
    return _LOGIN_PAGE if "html" in struck else None


def _shaped(code: int, body: bytes, struck: frozenset[str]) -> Reply:
    """An answer of the API over HTTP."""
    reply = Reply(status=200, body=body, content_type="application/json", code=code)
    if "http_status" in struck:
        reply = replace(reply, status=code, body=b"" if code == HTTPStatus.NO_CONTENT else body)
    if "half_answer" in struck:
        return replace(reply, body=body[: len(body) // 2], length=len(body))
    if "wrong_length" in struck:
        return replace(reply, length=len(body) // 2)
    return reply


def _encode(text: str, struck: frozenset[str]) -> bytes:
    body = text.encode("latin-1", errors="replace") if "latin1" in struck else text.encode()
    return b"\xef\xbb\xbf" + body if "bom" in struck else body


def _parameters(environ: "WSGIEnvironment") -> dict[str, str]:
    """Query string and form body; other bodies (JSON, say) are read and ignored, as the vendor's are undocumented.

    Raises:
        RequestEntityTooLarge: The body is longer than `LONGEST_BODY`.
        ClientDisconnected: It ends before it should.
    """
    body = get_input_stream(environ, max_content_length=LONGEST_BODY).read()
    content_type = Message()
    content_type["Content-Type"] = str(environ.get("CONTENT_TYPE") or "application/x-www-form-urlencoded")
    if content_type.get_content_type() != "application/x-www-form-urlencoded":
        body = b""
    return merge_parameters(str(environ["QUERY_STRING"]).encode("latin-1"), body)


def _header(name: str) -> str:
    return name.removeprefix("HTTP_").replace("_", "-").title()


def _cut(connection: socket.socket) -> None:
    """Reset the connection: with this linger, closing throws away what was not sent and sends RST."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(connection.detach())


def _wait_until_gone(connection: socket.socket) -> None:
    with suppress(OSError):
        while connection.recv(1024):
            pass


class _Handler(WSGIRequestHandler):
    """Logs nothing: request lines may hold passwords."""

    disable_nagle_algorithm = True
    timeout = None

    def make_environ(self) -> "WSGIEnvironment":
        """Note that an answer begins, and how to take that back."""
        server = cast("HttpServer", self.server)
        server.mark(self.connection, answering=True)
        return super().make_environ() | {NOT_ANSWERING: lambda: server.mark(self.connection, answering=False)}

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401, ARG002 - the base class's signature
        """Keep quiet, but for the kind of trouble."""
        log.debug("HTTP: %s", type)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep quiet: the journal tells of requests."""

    def connection_dropped(
        self,
        error: BaseException,  # noqa: ARG002 - the base class's signature
        environ: "WSGIEnvironment | None" = None,  # noqa: ARG002 - the base class's signature
    ) -> None:
        """Read no further request from a connection that is gone."""
        self.close_connection = True


class HttpServer(ThreadedWSGIServer):
    """Werkzeug's threaded server, parked while nothing happens, with an end that leaves no thread behind.

    Args:
        listening: A bound and listening socket; closed here.
        app: What answers.
        ssl_context: For https, or None.
    """

    def __init__(self, listening: socket.socket, app: Callable[..., Iterable[bytes]], ssl_context: Any) -> None:  # noqa: ANN401 - ssl.SSLContext or None; naming it imports ssl
        host, port = listening.getsockname()[:2]
        self._open: set[socket.socket] = set()
        self._answering: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(host, port, app, _Handler, ssl_context=ssl_context, fd=listening.fileno())
        listening.close()  # werkzeug took a copy of it
        self._thread = threading.Thread(target=self.serve_forever, name="training-pbx-http", daemon=True)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's signature
        """Errors of ours are logged; they hold tracebacks without values."""
        log.log(logging.ERROR if type == "error" else logging.DEBUG, message, *args)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def serve_forever(self, poll_interval: float | None = None) -> None:
        """Serve without ever waking up for nothing; `stop` wakes it with a connection."""
        super().serve_forever(poll_interval=cast("float", poll_interval))  # None: select without a timeout

    def stop(self) -> None:
        """Take no further connections, end the open ones, and wait for their threads (at most 4 s)."""
        ending = threading.Thread(target=self.shutdown, name="training-pbx-stop", daemon=True)
        ending.start()
        family, address = self.address_family, self.server_address[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(str(address[0]), str(address[0]))  # noqa: S104 - compared only
        while ending.is_alive():
            with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as poke:
                poke.settimeout(1)
                poke.connect((host, address[1]))
                ending.join(0.05)
        self._thread.join()
        with self._changed:
            for connections in (self._open - self._answering, self._open):  # first those that wait for their client
                for connection in connections:
                    with suppress(OSError):  # the plain socket's: TLS's own would disturb the thread that reads there
                        socket.socket.shutdown(connection, socket.SHUT_RDWR)
                if self._changed.wait_for(lambda: not self._open, timeout=2):
                    return

    def mark(self, connection: socket.socket, *, answering: bool) -> None:
        """Note whether an answer for this connection is under way: such a one may finish when the server stops."""
        with self._changed:
            if answering:
                self._answering.add(connection)
            else:
                self._answering.discard(connection)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base class's signature
        """Remember the connection, and serve it in a thread of its own."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base class's signature
        """Serve one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._changed:
                self._open.discard(request)
                self._answering.discard(request)
                self._changed.notify_all()
