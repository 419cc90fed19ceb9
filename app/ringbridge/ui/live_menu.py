"""The calls under way at the head of the tray menu, so that all of them are reached by keyboard."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from ringbridge.ui.translation import fill, tr

MAX_SHOWN = 4
_MAX_NAME = 40  # characters; longer names make a menu as wide as the screen


class LiveEntry(NamedTuple):
    """One call in the menu.

    Attributes:
        key: Names it.
        who: The other party.
        state: Where it stands, in a few words.
        can_hang_up: Offer to hang up.
        can_cancel: Offer to cancel it: it waits for its time.
    """

    key: str
    who: str
    state: str
    can_hang_up: bool = False
    can_cancel: bool = False


class LiveMenu(QObject):
    """Entries of a menu that come and go with the calls. An entry stays with its call, as in `Tray.set_recent`.

    Args:
        menu: The tray's.

    Signals:
        show_wanted: The call with this key is to be shown, to be used by keyboard.
        hang_up_wanted: The call with this key is to end.
        cancel_wanted: The call with this key is not to be placed.
    """

    show_wanted = Signal(str)
    hang_up_wanted = Signal(str)
    cancel_wanted = Signal(str)

    def __init__(self, menu: QMenu) -> None:
        super().__init__()
        self._menu = menu
        self._actions: dict[tuple[str, str], QAction] = {}
        self._separator: QAction | None = None

    def show(self, entries: Sequence[LiveEntry]) -> None:
        """Show these calls, the first on top; none takes everything away."""
        wanted: dict[tuple[str, str], tuple[str, str]] = {}
        for index, entry in enumerate(entries[:MAX_SHOWN]):
            who = _one_line(entry.who)
            text = fill(tr("{who} — {state}", "a call under way"), who=who, state=entry.state)
            wanted[entry.key, "show"] = (f"live_{index}", text)
            if entry.can_hang_up:
                wanted[entry.key, "hang_up"] = (
                    f"hang_up_{index}",
                    fill(tr("Hang up {who}"), who=who),
                )
            if entry.can_cancel:
                wanted[entry.key, "cancel"] = (
                    f"cancel_{index}",
                    fill(tr("Don't call {who}"), who=who),
                )
        for key in self._actions.keys() - wanted.keys():
            self._remove(self._actions.pop(key))
        if not wanted:
            if self._separator is not None:
                self._remove(self._separator)
                self._separator = None
            return
        if self._separator is None:
            first = next(iter(self._menu.actions()), None)
            self._separator = QAction(self._menu)
            self._separator.setSeparator(True)
            self._menu.insertAction(first, self._separator)  # pyright: ignore[reportArgumentType] - None appends
        below = self._separator
        for key, (name, text) in reversed(wanted.items()):
            action = self._actions.get(key) or self._new(key)
            action.setObjectName(name)
            action.setText(text.replace("&", "&&").replace("_", " "))  # panels underline what follows either
            entries_now = self._menu.actions()
            if action not in entries_now or entries_now[entries_now.index(action) + 1] != below:
                self._menu.insertAction(below, action)
            below = action

    def _new(self, key: tuple[str, str]) -> QAction:
        action = self._actions[key] = QAction(self._menu)
        signal = {"show": self.show_wanted, "hang_up": self.hang_up_wanted, "cancel": self.cancel_wanted}[key[1]]
        action.triggered.connect(partial(_emit, signal, key[0]))
        return action

    def _remove(self, action: QAction) -> None:
        self._menu.removeAction(action)
        action.setObjectName("")
        action.deleteLater()


def _one_line(name: str) -> str:
    """A name as `Tray.set_recent` shows it: without control characters and marks that turn the order around."""
    return "".join(letter if letter.isprintable() else " " for letter in name)[:_MAX_NAME]


def _emit(signal: SignalInstance, key: str, _checked: object = None) -> None:
    signal.emit(key)
