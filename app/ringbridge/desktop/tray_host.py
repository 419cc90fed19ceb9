"""Whether this desktop shows tray icons, and when that changes.

Two kinds of host exist: StatusNotifierItem over the session bus (org.kde.StatusNotifierWatcher), and XEmbed (the
owner of the X selection _NET_SYSTEM_TRAY_Sn). A QSystemTrayIcon made while no watcher is there becomes an XEmbed icon
and stays one, invisible on panels that know the other kind only; so it has to be made anew when a watcher appears.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from ringbridge.desktop.choose import Session, session
from ringbridge.desktop.ports import Availability

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusServiceWatcher

WATCHER_NAME = "org.kde.StatusNotifierWatcher"
_WATCHER_PATH = "/StatusNotifierWatcher"
_SETTLE_MS = 300
"""Between the watcher's name and the panel that registers as its host (seen with xfce4-panel)."""
_BUS_TIMEOUT_S = 1.0


class TrayHostWatcher:
    """Calls back when a StatusNotifierWatcher appears or disappears; by events, GUI thread.

    To be made after start: it imports QtDBus.
    """

    def __init__(self, appeared: Callable[[], None], vanished: Callable[[], None]) -> None:
        """Keep whom to call: `appeared` comes 300 ms after the name did, when the panel is ready for icons."""
        self._appeared = appeared
        self._vanished = vanished
        self._watcher: QDBusServiceWatcher | None = None

    def start(self) -> bool:
        """Watch from now on; tells whether there is a session bus to watch."""
        from PySide6.QtCore import QTimer
        from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return False
        self._settle = QTimer()
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._appeared)
        mode = QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange
        self._watcher = QDBusServiceWatcher(WATCHER_NAME, bus, mode)
        self._watcher.serviceRegistered.connect(self._came)
        self._watcher.serviceUnregistered.connect(self._gone)
        return True

    def _came(self, *_: object) -> None:
        self._settle.start()

    def _gone(self, *_: object) -> None:
        self._settle.stop()
        self._vanished()

    def close(self) -> None:
        """Watch no more. Safe to call twice."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            self._settle.stop()
            watcher.setWatchedServices([])


def tray_host_availability() -> Availability:
    """Ask this desktop for a tray, without Qt.

    Returns:
        Usable, or the reason ``no_tray_host``; usable with the reason ``only_xembed`` where icons are shown in the
        old way. Windows and macOS always have a tray.
    """
    kind = session()
    if kind in {Session.WINDOWS, Session.MACOS}:
        return Availability(usable=True)
    if _has_notifier_host():
        return Availability(usable=True)
    if kind is Session.X11 and _has_xembed_tray():
        return Availability(usable=True, reason="only_xembed")
    return Availability(usable=False, reason="no_tray_host", remedy="start_tray_host")


def _has_notifier_host() -> bool:
    from jeepney import DBusAddress, MessageFlag, MessageType
    from jeepney import new_method_call as call  # pyright: ignore[reportUnknownVariableType] - has no annotations
    from jeepney.io.blocking import open_dbus_connection

    try:
        with open_dbus_connection("SESSION") as bus:
            question = call(
                DBusAddress(_WATCHER_PATH, bus_name=WATCHER_NAME, interface="org.freedesktop.DBus.Properties"),
                "Get",
                "ss",
                (WATCHER_NAME, "IsStatusNotifierHostRegistered"),
            )
            question.header.flags |= MessageFlag.no_auto_start  # looking starts nothing
            answer = bus.send_and_get_reply(  # pyright: ignore[reportUnknownMemberType] - has no annotations
                question, timeout=_BUS_TIMEOUT_S
            )
    except (OSError, KeyError, ValueError, RuntimeError):  # nobody there, no address, a strange or an unknown one
        return False
    kind = cast("object", answer.header.message_type)  # pyright: ignore[reportUnknownMemberType] - likewise
    return kind is MessageType.method_return and answer.body[0][1] is True


def _has_xembed_tray() -> bool:
    from ringbridge.desktop.x11.events import decode_owner
    from ringbridge.desktop.x11.xcb import Connection, XcbError

    try:
        connection = Connection()
        try:
            (selection,) = connection.atoms((f"_NET_SYSTEM_TRAY_S{connection.screen_number}",))
            reply = connection.wait_reply(connection.ask_selection_owner(selection))
            return decode_owner(reply) != 0
        finally:
            connection.close()
    except XcbError:
        return False
