"""What windows a Wayland compositor shows, and which has the focus: asked of the compositor in its own way."""

import json
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jeepney import DBusAddress

from support.desktop_bus import SessionBus
from support.desktop_hands import Window
from support.wayland_wire import WaylandClient, read_string, string, words

_SHELL = DBusAddress("/org/gnome/Shell", bus_name="org.gnome.Shell", interface="org.gnome.Shell")
_GNOME_WINDOWS = """
global.get_window_actors().filter(actor => actor.visible && !actor.meta_window.minimized).map(actor => {
    const w = actor.meta_window, r = w.get_frame_rect();
    return [w.get_stable_sequence(), w.get_title() || '', r.x, r.y, r.width, r.height, w.get_wm_class() || '',
            w.has_focus()];
})
"""


class SwayIpc:
    """A connection to sway's own socket (sway-ipc(7)).

    Args:
        path: The socket.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, kind: int, payload: str = "") -> Any:
        """Send a message and return the answer: 0 runs commands, 4 is the tree of windows."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self._path))
            data = payload.encode()
            connection.sendall(b"i3-ipc" + struct.pack("=II", len(data), kind) + data)
            header = _exactly(connection, 14)
            return json.loads(_exactly(connection, struct.unpack_from("=I", header, 6)[0]))

    def windows(self) -> Iterator[Window]:
        """Yield the visible windows."""
        yield from _sway_windows(self.ask(4))


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        piece = connection.recv(length - len(data))
        if not piece:
            raise ConnectionError("sway hung up")
        data += piece
    return data


def _sway_windows(node: dict[str, Any]) -> Iterator[Window]:
    if node.get("pid") and node.get("visible"):
        outer, inner = node["rect"], node["window_rect"]
        yield Window(
            window_id=node["id"],
            title=node["name"] or "",
            x=outer["x"] + inner["x"],
            y=outer["y"] + inner["y"],
            width=inner["width"],
            height=inner["height"],
            app_id=node.get("app_id") or "",
            focused=node["focused"],
        )
    for child in (*node["nodes"], *node["floating_nodes"]):
        yield from _sway_windows(child)


def gnome_eval(bus: SessionBus, script: str) -> Any:
    """Run a piece of JavaScript in GNOME Shell (started with --unsafe-mode) and return its value.

    Raises:
        RuntimeError: It threw something.
    """
    done, answer = bus.call(_SHELL, "Eval", "s", script)
    if not done:
        raise RuntimeError(f"GNOME Shell: {answer}")
    return json.loads(answer) if answer else None


def gnome_windows(bus: SessionBus) -> Iterator[Window]:
    """Yield the visible windows of GNOME Shell."""
    for window_id, title, x, y, width, height, app_id, focused in gnome_eval(bus, _GNOME_WINDOWS):
        yield Window(
            window_id=window_id, title=title, x=x, y=y, width=width, height=height, app_id=app_id, focused=focused
        )


_ACTIVE, _MINIMISED = 1, 2  # of org_kde_plasma_window_management.state


def kwin_windows(path: Path) -> Iterator[Window]:
    """Yield the visible windows of KWin, through org_kde_plasma_window_management."""
    with WaylandClient(path) as client:
        found: list[_KwinWindow] = []

        def announced(opcode: int, arguments: bytes) -> None:
            if opcode == 4:  # window_with_uuid: number, uuid
                uuid, _ = read_string(arguments, 4)
                window = _KwinWindow(uuid)
                found.append(window)
                client.send(manager, 2, words(client.new_id(window.heard)) + string(uuid))

        manager = client.bind("org_kde_plasma_window_management", 15, announced)
        client.sync()  # the windows
        client.sync()  # what they are
        for window in found:
            if window.rect is not None and not window.state & _MINIMISED:
                x, y, width, height = window.rect
                yield Window(
                    window_id=window.uuid,
                    title=window.title,
                    x=x,
                    y=y,
                    width=width,
                    height=height,
                    app_id=window.app_id,
                    focused=bool(window.state & _ACTIVE),
                )


class _KwinWindow:
    def __init__(self, uuid: str) -> None:
        self.uuid = uuid
        self.title = self.app_id = ""
        self.state = 0
        self.rect: tuple[int, int, int, int] | None = None

    def heard(self, opcode: int, arguments: bytes) -> None:
        """Take an event of org_kde_plasma_window."""
        events: dict[int, Callable[[], None]] = {
            0: lambda: setattr(self, "title", read_string(arguments)[0]),
            1: lambda: setattr(self, "app_id", read_string(arguments)[0]),
            2: lambda: setattr(self, "state", struct.unpack("=I", arguments)[0]),
            5: lambda: setattr(self, "rect", None),  # unmapped
            8: lambda: setattr(self, "rect", struct.unpack("=iiII", arguments)),
        }
        if opcode in events:
            events[opcode]()
