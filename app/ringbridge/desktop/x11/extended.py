"""What of X11 needs more than libxcb itself: requests written by hand, and those of two extensions of the server.

`xcb_send_request` takes any request as bytes, so neither libxcb-res nor libxcb-xtest has to be there. Layouts are
those of the X protocol (X11R7.7, appendix B), of XTEST 2.2 and of X-Resource 1.2.
"""

import ctypes
import struct
from functools import cache

from ringbridge.desktop.x11 import events, xcb

_QUERY_TREE, _QUERY_KEYMAP = 15, 44
_XTEST, _XTEST_FAKE_INPUT = "XTEST", 2
_RESOURCES, _RESOURCES_QUERY_VERSION, _RESOURCES_QUERY_CLIENT_IDS = "X-Resource", 0, 4
_CLIENT_PID = 2
_KEY_PRESS, _KEY_RELEASE = 2, 3
_HEADER_BYTES = 32
_MAX_PROPERTY_BYTES = 16 * 1024


class _Extension(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("global_id", ctypes.c_int))


class _Request(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_size_t),
        ("extension", ctypes.POINTER(_Extension)),
        ("opcode", ctypes.c_uint8),
        ("is_void", ctypes.c_uint8),
    )


class _Piece(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


@cache
def _extension(name: str) -> _Extension:
    """What libxcb knows an extension by: it writes a number of its own into it."""
    return _Extension(name.encode(), 0)


class ExtendedConnection(xcb.Connection):
    """A `Connection` that also asks who is who, and presses keys.

    Each question is a round trip to the server, never to another client.
    """

    def has_extension(self, name: str) -> bool:
        """Whether the server has an extension."""
        reply = self._xcb.xcb_get_extension_data(self._c, ctypes.addressof(_extension(name)))
        return bool(reply) and bool(reply.contents.present)

    @property
    def can_press_keys(self) -> bool:
        """Whether `press_key` does anything."""
        return self.has_extension(_XTEST)

    def parent(self, window: int) -> int:
        """The window that a window is in; 0 for the root, and for one that is gone."""
        reply = self._ask(_QUERY_TREE, struct.pack("=I", window))
        return struct.unpack_from("=I", reply, 12)[0] if reply else 0

    def property_value(self, window: int, atom: int) -> events.PropertyValue:
        """A property as it is now; no property when the window is gone."""
        try:
            return events.decode_property(self.wait_reply(self.ask_property(window, atom, _MAX_PROPERTY_BYTES)))
        except xcb.XcbError:
            return events.decode_property(b"")

    def same_client(self, one: int, other: int) -> bool:
        """Whether two windows were made on one connection to the server."""
        (own_bits,) = struct.unpack_from("=I", bytes(self._xcb.xcb_get_setup(self._c).contents.head), 16)
        return one & ~own_bits == other & ~own_bits

    def process_id(self, window: int) -> int:
        """The process whose connection made a window; 0 where the server does not know."""
        if not self.has_extension(_RESOURCES):
            return 0
        if not self._ask(_RESOURCES_QUERY_VERSION, struct.pack("=BBxx", 1, 2), _RESOURCES):
            return 0
        reply = self._ask(_RESOURCES_QUERY_CLIENT_IDS, struct.pack("=III", 1, window, _CLIENT_PID), _RESOURCES)
        if len(reply) < _HEADER_BYTES + 16 or struct.unpack_from("=I", reply, 8)[0] == 0:
            return 0
        _client, mask, length, value = struct.unpack_from("=4I", reply, _HEADER_BYTES)
        return value if mask & _CLIENT_PID and length == 4 else 0  # noqa: PLR2004 - bytes of one number

    def keys_down(self) -> bytes:
        """Which keys are held: bit `keycode % 8` of byte `keycode // 8`."""
        return self._ask(_QUERY_KEYMAP, b"")[8:40]

    def press_key(self, keycode: int, *, down: bool) -> None:
        """Let a key go down or up, as if a person did it."""
        body = struct.pack("=BBxxII8xhh7xB", _KEY_PRESS if down else _KEY_RELEASE, keycode, 0, self.root, 0, 0, 0)
        self._request(_XTEST_FAKE_INPUT, body, _XTEST, is_void=True)

    def _ask(self, opcode: int, body: bytes, extension: str = "") -> bytes:
        """The reply; empty when the server refused."""
        try:
            return self.wait_reply(self._request(opcode, body, extension, is_void=False))
        except xcb.XcbError:
            return b""

    def _request(self, opcode: int, body: bytes, extension: str, *, is_void: bool) -> int:
        message = ctypes.create_string_buffer(bytes(4) + body, 4 + len(body))  # libxcb writes opcode and length
        pieces = (_Piece * 3)()  # libxcb uses the two before the first
        pieces[2].base, pieces[2].length = ctypes.addressof(message), len(message)
        request = _Request(1, None, opcode, is_void)
        if extension:
            request.extension = ctypes.pointer(_extension(extension))
        send = self._xcb.xcb_send_request
        send.restype = ctypes.c_uint
        send.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        self._unsent = True
        sequence: int = send(self._c, 0, ctypes.addressof(pieces[2]), ctypes.addressof(request))
        return sequence
