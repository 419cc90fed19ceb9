"""Ends what a desktop shows while a program starts: a busy pointer, which otherwise turns for half a minute.

A program that opens a window has Qt to end it; one that hands over to another process, or lives in the tray, has not.
Startup Notification Specification 0.1: the message goes to the root window in pieces of 20 bytes.
"""

import os

_PIECE = 20


def end_launch_feedback(startup_id: str) -> None:
    """Tell everybody on this display that a start is over; where there is no X server, nobody waits.

    Args:
        startup_id: What the launcher gave us in ``DESKTOP_STARTUP_ID``, or empty: then nobody waits either.
    """
    if not startup_id or not os.environ.get("DISPLAY"):
        return
    from ringbridge.desktop.x11.xcb import Connection, XcbError

    escaped = startup_id.replace("\\", "\\\\").replace('"', '\\"')
    message = f'remove: ID="{escaped}"'.encode() + b"\0"
    try:
        connection = Connection()
    except XcbError:
        return
    try:
        begin, more = connection.atoms(("_NET_STARTUP_INFO_BEGIN", "_NET_STARTUP_INFO"))
        window = connection.create_window()
        for start in range(0, len(message), _PIECE):
            connection.tell_root(window, more if start else begin, message[start : start + _PIECE])
        connection.flush()
        connection.atoms(("_NET_STARTUP_INFO",))  # once this is answered, the messages are on their way
    except XcbError:
        return
    finally:
        connection.close()
