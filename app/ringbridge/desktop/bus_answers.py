"""Whether a D-Bus bus answers at all: QtDBus waits without end for one that does not, and holds every thread then."""

import os
import socket
from pathlib import Path
from urllib.parse import unquote

_SYSTEM_BUS = "unix:path=/var/run/dbus/system_bus_socket"  # D-Bus specification, “System message bus”


def system_bus_address() -> str:
    """Where the system's bus is."""
    return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS


def session_bus_address() -> str:
    """Where the bus of the user's session is, or empty."""
    given = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    return given or (f"unix:path={Path(folder) / 'bus'}" if folder else "")


def bus_hangs(address: str, *, patience_s: float) -> bool:
    """Begin to log in, and see whether an answer comes. Blocking.

    Args:
        address: As in ``DBUS_SESSION_BUS_ADDRESS``; of several places the first is asked.
        patience_s: So long each step may take.

    Returns:
        False also where there is no bus, or none that is reached by a Unix socket: who connects learns it at once.
    """
    kind, _, rest = address.partition(";")[0].partition(":")
    where = {key: value for key, _, value in (pair.partition("=") for pair in rest.split(","))}
    path = unquote(where.get("path", "")) or f"\0{unquote(where.get('abstract', ''))}"
    if kind != "unix" or path == "\0":
        return False
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(patience_s)
        try:
            line.connect(path)
            # the bus has something to say to every login, be it a no (D-Bus specification, “Authentication Protocol”)
            line.sendall(b"\0AUTH EXTERNAL %s\r\n" % str(os.getuid()).encode().hex().encode())
            line.recv(1)
        except TimeoutError:
            return True
        except OSError:
            return False
    return False
