"""Application shortcuts of Xfce, through `xfconf-query`: channel `xfce4-keyboard-shortcuts`."""

import shlex
from collections.abc import Collection

from ringbridge.core.hotkey_spellings import gtk_accelerator, same_accelerator
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.shortcuts.command import command_of
from ringbridge.desktop.shortcuts.port import ShortcutsUnreachable, ShortcutTaken, ShortcutWish
from ringbridge.desktop.shortcuts.tools import is_there, run_tool

_CHANNEL = "xfce4-keyboard-shortcuts"
_CUSTOM, _DEFAULT = "/commands/custom/", "/commands/default/"
_WINDOWS = ("/xfwm4/custom/", "/xfwm4/default/")
_OVERRIDE = "/commands/custom/override"


class XfceShortcuts:
    """A `ShortcutInstaller`. An entry has no name there: ours are those that run our commands.

    Args:
        profile: The profile's name; its commands name it.
    """

    name = "Xfce"

    def __init__(self, profile: str = "") -> None:
        self._commands = {shlex.join(command_of(action, profile)): action for action in HotkeyAction}

    def availability(self) -> Availability:
        """Usable where `xfconf-query` is and answers."""
        if not is_there("xfconf-query"):
            return Availability(usable=False, reason="no_xfconf")
        try:
            run_tool("xfconf-query", "-l")
        except ShortcutsUnreachable:
            return Availability(usable=False, reason="no_shortcut_settings")
        return Availability(usable=True)

    def installed(self) -> dict[HotkeyAction, str]:
        """The keys that run our commands."""
        values = self._values()
        return {
            self._commands[value]: path.removeprefix(_CUSTOM)
            for path, value in values.items()
            if path.startswith(_CUSTOM) and value in self._commands
        }

    def holder(self, combination: str) -> str:
        """What the key runs, or what it does to windows."""
        wanted = gtk_accelerator(combination)
        values = self._values()
        commands = _CUSTOM if values.get(_OVERRIDE) == "true" else _DEFAULT
        windows = _WINDOWS[0] if values.get("/xfwm4/custom/override") == "true" else _WINDOWS[1]
        for path, value in values.items():
            folder = next((folder for folder in (commands, windows) if path.startswith(folder)), "")
            if folder and value not in self._commands and same_accelerator(path.removeprefix(folder), wanted):
                return value if folder == commands else f"Xfce: {value.removesuffix('_key').replace('_', ' ')}"
        return ""

    def install(self, wish: ShortcutWish) -> None:
        """Enter the key; the defaults become the user's own first, as Xfce's dialog does it."""
        holder = self.holder(wish.combination)
        if holder:
            raise ShortcutTaken(holder)
        values = self._values()
        if values.get(_OVERRIDE) != "true":
            for path, value in values.items():
                own = f"{_CUSTOM}{path.removeprefix(_DEFAULT)}"
                if path.startswith(_DEFAULT) and own not in values and "/" not in path.removeprefix(_DEFAULT):
                    self._write(own, "string", value)
            self._write(_OVERRIDE, "bool", "true")
        before = self.installed().get(wish.action)
        command = shlex.join(wish.command)
        if before is not None:
            run_tool("xfconf-query", "-c", _CHANNEL, "-p", f"{_CUSTOM}{before}", "-r")
        self._write(f"{_CUSTOM}{gtk_accelerator(wish.combination)}", "string", command)

    def remove(self, *, but: Collection[HotkeyAction] = ()) -> tuple[HotkeyAction, ...]:
        """Take the keys out that run our commands."""
        gone = {action: keys for action, keys in self.installed().items() if action not in but}
        for accelerator in gone.values():
            run_tool("xfconf-query", "-c", _CHANNEL, "-p", f"{_CUSTOM}{accelerator}", "-r")
        return tuple(gone)

    @staticmethod
    def _write(path: str, kind: str, value: str) -> None:
        run_tool("xfconf-query", "-c", _CHANNEL, "-p", path, "-n", "-t", kind, "-s", value)

    @staticmethod
    def _values() -> dict[str, str]:
        """Every value of the channel by its path; none where the channel was never written."""
        try:
            printed = run_tool("xfconf-query", "-c", _CHANNEL, "-l", "-v")
        except ShortcutsUnreachable:
            if _CHANNEL in run_tool("xfconf-query", "-l"):
                raise
            return {}
        pairs = (line.split(maxsplit=1) for line in printed.splitlines())
        return {pair[0]: pair[1].strip() if len(pair) > 1 else "" for pair in pairs if pair}
