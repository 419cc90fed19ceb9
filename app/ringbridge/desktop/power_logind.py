"""When the computer wakes up, on Linux: logind's ``PrepareForSleep``."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ringbridge.desktop.dbus.values import BusSignal, Place
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.screen_lock_names import LOGIND, LOGIND_PATH, MANAGER

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus, Subscription

_LOGIND = Place(LOGIND, LOGIND_PATH, MANAGER)


class PowerLogind:
    """A `PowerWatch` on the system bus.

    Args:
        bus: The system bus.
    """

    name = "logind"

    def __init__(self, bus: "Bus") -> None:
        self._bus = bus
        self._subscriptions: list[Subscription] = []

    def watch(self, resumed: Callable[[], None], told: Callable[[Availability], None]) -> None:
        """Listen from now on; a logind that comes later is heard as well."""

        def slept_or_woke(signal: BusSignal) -> None:
            if signal.values == (False,):
                resumed()

        def owned(unique: str) -> None:
            owner.close()
            told(Availability(usable=bool(unique), reason="" if unique else "no_logind"))

        self._subscriptions.append(self._bus.listen(_LOGIND, "PrepareForSleep", slept_or_woke))
        owner = self._bus.watch_owner(LOGIND, owned)
        self._subscriptions.append(owner)

    def close(self) -> None:
        """Listen no more."""
        for subscription in self._subscriptions:
            subscription.close()
        self._subscriptions.clear()
