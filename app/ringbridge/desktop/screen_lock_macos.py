"""Whether the screen is locked, on macOS: the session dictionary of Quartz, looked at when it matters.

Not run on macOS so far; written from Apple's headers (CGSession.h, CFDictionary.h).
"""

import ctypes
from collections.abc import Callable
from ctypes.util import find_library

from ringbridge.desktop.ports import Availability

_KEY = b"CGSSessionScreenIsLocked"
_UTF8 = 0x08000100  # kCFStringEncodingUTF8


def session_is_locked() -> bool:
    """Look now; False where the system can't tell."""
    try:
        graphics = ctypes.CDLL(find_library("CoreGraphics") or "")
        core = ctypes.CDLL(find_library("CoreFoundation") or "")
        copy_session = graphics.CGSessionCopyCurrentDictionary
        make_string, value_of = core.CFStringCreateWithCString, core.CFDictionaryGetValue
        is_true, release = core.CFBooleanGetValue, core.CFRelease
    except (OSError, AttributeError, TypeError):
        return False
    copy_session.restype = make_string.restype = value_of.restype = ctypes.c_void_p
    make_string.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32)
    value_of.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    is_true.argtypes = release.argtypes = (ctypes.c_void_p,)
    is_true.restype = ctypes.c_ubyte
    session = copy_session()
    if not session:
        return False
    key = make_string(None, _KEY, _UTF8)
    try:
        value = value_of(session, key)  # there only while the screen is locked
        return bool(value) and bool(is_true(value))
    finally:
        release(key)
        release(session)


class ScreenLockMacos:
    """A `ScreenLock` that looks whenever it is asked; it tells of no change by itself."""

    name = "macos"

    def availability(self) -> Availability:
        """Usable, with the reason ``looks_when_asked``."""
        return Availability(usable=True, reason="looks_when_asked")

    @property
    def locked(self) -> bool:
        """Whether the screen is locked."""
        return session_is_locked()

    def watch(self, changed: Callable[[bool], None], known: Callable[[], None]) -> None:  # noqa: ARG002 - as in the others
        """There is nothing to wait for: whoever wants to call asks `locked`."""
        known()

    def close(self) -> None:
        """Do nothing."""
