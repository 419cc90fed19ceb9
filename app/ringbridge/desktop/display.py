"""Whether there is a screen at all. Light: asked before anything else is loaded."""

import os
import sys


def has_display() -> bool:
    """Whether a graphical program can start here; Qt aborts the process where it can't."""
    if sys.platform in {"win32", "darwin"}:
        return True
    display = os.environ.get("DISPLAY", "")
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM", "xcb") != "xcb":
        return True
    if display.startswith(":"):
        return _listens(display)
    return bool(display)  # on another computer: X tells


def _listens(display: str) -> bool:
    """Whether an X server of this computer listens at `display` (``:0``, ``:0.0``; X(7), DISPLAY NAMES)."""
    import socket

    path = f"/tmp/.X11-unix/X{display[1:].partition('.')[0]}"  # noqa: S108 - X's own place
    for address in (f"\0{path}", path):
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(address)
            except OSError:
                continue
            return True
    return False


_GTK_DESKTOPS = {"GNOME", "X-CINNAMON", "PANTHEON", "UNITY", "MATE", "XFCE", "LXDE"}


def leave_out_gtk() -> None:
    """On desktops of the GTK family, let Qt take its own GNOME theme instead of loading GTK into this process.

    `gnome` is what Qt falls back to itself where GTK is missing. GTK would cost a third of the memory at start (more
    once its OpenGL comes along) and a third of the time to the icon, and with it fields that can be typed in look as
    grey as those that can't. What a user has set stays.
    """
    desktops = set(os.environ.get("XDG_CURRENT_DESKTOP", "").upper().split(":"))
    if desktops & _GTK_DESKTOPS:
        os.environ.setdefault("QT_QPA_PLATFORMTHEME", "gnome")
