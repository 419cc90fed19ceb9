"""A tray icon with what watches over it, for tests on a virtual desktop; JSON lines in and out."""

import json
import os
import sys
from typing import Any

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from ringbridge.desktop.dbus.connect import connect
from ringbridge.ui.tray import Tray
from ringbridge.ui.tray_presence import TrayPresence


def say(event: str, **facts: Any) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)


def embedded() -> bool:
    """Whether an old tray has taken the icon in: Qt's window for it has a place then."""
    return any(widget.metaObject().className() == "QSystemTrayIconSys" and widget.isVisible()
        for widget in QApplication.topLevelWidgets())  # fmt: skip


def main() -> int:
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    tray = Tray()
    tray.show()
    presence = TrayPresence(tray, had_host=QSystemTrayIcon.isSystemTrayAvailable(), patience_ms=200)
    presence.shown.connect(lambda: say("shown"))
    presence.missing.connect(lambda: say("missing"))
    hide = presence._set_visible

    def set_visible(visible: bool) -> None:
        before = presence.visible
        hide(visible)
        if before and not visible:
            say("hidden")

    presence._set_visible = set_visible
    bus = connect()
    bus.run()
    presence.start(bus)

    def commands(*_: object) -> None:
        if not os.read(sys.stdin.fileno(), 65536):
            app.quit()
            return
        say("where", embedded=embedded())

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(commands)
    QTimer.singleShot(0, lambda: say("ready"))
    code = app.exec()
    presence.close()
    bus.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
