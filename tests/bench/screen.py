"""Another program's view of the screen: when windows appear and go, and a mouse that clicks. X11, XTEST."""

import select
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from Xlib import XK, X, Xatom, display, error
from Xlib.ext import xtest

_EDGE = 8  # pixels
_COLOURFUL = 60  # of 255, between the strongest and the weakest part of a colour


class NothingSeen(Exception):
    """What was waited for did not happen on the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A window is on the screen.

    Attributes:
        at_ns: When the X server said so, by the monotonic clock.
        window: Its number; the frame's where a window manager drew one.
        x: Its place, in pixels from the left of the screen.
        y: From the top.
        width: In pixels.
        height: In pixels.
    """

    at_ns: int
    window: int
    x: int
    y: int
    width: int
    height: int


class Screen:
    """A connection to the X server that hears of each window shown or gone; for one thread."""

    def __init__(self, name: str) -> None:
        self._display: Any = display.Display(name)
        self._root = self._display.screen().root
        self._pid_atom = self._display.intern_atom("_NET_WM_PID")
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask)
        self._display.sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._display.close()

    def forget(self) -> None:
        """Start anew: what has happened so far is not waited for any more."""
        self._display.sync()
        while self._display.pending_events():
            self._display.next_event()

    def wait_window(self, pid: int, deadline_s: float) -> Shown:
        """Wait for a window of program `pid` to appear.

        Raises:
            NothingSeen: None did in time.
        """
        end = time.monotonic() + deadline_s
        while (found := self._next(end)) is not None:
            event, at_ns = found
            if event.type == X.MapNotify and self._belongs(event.window, pid):
                geometry = event.window.get_geometry()
                return Shown(
                    at_ns=at_ns,
                    window=event.window.id,
                    x=geometry.x,
                    y=geometry.y,
                    width=geometry.width,
                    height=geometry.height,
                )
        raise NothingSeen(f"no window of the program within {deadline_s:g} s")

    def wait_gone(self, window: int, deadline_s: float) -> None:
        """Wait until a window is no longer shown.

        Raises:
            NothingSeen: It stays.
        """
        end = time.monotonic() + deadline_s
        while (found := self._next(end)) is not None:
            event, _ = found
            if event.type in {X.UnmapNotify, X.DestroyNotify} and event.window.id == window:
                return
        raise NothingSeen(f"the window was still there after {deadline_s:g} s")

    def colourful(self, shown: Shown) -> list[tuple[int, int]]:
        """The places within a window, on the screen, that are neither grey, black nor white; not at its very edge."""
        edge = _EDGE
        left, top = shown.x + edge, shown.y + edge
        width, height = shown.width - 2 * edge, shown.height - 2 * edge
        data = self._root.get_image(left, top, width, height, X.ZPixmap, 0xFFFFFF).data
        return [
            (left + index % width, top + index // width)
            for index in range(width * height)
            if max(pixel := data[4 * index : 4 * index + 3]) - min(pixel) > _COLOURFUL
        ]

    def point(self, x: int, y: int) -> None:
        """Put the mouse somewhere."""
        xtest.fake_input(self._display, X.MotionNotify, x=x, y=y)
        self._display.sync()

    def press(self) -> None:
        """Press the left button."""
        xtest.fake_input(self._display, X.ButtonPress, 1)
        self._display.sync()

    def release(self) -> int:
        """Let the left button go, and return when, by the monotonic clock, just before."""
        at_ns = time.monotonic_ns()
        xtest.fake_input(self._display, X.ButtonRelease, 1)
        self._display.flush()
        return at_ns

    def press_keys(self, *names: str) -> int:
        """Press keys together, such as ``Control_L``, ``k``; return when the last went down, just before."""
        codes = [self._display.keysym_to_keycode(XK.string_to_keysym(name)) for name in names]
        for code in codes[:-1]:
            xtest.fake_input(self._display, X.KeyPress, code)
        self._display.sync()
        at_ns = time.monotonic_ns()
        xtest.fake_input(self._display, X.KeyPress, codes[-1])
        self._display.flush()
        for code in reversed(codes):
            xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.flush()
        return at_ns

    def _next(self, end: float) -> tuple[Any, int] | None:
        """The next event and when it came; None when time is up."""
        while not self._display.pending_events():
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._display], [], [], left)[0]:
                return None
        at_ns = time.monotonic_ns()
        return self._display.next_event(), at_ns

    def _belongs(self, window: Any, pid: int) -> bool:
        """Whether a window, or the one in this frame, is of program `pid`."""
        try:
            inside = [window, *window.query_tree().children]
            values = [each.get_full_property(self._pid_atom, Xatom.CARDINAL) for each in inside]
        except error.XError:
            return False  # gone again
        return any(value is not None and int(value.value[0]) == pid for value in values)
