"""Where our files are: pure look-up. Whoever writes makes the folder (`private_files`)."""

import os
import string
from pathlib import Path
from typing import NamedTuple

from ringbridge.core.errors import SettingError

APP = "ringbridge"
PROFILE_VARIABLE = "RINGBRIDGE_PROFILE"
MAX_PROFILE = 32
MAX_SOCKET_BYTES = 99
"""A socket's path: sun_path has 104 bytes on macOS and 108 on Linux, the closing NUL included (unix(4), unix(7))."""

_PROFILE_CHARACTERS = frozenset(string.ascii_lowercase + string.digits + "_-")
_SOCKET = "instance.socket"
_POLICY = "policy.toml"
_SYSTEM_CONFIG = Path("/etc/xdg")  # XDG Base Directory Specification, the default of XDG_CONFIG_DIRS
_TMP = Path("/tmp")  # noqa: S108 - owner and rights of what stands there are checked


class Paths(NamedTuple):
    """The folders and files of one profile. None of them needs to exist.

    Attributes:
        profile: Empty = the default one.
        config_dir: Settings: ``~/.config/ringbridge`` on Linux.
        data_dir: History: ``~/.local/share/ringbridge`` on Linux.
        state_dir: Logs: ``~/.local/state/ringbridge`` on Linux.
        runtime_dir: The running program's socket and lock; to be made with `private_files.make_runtime_folder`,
            for it may stand in a folder that other users can write to.
    """

    profile: str
    config_dir: Path
    data_dir: Path
    state_dir: Path
    runtime_dir: Path

    @property
    def settings_file(self) -> Path:
        """The settings, TOML."""
        return self.config_dir / "settings.toml"

    @property
    def history_file(self) -> Path:
        """The history, SQLite."""
        return self.data_dir / "history.db"

    @property
    def log_file(self) -> Path:
        """The log; older ones stand beside it with a number."""
        return self.state_dir / "ringbridge.log"

    @property
    def links_record(self) -> Path:
        """What was changed so that phone links come here, to be taken back."""
        return self.state_dir / "links.json"

    @property
    def key_refusals(self) -> Path:
        """The hotkeys that a person refused when the desktop asked."""
        return self.state_dir / "hotkeys.json"

    @property
    def instance_socket(self) -> Path:
        """Where the running program listens; shorter than 100 bytes except on Windows, where it only names a pipe."""
        return self.runtime_dir / _SOCKET

    @property
    def instance_lock(self) -> Path:
        """Held by the running program."""
        return self.runtime_dir / "instance.lock"


def policy_files() -> tuple[Path, ...]:
    """Where the company's policy may be, the most important place first.

    ``/etc/xdg/ringbridge/policy.toml`` on Linux (and beside it what ``XDG_CONFIG_DIRS`` names), ProgramData on
    Windows, ``/Library/Application Support`` on macOS. On Linux the system's own place comes first, because users
    can set the variable.
    """
    from platformdirs import PlatformDirs  # as in `find_paths`

    named = PlatformDirs(APP, appauthor=False, multipath=True).site_config_dir.split(os.pathsep)
    folders = [Path(folder) for folder in named if folder]
    if hasattr(os, "getuid") and _SYSTEM_CONFIG.is_dir() and _SYSTEM_CONFIG / APP not in folders:
        folders.append(_SYSTEM_CONFIG / APP)
    folders.sort(key=lambda folder: folder != _SYSTEM_CONFIG / APP)
    return tuple(folder / _POLICY for folder in folders)


def find_paths(profile: str | None = None) -> Paths:
    """The folders of a profile, as the platform wants them (XDG base directories on Linux).

    Args:
        profile: Its name (1 to 32 of ``a-z 0-9 _ -``), empty for the default one, None for what the environment
            variable ``RINGBRIDGE_PROFILE`` says.

    Raises:
        SettingError: The name is not allowed.
    """
    if profile is None:
        profile = os.environ.get(PROFILE_VARIABLE, "")
    if len(profile) > MAX_PROFILE or not _PROFILE_CHARACTERS.issuperset(profile):
        raise SettingError("profile", "profile_name", f"a–z 0–9 _ -, 1–{MAX_PROFILE}")
    from platformdirs import PlatformDirs  # 7 ms, mostly `tempfile`: not at import of this module

    dirs = PlatformDirs(APP, appauthor=False)
    below = Path("profiles", profile) if profile else Path()
    runtime = _runtime_dir(below) if hasattr(os, "getuid") else Path(dirs.user_runtime_dir) / below
    return Paths(
        profile=profile,
        config_dir=Path(dirs.user_config_dir) / below,
        data_dir=Path(dirs.user_data_dir) / below,
        state_dir=Path(dirs.user_state_dir) / below,
        runtime_dir=runtime,
    )


def _runtime_dir(below: Path) -> Path:
    """On POSIX: the session's runtime folder if it is ours, else one of the user's own in the temporary folder.

    platformdirs is not asked here: it warns on standard error where a session has no ``XDG_RUNTIME_DIR`` (cron, ssh),
    and knows no limit of length.
    """
    user = os.getuid()
    for candidate in (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{user}"):
        if os.path.isabs(candidate) and _is_own_folder(candidate, user):  # noqa: PTH117 - Path("") would be "."
            wished = Path(candidate) / APP / below
            break
    else:
        wished = _temporary() / f"{APP}-{user}" / below
    if _fits(wished):
        return wished
    # Too long for a socket. The check sum keeps apart what stood in different folders (two test desktops, say).
    import zlib

    short = f"{APP}-{user}-{zlib.crc32(os.fsencode(wished)):08x}"
    return _temporary() / short if _fits(_temporary() / short) else _TMP / short


def _temporary() -> Path:
    import tempfile  # already there: platformdirs imports it

    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:  # it tries to write, and on a full disk no folder takes anything
        return _TMP


def _is_own_folder(path: str, user: int) -> bool:
    try:
        found = Path(path).stat()
    except OSError:
        return False
    return found.st_uid == user and Path(path).is_dir()  # after `sudo -E` or `su` it can be someone else's


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / _SOCKET)) <= MAX_SOCKET_BYTES
