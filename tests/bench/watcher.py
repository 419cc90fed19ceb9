"""Plays the panel: owns org.kde.StatusNotifierWatcher and writes down when each program's icon registers.

A real panel takes tens of milliseconds of one processor for each new icon, just while the program under measure runs.
"""

import threading
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_NAME = "org.kde.StatusNotifierWatcher"
_WATCHER = DBusAddress("/StatusNotifierWatcher", interface=_NAME)
_BUS = DBusAddress("/org/freedesktop/DBus", bus_name="org.freedesktop.DBus", interface="org.freedesktop.DBus")
_PROPERTIES = "org.freedesktop.DBus.Properties"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """An icon has appeared.

    Attributes:
        at_ns: When the call arrived here, by the monotonic clock.
        pid: The program.
    """

    at_ns: int
    pid: int


class Watcher:
    """Serves the watcher's interface on a thread of its own, from `with` to its end."""

    def __init__(self, bus_address: str) -> None:
        self._connection: DBusConnection = open_dbus_connection(bus=bus_address)
        self._registered: SimpleQueue[Registered] = SimpleQueue()
        self._asked: dict[int, int] = {}
        self._items: list[str] = []
        self._thread = threading.Thread(target=self._serve, name="watcher", daemon=True)

    def __enter__(self) -> Self:
        reply = self._connection.send_and_get_reply(message_bus.RequestName(_NAME, 4))  # 4: do not queue
        if reply.body[0] != 1:
            raise RuntimeError("another program plays the panel on this bus")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go; the thread ends with the bus."""
        self._connection.sock.shutdown(2)
        self._thread.join(timeout=5)
        self._connection.close()

    def wait_registered(self, pid: int, deadline_s: float) -> int | None:
        """When the icon of program `pid` registered, in ns of the monotonic clock; None when it did not in time."""
        end = time.monotonic() + deadline_s
        while (left := end - time.monotonic()) > 0:
            try:
                registered = self._registered.get(timeout=left)
            except Empty:
                break
            if registered.pid == pid:
                return registered.at_ns
        return None

    def _serve(self) -> None:
        try:
            while True:
                message = self._connection.receive()
                self._answer(message, time.monotonic_ns())
        except OSError:
            return  # the desktop has ended

    def _answer(self, message: Message, now_ns: int) -> None:
        fields = message.header.fields
        kind = message.header.message_type
        if kind == MessageType.method_return and fields.get(HeaderFields.reply_serial) in self._asked:
            at_ns = self._asked.pop(fields[HeaderFields.reply_serial])
            self._registered.put(Registered(at_ns=at_ns, pid=int(message.body[0])))
        elif kind == MessageType.method_call:
            interface, member = fields.get(HeaderFields.interface), fields.get(HeaderFields.member)
            if (interface, member) == (_NAME, "RegisterStatusNotifierItem"):
                self._register(message, now_ns)
            elif (interface, member) == (_NAME, "RegisterStatusNotifierHost"):
                self._connection.send(new_method_return(message))
            elif (interface, member) == (_PROPERTIES, "Get") and message.body[1] in self._values():
                self._connection.send(new_method_return(message, "v", (self._values()[message.body[1]],)))
            elif (interface, member) == (_PROPERTIES, "GetAll"):
                self._connection.send(new_method_return(message, "a{sv}", (self._values(),)))
            else:
                self._connection.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))

    def _register(self, message: Message, now_ns: int) -> None:
        sender = message.header.fields[HeaderFields.sender]
        given = str(message.body[0])
        item = sender + given if given.startswith("/") else given
        self._items.append(item)
        self._connection.send(new_method_return(message))
        self._connection.send(new_signal(_WATCHER, "StatusNotifierItemRegistered", "s", (item,)))
        serial = next(self._connection.outgoing_serial)
        self._asked[serial] = now_ns
        self._connection.send(new_method_call(_BUS, "GetConnectionUnixProcessID", "s", (sender,)), serial=serial)

    def _values(self) -> dict[str, tuple[str, Any]]:
        return {
            "RegisteredStatusNotifierItems": ("as", self._items),
            "IsStatusNotifierHostRegistered": ("b", True),
            "ProtocolVersion": ("i", 0),
        }
