"""Whether the screen is locked, on Windows: session notifications (wtsapi32), and the session's flags at first.

Not run on Windows so far; written from Microsoft's documentation of WTSRegisterSessionNotification,
WM_WTSSESSION_CHANGE and WTSINFOEX_LEVEL1.
"""

import ctypes
import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication

from ringbridge.desktop.ports import Availability

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_log = logging.getLogger(__name__)

_NOTIFY_FOR_THIS_SESSION = 0
_WM_WTSSESSION_CHANGE = 0x02B1
_WTS_SESSION_LOCK, _WTS_SESSION_UNLOCK = 0x7, 0x8
_WTS_CURRENT_SESSION = 0xFFFFFFFF
_WTS_SESSION_INFO_EX = 25
_LEVEL_1 = 1
_FLAG_LOCKED = 0  # WTS_SESSIONSTATE_LOCK; Windows 7 had them the other way round, and PySide6 does not run there


class _Message(ctypes.Structure):
    """The head of MSG (winuser.h)."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("w_param", ctypes.c_size_t),
        ("l_param", ctypes.c_ssize_t),
    )


class _SessionInfo(ctypes.Structure):
    """The head of WTSINFOEXW; the level's data is aligned as its largest member, a LARGE_INTEGER."""

    _fields_ = (
        ("level", ctypes.c_uint32),
        ("_padding", ctypes.c_uint32),
        ("session_id", ctypes.c_uint32),
        ("session_state", ctypes.c_int32),
        ("session_flags", ctypes.c_int32),
    )


if sys.platform == "win32":

    def session_is_locked() -> bool:
        """Look now; False where the system does not tell."""
        terminal = ctypes.WinDLL("wtsapi32", use_last_error=True)
        terminal.WTSQuerySessionInformationW.argtypes = (
            ctypes.c_void_p,
            ctypes.c_uint32,
            ctypes.c_int,
            ctypes.POINTER(ctypes.c_void_p),
            ctypes.POINTER(ctypes.c_uint32),
        )
        terminal.WTSFreeMemory.argtypes = (ctypes.c_void_p,)
        buffer, size = ctypes.c_void_p(), ctypes.c_uint32()
        if not terminal.WTSQuerySessionInformationW(
            None, _WTS_CURRENT_SESSION, _WTS_SESSION_INFO_EX, ctypes.byref(buffer), ctypes.byref(size)
        ):
            return False
        try:
            if size.value < ctypes.sizeof(_SessionInfo) or not buffer.value:
                return False
            info = _SessionInfo.from_address(buffer.value)
            return info.level == _LEVEL_1 and info.session_flags == _FLAG_LOCKED
        finally:
            terminal.WTSFreeMemory(buffer)

    def _register(window: int) -> bool:
        terminal = ctypes.WinDLL("wtsapi32", use_last_error=True)
        terminal.WTSRegisterSessionNotification.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        return bool(terminal.WTSRegisterSessionNotification(window, _NOTIFY_FOR_THIS_SESSION))

    def _unregister(window: int) -> None:
        terminal = ctypes.WinDLL("wtsapi32", use_last_error=True)
        terminal.WTSUnRegisterSessionNotification.argtypes = (ctypes.c_void_p,)
        terminal.WTSUnRegisterSessionNotification(window)

else:

    def session_is_locked() -> bool:
        """There are no such sessions here."""
        return False

    def _register(window: int) -> bool:  # noqa: ARG001 - as on Windows
        return False

    def _unregister(window: int) -> None:
        """Nothing was registered."""


class _Filter(QAbstractNativeEventFilter):
    def __init__(self, changed: Callable[[bool], None]) -> None:
        super().__init__()
        self._changed = changed

    def nativeEventFilter(  # noqa: N802 - Qt's name
        self, event_type: "QByteArray | bytes | bytearray | memoryview", message: int
    ) -> tuple[bool, int]:
        """Look for the one message; Qt goes on with each."""
        if QByteArray(event_type).data() == b"windows_generic_MSG":
            found = _Message.from_address(int(message))
            if found.message == _WM_WTSSESSION_CHANGE and found.w_param in {_WTS_SESSION_LOCK, _WTS_SESSION_UNLOCK}:
                self._changed(found.w_param == _WTS_SESSION_LOCK)
        return False, 0


class ScreenLockWindows:
    """A `ScreenLock` that is told by messages to a window that is never shown; GUI thread."""

    name = "windows"

    def __init__(self) -> None:
        self._locked = False
        self._window: QWidget | None = None
        self._filter: _Filter | None = None
        self._changed: Callable[[bool], None] | None = None

    def availability(self) -> Availability:
        """Usable."""
        return Availability(usable=True)

    @property
    def locked(self) -> bool:
        """Whether the screen is locked."""
        return self._locked

    def watch(self, changed: Callable[[bool], None], known: Callable[[], None]) -> None:
        """Call `changed` whenever the screen is locked or unlocked; how it is now is known at once."""
        from PySide6.QtWidgets import QWidget

        self._changed = changed
        self._window = QWidget()
        self._filter = _Filter(self._take)
        application = QCoreApplication.instance()
        if application is not None:
            application.installNativeEventFilter(self._filter)
        if not _register(int(self._window.winId())):
            _log.warning("Windows does not tell when the screen is locked")
        self._take(session_is_locked())
        known()

    def close(self) -> None:
        """Listen no more. Safe to call twice."""
        self._changed = None
        window, self._window = self._window, None
        if window is not None:
            _unregister(int(window.winId()))
            window.deleteLater()
        application = QCoreApplication.instance()
        if self._filter is not None and application is not None:
            application.removeNativeEventFilter(self._filter)
        self._filter = None

    def _take(self, locked: bool) -> None:  # noqa: FBT001 - what Windows tells
        if locked != self._locked:
            self._locked = locked
            if self._changed is not None:
                self._changed(locked)
