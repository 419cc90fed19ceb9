"""A real, complete, private X11 desktop for tests and the scripted tour: screen, bus, panel, keyring.

    with Desktop(tray="sni") as desktop:
        program = desktop.spawn(["ringbridge", "--demo"])
        desktop.wait_for(desktop.tray_items, 10, "the tray icon")
        desktop.copy("+1 212 555 1234")

Each desktop has a display, a session bus, a HOME and XDG folders of its own: several run side by side, and none sees
the user's. Whatever was started in one ends with it, also when the test process is killed (`desktop_reaper`).
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Any, Literal

from support.desktop_bus import MenuEntry, TrayItem
from support.desktop_config import missing_packages, why_not
from support.desktop_hands import Window
from support.desktop_parts import DesktopParts
from support.desktop_session import KEYRING_PASSWORD, DesktopError
from support.desktop_widgets import Widget

__all__ = [
    "KEYRING_PASSWORD",
    "TRAY_ICON_AT",
    "Desktop",
    "DesktopError",
    "MenuEntry",
    "TrayItem",
    "Widget",
    "Window",
    "missing_packages",
    "require_desktop",
]

TRAY_ICON_AT = (15, 14)
"""Where the panel draws the first tray icon, in pixels from the top left."""

_ICON_PIXELS = 64


class Desktop(DesktopParts):
    """One private desktop, with what a person does on it; see `DesktopParts` for its start, programs and waiting."""

    # ------------------------------------------------------------ clipboard, screen, keyboard, mouse

    def copy(self, text: str, buffer: Literal["clipboard", "primary"] = "clipboard") -> None:
        """Copy `text` (or select it: ``primary``) in another program, and return once that program owns it."""
        before = self.selection_owner(buffer.upper())
        # xclip stays to serve the text, so nobody may wait for the end of its output
        options: dict[str, Any] = {
            "capture_output": False,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        self.run(["xclip", "-in", "-selection", buffer], input=text, check=True, **options)
        self.wait_for(lambda: self.selection_owner(buffer.upper()) not in {0, before}, 5, "xclip to own the text")

    def paste(self, buffer: Literal["clipboard", "primary"] = "clipboard") -> str:
        """Return the text that another program would paste."""
        return self.run(["xclip", "-out", "-selection", buffer], check=True).stdout

    def screenshot(self, path: Path) -> Path:
        """Save the whole screen as a picture and return its path."""
        self.run(["import", "-silent", "-window", "root", str(path.resolve())], check=True)
        return path

    def windows(self, title: str = "") -> tuple[Window, ...]:
        """Return the visible windows whose title holds the pattern `title`; without one, all that have a title."""
        found = self.run(["xdotool", "search", "--onlyvisible", "--name", title or "."]).stdout.split()
        windows = (self._window(int(window_id)) for window_id in found)
        return tuple(window for window in windows if window is not None)

    def embedded_icons(self, program: str) -> tuple[Window, ...]:
        """Return the icons of a program in a tray for XEmbed: small windows of this class."""
        found = self.run(["xdotool", "search", "--onlyvisible", "--class", f"^{program}$"]).stdout.split()
        windows = (self._window(int(window_id)) for window_id in found)
        return tuple(window for window in windows if window is not None and window.width <= _ICON_PIXELS)

    def focused_window(self) -> Window | None:
        """Return the window that gets the keys, or None when none does."""
        found = self.run(["xdotool", "getwindowfocus"]).stdout.strip()
        return self._window(int(found)) if found else None

    def _window(self, window_id: int) -> Window | None:
        # not `xdotool getwindowgeometry`: that adds the frame of the window manager twice
        answer = self.run(["xwininfo", "-int", "-id", str(window_id)])
        if answer.returncode:
            return None  # it closed in between
        title = re.search(r"^xwininfo: Window id: \d+ (.*)$", answer.stdout, re.MULTILINE)
        values = dict(re.findall(r"^  ([A-Z][^:]*): +(-?\d+)$", answer.stdout, re.MULTILINE))
        return Window(
            window_id=window_id,
            title=title[1][1:-1] if title and title[1].startswith('"') else "",
            x=int(values["Absolute upper-left X"]),
            y=int(values["Absolute upper-left Y"]),
            width=int(values["Width"]),
            height=int(values["Height"]),
        )

    def focus(self, window: Window) -> None:
        """Give a window the keys, through the window manager."""
        self.run(["xdotool", "windowactivate", "--sync", str(window.window_id)], check=True)

    def type_keys(self, text: str) -> None:
        """Type `text` into whatever window has the focus."""
        self.run(["xdotool", "type", "--delay", "15", "--", text], check=True)

    def press(self, *keys: str) -> None:
        """Press key combinations in turn, named as xdotool does (``ctrl+alt+d``)."""
        self.run(["xdotool", "key", "--", *keys], check=True)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click at a place of the screen, in pixels from its top left."""
        # not `--sync`: xdotool would wait 15 s for a mouse that is there already
        self.run(["xdotool", "mousemove", str(x), str(y), "click", str(button)], check=True)


def require_desktop(*, tray: str = "sni", wm: str = "openbox", notify: str = "none", keyring: str = "none") -> None:
    """Skip the test when a desktop of these parts can't be started here; in CI, where it must, fail it."""
    import pytest

    if reason := why_not(tray=tray, wm=wm, notify=notify, keyring=keyring):
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
