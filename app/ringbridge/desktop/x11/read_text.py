"""One text of the X clipboard or selection, for programs without an event loop."""

import select
import time

from ringbridge.desktop.ports import Buffer, Copied, ReadProblem
from ringbridge.desktop.x11.selections import READ_DEADLINE_S, Selections
from ringbridge.desktop.x11.xcb import Connection, XcbError

_DISCARD_S = 2.0
"""How long to wait, after the answer, for an owner to get rid of what was refused as too long."""


def read_text_x11(buffer: Buffer, timeout_s: float = READ_DEADLINE_S) -> Copied:
    """Read one text and wait for it; needs no Qt.

    Args:
        buffer: CLIPBOARD, or SELECTION for what is selected just now.
        timeout_s: For the whole conversation with the program that owns the text.

    Returns:
        The text, or the problem; UNSUPPORTED when there is no X server or no libxcb here.
    """
    try:
        connection = Connection()
    except XcbError:
        return Copied(problem=ReadProblem.UNSUPPORTED)
    try:
        return _converse(connection, buffer, timeout_s)
    except XcbError:
        return Copied(problem=ReadProblem.NO_ANSWER)
    finally:
        connection.close()


def _converse(connection: Connection, buffer: Buffer, timeout_s: float) -> Copied:
    result: list[Copied] = []
    selections = Selections(connection, deadline_s=timeout_s)
    selections.read(buffer, result.append)
    readable = select.poll()
    readable.register(connection.fd, select.POLLIN)
    give_up_at = time.monotonic() + timeout_s + _DISCARD_S
    while True:
        finished = selections.handle() or selections.expire()
        if connection.broken:
            finished += selections.abandon()
        for done, copied in finished:
            done(copied)
        left_s = (selections.next_deadline() or give_up_at) - time.monotonic()
        if result and (connection.broken or not selections.discarding or left_s <= 0):
            return result[0]
        readable.poll(max(0.0, left_s) * 1000 + 1)
