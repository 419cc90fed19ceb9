"""The hotkeys that a person refused when the desktop asked, kept so that no start asks again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ringbridge.core.errors import StorageUnavailable
from ringbridge.services.private_files import make_folder, reason, replace_file


def read_refusals(path: Path) -> dict[str, str]:
    """The combination that was refused, by action; a damaged file says nothing: then people are asked once more.

    Raises:
        StorageUnavailable: The file is there and can't be read.
    """
    try:
        table: Any = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageUnavailable(str(path), reason(error)) from error
    except (ValueError, RecursionError):
        return {}
    refused: Any = cast("dict[str, Any]", table).get("refused") if isinstance(table, dict) else None
    pairs = cast("dict[str, Any]", refused).items() if isinstance(refused, dict) else ()
    return {action: combination for action, combination in pairs if isinstance(combination, str)}


def write_refusals(path: Path, refused: Mapping[str, str]) -> None:
    """Keep these instead of what was kept; without any, the file goes. Only the running program writes.

    Raises:
        StorageUnavailable: It can't be written.
    """
    if refused:
        make_folder(path.parent)
        replace_file(path, f"{json.dumps({'refused': dict(refused)})}\n".encode())
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageUnavailable(str(path), reason(error)) from error
