"""The clipboard and the selected text on X11, by a connection of our own."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ringbridge.desktop.ports import Availability, Buffer, Copied, ReadProblem
from ringbridge.desktop.x11 import xcb
from ringbridge.desktop.x11.extended import ExtendedConnection
from ringbridge.desktop.x11.selections import READ_DEADLINE_S, Finished, Selections

if TYPE_CHECKING:
    from ringbridge.desktop.x11.programs import Programs
    from ringbridge.desktop.x11.qt_loop import XLoop

_log = logging.getLogger(__name__)

REMEDIES = {"no_library": "install_libxcb"}


def x11_availability(*, xfixes: bool) -> Availability:
    """Try to connect, and let go again.

    Args:
        xfixes: Whether the XFIXES extension is needed as well.
    """
    connection, availability = x11_connection(xfixes=xfixes)
    if connection is not None:
        connection.close()
    return availability


def x11_connection(*, xfixes: bool) -> tuple[ExtendedConnection | None, Availability]:
    """A connection where one can be had, and why not where none can.

    Args:
        xfixes: Whether the XFIXES extension is needed as well.
    """
    connection: ExtendedConnection | None = None
    try:
        connection = ExtendedConnection()
        if xfixes:
            connection.start_xfixes()
    except xcb.XcbError as error:
        if connection is not None:
            connection.close()
        return None, Availability(usable=False, reason=error.reason, remedy=REMEDIES.get(error.reason, ""))
    return connection, Availability(usable=True)


class ClipboardX11:
    """A `ClipboardBackend` that reads by events, with a deadline and a size cap (`Selections`)."""

    name = "x11"

    def __init__(self, *, deadline_s: float = READ_DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._connection: ExtendedConnection | None = None
        self._programs: Programs | None = None
        self._selections: Selections | None = None
        self._loop: XLoop | None = None

    def availability(self) -> Availability:
        """Usable wherever an X server with XFIXES answers; reasons ``no_library``, ``no_display``, ``no_xfixes``."""
        if self._connection is None:
            # kept, since who asks is about to use it; `close` lets go
            self._connection, availability = x11_connection(xfixes=True)
            return availability
        return Availability(usable=True)

    def watch(self, copied: Callable[[Copied], None]) -> None:
        """Call `copied` for each copy; one marked with `OWN_COPY_FORMAT` is passed over."""
        try:
            self._open().watch(copied)
        except xcb.XcbError as error:
            _log.warning("the clipboard can't be watched: %s", error.reason)
            self.close()
            return
        self._soon()

    def unwatch(self) -> None:
        """Report no more copies."""
        if self._selections is not None:
            self._selections.unwatch()
            self._soon()

    def read(self, buffer: Buffer, done: Callable[[Copied], None]) -> None:
        """Fetch one text; without an X server the problem is UNSUPPORTED."""
        self._start(lambda selections: selections.read(buffer, done), done)

    def read_plain(self, done: Callable[[Copied], None]) -> None:
        """Fetch the copied text as `read` does, if there is nothing but text: else the problem is NO_TEXT."""
        self._start(lambda selections: selections.read(Buffer.CLIPBOARD, done, plain_only=True), done)

    def expect(self, done: Callable[[Copied], None]) -> None:
        """Fetch the text of the next copy for `done`, which `watch` is not told of; without one it is EMPTY."""
        self._start(lambda selections: selections.expect(done), done)
        if self._connection is not None:
            self._connection.flush()  # the copy may follow at once, by another connection

    def close(self) -> None:
        """Disconnect; reads under way end with NO_ANSWER."""
        selections, self._selections = self._selections, None
        loop, self._loop = self._loop, None
        connection, self._connection = self._connection, None
        self._programs = None
        if loop is not None:
            loop.stop()
        finished = selections.abandon() if selections is not None else []
        if connection is not None:
            connection.close()
        _deliver(finished)

    def _start(self, begin: Callable[[Selections], None], done: Callable[[Copied], None]) -> None:
        try:
            begin(self._open())
        except xcb.XcbError as error:
            from PySide6.QtCore import QTimer

            _log.warning("no text can be read: %s", error.reason)
            self.close()
            QTimer.singleShot(0, lambda: done(Copied(problem=ReadProblem.UNSUPPORTED)))
            return
        self._soon()
        self._set_deadline()

    def _who(self, window: int) -> tuple[str, ...]:
        try:
            if self._programs is None and self._connection is not None:
                from ringbridge.desktop.x11.programs import Programs

                self._programs = Programs(self._connection)
            return self._programs.behind(window) if self._programs is not None else ()
        except xcb.XcbError:
            return ()  # the server went away; the next look at the connection says so

    def _open(self) -> Selections:
        if self._selections is None:
            from ringbridge.desktop.x11.qt_loop import XLoop

            if self._connection is None:
                self._connection = ExtendedConnection()
            self._selections = Selections(self._connection, deadline_s=self._deadline_s, who=self._who)
            self._loop = XLoop(self._connection, self._go_on, self._give_up)
        return self._selections

    def _soon(self) -> None:
        if self._loop is not None:
            self._loop.call_soon()

    def _go_on(self) -> None:
        if self._selections is None or self._connection is None:
            return
        finished = self._selections.handle()
        if self._connection.broken:
            _log.warning("the X server went away: no more clipboard")
            finished += self._selections.abandon()
            self.close()
        else:
            self._set_deadline()
        _deliver(finished)

    def _give_up(self) -> None:
        self._go_on()  # an answer may have come in the very last moment
        if self._selections is None:
            return
        finished = self._selections.expire()
        self._soon()
        self._set_deadline()
        _deliver(finished)

    def _set_deadline(self) -> None:
        if self._selections is not None and self._loop is not None:
            deadline = self._selections.next_deadline()
            self._loop.call_late_in(None if deadline is None else deadline - time.monotonic())


def _deliver(finished: list[Finished]) -> None:
    for done, copied in finished:
        done(copied)
