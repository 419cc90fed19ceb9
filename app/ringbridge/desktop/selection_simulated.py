"""The selected text by pressing Ctrl+C for the person, on X11: the last way, where the others know nothing.

It takes the clipboard for a moment, so it is done only where that is whole again afterwards: what is there has to be
plain text, which is put back, or nothing. Something else (a picture, formatted text, a password) is left alone. In a
terminal Ctrl+C ends what runs there; terminals, and what may be one, are never touched, and they tell what is
selected by themselves.
"""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ringbridge.desktop.formats import OWN_COPY_FORMAT
from ringbridge.desktop.ports import Availability, Copied, ReadProblem, Way
from ringbridge.desktop.x11.xcb import XcbError

if TYPE_CHECKING:
    from ringbridge.desktop.clipboard_x11 import ClipboardX11
    from ringbridge.desktop.x11.extended import ExtendedConnection
    from ringbridge.desktop.x11.programs import Programs

_log = logging.getLogger(__name__)

_RELEASE_S = 1.5
"""So long the keys of the hotkey may be held; pressed into them, Ctrl+C would be another combination."""

_LOOK_AGAIN_MS = 15
_CONTROL = 2  # its place among the modifiers

_INTERRUPTED = (
    "alacritty", "contour", "cool-retro-term", "deepin-terminal", "emacs", "eterm", "foot", "ghostty",
    "gnome-terminal", "guake", "gvim", "hyper", "kgx", "kitty", "konsole", "lxterminal", "mate-terminal", "mlterm",
    "neovide", "ptyxis",
    "qterminal", "rio", "rxvt", "st", "st-256color", "tabby", "terminal", "terminator", "terminology", "termite",
    "tilda", "tilix", "urxvt", "vim", "warp", "wezterm", "xterm", "yakuake",
    # with a terminal inside, or another computer
    "code", "code - ", "code-insiders", "code-oss", "codium", "cursor", "jetbrains", "remmina", "rustdesk", "sublime",
    "teamviewer", "tigervnc", "virt-manager", "virt-viewer", "virtualbox", "vmware", "vncviewer", "vscodium",
    "xfreerdp", "zed",
)  # fmt: skip
"""Beginnings of parts of `WM_CLASS`: where Ctrl+C may be an interrupt."""


def is_interrupted_by_copy(window_class: str) -> bool:
    """Whether Ctrl+C may end something in a window of this class.

    Args:
        window_class: The class of `WM_CLASS`, such as ``XTerm`` or ``org.wezfurlong.wezterm``.
    """
    whole = window_class.lower()
    last = whole.rpartition(".")[2]
    short = {"st", "rio", "code", "zed", "vim", "foot", "warp", "hyper", "cursor"}  # words begin with these too
    return any(
        part == name or (name not in short and part.startswith(name)) or part.endswith(("terminal", "term"))
        for part in (whole, last)
        for name in _INTERRUPTED
    )


class SimulatedCopy:
    """A `SelectionSource` for X11. GUI thread; nothing waits.

    Args:
        clipboard: The one that is watched: it must not report the copy made here.
    """

    way = Way.SIMULATED_COPY

    def __init__(self, clipboard: "ClipboardX11") -> None:
        self._clipboard = clipboard

    def availability(self) -> Availability:
        """Usable where the X server lets programs press keys; reasons as of `HotkeyX11`, and ``no_xtest``."""
        from ringbridge.desktop.x11.extended import ExtendedConnection

        try:
            connection = ExtendedConnection()
        except XcbError as error:
            return Availability(usable=False, reason=error.reason)
        usable = connection.can_press_keys
        connection.close()
        return Availability(usable=True) if usable else Availability(usable=False, reason="no_xtest")

    def read(self, done: Callable[[Copied], None]) -> None:
        """Let the program with the focus copy, and put the clipboard back."""
        from ringbridge.desktop.x11.extended import ExtendedConnection
        from ringbridge.desktop.x11.programs import Programs

        try:
            connection = ExtendedConnection()
            act = _Act(self._clipboard, connection, Programs(connection), done)
        except XcbError:
            done(Copied(problem=ReadProblem.UNSUPPORTED))
            return
        act.begin()


class _Act:
    """One copy made for a person: look → wait for the keys → press → take → put back."""

    def __init__(
        self,
        clipboard: "ClipboardX11",
        connection: "ExtendedConnection",
        programs: "Programs",
        done: Callable[[Copied], None],
    ) -> None:
        self._clipboard = clipboard
        self._connection = connection
        self._programs = programs
        self._done = done
        self._window = 0
        self._before = ""
        self._give_up_at = time.monotonic() + _RELEASE_S

    def begin(self) -> None:
        self._window = self._programs.active_window()
        window_class = self._programs.class_of(self._window)
        if not window_class or is_interrupted_by_copy(window_class):
            _log.debug("no copy is made in %s", window_class or "no window")
            self._end(Copied(problem=ReadProblem.EMPTY))
        else:
            self._clipboard.read_plain(self._take_before)

    def _take_before(self, copied: Copied) -> None:
        if copied.problem not in {None, ReadProblem.EMPTY}:
            self._end(Copied(problem=ReadProblem.CLIPBOARD_KEPT))
            return
        self._before = copied.text
        self._wait_for_keys()

    def _wait_for_keys(self) -> None:
        """The server tells of releases only who has the focus, so it is asked until there are none to wait for."""
        from PySide6.QtCore import QTimer

        if not any(self._connection.keys_down()):
            self._press()
        elif self._connection.broken:
            self._end(Copied(problem=ReadProblem.UNSUPPORTED))
        elif time.monotonic() >= self._give_up_at:
            self._end(Copied(problem=ReadProblem.KEYS_HELD))
        else:
            QTimer.singleShot(_LOOK_AGAIN_MS, partial(self._wait_for_keys))  # a bound method would not keep us

    def _press(self) -> None:
        from ringbridge.desktop.x11.keyboard import Keyboard, NoSuchKey

        try:
            keyboard = Keyboard.of(self._connection)
            _, key = keyboard.grabs("Ctrl+C")[0]
            control = next(code for code in keyboard.modifiers[_CONTROL] if code)
        except (XcbError, NoSuchKey, StopIteration):
            self._end(Copied(problem=ReadProblem.UNSUPPORTED))
            return
        if self._programs.active_window() != self._window:  # the person went on
            self._end(Copied(problem=ReadProblem.EMPTY))
            return
        self._clipboard.expect(self._take_copy)
        for code, down in ((control, True), (key, True), (key, False), (control, False)):
            self._connection.press_key(code, down=down)
        self._connection.flush()

    def _take_copy(self, copied: Copied) -> None:
        if copied.problem is not ReadProblem.EMPTY:  # something was copied
            _put_back(self._before)
        self._end(copied)

    def _end(self, copied: Copied) -> None:
        self._connection.close()
        self._done(copied)


def _put_back(text: str) -> None:
    """Copy the text that was there before, marked as a copy of ours; nothing when there was none."""
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QGuiApplication

    clipboard = QGuiApplication.clipboard()
    data = QMimeData()
    if text:
        data.setText(text)
    data.setData(OWN_COPY_FORMAT, b"1")
    clipboard.setMimeData(data)
    if not text:
        clipboard.clear()
