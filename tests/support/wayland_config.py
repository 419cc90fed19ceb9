"""What a private Wayland desktop needs: programs with their Debian packages, and the files its parts read."""

import functools
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

_ALWAYS = {"dbus-daemon": "dbus-daemon"}
_COMPOSITOR = {
    "sway": {"sway": "sway", "grim": "grim"},
    "kwin": {"kwin_wayland": "kwin-wayland", "convert": "imagemagick"},
    "gnome": {"gnome-shell": "gnome-shell", "gjs": "gjs", "wl-copy": "wl-clipboard"},
}
_TRAY = {"waybar": "waybar"}
_NOTIFY = {"mako": "mako-notifier"}
_KEYRING = {"gnome-keyring-daemon": "gnome-keyring"}
APPINDICATOR = "ubuntu-appindicators@ubuntu.com"
_APPINDICATOR_FOLDER = Path("/usr/share/gnome-shell/extensions") / APPINDICATOR
_PORTAL_FILES = Path("/usr/share/xdg-desktop-portal/portals")


def missing_packages(compositor: str, *, portal: bool, tray: bool, notify: bool, keyring: str) -> tuple[str, ...]:
    """Return the Debian packages that are not here, for a desktop of these parts; looks for their files only."""
    wanted = _ALWAYS | _COMPOSITOR[compositor]
    if keyring != "none":
        wanted |= _KEYRING
    if compositor != "gnome":  # which brings its own
        wanted |= (_TRAY if tray else {}) | (_NOTIFY if notify else {})
    missing = {package for program, package in wanted.items() if shutil.which(program) is None}
    if compositor == "gnome" and tray and not _APPINDICATOR_FOLDER.is_dir():
        missing.add("gnome-shell-extension-appindicator")
    if portal and libexec("xdg-desktop-portal") is None:
        missing.add("xdg-desktop-portal")
    if portal and libexec("xdg-desktop-portal-kde") is None:
        missing.add("xdg-desktop-portal-kde")
    return tuple(sorted(missing))


def why_not(compositor: str, *, portal: bool, tray: bool, notify: bool, keyring: str) -> str:
    """Return why no desktop of these parts can be started on this machine; empty when one can."""
    if sys.platform != "linux":
        return "a Wayland desktop needs Linux"
    if missing := missing_packages(compositor, portal=portal, tray=tray, notify=notify, keyring=keyring):
        return f"no {compositor} desktop: these packages are not installed: {' '.join(missing)}"
    prefix = {"sway": unprivileged, "gnome": without_logind}.get(compositor)
    if prefix is not None and not _runs((*prefix(), "true")):
        return f"no {compositor} desktop: namespaces are not allowed here (`unshare`)"
    return ""


@functools.cache
def _runs(argv: tuple[str, ...]) -> bool:
    return subprocess.run(argv, stderr=subprocess.DEVNULL, check=False).returncode == 0


def libexec(name: str) -> Path | None:
    """Return the path of a program that is not in PATH; None when it is not here."""
    places = (Path("/usr/libexec", name), *Path("/usr/lib").glob(f"*/libexec/{name}"))
    return next((place for place in places if place.is_file()), None)


def portal_file(backend: str) -> Path:
    """Return the file by which the portal knows one of its backends."""
    return _PORTAL_FILES / f"{backend}.portal"


def unprivileged() -> list[str]:
    """Return what goes before a program that refuses to run as root: a user namespace in which it is somebody else.

    The ids are of the first ordinary user, as D-Bus clients fail with one that has no name. Outside, its files are
    root's. Programs of one desktop that ask each other who they are (the portal) must be in the same namespace.
    """
    if os.geteuid() != 0:
        return []
    users = [user for user in pwd.getpwall() if 1000 <= user.pw_uid < 60000] or [pwd.getpwnam("daemon")]
    return ["unshare", "--user", f"--map-user={users[0].pw_uid}", f"--map-group={users[0].pw_gid}"]


def without_logind() -> list[str]:
    """Return what goes before GNOME Shell, which dies of what systemd-logind answers for a process without a seat.

    It asks wherever this folder exists, so it gets to see another one.
    """
    if not Path("/run/systemd/seats").exists():
        return []
    hide = 'mount -t tmpfs none /run/systemd && exec "$@"'
    if os.geteuid() == 0:
        return ["unshare", "--mount", "sh", "-c", hide, "sh"]
    as_before = f"unshare --user --map-user={os.getuid()} --map-group={os.getgid()}"
    return [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        hide.replace("exec", f"exec {as_before}"),
        "sh",
    ]


def sway_config(size: tuple[int, int], more: str) -> str:
    """Return a configuration in which windows keep their own size, as people's dialogs do, and no key repeats.

    On a busy machine a key may stay down for long, and a program must not get what nobody meant to type.
    """
    width, height = size
    return f"""\
xwayland disable
output HEADLESS-1 resolution {width}x{height} position 0 0
output * bg #336699 solid_color
default_border pixel 1
focus_on_window_activation smart
input * repeat_rate 0
for_window [app_id=".*"] floating enable
{more}
"""


KWIN_KEYBOARD = "[Keyboard]\nKeyRepeat=nothing\n"
WAYBAR = """\
{"layer": "top", "position": "bottom", "height": 34, "modules-right": ["tray"],
 "tray": {"icon-size": 22, "spacing": 6}}
"""
WAYBAR_STYLE = '* { font-family: "DejaVu Sans"; font-size: 13px; } window#waybar { background: #222; }\n'
MAKO = "actions=1\ndefault-timeout=0\nfont=DejaVu Sans 11\n"


def gnome_settings(*, tray: bool) -> str:
    """Return GNOME's settings as GLib's keyfile backend reads them: no animation, no welcome, no idle lock."""
    return f"""\
[org/gnome/shell]
disable-user-extensions=false
enabled-extensions={[APPINDICATOR] if tray else "@as []"}
welcome-dialog-last-shown-version='99'

[org/gnome/desktop/interface]
enable-hot-corners=false
enable-animations=false

[org/gnome/desktop/peripherals/keyboard]
repeat=false

[org/gnome/desktop/session]
idle-delay=uint32 0

[org/gnome/desktop/screensaver]
lock-enabled=false
"""
