"""Whether this process runs in a sandbox, where some of the desktop is reached through portals only."""

import os
from pathlib import Path

_FLATPAK_INFO = Path("/.flatpak-info")


def in_sandbox() -> bool:
    """Whether this is a Flatpak or a Snap."""
    return bool(os.environ.get("SNAP")) or _FLATPAK_INFO.exists()
