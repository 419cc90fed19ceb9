"""What a private desktop needs: programs with their Debian packages, and the files its parts read."""

import shutil
import sys
from pathlib import Path

_ALWAYS = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus-daemon",
    "xclip": "xclip",
    "xdotool": "xdotool",
    "xprop": "x11-utils",
    "xwininfo": "x11-utils",
    "import": "imagemagick",
}
_WM = {"openbox": {"openbox": "openbox"}, "xfwm4": {"xfwm4": "xfwm4", "xfconf-query": "xfconf"}, "none": {}}
_TRAY = {
    "sni": {"xfce4-panel": "xfce4-panel", "xfconf-query": "xfconf"},
    "xembed": {"trayer": "trayer"},
    "none": {},
}
_NOTIFY = {"xfce4": {"xfce4-notifyd-config": "xfce4-notifyd", "xfconf-query": "xfconf"}, "none": {}}
_KEYRING_PROGRAMS = {"gnome-keyring-daemon": "gnome-keyring"}
_KEYRING = {"unlocked": _KEYRING_PROGRAMS, "locked": _KEYRING_PROGRAMS, "none": {}}

SERVICE_FOLDERS = (Path("/usr/local/share/dbus-1/services"), Path("/usr/share/dbus-1/services"))


def missing_packages(
    *, tray: str = "sni", wm: str = "openbox", notify: str = "none", keyring: str = "none"
) -> tuple[str, ...]:
    """Return the Debian packages whose programs are not here, for a desktop of these parts; looks in PATH only."""
    wanted = _ALWAYS | _TRAY[tray] | _WM[wm] | _NOTIFY[notify] | _KEYRING[keyring]
    return tuple(sorted({package for program, package in wanted.items() if shutil.which(program) is None}))


def why_not(*, tray: str = "sni", wm: str = "openbox", notify: str = "none", keyring: str = "none") -> str:
    """Return why no desktop of these parts can be started on this machine; empty when one can."""
    if sys.platform != "linux":
        return "a virtual X11 desktop needs Linux"
    if missing := missing_packages(tray=tray, wm=wm, notify=notify, keyring=keyring):
        return f"no virtual desktop: these packages are not installed: {' '.join(missing)}"
    return ""


def has_service(name: str) -> bool:
    """Whether an installed D-Bus service is called so."""
    return service_file(name) is not None


def service_file(name: str) -> Path | None:
    """Return the file by which a bus would start the service `name`; None when there is none."""
    for folder in SERVICE_FOLDERS:
        for file in sorted(folder.glob("*.service")):
            if f"Name={name}" in file.read_text().splitlines():
                return file
    return None


def notifyd_program() -> Path:
    """Return the notification daemon's path, which is not in PATH."""
    return next(Path("/usr/lib").glob("*/xfce4/notifyd/xfce4-notifyd"))


def bus_config(runtime_folder: Path, services_folder: Path) -> str:
    """Return a bus configuration that starts nothing on demand but what `services_folder` names.

    Otherwise each notification daemon and keyring that happens to be installed would compete for the test's names.
    """
    return f"""\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path={runtime_folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services_folder}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="service_start_timeout">30000</limit>
</busconfig>
"""


_PANEL = """\
<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="false"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="icon-size" type="uint" value="22"/>
      <property name="size" type="uint" value="28"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
"""
_NOTIFYD = """\
<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-notifyd" version="1.0">
  <property name="notify-location" type="uint" value="2"/>
  <property name="expire-timeout" type="int" value="10"/>
  <property name="do-fadeout" type="bool" value="false"/>
  <property name="do-slideout" type="bool" value="false"/>
  <property name="initial-opacity" type="double" value="1"/>
</channel>
"""


def write_settings(home: Path) -> None:
    """Write a panel whose only item is the tray, at the top, and notifications at the top right that stay 10 s."""
    channels = home / ".config/xfce4/xfconf/xfce-perchannel-xml"
    channels.mkdir(parents=True)
    (channels / "xfce4-panel.xml").write_text(_PANEL)
    (channels / "xfce4-notifyd.xml").write_text(_NOTIFYD)
