"""A session with nothing in it but a compositor of `fake_compositor.py`."""

import os
import subprocess
from pathlib import Path
from typing import Any

from support.json_process import JsonProcess


class FakeSession:
    """Starts programs under a compositor of ours.

    Attributes:
        compositor: Takes orders, and says what it is asked.
        socket: Where it listens.
    """

    def __init__(self, folder: Path, interface: str, version: int, trouble: str = "") -> None:
        self.socket = folder / "wayland-fake"
        self.start(interface, version, trouble)

    def start(self, interface: str, version: int, trouble: str = "") -> None:
        """Start a compositor: the first one, or the next one after its end."""
        self.socket.unlink(missing_ok=True)  # one that crashed left it behind
        arguments = (str(self.socket), interface, str(version), *filter(None, [trouble]))
        self.compositor = JsonProcess(self, "fake_compositor.py", *arguments)
        self.compositor.next(ready=True, timeout_s=20)

    def spawn(self, argv: list[str], *, env: dict[str, str], **options: Any) -> subprocess.Popen[Any]:
        kept = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_SOCKET"}}
        environment = {**kept, **env, "WAYLAND_DISPLAY": str(self.socket)}
        return subprocess.Popen(argv, env=environment, **options)

    def copy(self, mode: str = "text", text: str = "+1 212 555 0100", buffer: str = "clipboard") -> dict[str, Any]:
        self.compositor.send(copy=mode, text=text, buffer=buffer)
        return self.compositor.next(copied=True)

    @property
    def asked(self) -> list[str]:
        """The formats that were asked for so far."""
        self.compositor.quiet_for(0.05, unexpected="anything")
        return [line["asked"] for line in self.compositor.seen if "asked" in line]
