"""Another program with text in it, on Qt: `python qt_text.py TITLE TEXT [FILE]`; changes are saved into the file."""

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QPlainTextEdit

if __name__ == "__main__":
    app = QApplication(sys.argv)
    editor = QPlainTextEdit(sys.argv[2])
    editor.setWindowTitle(sys.argv[1])
    editor.resize(420, 160)
    if len(sys.argv) > 3:
        editor.textChanged.connect(lambda: Path(sys.argv[3]).write_text(editor.toPlainText()))
    editor.show()
    app.exec()
