"""A D-Bus connection of our own in Qt's event loop: calls with deadlines, signals of known senders, no thread.

QtDBus of PySide6 can neither send a ``uint32`` nor read or write ``a(sa{sv})``, which notifications and portals want.
jeepney can, so it says what the bytes mean, and the socket is ours. Nothing ticks: without traffic and without an
open call the process is not woken.
"""

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from ringbridge.desktop.dbus.values import (
    ANSWER_S,
    BUS,
    DAEMON,
    DAEMON_PATH,
    DISCONNECTED,
    NO_REPLY,
    BusSignal,
    Place,
    Reply,
    plain,
)

if TYPE_CHECKING:
    from PySide6.QtCore import QSocketNotifier, QTimer

_log = logging.getLogger(__name__)

_CHUNK = 64 * 1024
HandOut = Callable[[Callable[["Bus | None"], None]], None]
"""Gets a function, and calls it on the GUI thread with a bus, or with None where there is none."""

_HELLO = 1
"""The serial of our hello, which `connect` sent."""


class Subscription:
    """Ends with `close`, which may be called twice."""

    def __init__(self, close: Callable[[], None]) -> None:
        self._close: Callable[[], None] | None = close

    def close(self) -> None:
        """Hear no more."""
        close, self._close = self._close, None
        if close is not None:
            close()


@dataclass(slots=True, kw_only=True)
class _Call:
    answered: Callable[[Reply], None]
    deadline: float


@dataclass(slots=True, kw_only=True, eq=False)
class _Listener:
    heard: Callable[[BusSignal], None]
    rule: str
    sender: str
    path: str
    interface: str
    member: str
    first: str | None


@dataclass(slots=True, kw_only=True)
class _Owner:
    unique: str = ""
    is_known: bool = False
    users: int = 0
    changed: list[Callable[[str], None]] = field(default_factory=list[Callable[[str], None]])


class Bus:
    """One connection to a bus, made by `ringbridge.desktop.dbus.connect`; everything on the GUI thread.

    Attributes:
        unique_name: Our own name on this bus, such as ``:1.42``.
    """

    def __init__(self, connected: socket.socket, unique_name: str, parser: Any) -> None:  # noqa: ANN401 - jeepney's
        """Take what `connect` made."""
        self.unique_name = unique_name
        self._socket = connected
        self._parser = parser
        self._serial = _HELLO
        self._calls: dict[int, _Call] = {}
        self._listeners: list[_Listener] = []
        self._owners: dict[str, _Owner] = {}
        self._unsent = bytearray()
        self._reader: QSocketNotifier | None = None
        self._writer: QSocketNotifier | None = None
        self._timer: QTimer | None = None
        self._lost: Callable[[], None] | None = None
        self._open = True

    def run(self, lost: Callable[[], None] | None = None) -> None:
        """Take part in Qt's event loop from now on; `lost` is called once if the bus goes away."""
        from PySide6.QtCore import QSocketNotifier, QTimer

        self._lost = lost
        self._reader = QSocketNotifier(self._socket.fileno(), QSocketNotifier.Type.Read)
        self._reader.activated.connect(self._readable)
        self._writer = QSocketNotifier(self._socket.fileno(), QSocketNotifier.Type.Write)
        self._writer.setEnabled(False)
        self._writer.activated.connect(self._writable)
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._expire)
        # what came with the answer to our hello lies in the parser already
        QTimer.singleShot(0, self._take_messages)

    @property
    def is_open(self) -> bool:
        """Whether the bus is still there."""
        return self._open

    def close(self) -> None:
        """Hang up; open calls are not answered any more. Safe to call twice."""
        self._calls.clear()
        self._listeners.clear()
        self._owners.clear()
        self._lost = None
        self._end()

    # ------------------------------------------------------------ calls

    def call(
        self,
        place: Place,
        method: str,
        signature: str = "",
        *values: Any,  # noqa: ANN401 - what the signature says
        answered: Callable[[Reply], None] | None = None,
        timeout_s: float = ANSWER_S,
        start: bool = False,
    ) -> None:
        """Call a method.

        Args:
            place: Whose.
            method: Its name.
            signature: Of the values; a variant is a tuple ``(signature, value)``.
            values: One for each type of the signature.
            answered: Called once, with the answer, or with `NO_REPLY` after `timeout_s`, or with `DISCONNECTED`;
                None: no answer is wanted.
            timeout_s: How long the answer may take.
            start: The bus may start the program for it.
        """
        from jeepney import DBusAddress, MessageFlag
        from jeepney import new_method_call as method_call  # pyright: ignore[reportUnknownVariableType] - untyped

        address = DBusAddress(place.path, bus_name=place.name, interface=place.interface)
        message: Any = method_call(address, method, signature or None, values)
        if not start:
            message.header.flags |= MessageFlag.no_auto_start
        if answered is None:
            message.header.flags |= MessageFlag.no_reply_expected
        elif not self._open:
            from PySide6.QtCore import QTimer

            QTimer.singleShot(0, partial(answered, Reply(DISCONNECTED, ())))
            return
        serial = self._send(message)
        if answered is not None:
            self._calls[serial] = _Call(answered=answered, deadline=time.monotonic() + timeout_s)
            self._set_timer()

    def get(self, place: Place, name: str, answered: Callable[[Any], None], *, timeout_s: float = ANSWER_S) -> None:
        """Read a property; `answered` gets its value without the variant, or None when there is none."""

        def took(reply: Reply) -> None:
            answered(None if reply.error or not reply.values else plain(reply.values[0]))

        properties = Place(place.name, place.path, "org.freedesktop.DBus.Properties")
        self.call(properties, "Get", "ss", place.interface, name, answered=took, timeout_s=timeout_s)

    # ------------------------------------------------------------ signals

    def listen(
        self,
        place: Place,
        member: str,
        heard: Callable[[BusSignal], None],
        *,
        first: str | None = None,
    ) -> Subscription:
        """Call `heard` for each such signal which the program that owns `place.name` sends, and nobody else.

        Args:
            place: Whose; an empty path: any object's.
            member: The signal's name.
            heard: Gets each.
            first: Only those whose first value is this text.
        """
        rule = f"type='signal',sender='{place.name}',interface='{place.interface}',member='{member}'"
        rule += f",path='{place.path}'" if place.path else ""
        rule += f",arg0='{first}'" if first is not None else ""
        listener = _Listener(
            heard=heard, rule=rule, sender=place.name, path=place.path,
            interface=place.interface, member=member, first=first,
        )  # fmt: skip
        if place.name != DAEMON and not place.name.startswith(":"):
            self._use_owner(place.name)  # asked before the rule is set, so that it is known before the first signal
        self._listeners.append(listener)
        self.call(BUS, "AddMatch", "s", rule)

        def close() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)
                self.call(BUS, "RemoveMatch", "s", rule)
                self._leave_owner(place.name)

        return Subscription(close)

    def watch_owner(self, name: str, changed: Callable[[str], None]) -> Subscription:
        """Call `changed` with the unique name of who owns `name`, empty for nobody: soon, and at each change."""
        owner = self._use_owner(name)
        owner.changed.append(changed)
        if owner.is_known:
            from PySide6.QtCore import QTimer

            QTimer.singleShot(0, lambda: changed(owner.unique) if changed in owner.changed else None)

        def close() -> None:
            if changed in owner.changed:
                owner.changed.remove(changed)
                self._leave_owner(name)

        return Subscription(close)

    def _use_owner(self, name: str) -> _Owner:
        owner = self._owners.get(name)
        if owner is None:
            owner = self._owners[name] = _Owner()
            self.call(BUS, "AddMatch", "s", _owner_rule(name))
            self.call(BUS, "GetNameOwner", "s", name, answered=partial(self._take_owner, name))
        owner.users += 1
        return owner

    def _leave_owner(self, name: str) -> None:
        owner = self._owners.get(name)
        if owner is not None:
            owner.users -= 1
            if not owner.users:
                del self._owners[name]
                self.call(BUS, "RemoveMatch", "s", _owner_rule(name))

    def _take_owner(self, name: str, reply: Reply) -> None:
        unique = "" if reply.error or not reply.values else str(reply.values[0])
        owner = self._owners.get(name)
        if owner is not None and not owner.is_known:
            self._owner_is(owner, unique)

    @staticmethod
    def _owner_is(owner: _Owner, unique: str) -> None:
        owner.unique, owner.is_known = unique, True
        for changed in tuple(owner.changed):
            _guarded(partial(changed, unique))

    # ------------------------------------------------------------ the socket

    def _send(self, message: Any) -> int:  # noqa: ANN401 - jeepney's
        self._serial += 1
        if self._open:
            self._unsent += message.serialise(serial=self._serial)
            self._flush()
        return self._serial

    def _flush(self) -> None:
        try:
            while self._unsent:
                sent = self._socket.send(self._unsent)
                del self._unsent[:sent]
        except BlockingIOError:
            pass  # the rest when there is room
        except OSError:
            self._unsent.clear()  # the reader learns of it, too, and tells
        if self._writer is not None:
            self._writer.setEnabled(bool(self._unsent))

    def _writable(self, *_: object) -> None:
        if self._open:
            self._flush()

    def _readable(self, *_: object) -> None:
        if not self._open:
            return
        try:
            data = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._parser.add_data(data)
            self._take_messages()
        else:
            self._go_down()

    def _take_messages(self) -> None:
        while self._open:
            try:
                message = self._parser.get_next_message()
            except Exception:  # noqa: BLE001 - bytes of another process; after this nobody knows where a message begins
                _log.warning("the bus sent what can't be read; hanging up")
                self._go_down()
                return
            if message is None:
                return
            self._take(message)

    def _take(self, message: Any) -> None:  # noqa: ANN401 - jeepney's
        from jeepney import (
            HeaderFields,
            MessageFlag,
            MessageType,
            new_error,  # pyright: ignore[reportUnknownVariableType] - untyped
        )

        header = message.header
        fields = cast("dict[Any, Any]", header.fields)
        values = tuple(message.body)
        kind = header.message_type
        if kind is MessageType.signal:
            sender = str(fields.get(HeaderFields.sender, ""))
            signal = BusSignal(
                path=str(fields.get(HeaderFields.path, "")),
                interface=str(fields.get(HeaderFields.interface, "")),
                member=str(fields.get(HeaderFields.member, "")),
                values=values,
            )
            self._hear(sender, signal)
        elif kind in {MessageType.method_return, MessageType.error}:
            call = self._calls.pop(fields.get(HeaderFields.reply_serial, 0), None)
            if call is not None:
                is_error = kind is MessageType.error
                error = str(fields.get(HeaderFields.error_name, NO_REPLY)) if is_error else ""
                self._set_timer()
                _guarded(partial(call.answered, Reply(error, values)))
        elif not header.flags & MessageFlag.no_reply_expected:
            self._send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))

    def _hear(self, sender: str, signal: BusSignal) -> None:
        if sender == DAEMON and signal.member == "NameOwnerChanged" and len(signal.values) == len(("n", "o", "n")):
            owner = self._owners.get(signal.values[0])
            if owner is not None:
                self._owner_is(owner, signal.values[2])
        for listener in tuple(self._listeners):
            if self._is_for(listener, sender, signal) and listener in self._listeners:
                _guarded(partial(listener.heard, signal))

    def _is_for(self, listener: _Listener, sender: str, signal: BusSignal) -> bool:
        # a signal may be sent to us alone by anybody, whatever our rules are
        owner = self._owners.get(listener.sender)
        if sender != (owner.unique if owner is not None else listener.sender):
            return False
        if (listener.interface, listener.member) != (signal.interface, signal.member):
            return False
        if listener.path and listener.path != signal.path:
            return False
        return listener.first is None or signal.values[:1] == (listener.first,)

    def _set_timer(self) -> None:
        if self._timer is None:
            return
        if not self._calls:
            self._timer.stop()
            return
        rest_s = min(call.deadline for call in self._calls.values()) - time.monotonic()
        self._timer.start(max(0, int(rest_s * 1000) + 1))

    def _expire(self) -> None:
        now = time.monotonic()
        late = [serial for serial, call in self._calls.items() if call.deadline <= now]
        for call in [self._calls.pop(serial) for serial in late]:
            _guarded(partial(call.answered, Reply(NO_REPLY, ())))
        self._set_timer()

    def _go_down(self) -> None:
        """The bus is gone: who waits is told."""
        calls, self._calls = list(self._calls.values()), {}
        lost, self._lost = self._lost, None
        self._listeners.clear()
        self._owners.clear()
        self._end()
        for call in calls:
            _guarded(partial(call.answered, Reply(DISCONNECTED, ())))
        if lost is not None:
            _guarded(lost)

    def _end(self) -> None:
        if not self._open:
            return
        self._open = False
        for notifier in (self._reader, self._writer):
            if notifier is not None:
                notifier.setEnabled(False)  # before the socket's number may mean another file
        if self._timer is not None:
            self._timer.stop()
        self._socket.close()


def _owner_rule(name: str) -> str:
    return f"type='signal',sender='{DAEMON}',path='{DAEMON_PATH}',member='NameOwnerChanged',arg0='{name}'"


def _guarded(act: Callable[[], None]) -> None:
    try:
        act()
    except Exception:  # noqa: BLE001 - a slot's border: the messages behind this one are for others
        _log.exception("a D-Bus message could not be handled")
