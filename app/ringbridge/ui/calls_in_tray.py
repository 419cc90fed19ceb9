"""Calls under way in the tray: an entry each in the menu, and the latest one's state at the icon."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ringbridge.ui.call_face import is_shown, live_progress, who
from ringbridge.ui.live_menu import LiveEntry, LiveMenu
from ringbridge.ui.progress_words import progress_word
from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from ringbridge.ui.later_calls import LaterCalls
    from ringbridge.ui.live_calls import LiveCalls
    from ringbridge.ui.tray import Tray


class CallsInTray(QObject):
    """Shows the calls that wait and those that go on. GUI thread.

    Args:
        tray: The icon and its menu.
        live: The calls under way; hung up from the menu.
        later: The calls that wait for their time; cancelled from the menu.

    Signals:
        show_wanted: The key of the call that a person wants to see in the strip.
    """

    show_wanted = Signal(str)

    def __init__(self, *, tray: "Tray", live: "LiveCalls", later: "LaterCalls") -> None:
        super().__init__()
        self._tray = tray
        self._live = live
        self._later = later
        self._menu = LiveMenu(tray.menu)
        self._menu.show_wanted.connect(self.show_wanted)
        self._menu.hang_up_wanted.connect(live.hang_up)
        self._menu.cancel_wanted.connect(later.cancel)

    def refresh(self) -> None:
        """Show how all calls stand now."""
        entries = [
            LiveEntry(
                key=call.key,
                who=who(call.destination, call.wish.name),
                state=tr("called in a while", "a call that waits for its time"),
                can_cancel=True,
            )
            for call in self._later.calls
        ]
        live = [call for call in self._live.calls if is_shown(call)]
        entries += [
            LiveEntry(
                key=call.request.request_id,
                who=who(call.request.destination, call.request.name),
                state=progress_word(live_progress(call)) or tr("requested", "the PBX accepted the call"),
                can_hang_up=call.can_hang_up,
            )
            for call in live
        ]
        self._menu.show(entries)
        if not live:
            self._tray.set_activity("")
            return
        first = entries[len(entries) - len(live)]
        self._tray.set_activity(fill(tr("{who}: {state}"), who=first.who, state=first.state))
