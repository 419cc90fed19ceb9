"""Which way of doing it suits this session: the one place that asks about platform and display.

Importing this loads neither Qt nor a C library; the backends load what they need when they are used.
"""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from ringbridge.desktop.ports import (
    REMEDY_COMMAND,
    REMEDY_KEYS,
    Availability,
    ClipboardBackend,
    HotkeyBackend,
    ScreenLock,
    SelectionSource,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ringbridge.desktop.dbus.bus import Bus, HandOut
    from ringbridge.desktop.dbus.portal_connection import Connect
    from ringbridge.desktop.event_ports import AppearanceWatch, NetworkWatch, PowerWatch
    from ringbridge.desktop.hotkey_refusals import Refusals
    from ringbridge.desktop.instance import LineHandler
    from ringbridge.desktop.notify_ports import Notifier
    from ringbridge.desktop.registration_ports import Autostart, LinkHandler
    from ringbridge.desktop.selection_atspi import Submit

_log = logging.getLogger(__name__)


class Session(StrEnum):
    """What kind of desktop this process runs on."""

    X11 = "x11"
    WAYLAND = "wayland"
    WINDOWS = "windows"
    MACOS = "macos"
    OFFSCREEN = "offscreen"
    NONE = "none"


def session() -> Session:
    """Look at the platform and the environment, as Qt will."""
    plugin = os.environ.get("QT_QPA_PLATFORM", "").partition(";")[0].partition(":")[0].lower()
    native = {"win32": Session.WINDOWS, "cygwin": Session.WINDOWS, "darwin": Session.MACOS}.get(sys.platform)
    if plugin in {"offscreen", "minimal"}:
        return Session.OFFSCREEN
    if native is not None:
        return native
    if plugin != "xcb" and (plugin.startswith("wayland") or os.environ.get("WAYLAND_DISPLAY")):
        return Session.WAYLAND
    return Session.X11 if os.environ.get("DISPLAY") else Session.NONE


def clipboard_backends() -> tuple[ClipboardBackend, ...]:
    """Candidates for this session, best first; the last one does nothing."""
    from ringbridge.desktop.null import ClipboardNull

    match session():
        case Session.X11:
            from ringbridge.desktop.clipboard_x11 import ClipboardX11

            return ClipboardX11(), ClipboardNull()
        case Session.WAYLAND:
            from ringbridge.desktop.clipboard_qt import ClipboardQt
            from ringbridge.desktop.clipboard_wayland import ClipboardWayland

            focused = ClipboardQt(limit="only_when_focused", remedy=REMEDY_COMMAND, told_again=True)
            return ClipboardWayland(), focused, ClipboardNull()
        case Session.MACOS:
            from ringbridge.desktop.clipboard_qt import ClipboardQt
            from ringbridge.desktop.pasteboard_macos import pasteboard_types

            return ClipboardQt(limit="only_when_focused", native_formats=pasteboard_types), ClipboardNull()
        case Session.WINDOWS | Session.OFFSCREEN:
            from ringbridge.desktop.clipboard_qt import ClipboardQt

            return ClipboardQt(), ClipboardNull()
        case Session.NONE:
            return (ClipboardNull(),)


def selection_sources(
    clipboard: ClipboardBackend, submit: "Submit", *, copying: bool = True
) -> tuple[SelectionSource, ...]:
    """The ways to the text that is selected in another program, best first.

    Args:
        clipboard: The one in use.
        submit: Runs a conversation that blocks.
        copying: A copy may be made for the person: only where one looks on.
    """
    from ringbridge.desktop.selected_text import PrimarySelection

    primary = PrimarySelection(clipboard)
    if session() not in {Session.X11, Session.WAYLAND}:
        return (primary,)
    from ringbridge.desktop.clipboard_x11 import ClipboardX11
    from ringbridge.desktop.selection_atspi import SelectionAtspi

    sources: tuple[SelectionSource, ...] = (primary, SelectionAtspi(submit))
    if copying and isinstance(clipboard, ClipboardX11):
        from ringbridge.desktop.selection_simulated import SimulatedCopy

        sources += (SimulatedCopy(clipboard),)
    return sources


def hotkey_backends(
    connect: "Connect | None" = None, profile: str = "", refusals: "Refusals | None" = None
) -> tuple[HotkeyBackend, ...]:
    """Candidates for this session, best first; the last one does nothing.

    Under Wayland an X11 grab would fire only while an X11 program has the focus, so it is no candidate there.

    Args:
        connect: How a connection to the session bus is made; only for looking, none is needed.
        profile: The profile's name.
        refusals: Keep what a person says no to; only for looking, nothing is kept.
    """
    from ringbridge.desktop.null import HotkeyNull

    match session():
        case Session.X11:
            from ringbridge.desktop.hotkey_x11 import HotkeyX11

            return HotkeyX11(), HotkeyNull()
        case Session.NONE | Session.OFFSCREEN:
            return (HotkeyNull(),)
        case Session.WAYLAND:
            from ringbridge.desktop.hotkey_portal import HotkeyPortal

            kde = "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")
            portal = HotkeyPortal(connect or _no_connection, profile=profile, confirms=kde, refusals=refusals)
            return portal, HotkeyNull(reason="not_on_wayland", remedy=REMEDY_KEYS)
        case _ as other:
            return (HotkeyNull(reason=f"not_on_{other}", remedy=REMEDY_KEYS),)


def hotkey_backend(connect: "Connect", profile: str, refusals: "Refusals") -> HotkeyBackend:
    """The one to use, without waiting: a portal is taken unseen, for at login it may come later than we do.

    Args:
        connect: How a connection to the session bus is made.
        profile: The profile's name.
        refusals: Keep what a person says no to.
    """
    backends = hotkey_backends(connect, profile, refusals)
    return backends[0] if session() is Session.WAYLAND else first_usable(backends)


def _no_connection(use: "Callable[[Bus | None], None]") -> None:
    use(None)


def screen_lock_finder() -> "Callable[[HandOut, HandOut], tuple[ScreenLock, ...]]":
    """Load what may know of the screen lock: off the GUI thread.

    Returns:
        What makes the candidates for this session from the system's and the session's bus, best first; the last one
        knows of no lock. For the GUI thread.
    """
    from ringbridge.desktop.null import ScreenLockNull

    match session():
        case Session.WINDOWS:
            from ringbridge.desktop.screen_lock_windows import ScreenLockWindows

            return lambda _system, _session: (ScreenLockWindows(), ScreenLockNull())
        case Session.MACOS:
            from ringbridge.desktop.screen_lock_macos import ScreenLockMacos

            return lambda _system, _session: (ScreenLockMacos(), ScreenLockNull())
        case Session.NONE:
            return lambda _system, _session: (ScreenLockNull(reason="no_display"),)
        case Session.X11 | Session.WAYLAND | Session.OFFSCREEN:
            from ringbridge.desktop.screen_lock_dbus import ScreenLockDBus

            return lambda system, session: (ScreenLockDBus(system, session), ScreenLockNull())


def link_handler(record: "Path", arguments: tuple[str, ...] = ()) -> "LinkHandler":
    """What makes the desktop send phone links here.

    Args:
        record: The file in which is kept what was changed for it.
        arguments: Stand behind the program when a link starts it.
    """
    if sys.platform in {"win32", "darwin"}:
        from ringbridge.desktop.null import LinksNull

        return LinksNull(reason=f"not_yet_on_{session()}")
    from pathlib import Path

    from ringbridge.assets import find_resource
    from ringbridge.desktop.links_xdg import LinksXdg

    return LinksXdg(
        template=Path(find_resource("ringbridge.desktop")),
        icon=Path(find_resource("icons/ringbridge.svg")),
        record=record,
        arguments=arguments,
    )


def autostart(bus: "Callable[[], Bus | None]", arguments: tuple[str, ...], reason: str) -> "Autostart":
    """What starts us at login.

    Args:
        bus: Gives the session bus, where one is needed.
        arguments: Stand behind the program then.
        reason: Why, for a desktop that asks its user.
    """
    from ringbridge.desktop.null import AutostartNull

    if sys.platform in {"win32", "darwin"}:
        return AutostartNull(reason=f"not_yet_on_{session()}")
    from ringbridge.desktop.sandbox import in_sandbox

    if in_sandbox():
        from ringbridge.desktop.autostart_portal import AutostartPortal

        connected = bus()
        if connected is None:
            return AutostartNull(reason="no_session_bus")
        return AutostartPortal(connected, command=("ringbridge", *arguments), reason=reason)
    from pathlib import Path

    from ringbridge.assets import find_resource
    from ringbridge.desktop.autostart_xdg import AutostartXdg

    return AutostartXdg(template=Path(find_resource("ringbridge.desktop")), arguments=arguments)


def power_watches(system: "Bus | None") -> "tuple[PowerWatch, ...]":
    """What tells of wake-ups: all of them are to be listened to."""
    if system is None:
        return ()
    from ringbridge.desktop.power_logind import PowerLogind

    return (PowerLogind(system),)


def network_watches(system: "Bus | None", session_bus: "Bus | None") -> "tuple[NetworkWatch, ...]":
    """What tells of another network, best first: the first that is there is enough."""
    watches: list[NetworkWatch] = []
    if system is not None:
        from ringbridge.desktop.network_nm import NetworkManagerWatch

        watches.append(NetworkManagerWatch(system))
    if session_bus is not None:
        from ringbridge.desktop.network_portal import NetworkPortalWatch

        watches.append(NetworkPortalWatch(session_bus))
    return tuple(watches)


def appearance_watches(session_bus: "Bus | None") -> "tuple[AppearanceWatch, ...]":
    """What tells how windows should look, best first; where none tells, Qt knows what the platform says."""
    if session_bus is None:
        return ()
    from ringbridge.desktop.appearance_portal import AppearancePortal
    from ringbridge.desktop.appearance_xfconf import AppearanceXfconf

    on_screen = session() in {Session.X11, Session.WAYLAND}  # a portal without a screen would be of no use
    return AppearancePortal(session_bus, start=on_screen), AppearanceXfconf(session_bus)


class EventSources(NamedTuple):
    """Who here tells of what, by name; empty for nobody.

    Attributes:
        power: When the computer wakes up.
        network: When the network is another one.
        dark_mode: Whether windows are to be dark.
    """

    power: str
    network: str
    dark_mode: str


def event_sources() -> EventSources:
    """Look who is on the buses, and take them as `power_watches` and the others would. Blocking; without Qt."""
    if sys.platform in {"win32", "darwin"}:
        return EventSources("", "", "")
    from ringbridge.desktop.dbus.names import names_on

    system, session_names = names_on("SYSTEM") or frozenset(), names_on("SESSION") or frozenset()

    def first(*sources: tuple[frozenset[str], str, str]) -> str:
        return next((said for names, wanted, said in sources if wanted in names), "")

    portal = "org.freedesktop.portal.Desktop"
    return EventSources(
        power=first((system, "org.freedesktop.login1", "logind")),
        network=first(
            (system, "org.freedesktop.NetworkManager", "NetworkManager"), (session_names, portal, "portal")
        ),
        dark_mode=first((session_names, portal, "portal"), (session_names, "org.xfce.Xfconf", "Xfce's settings")),
    )


class InstanceListener(Protocol):
    """Takes requests of other processes of the same user."""

    def listen(self) -> None:
        """Start; raises OSError when it can't."""
        ...

    def close(self) -> None:
        """Stop. Safe to call twice."""
        ...


def instance_server(address: str, handle: "LineHandler") -> InstanceListener:
    """What the running program listens with.

    Args:
        address: The profile's socket path.
        handle: Gets each request.
    """
    if sys.platform == "win32":
        from ringbridge.core.pipe_name import pipe_name
        from ringbridge.desktop.instance_pipe import InstancePipeServer

        return InstancePipeServer(pipe_name(address), handle)
    from pathlib import Path

    from ringbridge.desktop.instance import InstanceServer

    return InstanceServer(Path(address), handle)


class _Backend(Protocol):
    name: str

    def availability(self) -> Availability: ...


_B = TypeVar("_B", bound=_Backend)


def first_usable(backends: Sequence[_B]) -> _B:
    """Return the first usable one; the last, which does nothing, when none is.

    Raises:
        ValueError: `backends` is empty.
    """
    if not backends:
        raise ValueError("no backends")
    for backend in backends:
        availability = backend.availability()
        if availability.usable:
            return backend
        _log.debug("%s is not usable here: %s", backend.name, availability.reason)
    return backends[-1]


def windows_keep_their_place() -> bool:
    """Whether a window can stand in a corner and leave the focus alone; under Wayland the desktop decides both."""
    return session() is not Session.WAYLAND


def notifier(bus: "Bus") -> "Notifier":
    """What shows the desktop's notifications.

    Args:
        bus: The session bus.
    """
    from ringbridge.desktop.sandbox import in_sandbox

    if in_sandbox():
        from ringbridge.desktop.notifier_portal import NotifierPortal

        return NotifierPortal(bus)
    from ringbridge.desktop.notifier_fdo import NotifierFdo

    return NotifierFdo(bus)
