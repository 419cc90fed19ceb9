"""When the network is another one, on Linux: NetworkManager's state and the connection that leads out.

https://networkmanager.dev/docs/api/latest/gdbus-org.freedesktop.NetworkManager.html
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from ringbridge.desktop.dbus.values import BusSignal, Place, plain
from ringbridge.desktop.ports import Availability

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus, Subscription

_NAME, _PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
_MANAGER = Place(_NAME, _PATH, _NAME)
_PROPERTIES = Place(_NAME, _PATH, "org.freedesktop.DBus.Properties")
_CONNECTED_LOCAL = 50
"""NM_STATE_CONNECTED_LOCAL; what is smaller leads nowhere."""
_NO_CONNECTION = "/"


class NetworkManagerWatch:
    """A `NetworkWatch` on the system bus: `changed` for each new connection that leads out, not for the way there.

    Args:
        bus: The system bus.
    """

    name = "network_manager"

    def __init__(self, bus: "Bus") -> None:
        self._bus = bus
        self._subscriptions: list[Subscription] = []
        self._changed: Callable[[], None] | None = None
        self._state: int | None = None
        self._primary: str | None = None

    def watch(self, changed: Callable[[], None], told: Callable[[Availability], None]) -> None:
        """Listen from now on; each start of NetworkManager is heard."""
        self._changed = changed

        def owned(unique: str) -> None:
            owner.close()
            if unique:
                self._bus.get(_MANAGER, "State", self._take_state)
                self._bus.get(_MANAGER, "PrimaryConnection", self._take_primary)
            told(Availability(usable=bool(unique), reason="" if unique else "no_network_manager"))

        self._subscriptions += [
            self._bus.listen(_MANAGER, "StateChanged", lambda signal: self._take_state(*signal.values[:1])),
            self._bus.listen(_PROPERTIES, "PropertiesChanged", self._properties, first=_NAME),
        ]
        owner = self._bus.watch_owner(_NAME, owned)
        self._subscriptions.append(owner)

    def close(self) -> None:
        """Listen no more."""
        self._changed = None
        for subscription in self._subscriptions:
            subscription.close()
        self._subscriptions.clear()

    def _properties(self, signal: BusSignal) -> None:
        if len(signal.values) > 1 and isinstance(signal.values[1], dict):
            properties = cast("dict[str, Any]", signal.values[1])
            if "State" in properties:
                self._take_state(plain(properties["State"]))
            if "PrimaryConnection" in properties:
                self._take_primary(plain(properties["PrimaryConnection"]))

    def _take_state(self, state: object = None) -> None:
        if not isinstance(state, int) or state == self._state:
            return
        before, self._state = self._state, state
        came_up = state >= _CONNECTED_LOCAL and before is not None and before < _CONNECTED_LOCAL
        if came_up and self._changed is not None:
            self._changed()

    def _take_primary(self, path: object) -> None:
        if not isinstance(path, str) or path == self._primary:
            return
        before, self._primary = self._primary, path
        if before is not None and path != _NO_CONNECTION and self._changed is not None:
            self._changed()
