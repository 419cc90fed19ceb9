"""One question to a bus, without Qt and with a deadline: for looking at what a desktop has. Starts nothing."""

from typing import Any, cast

from ringbridge.desktop.dbus.values import BUS, Place, plain

_ANSWER_S = 0.5


class Asking:
    """Asks one bus; blocking, off the GUI thread. A context manager.

    Args:
        kind: ``SESSION`` or ``SYSTEM``.
    """

    def __init__(self, kind: str = "SESSION") -> None:
        from jeepney.io.blocking import open_dbus_connection

        self._bus: Any = None
        try:
            self._bus = open_dbus_connection(kind)
        except (OSError, KeyError, ValueError, RuntimeError):  # no address, nobody there, a strange or unknown one
            return

    def __enter__(self) -> "Asking":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bus is not None:
            self._bus.close()

    @property
    def has_bus(self) -> bool:
        """Whether there is such a bus."""
        return self._bus is not None

    def call(self, place: Place, member: str, signature: str = "", *values: object) -> Any:  # noqa: ANN401 - any D-Bus value
        """The first value of the answer without its variants, or None where there is none in time."""
        from jeepney import DBusAddress, MessageFlag, MessageType
        from jeepney import new_method_call as method_call  # pyright: ignore[reportUnknownVariableType] - untyped

        if self._bus is None:
            return None
        address = DBusAddress(place.path, bus_name=place.name, interface=place.interface)
        question: Any = method_call(address, member, signature or None, values)
        question.header.flags |= MessageFlag.no_auto_start
        try:
            answer = self._bus.send_and_get_reply(question, timeout=_ANSWER_S)
        except (OSError, ValueError):  # TimeoutError is an OSError
            return None
        if answer.header.message_type is not MessageType.method_return or not answer.body:
            return None
        return plain(answer.body[0])

    def get(self, place: Place, name: str) -> Any:  # noqa: ANN401 - any D-Bus value
        """A property, or None."""
        properties = Place(place.name, place.path, "org.freedesktop.DBus.Properties")
        return self.call(properties, "Get", "ss", place.interface, name)

    def has(self, name: str) -> bool:
        """Whether a program has this name, or is started when it is asked."""
        if self.call(BUS, "NameHasOwner", "s", name) is True:
            return True
        startable = self.call(BUS, "ListActivatableNames")
        return isinstance(startable, list) and name in cast("list[object]", startable)
