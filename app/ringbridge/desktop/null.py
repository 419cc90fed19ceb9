"""What stands in where a desktop offers nothing: it does nothing, and says so."""

from collections.abc import Callable, Sequence

from ringbridge.desktop.ports import (
    Availability,
    Buffer,
    Copied,
    HotkeyCondition,
    HotkeyState,
    HotkeyWish,
    Pressed,
    ReadProblem,
    Told,
)
from ringbridge.desktop.registration_ports import AutostartState, LinkState, Registration


class ClipboardNull:
    """A `ClipboardBackend` for desktops without one: no copy is ever reported, each read is UNSUPPORTED."""

    name = "none"

    def __init__(self, reason: str = "no_display", remedy: str = "") -> None:
        """Keep why there is no other."""
        self._availability = Availability(usable=False, reason=reason, remedy=remedy)

    def availability(self) -> Availability:
        """Never usable."""
        return self._availability

    def watch(self, copied: Callable[[Copied], None]) -> None:
        """Do nothing."""

    def unwatch(self) -> None:
        """Do nothing."""

    def read(self, buffer: Buffer, done: Callable[[Copied], None]) -> None:  # noqa: ARG002 - the protocol's
        """Answer UNSUPPORTED."""
        from PySide6.QtCore import QTimer

        QTimer.singleShot(0, lambda: done(Copied(problem=ReadProblem.UNSUPPORTED)))

    def close(self) -> None:
        """Do nothing."""


class HotkeyNull:
    """A `HotkeyBackend` for desktops without one: each wish is told that there is none."""

    name = "none"

    def __init__(self, reason: str = "no_display", remedy: str = "") -> None:
        """Keep why there is no other."""
        self._availability = Availability(usable=False, reason=reason, remedy=remedy)

    def availability(self) -> Availability:
        """Never usable."""
        return self._availability

    def bind(self, wishes: Sequence[HotkeyWish], pressed: Pressed, told: Told) -> None:  # noqa: ARG002 - the protocol's
        """Say of each that there is none."""
        for wish in wishes:
            told(wish.action, HotkeyState(HotkeyCondition.UNAVAILABLE, availability=self._availability))

    def configure(self) -> bool:
        """There is no such place."""
        return False

    def hold_stop_key(self, pressed: Callable[[], None] | None) -> bool:  # noqa: ARG002 - the protocol's
        """Not possible."""
        return False

    def close(self) -> None:
        """Do nothing."""


class ScreenLockNull:
    """A `ScreenLock` for desktops that tell of none: the screen never counts as locked."""

    name = "none"

    def __init__(self, reason: str = "no_bus", remedy: str = "") -> None:
        """Keep why there is no other."""
        self._availability = Availability(usable=False, reason=reason, remedy=remedy)

    def availability(self) -> Availability:
        """Never usable."""
        return self._availability

    @property
    def locked(self) -> bool:
        """Nobody tells."""
        return False

    def watch(self, changed: Callable[[bool], None], known: Callable[[], None]) -> None:  # noqa: ARG002 - as in the others
        """There is nothing to wait for."""
        known()

    def close(self) -> None:
        """Do nothing."""


class LinksNull:
    """A `LinkHandler` where there is none yet: nobody is registered, and nothing is."""

    name = "none"

    def __init__(self, reason: str) -> None:
        """Keep why there is no other."""
        self._availability = Availability(usable=False, reason=reason)

    def availability(self) -> Availability:
        """Never usable."""
        return self._availability

    def state(self) -> LinkState:
        """Nobody is known."""
        return LinkState(registration=Registration.NONE, openers={}, ours=frozenset())

    def register(self, *, default: bool) -> None:
        """Do nothing."""

    def unregister(self) -> None:
        """Do nothing."""


class AutostartNull:
    """An `Autostart` where there is none yet: it stays off."""

    name = "none"
    blocking = False

    def __init__(self, reason: str) -> None:
        """Keep why there is no other."""
        self._availability = Availability(usable=False, reason=reason)

    def availability(self) -> Availability:
        """Never usable."""
        return self._availability

    def state(self) -> AutostartState:
        """Off, as far as anybody knows."""
        return AutostartState(on=None, why=self._availability.reason)

    def set(self, on: bool, done: Callable[[AutostartState], None]) -> None:  # noqa: ARG002, FBT001 - the protocol's
        """Do nothing, and say so."""
        done(self.state())
