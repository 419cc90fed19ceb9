"""Running a desktop's own tool for its settings, with a deadline."""

import shutil
import subprocess

from ringbridge.desktop.shortcuts.port import ShortcutsUnreachable

_DEADLINE_S = 5.0


def is_there(tool: str) -> bool:
    """Whether the program is installed."""
    return shutil.which(tool) is not None


def run_tool(*command: str) -> str:
    """Run it; gives what it printed.

    Raises:
        ShortcutsUnreachable: It is not there, failed, or did not end in time.
    """
    try:
        done = subprocess.run(  # noqa: S603 - fixed programs, and no shell
            command, capture_output=True, text=True, timeout=_DEADLINE_S, check=False, stdin=subprocess.DEVNULL
        )
    except OSError as error:
        raise ShortcutsUnreachable(f"{command[0]}: {error.strerror or 'can not be run'}") from error
    except subprocess.TimeoutExpired as error:
        raise ShortcutsUnreachable(f"{command[0]} does not answer") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ShortcutsUnreachable(f"{command[0]}: {said[0] if said else f'exit code {done.returncode}'}")
    return done.stdout
