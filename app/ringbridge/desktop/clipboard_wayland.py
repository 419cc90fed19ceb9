"""The clipboard and the selected text on Wayland, without a window or the focus, by a connection of our own."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ringbridge.desktop.ports import Availability, Buffer, Copied, ReadProblem
from ringbridge.desktop.wayland.connection import Connection, WaylandError
from ringbridge.desktop.wayland.data_control import DataControl
from ringbridge.desktop.wayland.selections import READ_DEADLINE_S, Finished, Selections

if TYPE_CHECKING:
    from ringbridge.desktop.fd_loop import FdLoop

_log = logging.getLogger(__name__)

REMEDIES = {"no_data_control": "bind_dial_command"}
_COMPOSITOR_S = 0.5
"""For the compositor's list of what it can do, which takes a millisecond; Qt waits for the same without a limit."""


class ClipboardWayland:
    """A `ClipboardBackend` on the compositor's data control; it reads by events, with a deadline and a size cap.

    Data control is in wlroots' compositors (sway, labwc, Wayfire, Hyprland…), KDE and COSMIC; GNOME has none, and
    sandboxes hide it.
    """

    name = "wayland"

    def __init__(self, *, deadline_s: float = READ_DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._connection: Connection | None = None
        self._control: DataControl | None = None
        self._selections: Selections | None = None
        self._loop: FdLoop | None = None

    def availability(self) -> Availability:
        """Usable with data control; reasons ``no_display``, ``no_library``, ``no_data_control``, ``gone``."""
        try:
            self._connect()
        except WaylandError as error:
            return Availability(usable=False, reason=error.reason, remedy=REMEDIES.get(error.reason, ""))
        return Availability(usable=True)

    def watch(self, copied: Callable[[Copied], None]) -> None:
        """Call `copied` for each copy; one marked with `OWN_COPY_FORMAT` is passed over."""
        try:
            self._open().watch(copied)
        except WaylandError as error:
            _log.warning("the clipboard can't be watched: %s", error.reason)

    def unwatch(self) -> None:
        """Report no more copies."""
        if self._selections is not None:
            self._selections.unwatch()

    def read(self, buffer: Buffer, done: Callable[[Copied], None]) -> None:
        """Fetch one text; UNSUPPORTED without data control, or where it knows no selection."""
        try:
            self._open().read(buffer, done)
        except WaylandError as error:
            from PySide6.QtCore import QTimer

            _log.warning("the %s can't be read: %s", buffer, error.reason)
            QTimer.singleShot(0, lambda: done(Copied(problem=ReadProblem.UNSUPPORTED)))
            return
        self._set_deadline()

    def close(self) -> None:
        """Disconnect; reads under way end with NO_ANSWER."""
        selections, self._selections = self._selections, None
        loop, self._loop = self._loop, None
        connection, self._connection = self._connection, None
        self._control = None
        if loop is not None:
            loop.stop()
        finished = selections.abandon() if selections is not None else []
        if connection is not None:
            connection.close()
        _deliver(finished)

    def _connect(self) -> tuple[Connection, DataControl]:
        if self._connection is None or self._control is None:
            connection = Connection()
            control = DataControl(connection)
            try:
                control.wait_ready(_COMPOSITOR_S)
            except WaylandError:
                connection.close()
                raise
            self._connection, self._control = connection, control  # kept: who asks is about to use them
        return self._connection, self._control

    def _open(self) -> Selections:
        if self._selections is None:
            from ringbridge.desktop.fd_loop import FdLoop

            connection, control = self._connect()
            _log.debug("the clipboard is watched through %s", control.protocol)
            self._selections = Selections(connection, control, deadline_s=self._deadline_s)
            self._loop = FdLoop(connection.fd, self._go_on, self._give_up)
        return self._selections

    def _go_on(self) -> None:
        if self._selections is None or self._connection is None:
            return
        finished = self._selections.handle()
        if self._connection.broken:
            _log.warning("the compositor went away: no more clipboard")
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
        self._set_deadline()
        _deliver(finished)

    def _set_deadline(self) -> None:
        if self._selections is not None and self._loop is not None:
            deadline = self._selections.next_deadline()
            self._loop.call_late_in(None if deadline is None else deadline - time.monotonic())


def _deliver(finished: list[Finished]) -> None:
    for done, copied in finished:
        done(copied)
