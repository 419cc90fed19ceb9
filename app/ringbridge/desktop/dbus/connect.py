"""Connecting to a bus: the one part that waits, so it runs on a lane."""

import socket
import time
from typing import Any

from ringbridge.desktop.dbus.bus import Bus
from ringbridge.desktop.dbus.values import BusError

_CONNECT_S = 1.0
_CHUNK = 4096


def connect(address: str = "SESSION", *, deadline_s: float = _CONNECT_S) -> Bus:
    """Connect and say hello; waits for the bus. Any thread.

    Args:
        address: ``SESSION``, ``SYSTEM``, or a D-Bus address.
        deadline_s: How long each of the two steps may take.

    Raises:
        BusError: There is none, or it does not answer.
    """
    from jeepney.auth import AuthenticationError
    from jeepney.bus import get_bus  # pyright: ignore[reportUnknownVariableType] - untyped
    from jeepney.io.blocking import prep_socket  # pyright: ignore[reportUnknownVariableType] - untyped

    try:
        connected = prep_socket(get_bus(address), timeout=deadline_s)  # pyright: ignore[reportUnknownArgumentType] - untyped
    except (OSError, KeyError, ValueError, RuntimeError, AuthenticationError) as error:
        raise BusError(f"no bus: {type(error).__name__}") from error
    try:
        unique_name, parser = _say_hello(connected, time.monotonic() + deadline_s)
    except OSError as error:
        connected.close()
        raise BusError(f"no answer: {type(error).__name__}") from error
    except BusError:
        connected.close()
        raise
    connected.setblocking(False)
    return Bus(connected, unique_name, parser)


def _say_hello(connected: socket.socket, until: float) -> tuple[str, Any]:
    from jeepney import HeaderFields, MessageType, Parser
    from jeepney.bus_messages import message_bus

    parser: Any = Parser()
    hello: Any = message_bus.Hello()
    connected.sendall(hello.serialise(serial=1))
    while (rest_s := until - time.monotonic()) > 0:
        connected.settimeout(rest_s)
        data = connected.recv(_CHUNK)
        if not data:
            break
        parser.add_data(data)
        message = parser.get_next_message()
        if message is not None and message.header.fields.get(HeaderFields.reply_serial) == 1:
            if message.header.message_type is MessageType.method_return:
                return str(message.body[0]), parser
            break
    raise BusError("the bus did not take us")
