"""Phone links on Linux: a desktop entry that says we can open them, and the user's list that says who does.

Nothing is taken from another program: while nobody said that Ringbridge is to open the links, who opened them before
is written down by name, because programs in the user's own folder would come first otherwise. What was changed is
kept in a record, so that `unregister` can take all of it back.
"""

import json
import os
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

from ringbridge.desktop.own_command import own_command
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.registration_ports import LinkState, Registration
from ringbridge.desktop.sandbox import in_sandbox
from ringbridge.desktop.xdg import folders, mime_lists
from ringbridge.desktop.xdg.entry import command_in, exec_line, read_entry, with_keys
from ringbridge.desktop.xdg.files import change_text, copy_file, read_text, remove_empty_folders, remove_file
from ringbridge.desktop.xdg.folders import DESKTOP_ID
from ringbridge.desktop.xdg.openers import name_of, opener_of, user_lists

SCHEMES = ("tel", "callto", "sip")
_TYPES = tuple(f"x-scheme-handler/{scheme}" for scheme in SCHEMES)
_ALL_TYPES = tuple(
    f"x-scheme-handler/{spelling}" for scheme in SCHEMES for spelling in (scheme, scheme.upper(), scheme.capitalize())
)
"""`xdg-open` 1.1.3 looks for the scheme as it is spelled in the link, and RFC 3986 lets it be spelled in capitals."""

_MARK = "X-Ringbridge-Written"
_UPDATE_S = 10


class _Record(NamedTuple):
    """What registering changed.

    Attributes:
        lists: By list and type what stood there (None for nothing), and the program that we wrote in its place.
        made: Files and folders that were not there.
    """

    lists: dict[str, dict[str, tuple[str | None, str]]]
    made: list[str]


class LinksXdg:
    """A `LinkHandler` for desktops that follow freedesktop.org. Blocking, for a few milliseconds; any thread.

    Args:
        template: Our desktop entry, with a command that is replaced.
        icon: Our icon, SVG.
        record: The file for what was changed.
        arguments: Stand behind the program, such as ``("--profile", "work")``.
    """

    name = "xdg"

    def __init__(self, *, template: Path, icon: Path, record: Path, arguments: tuple[str, ...] = ()) -> None:
        self._template = template
        self._icon = icon
        self._record_file = record
        self._command = (*own_command(), *arguments)
        self._entry = folders.data_home() / "applications" / DESKTOP_ID
        self._icon_copy = folders.data_home() / "icons/hicolor/scalable/apps/ringbridge.svg"

    def availability(self) -> Availability:
        """Usable outside sandboxes; inside, the package brings the entry, and only the desktop lets users choose."""
        if in_sandbox():
            return Availability(usable=False, reason="in_sandbox", remedy="choose_in_desktop")
        return Availability(usable=True)

    def state(self) -> LinkState:
        """Look who opens phone links now.

        Raises:
            StorageUnavailable: A list can't be read.
        """
        openers = {scheme: opener_of(f"x-scheme-handler/{scheme}") for scheme in SCHEMES}
        ids = {scheme: opener.desktop_id for scheme, opener in openers.items()}
        return LinkState(
            registration=self._registration(),
            openers={scheme: name_of(desktop_id) if desktop_id else "" for scheme, desktop_id in ids.items()},
            ours=frozenset(scheme for scheme, desktop_id in ids.items() if desktop_id == DESKTOP_ID),
        )

    def register(self, *, default: bool) -> None:
        """Say that we can open phone links; with `default`, that we do.

        Raises:
            StorageUnavailable: A file can't be written; what was changed before that stays in the record.
        """
        record = self._read_record()
        if self._system_entry() is None:
            if not default:
                for mime_type in _TYPES:  # before our entry is there: it would come first
                    opener = opener_of(mime_type)
                    if opener.desktop_id not in {"", DESKTOP_ID} and not opener.named:
                        self._choose(mime_type, opener.desktop_id, record)
            self._write_entry(record)
        if default:
            for mime_type in _TYPES:
                self._choose(mime_type, DESKTOP_ID, record)

    def unregister(self) -> None:
        """Take everything back: who opened phone links before does so again, unless another was chosen since.

        Raises:
            StorageUnavailable: A file can't be written.
        """
        record = self._read_record()
        for path in dict.fromkeys((*map(Path, record.lists), *user_lists())):
            if path.exists():
                made = str(path) in record.made
                change_text(path, partial(_given_back, changed=record.lists.get(str(path), {}), made=made))
        if _is_ours(self._entry):
            remove_file(self._entry)
            self._update(self._entry.parent)
        cache = self._entry.parent / "mimeinfo.cache"
        if str(cache) in record.made and mime_lists.is_empty(read_text(cache) or ""):
            remove_file(cache)
        if str(self._icon_copy) in record.made:
            remove_file(self._icon_copy)
        remove_file(self._record_file)
        remove_empty_folders(path for path in map(Path, record.made) if path.is_dir())

    # ------------------------------------------------------------ the desktop entry

    def _registration(self) -> Registration:
        text = read_text(self._entry)
        if text is None:
            return Registration.SYSTEM if self._system_entry() is not None else Registration.NONE
        program = (command_in(read_entry(text).get("Exec", "")) or ("",))[0]
        if command_in(read_entry(text).get("Exec", "")) == self._command:
            return Registration.USER
        works = os.access(program, os.X_OK) if os.path.isabs(program) else shutil.which(program) is not None  # noqa: PTH117 - no path where it is none
        return Registration.OTHER_COPY if works else Registration.BROKEN

    @staticmethod
    def _system_entry() -> Path | None:
        for folder in folders.data_folders():
            path = folder / "applications" / DESKTOP_ID
            if path.is_file():
                return path
        return None

    def _write_entry(self, record: _Record) -> None:
        text = with_keys(
            self._template.read_text("utf-8"),
            {
                "Exec": exec_line(self._command, "%u"),
                "TryExec": self._command[0].replace("\\", "\\\\"),
                "MimeType": "".join(f"{mime_type};" for mime_type in _ALL_TYPES),
                _MARK: "true",
            },
        )
        cache = self._entry.parent / "mimeinfo.cache"
        cache_is_new = not cache.exists()
        record.made.extend(map(str, change_text(self._entry, lambda _before: text)))
        record.made.extend(map(str, copy_file(self._icon, self._icon_copy)))
        if cache_is_new:
            record.made.append(str(cache))
        self._write_record(record)
        self._update(self._entry.parent)
        theme = folders.data_home() / "icons/hicolor"
        os.utime(theme)  # tells everybody who looked for icons before to look again (Icon Theme Specification)

    @staticmethod
    def _update(applications: Path) -> None:
        """Write the index of desktop entries anew; where the tool is missing, desktops read the entries."""
        tool = shutil.which("update-desktop-database")
        if tool is not None and applications.is_dir():
            quiet = subprocess.DEVNULL
            command = [tool, "-q", str(applications)]
            subprocess.run(command, timeout=_UPDATE_S, check=False, stdin=quiet, stdout=quiet, stderr=quiet)  # noqa: S603 - our own words

    # ------------------------------------------------------------ the user's lists

    def _choose(self, mime_type: str, desktop_id: str, record: _Record) -> None:
        """Name a program for a type where everybody looks first, and wherever the user's lists say otherwise."""
        general = user_lists()[-1]
        for path in user_lists():
            named = mime_lists.values(read_text(path) or "", mime_lists.DEFAULTS).get(mime_type)
            if named is None and path != general:
                continue
            if named is not None and mime_lists.split(named)[:1] == (desktop_id,):
                continue
            changed = record.lists.setdefault(str(path), {})
            was, wrote = changed.get(mime_type, (named, ""))
            if named is not None and mime_lists.split(named)[:1] not in {(wrote,), ()}:
                was = named  # somebody chose it after us
            changed[mime_type] = (was, desktop_id)
            self._write_record(record)  # first: whatever happens now can be taken back
            change = partial(_chosen, mime_type=mime_type, desktop_id=desktop_id)
            record.made.extend(map(str, change_text(path, change)))
            self._write_record(record)

    # ------------------------------------------------------------ the record

    def _read_record(self) -> _Record:
        try:
            table: Any = json.loads(read_text(self._record_file) or "{}")
            lists = {
                str(path): {str(mime_type): (was, str(wrote)) for mime_type, (was, wrote) in changed.items()}
                for path, changed in table.get("lists", {}).items()
            }
            made = [str(path) for path in table.get("made", [])]
        except (ValueError, TypeError, AttributeError):  # damaged: what is ours is found without it, too
            return _Record({}, [])
        return _Record(cast("dict[str, dict[str, tuple[str | None, str]]]", lists), made)

    def _write_record(self, record: _Record) -> None:
        text = json.dumps({"lists": record.lists, "made": list(dict.fromkeys(record.made))}, indent=1)
        record.made.extend(map(str, change_text(self._record_file, lambda _before: f"{text}\n")))


def _is_ours(entry: Path) -> bool:
    return _MARK in read_entry(read_text(entry) or "")


def _chosen(text: str | None, *, mime_type: str, desktop_id: str) -> str:
    ids = mime_lists.listed(text or "", mime_lists.DEFAULTS, mime_type)
    rest = [other for other in ids if other != desktop_id]
    value = "".join(f"{one};" for one in (desktop_id, *rest)) if rest else desktop_id
    return mime_lists.with_values(text or "", mime_lists.DEFAULTS, {mime_type: value})


def _given_back(text: str | None, *, changed: dict[str, tuple[str | None, str]], made: bool) -> str | None:
    """The list without us, and with what stood there before wherever nobody else was chosen since."""
    if text is None:
        return None
    changes = {
        mime_type: was
        for mime_type, (was, wrote) in changed.items()
        if mime_lists.listed(text, mime_lists.DEFAULTS, mime_type)[:1] == (wrote,)
    }
    text = mime_lists.with_values(text, mime_lists.DEFAULTS, changes) if changes else text
    text = mime_lists.without(text, DESKTOP_ID, mime_types=_ALL_TYPES)
    return None if made and mime_lists.is_empty(text) else text
