"""The session bus of a private desktop, and the tray icons that are registered there.

Stands on jeepney alone, so that the scripted tour runs without the tools of the tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, MessageType, Properties, new_method_call
from jeepney.io.blocking import open_dbus_connection

_BUS = DBusAddress("/org/freedesktop/DBus", bus_name="org.freedesktop.DBus", interface="org.freedesktop.DBus")
_WATCHER = DBusAddress(
    "/StatusNotifierWatcher", bus_name="org.kde.StatusNotifierWatcher", interface="org.kde.StatusNotifierWatcher"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayItem:
    """One icon in the tray: where its program offers it on the bus."""

    service: str
    path: str
    menu_path: str
    item_id: str
    title: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One entry of a tray menu, as the panel would draw it.

    Attributes:
        entry_id: Its number within the menu; numbers are not in order and change with the menu.
        label: Its text without the mnemonic mark; empty for a separator.
        enabled: It can be clicked.
        checked: Its tick, or None when it has none.
        separator: It is a line between entries.
        children: The entries of its submenu.
    """

    entry_id: int
    label: str
    enabled: bool = True
    checked: bool | None = None
    separator: bool = False
    children: tuple["MenuEntry", ...] = ()

    def flat(self) -> Iterator["MenuEntry"]:
        """Yield this entry and all below it, top down."""
        yield self
        for child in self.children:
            yield from child.flat()


class SessionBus:
    """A connection of the test's own to the desktop's bus; for one thread."""

    def __init__(self, address: str, *, pass_fds: bool = False) -> None:
        self._connection = open_dbus_connection(bus=address, enable_fds=pass_fds)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def call(self, address: DBusAddress, method: str, signature: str = "", *values: Any, timeout_s: float = 5) -> Any:
        """Call a method and return the values of its answer as a tuple.

        Raises:
            DBusErrorResponse: The other side refused.
            TimeoutError: It did not answer in time.
        """
        message = new_method_call(address, method, signature or None, values)
        reply = self._connection.send_and_get_reply(message, timeout=timeout_s)
        if reply.header.message_type == MessageType.error:
            raise DBusErrorResponse(reply)
        return reply.body

    def get(self, address: DBusAddress, name: str, timeout_s: float = 5) -> Any:
        """Return a property's value; raises as `call` does."""
        reply = self._connection.send_and_get_reply(Properties(address).get(name), timeout=timeout_s)
        if reply.header.message_type == MessageType.error:
            raise DBusErrorResponse(reply)
        return reply.body[0][1]

    def has_owner(self, name: str) -> bool:
        """Whether a program has taken `name`."""
        return bool(self.call(_BUS, "NameHasOwner", "s", name)[0])

    def pid_of(self, name: str) -> int:
        """Return the process behind `name`."""
        return int(self.call(_BUS, "GetConnectionUnixProcessID", "s", name)[0])

    def tray_host_ready(self) -> bool:
        """Whether a panel that shows StatusNotifierItems is there."""
        if not self.has_owner("org.kde.StatusNotifierWatcher"):
            return False
        return bool(self.get(_WATCHER, "IsStatusNotifierHostRegistered"))

    def collection_locked(self, name: str) -> bool | None:
        """Whether a collection of the Secret Service is locked; None when the service or it is not there yet."""
        if not self.has_owner("org.freedesktop.secrets"):
            return None
        collection = DBusAddress(
            f"/org/freedesktop/secrets/collection/{name}",
            bus_name="org.freedesktop.secrets",
            interface="org.freedesktop.Secret.Collection",
        )
        try:
            return bool(self.get(collection, "Locked"))
        except DBusErrorResponse:
            return None

    def lock_collection(self, name: str) -> None:
        """Lock a collection of the Secret Service."""
        service = DBusAddress(
            "/org/freedesktop/secrets",
            bus_name="org.freedesktop.secrets",
            interface="org.freedesktop.Secret.Service",
        )
        self.call(service, "Lock", "ao", [f"/org/freedesktop/secrets/collection/{name}"])

    def tray_items(self) -> tuple[TrayItem, ...]:
        """Return the icons that programs have registered with the panel."""
        return tuple(self._tray_item(name) for name in self.get(_WATCHER, "RegisteredStatusNotifierItems"))

    def _tray_item(self, registered: str) -> TrayItem:
        service, slash, path = registered.partition("/")
        service, path = service.rstrip("@"), slash + path or "/StatusNotifierItem"  # GNOME's writes `:1.9@/Path`
        address = DBusAddress(path, bus_name=service, interface="org.kde.StatusNotifierItem")
        return TrayItem(
            service=service,
            path=path,
            menu_path=str(self.get(address, "Menu")),
            item_id=str(self.get(address, "Id")),
            title=str(self.get(address, "Title")),
            status=str(self.get(address, "Status")),
        )

    def activate(self, item: TrayItem, method: str = "Activate") -> None:
        """Do what a click on the icon does: `Activate` (left) or `SecondaryActivate` (middle)."""
        address = DBusAddress(item.path, bus_name=item.service, interface="org.kde.StatusNotifierItem")
        self.call(address, method, "ii", 0, 0)

    def _menu(self, item: TrayItem) -> DBusAddress:
        return DBusAddress(item.menu_path, bus_name=item.service, interface="com.canonical.dbusmenu")

    def menu(self, item: TrayItem) -> tuple[MenuEntry, ...]:
        """Return the icon's menu as a panel reads it before it draws it."""
        address = self._menu(item)
        self.call(address, "AboutToShow", "i", 0)
        _revision, layout = self.call(address, "GetLayout", "iias", 0, -1, [])
        return _entry(layout).children

    def click_entry(self, item: TrayItem, entry: MenuEntry) -> None:
        """Do what a click on the entry does."""
        self.call(self._menu(item), "Event", "isvu", entry.entry_id, "clicked", ("i", 0), 0)


def _entry(layout: Any) -> MenuEntry:
    entry_id, properties, children = layout
    values = {name: value for name, (_signature, value) in properties.items()}
    toggle = values.get("toggle-type", "")
    entries = [_entry(child) for _signature, child in children]
    visible = [
        entry for entry, (_s, child) in zip(entries, children, strict=True) if child[1].get("visible", ("b", True))[1]
    ]
    return MenuEntry(
        entry_id=int(entry_id),
        # one underscore stands before the mnemonic, and a real one is doubled (com.canonical.dbusmenu)
        label=str(values.get("label", "")).replace("__", "\0").replace("_", "").replace("\0", "_"),
        enabled=bool(values.get("enabled", True)),
        checked=int(values.get("toggle-state", 0)) == 1 if toggle else None,
        separator=values.get("type") == "separator",
        children=tuple(visible),
    )
