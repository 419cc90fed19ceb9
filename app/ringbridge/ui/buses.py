"""The program's two D-Bus connections, made on a lane for the first part that wants one, then shared by all."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ringbridge.ui.tasks import Lane

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus
    from ringbridge.ui.tasks import GuiInvoker

_log = logging.getLogger(__name__)

_PATIENCE_S = 5.0
"""A bus that says nothing for so long is left out; at login a slow one takes a second or two."""


class Buses:
    """Hands out the session and the system bus; GUI thread.

    A bus that went away is connected to anew for the next one who asks. One may hang: so each is waited for on a
    lane of its own, which ends with the waiting, and nobody else is held up.

    Args:
        invoker: Brings results back to the GUI thread.
    """

    def __init__(self, invoker: "GuiInvoker") -> None:
        self._invoker = invoker
        self._lanes: dict[str, Lane] = {}
        self._made: dict[str, Bus] = {}
        self._waiting: dict[str, list[Callable[[Bus | None], None]]] = {}

    def session(self, use: "Callable[[Bus | None], None]") -> None:
        """Call `use` with the user's bus, or with None where there is none."""
        self._hand_out("SESSION", use)

    def system(self, use: "Callable[[Bus | None], None]") -> None:
        """Call `use` with the system's bus, or with None where there is none."""
        self._hand_out("SYSTEM", use)

    def close(self) -> None:
        """Hang up on both. Safe to call twice."""
        self._waiting.clear()
        for bus in self._made.values():
            bus.close()
        self._made.clear()

    def _hand_out(self, address: str, use: "Callable[[Bus | None], None]") -> None:
        bus = self._made.get(address)
        if bus is not None and bus.is_open:
            use(bus)
            return
        waiting = self._waiting.setdefault(address, [])
        waiting.append(use)
        if len(waiting) == 1:
            lane = self._lanes[address] = Lane(f"{address.lower()} bus", self._invoker, drops_queue=True)
            lane.submit(partial(_connect, address), partial(self._take, address), partial(self._fail, address))

    def _take(self, address: str, bus: "Bus") -> None:
        waiting = self._waiting.pop(address, None)
        self._lanes.pop(address).close(0)
        if waiting is None:  # closed meanwhile
            bus.close()
            return
        self._made[address] = bus
        bus.run()
        _tell(waiting, bus)

    def _fail(self, address: str, error: Exception) -> None:
        self._lanes.pop(address).close(0)
        _log.info("the %s bus can't be used: %s", address.lower(), error)
        _tell(self._waiting.pop(address, []), None)


def _connect(address: str) -> "Bus":
    from ringbridge.desktop.dbus.connect import connect

    return connect(address, deadline_s=_PATIENCE_S)


def _tell(waiting: "list[Callable[[Bus | None], None]]", bus: "Bus | None") -> None:
    for use in waiting:
        try:
            use(bus)
        except Exception:  # noqa: BLE001 - a slot's border: the others wait, too
            _log.exception("a part could not take the bus")
