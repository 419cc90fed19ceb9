"""Another program on a test's private bus: owns a name, answers as told, sends signals, keeps what it was asked."""

import queue
import select
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageFlag,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

Answer = Callable[["Asked"], tuple[str, tuple[Any, ...]] | None]
"""Signature and values; None: no answer at all. Raises `Refusal` for an error."""


class Asked(NamedTuple):
    """One call that came in."""

    sender: str
    path: str
    interface: str
    member: str
    values: tuple[Any, ...]


class Refusal(Exception):
    """The answer is this D-Bus error."""


class BusPeer:
    """A context manager; answers on a thread of its own.

    Args:
        address: Of the bus.
        name: The name to own, or empty.
        answers: By member's name; what is not there is refused as unknown.
    """

    def __init__(self, address: str, name: str = "", answers: dict[str, Answer] | None = None) -> None:
        self.name = name
        self.answers: dict[str, Answer] = dict(answers or {})
        self.calls: list[Asked] = []
        self.came: queue.Queue[Asked] = queue.Queue()
        self.afterwards: list[Callable[[], None]] = []
        """What an answer puts here is done once it has been sent."""
        self._connection = open_dbus_connection(bus=address)
        self.unique_name: str = self._connection.unique_name
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        if self.name:
            reply = self._connection.send_and_get_reply(message_bus.RequestName(self.name, 4), timeout=5)
            assert reply.body == (1,), f"{self.name} is taken"
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(5)
        self._connection.close()

    def emit(
        self, path: str, interface: str, member: str, signature: str = "", *values: Any, to: str | None = None
    ) -> None:
        """Send a signal, to everybody or to one connection."""
        signal = new_signal(DBusAddress(path, interface=interface), member, signature or None, values)
        if to is not None:
            signal.header.fields[HeaderFields.destination] = to
        with self._lock:
            self._connection.send(signal)

    def asked(self, member: str, timeout_s: float = 5) -> Asked:
        """Wait for the next call of this member, dropping others."""
        while True:
            call = self.came.get(timeout=timeout_s)
            if call.member == member:
                return call

    def _serve(self) -> None:
        while not self._ended.is_set():
            if not select.select([self._connection.sock], [], [], 0.05)[0]:
                continue
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                continue
            except OSError:
                return
            self._take(message)
            while (rest := self._connection.parser.get_next_message()) is not None:
                self._take(rest)

    def _take(self, message: Any) -> None:
        fields = message.header.fields
        if message.header.message_type is not MessageType.method_call:
            return
        call = Asked(
            sender=fields.get(HeaderFields.sender, ""),
            path=fields[HeaderFields.path],
            interface=fields.get(HeaderFields.interface, ""),
            member=fields[HeaderFields.member],
            values=tuple(message.body),
        )
        self.calls.append(call)
        self.came.put(call)
        try:
            found = self.answers.get(call.member, _unknown)(call)
        except Refusal as refusal:
            reply = new_error(message, str(refusal))
        else:
            reply = None if found is None else new_method_return(message, found[0] or None, found[1])
        if reply is not None and not message.header.flags & MessageFlag.no_reply_expected:
            with self._lock:
                self._connection.send(reply)
        afterwards, self.afterwards = self.afterwards, []
        for act in afterwards:
            act()


def _unknown(_call: Asked) -> None:
    raise Refusal("org.freedesktop.DBus.Error.UnknownMethod")
