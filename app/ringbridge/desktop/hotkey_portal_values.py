"""What the shortcuts portal says, as values; which presses are presses; and whether there is such a portal."""

import logging
import time
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from ringbridge.core.hotkey_spellings import readable_trigger
from ringbridge.desktop.dbus.portal import PORTAL, PORTAL_PATH
from ringbridge.desktop.dbus.values import BusSignal, plain
from ringbridge.desktop.ports import REMEDY_KEYS, Availability, HotkeyCondition, HotkeyState

_log = logging.getLogger(__name__)

SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"

DENIED = 1
"""The code of an answer by which the person said no."""
_NOBODY = {"org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"}
"""Errors of a bus on which no portal is, and none can be started."""


class _Press(NamedTuple):
    at_s: float
    held: bool


class Presses:
    """Tells the first press of a key from its repeats, and from the same one told twice.

    Args:
        twice_s: The same press told twice comes sooner than this, and a second press later.
        repeat_s: A key that is held repeats sooner than this.
        clock: Seconds that only grow.
    """

    def __init__(self, *, twice_s: float, repeat_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._twice_s = twice_s
        self._repeat_s = repeat_s
        self._clock = clock
        self._last: dict[str, _Press] = {}

    def is_first(self, name: str) -> bool:
        """A key went down: whether it was up before."""
        now_s, last = self._clock(), self._last.get(name)
        self._last[name] = _Press(now_s, held=True)
        if last is None:
            return True
        since_s = now_s - last.at_s
        return since_s >= (max(self._twice_s, self._repeat_s) if last.held else self._twice_s)

    def release(self, name: str) -> None:
        """A key went up."""
        if name in self._last:
            self._last[name] = self._last[name]._replace(held=False)

    def clear(self) -> None:
        """Forget all keys."""
        self._last.clear()


def keys_of(shortcuts: object) -> dict[str, str]:
    """The keys of each shortcut of an ``a(sa{sv})`` in its variant, as people read them, without malformed ones."""
    found: dict[str, str] = {}
    if not isinstance(shortcuts, tuple):
        return found
    listed = cast("tuple[object, ...]", shortcuts)[-1]
    for entry in cast("list[object]", listed) if isinstance(listed, list) else []:
        fields = cast("tuple[object, ...]", entry) if isinstance(entry, tuple) else ()
        name, properties = (*fields, None, None)[:2]
        if isinstance(name, str) and name and isinstance(properties, dict):
            keys = plain(cast("dict[str, object]", properties).get("trigger_description", ("s", "")))
            found[name] = readable_trigger(keys) if isinstance(keys, str) else ""
    return found


def state_of(keys: str | None, code: int) -> HotkeyState:
    """What became of one shortcut.

    Args:
        keys: What the list says, or None where it is not in it.
        code: Of the answer; it counts only where the list says nothing.
    """
    if keys:
        return HotkeyState(HotkeyCondition.BOUND, keys=keys)
    if keys is None and code == DENIED:
        return HotkeyState(HotkeyCondition.DENIED)
    if keys is None and code:
        unavailable = Availability(usable=False, reason="portal_refused", remedy=REMEDY_KEYS)
        return HotkeyState(HotkeyCondition.UNAVAILABLE, availability=unavailable)
    return HotkeyState(HotkeyCondition.NO_KEY)


def activation_token(signal: BusSignal) -> str:
    """What lets the window that is shown for a press have the focus, or empty; newer portals send it."""
    options = signal.values[-1] if signal.values else None
    if not isinstance(options, dict):
        return ""
    token = plain(cast("dict[str, object]", options).get("activation_token", ("s", "")))
    return token if isinstance(token, str) else ""


def look(timeout_s: float) -> Availability:
    """Whether the portal has global shortcuts; it is started for the question. Waits: off the GUI thread."""
    from jeepney import DBusAddress, HeaderFields, MessageType, Properties
    from jeepney.io.blocking import open_dbus_connection  # pyright: ignore[reportUnknownVariableType] - untyped

    try:
        with open_dbus_connection("SESSION") as connection:
            address = DBusAddress(PORTAL_PATH, bus_name=PORTAL, interface=SHORTCUTS)
            question: Any = Properties(address).get("version")  # pyright: ignore[reportUnknownMemberType] - untyped
            reply: Any = connection.send_and_get_reply(question, timeout=timeout_s)  # pyright: ignore[reportUnknownMemberType] - untyped
    except TimeoutError:
        return Availability(usable=False, reason="portal_silent", remedy=REMEDY_KEYS)
    except (OSError, KeyError, ValueError, RuntimeError) as error:  # no address, nobody there, a strange one
        _log.debug("no session bus: %s", type(error).__name__)
        return Availability(usable=False, reason="no_session_bus", remedy=REMEDY_KEYS)
    if reply.header.message_type is MessageType.method_return:
        return Availability(usable=True)
    nobody = reply.header.fields.get(HeaderFields.error_name) in _NOBODY
    reason = "no_shortcut_portal" if nobody else "no_global_shortcuts"
    return Availability(usable=False, reason=reason, remedy=REMEDY_KEYS)
