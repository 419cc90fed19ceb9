"""One text of the X clipboard or selection, for programs without an event loop."""

from ringbridge.desktop.converse import converse
from ringbridge.desktop.ports import Buffer, Copied, ReadProblem
from ringbridge.desktop.x11.selections import READ_DEADLINE_S, Selections
from ringbridge.desktop.x11.xcb import Connection, XcbError


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
        return converse(connection, Selections(connection, deadline_s=timeout_s), buffer, timeout_s)
    except XcbError:
        return Copied(problem=ReadProblem.NO_ANSWER)
    finally:
        connection.close()
