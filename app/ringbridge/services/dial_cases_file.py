"""The file with cases of the dial plan: an administrator writes it, `ringbridge doctor` runs it."""

import os
from pathlib import Path

from ringbridge.core.errors import FileMissing, StorageUnavailable
from ringbridge.core.settings import DialingSettings
from ringbridge.services.paths import Paths
from ringbridge.services.private_files import reason

DEFAULT_NAME = "dial-cases.txt"
MAX_BYTES = 1024 * 1024


def cases_path(paths: Paths, dialing: DialingSettings) -> Path:
    """Where the cases are: as set, from the settings folder on, or the file of the usual name there."""
    return paths.config_dir / os.path.expanduser(dialing.cases_file or DEFAULT_NAME)  # noqa: PTH111 - never raises


def read_cases_file(paths: Paths, dialing: DialingSettings) -> str | None:
    """The text of the file, or None where none is set and there is none.

    Raises:
        FileMissing: One is set, and is not there.
        StorageUnavailable: It can't be read, is longer than 1 MiB, or is not UTF-8.
    """
    path = cases_path(paths, dialing)
    try:
        if not path.is_file():
            if not dialing.cases_file and not path.exists():
                return None
            if not path.exists():
                raise FileMissing(str(path), "does not exist")
            raise StorageUnavailable(str(path), "is no file")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: no path at all
        detail = reason(error) if isinstance(error, OSError) else str(error)
        raise StorageUnavailable(str(path), detail) from error
    if len(raw) > MAX_BYTES:
        raise StorageUnavailable(str(path), "is longer than 1 MiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StorageUnavailable(str(path), "is not UTF-8") from error
