"""Whether there is a screen at all. Light: asked before anything else is loaded."""

import os
import sys


def has_display() -> bool:
    """Whether a graphical program can start here; Qt aborts the process where it can't."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
