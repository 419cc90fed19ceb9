"""Asks once whether phone links are to open here; nothing is registered before somebody said yes."""

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ringbridge.core.errors import RingbridgeError
from ringbridge.desktop.notify_ports import Notice, NoticeAction, NoticeEnd
from ringbridge.ui.desktop_words import link_question
from ringbridge.ui.notify import Listener, NotifyRules
from ringbridge.ui.translation import tr

if TYPE_CHECKING:
    from ringbridge.core.settings import Settings
    from ringbridge.desktop.registration_ports import LinkHandler, LinkState
    from ringbridge.services.settings_file import SettingsFile
    from ringbridge.ui.notify import Notify
    from ringbridge.ui.session import Session
    from ringbridge.ui.tasks import Lane
    from ringbridge.ui.yes_no import YesNo

_log = logging.getLogger(__name__)

_SLOT = "links"


class LinkDefault(QObject):
    """Asks when there is an account to call with, unless all phone links come here already. GUI thread.

    Args:
        session: The settings in force.
        handler: Used on `lane` only.
        settings_file: Likewise; remembers that it was asked.
        lane: Where files are read and written.
        notify: Shows the question where windows can't stand in a corner without taking the focus.

    Signals:
        settings_saved: New `Settings` are in the file.
        failed: A `RingbridgeError`: it was said yes, and could not be done.
    """

    settings_saved = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        *,
        session: "Session",
        handler: "LinkHandler",
        settings_file: "SettingsFile",
        lane: "Lane",
        notify: "Notify",
    ) -> None:
        super().__init__()
        self._session = session
        self._handler = handler
        self._file = settings_file
        self._lane = lane
        self._notify = notify
        self._question: YesNo | None = None
        self._looked = False
        session.changed.connect(self.look)
        self.look()

    def look(self) -> None:
        """Ask if it is time to."""
        settings = self._session.settings
        if self._looked or not settings.links.ask or "links.ask" in self._session.locked or not settings.account.url:
            return
        self._looked = True
        self._lane.submit(self._state, self._ask, self._log_failure)

    def close(self) -> None:
        """Take the question off the screen; it comes again with the next start. Safe to call twice."""
        self._notify.withdraw(_SLOT)
        question, self._question = self._question, None
        if question is not None:
            question.hide()
            question.deleteLater()

    def _state(self) -> "LinkState | None":
        state = self._handler.state() if self._handler.availability().usable else None
        if state is None or len(state.ours) == len(state.openers):
            return None
        from ringbridge.ui import yes_no  # its widgets load here, off the GUI thread

        _ = yes_no
        return state

    def _ask(self, state: "LinkState | None") -> None:
        if state is None:
            return
        title, sentence = tr("Open phone links with Ringbridge?"), link_question(state)
        if NotifyRules(session=self._session, screen_locked=lambda: False).replaces_windows:
            self._ask_by_notification(title, sentence)
            return
        from ringbridge.ui.yes_no import YesNo

        self._question = question = YesNo(title, sentence)
        question.answered.connect(self._answered)
        vertical, _, horizontal = self._session.settings.card.corner.partition("_")
        # the card's own corner is for calls, and the desktop's notifications stand above or below it
        question.present(f"{vertical}_{'left' if horizontal == 'right' else 'right'}")

    def _ask_by_notification(self, title: str, sentence: str) -> None:
        def ended(why: NoticeEnd) -> None:
            if why is NoticeEnd.DISMISSED:
                self._answered(False)

        notice = Notice(
            title=title,
            body=sentence,
            actions=(NoticeAction("yes", tr("Yes")), NoticeAction("no", tr("No"))),
            icon="ringbridge",
            seconds=0,
        )
        listener = Listener(acted=lambda key, _token: self._answered(key == "yes"), ended=ended)
        self._notify.show(_SLOT, notice, listener)

    def _answered(self, yes: bool) -> None:  # noqa: FBT001 - a signal's value
        self.close()

        def work() -> "Settings":
            settings = self._file.change("links.ask", False)
            if yes:
                self._handler.register(default=True)
            return settings

        self._lane.submit(work, self.settings_saved.emit, self._failed)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RingbridgeError):
            self.failed.emit(error)
        else:
            self._log_failure(error)

    @staticmethod
    def _log_failure(error: Exception) -> None:
        if isinstance(error, RingbridgeError):  # a list that can't be read: `doctor` tells of it
            _log.info("who opens phone links is not known: %s", type(error).__name__)
        else:
            _log.error("unexpected error beside phone links", exc_info=error)
