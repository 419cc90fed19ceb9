"""Uses the clipboard by Qt on X11, where it must not be used, and prints what it says to that."""

import json
import sys

from PySide6.QtGui import QGuiApplication

from ringbridge.desktop.clipboard_qt import ClipboardQt
from ringbridge.desktop.ports import Buffer, Copied


def main() -> int:
    app = QGuiApplication([])
    backend = ClipboardQt()
    copies: list[Copied] = []
    backend.watch(copies.append)

    def answer(copied: Copied) -> None:
        facts = {"reason": backend.availability().reason, "problem": copied.problem, "copies": len(copies)}
        print(json.dumps({"event": "answer", **facts}), flush=True)
        app.quit()

    # the first copy that Qt hears of
    app.clipboard().dataChanged.connect(lambda: backend.read(Buffer.CLIPBOARD, answer))
    print(json.dumps({"event": "ready"}), flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
