"""Offers and messages as notifications: what the card says elsewhere, with the same buttons and the same gate."""

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from ringbridge.desktop.activation import activated_by
from ringbridge.desktop.notify_ports import DEFAULT_ACTION, Notice, NoticeAction, NoticeEnd
from ringbridge.ui.choice_row import choice_words
from ringbridge.ui.notify import Listener
from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from ringbridge.ui.choice import Choice
    from ringbridge.ui.coordinator import Coordinator
    from ringbridge.ui.notify import Notify, NotifyRules
    from ringbridge.ui.session import Session

OFFER_SLOT, MESSAGE_SLOT = "offer", "message"
_GUARD_S = 0.3
"""As on the card: a click so soon after the number changed was meant for the one before."""
_LEAST_S = 20
"""A notification has to be found first, behind others or beside the screen one looks at."""
_STAYS_S = 600
_MOST_NUMBERS = 5
_MOST_BUTTONS = 2
"""GNOME shows three, and one is “Details”."""


class OfferNotices(QObject):
    """Says on the desktop's notifications what the card would, where the settings want that. GUI thread.

    Args:
        notify: The way to them.
        rules: When they are wanted.
        session: The settings in force.
        coordinator: Knows what is offered, and takes what people answer.
    """

    def __init__(
        self, *, notify: "Notify", rules: "NotifyRules", session: "Session", coordinator: "Coordinator"
    ) -> None:
        super().__init__()
        self._notify = notify
        self._rules = rules
        self._session = session
        self._coordinator = coordinator
        self._shown = 0
        self._shown_at = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._expire)

    def offer(self, number: int, choices: "tuple[Choice, ...]") -> bool:
        """Offer to call one of these numbers.

        Args:
            number: Of the offer: a later one has another.
            choices: At least one.

        Returns:
            Whether that is done here; else the card shows it.
        """
        if not self._rules.replaces_windows:
            return False
        if self._rules.screen_locked():
            return True  # lock screens show notifications; the menu keeps the offer
        seconds = self._session.settings.card.seconds
        lasts_s = max(seconds, _LEAST_S) if seconds else _STAYS_S
        notice = offer_notice(choices, seconds=lasts_s)
        self._shown, self._shown_at = number, time.monotonic()
        self._timer.start(lasts_s * 1000)
        self._notify.show(
            OFFER_SLOT,
            notice,
            Listener(
                acted=partial(self._acted, number),
                failed=partial(self._failed, number),
                ended=partial(self._ended, number),
                late=self._coordinator.tell_gone,
            ),
        )
        return True

    def withdraw(self) -> None:
        """Nothing is offered any more, or the screen was locked."""
        if self._shown:
            self._shown = 0
            self._timer.stop()
            self._notify.withdraw(OFFER_SLOT)

    def message(self, title: str, sentence: str, *, good: bool, seconds: int) -> bool:
        """Tell how a call goes, or what went wrong.

        Returns:
            Whether that is done here; else the card tells it.
        """
        if not self._rules.replaces_windows or self._rules.screen_locked():
            return False
        notice = Notice(
            title=title,
            body=sentence,
            icon="call-start" if good else "dialog-warning",
            seconds=seconds or -1,
        )
        failed = partial(self._coordinator.show_status, title, sentence, good=good, seconds=seconds)
        self._notify.show(MESSAGE_SLOT, notice, Listener(failed=failed))
        return True

    def clear_message(self) -> None:
        """What was told is over."""
        self._notify.withdraw(MESSAGE_SLOT)

    def _acted(self, number: int, key: str, token: str) -> None:
        self._timer.stop()
        self._shown = 0
        index = int(key.removeprefix("call_")) if key.startswith("call_") else -1
        too_soon = time.monotonic() - self._shown_at < _GUARD_S
        with activated_by(token):
            if index >= 0 and not too_soon:
                self._coordinator.call_noticed(number, index)
            else:
                self._coordinator.show_noticed(number)

    def _failed(self, number: int) -> None:
        if number == self._shown:
            self._shown = 0
            self._timer.stop()
            self._coordinator.show_noticed(number, focusable=False)

    def _ended(self, number: int, why: NoticeEnd) -> None:
        if number != self._shown:
            return
        if why is NoticeEnd.LOST:
            self._failed(number)
            return
        self._shown = 0
        self._timer.stop()
        if why is NoticeEnd.DISMISSED:
            self._coordinator.dismiss_noticed(number)
        else:
            self._coordinator.expire_noticed()

    def _expire(self) -> None:
        """Not every server heeds the time limit, and an old offer must not be called by a stray click."""
        self.withdraw()
        self._coordinator.expire_noticed()


def offer_notice(choices: "tuple[Choice, ...]", *, seconds: int) -> Notice:
    """What the notification says of an offer: no more than the card.

    Args:
        choices: At least one number.
        seconds: It goes after so many.
    """
    details = tr("Details", "a button")
    actions = [NoticeAction(DEFAULT_ACTION, details)]
    if len(choices) == 1:
        choice = choices[0]
        title = fill(tr("Call {number}?"), number=choice.display)
        body = "\n".join(part for part in choice_words(choice) if part)
        actions.append(NoticeAction("call_0", tr("Call", "a button")))
    else:
        title = tr("Call one of these numbers?")
        body = "\n".join(choice.display for choice in choices[:_MOST_NUMBERS])
        for index, choice in enumerate(choices[:_MOST_BUTTONS]):
            actions.append(NoticeAction(f"call_{index}", fill(tr("Call {number}"), number=choice.display)))
    actions.append(NoticeAction("details", details))
    return Notice(title=title, body=body, actions=tuple(actions), category="x-ringbridge.offer", seconds=seconds)
