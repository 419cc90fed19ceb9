"""What of this desktop Ringbridge can use: the one list behind “What works here…” and ``ringbridge doctor --json``.

A new mechanism is one line in `MECHANISMS`: its name, and a function that looks (blocking, off the GUI thread; it
changes and starts nothing) and returns how it is done and its `Availability`.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from ringbridge.core.capability import Capability
from ringbridge.desktop.choose import Session, clipboard_backends, event_sources, hotkey_backends, session
from ringbridge.desktop.dbus.ask import Asking
from ringbridge.desktop.dbus.values import Place
from ringbridge.desktop.ports import Availability

_log = logging.getLogger(__name__)

Look = Callable[[], tuple[str, Availability]]
"""How a mechanism is done here, and its availability."""

_OWN_SYSTEM = {Session.WINDOWS, Session.MACOS}
_APPEARANCE = Place("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.Settings")  # fmt: skip


class _Backend(Protocol):
    name: str

    def availability(self) -> Availability: ...

    def close(self) -> None: ...


def _best(backends: Sequence[_Backend]) -> tuple[str, Availability]:
    """The first usable one; else the first, which says what is missing."""
    found = [(backend.name, backend.availability()) for backend in backends]
    for backend in backends:
        backend.close()  # one that looked keeps its connection, for whoever is about to use it
    usable = next((item for item in found if item[1].usable), None)
    if usable is not None:
        return usable
    return "", found[0][1]


def _hotkeys(profile: str = "") -> tuple[str, Availability]:
    """By us; where that can't be, by the desktop, once it keeps keys for us (``ringbridge hotkey install``)."""
    how, found = _best(hotkey_backends())
    if found.usable or session() in _OWN_SYSTEM:
        return how, found
    from ringbridge.desktop.shortcuts.choose import kept_keys

    return ("desktop_keys", Availability(usable=True)) if kept_keys(profile) else (how, found)


def _clipboard() -> tuple[str, Availability]:
    return _best(clipboard_backends())


def _selected_text() -> tuple[str, Availability]:
    """By what the desktop keeps as the selection; where it keeps none for us (GNOME), by accessibility."""
    if session() in _OWN_SYSTEM:
        return "", Availability(usable=False, reason="no_selection", remedy="copy_instead")
    how, found = _best(clipboard_backends())
    if (found.usable and not found.reason) or session() not in {Session.X11, Session.WAYLAND}:
        return how, found
    from ringbridge.desktop.selection_atspi import accessibility_runs

    if accessibility_runs():
        return "accessibility", Availability(usable=True, reason="only_describing", remedy="copy_instead")
    return how, found


def _tray() -> tuple[str, Availability]:
    from ringbridge.desktop.tray_host import tray_host_availability

    availability = tray_host_availability()
    if session() in _OWN_SYSTEM:
        return str(session()), availability
    kind = "xembed" if availability.reason == "only_xembed" else "status_notifier"
    return (kind if availability.usable else "launcher"), availability


def _notifications() -> tuple[str, Availability]:
    if session() in _OWN_SYSTEM:
        return "card", Availability(usable=True)
    from ringbridge.desktop.notifier_fdo import SERVER
    from ringbridge.desktop.notifier_portal import PORTAL
    from ringbridge.desktop.sandbox import in_sandbox

    with Asking() as bus:
        if in_sandbox():
            if bus.get(PORTAL, "version") is not None or bus.has(PORTAL.name):
                return "portal", Availability(usable=True)
            return "card", Availability(usable=False, reason="no_portal", remedy="install_portal")
        can = bus.call(SERVER, "GetCapabilities")
        if can is None and not bus.has(SERVER.name):
            return "card", Availability(usable=False, reason="no_server", remedy="install_notifications")
    if isinstance(can, list) and "actions" not in can:
        return "card", Availability(usable=False, reason="no_buttons", remedy="install_notifications")
    return "freedesktop", Availability(usable=True)


def _links() -> tuple[str, Availability]:
    """Whether this desktop sends ``tel:`` links here."""
    if session() in _OWN_SYSTEM:
        return "", Availability(usable=False, reason=f"not_yet_on_{session()}")
    from ringbridge.desktop.xdg.folders import DESKTOP_ID
    from ringbridge.desktop.xdg.openers import opener_of

    if opener_of("x-scheme-handler/tel").desktop_id == DESKTOP_ID:
        return "xdg", Availability(usable=True)
    return "xdg", Availability(usable=False, reason="not_set_up", remedy="set_up_links")


def _autostart() -> tuple[str, Availability]:
    """Whether the desktop starts us at login."""
    from ringbridge.desktop.choose import autostart
    from ringbridge.desktop.sandbox import in_sandbox

    if in_sandbox():
        return "portal", Availability(usable=True)
    switch = autostart(lambda: None, (), "")
    found, state = switch.availability(), switch.state()
    if not found.usable or state.on:
        return switch.name, found
    return switch.name, Availability(usable=False, reason="not_set_up", remedy="set_up_autostart")


def _wake_up() -> tuple[str, Availability]:
    who = event_sources().power
    return who, Availability(usable=bool(who), reason="" if who else "no_logind")


def _network() -> tuple[str, Availability]:
    who = event_sources().network
    return who, Availability(usable=bool(who), reason="" if who else "no_network_manager")


def _screen_lock() -> tuple[str, Availability]:
    from ringbridge.desktop.screen_lock_ask import who_tells

    who = who_tells(_LOOK_S)
    return who, Availability(usable=bool(who), reason="" if who else "no_bus")


def _dark_mode() -> tuple[str, Availability]:
    if session() in _OWN_SYSTEM:
        return str(session()), Availability(usable=True)
    with Asking() as bus:
        known = bus.call(_APPEARANCE, "Read", "ss", "org.freedesktop.appearance", "color-scheme")
    return ("portal" if known is not None else event_sources().dark_mode or "palette"), Availability(usable=True)


_LOOK_S = 1.0

MECHANISMS: tuple[tuple[str, Look], ...] = (
    ("hotkeys", _hotkeys),
    ("selected_text", _selected_text),
    ("clipboard", _clipboard),
    ("tray", _tray),
    ("notifications", _notifications),
    ("links", _links),
    ("autostart", _autostart),
    ("screen_lock", _screen_lock),
    ("wake_up", _wake_up),
    ("network", _network),
    ("dark_mode", _dark_mode),
)
"""Each mechanism by its stable name, in the order people see; names may be added and never change."""


def desktop_capabilities(profile: str = "") -> tuple[Capability, ...]:
    """Look at all of them. Blocking, at most some seconds; off the GUI thread.

    Args:
        profile: The profile's name: each has keys of its own.
    """
    return tuple(
        _looked_at(name, partial(_hotkeys, profile) if look is _hotkeys else look) for name, look in MECHANISMS
    )


def _looked_at(name: str, look: Look) -> Capability:
    try:
        mechanism, found = look()
    except Exception:  # noqa: BLE001 - one that can't be looked at hides none of the others
        _log.exception("%s could not be looked at", name)
        return Capability(name, usable=False, reason="not_known")
    return Capability(name, found.usable, mechanism, found.reason, found.remedy)
