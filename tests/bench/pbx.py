"""A PBX that answers at once and writes down when it had each request whole."""

import json
import socket
import threading
import time
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

_DATA = {
    b"/calls/make/": {"server": "bench", "callid": "bench-1"},
    b"/calls/active/list/": [],  # over before anybody looks
    b"/cdrs/list/": [{"uniqueid": "bench-2", "status": "answer", "talktime": 1, "totaltime": 2}],
}
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Pbx:
    """Serves plain HTTP with kept connections on the loopback interface, from `with` to its end.

    Attributes:
        url: The base URL of its API.
        connections: On how many the requests for calls came so far.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/json/"
        self.connections = 0
        self._calls: SimpleQueue[int] = SimpleQueue()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="pbx", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def wait_call(self, deadline_s: float) -> int | None:
        """When the next request for a call was here whole, in ns of the monotonic clock; None when none came."""
        try:
            return self._calls.get(timeout=deadline_s)
        except Empty:
            return None

    def forget_calls(self) -> None:
        """Start anew."""
        while self.wait_call(0.001) is not None:
            pass

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), name="pbx connection", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            received, counted = b"", False
            while True:
                while (length := _whole_length(received)) is None or len(received) < length:
                    try:
                        data = connection.recv(65536)
                    except OSError:
                        return
                    if not data:
                        return
                    received += data
                now_ns = time.monotonic_ns()
                line = received.partition(b"\r\n")[0]
                if b"/calls/make/" in line:
                    self.connections += not counted
                    counted = True
                    self._calls.put(now_ns)
                received = received[length:]
                connection.sendall(_answer(line))


def _answer(request_line: bytes) -> bytes:
    data = next((data for path, data in _DATA.items() if path in request_line), None)
    envelope = {"responses": [{"code": "200", "key": "", "message": "OK"}], "data": data}
    body = json.dumps(envelope).encode()
    return _HEAD % len(body) + body


def _whole_length(received: bytes) -> int | None:
    """How many bytes the first request has; None while its headers are on the way."""
    head, end, _ = received.partition(b"\r\n\r\n")
    if not end:
        return None
    values = (line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return len(head) + len(end) + int(next(values, b"0"))
