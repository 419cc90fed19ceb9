"""Runs the portal's hotkeys in a process of their own, for tests on a real Wayland desktop.

What happens leaves as JSON lines on standard output; commands come as JSON lines on standard input:
``{"do": "bind", "keys": {"redial": "Ctrl+Alt+R"}}`` and ``{"do": "configure"}``.
"""

import json
import os
import sys
from typing import Any

from PySide6.QtCore import QCoreApplication, QSocketNotifier

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.hotkey_portal import HotkeyPortal
from ringbridge.desktop.ports import HotkeyState, HotkeyWish


def say(event: str, **facts: Any) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)


def tell_state(action: HotkeyAction, state: HotkeyState) -> None:
    say("state", action=action, condition=state.condition, keys=state.keys, reason=state.availability.reason)


def main(profile: str = "") -> int:
    app = QCoreApplication([])
    portal = HotkeyPortal(lambda use: use(connect()), profile=profile, confirms=True)
    rest = b""

    def commands() -> None:
        nonlocal rest
        piece = os.read(sys.stdin.fileno(), 65536)
        if not piece:
            app.quit()
            return
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            command = json.loads(line)
            if command["do"] == "configure":
                say("configure", can=portal.configure())
                continue
            wishes = [HotkeyWish(HotkeyAction(name), keys, name) for name, keys in command["keys"].items()]
            portal.bind(wishes, lambda action: say("pressed", action=action), tell_state)

    stdin = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    stdin.activated.connect(commands)
    say("ready", usable=portal.availability().usable)
    code = app.exec()
    portal.close()
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
