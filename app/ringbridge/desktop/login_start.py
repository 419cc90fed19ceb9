"""Whether this process was started by the desktop at login, and not by a person."""

import os
from pathlib import Path

_CGROUP = Path("/proc/self/cgroup")


def started_at_login(cgroup: Path = _CGROUP) -> bool:
    """Look for what session managers leave behind.

    GNOME's session gives what it starts an id; systemd runs entries of the autostart folders in units called
    ``app-NAME@autostart.service`` (systemd-xdg-autostart-generator).

    Args:
        cgroup: What this process belongs to, as the kernel says it.
    """
    if os.environ.get("DESKTOP_AUTOSTART_ID"):
        return True
    try:
        return "@autostart.service" in cgroup.read_text("utf-8", errors="replace")
    except OSError:
        return False
