"""Who is on a bus, asked once and without Qt: for commands that look around and end."""

from typing import Any

_DEADLINE_S = 1.0


def names_on(kind: str, deadline_s: float = _DEADLINE_S) -> frozenset[str] | None:
    """The names of all programs that are there or that the bus would start; None where there is no such bus.

    Args:
        kind: ``SESSION`` or ``SYSTEM``.
        deadline_s: How long each of its answers may take.
    """
    from jeepney import MessageType
    from jeepney.auth import AuthenticationError
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import open_dbus_connection

    names: set[str] = set()
    try:
        with open_dbus_connection(kind) as bus:
            for question in (message_bus.ListNames(), message_bus.ListActivatableNames()):
                answer: Any = bus.send_and_get_reply(question, timeout=deadline_s)  # pyright: ignore[reportUnknownMemberType] - untyped
                if answer.header.message_type is MessageType.method_return:
                    names.update(answer.body[0])
    except (OSError, KeyError, ValueError, RuntimeError, AuthenticationError):  # no address, nobody there, no answer
        return None
    return frozenset(names)
