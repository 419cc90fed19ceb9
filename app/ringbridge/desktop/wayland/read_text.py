"""One text of the clipboard or selection of a Wayland compositor, for programs without an event loop."""

from ringbridge.desktop.converse import converse
from ringbridge.desktop.ports import Buffer, Copied, ReadProblem
from ringbridge.desktop.wayland.connection import Connection, WaylandError
from ringbridge.desktop.wayland.data_control import DataControl
from ringbridge.desktop.wayland.selections import READ_DEADLINE_S, Selections


def read_text_wayland(buffer: Buffer, timeout_s: float = READ_DEADLINE_S) -> Copied:
    """Read one text and wait for it; needs no Qt.

    Args:
        buffer: CLIPBOARD, or SELECTION for what is selected just now.
        timeout_s: For the whole conversation with the program that holds the text.

    Returns:
        The text, or the problem; UNSUPPORTED when there is no compositor with data control here.
    """
    try:
        connection = Connection()
    except WaylandError:
        return Copied(problem=ReadProblem.UNSUPPORTED)
    try:
        control = DataControl(connection)
        control.wait_ready(timeout_s)
        return converse(connection, Selections(connection, control, deadline_s=timeout_s), buffer, timeout_s)
    except WaylandError:
        return Copied(problem=ReadProblem.UNSUPPORTED)
    finally:
        connection.close()
