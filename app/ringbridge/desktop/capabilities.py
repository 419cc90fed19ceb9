"""What of this desktop Ringbridge can use: the one list behind “What works here…” and ``ringbridge doctor --json``.

A new mechanism is one line in `MECHANISMS`: its name, and a function that looks (blocking, off the GUI thread; it
changes and starts nothing) and returns how it is done and its `Availability`.
"""

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from ringbridge.core.capability import Capability
from ringbridge.desktop.choose import Session, clipboard_backends, hotkey_backends, session
from ringbridge.desktop.dbus.ask import Asking
from ringbridge.desktop.dbus.values import Place
from ringbridge.desktop.ports import Availability

_log = logging.getLogger(__name__)

Look = Callable[[], tuple[str, Availability]]
"""How a mechanism is done here, and its availability."""

_OWN_SYSTEM = {Session.WINDOWS, Session.MACOS}
_APPEARANCE = Place("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.Settings")  # fmt: skip
_DESKTOP_FILE = "ringbridge.desktop"


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


def _hotkeys() -> tuple[str, Availability]:
    return _best(hotkey_backends())


def _clipboard() -> tuple[str, Availability]:
    return _best(clipboard_backends())


def _selected_text() -> tuple[str, Availability]:
    if session() in _OWN_SYSTEM:
        return "", Availability(usable=False, reason="no_selection", remedy="copy_instead")
    return _best(clipboard_backends())


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
    """Whether this desktop's list of programs sends ``tel:`` links here (MIME applications, freedesktop.org)."""
    if session() in _OWN_SYSTEM:
        return "", Availability(usable=False, reason="not_set_up")
    wanted = f"x-scheme-handler/tel={_DESKTOP_FILE}"
    for folder in (_config_home(), _data_home() / "applications"):
        try:
            text = (folder / "mimeapps.list").read_text("utf-8", errors="replace")
        except OSError:
            continue
        if any(line.strip().startswith(wanted) for line in text.splitlines()):
            return "xdg", Availability(usable=True)
    return "xdg", Availability(usable=False, reason="not_set_up", remedy="set_up_links")


def _autostart() -> tuple[str, Availability]:
    """Whether an entry of the user's autostart folder starts us (Desktop Application Autostart, freedesktop.org)."""
    if session() in _OWN_SYSTEM:
        return "", Availability(usable=False, reason="not_set_up")
    try:
        text = (_config_home() / "autostart" / _DESKTOP_FILE).read_text("utf-8", errors="replace")
    except OSError:
        text = "Hidden=true"
    if any(line.replace(" ", "") == "Hidden=true" for line in text.splitlines()):
        return "xdg", Availability(usable=False, reason="not_set_up", remedy="set_up_autostart")
    return "xdg", Availability(usable=True)


def _screen_lock() -> tuple[str, Availability]:
    from ringbridge.desktop.screen_lock_ask import who_tells

    who = who_tells(_LOOK_S)
    return who, Availability(usable=bool(who), reason="" if who else "no_bus")


def _dark_mode() -> tuple[str, Availability]:
    if session() in _OWN_SYSTEM:
        return str(session()), Availability(usable=True)
    with Asking() as bus:
        known = bus.call(_APPEARANCE, "Read", "ss", "org.freedesktop.appearance", "color-scheme")
    return ("portal" if known is not None else "palette"), Availability(usable=True)


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
    ("dark_mode", _dark_mode),
)
"""Each mechanism by its stable name, in the order people see; names may be added and never change."""


def desktop_capabilities() -> tuple[Capability, ...]:
    """Look at all of them. Blocking, at most some seconds; off the GUI thread."""
    return tuple(_looked_at(name, look) for name, look in MECHANISMS)


def _looked_at(name: str, look: Look) -> Capability:
    try:
        mechanism, found = look()
    except Exception:  # noqa: BLE001 - one that can't be looked at hides none of the others
        _log.exception("%s could not be looked at", name)
        return Capability(name, usable=False, reason="not_known")
    return Capability(name, found.usable, mechanism, found.reason, found.remedy)


def _config_home() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _data_home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
