"""Custom shortcuts of GNOME and its relatives, and of Cinnamon, through `gsettings`.

Schemas: `org.gnome.settings-daemon.plugins.media-keys` (`custom-keybindings`: paths of entries) and
`org.cinnamon.desktop.keybindings` (`custom-list`: names of entries).
"""

import ast
import re
import shlex
from collections.abc import Collection
from typing import NamedTuple

from ringbridge.core.hotkey_spellings import gtk_accelerator, same_accelerator
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.shortcuts.port import ShortcutsUnreachable, ShortcutTaken, ShortcutWish
from ringbridge.desktop.shortcuts.tools import is_there, run_tool


class Flavour(NamedTuple):
    """How one family of desktops names things.

    Attributes:
        name: The desktop's, for people.
        schema: Holds the list of entries.
        key: That list.
        entry_schema: Of one entry; it has `name`, `command` and `binding`.
        folder: Where entries lie.
        lists_paths: The list holds whole paths; else names.
        many_keys: `binding` is a list.
        others: Further schemas whose values are key combinations.
    """

    name: str
    schema: str
    key: str
    entry_schema: str
    folder: str
    lists_paths: bool
    many_keys: bool
    others: tuple[str, ...]


GNOME = Flavour(
    name="GNOME",
    schema="org.gnome.settings-daemon.plugins.media-keys",
    key="custom-keybindings",
    entry_schema="org.gnome.settings-daemon.plugins.media-keys.custom-keybinding",
    folder="/org/gnome/settings-daemon/plugins/media-keys/custom-keybindings/",
    lists_paths=True,
    many_keys=False,
    others=(
        "org.gnome.desktop.wm.keybindings",
        "org.gnome.mutter.keybindings",
        "org.gnome.mutter.wayland.keybindings",
        "org.gnome.shell.keybindings",
    ),
)
CINNAMON = Flavour(
    name="Cinnamon",
    schema="org.cinnamon.desktop.keybindings",
    key="custom-list",
    entry_schema="org.cinnamon.desktop.keybindings.custom-keybinding",
    folder="/org/cinnamon/desktop/keybindings/custom-keybindings/",
    lists_paths=False,
    many_keys=True,
    others=("org.cinnamon.desktop.keybindings.media-keys", "org.cinnamon.desktop.keybindings.wm"),
)

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


class GsettingsShortcuts:
    """A `ShortcutInstaller`.

    Args:
        flavour: Which family of desktops.
        profile: The profile's name; each has entries of its own.
    """

    def __init__(self, flavour: Flavour, profile: str = "") -> None:
        self.name = flavour.name
        self._flavour = flavour
        suffix = f"-{profile}" if profile else ""
        self._entries = {action: f"ringbridge-{action.replace('_', '-')}{suffix}" for action in HotkeyAction}

    def availability(self) -> Availability:
        """Usable where `gsettings` is and knows the schema."""
        if not is_there("gsettings"):
            return Availability(usable=False, reason="no_gsettings")
        try:
            self._list()
        except ShortcutsUnreachable:
            return Availability(usable=False, reason="no_shortcut_settings")
        return Availability(usable=True)

    def installed(self) -> dict[HotkeyAction, str]:
        """Our entries that are in the list."""
        listed = self._list()
        return {
            action: " ".join(self._bindings(entry))
            for action, entry in self._entries.items()
            if self._as_listed(entry) in listed
        }

    def holder(self, combination: str) -> str:
        """Another custom shortcut by its name, or a key of the desktop by what it does."""
        wanted = gtk_accelerator(combination)
        ours = {self._as_listed(entry) for entry in self._entries.values()}
        for listed in self._list():
            if listed not in ours:
                entry = listed.rstrip("/").rpartition("/")[2]
                if any(same_accelerator(binding, wanted) for binding in self._bindings(entry, listed)):
                    name = self._get(entry, "name", listed)
                    return _texts(name)[0] if _texts(name) else entry
        for schema in (self._flavour.schema, *self._flavour.others):
            for line in self._lines_of(schema):
                _, _, rest = line.partition(" ")
                key, _, value = rest.partition(" ")
                if any(same_accelerator(text, wanted) for text in _texts(value) if text):
                    return f"{self.name}: {key.replace('-', ' ')}"
        return ""

    def install(self, wish: ShortcutWish) -> None:
        """Write the entry, then enter it into the list: the desktop looks at what is listed."""
        holder = self.holder(wish.combination)
        if holder:
            raise ShortcutTaken(holder)
        entry = self._entries[wish.action]
        accelerator = _variant(gtk_accelerator(wish.combination))
        self._set(entry, "name", _variant(f"Ringbridge: {wish.name}"))
        self._set(entry, "command", _variant(shlex.join(wish.command)))
        self._set(entry, "binding", f"[{accelerator}]" if self._flavour.many_keys else accelerator)
        listed = self._list()
        if self._as_listed(entry) not in listed:
            self._write_list([*listed, self._as_listed(entry)])

    def remove(self, *, but: Collection[HotkeyAction] = ()) -> tuple[HotkeyAction, ...]:
        """Take the entries out of the list, then empty them."""
        listed = self._list()
        ours = {self._as_listed(entry): action for action, entry in self._entries.items() if action not in but}
        there = [path for path in listed if path in ours]
        if there:
            self._write_list([path for path in listed if path not in ours])
        for path in there:
            for key in ("name", "command", "binding"):
                run_tool("gsettings", "reset", self._place(self._entries[ours[path]]), key)
        return tuple(ours[path] for path in there)

    def _as_listed(self, entry: str) -> str:
        return f"{self._flavour.folder}{entry}/" if self._flavour.lists_paths else entry

    def _place(self, entry: str, listed: str = "") -> str:
        path = listed if listed.startswith("/") else f"{self._flavour.folder}{entry}/"
        return f"{self._flavour.entry_schema}:{path}"

    def _list(self) -> list[str]:
        return _texts(run_tool("gsettings", "get", self._flavour.schema, self._flavour.key))

    def _write_list(self, listed: list[str]) -> None:
        value = f"[{', '.join(map(_variant, listed))}]" if listed else "@as []"
        run_tool("gsettings", "set", self._flavour.schema, self._flavour.key, value)

    def _get(self, entry: str, key: str, listed: str = "") -> str:
        return run_tool("gsettings", "get", self._place(entry, listed), key)

    def _set(self, entry: str, key: str, value: str) -> None:
        run_tool("gsettings", "set", self._place(entry), key, value)

    def _bindings(self, entry: str, listed: str = "") -> list[str]:
        return [text for text in _texts(self._get(entry, "binding", listed)) if text]

    @staticmethod
    def _lines_of(schema: str) -> list[str]:
        try:
            return run_tool("gsettings", "list-recursively", schema).splitlines()
        except ShortcutsUnreachable:
            return []  # of another version of the desktop


def _texts(printed: str) -> list[str]:
    """The texts in a printed GVariant, whatever it is."""
    return [str(ast.literal_eval(found.group(0))) for found in _QUOTED.finditer(printed)]


def _variant(text: str) -> str:
    """A text as GVariant writes it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
