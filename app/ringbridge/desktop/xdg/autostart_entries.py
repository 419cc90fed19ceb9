"""Whether a desktop entry in an ``autostart`` folder starts something on this desktop.

Desktop Application Autostart Specification 0.5; ``X-GNOME-Autostart-enabled`` is how GNOME, Xfce, MATE and Cinnamon
write the switch of their settings.
"""

import os
import shutil
from collections.abc import Mapping

from ringbridge.desktop.xdg.entry import command_in, is_true

OFF_KEYS = {"Hidden": "true", "X-GNOME-Autostart-enabled": "false"}


def why_not(keys: Mapping[str, str], desktops: tuple[str, ...]) -> str:
    """Why this entry starts nothing: ``switched_off``, ``not_on_this_desktop``, ``broken``; empty where it does.

    Args:
        keys: Of the entry.
        desktops: What this desktop calls itself.
    """
    if is_true(keys.get("Hidden")) or not is_true(keys.get("X-GNOME-Autostart-enabled"), default=True):
        return "switched_off"
    only, never = (set(_split(keys.get(name, ""))) for name in ("OnlyShowIn", "NotShowIn"))
    if (only and not only.intersection(desktops)) or never.intersection(desktops):
        return "not_on_this_desktop"
    programs = [keys["TryExec"]] if keys.get("TryExec") else []
    programs += command_in(keys.get("Exec", ""))[:1] or [""]
    return "" if all(_is_there(program) for program in programs) else "broken"


def _is_there(program: str) -> bool:
    if os.path.isabs(program):  # noqa: PTH117 - an empty name is no path
        return os.access(program, os.X_OK)
    return bool(program) and shutil.which(program) is not None


def _split(value: str) -> list[str]:
    return [part.strip() for part in value.split(";") if part.strip()]
