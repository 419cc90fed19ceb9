"""A PBX to talk to, certificates, and a proxy."""

import contextlib
import datetime
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
import trustme

from ringbridge.core.calls import Login
from ringbridge.core.settings import AccountSettings
from ringbridge.services.pbx import Limits, MakeCall, PbxClient
from support.pbx_server import PbxServer


class ConnectProxy:
    """A proxy that tunnels every host to one local port, or says no."""

    def __init__(self, target_port: int, *, tls: ssl.SSLContext | None = None, answer: bytes = b"200 Yes") -> None:
        self.requests: list[bytes] = []
        self._target_port = target_port
        self._tls = tls
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for item in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
            item.close()
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            request = b""
            while b"\r\n\r\n" not in request:
                piece = connection.recv(4096)
                if not piece:
                    return
                request += piece
            self.requests.append(request)
            if self._answer:
                connection.sendall(b"HTTP/1.1 " + self._answer + b"\r\n\r\n")
            if not self._answer.startswith(b"200"):
                if self._answer:
                    connection.close()
                return
            there = socket.create_connection(("127.0.0.1", self._target_port))
            self._open.append(there)
            self._start(self._pump, there, connection)
            self._pump(connection, there)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


class Certificates:
    """One company's certificates."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.file))

    def server(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        day = datetime.timedelta(days=1)
        now = datetime.datetime.now(datetime.UTC)
        dates: dict[str, Any] = {"not_before": now - 9 * day, "not_after": now - 2 * day} if expired else {}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*(names or ("127.0.0.1", "localhost", "pbx.test")), **dates).configure_cert(context)
        return context


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="session")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The roots of somebody else."""
    return Certificates(tmp_path_factory.mktemp("strangers")).file


@pytest.fixture(autouse=True)
def _known_environment(monkeypatch: pytest.MonkeyPatch, strangers: Path) -> None:
    """No proxies, and a system that trusts one stranger: reading a real one's roots takes 27 ms a test."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(strangers))
    monkeypatch.setenv("SSL_CERT_DIR", str(strangers.parent / "none"))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """pbx.test is this machine."""
    real = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        return real("127.0.0.1" if host == "pbx.test" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture
def server() -> Iterator[PbxServer]:
    with PbxServer() as running:
        yield running


@pytest.fixture
def tls_server(certificates: Certificates) -> Iterator[PbxServer]:
    with PbxServer(tls=certificates.server()) as running:
        yield running


@pytest.fixture(params=["http", "https"])
def either_server(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[PbxServer]:
    with PbxServer(tls=certificates.server() if request.param == "https" else None) as running:
        yield running


@pytest.fixture
def client_for(certificates: Certificates) -> Iterator[Callable[..., PbxClient]]:
    """Makes clients of a server, closed at the end; keywords change the account."""
    made: list[PbxClient] = []

    def make(server: PbxServer, *, limits: Limits | None = None, **account: Any) -> PbxClient:
        account = {"url": server.url, "ca_file": str(certificates.file)} | account
        client = PbxClient(AccountSettings(**account), limits=limits or Limits())
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def proxy_for() -> Iterator[Callable[..., ConnectProxy]]:
    with contextlib.ExitStack() as stack:

        def start(server: PbxServer, **how: Any) -> ConnectProxy:
            return stack.enter_context(ConnectProxy(server.port, **how))

        yield start


@pytest.fixture
def login() -> Login:
    return Login(username="anna", password='p&ä;+ #%="')


@pytest.fixture
def call() -> MakeCall:
    return MakeCall(stype="phone", snumber="1234567", cnumber="2125551234")
