"""A real, private Wayland desktop for tests, without a screen: sway, KDE's KWin or GNOME Shell.

    with WaylandDesktop("kwin", portal=True) as desktop:
        program = desktop.spawn(["ringbridge", "--demo"])
        desktop.wait_for(desktop.tray_items, 10, "the tray icon")
        desktop.copy("+1 212 555 1234")
        desktop.press("ctrl+alt+d")

As with `support.desktop`, each has a session bus, a HOME and XDG folders of its own, and whatever was started in one
ends with it. Keys and clicks go through the compositor, as a person's do.

Root gets sway in a user namespace, as sway refuses root; what sway itself starts (``bindsym … exec``) is in it too:
it reaches files and sockets, but can't speak to the session bus.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Literal

from jeepney import DBusAddress, DBusErrorResponse

from support import wayland_config, wayland_input, wayland_selection
from support.desktop_bus import MenuEntry, SessionBus, TrayItem
from support.desktop_hands import Window
from support.desktop_session import DesktopError
from support.wayland_input import KwinInput, WlrootsInput
from support.wayland_parts import WaylandParts
from support.wayland_windows import gnome_eval, gnome_windows, kwin_windows

__all__ = ["DesktopError", "MenuEntry", "TrayItem", "WaylandDesktop", "Window", "require_wayland"]

Compositor = Literal["sway", "kwin", "gnome"]
_KWIN_SHOTS = DBusAddress("/org/kde/KWin/ScreenShot2", bus_name="org.kde.KWin", interface="org.kde.KWin.ScreenShot2")
_GNOME_SHOTS = DBusAddress(
    "/org/gnome/Shell/Screenshot", bus_name="org.gnome.Shell.Screenshot", interface="org.gnome.Shell.Screenshot"
)
_KEY_GAP_S = 0.005
_SELECTION = [sys.executable, wayland_selection.__file__]
_WHICH = {"clipboard": [], "primary": ["--primary"]}


class WaylandDesktop(WaylandParts):
    """One private desktop, with what a person does on it; see `WaylandParts` for its parts."""

    # ------------------------------------------------------------ clipboard

    def copy(self, text: str, buffer: Literal["clipboard", "primary"] = "clipboard") -> None:
        """Copy `text` (or select it: ``primary``) in another program, and return once that program owns it.

        On GNOME that program has to have the focus for a moment, and it takes it; on the others nobody notices.
        """
        if self.compositor == "gnome":
            # wl-copy leaves a process behind that serves the text, so nobody may wait for the end of its output
            self.run(["wl-copy", *_WHICH[buffer], text], capture_output=False, check=True)
            self.wait_for(lambda: self.paste(buffer) == text, 5, "the text to be there")
            return
        owner = self.spawn([*_SELECTION, "own", buffer], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert owner.stdin is not None
        assert owner.stdout is not None
        owner.stdin.write(text.encode())
        owner.stdin.close()
        if owner.stdout.readline() != b"owned\n":
            raise DesktopError(f"nothing was copied\n{self.log('python')[-2000:]}")

    def paste(self, buffer: Literal["clipboard", "primary"] = "clipboard") -> str:
        """Return the text that another program would paste; empty when there is none."""
        if self.compositor == "gnome":
            return self.run(["wl-paste", *_WHICH[buffer], "--no-newline"]).stdout
        return self.run([*_SELECTION, "read", buffer], check=True).stdout

    # ------------------------------------------------------------ windows

    def windows(self, title: str = "") -> tuple[Window, ...]:
        """Return the visible windows whose title holds the pattern `title`; without one, all that have a title."""
        if self.compositor == "sway":
            found = self.sway.windows()
        elif self.compositor == "kwin":
            found = kwin_windows(self.socket)
        else:
            found = gnome_windows(self.bus)
        return tuple(window for window in found if re.search(title or ".", window.title))

    def focused_window(self) -> Window | None:
        """Return the window that gets the keys, or None when none does."""
        return next((window for window in self.windows() if window.focused), None)

    def focus(self, window: Window) -> None:
        """Give a window the keys, as a person does: by a click into it, just below its upper edge."""
        self.click(window.x + window.width // 2, window.y + 8)
        self.wait_for(
            lambda: (focused := self.focused_window()) and focused.window_id == window.window_id, 5, "the focus"
        )

    # ------------------------------------------------------------ keyboard, mouse, screen

    def press(self, *keys: str) -> None:
        """Press key combinations in turn, named as xdotool does (``ctrl+alt+d``)."""
        for combination in keys:
            wayland_input.press(self.device, wayland_input.key_codes(combination))

    def type_keys(self, text: str) -> None:
        """Type `text` into whatever window has the focus."""
        for codes in wayland_input.codes_of_text(text):
            wayland_input.press(self.device, codes)
            time.sleep(_KEY_GAP_S)

    def move(self, x: int, y: int) -> None:
        """Move the mouse to a place of the screen, in pixels from its top left."""
        self.device.move(x, y)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click at a place of the screen; the buttons have X11's numbers."""
        self.device.move(x, y)
        wayland_input.click(self.device, button)

    def screenshot(self, path: Path) -> Path:
        """Save the whole screen as a picture and return its path."""
        path = path.resolve()
        if self.compositor == "sway":
            self.run(["grim", str(path)], check=True)
        elif self.compositor == "gnome":
            done, _name = self.bus.call(_GNOME_SHOTS, "Screenshot", "bbs", True, False, str(path))
            if not done:
                raise DesktopError("GNOME Shell made no picture")
        else:
            self._kwin_screenshot(path)
        return path

    def _kwin_screenshot(self, path: Path) -> None:
        # KWin writes pixels into what it is given, after its answer
        read_end, write_end = os.pipe()
        bus = SessionBus(self.env["DBUS_SESSION_BUS_ADDRESS"], pass_fds=True)
        with os.fdopen(read_end, "rb") as pixels:
            with os.fdopen(write_end, "wb") as given:
                (facts,) = bus.call(
                    _KWIN_SHOTS, "CaptureWorkspace", "a{sv}h", {"include-cursor": ("b", True)}, given.fileno()
                )
            width, height, stride = (facts[name][1] for name in ("width", "height", "stride"))
            data = pixels.read()
        bus.close()
        if stride != 4 * width:
            raise DesktopError(f"a picture of {width} pixels in {stride} bytes a row")
        self.run(
            ["convert", "-size", f"{width}x{height}", "-depth", "8", "bgra:-", "-alpha", "off", str(path)],
            input=data,
            text=False,
            check=True,
        )

    def type_meanwhile(self, text: str) -> threading.Thread:
        """Type `text` on another keyboard while the test goes on; `join` what is returned."""
        device = KwinInput(self.socket) if self.compositor == "kwin" else WlrootsInput(self.socket, self._size)

        def typist() -> None:
            for codes in wayland_input.codes_of_text(text):
                wayland_input.press(device, codes)
                time.sleep(_KEY_GAP_S)
            device.close()

        thread = threading.Thread(target=typist, daemon=True)
        thread.start()
        return thread

    # ------------------------------------------------------------ notifications

    def notifications(self) -> list[tuple[str, dict[str, str]]]:
        """Return the title and the actions of each notification on the screen, newest first. Not for GNOME."""
        shown = json.loads(self.run(["makoctl", "list"], check=True).stdout)["data"][0]
        return [(each["summary"]["data"], each["actions"]["data"]) for each in shown]

    def answer_notification(self, action: str = "default") -> None:
        """Press an action of the newest notification. Not for GNOME: there it takes the mouse."""
        self.run(["makoctl", "invoke", action], check=True)

    def gnome(self, script: str) -> Any:
        """Run a piece of JavaScript in GNOME Shell and return its value."""
        return gnome_eval(self.bus, script)

    def portal_has(self, interface: str) -> bool:
        """Whether the portal offers an interface, such as ``GlobalShortcuts``."""
        address = DBusAddress(
            "/org/freedesktop/portal/desktop",
            bus_name="org.freedesktop.portal.Desktop",
            interface=f"org.freedesktop.portal.{interface}",
        )
        try:
            return int(self.bus.get(address, "version")) > 0
        except DBusErrorResponse:
            return False


def require_wayland(
    compositor: Compositor,
    *,
    portal: bool = False,
    tray: bool = True,
    notify: bool = True,
    keyring: str = "none",
) -> None:
    """Skip the test when a desktop of these parts can't be started here.

    In CI, which installs them, missing packages fail it; a container that allows no namespaces is not ours to change.
    """
    import pytest

    wanted = {"portal": portal, "tray": tray, "notify": notify}
    if reason := wayland_config.why_not(compositor, **wanted, keyring=keyring):
        if os.environ.get("CI") and wayland_config.missing_packages(compositor, **wanted, keyring=keyring):
            pytest.fail(reason)
        pytest.skip(reason)
