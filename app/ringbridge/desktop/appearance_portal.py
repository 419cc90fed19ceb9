"""Dark windows, accent colour and contrast as the desktop's settings portal tells them.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from ringbridge.desktop.dbus.portal import PORTAL, PORTAL_PATH
from ringbridge.desktop.dbus.values import BusSignal, Place, Reply
from ringbridge.desktop.event_ports import Appearance, Scheme

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus, Subscription

_SETTINGS = Place(PORTAL, PORTAL_PATH, "org.freedesktop.portal.Settings")
_NAMESPACE = "org.freedesktop.appearance"
_SCHEMES = {1: Scheme.DARK, 2: Scheme.LIGHT}


class AppearancePortal:
    """An `AppearanceWatch` on the session bus.

    Everything is read with one ``ReadAll``, which every version of the portal has; ``ReadOne`` came with the second,
    and ``Read`` of the first puts a variant into a variant.

    Args:
        bus: The session bus.
        start: The bus may start the portal for this, as desktops without a session manager of their own want it.
    """

    name = "portal"

    def __init__(self, bus: "Bus", *, start: bool = True) -> None:
        self._bus = bus
        self._start = start
        self._subscriptions: list[Subscription] = []
        self._values: dict[str, Any] = {}
        self._changed: Callable[[Appearance | None], None] | None = None

    def watch(self, changed: Callable[[Appearance | None], None]) -> None:
        """Read, and listen from now on; a portal that starts later is read then."""
        self._changed = changed
        self._subscriptions = [
            self._bus.listen(_SETTINGS, "SettingChanged", self._setting_changed, first=_NAMESPACE),
            self._bus.watch_owner(PORTAL, self._owned),
        ]

    def close(self) -> None:
        """Listen no more."""
        self._changed = None
        for subscription in self._subscriptions:
            subscription.close()
        self._subscriptions.clear()

    def _owned(self, _unique: str) -> None:
        # also without an owner: the bus starts the portal for this call where it can and may
        self._bus.call(_SETTINGS, "ReadAll", "as", [_NAMESPACE], answered=self._took, start=self._start)

    def _took(self, reply: Reply) -> None:
        if self._changed is None:
            return
        tables = cast("dict[str, Any]", reply.values[0]) if not reply.error and reply.values else {}
        self._values = dict(tables.get(_NAMESPACE, {}))
        self._changed(read_appearance(self._values) if self._values else None)

    def _setting_changed(self, signal: BusSignal) -> None:
        if len(signal.values) == len(("namespace", "key", "value")) and self._changed is not None:
            self._values[signal.values[1]] = signal.values[2]
            self._changed(read_appearance(self._values))


def read_appearance(values: Mapping[str, Any]) -> Appearance:
    """What the keys of ``org.freedesktop.appearance`` say, each a variant; what makes no sense is no wish."""
    scheme, accent, contrast = (_value(values, name) for name in ("color-scheme", "accent-color", "contrast"))
    return Appearance(
        scheme=_SCHEMES.get(scheme, Scheme.UNKNOWN) if isinstance(scheme, int) else Scheme.UNKNOWN,
        accent=_colour(accent),
        high_contrast=contrast == 1,
    )


def _value(values: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - any D-Bus value
    match values.get(name):
        case (str(), value):
            return value
        case _:
            return None


def _colour(value: Any) -> tuple[float, float, float] | None:  # noqa: ANN401 - what the portal says
    """Three numbers from 0 to 1; others mean that there is no accent, says the portal."""
    if not isinstance(value, tuple):
        return None
    parts = cast("tuple[Any, ...]", value)
    if len(parts) != len("rgb") or not all(isinstance(part, float) and 0 <= part <= 1 for part in parts):
        return None
    return parts[0], parts[1], parts[2]
