"""Offers that nobody wants stop by themselves: after several unused ones in a row copies are not looked at any more.

The pause lasts until a person resumes, or until the next start. It is not kept in the settings: nobody asked for it,
and whoever left six offers alone while filling in a table wants the seventh tomorrow. It does not end at midnight
either: a timer would wake the program, and one that slept through the night would come late.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ringbridge.ui.copy_watch import KEY as WATCH_KEY

if TYPE_CHECKING:
    from ringbridge.ui.session import Session


class OfferPause(QObject):
    """Counts unused offers. Offers that somebody asked for (hotkey, link, command) are none of them. GUI thread.

    Args:
        session: Says after how many.

    Attributes:
        paused: Copies are not looked at.

    Signals:
        began: So many (int) offers in a row went unused.
        changed: `paused` is another one now.
    """

    began = Signal(int)
    changed = Signal()

    def __init__(self, session: "Session") -> None:
        super().__init__()
        self._session = session
        self._unused = 0
        self._open = False  # an offer that came by a copy stands, and nobody has done anything about it
        self.paused = False

    def shown(self, copied: bool) -> None:  # noqa: FBT001 - a signal's value
        """Numbers are offered anew, because they were `copied` or because somebody asked: the last ones made room."""
        made_room, self._open = self._open, copied
        if made_room:
            self._count()

    def left(self) -> None:
        """The offer went from the screen, and nobody called."""
        left, self._open = self._open, False
        if left:
            self._count()

    def used(self) -> None:
        """The offer was used: the count begins anew."""
        self._open, self._unused = False, 0

    def resume(self) -> None:
        """A person wants offers again."""
        self._unused = 0
        if self.paused:
            self.paused = False
            self.changed.emit()

    def _count(self) -> None:
        self._unused += 1
        most = self._session.settings.clipboard.pause_after
        fixed = WATCH_KEY in self._session.locked  # then nobody could resume
        if most and self._unused >= most and not self.paused and not fixed:
            self.paused = True
            self.changed.emit()
            self.began.emit(self._unused)
