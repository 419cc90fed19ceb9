"""Dark windows in the real program on X11: as a real portal says, as Xfce's settings say, and as the user says."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.desktop import Desktop, require_desktop
from support.wayland_config import libexec

RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))
NUMBER = "call +1 212 555 0142"
GTK_PORTAL = """\
[portal]
DBusName=org.freedesktop.impl.portal.desktop.gtk
Interfaces=org.freedesktop.impl.portal.Settings;
UseIn=gnome
"""

pytestmark = pytest.mark.desktop


class Room:
    """A desktop with Ringbridge on it, and how bright its card is."""

    def __init__(self, desktop: Desktop, env: dict[str, str], folder: Path) -> None:
        self.desktop = desktop
        self.env = env
        self.folder = folder
        self.program: subprocess.Popen[Any] | None = None

    def run(self, *command: str) -> str:
        done = self.desktop.run(command, env=self.env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        self.program = self.desktop.spawn([RINGBRIDGE, "--demo"], env=self.env)
        self.desktop.wait_for(self.desktop.tray_items, 15, "the icon")

    def wait_until(self, *, dark: bool) -> None:
        self.desktop.wait_for(lambda: self.brightness() < 0.3 if dark else self.brightness() > 0.7, 15,
            f"{'dark' if dark else 'light'} windows")  # fmt: skip

    def brightness(self) -> float:
        """Of the card's middle at its right edge, where nothing is written; 0.5 where there is none."""
        windows = self.desktop.windows("^Ringbridge$")
        if not windows:
            self.desktop.copy(NUMBER)
            time.sleep(0.2)
            return 0.5
        card = windows[0]
        picture = self.desktop.screenshot(self.folder / "screen.png")
        place = f"1x1+{card.x + card.width - 4}+{card.y + card.height // 2}"
        return float(self.run("convert", str(picture), "-crop", place, "-format", "%[fx:luminance]", "info:"))

    def end(self) -> None:
        if self.program is not None and self.program.poll() is None:
            self.program.send_signal(signal.SIGTERM)
            assert self.program.wait(10) == 0


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    require_desktop()
    with Desktop() as desktop:
        yield desktop


def test_windows_follow_a_real_portal_on_a_desktop_of_the_gtk_family(desktop: Desktop, tmp_path: Path) -> None:
    portal, backend = libexec("xdg-desktop-portal"), libexec("xdg-desktop-portal-gtk")
    if portal is None or backend is None:
        pytest.skip("not installed: xdg-desktop-portal, xdg-desktop-portal-gtk")
    (tmp_path / "gtk.portal").write_text(GTK_PORTAL)
    env = {"XDG_CURRENT_DESKTOP": "GNOME", "XDG_DESKTOP_PORTAL_DIR": str(tmp_path), "GSETTINGS_BACKEND": "keyfile"}
    room = Room(desktop, env, tmp_path)

    def prefer(scheme: str) -> None:
        room.run("gsettings", "set", "org.gnome.desktop.interface", "color-scheme", scheme)

    prefer("prefer-dark")
    for program, name in (
        (backend, "org.freedesktop.impl.portal.desktop.gtk"),
        (portal, "org.freedesktop.portal.Desktop"),
    ):
        desktop.spawn([str(program)], env=env)
        desktop.wait_for(lambda name=name: desktop.bus.has_owner(name), 10, name)
    room.start()
    room.wait_until(dark=True)
    prefer("default")
    room.wait_until(dark=False)
    prefer("prefer-dark")
    room.wait_until(dark=True)
    # the user's own word comes first, at once
    room.run(RINGBRIDGE, "--profile", "demo", "config", "set", "look.theme", "light")
    room.wait_until(dark=False)
    room.run(RINGBRIDGE, "--profile", "demo", "config", "set", "look.theme", "system")
    room.wait_until(dark=True)
    room.end()


def test_windows_follow_the_theme_of_xfce_without_a_portal(desktop: Desktop, tmp_path: Path) -> None:
    room = Room(desktop, {"XDG_CURRENT_DESKTOP": "XFCE"}, tmp_path)
    theme = ("xfconf-query", "-c", "xsettings", "-p", "/Net/ThemeName")
    room.run(*theme, "-n", "-t", "string", "-s", "Adwaita-dark")
    room.start()
    room.wait_until(dark=True)
    room.run(*theme, "-s", "Adwaita")
    room.wait_until(dark=False)
    room.end()
