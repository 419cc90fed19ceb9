"""The keys in the tray menu: what each does, and where they are chosen where the desktop keeps them."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from ringbridge.ui.translation import tr


class HotkeyMenu(QObject):
    """A submenu that is there while there are hotkeys.

    Args:
        menu: The tray's.

    Signals:
        choice_wanted: The person wants to choose the keys.
    """

    choice_wanted = Signal()

    def __init__(self, menu: QMenu) -> None:
        super().__init__()
        self._menu = menu
        self._submenu: QMenu | None = None
        self._lines: list[QAction] = []
        self._choose: QAction | None = None

    def show(self, lines: Sequence[str], *, can_choose: bool) -> None:
        """Show these lines; none takes everything away."""
        submenu = self._submenu or (self._make() if lines else None)
        if submenu is None:
            return
        submenu.menuAction().setVisible(bool(lines))
        while len(self._lines) < len(lines):
            action = QAction(submenu)
            action.setObjectName(f"hotkey_{len(self._lines)}")
            action.setEnabled(False)
            submenu.insertAction(self._choose, action)  # pyright: ignore[reportArgumentType] - None appends
            self._lines.append(action)
        for index, action in enumerate(self._lines):
            action.setVisible(index < len(lines))
            if index < len(lines):
                action.setText(lines[index].replace("&", "&&").replace("_", " "))  # panels underline what follows
        if self._choose is not None:
            self._choose.setVisible(can_choose)

    def _make(self) -> QMenu:
        submenu = self._submenu = QMenu(tr("Hotkeys"), self._menu)
        submenu.menuAction().setObjectName("hotkeys")
        self._choose = submenu.addAction(tr("Choose the keys…"))
        self._choose.setObjectName("choose_hotkeys")
        self._choose.triggered.connect(self._emit)
        before = next((action for action in self._menu.actions() if action.objectName() == "settings"), None)
        self._menu.insertMenu(before, submenu)  # pyright: ignore[reportArgumentType] - None appends
        return submenu

    def _emit(self, _checked: object = None) -> None:
        self.choice_wanted.emit()
