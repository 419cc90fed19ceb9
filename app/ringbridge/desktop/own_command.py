"""How the desktop starts this very program: from a checkout, a virtual environment, a package, a frozen build."""

import os
import sys
from pathlib import Path

_SCRIPT = "ringbridge"


def own_command() -> tuple[str, ...]:
    """The program and what stands before its own arguments, with absolute paths."""
    image = os.environ.get("APPIMAGE", "")
    if image and os.path.isabs(image):  # noqa: PTH117 - Path("") would be "."
        return (image,)  # what it unpacks to is gone when it ends
    if getattr(sys, "frozen", False):
        return (str(Path(sys.executable).absolute()),)
    folders = (Path(sys.argv[0]).absolute().parent, Path(sys.executable).absolute().parent)
    for folder in folders:
        script = folder / _SCRIPT
        if script.is_file() and os.access(script, os.X_OK):
            return (str(script),)
    return (str(Path(sys.executable).absolute()), "-m", "ringbridge")
