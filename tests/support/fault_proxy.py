"""A network that breaks on purpose: a TCP proxy between a real client and a real server.

It hands bytes on until a `Break` says otherwise, and keeps every byte that a client sent, so that a test can compare
what the program says with what really left it.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

PATIENCE_S = 20
_PIECE = 65536
_NO_LINGER = struct.pack("ii", 1, 0)  # closing sends RST


class How(StrEnum):
    """What happens where a connection breaks."""

    CLOSE = "close"
    RESET = "reset"
    STALL = "stall"


@dataclass(frozen=True, kw_only=True)
class Break:
    """Where one connection breaks, and how.

    The client's bytes are counted from the moment the break takes effect, the server's from the client's first byte
    after it: on an open TLS connection the server may still have session tickets to say.

    Attributes:
        at_once: Before anything is handed on.
        request: As soon as so many bytes of the client were handed on; 0: when its first one comes. None: never.
        answer: The same for the server's bytes.
        how: What happens then.
        instead: What the client gets in the place of an answer, when its first byte comes, or empty.
        drip_s: The answer is handed on byte by byte, so many seconds apart; 0: as it comes.
    """

    at_once: bool = False
    request: int | None = None
    answer: int | None = None
    how: How = How.CLOSE
    instead: bytes = b""
    drip_s: float = 0.0


WHOLE = Break()


class FaultProxy:
    """The proxy; use it as a context manager. It breaks what `break_next` and `break_open` say, else nothing.

    Args:
        target: Port on this machine that it hands on to.
        tunnel: It is an HTTP proxy: what it answers to CONNECT (all else than ``HTTP/1.x 200`` is then the end).
            None: it is none, and invisible.

    Attributes:
        port: Where it listens.
        received: What each client sent, in the order of the connections, after CONNECT.
        heads: The CONNECT requests.
    """

    def __init__(self, target: int, *, tunnel: bytes | None = None) -> None:
        self.target = target
        self.tunnel = tunnel
        self.received: list[bytearray] = []
        self.heads: list[bytes] = []
        self._next = WHOLE
        self._open: set[_Link] = set()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._start(self._accept, self._listener)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_listening()
        for link in self._links():
            link.end(How.CLOSE)
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()

    # ------------------------------------------------------------ what breaks

    def break_next(self, how: Break) -> None:
        """Connections from now on break so; `WHOLE` mends it."""
        self._next = how

    def break_open(self, how: Break) -> None:
        """The connections that are open now break so, counted from now."""
        for link in self._links():
            link.take(how)

    def stop_listening(self) -> None:
        """Connections are refused from now on."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def listen_again(self) -> None:
        """They are taken again, at the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._start(self._accept, self._listener)

    # ------------------------------------------------------------ what is there

    def wait_for_turns(self, turns: int) -> None:
        """Wait until a connection is open on which the direction changed so often; a TLS 1.3 handshake has 4.

        A client believes itself connected before the server's last words (session tickets) are there.
        """
        with self._changed:
            assert self._changed.wait_for(lambda: any(link.turns >= turns for link in self._open), PATIENCE_S), (
                "no such connection"
            )

    def wait_until_closed(self) -> None:
        """Wait until no connection is open."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._open, PATIENCE_S), "connections are still open"

    def _links(self) -> "tuple[_Link, ...]":
        with self._changed:
            return tuple(self._open)

    # ------------------------------------------------------------ threads

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        if self.tunnel is not None and not self._agree(client, self.tunnel):
            client.close()
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = _Link(client, server, self._next, self._noticed)
        with self._changed:
            self.received.append(link.received)
            self._open.add(link)
            self._changed.notify_all()
        self._start(link.hand_on_answers)
        link.hand_on_requests()
        with self._changed:
            self._open.discard(link)
            self._changed.notify_all()

    def _agree(self, client: socket.socket, answer: bytes) -> bool:
        head = b""
        with contextlib.suppress(OSError):
            while b"\r\n\r\n" not in head:
                piece = client.recv(_PIECE)
                if not piece:
                    return False
                head += piece
            self.heads.append(head)
            client.sendall(answer)
            if not answer:  # says nothing until the client goes
                client.recv(1)
        return answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\n")

    def _noticed(self) -> None:
        with self._changed:
            self._changed.notify_all()


class _Link:
    """One connection: a thread for each direction, and what is to break."""

    def __init__(self, client: socket.socket, server: socket.socket, how: Break, noticed: Callable[[], None]) -> None:
        self.received = bytearray()
        self.turns = 0
        self._client, self._server = client, server
        self._noticed = noticed
        self._lock = threading.Lock()
        self._from_client = False
        self._stalled = False
        self._ended = False
        self.take(how)

    def take(self, how: Break) -> None:
        """From now on this holds."""
        with self._lock:
            self._break, self._handed = how, {self._client: 0, self._server: 0}
        if how.at_once:
            self.end(how.how)

    def hand_on_requests(self) -> None:
        """Until the client goes."""
        self._hand_on(self._client, self._server, lambda: self._break.request)
        self.end(How.CLOSE)

    def hand_on_answers(self) -> None:
        """Until the server goes; what it said is with the client then."""
        self._hand_on(self._server, self._client, lambda: self._break.answer)
        if not self._stalled:
            self.end(How.CLOSE)

    def end(self, how: How) -> None:
        """Break it, once."""
        if how is How.STALL:
            self._stalled = True
            return
        with self._lock:
            if self._ended:
                return
            self._ended = True
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                if how is How.RESET:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                else:
                    end.shutdown(socket.SHUT_RDWR)
            if how is How.RESET:
                # a thread that waits in recv keeps the socket alive: wake it without a FIN to the other side
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RD)
            end.close()

    def _hand_on(self, source: socket.socket, sink: socket.socket, limit: Callable[[], int | None]) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                self._note(source, piece)
                if self._stalled:
                    continue  # it goes nowhere, as on a network that is gone without a word
                if source is self._server and self._break.instead:
                    sink.sendall(self._break.instead)
                    self.end(self._break.how)
                    continue
                counted = source is self._client or self._handed[self._client] > 0
                most = limit() if counted else None
                left = len(piece) if most is None else max(most - self._handed[source], 0)
                if counted:  # before it is handed on: the answer may be here sooner than this thread goes on
                    self._handed[source] += len(piece[:left])
                self._send(sink, piece[:left], drip_s=self._break.drip_s if source is self._server else 0.0)
                if most is not None and self._handed[source] >= most:
                    self.end(self._break.how)

    def _note(self, source: socket.socket, piece: bytes) -> None:
        from_client = source is self._client
        if from_client:
            self.received += piece
        if from_client is not self._from_client:
            self._from_client = from_client
            self.turns += 1
        self._noticed()

    def _send(self, sink: socket.socket, data: bytes, *, drip_s: float) -> None:
        if not drip_s:
            sink.sendall(data)
            return
        pause = threading.Event()
        for byte in data:
            sink.sendall(bytes([byte]))
            pause.wait(drip_s)
