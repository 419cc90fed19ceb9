"""Finds the widgets of Qt programs as a screen reader does: by role and name, with their place on the screen.

AT-SPI over D-Bus, so programs need nothing built in for tests, and what is found here is found by a blind person too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from jeepney import DBusAddress, DBusErrorResponse

from support.desktop_bus import SessionBus

_LAUNCHER = DBusAddress("/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus")
_REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")

# places in the bits of org.a11y.atspi.Accessible.GetState (atspi-constants.h)
_ENABLED = 8
_FOCUSED = 12
_SHOWING = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """One widget that shows.

    Attributes:
        name: What a screen reader says: a button's text, a label's text, an accessible name.
        role: As AT-SPI calls it: ``push button``, ``label``, ``text``, ``frame``...
        window: The name of the window that it is in.
        frame: Left, top, width and height of that window, as the program believes them to be.
        x: Left edge on the screen, in pixels; and so on.
        y: Top edge.
        width: Width.
        height: Height.
        enabled: It can be used.
        focused: It has the keys.
    """

    name: str
    role: str
    window: str
    frame: tuple[int, int, int, int]
    x: int
    y: int
    width: int
    height: int
    enabled: bool
    focused: bool

    def moved_to(self, left: int, top: int) -> "Widget | None":
        """Return the same with its window at this place of the screen; None when it was read while that moved."""
        x, y = self.x - self.frame[0] + left, self.y - self.frame[1] + top
        _, _, width, height = self.frame
        inside = left <= x <= x + self.width <= left + width and top <= y <= y + self.height <= top + height
        return replace(self, x=x, y=y, frame=(left, top, width, height)) if inside else None

    @property
    def middle(self) -> tuple[int, int]:
        """Where to click."""
        return self.x + self.width // 2, self.y + self.height // 2


class WidgetTree:
    """A connection of the test's own to the accessibility bus of a desktop; for one thread."""

    def __init__(self, session: SessionBus) -> None:
        """Connect; the accessibility bus starts when it is first asked for."""
        self._bus = SessionBus(str(session.call(_LAUNCHER, "GetAddress")[0]))

    def close(self) -> None:
        """Hang up."""
        self._bus.close()

    def widgets(self, window: str = "") -> Iterator[Widget]:
        """Yield what shows in the windows whose name holds the pattern `window`, each window before its content."""
        for program in self._children(*_REGISTRY):
            for top in self._children(*program):
                name = self._name(*top)
                if re.search(window, name):
                    yield from self._below(*top, name, None)

    def _below(
        self, service: str, path: str, window: str, frame: tuple[int, int, int, int] | None
    ) -> Iterator[Widget]:
        try:
            address = self._accessible(service, path)
            low, _high = self._bus.call(address, "GetState")[0]
            if not low >> _SHOWING & 1:
                return
            name, role = str(self._bus.get(address, "Name")), str(self._bus.call(address, "GetRoleName")[0])
            component = DBusAddress(path, bus_name=service, interface="org.a11y.atspi.Component")
            x, y, width, height = self._bus.call(component, "GetExtents", "u", 0)[0]
        except DBusErrorResponse:
            return  # it went away in between
        frame = frame or (x, y, width, height)
        yield Widget(
            name=name,
            role=role,
            window=window,
            frame=frame,
            x=x,
            y=y,
            width=width,
            height=height,
            enabled=bool(low >> _ENABLED & 1),
            focused=bool(low >> _FOCUSED & 1),
        )
        for child in self._children(service, path):
            yield from self._below(*child, window, frame)

    def _accessible(self, service: str, path: str) -> DBusAddress:
        return DBusAddress(path, bus_name=service, interface="org.a11y.atspi.Accessible")

    def _name(self, service: str, path: str) -> str:
        try:
            return str(self._bus.get(self._accessible(service, path), "Name"))
        except DBusErrorResponse:
            return ""

    def _children(self, service: str, path: str) -> list[tuple[str, str]]:
        try:
            return list(self._bus.call(self._accessible(service, path), "GetChildren")[0])
        except DBusErrorResponse:
            return []
