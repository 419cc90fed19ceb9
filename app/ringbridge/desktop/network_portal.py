"""When the network is another one, from a sandbox or where NetworkManager does not run: the NetworkMonitor portal.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.NetworkMonitor.html
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ringbridge.desktop.dbus.portal import PORTAL, PORTAL_PATH
from ringbridge.desktop.dbus.values import Place
from ringbridge.desktop.ports import Availability

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus, Subscription

_MONITOR = Place(PORTAL, PORTAL_PATH, "org.freedesktop.portal.NetworkMonitor")


class NetworkPortalWatch:
    """A `NetworkWatch` on the session bus.

    Args:
        bus: The session bus.
    """

    name = "portal"

    def __init__(self, bus: "Bus") -> None:
        self._bus = bus
        self._subscription: Subscription | None = None

    def watch(self, changed: Callable[[], None], told: Callable[[Availability], None]) -> None:
        """Listen from now on."""

        def answered(version: Any) -> None:  # noqa: ANN401 - what the portal says
            usable = isinstance(version, int)
            told(Availability(usable=usable, reason="" if usable else "no_portal"))

        self._subscription = self._bus.listen(_MONITOR, "changed", lambda _signal: changed())
        self._bus.get(_MONITOR, "version", answered)

    def close(self) -> None:
        """Listen no more."""
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None
