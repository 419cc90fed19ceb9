"""The switches of the settings that the desktop keeps, not our file: start at login, and who opens phone links."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from ringbridge.core.errors import RingbridgeError
from ringbridge.desktop.choose import autostart
from ringbridge.ui.desktop_words import autostart_reason, autostart_sentence, background_arguments, opener_sentence
from ringbridge.ui.wording import availability_sentence

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus
    from ringbridge.desktop.registration_ports import Autostart, AutostartState, LinkHandler
    from ringbridge.ui.buses import Buses
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)

_NOTHING_TO_SAY = {"", "off"}


class Switch(NamedTuple):
    """How a switch stands.

    Attributes:
        on: None where nobody knows.
        sentence: What there is to say about it, or empty.
        usable: It can be changed.
    """

    on: bool | None
    sentence: str = ""
    usable: bool = True


Shown = Callable[[str, Switch], None]


class DesktopSwitches(QObject):
    """Looks at the switches and turns them. GUI thread.

    Args:
        links: Used on `lane` only.
        buses: For a sandbox, whose start at login a portal switches.
        lane: Where files are read and written.
        profile: The profile's name.

    Signals:
        failed: A sentence: a switch could not be turned.
    """

    failed = Signal(str)

    def __init__(self, *, links: "LinkHandler", buses: "Buses", lane: "Lane", profile: str) -> None:
        super().__init__()
        self._links = links
        self._buses = buses
        self._lane = lane
        self._profile = profile

    def look(self, shown: Shown) -> None:
        """Look how each stands; `shown` is called for each, soon."""
        self._lane.submit(self._links_switch, partial(shown, "links"), self._failed)
        self._with_autostart(lambda switch: self._lane.submit(
            lambda: _autostart_switch(switch, switch.state()), partial(shown, "autostart"), self._failed
        ))  # fmt: skip

    def set(self, name: str, *, on: bool) -> None:
        """Turn one; what goes wrong is told by `failed`."""
        if name == "links":
            work = partial(self._links.register, default=True) if on else self._links.unregister
            self._lane.submit(work, lambda _: None, self._failed)
        else:
            self._with_autostart(partial(self._set_autostart, on))

    def _links_switch(self) -> Switch:
        availability = self._links.availability()
        if not availability.usable:
            return Switch(None, availability_sentence("links", availability), usable=False)
        state = self._links.state()
        on = len(state.ours) == len(state.openers) and bool(state.ours)
        return Switch(on, "" if on else opener_sentence(state))

    def _with_autostart(self, use: "Callable[[Autostart], None]") -> None:
        def make(bus: "Bus | None") -> None:
            use(autostart(lambda: bus, background_arguments(self._profile), autostart_reason()))

        self._buses.session(make)

    def _set_autostart(self, on: bool, switch: "Autostart") -> None:  # noqa: FBT001 - for `partial`
        states: list[AutostartState] = []

        def told(state: "AutostartState") -> None:
            if state.on is not on:
                self.failed.emit(autostart_sentence(state))

        if switch.blocking:
            self._lane.submit(lambda: switch.set(on, states.append), lambda _: told(states[0]), self._failed)
        else:
            switch.set(on, told)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RingbridgeError):
            from ringbridge.ui.wording import error_sentence

            self.failed.emit(error_sentence(error))
        else:
            _log.error("unexpected error beside the desktop's switches", exc_info=error)


def _autostart_switch(switch: "Autostart", state: "AutostartState") -> Switch:
    availability = switch.availability()
    if not availability.usable:
        return Switch(None, availability_sentence("autostart", availability), usable=False)
    return Switch(state.on, "" if state.why in _NOTHING_TO_SAY else autostart_sentence(state))
