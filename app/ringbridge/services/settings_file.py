"""The settings file: TOML that people may edit by hand, and that loses nothing when the program changes it."""

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ringbridge.core.errors import (
    FileDamaged,
    FileLeft,
    FileTooNew,
    PolicyDamaged,
    SettingError,
    StorageError,
    StorageUnavailable,
)
from ringbridge.core.settings import (
    DEFAULTS,
    SettingProblem,
    Settings,
    SettingValue,
    current_key,
    flatten,
    from_mapping,
    is_by_hand,
    with_value,
)
from ringbridge.services import private_files

VERSION = 1
MAX_BYTES = 1024 * 1024
_FRESH_S = 2.0
"""A file written so short ago may be written again without looking different: file systems count in 2 s and less."""
_GROUPS = {key.rpartition(".")[0] for key in DEFAULTS} - {""}


class Policy(NamedTuple):
    """What the company says.

    Attributes:
        settings: What holds where the user's file says nothing.
        locked: Keys that users can't change.
        problems: What in the policy can't be used; the most careful values stand in for it.
        notice: `PolicyDamaged` where the whole file can't be used, else None.
        path: The file, or None where there is none.
    """

    settings: Settings = Settings()
    locked: frozenset[str] = frozenset[str]()
    problems: tuple[SettingProblem, ...] = ()
    notice: PolicyDamaged | None = None
    path: Path | None = None


class LoadedSettings(NamedTuple):
    """What the settings file gave.

    Attributes:
        settings: Every good value of the file, defaults for the rest.
        problems: The values that can't be used; their text stays in the file.
        notice: `FileDamaged` or `FileTooNew` when the file was set aside (`detail`: its new name),
            `StorageUnavailable` when it can't be read, `FileLeft` when a `look` found it so, else None.
        policy: What the company says; it is part of `settings`.
    """

    settings: Settings
    problems: tuple[SettingProblem, ...] = ()
    notice: StorageError | None = None
    policy: Policy = Policy()


class _Content(NamedTuple):
    raw: bytes
    text: str
    settings: Settings
    problems: tuple[SettingProblem, ...]


class _Unusable(Exception):
    """The file is there and has to be set aside.

    Attributes:
        kind: ``damaged`` or ``newer``.
        detail: What is wrong, where anybody knows.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail


class SettingsFile:
    """One settings file, shared with other processes and with the user's editor.

    Not for two threads at once. Reading takes 1 ms and a first save 30 ms: neither belongs on the GUI thread.

    Attributes:
        notice: What the last `load`, `save` or `change` had to report, as in `LoadedSettings`.
    """

    def __init__(
        self,
        path: Path,
        *,
        policy_files: tuple[Path, ...] = (),
        now: Callable[[], datetime] = private_files.local_now,
    ) -> None:
        """Nothing is read yet.

        Args:
            path: The file; it needs not exist. A symbolic link stays one: the file it names is replaced.
            policy_files: Where the company's policy may be, the most important place first.
            now: Aware time, for the names of files set aside.
        """
        self.path = path
        self.notice: StorageError | None = None
        self._now = now
        self._policy_files = policy_files
        self._policy = Policy()
        self._loaded: Settings | None = None
        self._raw: bytes | None = None
        self._stamps: tuple[object, ...] = ()
        self._is_fresh = False

    def load(self) -> LoadedSettings:
        """Read the file. It never fails: what went wrong is in the answer.

        A file that can't be used (no TOML, not UTF-8, a folder, more than 1 MiB, a newer version) is set aside.
        """
        self.notice = None
        self._stamp()
        self._policy = _policy_in(self._policy_files)
        content = None
        try:
            content = self._read()
        except _Unusable:
            try:
                with self._lock():
                    content = self._read_or_set_aside()
            except StorageUnavailable as error:
                self.notice = error
        except StorageUnavailable as error:
            self.notice = error
        return self._in_force(content)

    def look(self) -> LoadedSettings | None:
        """See whether this file or the policy was written since the last `load` or `look`; some 20 µs if not.

        A file that can't be used is left alone: an editor may be half through writing it, and what keeps calls back
        must not fall away for that. What it said before stays, below the policy as it is now.

        Returns:
            What is to be in force now, or None where nothing was written.
        """
        was_fresh, before = self._is_fresh, self._stamps
        self._stamp()
        if self._stamps == before and not was_fresh:
            return None
        self.notice = None
        self._policy = _policy_in(self._policy_files)
        try:
            content = self._read()
        except (_Unusable, StorageUnavailable) as error:
            self.notice = FileLeft(str(self.path), error.detail)
            content = None if self._raw is None else self._content_of(self._raw)
        return self._in_force(content)

    def save(self, settings: Settings) -> None:
        """Write the fields that differ from what was last loaded or saved; everything else in the file stays.

        Raises:
            SettingError: A value is not allowed, or a field is different that is changed in the file only or that
                the company's policy locks.
            StorageUnavailable: The file can't be read (it is not overwritten then) or written.
        """
        wished = flatten(settings)
        with self._lock():
            self._policy = _policy_in(self._policy_files)
            content = self._read_or_set_aside()
            before = flatten(self._loaded or (content.settings if content else self._policy.settings))
            changes = {key: self._checked(key, value) for key, value in wished.items() if value != before[key]}
            if content is None:  # a fresh file takes over all that is in effect
                default = flatten(self._policy.settings)
                changes |= {
                    key: self._checked(key, value)
                    for key, value in wished.items()
                    if value != default[key] and not is_by_hand(key) and key not in self._policy.locked
                }
            self._write(content, changes)
        self._loaded = settings

    def change(self, key: str, value: object) -> Settings:
        """Write one field, also when it equals the default.

        Args:
            key: The dotted key.
            value: The value; text is read as the field's type.

        Returns:
            All settings as they are now in the file.

        Raises:
            SettingError: There is no such key, the value is not allowed, (``by_hand``) the key is changed in the
                file only, or (``locked``) the company's policy says what it is.
            StorageUnavailable: The file can't be read (it is not overwritten then) or written.
        """
        key, checked = current_key(key), _checked(key, value)
        with self._lock():
            self._policy = _policy_in(self._policy_files)
            self._check_unlocked(key)
            content = self._read_or_set_aside()
            changed = with_value(content.settings if content else self._policy.settings, key, checked)
            self._write(content, {key: checked})
        self._loaded = changed
        return changed

    def _in_force(self, content: "_Content | None") -> LoadedSettings:
        self._raw = content.raw if content else None
        self._loaded = content.settings if content else self._policy.settings
        return LoadedSettings(
            settings=self._loaded,
            problems=content.problems if content else (),
            notice=self.notice,
            policy=self._policy,
        )

    def _stamp(self) -> None:
        """Note how the files look, before they are read: what is written meanwhile is seen the next time."""
        found = [_status(path) for path in (self.path, *self._policy_files)]
        now_s = self._now().timestamp()
        self._stamps = tuple(found)
        self._is_fresh = any(abs(now_s - written_s) < _FRESH_S for _, written_s in found)

    def _lock(self) -> AbstractContextManager[None]:
        self.notice = None
        private_files.make_folder(self.path.parent)
        return private_files.locked(self.path.with_name(f".{self.path.name}.lock"))

    def _read(self) -> _Content | None:
        """The file's content, or None when there is no file.

        Raises:
            _Unusable: It has to be set aside.
            StorageUnavailable: It can't be read.
        """
        try:
            if self.path.is_dir():
                raise _Unusable("damaged")
            # O_NONBLOCK: a pipe of this name must not hold the program
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise _Unusable("damaged")
                raw = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageUnavailable(str(self.path), private_files.reason(error)) from error
        if len(raw) > MAX_BYTES:
            raise _Unusable("damaged", "it is too large")
        return self._content_of(raw)

    def _content_of(self, raw: bytes) -> _Content:
        import tomllib  # 6 ms that a start without a settings file does not need

        try:
            text = raw.decode("utf-8-sig")  # some Windows editors write the mark
            table = tomllib.loads(text)
            settings, problems = from_mapping(table, self._policy.settings, locked=self._policy.locked)
        except (ValueError, RecursionError) as error:  # TOML and UTF-8 errors are ValueErrors; nesting recurses
            raise _Unusable("damaged", " ".join(str(error).split())[:200]) from error
        version = table.get("version", VERSION)
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            wrong = SettingError("version", "not_a_number", f"1–{VERSION}")
            problems = (SettingProblem(error=wrong, value=str(version)[:60]), *problems)
        elif version > VERSION:
            raise _Unusable("newer")
        problems += tuple(
            SettingProblem(error=SettingError(group, "not_a_table"), value=str(table[group])[:60])
            for group in sorted(_GROUPS)
            if not isinstance(table.get(group, {}), Mapping)
        )
        return _Content(raw, text, settings, problems)

    def _read_or_set_aside(self) -> _Content | None:
        """As `_read`, under the lock: what can't be used is renamed, and `notice` tells."""
        try:
            return self._read()
        except _Unusable as error:
            aside = private_files.set_aside(self.path, error.kind, self._now())
            notice = FileTooNew if error.kind == "newer" else FileDamaged
            self.notice = notice(str(self.path), str(aside))
            return None

    def _checked(self, key: str, value: object) -> SettingValue:
        self._check_unlocked(key)
        return _checked(key, value)

    def _check_unlocked(self, key: str) -> None:
        if key in self._policy.locked:
            raise SettingError(key, "locked")

    def _write(self, content: _Content | None, changes: Mapping[str, SettingValue]) -> None:
        if content and not changes:
            return
        from ringbridge.services.settings_text import with_values

        try:
            text = with_values(content.text if content else "", changes, version=VERSION)
        except ValueError as error:
            raise StorageUnavailable(str(self.path), "has a form that only a person can change") from error
        private_files.replace_file(self.path.resolve(), text.encode())


def _status(path: Path) -> tuple[tuple[int, ...], float]:
    """How a file looks from outside, which is different after each writing; and when it was written, in seconds."""
    try:
        found = path.stat()
    except OSError as error:
        return (error.errno or 0,), 0.0
    identity = (found.st_dev, found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return identity, max(found.st_mtime, found.st_ctime)


def _policy_in(candidates: tuple[Path, ...]) -> Policy:
    """The company's policy; what reads it is loaded only where there may be one."""
    for path in candidates:
        try:
            path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            pass  # what can't be looked into may be there
        from ringbridge.services.policy_file import read_policy

        return read_policy(candidates)
    return Policy()


def _checked(key: str, value: object) -> SettingValue:
    key = current_key(key)
    if is_by_hand(key):
        raise SettingError(key, "by_hand")
    return flatten(with_value(Settings(), key, value))[key]
