"""One kept connection that knows whether a request has left, and waits no longer than it may.

`requests` and `urllib3` do the talking. What they can't say is told here: whether the first byte of the request was
handed to the operating system (then nothing may ever be sent again), and how long the whole answer may take (their
read timeout starts anew with every byte). And they never see a query with a password in it: a query is put into the
request line at the last moment, so that no log line, exception or response of theirs can hold it.
"""

import io
import math
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from http.client import HTTPResponse
from typing import Any, ClassVar, cast

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.wait import wait_for_read

# Without Nagle's algorithm also through a proxy, where urllib3 leaves it on: it costs up to 40 ms a request.
_SOCKET_OPTIONS = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]


class Stage(IntEnum):
    """How far an exchange came."""

    CONNECTING = 1
    PROXY = 2
    TLS = 3
    READY = 4
    SENT = 5


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and its answer, on the way.

    Attributes:
        connect_timeout_s: For each address of the server until TCP is up, and again for the proxy's answer and TLS,
            in seconds.
        answer_timeout_s: From the moment the request leaves to the last byte of the answer, in seconds.
        idle_s: A connection that was idle for longer is not used, in seconds.
        query: What is appended to the URL in the request line, or empty. May hold the password.
        stage: How far it came. From SENT on, the request may have left.
        deadline: When reading ends, by the monotonic clock.
    """

    connect_timeout_s: float
    answer_timeout_s: float
    idle_s: float
    query: str = field(default="", repr=False)
    stage: Stage = Stage.CONNECTING
    deadline: float = math.inf

    def allow(self, seconds: float) -> None:
        """Reading ends so many seconds from now."""
        self.deadline = time.monotonic() + seconds


class _BoundedReader(io.RawIOBase):
    """Reads from a socket until the exchange's deadline."""

    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        super().__init__()
        self._socket = sock
        self._raw = cast("io.RawIOBase", sock.makefile("rb", buffering=0))
        self._exchange = exchange

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401 - a writable buffer, for which 3.11 has no name
        remaining = self._exchange.deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("timed out")
        if math.isfinite(remaining):
            self._socket.settimeout(remaining)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    """An answer that is read through `_BoundedReader`, headers included."""

    def __init__(self, sock: socket.socket, *args: Any, exchange: Exchange, **kwargs: Any) -> None:  # noqa: ANN401 - http.client's
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_BoundedReader(sock, exchange))


def _clocks() -> tuple[float, float]:
    # the monotonic clock stands still while a notebook sleeps; the other one may be set
    return time.monotonic(), time.time()


class WatchedConnection(HTTPConnection):
    """A connection that notes in its exchange how far things came, and sends a request in one piece."""

    # never again by itself: http.client would open a new connection in the middle of sending
    auto_open = 0

    exchange: Exchange
    _used_at: tuple[float, float] = (-math.inf, -math.inf)
    _held: bytearray | None = None

    def begin(self, exchange: Exchange) -> None:
        """Take on the next exchange; a connection that was idle for too long is closed, to be opened anew."""
        self.exchange = exchange
        if not self.is_closed and self._idle_s() > exchange.idle_s:
            self.close()

    def touch(self) -> None:
        """It was of use just now."""
        self._used_at = _clocks()

    def _idle_s(self) -> float:
        return max(abs(now - then) for now, then in zip(_clocks(), self._used_at, strict=True))

    @property
    def is_connected(self) -> bool:
        """Whether the other side has neither closed nor said anything unasked.

        urllib3 takes anything readable for a dropped connection. With TLS 1.3 the server's session tickets arrive
        unasked, so that no connection opened ahead would ever be used.
        """
        if self.sock is None:
            return False
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
            return False
        if not wait_for_read(self.sock, timeout=0.0):
            return True
        try:
            self.sock.settimeout(0.0)
            self.sock.recv(1)
        except (ssl.SSLWantReadError, BlockingIOError):
            return True  # it was nothing for us: tickets
        except (OSError, ValueError):
            return False
        return False  # the end, or an answer to nothing

    def connect(self) -> None:
        """Connect: TCP, the proxy's tunnel, TLS."""
        self.exchange.stage = Stage.CONNECTING
        super().connect()
        self.exchange.stage = Stage.READY
        self.touch()

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self.exchange.allow(self.exchange.connect_timeout_s)
        self.exchange.stage = Stage.PROXY if self.proxy_is_tunneling else Stage.TLS
        return sock

    def _tunnel(self) -> None:
        self._bound_answers()
        # urllib3 brings its own for some versions of Python; typeshed leaves it out
        cast("Any", super())._tunnel()  # noqa: SLF001 - our own parent's
        self.exchange.stage = Stage.TLS

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        """Send a request whole: up to the one write at the end, nothing has left."""
        self._held = bytearray()
        try:
            super().request(*args, **kwargs)
            whole = bytes(self._held)
        finally:
            self._held = None
        self.exchange.allow(self.exchange.answer_timeout_s)
        self.exchange.stage = Stage.SENT
        self.send(whole)

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        """Begin a request, with the query that the libraries never saw."""
        super().putrequest(method, url + self.exchange.query, *args, **kwargs)

    def send(self, data: Any) -> None:  # noqa: ANN401 - as in http.client
        """Keep it for the one write while a request is put together; a proxy's CONNECT goes out at once."""
        if self._held is None:
            super().send(data)
        else:
            self._held += data

    def getresponse(self) -> Any:  # noqa: ANN401 - http.client and urllib3 disagree on it
        """Read the status and the headers, within the time allowed."""
        self._bound_answers()
        return super().getresponse()

    def _bound_answers(self) -> None:
        self.response_class = cast("type[HTTPResponse]", partial(_BoundedResponse, exchange=self.exchange))


class WatchedTlsConnection(WatchedConnection, HTTPSConnection):
    """The same with TLS."""


class WatchedPool(HTTPConnectionPool):
    """A place for one kept connection."""

    ConnectionCls = cast("Any", WatchedConnection)
    exchange: Exchange

    def open(self) -> None:
        """Connect, without a request, unless a usable connection is there already.

        Raises:
            OSError: Or urllib3's errors.
        """
        connection = self._get_conn()
        try:
            connection.timeout = self.exchange.connect_timeout_s
            if connection.is_closed:
                self._connect(connection)
        except BaseException:
            connection.close()
            raise
        finally:
            self._put_conn(connection)

    def _connect(self, connection: Any) -> None:  # noqa: ANN401 - urllib3's protocol lacks what ours adds
        connection.connect()

    def _validate_conn(self, conn: Any) -> None:  # noqa: ANN401 - urllib3's protocol lacks what ours adds
        if conn.is_closed:
            conn.connect()
        super()._validate_conn(conn)

    def _get_conn(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - urllib3's protocol lacks what ours adds
        connection = cast("WatchedConnection", super()._get_conn(timeout))
        connection.begin(self.exchange)
        return connection

    def _put_conn(self, conn: Any) -> None:  # noqa: ANN401 - urllib3's protocol lacks what ours adds
        if conn is not None and self.exchange.stage is Stage.SENT:
            conn.touch()
        super()._put_conn(conn)


class WatchedTlsPool(WatchedPool, HTTPSConnectionPool):
    """The same with TLS."""

    ConnectionCls = cast("Any", WatchedTlsConnection)

    def _connect(self, connection: Any) -> None:  # noqa: ANN401 - urllib3's protocol lacks what ours adds
        if self.proxy is not None:
            self._prepare_proxy(connection)
        else:
            connection.connect()


class Adapter(HTTPAdapter):
    """`requests`' adapter with our connections, one trust store, and not one repetition.

    No Session stands above it: that would follow redirects, keep cookies, and read .netrc and the environment
    (REQUESTS_CA_BUNDLE replaces the trusted roots there).

    Args:
        context: For TLS with the PBX and with a proxy.

    Attributes:
        exchange: The one that is next; to be set before `send`.
    """

    exchange: Exchange
    _POOLS: ClassVar = {"http": WatchedPool, "https": WatchedTlsPool}

    def __init__(self, context: ssl.SSLContext) -> None:
        self._options: dict[str, Any] = {"socket_options": _SOCKET_OPTIONS, "ssl_context": context}
        never = Retry(0, connect=0, read=False, redirect=0, status=0, other=0, respect_retry_after_header=False)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=never)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:  # noqa: ANN401, FBT001, FBT002 - requests'
        """Without a proxy."""
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs, **self._options)
        self.poolmanager.pool_classes_by_scheme = self._POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:  # noqa: ANN401 - requests'
        """Through a proxy."""
        context = self._options["ssl_context"]
        manager = super().proxy_manager_for(proxy, **proxy_kwargs, **self._options, proxy_ssl_context=context)
        manager.pool_classes_by_scheme = self._POOLS
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ANN401, ARG002 - requests'
        """The context decides; requests would add certifi's roots to it."""
        conn.cert_reqs = "CERT_REQUIRED"

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str | None,  # noqa: FBT001 - requests'
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> WatchedPool:
        """The place of the connection that `request` goes through, told of the exchange."""
        pool = cast("WatchedPool", super().get_connection_with_tls_context(request, verify, proxies, cert))
        pool.exchange = self.exchange
        return pool
