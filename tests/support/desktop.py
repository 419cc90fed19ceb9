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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jeepney import DBusErrorResponse

from support.desktop_bus import MenuEntry, TrayItem
from support.desktop_config import missing_packages, why_not
from support.desktop_parts import KEYRING_PASSWORD, DesktopError, DesktopParts
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window on the screen; place and size in pixels, without the window manager's frame."""

    window_id: int
    title: str
    x: int
    y: int
    width: int
    height: int


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

    def window(self, title: str, timeout_s: float = 10) -> Window:
        """Wait for a visible window whose title holds the pattern `title`."""
        return self.wait_for(lambda: self.windows(title), timeout_s, f"a window titled {title!r}")[0]

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
        self.run(["xdotool", "mousemove", "--sync", str(x), str(y), "click", str(button)], check=True)

    # ------------------------------------------------------------ widgets; for a desktop with accessibility

    def widgets(self, window: str = "") -> tuple[Widget, ...]:
        """Return what shows in the windows whose accessible name holds the pattern `window`."""
        return tuple(self.widget_tree.widgets(window))

    def widget(self, name: str, role: str = "", *, window: str = "", timeout_s: float = 10) -> Widget:
        """Wait until a widget can be used whose name holds the pattern `name`; see `Widget` for the roles.

        Where its window is, the X server says: a Qt program whose window has no frame may believe it to be at 0, 0.
        """
        seen: list[str] = []

        def usable() -> Widget | None:
            widgets = self.widgets(window)
            seen[:] = [f"{widget.role} {widget.name!r}" for widget in widgets if widget.name]
            for widget in widgets:
                if widget.enabled and role in {"", widget.role} and re.search(name, widget.name):
                    return self._placed(widget)
            return None

        try:
            return self.wait_for(usable, timeout_s, f"a usable widget {name!r}")
        except DesktopError as error:
            raise DesktopError(f"{error}; there are: {', '.join(seen) or 'none'}") from None

    def _placed(self, widget: Widget) -> Widget | None:
        """Return the widget where it really is, or None while its window is not on the screen."""
        fitting = [window for window in self.windows() if (window.width, window.height) == widget.frame[2:]]
        fitting.sort(key=lambda window: window.title == widget.window, reverse=True)
        return widget.moved_to(fitting[0].x, fitting[0].y) if fitting else None

    def click_widget(
        self, name: str, role: str = "push button", *, window: str = "", timeout_s: float = 10
    ) -> Widget:
        """Wait for a widget as `widget` does, and click its middle with the mouse."""
        widget = self.widget(name, role, window=window, timeout_s=timeout_s)
        self.click(*widget.middle)
        return widget

    # ------------------------------------------------------------ tray

    def tray_items(self) -> tuple[TrayItem, ...]:
        """Return the icons in the tray (tray="sni" only)."""
        try:
            return self.bus.tray_items()
        except DBusErrorResponse:
            return ()  # an icon went away between the list and its properties

    def tray_item(self, timeout_s: float = 10) -> TrayItem:
        """Wait for an icon in the tray and return the first."""
        return self.wait_for(self.tray_items, timeout_s, "an icon in the tray")[0]

    def tray_menu(self, item: TrayItem | None = None) -> tuple[MenuEntry, ...]:
        """Return the menu of an icon (of the first one, when none is given) as the panel would read it now."""
        return self.bus.menu(item or self.tray_item())

    def click_tray_entry(self, label: str, *, timeout_s: float = 10) -> MenuEntry:
        """Wait until the first icon's menu has an enabled entry of this label, at any depth, and click it."""
        item = self.tray_item(timeout_s)
        labels: list[str] = []

        def enabled_entry() -> MenuEntry | None:
            entries = [entry for top in self.tray_menu(item) for entry in top.flat()]
            labels[:] = [entry.label for entry in entries]
            return next((entry for entry in entries if entry.label == label and entry.enabled), None)

        try:
            entry = self.wait_for(enabled_entry, timeout_s, f"an enabled tray entry {label!r}")
        except DesktopError as error:
            raise DesktopError(f"{error}; the menu has {labels}") from None
        self.bus.click_entry(item, entry)
        return entry

    def activate_tray(self, item: TrayItem | None = None) -> None:
        """Do what a left click on an icon does (on the first one, when none is given)."""
        self.bus.activate(item or self.tray_item())


def require_desktop(*, tray: str = "sni", wm: str = "openbox", notify: str = "none", keyring: str = "none") -> None:
    """Skip the test when a desktop of these parts can't be started here; in CI, where it must, fail it."""
    import pytest

    if reason := why_not(tray=tray, wm=wm, notify=notify, keyring=keyring):
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
