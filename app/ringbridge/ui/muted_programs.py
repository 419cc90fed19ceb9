"""Programs whose copies are not offered: the names they go by, and adding one from the tray."""

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ringbridge.core.settings import with_value

if TYPE_CHECKING:
    from ringbridge.services.settings_file import SettingsFile
    from ringbridge.ui.session import Session
    from ringbridge.ui.tasks import Lane

KEY = "clipboard.muted_apps"


def is_muted(programs: Collection[str], muted: Collection[str]) -> bool:
    """Whether one of a program's names stands in the list; capitals do not matter."""
    return not {name.casefold() for name in programs}.isdisjoint(name.casefold() for name in muted)


class MutedPrograms(QObject):
    """Adds to the list. GUI thread.

    Args:
        session: The settings in force.
        settings_file: Used on `lane` only.
        lane: Where it is saved.

    Signals:
        muted: The copies of this program (str) are offered no more.
        failed: It could not be saved (Exception); until the next start it counts all the same.
    """

    muted = Signal(str)
    failed = Signal(object)

    def __init__(self, *, session: "Session", settings_file: "SettingsFile", lane: "Lane") -> None:
        super().__init__()
        self._session = session
        self._settings_file = settings_file
        self._lane = lane

    @property
    def changeable(self) -> bool:
        """Whether the company's policy leaves the list to people."""
        return KEY not in self._session.locked

    def add(self, program: str) -> None:
        """Offer no more copies of a program."""
        names = self._session.settings.clipboard.muted_apps
        if is_muted((program,), names) or not self.changeable:
            return
        settings = with_value(self._session.settings, KEY, (*names, program))
        self._session.use(settings, self._session.region)
        self._lane.submit(
            partial(self._settings_file.change, KEY, settings.clipboard.muted_apps),
            lambda _: None,
            self.failed.emit,
        )
        self.muted.emit(program)
