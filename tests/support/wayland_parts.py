"""Starts the parts of a private Wayland desktop, waits until each answers; `support.wayland_desktop` is for use."""

import shutil
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from support import desktop_config, wayland_config
from support.desktop_hands import DesktopHands
from support.desktop_session import PART_STARTS_S, DesktopError
from support.wayland_input import KwinInput, MutterInput, WaylandInput, WlrootsInput
from support.wayland_windows import SwayIpc, gnome_eval

_DESKTOP_NAMES = {"sway": "sway", "kwin": "KDE", "gnome": "GNOME"}
_KWIN_PERMISSIONS = {
    "KWIN_COMPOSE": "O2",  # its screenshots need OpenGL
    "KWIN_SCREENSHOT_NO_PERMISSION_CHECKS": "1",
    "KWIN_WAYLAND_NO_PERMISSION_CHECKS": "1",
}


class WaylandParts(DesktopHands):
    """The programs of one private Wayland desktop, from `with` to its end. For the thread that started it.

    Attributes:
        compositor: Which one.
        socket: Where it listens.
        pids: Process by part: ``bus``, ``compositor``, ``tray``, ``notify``, ``keyring``, ``portal``, ``portal-kde``.
    """

    def __init__(
        self,
        compositor: Literal["sway", "kwin", "gnome"] = "sway",
        *,
        portal: bool = False,
        tray: bool = True,
        notify: bool = True,
        keyring: Literal["unlocked", "locked", "none"] = "none",
        size: tuple[int, int] = (1280, 800),
        accessibility: bool = False,
        activate: Iterable[str] = (),
        sway_config: str = "",
    ) -> None:
        """Say what is wanted.

        Args:
            compositor: What shows the windows; each is the real one, and wholly itself.
            portal: xdg-desktop-portal with KDE's backend, which has global shortcuts (works on KWin only).
            tray: Something that shows StatusNotifierItems: waybar, or GNOME's AppIndicator extension.
            notify: Something that shows notifications: mako, or GNOME itself.
            keyring: Whether there is a Secret Service, and whether its login collection is unlocked.
            size: Of the screen, in pixels.
            accessibility: Let programs describe their widgets, for `widget`.
            activate: Names of D-Bus services that the bus may start on demand.
            sway_config: Lines on top of sway's configuration, such as a ``bindsym``.
        """
        own: list[str] = []
        if compositor == "gnome":
            own = ["org.gnome.Shell.CalendarServer", *(["org.gnome.Shell.Notifications"] if notify else [])]
        activate = (*(name for name in own if desktop_config.has_service(name)), *activate)
        super().__init__(keyring=keyring, accessibility=accessibility, activate=activate)
        self.compositor = compositor
        self.socket = Path()
        self._portal, self._tray, self._notify, self._size = portal, tray, notify, size
        self._sway_config = sway_config
        self._sway: SwayIpc | None = None
        self._input: WaylandInput | None = None
        self._kwin_socket: socket.socket | None = None

    def _why_not(self) -> str:
        return wayland_config.why_not(
            self.compositor, portal=self._portal, tray=self._tray, notify=self._notify, keyring=self._keyring
        )

    def _own_environment(self) -> dict[str, str]:
        env = {
            "XDG_SESSION_TYPE": "wayland",
            "XDG_CURRENT_DESKTOP": _DESKTOP_NAMES[self.compositor],
            "XDG_SESSION_DESKTOP": _DESKTOP_NAMES[self.compositor].lower(),
            "QT_QPA_PLATFORM": "wayland",
            "GDK_BACKEND": "wayland",
        }
        if self.compositor == "kwin":
            env |= {"KDE_FULL_SESSION": "true", "KDE_SESSION_VERSION": "5"}
        if self.compositor == "gnome":
            env |= {
                "GSETTINGS_BACKEND": "keyfile",
                "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder}/run/system-bus",
            }
        return env

    def _begin(self) -> None:
        self._start_bus()
        {"sway": self._start_sway, "kwin": self._start_kwin, "gnome": self._start_gnome}[self.compositor]()
        self._start_keyring()
        if self.compositor != "gnome":
            self._start_bar_and_notifications()
        if self._portal:
            self._start_portal()
        if self._tray:
            self.wait_for(self.bus.tray_host_ready, PART_STARTS_S, "the tray")
        if self._notify:
            self.wait_for(
                lambda: self.bus.has_owner("org.freedesktop.Notifications"), PART_STARTS_S, "the notification daemon"
            )
        self._wait_for_keyring()

    def _end(self) -> None:
        if self._input is not None:
            self._input.close()
        if self._kwin_socket is not None:
            self._kwin_socket.close()

    def _listens_at(self, name: str) -> None:
        """Wait for the compositor's socket; programs find it by its path."""
        self.socket = self.folder / "run" / name
        self.wait_for(self.socket.is_socket, PART_STARTS_S, "the compositor")
        self.env["WAYLAND_DISPLAY"] = name

    def _start_sway(self) -> None:
        config = self.folder / "sway.conf"
        config.write_text(wayland_config.sway_config(self._size, self._sway_config))
        headless = {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
        argv = [*wayland_config.unprivileged(), "sway", "-c", str(config)]
        self._start_part("compositor", argv, stage=2, env=self.env | headless)
        self._listens_at("wayland-1")
        run = self.folder / "run"
        ipc = self.wait_for(lambda: next(run.glob("sway-ipc.*.sock"), None), PART_STARTS_S, "sway")
        self._sway = SwayIpc(ipc)
        self.env["SWAYSOCK"] = str(ipc)
        self._input = WlrootsInput(self.socket, self._size)

    def _start_kwin(self) -> None:
        width, height = self._size
        (self.home / ".config/kcminputrc").write_text(wayland_config.KWIN_KEYBOARD)
        program = self._without_capabilities("kwin_wayland")
        if self._kwin_socket is None:  # KDE's session keeps it, so that programs outlive a KWin that starts again
            self._kwin_socket = socket.socket(socket.AF_UNIX)
            self._kwin_socket.bind(str(self.folder / "run/wayland-kwin"))
            self._kwin_socket.listen()
        fd = self._kwin_socket.fileno()
        argv = [program, "--virtual", "--width", str(width), "--height", str(height), "--no-lockscreen"]
        argv += ["--socket", "wayland-kwin", "--wayland-fd", str(fd)]
        self._start_part("compositor", argv, stage=2, env=self.env | _KWIN_PERMISSIONS, pass_fds=(fd,))
        self._listens_at("wayland-kwin")
        self._input = KwinInput(self.socket)
        self.wait_for(lambda: self.bus.has_owner("org.kde.KWin"), PART_STARTS_S, "KWin")

    def _start_gnome(self) -> None:
        settings = self.home / ".config/glib-2.0/settings/keyfile"
        settings.parent.mkdir(parents=True)
        settings.write_text(wayland_config.gnome_settings(tray=self._tray))
        # a system bus with nothing on it, so that no real service of the machine is asked
        config = self.folder / "system-bus.conf"
        (self.folder / "no-services").mkdir()
        session = desktop_config.bus_config(self.folder / "run", self.folder / "no-services")
        config.write_text(session.replace("/run/bus<", "/run/system-bus<"))
        self._start_and_read_line(
            "system-bus", lambda fd: ["dbus-daemon", f"--config-file={config}", "--nofork", f"--print-address={fd}"]
        )
        width, height = self._size
        argv = ["gnome-shell", "--headless", "--wayland", "--no-x11", "--virtual-monitor", f"{width}x{height}"]
        # unsafe: it takes scripts over D-Bus, which tell its windows and make pictures
        options = ["--wayland-display=wayland-gnome", "--unsafe-mode"]
        self._start_part("compositor", [*wayland_config.without_logind(), *argv, *options], stage=2)
        self._listens_at("wayland-gnome")
        for name in ("org.gnome.Shell", "org.gnome.Mutter.RemoteDesktop"):
            self.wait_for(lambda name=name: self.bus.has_owner(name), PART_STARTS_S, name)
        # a new session begins in the overview, with a word about its missing screen lock
        self.wait_for(lambda: not self._gnome("Main.layoutManager._startingUp"), PART_STARTS_S, "GNOME Shell")
        self._gnome("Main.overview.hide()")
        self._gnome("Main.messageTray.getSources().forEach(source => source.destroy())")
        self.wait_for(lambda: not self._gnome("Main.overview.visible"), 10, "the overview to close")
        self._input = MutterInput(self.bus, self._size)

    def _gnome(self, script: str) -> object:
        return gnome_eval(self.bus, script)

    def _start_bar_and_notifications(self) -> None:
        if self._notify:
            mako = self.folder / "mako.conf"
            mako.write_text(wayland_config.MAKO)
            self._start_part("notify", ["mako", "-c", str(mako)])
        if self._tray:
            self._start_bar()

    def _start_bar(self) -> None:
        bar, style = self.folder / "waybar.json", self.folder / "waybar.css"
        bar.write_text(wayland_config.WAYBAR)
        style.write_text(wayland_config.WAYBAR_STYLE)
        self._start_part("tray", ["waybar", "-c", str(bar), "-s", str(style)])

    def restart_compositor(self) -> None:
        """Kill it, as a crash does, and start it and what showed windows in it again. Not for GNOME."""
        if self._input is not None:
            self._input.close()
        for part in ("compositor", *(name for name in ("tray", "notify") if name in self.pids)):
            self.end_part(part)
        if self.compositor == "sway":
            self.socket.unlink()
        {"sway": self._start_sway, "kwin": self._start_kwin}[self.compositor]()
        self._start_bar_and_notifications()
        if self._tray:
            self.wait_for(self.bus.tray_host_ready, PART_STARTS_S, "the tray")

    def end_tray(self) -> None:
        """Kill what shows icons, as a crash does; GNOME's extension is switched off."""
        if self.compositor == "gnome":
            self._gnome(f"Main.extensionManager.disableExtension('{wayland_config.APPINDICATOR}')")
        else:
            self.end_part("tray")
        self.wait_for(lambda: not self.bus.tray_host_ready(), 10, "the tray to be gone")

    def start_tray(self) -> None:
        """Start what shows icons: again after `end_tray`, or late on a desktop without."""
        if self.compositor == "gnome":
            self._gnome(f"Main.extensionManager.enableExtension('{wayland_config.APPINDICATOR}')")
        else:
            self._start_bar()
        self.wait_for(self.bus.tray_host_ready, PART_STARTS_S, "the tray")

    def _start_portal(self) -> None:
        # only this backend: the portal would fall back to any other that is installed
        portals = self.folder / "portals"
        portals.mkdir()
        shutil.copy(wayland_config.portal_file("kde"), portals)
        self.env["XDG_DESKTOP_PORTAL_DIR"] = str(portals)
        for name, argv, owned in (
            ("portal-kde", "xdg-desktop-portal-kde", "org.freedesktop.impl.portal.desktop.kde"),
            ("portal-permissions", "xdg-permission-store", "org.freedesktop.impl.portal.PermissionStore"),
            ("portal", "xdg-desktop-portal", "org.freedesktop.portal.Desktop"),
        ):
            self._start_part(name, [str(wayland_config.libexec(argv))])
            self.wait_for(lambda owned=owned: self.bus.has_owner(owned), PART_STARTS_S, name)

    @property
    def device(self) -> WaylandInput:
        """The keyboard and the mouse."""
        if self._input is None:
            raise DesktopError("the desktop is not started")
        return self._input

    @property
    def sway(self) -> SwayIpc:
        """Sway's own socket."""
        if self._sway is None:
            raise DesktopError("this desktop is not sway")
        return self._sway
