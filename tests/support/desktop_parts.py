"""Starts the parts of a private X11 desktop and waits until each answers; `support.desktop` is for use."""

import re
from collections.abc import Iterable
from typing import Literal

from support import desktop_config
from support.desktop_hands import DesktopHands
from support.desktop_session import PART_STARTS_S
from support.desktop_x import XServer


class DesktopParts(DesktopHands):
    """The programs of one private desktop, from `with` to its end. For the thread that started it.

    Attributes:
        env: The environment for programs of this desktop; it has no way to the desktop outside.
        display: Such as ``:3``.
        home: The HOME of its programs.
        folder: Holds everything of it; removed at the end.
        pids: Process by part: ``xvfb``, ``bus``, ``wm``, ``tray``, ``notify``, ``keyring``.
        started_in_s: How long it took until each part answered.
    """

    def __init__(
        self,
        *,
        tray: Literal["sni", "xembed", "none"] = "sni",
        wm: Literal["openbox", "xfwm4", "none"] = "openbox",
        notify: Literal["xfce4", "none"] = "none",
        keyring: Literal["unlocked", "locked", "none"] = "none",
        screen: str = "1280x800x24",
        accessibility: bool = False,
        activate: Iterable[str] = (),
    ) -> None:
        """Say what is wanted.

        Args:
            tray: What shows icons: a panel for StatusNotifierItems (and XEmbed), one for XEmbed alone, or nothing.
            wm: The window manager.
            notify: The notification daemon.
            keyring: Whether there is a Secret Service, and whether its login collection is unlocked.
            screen: Width, height and depth.
            accessibility: Let programs describe their widgets, for `Desktop.widget`.
            activate: Names of D-Bus services that the bus may start on demand.
        """
        xfconf = ("org.xfce.Xfconf",) if desktop_config.has_service("org.xfce.Xfconf") else ()
        super().__init__(keyring=keyring, accessibility=accessibility, activate=(*xfconf, *activate))
        self._tray: Literal["sni", "xembed", "none"] = tray
        self._wm, self._notify = wm, notify
        self._screen = screen
        self.display = ""

    def _why_not(self) -> str:
        return desktop_config.why_not(tray=self._tray, wm=self._wm, notify=self._notify, keyring=self._keyring)

    def _own_environment(self) -> dict[str, str]:
        return {
            "XDG_SESSION_TYPE": "x11",
            "XDG_CURRENT_DESKTOP": "X-Test",  # none that xdg-open and Qt know
            "QT_QPA_PLATFORM": "xcb",
        }

    def _begin(self) -> None:
        desktop_config.write_settings(self.home)
        self._start_x()
        self._start_bus()
        self._start_parts()

    def _start_x(self) -> None:
        options = ["-screen", "0", self._screen, "-dpi", "96", "-nolisten", "tcp", "-noreset"]
        number = self._start_and_read_line("xvfb", lambda fd: ["Xvfb", "-displayfd", str(fd), *options])
        self.display = f":{number}"
        self.env["DISPLAY"] = self.display

    def _start_parts(self) -> None:
        self._start_keyring()
        if self._notify == "xfce4":
            self._start_part("notify", [str(desktop_config.notifyd_program())])
        if self._wm == "openbox":
            self._start_part("wm", ["openbox", "--sm-disable"])
        elif self._wm == "xfwm4":
            self._start_part("wm", ["xfwm4", "--sm-client-disable", "--compositor=off"])
        if self._wm != "none":  # the panel gets its place on the screen from the window manager
            self.wait_for(self._wm_ready, PART_STARTS_S, "the window manager")
        if self._tray != "none":
            self.start_tray(self._tray)
        if self._notify != "none":
            self.wait_for(
                lambda: self.bus.has_owner("org.freedesktop.Notifications"), PART_STARTS_S, "the notification daemon"
            )
        self._wait_for_keyring()

    def start_tray(self, kind: Literal["sni", "xembed"]) -> None:
        """Start what shows icons, and wait until it does; also later, and again after `end_part`."""
        if kind == "sni":
            self._start_part("tray", ["xfce4-panel", "--disable-wm-check", "--sm-client-disable"])
            self.wait_for(self.bus.tray_host_ready, PART_STARTS_S, "the panel")
        else:
            place = ["--edge", "top", "--align", "right", "--widthtype", "request", "--SetDockType", "true"]
            self._start_part("tray", ["trayer", *place, "--heighttype", "pixel", "--height", "28"])
        self.wait_for(lambda: self.selection_owner("_NET_SYSTEM_TRAY_S0"), PART_STARTS_S, "the tray for XEmbed icons")

    def _wm_ready(self) -> bool:
        answer = self.run(["xprop", "-root", "-notype", "_NET_SUPPORTING_WM_CHECK"]).stdout
        return re.search("0x[1-9a-f]", answer) is not None

    def selection_owner(self, name: str) -> int:
        """Return the window that owns an X selection such as ``CLIPBOARD``, 0 for none."""
        with XServer(self.display) as x:
            return x.selection_owner(name)
