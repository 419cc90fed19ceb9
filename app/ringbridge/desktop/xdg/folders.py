"""Where those files are, as the XDG Base Directory Specification says. Pure look-up."""

import os
from pathlib import Path

DESKTOP_ID = "ringbridge.desktop"
"""The name of our desktop entry, wherever it stands; Qt gives the same to the compositor (`setDesktopFileName`)."""


def config_home() -> Path:
    """The user's own settings: ``~/.config``."""
    return _home("XDG_CONFIG_HOME", ".config")


def data_home() -> Path:
    """The user's own programs and icons: ``~/.local/share``."""
    return _home("XDG_DATA_HOME", ".local/share")


def config_folders() -> tuple[Path, ...]:
    """The system's settings, the most important first: ``/etc/xdg``."""
    return _listed("XDG_CONFIG_DIRS", "/etc/xdg")


def data_folders() -> tuple[Path, ...]:
    """The system's programs and icons, the most important first."""
    return _listed("XDG_DATA_DIRS", "/usr/local/share:/usr/share")


def desktop_names() -> tuple[str, ...]:
    """What this desktop calls itself, the most exact first, such as ``ubuntu``, ``GNOME``."""
    return tuple(name for name in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":") if name)


def _home(variable: str, default: str) -> Path:
    given = os.environ.get(variable, "")
    # a relative path is to be ignored, says the specification
    return Path(given) if os.path.isabs(given) else Path.home() / default  # noqa: PTH117 - Path("") would be "."


def _listed(variable: str, default: str) -> tuple[Path, ...]:
    given = os.environ.get(variable) or default
    return tuple(dict.fromkeys(Path(folder) for folder in given.split(":") if folder.startswith("/")))
