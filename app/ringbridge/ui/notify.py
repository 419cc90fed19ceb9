"""The desktop's notifications, for every part that has something to say where no window can stand quietly."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ringbridge.desktop.choose import notifier, windows_keep_their_place
from ringbridge.desktop.notify_ports import Notice, NoticeEnd, NoticeListener
from ringbridge.desktop.ports import Availability

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus
    from ringbridge.desktop.notify_ports import Notifier
    from ringbridge.ui.buses import Buses
    from ringbridge.ui.session import Session


class Listener:
    """A `NoticeListener` of functions; what is not given is not wanted.

    Args:
        acted: Gets the key of the button, and the token for the next window.
        failed: It was not shown: say it in another way.
        ended: It is gone, and nobody pressed anything.
        late: A button was pressed after that.
    """

    def __init__(
        self,
        *,
        acted: Callable[[str, str], None] = lambda _key, _token: None,
        failed: Callable[[], None] = lambda: None,
        ended: Callable[[NoticeEnd], None] = lambda _why: None,
        late: Callable[[], None] = lambda: None,
    ) -> None:
        self._acted, self._failed, self._ended, self._late = acted, failed, ended, late

    def acted(self, action: str, token: str) -> None:
        """A button was pressed."""
        self._acted(action, token)

    def ended(self, why: NoticeEnd) -> None:
        """It is gone."""
        self._ended(why)

    def late(self) -> None:
        """A button of what is gone was pressed."""
        self._late()

    def failed(self) -> None:
        """It was not shown."""
        self._failed()


class NotifyRules:
    """When notifications say what windows say elsewhere. GUI thread.

    Args:
        session: The settings in force.
        screen_locked: Whether the screen is locked, whatever the settings make of it.
    """

    def __init__(self, *, session: "Session", screen_locked: Callable[[], bool]) -> None:
        self._session = session
        self.screen_locked = screen_locked

    @property
    def replaces_windows(self) -> bool:
        """Whether notifications say what the card and the strip say elsewhere."""
        how = self._session.settings.card.show_as
        return how == "notification" or (how == "automatic" and not windows_keep_their_place())


class Notify:
    """Reaches the notification server with the first notification. GUI thread.

    Args:
        buses: Hand out the session bus.
    """

    def __init__(self, buses: "Buses") -> None:
        self._buses = buses
        self._bus: Bus | None = None
        self._notifier: Notifier | None = None
        self._waiting: dict[str, tuple[Notice, NoticeListener]] = {}
        self._closed = False

    def availability(self) -> Availability:
        """What is known of the notification server by now."""
        return self._notifier.availability() if self._notifier is not None else Availability(usable=True)

    def show(self, slot: str, notice: Notice, listener: NoticeListener) -> None:
        """Show a notification in a slot; see `ringbridge.desktop.notify_ports.Notifier`."""
        if self._notifier is not None and self._bus is not None and self._bus.is_open:
            self._notifier.show(slot, notice, listener)
            return
        self._waiting[slot] = (notice, listener)
        if len(self._waiting) == 1:
            self._buses.session(self._take_bus)

    def withdraw(self, slot: str) -> None:
        """Take away what stands in a slot. Safe to call for an empty one."""
        self._waiting.pop(slot, None)
        if self._notifier is not None:
            self._notifier.withdraw(slot)

    def close(self) -> None:
        """Withdraw all. Safe to call twice."""
        self._closed = True
        self._waiting.clear()
        if self._notifier is not None:
            self._notifier.close()

    def _take_bus(self, bus: "Bus | None") -> None:
        waiting, self._waiting = self._waiting, {}
        if self._closed:
            return
        if bus is None:
            for _, listener in waiting.values():
                listener.failed()
            return
        if bus is not self._bus:
            if self._notifier is not None:
                self._notifier.close()
            self._bus, self._notifier = bus, notifier(bus)
        for slot, (notice, listener) in waiting.items():
            self.show(slot, notice, listener)
