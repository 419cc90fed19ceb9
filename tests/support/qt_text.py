"""Another program with text in it, on Qt: `python qt_text.py TITLE TEXT`."""

import sys

from PySide6.QtWidgets import QApplication, QPlainTextEdit

if __name__ == "__main__":
    app = QApplication(sys.argv)
    editor = QPlainTextEdit(sys.argv[2])
    editor.setWindowTitle(sys.argv[1])
    editor.resize(420, 160)
    editor.show()
    app.exec()
