"""Where the running program of a profile listens, found without loading what `ringbridge.services.paths` needs.

`find_paths` takes longer than asking the running program for a call does. This module answers the usual case with the
same rule, and asks `find_paths` in every other; `tests/services/test_instance_address.py` holds the two together.
"""

import os
import stat

_MAX_SOCKET_BYTES = 99  # ringbridge.services.paths.MAX_SOCKET_BYTES
_MAX_PROFILE = 32
_PROFILE_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")


def instance_address(profile: str | None) -> str:
    """The path of the socket, or of the pipe on Windows.

    Args:
        profile: As for `ringbridge.services.paths.find_paths`.

    Raises:
        SettingError: The profile's name is not allowed.
    """
    return _usual(profile) or _exact(profile)


def _usual(profile: str | None) -> str:
    """The answer for a session with a runtime folder of its own, or empty where it takes more to tell."""
    if os.name != "posix":
        return ""
    name = os.environ.get("RINGBRIDGE_PROFILE", "") if profile is None else profile
    if len(name) > _MAX_PROFILE or not _PROFILE_CHARACTERS.issuperset(name):
        return ""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if not runtime.startswith("/") or os.path.normpath(runtime) != runtime.rstrip("/"):
        return ""
    try:
        status = os.stat(runtime)  # noqa: PTH116 - pathlib costs a tenth of the start
    except OSError:
        return ""
    if status.st_uid != os.getuid() or not stat.S_ISDIR(status.st_mode):
        return ""
    below = f"/profiles/{name}" if name else ""
    address = f"{runtime.rstrip('/')}/ringbridge{below}/instance.socket"
    return address if len(os.fsencode(address)) <= _MAX_SOCKET_BYTES else ""


def _exact(profile: str | None) -> str:
    from ringbridge.services.paths import find_paths

    return str(find_paths(profile).instance_socket)
