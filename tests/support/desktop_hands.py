"""What a person does on a private desktop of any kind: uses windows and their widgets, and the tray."""

import re
from dataclasses import dataclass
from typing import Literal

from jeepney import DBusErrorResponse

from support.desktop_bus import MenuEntry, TrayItem
from support.desktop_session import DesktopError, DesktopSession
from support.desktop_widgets import Widget


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window on the screen; place and size in pixels.

    On X11 they are those of its content; on Wayland the frame may be part of it.
    `app_id` is what a Wayland program calls itself, and `focused` is told on Wayland only.
    """

    window_id: int | str
    title: str
    x: int
    y: int
    width: int
    height: int
    app_id: str = ""
    focused: bool = False


class DesktopHands(DesktopSession):
    """A kind of desktop adds how its windows are found and how its mouse is clicked."""

    def windows(self, title: str = "") -> tuple[Window, ...]:
        """Return the visible windows whose title holds the pattern `title`; without one, all that have a title."""
        raise NotImplementedError

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click at a place of the screen, in pixels from its top left."""
        raise NotImplementedError

    def press(self, *keys: str) -> None:
        """Press key combinations in turn, named as xdotool does (``ctrl+alt+d``)."""
        raise NotImplementedError

    def copy(self, text: str, buffer: Literal["clipboard", "primary"] = "clipboard") -> None:
        """Copy `text` (or select it: ``primary``) in another program, and return once that program owns it."""
        raise NotImplementedError

    def focused_window(self) -> Window | None:
        """Return the window that gets the keys, or None when none does."""
        raise NotImplementedError

    def window(self, title: str, timeout_s: float = 10) -> Window:
        """Wait for a visible window whose title holds the pattern `title`."""
        return self.wait_for(lambda: self.windows(title), timeout_s, f"a window titled {title!r}")[0]

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
        _, _, width, height = widget.frame
        # a frame on Wayland is as thick below as on both sides, and the title is above
        fitting = [w for w in self.windows() if 0 <= w.width - width <= 60 and 0 <= w.height - height <= 90]
        fitting.sort(key=lambda w: (w.title != widget.window, w.width - width + w.height - height))
        if not fitting:
            return None
        side = (fitting[0].width - width) // 2
        return widget.moved_to(fitting[0].x + side, fitting[0].y + fitting[0].height - height - side)

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
