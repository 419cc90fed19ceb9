"""Reads the selected text in a process of its own, on a real X server: commands and answers as JSON lines."""

import json
import os
import sys

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from ringbridge.desktop.choose import clipboard_backends, first_usable, selection_sources
from ringbridge.desktop.ports import Buffer, Copied
from ringbridge.desktop.selected_text import SelectedText
from ringbridge.ui.tasks import GuiInvoker, Lane


def say(event: str, copied: Copied | None = None) -> None:
    facts = {} if copied is None else {"text": copied.text, "problem": copied.problem, "way": copied.way}
    print(json.dumps({"event": event, **facts}), flush=True)


class Driver:
    def __init__(self) -> None:
        self.clipboard = first_usable(clipboard_backends())
        self.lane = Lane("work", GuiInvoker())
        self.clipboard.watch(lambda copied: say("copied", copied))
        self.sources = selection_sources(self.clipboard, self.lane.submit)
        self.stdin = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self.stdin.activated.connect(self.obey)

    def obey(self, *_: object) -> None:
        lines = os.read(sys.stdin.fileno(), 65536).splitlines()
        if not lines:
            QApplication.quit()
        for line in lines:
            order = json.loads(line)
            if order["do"] == "clipboard":
                self.clipboard.read(Buffer.CLIPBOARD, lambda copied: say("clipboard", copied))
            else:
                ways = order.get("ways")
                sources = [source for source in self.sources if ways is None or source.way in ways]
                SelectedText(sources).read(lambda copied: say("read", copied))


def main() -> int:
    app = QApplication([])
    driver = Driver()
    say("ready")
    code = app.exec()
    driver.clipboard.close()
    driver.lane.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
