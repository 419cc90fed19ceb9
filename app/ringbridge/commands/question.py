"""The question a person is asked on the terminal before a call."""

import sys

from ringbridge.commands.output import complain, printable


def can_ask() -> bool:
    """Whether a person sits at a terminal: a pipe or a desktop shortcut says no yes."""
    return sys.stdin is not None and sys.stdin.isatty()  # pyright: ignore[reportUnnecessaryComparison] - None where it was closed


def ask(question: str) -> bool:
    """Ask on stderr, read the answer from the terminal; anything but y or yes is a no."""
    complain(f"{printable(question)} [y/N]")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
