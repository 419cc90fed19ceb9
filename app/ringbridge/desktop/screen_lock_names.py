"""Who on a Linux desktop knows whether the screen is locked: logind, and the desktops' own screen savers."""

from typing import NamedTuple

LOGIND = "org.freedesktop.login1"
LOGIND_PATH = "/org/freedesktop/login1"
MANAGER = "org.freedesktop.login1.Manager"
SESSION = "org.freedesktop.login1.Session"
AUTO_SESSION = "/org/freedesktop/login1/session/auto"
"""The caller's own session or, for programs that belong to none, the one the user sees (org.freedesktop.login1)."""
PROPERTIES = "org.freedesktop.DBus.Properties"


class Saver(NamedTuple):
    """A screen saver on the session bus; its interface has its name.

    Attributes:
        name: Of the bus and of the interface.
        path: Of the object.
    """

    name: str
    path: str


SAVERS = (
    Saver("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),  # KDE, and others
    Saver("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    Saver("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    Saver("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    Saver("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
)
