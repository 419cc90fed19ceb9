"""What the desktop tells while the program runs: wake-ups, another network, dark windows. Loaded after the icon."""

import logging
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ringbridge.desktop.choose import appearance_watches, network_watches, power_watches
from ringbridge.desktop.ports import Availability
from ringbridge.ui.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QApplication

    from ringbridge.desktop.dbus.bus import Bus
    from ringbridge.desktop.event_ports import NetworkWatch, PowerWatch
    from ringbridge.ui.buses import Buses
    from ringbridge.ui.session import Session

_log = logging.getLogger(__name__)


class DesktopEvents(QObject):
    """Listens to the two buses. GUI thread; without traffic on them nothing here runs.

    Args:
        application: Qt's application.
        buses: The shared connections.
        session: The settings in force.

    Attributes:
        theme: Gives the windows their colours.

    Signals:
        way_changed: The way to other computers is another one; True: because the computer slept.
    """

    way_changed = Signal(bool)

    def __init__(self, *, application: "QApplication", buses: "Buses", session: "Session") -> None:
        super().__init__()
        self.theme = Theme(application)
        self._session = session
        self._buses = buses
        self._power: Sequence[PowerWatch] = ()
        self._network: Sequence[NetworkWatch] = ()
        self._told: dict[str, dict[str, Availability]] = {"power": {}, "network": {}}
        self._use_settings()
        session.changed.connect(self._use_settings)

    def start(self) -> None:
        """Listen from now on."""
        self._buses.session(self._follow_colours)
        self._buses.system(self._follow_power)

    def availability(self, what: str) -> Availability:
        """Whether anybody tells: of ``power``, ``network`` or ``dark_mode``."""
        if what == "dark_mode":
            return self.theme.availability()
        told = self._told[what]
        reason = next((one.reason for one in told.values()), "no_system_bus")
        usable = next((name for name, one in told.items() if one.usable), "")
        return Availability(usable=bool(usable), reason="" if usable else reason)

    def close(self) -> None:
        """Listen no more. Safe to call twice."""
        self.theme.close()
        for watch in (*self._power, *self._network):
            watch.close()
        self._power = self._network = ()

    def _use_settings(self) -> None:
        self.theme.use(self._session.settings.look.theme)

    def _follow_colours(self, bus: "Bus | None") -> None:
        self.theme.follow(appearance_watches(bus))

    def _follow_power(self, system: "Bus | None") -> None:
        self._power = power_watches(system)
        for watch in self._power:
            watch.watch(partial(self._tell, "woke up", slept=True), partial(self._told_of, "power", watch.name))
        self._buses.session(partial(self._follow_network, system))

    def _follow_network(self, system: "Bus | None", session_bus: "Bus | None") -> None:
        self._watch_next(list(network_watches(system, session_bus)))

    def _watch_next(self, watches: "list[NetworkWatch]") -> None:
        """Listen to the first one who is there; the others would tell the same again."""
        if not watches:
            return
        watch, *others = watches

        def told(availability: Availability) -> None:
            self._told_of("network", watch.name, availability)
            if not availability.usable:
                self._watch_next(others)

        self._network = (*self._network, watch)
        watch.watch(partial(self._tell, "network changed", slept=False), told)

    def _told_of(self, what: str, name: str, availability: Availability) -> None:
        self._told[what][name] = availability
        _log.debug("%s by %s: %s", what, name, availability.reason or "is told")

    def _tell(self, what: str, *, slept: bool) -> None:
        _log.info("%s", what)
        self.way_changed.emit(slept)
