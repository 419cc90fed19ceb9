"""Shortcuts of KDE that run a command: a file in `kglobalaccel/`, and `org.kde.KGlobalAccel` on the session bus.

The file alone would be read at the next login; asked over the bus, KDE takes it at once.
"""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any, cast

from ringbridge.core.hotkey_spellings import qt_key, written_qt_key
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.shortcuts.port import ShortcutsUnreachable, ShortcutTaken, ShortcutWish

_NAME, _PATH, _INTERFACE = "org.kde.kglobalaccel", "/kglobalaccel", "org.kde.KGlobalAccel"
_ANSWER_S = 2.0
_RUN = "run"
"""The action of our desktop files. KDE runs the `Exec` of an action itself, and that of a file by another program."""
_AT_ONCE = 2 | 4
"""Flags of `setShortcut`: the key works from now on, and it is this one, whatever was saved earlier."""
_FRIENDLY_ACTION, _COMPONENT, _FRIENDLY_COMPONENT = 1, 2, 3
"""Fields of what `getGlobalShortcutsByKey` lists, behind the action's own name."""


class KdeShortcuts:
    """A `ShortcutInstaller`; each key has a file of its own.

    KDE reads a file once, so another key works at once, and another command from the next login on.

    Args:
        profile: The profile's name; each has files of its own.
    """

    name = "KDE"

    def __init__(self, profile: str = "") -> None:
        suffix = f"-{profile}" if profile else ""
        self._components = {
            action: f"ringbridge-{action.replace('_', '-')}{suffix}.desktop" for action in HotkeyAction
        }

    def availability(self) -> Availability:
        """Usable where KDE's keeper of shortcuts answers."""
        try:
            self._ask("allMainComponents", "")
        except ShortcutsUnreachable:
            return Availability(usable=False, reason="no_shortcut_settings")
        return Availability(usable=True)

    def installed(self) -> dict[HotkeyAction, str]:
        """Those of our files that KDE gave a key."""
        found: dict[HotkeyAction, str] = {}
        for action, component in self._components.items():
            if self._file(component).exists():
                given: list[int] = self._ask("shortcut", "as", _action_of(component))[0]
                written = [written_qt_key(key) for key in given if key]
                if written:
                    found[action] = ", ".join(written)
        return found

    def holder(self, combination: str) -> str:
        """The program, and what the key does in it."""
        rows: list[Any] = self._ask("getGlobalShortcutsByKey", "i", qt_key(combination))[0]
        for row in rows:
            if row[_COMPONENT] not in self._components.values():
                return f"{row[_FRIENDLY_COMPONENT]}: {row[_FRIENDLY_ACTION]}"
        return ""

    def install(self, wish: ShortcutWish) -> None:
        """Write the file, then let KDE take the key."""
        holder = self.holder(wish.combination)
        if holder:
            raise ShortcutTaken(holder)
        component = self._components[wish.action]
        if self._file(component).exists():
            self._ask("unregister", "ss", component, _RUN)
        self._write(component, wish)
        names = [component, _RUN, "Ringbridge", wish.name]
        key = qt_key(wish.combination)
        self._ask("doRegister", "as", names)
        given: list[int] = self._ask("setShortcut", "asaiu", names, [key], _AT_ONCE)[0]
        if key not in given:
            raise ShortcutTaken(self.holder(wish.combination) or self.name)

    def remove(self, *, but: Collection[HotkeyAction] = ()) -> tuple[HotkeyAction, ...]:
        """Let KDE forget the keys, and take the files away."""
        there = {
            action: name
            for action, name in self._components.items()
            if action not in but and self._file(name).exists()
        }
        for component in there.values():
            self._ask("unregister", "ss", component, _RUN)
            try:
                self._file(component).unlink(missing_ok=True)
            except OSError as error:
                raise ShortcutsUnreachable(f"{component}: {error.strerror or 'can not be removed'}") from error
        return tuple(there)

    @staticmethod
    def _file(component: str) -> Path:
        home = os.environ.get("XDG_DATA_HOME", "")
        data = Path(home) if home.startswith("/") else Path.home() / ".local/share"
        return data / "kglobalaccel" / component

    def _write(self, component: str, wish: ShortcutWish) -> None:
        lines = [
            "[Desktop Entry]",
            "Type=Application",
            f"Name=Ringbridge: {wish.name}",
            "NoDisplay=true",
            f"Exec={_exec_line(wish.command)}",
            f"Actions={_RUN};",
            "",
            f"[Desktop Action {_RUN}]",
            f"Name={wish.name}",
            f"Exec={_exec_line(wish.command)}",
            f"X-KDE-Shortcuts={wish.combination.replace('Super', 'Meta')}",
        ]
        path = self._file(component)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines) + "\n", "utf-8")
        except OSError as error:
            raise ShortcutsUnreachable(f"{path}: {error.strerror or 'can not be written'}") from error

    @staticmethod
    def _ask(method: str, signature: str, *values: Any) -> tuple[Any, ...]:  # noqa: ANN401 - what the signature says
        from jeepney import DBusAddress, MessageType
        from jeepney import new_method_call as call  # pyright: ignore[reportUnknownVariableType] - untyped
        from jeepney.io.blocking import open_dbus_connection  # pyright: ignore[reportUnknownVariableType] - untyped

        address = DBusAddress(_PATH, bus_name=_NAME, interface=_INTERFACE)
        try:
            with open_dbus_connection("SESSION") as connection:
                question: Any = call(address, method, signature or None, values)
                reply: Any = connection.send_and_get_reply(question, timeout=_ANSWER_S)  # pyright: ignore[reportUnknownMemberType] - untyped
        except (OSError, KeyError, ValueError, RuntimeError) as error:
            raise ShortcutsUnreachable(f"KDE's shortcuts do not answer ({type(error).__name__})") from error
        if reply.header.message_type is not MessageType.method_return:
            raise ShortcutsUnreachable(f"KDE refused: {method}")
        return cast("tuple[Any, ...]", reply.body)


def _action_of(component: str) -> list[str]:
    return [component, _RUN, "", ""]


def _exec_line(command: tuple[str, ...]) -> str:
    """A command as a desktop file has it (Desktop Entry Specification, "The Exec key")."""
    return " ".join(_exec_word(word) for word in command)


def _exec_word(word: str) -> str:
    word = word.replace("%", "%%")
    if word and not set(word) & set(" \t\n\"'\\><~|&;$*?#()`"):
        return word
    for character in '\\"`$':
        word = word.replace(character, f"\\{character}")
    return '"' + word.replace("\\", "\\\\") + '"'
