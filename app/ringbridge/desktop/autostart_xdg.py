"""Start at login on Linux: a desktop entry in the user's ``autostart`` folder, which goes before a package's."""

from collections.abc import Callable
from pathlib import Path

from ringbridge.desktop.own_command import own_command
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.registration_ports import AutostartState
from ringbridge.desktop.sandbox import in_sandbox
from ringbridge.desktop.xdg import folders
from ringbridge.desktop.xdg.autostart_entries import OFF_KEYS, why_not
from ringbridge.desktop.xdg.entry import exec_line, read_entry, with_keys
from ringbridge.desktop.xdg.files import change_text, read_text, remove_empty_folders
from ringbridge.desktop.xdg.folders import DESKTOP_ID

_MARK = "X-Ringbridge-Written"


class AutostartXdg:
    """An `Autostart` by files; blocking for about a millisecond.

    Args:
        template: Our desktop entry.
        arguments: Stand behind the program, such as ``("--background",)``.
    """

    name = "xdg"
    blocking = True

    def __init__(self, *, template: Path, arguments: tuple[str, ...]) -> None:
        self._template = template
        self._command = (*own_command(), *arguments)
        self._entry = folders.config_home() / "autostart" / DESKTOP_ID

    def availability(self) -> Availability:
        """Usable outside sandboxes."""
        return Availability(usable=False, reason="in_sandbox") if in_sandbox() else Availability(usable=True)

    def state(self) -> AutostartState:
        """Read both entries; the user's has the last word."""
        own, system = self._own_keys(), self._system_keys()
        keys = own or system
        if keys is None:
            return AutostartState(on=False, why="off")
        reason = why_not(keys, folders.desktop_names())
        if not reason:
            return AutostartState(on=True, why="by_system" if own is None else "")
        by_admin = own is None and reason == "switched_off"
        return AutostartState(on=False, why="switched_off_by_admin" if by_admin else reason)

    def set(self, on: bool, done: Callable[[AutostartState], None]) -> None:  # noqa: FBT001 - the protocol's
        """Write, change or remove the user's entry; where a package's says the same, the user's is not needed."""
        change_text(self._entry, self._with_autostart if on else self._without_autostart)
        remove_empty_folders([self._entry.parent])
        done(self.state())

    def _with_autostart(self, text: str | None) -> str | None:
        system = self._system_keys()
        if system is not None and not why_not(system, folders.desktop_names()) and _is_bare(text):
            return None
        keys: dict[str, str | None] = dict.fromkeys(OFF_KEYS)
        keys |= dict.fromkeys(("OnlyShowIn", "NotShowIn"))
        keys |= {"Exec": exec_line(self._command), "TryExec": self._command[0].replace("\\", "\\\\")}
        if text is None:
            # the rest is for programs that open something
            keys |= dict.fromkeys(("MimeType", "Keywords", "Categories", "StartupNotify"))
            keys[_MARK] = "true"
            text = self._template.read_text("utf-8")
        return with_keys(text, keys)

    def _without_autostart(self, text: str | None) -> str | None:
        system = self._system_keys()
        system_starts = system is not None and not why_not(system, folders.desktop_names())
        if not system_starts and _is_bare(text):
            return None
        base = text if text is not None else "[Desktop Entry]\nType=Application\nName=Ringbridge\n"
        return with_keys(base, {"Hidden": "true", **({_MARK: "true"} if text is None else {})})

    def _own_keys(self) -> dict[str, str] | None:
        text = read_text(self._entry)
        return None if text is None else read_entry(text)

    @staticmethod
    def _system_keys() -> dict[str, str] | None:
        for folder in folders.config_folders():
            text = read_text(folder / "autostart" / DESKTOP_ID)
            if text is not None:
                return read_entry(text)
        return None


def _is_bare(text: str | None) -> bool:
    """Whether nothing of a person's is lost with it: there is none, or we wrote it."""
    return text is None or _MARK in read_entry(text)
