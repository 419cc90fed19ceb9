"""Stands between the program and a PBX, and writes down when each request for a call arrives."""

import contextlib
import socket
import threading
import time
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_CALL = b"/calls/make/"


class Tap:
    """Passes bytes on in both directions as they come, from `with` to its end.

    Args:
        url: The PBX's, plain http.

    Attributes:
        url: The address for the program.
    """

    def __init__(self, url: str) -> None:
        self._port = urlsplit(url).port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = url.replace(f":{self._port}/", f":{self._listener.getsockname()[1]}/")
        self._arrived: SimpleQueue[int] = SimpleQueue()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="tap", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def wait_call(self, deadline_s: float) -> int | None:
        """When the next request for a call began to arrive, in ns of the monotonic clock; None when none did."""
        try:
            return self._arrived.get(timeout=deadline_s)
        except Empty:
            return None

    def _accept(self) -> None:
        while True:
            try:
                program, _ = self._listener.accept()
            except OSError:
                return  # closed
            pbx = socket.create_connection(("127.0.0.1", self._port))
            for end in (program, pbx):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pass_on, args=(program, pbx), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(pbx, program), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                now_ns = time.monotonic_ns()
                if _CALL in data.partition(b"\r\n")[0]:
                    self._arrived.put(now_ns)
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)  # the other direction ends by that
        source.close()
