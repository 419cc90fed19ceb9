"""How people see the program: by its icon, or where no tray shows it, by a notification and the launcher window."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ringbridge.desktop.choose import Session, session
from ringbridge.ui.translation import tr

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus
    from ringbridge.ui.buses import Buses
    from ringbridge.ui.launcher import Launcher
    from ringbridge.ui.notify import Notify
    from ringbridge.ui.tray import Tray
    from ringbridge.ui.tray_presence import TrayPresence

_SLOT = "no_tray"
_ALWAYS_A_TRAY = {Session.WINDOWS, Session.MACOS}


class Face:
    """Watches over the icon, and stands in for it. GUI thread; loads what it needs when it needs it.

    Who starts Ringbridge by hand gets the launcher soon: a program that nobody sees seems not to have started. At
    login, and when a panel goes away later, nobody asked for a window: a notification tells, with a button for it;
    where there is no notification server, the window stands minimised in the task bar.

    Args:
        tray: The icon and its menu.
        buses: Hand out the session bus.
        at_login: The desktop started us.
        started_again: What a second start does while the icon is seen.
    """

    def __init__(self, *, tray: "Tray", buses: "Buses", at_login: bool, started_again: Callable[[], None]) -> None:
        self._tray = tray
        self._buses = buses
        self._quiet = at_login
        self._started_again = started_again
        self._presence: TrayPresence | None = None
        self._launcher: Launcher | None = None
        self._notify: Notify | None = None
        self._was_seen = False
        self._closed = False

    def watch_tray(self, *, had_host: bool) -> None:
        """Watch the trays from now on.

        Args:
            had_host: There was one when the icon was made.
        """
        if session() in _ALWAYS_A_TRAY or self._closed:
            return
        from ringbridge.ui.tray_presence import AT_LOGIN_MS, BY_HAND_MS, TrayPresence

        patience_ms = AT_LOGIN_MS if self._quiet else BY_HAND_MS
        presence = self._presence = TrayPresence(self._tray, had_host=had_host, patience_ms=patience_ms)
        presence.shown.connect(self._seen)
        presence.missing.connect(self._unseen)
        self._buses.session(self._take_bus)

    @property
    def notify(self) -> "Notify":
        """The way to the desktop's notifications, made for the first one who wants it."""
        if self._notify is None:
            from ringbridge.ui.notify import Notify

            self._notify = Notify(self._buses)
        return self._notify

    def start_again(self) -> None:
        """Ringbridge was started a second time: show what can be seen of it."""
        if self._presence is not None and self._presence.visible is False:
            self._show_launcher()
        else:
            self._started_again()

    def close(self) -> None:
        """Take everything off the screen. Safe to call twice."""
        self._closed = True
        if self._presence is not None:
            self._presence.close()
        if self._notify is not None:
            self._notify.close()
        if self._launcher is not None:
            self._launcher.hide()

    def _take_bus(self, bus: "Bus | None") -> None:
        if self._presence is not None and not self._closed:
            self._presence.start(bus)

    def _seen(self) -> None:
        self._was_seen = True
        if self._notify is not None:
            self._notify.withdraw(_SLOT)
        if self._launcher is not None:
            self._launcher.retire()

    def _unseen(self) -> None:
        if self._launcher is not None and self._launcher.isVisible():
            return  # whoever opened it meanwhile need not be told how to
        if self._was_seen or self._quiet:
            self._tell()
        else:
            self._show_launcher()

    def _tell(self) -> None:
        from ringbridge.desktop.notify_ports import DEFAULT_ACTION, Notice, NoticeAction
        from ringbridge.ui.notify import Listener

        open_it = tr("Open Ringbridge")
        notice = Notice(
            title=tr("Ringbridge runs without an icon"),
            body=tr("This desktop shows no tray icons. Start Ringbridge again to open its window."),
            actions=(NoticeAction(DEFAULT_ACTION, open_it), NoticeAction("open", open_it)),
            icon="ringbridge",
        )
        listener = Listener(
            acted=lambda _key, token: self._show_launcher(token), failed=partial(self._show_launcher, quietly=True)
        )
        self.notify.show(_SLOT, notice, listener)

    def _show_launcher(self, token: str = "", *, quietly: bool = False) -> None:
        if self._closed:
            return
        if self._notify is not None:
            self._notify.withdraw(_SLOT)
        if self._launcher is None:
            from ringbridge.ui.launcher import Launcher

            self._launcher = Launcher(self._tray)
            self._launcher.show_hint(no_tray_sentence())
            self._launcher.closed.connect(partial(self._launcher.show_hint, ""))  # once is enough
        if quietly:
            self._launcher.present_quietly()
        else:
            self._launcher.present(token)


def no_tray_sentence() -> str:
    """What this window is for, and what helps."""
    return tr(
        "This desktop shows no tray icons, so this window stands in. Closing it does not end Ringbridge: start it "
        "again to open the window. On GNOME the extension “AppIndicator and KStatusNotifierItem Support” brings the "
        "icon; elsewhere, add a tray to the panel."
    )
