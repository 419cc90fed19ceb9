"""What a desktop tells on the buses, for tests: portal, logind, NetworkManager, with the signatures of the real ones.

xdg-desktop-portal 1.16 and later, systemd 252, NetworkManager 1.42.
"""

from typing import Any, Self

from support.bus_peer import Asked, BusPeer, Refusal

PORTAL, PORTAL_PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
APPEARANCE = "org.freedesktop.appearance"
LOGIND, LOGIND_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
NM, NM_PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
PROPERTIES = "org.freedesktop.DBus.Properties"
UNSET_ACCENT = ("(ddd)", (-1.0, -1.0, -1.0))


class PortalPeer(BusPeer):
    """xdg-desktop-portal: Settings, Background and NetworkMonitor.

    Attributes:
        values: What Settings says of ``org.freedesktop.appearance``, with variants.
        response: What Background answers, or None: a person still thinks.
    """

    def __init__(self, address: str, **values: tuple[str, Any]) -> None:
        super().__init__(
            address,
            PORTAL,
            {"ReadAll": self._read_all, "RequestBackground": self._background, "Get": self._get},
        )
        self.values: dict[str, tuple[str, Any]] = {name.replace("_", "-"): value for name, value in values.items()}
        self.response: tuple[int, dict[str, Any]] | None = (0, {"background": ("b", True), "autostart": ("b", True)})

    def change(self, key: str, value: tuple[str, Any]) -> None:
        """Somebody changes a setting."""
        self.values[key] = value
        self.emit(PORTAL_PATH, "org.freedesktop.portal.Settings", "SettingChanged", "ssv", APPEARANCE, key, value)

    def network_changed(self) -> None:
        self.emit(PORTAL_PATH, "org.freedesktop.portal.NetworkMonitor", "changed")

    def _read_all(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        (namespaces,) = call.values
        return "a{sa{sv}}", ({APPEARANCE: self.values} if APPEARANCE in namespaces else {},)

    def _get(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        if call.values[1] != "version":
            raise Refusal("org.freedesktop.DBus.Error.InvalidArgs")
        return "v", (("u", 3),)

    def _background(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        _parent, options = call.values
        sender = call.sender.removeprefix(":").replace(".", "_")
        path = f"{PORTAL_PATH}/request/{sender}/{options['handle_token'][1]}"
        if self.response is not None:  # before the handle: a portal that remembers the answer is that quick
            self.emit(path, "org.freedesktop.portal.Request", "Response", "ua{sv}", *self.response, to=call.sender)
        return "o", (path,)


class LogindPeer(BusPeer):
    """logind's manager."""

    def __init__(self, address: str) -> None:
        super().__init__(address, LOGIND)

    def sleep(self, *, begins: bool) -> None:
        self.emit(LOGIND_PATH, "org.freedesktop.login1.Manager", "PrepareForSleep", "b", begins)


class NetworkManagerPeer(BusPeer):
    """NetworkManager, connected by cable."""

    def __init__(self, address: str) -> None:
        super().__init__(address, NM, {"Get": self._get})
        self.properties: dict[str, tuple[str, Any]] = {
            "State": ("u", 70),
            "PrimaryConnection": ("o", f"{NM_PATH}/ActiveConnection/1"),
        }

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def state(self, state: int) -> None:
        """The state changes, which NetworkManager tells twice."""
        self.properties["State"] = ("u", state)
        self.emit(NM_PATH, NM, "StateChanged", "u", state)
        self._changed("State")

    def primary(self, path: str) -> None:
        """Another connection leads out; ``/`` for none."""
        self.properties["PrimaryConnection"] = ("o", path)
        self._changed("PrimaryConnection")

    def wifi_strength(self) -> None:
        """Something else changes."""
        self.emit(NM_PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", NM, {"WirelessEnabled": ("b", True)}, [])

    def _changed(self, name: str) -> None:
        changed = {name: self.properties[name]}
        self.emit(NM_PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", NM, changed, [])

    def _get(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        return "v", (self.properties[call.values[1]],)
