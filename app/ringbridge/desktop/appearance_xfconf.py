"""Dark windows where no portal tells: the name of Xfce's theme, as its settings daemon has it on the session bus."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ringbridge.desktop.dbus.values import BusSignal, Place, Reply, plain
from ringbridge.desktop.event_ports import Appearance, Scheme

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus, Subscription

_XFCONF = Place("org.xfce.Xfconf", "/org/xfce/Xfconf", "org.xfce.Xfconf")
_CHANNEL, _PROPERTY = "xsettings", "/Net/ThemeName"


class AppearanceXfconf:
    """An `AppearanceWatch` on the session bus.

    Args:
        bus: The session bus.
    """

    name = "xfconf"

    def __init__(self, bus: "Bus") -> None:
        self._bus = bus
        self._subscription: Subscription | None = None
        self._changed: Callable[[Appearance | None], None] | None = None

    def watch(self, changed: Callable[[Appearance | None], None]) -> None:
        """Read, and listen from now on. The daemon is not started for this: without it there is no such desktop."""
        self._changed = changed
        self._subscription = self._bus.listen(_XFCONF, "PropertyChanged", self._property_changed, first=_CHANNEL)
        self._bus.call(_XFCONF, "GetProperty", "ss", _CHANNEL, _PROPERTY, answered=self._took)

    def close(self) -> None:
        """Listen no more."""
        self._changed = None
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None

    def _took(self, reply: Reply) -> None:
        if self._changed is not None:
            self._changed(None if reply.error or not reply.values else _appearance(plain(reply.values[0])))

    def _property_changed(self, signal: BusSignal) -> None:
        if signal.values[1:2] == (_PROPERTY,) and len(signal.values) > len(("channel", "name")) and self._changed:
            self._changed(_appearance(plain(signal.values[2])))


def _appearance(theme: Any) -> Appearance | None:  # noqa: ANN401 - what the daemon says
    if not isinstance(theme, str) or not theme:
        return None
    name = theme.lower()
    high_contrast = "highcontrast" in name.replace("-", "")
    dark = name.endswith(("-dark", "inverse")) or "-dark-" in name
    return Appearance(scheme=Scheme.DARK if dark else Scheme.LIGHT, high_contrast=high_contrast)
