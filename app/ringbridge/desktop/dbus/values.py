"""What goes over a bus, as plain values."""

from typing import Any, NamedTuple, cast

ANSWER_S = 2.0
"""How long a program may take for an answer that needs nobody's decision."""

DISCONNECTED = "org.freedesktop.DBus.Error.Disconnected"
NO_REPLY = "org.freedesktop.DBus.Error.NoReply"

DAEMON = "org.freedesktop.DBus"
DAEMON_PATH = "/org/freedesktop/DBus"


class BusError(Exception):
    """There is no such bus, or it does not answer. The text is for the log."""


class Place(NamedTuple):
    """Where a method or signal belongs.

    Attributes:
        name: The bus name of the program, such as ``org.freedesktop.Notifications``.
        path: The object's path.
        interface: The interface's name.
    """

    name: str
    path: str
    interface: str


BUS = Place(DAEMON, DAEMON_PATH, DAEMON)
"""The bus itself."""


class Reply(NamedTuple):
    """What a call brought.

    Attributes:
        error: The D-Bus error's name, or empty.
        values: What was returned; of an error, what it says.
    """

    error: str
    values: tuple[Any, ...]


class BusSignal(NamedTuple):
    """A signal that somebody sent.

    Attributes:
        path: The object that sent it.
        interface: Its interface.
        member: The signal's name.
        values: What it carries.
    """

    path: str
    interface: str
    member: str
    values: tuple[Any, ...]


def plain(value: Any) -> Any:  # noqa: ANN401 - any D-Bus value
    """Take the variants out of a value, at any depth: ``('s', 'x')`` becomes ``'x'``.

    For values whose structs hold more than two fields or no text first; a struct ``(s, …)`` of two fields looks like
    a variant and has to be taken apart by hand.
    """
    if isinstance(value, tuple):
        parts = cast("tuple[Any, ...]", value)
        if len(parts) == len(("signature", "value")) and isinstance(parts[0], str):
            return plain(parts[1])
        return tuple(plain(part) for part in parts)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list):
        return [plain(item) for item in cast("list[Any]", value)]
    return value
