"""What can be done by a key from anywhere, and key combinations as people write them: `Ctrl+Alt+D`."""

from enum import StrEnum


class HotkeyAction(StrEnum):
    """What a key does; the value is the setting's name in `hotkeys`, and its name for the desktop, for ever."""

    DIAL_SELECTION = "dial_selection"
    QUICK_DIAL = "quick_dial"
    HANG_UP = "hang_up"
    REDIAL = "redial"


COMMANDS: dict[HotkeyAction, tuple[str, ...]] = {
    HotkeyAction.DIAL_SELECTION: ("dial", "--selection"),
    HotkeyAction.QUICK_DIAL: ("show",),
    HotkeyAction.HANG_UP: ("hangup",),
    HotkeyAction.REDIAL: ("redial",),
}
"""What `ringbridge` is run with where the desktop keeps the keys: the same as the key of the running program."""

MODIFIERS = ("Ctrl", "Alt", "Shift", "Super")

_ALIASES = {
    "control": "Ctrl", "ctrl": "Ctrl", "strg": "Ctrl", "alt": "Alt", "option": "Alt", "shift": "Shift",
    "super": "Super", "meta": "Super", "win": "Super", "windows": "Super", "cmd": "Super", "command": "Super",
}  # fmt: skip
_NAMED_KEYS = {
    name.lower(): name
    for name in (
        "Space", "Tab", "Return", "Escape", "Backspace", "Insert", "Delete", "Home", "End", "PageUp", "PageDown",
        "Up", "Down", "Left", "Right", "Pause", "Print", "Plus", "Minus", "Comma", "Period", "Slash",
        *(f"F{n}" for n in range(1, 25)),
    )
}  # fmt: skip


STOP_KEY = "Escape"
"""Stops a countdown, for the few seconds it takes: the one key that is grabbed without a modifier."""


def parse_grab(text: str) -> tuple[tuple[str, ...], str]:
    """As `parse_hotkey`, and `STOP_KEY` by itself.

    Raises:
        ValueError: As `parse_hotkey`.
    """
    return ((), STOP_KEY) if text == STOP_KEY else parse_hotkey(text)


def parse_hotkey(text: str) -> tuple[tuple[str, ...], str]:
    """Split a combination into its modifiers and its key.

    Args:
        text: Such as ``ctrl+alt+d``; case and order of the modifiers do not matter.

    Returns:
        The modifiers in the order of `MODIFIERS`, and the key: one upper-case letter, a digit, or a name such
        as ``F5`` or ``Space``.

    Raises:
        ValueError: It is no combination, or a letter or digit stands without Ctrl, Alt or Super (such a hotkey
            would swallow ordinary typing).
    """
    *modifier_texts, key_text = [part.strip() for part in text.split("+")]
    found = {_ALIASES.get(part.lower(), "") for part in modifier_texts}
    if "" in found or len(found) != len(modifier_texts):
        raise ValueError(text)
    key = _NAMED_KEYS.get(key_text.lower(), "")
    if not key and len(key_text) == 1 and key_text.isascii() and key_text.isalnum():
        key = key_text.upper()
    if not key:
        raise ValueError(text)
    is_function_key = key[0] == "F" and len(key) > 1
    if not found - {"Shift"} and not is_function_key:
        raise ValueError(text)
    return tuple(name for name in MODIFIERS if name in found), key


def format_hotkey(modifiers: tuple[str, ...], key: str) -> str:
    """Write a combination the one way it is stored: `parse_hotkey` of the result gives the same back."""
    return "+".join((*(name for name in MODIFIERS if name in modifiers), key))
