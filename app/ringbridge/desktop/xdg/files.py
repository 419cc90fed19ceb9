"""Writing such files so that at any moment the old or the new one is there whole, and removing them without a trace.

Every function turns `OSError` into `StorageUnavailable`. Other programs write the same files; none of them takes a
lock, so what was read is compared with what stands there right before it is replaced.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

from ringbridge.core.errors import StorageUnavailable

_MAX_BYTES = 1024 * 1024
_TRIES = 5


def read_text(path: Path) -> str | None:
    """The text of a file, or None where there is none; bytes that are no UTF-8 come back as they were when written.

    Raises:
        StorageUnavailable: It can't be read, or is larger than any such file.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unavailable(path, error) from error
    if len(raw) > _MAX_BYTES:
        raise StorageUnavailable(str(path), os.strerror(errno.EFBIG))
    return raw.decode("utf-8", "surrogateescape")


def change_text(path: Path, change: Callable[[str | None], str | None]) -> tuple[Path, ...]:
    """Replace a file by what `change` makes of its text.

    Args:
        path: The file. A symbolic link stays one: the file it names is replaced.
        change: Gets the text, or None where there is no file; gives the new one, or None: there shall be no file.
            Called again when another program wrote meanwhile.

    Returns:
        What was made for it: the file, and folders above it.

    Raises:
        StorageUnavailable: It can't be read or written, or others write all the time.
    """
    target = path.resolve()
    with _locked(target.parent) as made:
        for _ in range(_TRIES):
            before = read_text(target)
            after = change(before)
            if after == before:
                return tuple(made)
            if after is None:
                _remove(target)
                return tuple(made)
            if _replaced(target, after, before):
                return (*made, path) if before is None else tuple(made)
    raise StorageUnavailable(str(path), "other programs change it all the time")


def copy_file(source: Path, target: Path) -> tuple[Path, ...]:
    """Copy a file where none is; returns what was made for it.

    Raises:
        StorageUnavailable: It can't be read or written.
    """
    try:
        made = _make_folder(target.parent)
        if target.exists():
            return made
        shutil.copyfile(source, target)
    except OSError as error:
        raise _unavailable(target, error) from error
    return (*made, target)


def remove_file(path: Path) -> None:
    """Remove a file that may be there.

    Raises:
        StorageUnavailable: It can't be removed.
    """
    _remove(path)


def remove_empty_folders(folders: Iterable[Path]) -> None:
    """Remove those of the folders that are empty, the deepest first."""
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()


def _replaced(target: Path, text: str, before: str | None) -> bool:
    """Put the text in the file's place, unless another program did so meanwhile."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
                file.flush()
                os.fsync(descriptor)
                os.fchmod(descriptor, target.stat().st_mode & 0o777 if before is not None else 0o644)
            if read_text(target) != before:
                temporary.unlink()
                return False
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unavailable(target, error) from error
    return True


@contextmanager
def _locked(folder: Path) -> Generator[list[Path]]:
    """Keep other processes of ours from writing there; the folder itself is the lock, so that none is left behind."""
    import fcntl

    try:
        made = list(_make_folder(folder))
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise _unavailable(folder, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # held for a moment by each, and freed by the kernel when one dies
        yield made
    finally:
        os.close(descriptor)


def _make_folder(folder: Path) -> tuple[Path, ...]:
    """Make a folder and its missing parents, for the user alone (XDG Base Directory Specification)."""
    if folder.is_dir():
        return ()
    made = _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    return (*made, folder)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unavailable(path, error) from error


def _unavailable(path: Path, error: OSError) -> StorageUnavailable:
    return StorageUnavailable(str(path), error.strerror or str(error))
