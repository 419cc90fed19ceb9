"""The smallest honest PySide6 tray program: what Ringbridge is compared with.

An icon, a menu with three entries, and a slot that gets what is copied.
"""

import sys

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

application = QApplication(["floor"])
application.setQuitOnLastWindowClosed(False)
pixmap = QPixmap(22, 22)
pixmap.fill(QColor(0, 128, 0))
icon = QSystemTrayIcon(QIcon(pixmap))
menu = QMenu()
for text in ("Call", "Settings", "Quit"):
    menu.addAction(text)
icon.setContextMenu(menu)
icon.setToolTip("floor")
icon.show()
clipboard = application.clipboard()
clipboard.dataChanged.connect(clipboard.text)
sys.exit(application.exec())
