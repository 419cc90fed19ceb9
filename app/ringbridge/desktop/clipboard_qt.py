"""The clipboard by QClipboard: Windows, macOS, Wayland, and tests without a screen.

Never on X11. There `QClipboard.text()` talks to the program that owns the text and waits for it: an owner that
hangs stops the GUI thread for 5 s for each format tried, 25 s in all were seen. On the other systems the system
itself holds the text; only Windows programs that render late can hold a read up.
"""

import importlib.util
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from ringbridge.desktop.formats import (
    OWN_COPY_FORMAT,
    SECRET_FORMATS,
    WINDOWS_HISTORY_FORMATS,
    WINDOWS_SECRET_FORMATS,
)
from ringbridge.desktop.ports import Availability, Buffer, Copied, ReadProblem

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

MAX_CHARACTERS = 64 * 1024

_SECRET = frozenset(name.lower() for name in (*SECRET_FORMATS, *WINDOWS_SECRET_FORMATS))
_SECRET_WHEN_ZERO = frozenset(name.lower() for name in WINDOWS_HISTORY_FORMATS)


class ClipboardQt:
    """A `ClipboardBackend` on `QClipboard`.

    On macOS, and on Wayland where the compositor has no data control (GNOME), Qt learns of copies when Ringbridge
    gets the focus: `limit` says so to whoever asks for the availability. A compositor tells then what is copied, were
    it copied an hour ago and told before (`told_again`): the same text counts as a copy once.
    """

    name = "qt"

    def __init__(
        self,
        *,
        limit: str = "",
        remedy: str = "",
        told_again: bool = False,
        native_formats: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        """Say what is special about this system.

        Args:
            limit: The `reason` of `availability`.
            remedy: What helps against the limit, likewise.
            told_again: Qt hears of a copy again each time that Ringbridge gets the focus.
            native_formats: The formats on the clipboard that Qt does not pass on.
        """
        self._limit = limit
        self._remedy = remedy
        self._told_again = told_again
        self._last_told: int | None = None
        self._native_formats = native_formats
        self._copied: Callable[[Copied], None] | None = None

    def availability(self) -> Availability:
        """Usable with Qt anywhere but on X11; reasons ``no_library``, ``blocks_on_x11``, or the limit."""
        if importlib.util.find_spec("PySide6") is None:
            return Availability(usable=False, reason="no_library", remedy="install_pyside6")
        if _qt_runs_on_x11():
            return Availability(usable=False, reason="blocks_on_x11")
        return Availability(usable=True, reason=self._limit, remedy=self._remedy)

    def watch(self, copied: Callable[[Copied], None]) -> None:
        """Call `copied` for each copy Qt hears of; one marked with `OWN_COPY_FORMAT` is passed over."""
        from PySide6.QtGui import QGuiApplication

        if self._copied is None:
            QGuiApplication.clipboard().dataChanged.connect(self._report)
        self._copied = copied

    def unwatch(self) -> None:
        """Report no more copies."""
        from PySide6.QtGui import QGuiApplication

        if self._copied is not None:
            self._copied = None
            QGuiApplication.clipboard().dataChanged.disconnect(self._report)

    def read(self, buffer: Buffer, done: Callable[[Copied], None]) -> None:
        """Fetch one text; UNSUPPORTED for the selection where there is none (Windows, macOS).

        UNSUPPORTED also without the focus where Qt is told with the focus only: nobody knows what is copied now.
        """
        from PySide6.QtCore import QTimer

        QTimer.singleShot(0, lambda: done(self._read_now(buffer)))

    def close(self) -> None:
        """Report no more copies."""
        self.unwatch()

    def _report(self) -> None:
        if self._copied is None or _qt_runs_on_x11():
            return
        offered = _offered(Buffer.CLIPBOARD)
        if offered.formats() and not offered.hasFormat(OWN_COPY_FORMAT):
            copied = self._read(Buffer.CLIPBOARD)
            before, self._last_told = self._last_told, hash(copied.text)  # no text is kept
            if not self._told_again or before != self._last_told:
                self._copied(copied)

    def _read_now(self, buffer: Buffer) -> Copied:
        from PySide6.QtGui import QGuiApplication

        # without the focus Qt keeps what it was told last, perhaps of a copy long gone: a wrong number would be had
        if self._told_again and not QGuiApplication.focusWindow():
            return Copied(problem=ReadProblem.UNSUPPORTED)
        return self._read(buffer)

    def _read(self, buffer: Buffer) -> Copied:
        from PySide6.QtGui import QGuiApplication

        no_selection = buffer is Buffer.SELECTION and not QGuiApplication.clipboard().supportsSelection()
        if no_selection or _qt_runs_on_x11():
            return Copied(problem=ReadProblem.UNSUPPORTED)
        offered = _offered(buffer)
        native = self._native_formats() if buffer is Buffer.CLIPBOARD else ()
        problem = _look_at_formats(offered, native)
        return Copied(problem=problem) if problem is not None else _text_of(offered)


def _offered(buffer: Buffer) -> "QMimeData":
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QClipboard, QGuiApplication

    mode = QClipboard.Mode.Clipboard if buffer is Buffer.CLIPBOARD else QClipboard.Mode.Selection
    # None for a cleared clipboard, whatever its annotation says
    return QGuiApplication.clipboard().mimeData(mode) or QMimeData()


def _look_at_formats(offered: "QMimeData", native: tuple[str, ...]) -> ReadProblem | None:
    if _is_secret(offered, native):
        return ReadProblem.SECRET
    if not offered.formats():
        return ReadProblem.EMPTY
    return None if offered.hasFormat("text/plain") else ReadProblem.NO_TEXT


def _text_of(offered: "QMimeData") -> Copied:
    text = offered.text().replace("\0", "")
    if not text:
        return Copied(problem=ReadProblem.EMPTY)
    return Copied(text=text) if len(text) <= MAX_CHARACTERS else Copied(problem=ReadProblem.TOO_LONG)


def _is_secret(offered: "QMimeData", native: tuple[str, ...]) -> bool:
    """Look at formats only, and at the values of those that are nothing but a mark."""
    for name in (*offered.formats(), *native):
        # Qt wraps Windows' own names: application/x-qt-windows-mime;value="NAME"
        bare = name.partition('value="')[2].rstrip('"').lower() or name.lower()
        if bare in _SECRET:
            return True
        if bare in _SECRET_WHEN_ZERO and not any(bytes(offered.data(name).data())):
            return True
    return False


def _qt_runs_on_x11() -> bool:
    """Whether this process shows its windows on X11; False while there is no application yet."""
    qt_gui = sys.modules.get("PySide6.QtGui")
    if qt_gui is None or qt_gui.QGuiApplication.instance() is None:
        return False
    return qt_gui.QGuiApplication.platformName() == "xcb"
