"""How others write a key combination: desktops, portals and window managers, each in its own way.

Keys are named by X keysyms without their prefix (X11R7.7, appendix A; xkbcommon's keysym names), as the XDG shortcuts
specification, GTK, sway and others do.
"""

from ringbridge.core.hotkeys import format_hotkey, parse_hotkey

_KEYSYM_NAMES = {
    "Space": "space", "Backspace": "BackSpace", "PageUp": "Page_Up", "PageDown": "Page_Down", "Plus": "plus",
    "Minus": "minus", "Comma": "comma", "Period": "period", "Slash": "slash",
}  # fmt: skip
_QT_KEYS = {
    "Escape": 0x01000000, "Tab": 0x01000001, "Backspace": 0x01000003, "Return": 0x01000004, "Insert": 0x01000006,
    "Delete": 0x01000007, "Pause": 0x01000008, "Print": 0x01000009, "Home": 0x01000010, "End": 0x01000011,
    "Left": 0x01000012, "Up": 0x01000013, "Right": 0x01000014, "Down": 0x01000015, "PageUp": 0x01000016,
    "PageDown": 0x01000017, "Space": 0x20, "Plus": 0x2B, "Comma": 0x2C, "Minus": 0x2D, "Period": 0x2E, "Slash": 0x2F,
    **{f"F{n}": 0x01000030 + n - 1 for n in range(1, 25)},
}  # fmt: skip
_QT_MODIFIERS = {"Shift": 0x02000000, "Ctrl": 0x04000000, "Alt": 0x08000000, "Super": 0x10000000}


def keysym_name(key: str) -> str:
    """The name of a key of `parse_hotkey`: ``d``, ``F5``, ``Page_Up``."""
    return key.lower() if len(key) == 1 else _KEYSYM_NAMES.get(key, key)


def portal_trigger(combination: str) -> str:
    """As the XDG shortcuts specification has it: ``CTRL+ALT+d``."""
    modifiers, key = parse_hotkey(combination)
    names = {"Ctrl": "CTRL", "Alt": "ALT", "Shift": "SHIFT", "Super": "LOGO"}
    return "+".join((*(names[modifier] for modifier in modifiers), keysym_name(key)))


def gtk_accelerator(combination: str) -> str:
    """As GTK desktops keep it: ``<Primary><Alt>d``."""
    modifiers, key = parse_hotkey(combination)
    names = {"Ctrl": "<Primary>", "Alt": "<Alt>", "Shift": "<Shift>", "Super": "<Super>"}
    return "".join(names[modifier] for modifier in modifiers) + keysym_name(key)


def same_accelerator(left: str, right: str) -> bool:
    """Whether two accelerators of GTK are the same keys, however they are written."""
    return _parts_of(left) == _parts_of(right)


def _parts_of(accelerator: str) -> tuple[frozenset[str], str]:
    *modifiers, key = accelerator.replace("<", "\0").replace(">", "\0").split("\0")
    alike = {"primary": "ctrl", "control": "ctrl", "ctl": "ctrl", "mod1": "alt", "mod4": "super"}
    names = (name.strip().lower() for name in modifiers)
    return frozenset(alike.get(name, name) for name in names if name), key.strip().lower()


def qt_key(combination: str) -> int:
    """As Qt and KDE count it: the key's code with its modifiers."""
    modifiers, key = parse_hotkey(combination)
    code = _QT_KEYS[key] if len(key) > 1 else ord(key)
    for modifier in modifiers:
        code |= _QT_MODIFIERS[modifier]
    return code


def written_qt_key(code: int) -> str:
    """What `qt_key` counted, as people write it; a key that has no name here by its number."""
    modifiers = tuple(name for name, bit in _QT_MODIFIERS.items() if code & bit)
    plain = code & ~sum(_QT_MODIFIERS.values())
    named = next((name for name, number in _QT_KEYS.items() if number == plain), "")
    return format_hotkey(modifiers, named or (chr(plain) if plain < 0x7F else f"0x{plain:x}"))  # noqa: PLR2004 - ASCII


def sway_keys(combination: str) -> str:
    """As the configuration of sway and i3 has it: ``Ctrl+Mod1+d``."""
    modifiers, key = parse_hotkey(combination)
    names = {"Ctrl": "Ctrl", "Alt": "Mod1", "Shift": "Shift", "Super": "Mod4"}
    return "+".join((*(names[modifier] for modifier in modifiers), keysym_name(key)))


def hyprland_keys(combination: str) -> str:
    """As Hyprland's configuration has it: ``CTRL ALT, D``."""
    modifiers, key = parse_hotkey(combination)
    return f"{' '.join(modifier.upper() for modifier in modifiers)}, {key if len(key) == 1 else keysym_name(key)}"


def labwc_keys(combination: str) -> str:
    """As labwc's and Openbox's configuration has it: ``C-A-d``."""
    modifiers, key = parse_hotkey(combination)
    names = {"Ctrl": "C", "Alt": "A", "Shift": "S", "Super": "W"}
    return "-".join((*(names[modifier] for modifier in modifiers), keysym_name(key)))


def readable_trigger(text: str) -> str:
    """What a portal says is to be pressed, as people write it.

    GNOME's ``Press <Shift><Control>d`` is ``Shift+Ctrl+D``; other texts stay as they are.
    """
    start = text.find("<")
    if start < 0:
        return text.strip()
    accelerator = text[start:].split(maxsplit=1)[0]
    *modifiers, key = accelerator.replace("<", "\0").replace(">", "\0").split("\0")
    names = {"control": "Ctrl", "primary": "Ctrl", "mod1": "Alt", "mod4": "Super", "meta": "Super"}
    written = [names.get(name.lower(), name.capitalize()) for name in modifiers if name]
    return "+".join((*written, key.upper() if len(key) == 1 else key))
