"""A call under way as a notification: what the strip says elsewhere, with Hang up and Details."""

import time
from functools import partial
from typing import TYPE_CHECKING

from ringbridge.desktop.activation import activated_by
from ringbridge.desktop.notify_ports import DEFAULT_ACTION, Notice, NoticeAction, NoticeEnd
from ringbridge.ui.look import Tone
from ringbridge.ui.notify import Listener
from ringbridge.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringbridge.ui.notify import Notify, NotifyRules
    from ringbridge.ui.strip import StripFace

CALL_SLOT = "call"
_GUARD_S = 0.5
"""A double click on “Call” must not hang up: the notification of the call stands where that of the offer stood."""
_END_S = 8
"""As long as the strip says how a call ended; who missed it finds it in the desktop's list."""


class CallNotices:
    """Says on a notification what the strip would, where the settings want that. GUI thread.

    Args:
        notify: The way to notifications.
        rules: When they are wanted.
        hang_up: Ends the call with this key.
        show_strip: Shows the call with this key in the strip; with the focus (True), or without.
        put_away: A person does not want to see the call with this key.
    """

    def __init__(
        self,
        *,
        notify: "Notify",
        rules: "NotifyRules",
        hang_up: "Callable[[str], None]",
        show_strip: "Callable[[str, bool], None]",
        put_away: "Callable[[str], None]",
    ) -> None:
        self._notify = notify
        self._rules = rules
        self._hang_up = hang_up
        self._show_strip = show_strip
        self._put_away = put_away
        self._key = ""
        self._face: StripFace | None = None
        self._since = 0.0
        self._notice: Notice | None = None

    def show(self, key: str, face: "StripFace") -> bool:
        """Show a call.

        Args:
            key: Of the call.
            face: What the strip would show.

        Returns:
            Whether that is done here; else the strip shows it. A call that waits for its time is the strip's: its
            seconds tick.
        """
        if not self._rules.replaces_windows or face.until_s is not None or self._rules.screen_locked():
            return False
        notice = call_notice(face)
        if key == self._key and notice == self._notice:
            return True  # shown anew it would pop up anew
        if key != self._key:
            self._since = time.monotonic()
        self._key, self._face, self._notice = key, face, notice
        self._notify.show(
            CALL_SLOT,
            notice,
            Listener(
                acted=partial(self._acted, key),
                failed=partial(self._failed, key),
                ended=partial(self._ended, key),
            ),
        )
        return True

    def refresh(self, key: str, face: "StripFace") -> None:
        """Show what is known now, if this call is shown here."""
        if key == self._key:
            self.show(key, face)

    def leave(self) -> None:
        """The call has been shown to its end, or the strip shows it: how it ended stays in the desktop's list."""
        key, self._key = self._key, ""
        notice, self._notice = self._notice, None
        if key and notice is not None and notice.actions:
            self._notify.withdraw(CALL_SLOT)

    def _acted(self, key: str, action: str, token: str) -> None:
        self._notice = None  # it is gone from the screen; the next change shows it again
        too_soon = time.monotonic() - self._since < _GUARD_S
        if action == "hang_up" and too_soon and key == self._key and self._face is not None:
            self.show(key, self._face)
            return
        if action == "hang_up":
            self._hang_up(key)
            return
        with activated_by(token):
            self._show_strip(key, True)

    def _failed(self, key: str) -> None:
        if key == self._key:
            self._key, self._notice = "", None
            self._show_strip(key, False)

    def _ended(self, key: str, why: NoticeEnd) -> None:
        if key != self._key:
            return
        if why is NoticeEnd.LOST:
            self._failed(key)
        elif why is NoticeEnd.DISMISSED:
            self._key, self._notice = "", None
            self._put_away(key)


def call_notice(face: "StripFace") -> Notice:
    """What the notification says of a call: no more than the strip."""
    lines = [face.name or face.number, face.detail, face.message]
    actions: list[NoticeAction] = []
    if not face.over:
        details = tr("Details", "a button")
        actions.append(NoticeAction(DEFAULT_ACTION, details))
        if face.can_hang_up:
            actions.append(NoticeAction("hang_up", tr("Hang up")))
        actions.append(NoticeAction("details", details))
    missed = face.over and face.tone is not Tone.CALL
    return Notice(
        title=face.title,
        body="\n".join(line for line in lines if line),
        actions=tuple(actions),
        icon="call-stop" if face.over else "call-start",
        category="call.unanswered" if missed else "call.ended" if face.over else "call",
        seconds=_END_S if face.over else 0,
    )
