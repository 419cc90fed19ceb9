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
    from ringbridge.desktop.wayland.comeback import Comeback

_log = logging.getLogger(__name__)

REMEDIES = {"no_data_control": "bind_dial_command"}
_COMPOSITOR_S = 0.5
"""For the compositor's list of what it can do, which takes a millisecond; Qt waits for the same without a limit."""
_SHORT_S = 5.0
_MOST_SHORT = 3
"""A compositor that closes so many connections in a row so soon wants us no more, and isn't asked without need."""


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
        self._watching: Callable[[Copied], None] | None = None
        self._comeback: Comeback | None = None
        self._connected_at = 0.0
        self._short_ones = 0

    def availability(self) -> Availability:
        """Usable with data control; reasons ``no_display``, ``no_library``, ``no_data_control``, ``gone``."""
        if self._is_away():
            return Availability(usable=False, reason="gone")
        try:
            self._connect()
        except WaylandError as error:
            return Availability(usable=False, reason=error.reason, remedy=REMEDIES.get(error.reason, ""))
        return Availability(usable=True)

    def watch(self, copied: Callable[[Copied], None]) -> None:
        """Call `copied` for each copy; one marked with `OWN_COPY_FORMAT` is passed over.

        That goes on after the end of the compositor, once there is one again.
        """
        self._watching = copied
        try:
            self._open().watch(copied)
        except WaylandError as error:
            _log.warning("the clipboard can't be watched: %s", error.reason)
            if error.reason != "no_data_control":
                self._await_comeback()

    def unwatch(self) -> None:
        """Report no more copies."""
        self._watching = None
        self._end_comeback()
        if self._selections is not None:
            self._selections.unwatch()

    def read(self, buffer: Buffer, done: Callable[[Copied], None]) -> None:
        """Fetch one text; UNSUPPORTED without data control, or where it knows no selection."""
        reason = "gone"
        if not self._is_away():
            try:
                self._open().read(buffer, done)
            except WaylandError as error:
                reason = error.reason
            else:
                self._set_deadline()
                return
        from PySide6.QtCore import QTimer

        _log.warning("the %s can't be read: %s", buffer, reason)
        QTimer.singleShot(0, lambda: done(Copied(problem=ReadProblem.UNSUPPORTED)))

    def close(self) -> None:
        """Disconnect; reads under way end with NO_ANSWER."""
        self._watching = None
        self._end_comeback()
        self._disconnect()

    def _is_away(self) -> bool:
        """The compositor went, or is back and has said nothing yet: nobody may wait for it."""
        if self._comeback is not None:
            self._comeback.look()
        return self._comeback is not None or (self._control is not None and not self._control.ready)

    def _disconnect(self) -> None:
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
            self._connected_at = time.monotonic()
            try:
                control.wait_ready(_COMPOSITOR_S)
            except WaylandError:
                connection.close()
                raise
            self._connection, self._control = connection, control  # kept: who asks is about to use them
        return self._connection, self._control

    def _open(self) -> Selections:
        if self._selections is None:
            connection, control = self._connect()
            self._end_comeback()
            _log.debug("the clipboard is watched through %s", control.protocol)
            selections = self._listen(connection, control)
            if self._watching is not None:
                selections.watch(self._watching)
            return selections
        return self._selections

    def _listen(self, connection: Connection, control: DataControl) -> Selections:
        from ringbridge.desktop.fd_loop import FdLoop

        self._selections = Selections(connection, control, deadline_s=self._deadline_s)
        self._loop = FdLoop(connection.fd, self._go_on, self._give_up)
        return self._selections

    def _go_on(self) -> None:
        if self._selections is None or self._connection is None or self._control is None:
            return
        finished = self._selections.handle()
        if self._connection.broken:
            finished += self._selections.abandon()
            gone = self._connection.gone
            self._disconnect()
            self._await_compositor(gone=gone)
        elif self._control.ready and not self._control.protocol:
            _log.warning("the compositor that is here now does not tell of copies")
            finished += self._selections.abandon()
            self._disconnect()
        else:
            self._set_deadline()
        _deliver(finished)

    def _await_compositor(self, *, gone: bool) -> None:
        lasted_s = time.monotonic() - self._connected_at
        self._short_ones = self._short_ones + 1 if lasted_s < _SHORT_S else 0
        if not gone or self._short_ones > _MOST_SHORT:
            _log.warning("the compositor went away: no more clipboard until somebody asks for it")
        elif self._watching is not None:
            _log.warning("the compositor went away: copies are seen again once it is back")
            self._await_comeback()

    def _await_comeback(self) -> None:
        from ringbridge.desktop.wayland.comeback import Comeback

        self._end_comeback()
        comeback = Comeback(self._came_back)
        if self._selections is None:
            self._comeback = comeback

    def _came_back(self, connection: Connection) -> None:
        self._comeback = None
        if self._watching is None or self._selections is not None:
            connection.close()
            return
        self._connected_at = time.monotonic()
        self._connection, self._control = connection, DataControl(connection)
        self._listen(connection, self._control).watch(self._watching)
        _log.info("connected to the compositor again")

    def _end_comeback(self) -> None:
        comeback, self._comeback = self._comeback, None
        if comeback is not None:
            comeback.stop()

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
