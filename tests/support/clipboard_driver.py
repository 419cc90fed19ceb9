"""Runs the clipboard and hotkey backends in a process of their own, for tests on a virtual desktop.

Commands come as JSON lines on standard input, what happened leaves as JSON lines on standard output; `at` is the
monotonic clock, which all processes share. A timer that is meant to tick measures how long the GUI thread was kept
from its event loop (`heartbeat`); it does not run before it is asked for, so that idle means idle.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QSocketNotifier, QTimer

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.clipboard_wayland import ClipboardWayland
from ringbridge.desktop.clipboard_x11 import ClipboardX11
from ringbridge.desktop.hotkey_x11 import HotkeyX11
from ringbridge.desktop.ports import Buffer, Copied, HotkeyState, HotkeyWish

HEARTBEAT_MS = 5


class Driver:
    def __init__(self) -> None:
        self.clipboard = ClipboardWayland() if "wayland" in sys.argv[1:] else ClipboardX11()
        self.hotkeys = HotkeyX11()
        self._rest = b""
        self._beat_at = 0.0
        self._waited_s = 0.0
        self._longest_s = 0.0
        self._heart = QTimer()
        self._heart.setInterval(HEARTBEAT_MS)
        self._heart.timeout.connect(self._beat)
        self._stdin = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self._stdin.activated.connect(self._commands)

    def _beat(self) -> None:
        now, waited_s = time.monotonic(), waited_for_cpu_s()
        self._longest_s = max(self._longest_s, now - self._beat_at - (waited_s - self._waited_s))
        self._beat_at, self._waited_s = now, waited_s

    def _commands(self) -> None:
        piece = os.read(sys.stdin.fileno(), 65536)
        if not piece:
            QCoreApplication.quit()
            return
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._obey(**json.loads(line))

    def _obey(
        self, do: str, keys: dict[str, str] | None = None, buffer: str = "clipboard", *, wanted: bool = True
    ) -> None:
        match do:
            case "availability":
                say("availability", **self.clipboard.availability()._asdict())
            case "watch":
                self.clipboard.watch(lambda copied: tell("copied", copied))
            case "unwatch":
                self.clipboard.unwatch()
            case "read":
                self.clipboard.read(Buffer(buffer), lambda copied: tell("read", copied))
            case "bind":
                wishes = [HotkeyWish(HotkeyAction(name), wish, name) for name, wish in (keys or {}).items()]
                self.hotkeys.bind(wishes, lambda action: say("pressed", action=action), tell_state)
            case "stop_key":
                held = self.hotkeys.hold_stop_key((lambda: say("stop")) if wanted else None)
                say("stop_key", held=held)
            case "heartbeat":
                self._beat_at, self._waited_s, self._longest_s = time.monotonic(), waited_for_cpu_s(), 0.0
                self._heart.start()
            case "heartbeat_stop":
                self._beat()
                self._heart.stop()
                say("heartbeat", longest_s=self._longest_s)
            case "close":
                self.clipboard.close()
                self.hotkeys.close()
            case _:
                raise ValueError(do)
        # what a backend has sent to the server is on its way once the event loop has been round
        QTimer.singleShot(0, lambda: QTimer.singleShot(0, lambda: say("done", did=do)))


def waited_for_cpu_s() -> float:
    """How long the main thread was ready to run and other programs had the processors."""
    return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9


def tell(event: str, copied: Copied) -> None:
    say(event, text=copied.text, problem=copied.problem, programs=copied.programs)


def tell_state(action: HotkeyAction, state: HotkeyState) -> None:
    say("state", action=action, condition=state.condition, keys=state.keys, reason=state.availability.reason)


def say(event: str, **facts: Any) -> None:
    print(json.dumps({"event": event, "at": time.monotonic(), **facts}), flush=True)


def main() -> int:
    app = QCoreApplication([])
    driver = Driver()
    say("ready")
    code = app.exec()
    driver.clipboard.close()
    driver.hotkeys.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
