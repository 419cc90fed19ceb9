"""Files and folders of the user alone: made, replaced, locked and set aside so that nothing is lost.

Every function turns `OSError` into `StorageUnavailable`.
"""

import errno
import os
import stat
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ringbridge.core.errors import StorageUnavailable

if TYPE_CHECKING:  # 1 ms before the icon, for names of damaged files
    from datetime import datetime

FOLDER_MODE = 0o700
FILE_MODE = 0o600
LOCK_TIMEOUT_S = 5.0
_LOCK_RETRY_S = 0.005


def local_now() -> "datetime":
    """Now, aware, in local time: for names of files that people look at."""
    from datetime import datetime

    return datetime.now().astimezone()


def reason(error: OSError) -> str:
    """The operating system's words, without the path."""
    return error.strerror or str(error)


def make_folder(path: Path) -> None:
    """Make a folder and its missing parents for the user alone (XDG Base Directory Specification: 0700).

    Raises:
        StorageUnavailable: It can't be made, or something else stands there.
    """
    try:
        if not path.is_dir():
            _make(path)
    except OSError as error:
        raise StorageUnavailable(str(path), reason(error)) from error


def _make(path: Path) -> None:
    if not path.parent.is_dir():
        _make(path.parent)
    with suppress(FileExistsError):  # another process was faster
        path.mkdir(mode=FOLDER_MODE)
    if not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))


def make_runtime_folder(path: Path) -> None:
    """Make `Paths.runtime_dir` and make sure that all of it, from our own top folder on, is the user's alone.

    In a shared temporary folder anybody can make one of our name first, so a link, another owner or rights of
    others are refused or taken away.

    Raises:
        StorageUnavailable: It can't be made, or is not the user's own.
    """
    make_folder(path)
    if not hasattr(os, "getuid"):
        return  # Windows: the folder is in the user's profile
    try:
        level = path
        while True:
            found = level.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                raise StorageUnavailable(str(level), "belongs to someone else")
            if stat.S_IMODE(found.st_mode) & 0o077:
                level.chmod(FOLDER_MODE)
            if level.parent.name != "profiles" and level.name != "profiles":
                return
            level = level.parent
    except OSError as error:
        raise StorageUnavailable(str(path), reason(error)) from error


@contextmanager
def locked(path: Path, *, timeout_s: float = LOCK_TIMEOUT_S) -> Generator[None]:
    """Hold a lock file that only one process has at a time. The kernel frees it when a process dies.

    Args:
        path: The lock file; it is made and stays (removing it would let two processes hold two locks).
        timeout_s: How long to wait for another process.

    Raises:
        StorageUnavailable: It can't be made, or the other process keeps it.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError as error:
        raise StorageUnavailable(str(path), reason(error)) from error
    try:
        deadline = time.monotonic() + timeout_s
        while not _try_lock(descriptor, path):
            if time.monotonic() >= deadline:
                raise StorageUnavailable(str(path), "another program keeps it locked")
            time.sleep(_LOCK_RETRY_S)  # neither flock nor msvcrt can wait with a deadline
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, path: Path) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES, errno.EDEADLK, errno.EINTR}:
            return False
        raise StorageUnavailable(str(path), reason(error)) from error
    return True


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that at any moment, also of power loss, the old or the new one is there whole.

    The caller holds a lock: the temporary file beside it has a fixed name, so that kills leave one at most.

    Raises:
        StorageUnavailable: Disk full, read-only and so on; the old file is as it was.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise StorageUnavailable(str(path), reason(error)) from error


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive power loss, where folders can be opened (not on Windows)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_aside(path: Path, kind: str, now: "datetime", companions: tuple[str, ...] = ()) -> Path:
    """Rename a file (or folder) to a name that is free: ``settings.damaged-20261123-101500.toml``.

    The caller holds a lock.

    Args:
        path: What to rename.
        kind: The word in the new name.
        now: The time in the new name.
        companions: Endings of files that belong to it (``-wal``); they go first, so that a kill in between never
            leaves them to a fresh file of the old name.

    Returns:
        The new name.

    Raises:
        StorageUnavailable: It can't be renamed.
    """
    base = f"{path.stem}.{kind}-{now:%Y%m%d-%H%M%S}"
    number = 1
    while True:
        aside = path.with_name(f"{base}{f'-{number}' if number > 1 else ''}{path.suffix}")
        if not any(os.path.lexists(f"{aside}{ending}") for ending in ("", *companions)):
            break
        number += 1
    try:
        for ending in companions:
            with suppress(FileNotFoundError):
                Path(f"{path}{ending}").rename(f"{aside}{ending}")
        path.rename(aside)
        sync_folder(path.parent)
    except OSError as error:
        raise StorageUnavailable(str(path), reason(error)) from error
    return aside
