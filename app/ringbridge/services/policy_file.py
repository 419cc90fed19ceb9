"""The company's policy: a settings file that an administrator puts where users can't write, and keys that are locked.

The same dotted keys as in a user's settings, and at the head ``locked = ["guards.premium", "account.url"]``. Its
values stand in for the defaults; what is locked stays as the policy (or, where it is silent, the default) has it.

A policy that can't be read is never passed over in silence: the most careful settings stand in for it.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from ringbridge.core.dialing.guard_settings import MOST_CAREFUL
from ringbridge.core.errors import PolicyDamaged, SettingError
from ringbridge.core.settings import DEFAULTS, SettingProblem, Settings, current_key, from_mapping, with_value
from ringbridge.services.private_files import reason
from ringbridge.services.settings_file import Policy

MAX_BYTES = 1024 * 1024


def read_policy(candidates: tuple[Path, ...]) -> Policy:
    """Read the first policy there is.

    Args:
        candidates: Where it may be, the most important place first. A place that can't be looked into counts as a
            policy that can't be read.
    """
    for path in candidates:
        try:
            text = _read(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            return _damaged(path, reason(error))
        except ValueError as error:
            return _damaged(path, str(error))
        return _policy_of(path, text)
    return Policy()


def _read(path: Path) -> str:
    # O_NONBLOCK: a pipe of this name must not hold the program
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is no file")
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ValueError("it is too large")
    return raw.decode("utf-8-sig")


def _policy_of(path: Path, text: str) -> Policy:
    import tomllib  # 6 ms that a start without a policy does not need

    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return _damaged(path, str(error))
    named = table.pop("locked", [])
    if not isinstance(named, list) or not all(isinstance(key, str) for key in cast("list[object]", named)):
        return _damaged(path, "“locked” is no list of settings")
    locked = set(cast("list[str]", named))
    locked = {current_key(key) for key in locked}
    settings, problems = from_mapping(table)
    wrong = [problem.error.key for problem in problems]
    found = [*problems, *_unknown(table, locked)]
    for key in wrong:  # a value that was meant to hold something back, and nobody knows what
        settings = with_value(settings, key, MOST_CAREFUL.get(key, DEFAULTS[key]))
    return Policy(
        settings=settings,
        locked=frozenset(locked | set(wrong)) & DEFAULTS.keys(),
        problems=tuple(found),
        path=path,
    )


def _unknown(table: Mapping[str, object], locked: set[str]) -> list[SettingProblem]:
    """Names that mean nothing here: a slip of the pen would otherwise leave something open that was to be shut."""
    keys = {
        f"{name}.{inner}" if isinstance(value, Mapping) else name
        for name, value in table.items()
        for inner in (cast("Mapping[str, object]", value) if isinstance(value, Mapping) else ("",))
    }
    unknown = sorted({current_key(key) for key in keys | locked} - DEFAULTS.keys() - {"version"})
    return [SettingProblem(SettingError(key, "unknown_key"), "") for key in unknown]


def _damaged(path: Path, detail: str) -> Policy:
    settings = Settings()
    for key, value in MOST_CAREFUL.items():
        settings = with_value(settings, key, value)
    notice = PolicyDamaged(str(path), " ".join(detail.split())[:200])
    return Policy(settings=settings, locked=frozenset(MOST_CAREFUL), notice=notice, path=path)
