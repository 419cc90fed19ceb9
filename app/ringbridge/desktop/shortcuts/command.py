"""What a key of the desktop runs."""

import sys
from pathlib import Path

from ringbridge.core.hotkeys import COMMANDS, HotkeyAction


def command_of(action: HotkeyAction, profile: str) -> tuple[str, ...]:
    """The command line of an action, with the whole path: desktops have a `PATH` of their own.

    Args:
        action: What the key is for.
        profile: The profile's name, empty for the default one.
    """
    started = Path(sys.argv[0])
    beside = Path(sys.executable).with_name("ringbridge")
    if getattr(sys, "frozen", False):
        program: tuple[str, ...] = (sys.executable,)
    elif started.name == "ringbridge" and started.is_file():
        program = (str(started.absolute()),)
    elif beside.is_file():
        program = (str(beside),)
    else:
        program = (sys.executable, "-m", "ringbridge")
    return (*program, *(("--profile", profile) if profile else ()), *COMMANDS[action])
