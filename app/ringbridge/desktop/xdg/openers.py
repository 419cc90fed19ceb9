"""Which program opens a type on this desktop, as every program that follows the specification finds out.

Association between MIME types and applications, 1.0.1: lists of the desktop before general ones, the user's before
the system's; without a named default the first program that says it can.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ringbridge.desktop.xdg import folders, mime_lists
from ringbridge.desktop.xdg.entry import read_entry
from ringbridge.desktop.xdg.files import read_text


class Opener(NamedTuple):
    """The program that opens a type.

    Attributes:
        desktop_id: Its desktop entry, or empty for nobody.
        named: It was chosen; else it is only the first that says it can.
    """

    desktop_id: str = ""
    named: bool = False


def opener_of(mime_type: str) -> Opener:
    """Find the program.

    Raises:
        StorageUnavailable: A list can't be read.
    """
    for path in (*user_lists(), *_system_lists()):
        for desktop_id in mime_lists.listed(read_text(path) or "", mime_lists.DEFAULTS, mime_type):
            if entry_of(desktop_id) is not None:
                return Opener(desktop_id, named=True)
    for desktop_id in _associated(mime_type):
        if entry_of(desktop_id) is not None:
            return Opener(desktop_id)
    return Opener()


def user_lists() -> tuple[Path, ...]:
    """The lists in which the user's choices stand, those of this desktop first; they need not exist."""
    return _lists_in(folders.config_home())


def entry_of(desktop_id: str) -> Path | None:
    """The desktop entry of a program, or None: it is not installed."""
    for folder in (folders.data_home(), *folders.data_folders()):
        for name in _places(desktop_id):
            path = folder / "applications" / name
            if path.is_file():
                return path
    return None


def name_of(desktop_id: str) -> str:
    """A program as people know it, or its desktop id where it has no name."""
    path = entry_of(desktop_id)
    name = read_entry(read_text(path) or "").get("Name", "") if path is not None else ""
    return name or desktop_id.removesuffix(".desktop")


def _places(desktop_id: str) -> Iterator[str]:
    """``a-b.desktop`` may also stand in a folder, as ``a/b.desktop``."""
    yield desktop_id
    before = ""
    rest = desktop_id
    while "-" in rest:
        folder, _, rest = rest.partition("-")
        before += f"{folder}/"
        yield before + rest


def _lists_in(folder: Path) -> tuple[Path, ...]:
    names = [f"{name.lower()}-mimeapps.list" for name in folders.desktop_names() if "/" not in name]
    return tuple(folder / name for name in (*names, "mimeapps.list"))


def _system_lists() -> Iterator[Path]:
    for folder in folders.config_folders():
        yield from _lists_in(folder)
    for folder in (folders.data_home(), *folders.data_folders()):
        yield from _lists_in(folder / "applications")


def _associated(mime_type: str) -> Iterator[str]:
    removed: set[str] = set()
    places = [folders.config_home(), *folders.config_folders()]
    applications = [folder / "applications" for folder in (folders.data_home(), *folders.data_folders())]
    for folder in (*places, *applications):
        for path in _lists_in(folder):
            text = read_text(path) or ""
            for desktop_id in mime_lists.listed(text, mime_lists.ADDED, mime_type):
                if desktop_id not in removed:
                    yield desktop_id
            removed.update(mime_lists.listed(text, mime_lists.REMOVED, mime_type))
        if folder in applications:
            cache = read_text(folder / "mimeinfo.cache") or ""
            for desktop_id in mime_lists.listed(cache, mime_lists.CACHE, mime_type):
                if desktop_id not in removed:
                    yield desktop_id
