"""A window with a text that is selected: `python selecting_window.py TITLE TEXT [KIND]`.

KIND: line (default), password, rich (copies formatted text), class=NAME (the window's WM_CLASS is another one).
JSON lines say when it is there, and each Ctrl+C.
"""

import json
import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QTextEdit, QVBoxLayout, QWidget


class Line(QLineEdit):
    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.matches(QKeySequence.StandardKey.Copy):
            print(json.dumps({"copies": True}), flush=True)
        super().keyPressEvent(event)


def main() -> int:
    title, text, *kinds = sys.argv[1:]
    kind = kinds[0] if kinds else "line"
    name = kind.partition("class=")[2]
    app = QApplication([name or "selecting_window"])
    app.setApplicationName(name or "Selecting")
    window: Line | QTextEdit = QTextEdit() if kind == "rich" else Line(text)
    if isinstance(window, QTextEdit):
        window.setHtml(f"<b>{text}</b>")
    elif kind == "password":
        window.setEchoMode(QLineEdit.EchoMode.Password)
    window.selectAll()
    frame = QWidget()
    QVBoxLayout(frame).addWidget(window)
    frame.setWindowTitle(title)
    frame.resize(300, 80)
    frame.show()
    frame.activateWindow()

    def settle() -> None:
        print(json.dumps({"shown": True}), flush=True)

    QTimer.singleShot(300, settle)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
