"""Asks the X server who owns a selection, through libxcb; no program on the command line tells that."""

import ctypes
import struct
from typing import Self


class XServer:
    """A connection to one X server; a lost server raises here and does not end the process, as libX11 would."""

    def __init__(self, display: str) -> None:
        self._xcb = ctypes.CDLL("libxcb.so.1")
        self._libc = ctypes.CDLL(None)
        self._libc.free.argtypes = [ctypes.c_void_p]
        for name in ("xcb_connect", "xcb_intern_atom_reply", "xcb_get_selection_owner_reply"):
            getattr(self._xcb, name).restype = ctypes.c_void_p
        self._connection = ctypes.c_void_p(self._xcb.xcb_connect(display.encode(), None))
        if self._xcb.xcb_connection_has_error(self._connection):
            raise ConnectionError(f"no X server answers on {display}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._xcb.xcb_disconnect(self._connection)

    def selection_owner(self, name: str) -> int:
        """Return the window that owns the selection `name` (such as ``CLIPBOARD``), 0 when none does."""
        wanted = name.encode()
        cookie = self._xcb.xcb_intern_atom(self._connection, 0, len(wanted), wanted)
        atom = self._u32(self._xcb.xcb_intern_atom_reply(self._connection, cookie, None))
        cookie = self._xcb.xcb_get_selection_owner(self._connection, atom)
        return self._u32(self._xcb.xcb_get_selection_owner_reply(self._connection, cookie, None))

    def _u32(self, reply: int | None) -> int:
        if reply is None:
            raise ConnectionError("the X server is gone")
        value: int = struct.unpack_from("=I", ctypes.string_at(reply, 12), 8)[0]  # after the 8 bytes each reply has
        self._libc.free(reply)
        return value
