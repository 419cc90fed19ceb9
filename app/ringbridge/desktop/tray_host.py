"""Whether this desktop shows tray icons, and when that changes.

Two kinds of host exist: StatusNotifierItem over the session bus (org.kde.StatusNotifierWatcher), and XEmbed (the
owner of the X selection _NET_SYSTEM_TRAY_Sn). A QSystemTrayIcon made while no watcher is there becomes an XEmbed icon
and stays one, invisible on panels that know the other kind only; and the other way round.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, cast

from ringbridge.desktop.choose import Session, session
from ringbridge.desktop.dbus.values import BUS, Place
from ringbridge.desktop.ports import Availability

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus, Subscription
    from ringbridge.desktop.dbus.values import BusSignal, Reply
    from ringbridge.desktop.x11.events import Event
    from ringbridge.desktop.x11.qt_loop import XLoop
    from ringbridge.desktop.x11.xcb import Connection

_log = logging.getLogger(__name__)

WATCHER_NAME = "org.kde.StatusNotifierWatcher"
_WATCHER_PATH = "/StatusNotifierWatcher"
_WATCHER = Place(WATCHER_NAME, _WATCHER_PATH, WATCHER_NAME)
_BUS_TIMEOUT_S = 1.0
_MAX_ITEMS = 100


class TrayHosts(NamedTuple):
    """Who would show an icon.

    Attributes:
        watcher: The unique bus name of the StatusNotifierWatcher, or empty: a new icon is of that kind where there is
            one, whether or not anybody shows it.
        notifier: A panel shows StatusNotifierItems.
        xembed: A panel shows XEmbed icons.
    """

    watcher: str = ""
    notifier: bool = False
    xembed: bool = False

    @property
    def any(self) -> bool:
        """Whether an icon that is made now is shown."""
        return self.notifier or (self.xembed and not self.watcher)


class TrayHostWatcher:
    """Tells who shows tray icons, now and at each change; by events, GUI thread.

    Args:
        changed: Gets the hosts, for the first time once all that can be known has been heard.
    """

    def __init__(self, changed: Callable[[TrayHosts], None]) -> None:
        self._changed = changed
        self._hosts = TrayHosts()
        self._told: TrayHosts | None = None
        self._bus: Bus | None = None
        self._bus_heard = False
        self._subscriptions: list[Subscription] = []
        self._connection: Connection | None = None
        self._loop: XLoop | None = None
        self._selection = 0
        self._asked = 0

    def start(self, bus: "Bus | None") -> None:
        """Watch from now on.

        Args:
            bus: The session bus, or None where there is none: then XEmbed alone is looked for.
        """
        if session() is Session.X11:
            self._watch_xembed()
        self._bus = bus
        if bus is None:
            self._bus_heard = True
            self._tell()
            return
        self._subscriptions = [
            bus.watch_owner(WATCHER_NAME, self._owner_changed),
            bus.listen(_WATCHER, "StatusNotifierHostRegistered", self._ask_for_host),
            bus.listen(_WATCHER, "StatusNotifierHostUnregistered", self._ask_for_host),
        ]

    def close(self) -> None:
        """Watch no more. Safe to call twice."""
        for subscription in self._subscriptions:
            subscription.close()
        self._subscriptions = []
        self._bus = None
        self._end_xembed()

    def ask_registered(self, told: Callable[[bool | None], None]) -> None:
        """Find out whether an icon of this process is registered with the watcher; None: nobody says."""
        bus = self._bus
        if bus is None:
            told(None)
            return
        owners: list[object] = []  # the processes of the items, and at last our own

        def took_items(items: object) -> None:
            if not isinstance(items, list):
                told(None)
                return
            names = [str(item).partition("/")[0] for item in cast("list[object]", items)[:_MAX_ITEMS]]
            names.append(bus.unique_name)  # in a sandbox both are its proxy's, so it is the bus that says who we are
            for name in names:
                bus.call(BUS, "GetConnectionUnixProcessID", "s", name, answered=lambda reply: took(reply, len(names)))

        def took(reply: "Reply", count: int) -> None:
            owners.append(reply.values[0] if not reply.error and reply.values else None)
            if len(owners) == count:
                told(owners[-1] in owners[:-1])

        bus.get(_WATCHER, "RegisteredStatusNotifierItems", took_items)

    # ------------------------------------------------------------ StatusNotifierItem

    def _owner_changed(self, owner: str) -> None:
        self._hosts = self._hosts._replace(watcher=owner, notifier=False)
        if owner:
            self._ask_for_host()
        else:
            self._bus_heard = True
            self._tell()

    def _ask_for_host(self, _signal: "BusSignal | None" = None) -> None:
        bus = self._bus
        if bus is None:
            return
        self._asked += 1
        asked = self._asked

        def took(registered: object) -> None:
            if asked == self._asked:
                self._bus_heard = True
                # a watcher that is slow at login, or lacks the property, has a panel behind it as a rule
                self._hosts = self._hosts._replace(notifier=registered is not False and bool(self._hosts.watcher))
                self._tell()

        bus.get(_WATCHER, "IsStatusNotifierHostRegistered", took)

    # ------------------------------------------------------------ XEmbed

    def _watch_xembed(self) -> None:
        """A connection of our own: Qt tells nobody who owns the selection."""
        from ringbridge.desktop.x11.events import decode_owner
        from ringbridge.desktop.x11.qt_loop import XLoop
        from ringbridge.desktop.x11.xcb import Connection, XcbError

        try:
            connection = self._connection = Connection()
            connection.start_xfixes()
            (self._selection,) = connection.atoms((f"_NET_SYSTEM_TRAY_S{connection.screen_number}",))
            connection.select_selection(self._selection, on=True)
            owner = decode_owner(connection.wait_reply(connection.ask_selection_owner(self._selection)))
        except XcbError as error:
            _log.info("nobody tells of XEmbed trays: %s", error.reason)
            self._end_xembed()
            return
        self._hosts = self._hosts._replace(xembed=owner != 0)
        self._loop = XLoop(connection, self._take_events, self._take_events)
        self._loop.call_soon()

    def _take_events(self) -> None:
        from ringbridge.desktop.x11.events import SelectionChanged

        connection = self._connection
        if connection is None:
            return
        event: Event | None
        while (event := connection.next_event()) is not None:
            if isinstance(event, SelectionChanged) and event.selection == self._selection:
                self._hosts = self._hosts._replace(xembed=event.owner != 0)
        if connection.broken:
            self._end_xembed()
        else:
            self._tell()

    def _end_xembed(self) -> None:
        loop, self._loop = self._loop, None
        connection, self._connection = self._connection, None
        if loop is not None:
            loop.stop()
        if connection is not None:
            connection.close()

    def _tell(self) -> None:
        if self._bus_heard and self._hosts != self._told:
            self._told = self._hosts
            self._changed(self._hosts)


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
