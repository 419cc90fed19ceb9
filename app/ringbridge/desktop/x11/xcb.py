"""The few calls of libxcb that Ringbridge needs, by ctypes; the libraries are loaded at the first connection.

Both libraries (`libxcb.so.1`, `libxcb-xfixes.so.0`) are dependencies of Qt's own xcb plugin, so a desktop that shows
our tray icon has them. A connection of our own keeps two promises Qt's clipboard can't keep: a deadline for owners
that hang, and a look at the formats before any text is fetched.

Layouts are those of the X protocol (X11R7.7, appendix B "Protocol Encoding"), in native byte order.
"""

import ctypes
import struct
from functools import cache

from ringbridge.desktop.x11.events import Event, decode_event

CURRENT_TIME = 0
ANY_PROPERTY_TYPE = 0
ATOM_PRIMARY = 1
ATOM_STRING = 31

BAD_ACCESS = 10

MASK_SHIFT, MASK_LOCK, MASK_CONTROL = 1, 2, 4

_INPUT_ONLY = 2
_CW_EVENT_MASK = 1 << 11
_CLIENT_MESSAGE = 33
_EVENT_MASK_PROPERTY_CHANGE = 1 << 22
_PROPERTY_APPEND = 2
_GRAB_ASYNC = 1
_XFIXES_ALL_SELECTION_EVENTS = 0b111
_EVENT_BYTES = 32


class XcbError(Exception):
    """X can't be used.

    Attributes:
        reason: ``no_library``, ``no_display``, ``no_xfixes`` or ``gone`` (the server went away).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Screen(ctypes.Structure):
    _fields_ = (("root", ctypes.c_uint32),)  # more follows; only the start is read


class _ScreenIterator(ctypes.Structure):
    _fields_ = (("data", ctypes.POINTER(_Screen)), ("rem", ctypes.c_int), ("index", ctypes.c_int))


class _ExtensionReply(ctypes.Structure):
    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("pad0", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("length", ctypes.c_uint32),
        ("present", ctypes.c_uint8),
        ("major_opcode", ctypes.c_uint8),
        ("first_event", ctypes.c_uint8),
        ("first_error", ctypes.c_uint8),
    )


class _Setup(ctypes.Structure):
    _fields_ = (
        ("head", ctypes.c_uint8 * 34),
        ("min_keycode", ctypes.c_uint8),
        ("max_keycode", ctypes.c_uint8),
    )


_P, _U8, _U16, _U32, _INT = ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_int
_PP = ctypes.POINTER(ctypes.c_void_p)

_SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "xcb_connect": (_P, (ctypes.c_char_p, ctypes.POINTER(_INT))),
    "xcb_disconnect": (None, (_P,)),
    "xcb_connection_has_error": (_INT, (_P,)),
    "xcb_get_file_descriptor": (_INT, (_P,)),
    "xcb_flush": (_INT, (_P,)),
    "xcb_generate_id": (_U32, (_P,)),
    "xcb_get_setup": (ctypes.POINTER(_Setup), (_P,)),
    "xcb_setup_roots_iterator": (_ScreenIterator, (ctypes.POINTER(_Setup),)),
    "xcb_screen_next": (None, (ctypes.POINTER(_ScreenIterator),)),
    "xcb_get_extension_data": (ctypes.POINTER(_ExtensionReply), (_P, _P)),
    "xcb_poll_for_event": (_P, (_P,)),
    "xcb_poll_for_reply": (_INT, (_P, ctypes.c_uint, _PP, _PP)),
    "xcb_wait_for_reply": (_P, (_P, ctypes.c_uint, _PP)),
    "xcb_request_check": (_P, (_P, _Cookie)),
    "xcb_intern_atom": (_Cookie, (_P, _U8, _U16, ctypes.c_char_p)),
    "xcb_create_window": (
        _Cookie,
        (_P, _U8, _U32, _U32, ctypes.c_int16, ctypes.c_int16, _U16, _U16, _U16, _U16, _U32, _U32, _P),
    ),
    "xcb_destroy_window": (_Cookie, (_P, _U32)),
    "xcb_change_property": (_Cookie, (_P, _U8, _U32, _U32, _U32, _U8, _U32, _P)),
    "xcb_delete_property": (_Cookie, (_P, _U32, _U32)),
    "xcb_get_property": (_Cookie, (_P, _U8, _U32, _U32, _U32, _U32, _U32)),
    "xcb_send_event": (_Cookie, (_P, _U8, _U32, _U32, ctypes.c_char_p)),
    "xcb_get_selection_owner": (_Cookie, (_P, _U32)),
    "xcb_convert_selection": (_Cookie, (_P, _U32, _U32, _U32, _U32, _U32)),
    "xcb_grab_key_checked": (_Cookie, (_P, _U8, _U32, _U16, _U8, _U8, _U8)),
    "xcb_ungrab_key": (_Cookie, (_P, _U8, _U32, _U16)),
    "xcb_get_keyboard_mapping": (_Cookie, (_P, _U8, _U8)),
    "xcb_get_modifier_mapping": (_Cookie, (_P,)),
}
_XFIXES_SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "xcb_xfixes_query_version": (_Cookie, (_P, _U32, _U32)),
    "xcb_xfixes_select_selection_input": (_Cookie, (_P, _U32, _U32, _U32)),
}


@cache
def _load(name: str) -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(name)
        signatures = _XFIXES_SIGNATURES if "xfixes" in name else _SIGNATURES
        for function, (result, arguments) in signatures.items():
            pointer = library[function]
            pointer.restype = result  # pyright: ignore[reportAttributeAccessIssue] - a table of ctypes types
            pointer.argtypes = arguments  # pyright: ignore[reportAttributeAccessIssue] - likewise
            setattr(library, function, pointer)
    except (OSError, AttributeError) as error:
        raise XcbError("no_library") from error
    return library


def _xcb() -> ctypes.CDLL:
    return _load("libxcb.so.1")


def _xfixes() -> ctypes.CDLL:
    return _load("libxcb-xfixes.so.0")


@cache
def _c_free() -> "ctypes._NamedFuncPointer":  # pyright: ignore[reportPrivateUsage] - typeshed's name of a C function
    free = ctypes.CDLL(None).free
    free.argtypes, free.restype = (_P,), None
    return free


def _take(pointer: int, size: int) -> bytes:
    """Copy `size` bytes of what libxcb allocated for us, and give it back."""
    try:
        return ctypes.string_at(pointer, size)
    finally:
        _c_free()(pointer)


def _take_reply(pointer: int) -> bytes:
    (extra_words,) = struct.unpack_from("=I", ctypes.string_at(pointer, 8), 4)
    return _take(pointer, _EVENT_BYTES + 4 * extra_words)


class Connection:
    """One connection to the X server. Not for use from two threads at a time.

    Requests are queued; `flush` sends them. Reading a reply, and even flushing, can move events from the socket
    into libxcb's queue, and the file descriptor then stays silent: after either, take events until there are none.
    """

    def __init__(self, display: str | None = None) -> None:
        """Connect.

        Args:
            display: Such as ``:0``; None takes the environment's.

        Raises:
            XcbError: ``no_library`` or ``no_display``.
        """
        self._xcb = _xcb()
        screen_number = _INT(0)
        self._pointer: int | None = self._xcb.xcb_connect(
            display.encode() if display is not None else None, ctypes.byref(screen_number)
        )
        self._unsent = False
        self._xfixes_event = -1
        if self._xcb.xcb_connection_has_error(self._c):
            self.close()
            raise XcbError("no_display")
        self.fd: int = self._xcb.xcb_get_file_descriptor(self._c)
        self.screen_number: int = screen_number.value
        setup = self._xcb.xcb_get_setup(self._c)
        screens = self._xcb.xcb_setup_roots_iterator(setup)
        for _ in range(self.screen_number):
            self._xcb.xcb_screen_next(ctypes.byref(screens))
        self.root: int = screens.data.contents.root
        self.min_keycode: int = setup.contents.min_keycode
        self.max_keycode: int = setup.contents.max_keycode

    def close(self) -> None:
        """Disconnect; the server gives back windows, grabs and selections. Safe to call twice."""
        pointer, self._pointer = self._pointer, None
        if pointer is not None:
            self._xcb.xcb_disconnect(pointer)

    @property
    def _c(self) -> int:
        """What libxcb calls the connection; it would crash on one that was closed."""
        if self._pointer is None:
            raise XcbError("gone")
        return self._pointer

    @property
    def broken(self) -> bool:
        """Whether the server went away, or `close` was called."""
        return self._pointer is None or bool(self._xcb.xcb_connection_has_error(self._pointer))

    def flush(self) -> bool:
        """Send what is queued; tell whether there was anything."""
        if not self._unsent:
            return False
        self._unsent = False
        self._xcb.xcb_flush(self._c)
        return True

    def _send(self, cookie: _Cookie) -> int:
        self._unsent = True
        return cookie.sequence

    # ------------------------------------------------------------------ answers

    def wait_reply(self, sequence: int) -> bytes:
        """Wait for one reply; a round trip to the server, never to another client.

        Raises:
            XcbError: ``gone``: the server refused, or is no more.
        """
        failed = ctypes.c_void_p()
        reply: int | None = self._xcb.xcb_wait_for_reply(self._c, sequence, ctypes.byref(failed))
        if failed.value:
            _c_free()(failed)
        if not reply:
            raise XcbError("gone")
        return _take_reply(reply)

    def poll_reply(self, sequence: int) -> bytes | None:
        """Take one reply if it is here; ``b""`` when the request failed, None when it is still to come."""
        reply, failed = ctypes.c_void_p(), ctypes.c_void_p()
        if not self._xcb.xcb_poll_for_reply(self._c, sequence, ctypes.byref(reply), ctypes.byref(failed)):
            return None
        if failed.value:
            _c_free()(failed)
        return _take_reply(reply.value) if reply.value else b""

    def next_event(self) -> Event | None:
        """Take the next event that concerns us, or None when there is none just now."""
        while True:
            pointer: int | None = self._xcb.xcb_poll_for_event(self._c)
            if not pointer:
                return None
            event = decode_event(_take(pointer, _EVENT_BYTES), self._xfixes_event)
            if event is not None:
                return event

    # ------------------------------------------------------------------ windows, properties, selections

    def atoms(self, names: tuple[str, ...]) -> tuple[int, ...]:
        """The atoms of these names, in one round trip.

        Raises:
            XcbError: ``gone``.
        """
        encoded = [name.encode("latin-1") for name in names]
        sequences = [self._send(self._xcb.xcb_intern_atom(self._c, 0, len(name), name)) for name in encoded]
        return tuple(struct.unpack_from("=I", self.wait_reply(sequence), 8)[0] for sequence in sequences)

    def create_window(self) -> int:
        """Make an invisible window that reports its property changes."""
        window: int = self._xcb.xcb_generate_id(self._c)
        mask = ctypes.c_uint32(_EVENT_MASK_PROPERTY_CHANGE)
        self._send(
            self._xcb.xcb_create_window(
                self._c, 0, window, self.root, -1, -1, 1, 1, 0, _INPUT_ONLY, 0, _CW_EVENT_MASK, ctypes.byref(mask)
            )
        )
        return window

    def destroy_window(self, window: int) -> None:
        """Destroy a window of ours."""
        self._send(self._xcb.xcb_destroy_window(self._c, window))

    def touch_property(self, window: int, atom: int) -> None:
        """Append nothing to a property: the PropertyChanged event that follows tells the server's time.

        That is how a client gets a timestamp without an event of its own (ICCCM 2.0, section 2.1).
        """
        self._send(self._xcb.xcb_change_property(self._c, _PROPERTY_APPEND, window, atom, ATOM_STRING, 8, 0, None))

    def tell_root(self, window: int, message_type: int, data: bytes) -> None:
        """Send a client message of 20 bytes to all who watch the root window's properties.

        Args:
            window: Which window the message is about.
            message_type: An atom.
            data: At most 20 bytes.
        """
        event = struct.pack("=BBHII20s", _CLIENT_MESSAGE, 8, 0, window, message_type, data)
        self._send(self._xcb.xcb_send_event(self._c, 0, self.root, _EVENT_MASK_PROPERTY_CHANGE, event))

    def delete_property(self, window: int, atom: int) -> None:
        """Delete a property of a window of ours."""
        self._send(self._xcb.xcb_delete_property(self._c, window, atom))

    def ask_property(self, window: int, atom: int, max_bytes: int) -> int:
        """Ask for at most `max_bytes` of a property, and leave it there.

        Returns:
            The sequence for `poll_reply`; its reply is for `decode_property`.
        """
        return self._send(self._xcb.xcb_get_property(self._c, 0, window, atom, ANY_PROPERTY_TYPE, 0, max_bytes // 4))

    def ask_selection_owner(self, selection: int) -> int:
        """Ask who owns a selection; gives the sequence for `poll_reply`, its reply is for `decode_owner`."""
        return self._send(self._xcb.xcb_get_selection_owner(self._c, selection))

    def convert_selection(self, *, window: int, selection: int, target: int, property_atom: int, time: int) -> None:
        """Ask the owner to write its selection, as `target`, into a property of our window."""
        self._send(self._xcb.xcb_convert_selection(self._c, window, selection, target, property_atom, time))

    def start_xfixes(self) -> None:
        """Agree on XFIXES with the server: needed once before `select_selection`.

        Raises:
            XcbError: ``no_library``, ``no_xfixes`` or ``gone``.
        """
        if self._xfixes_event >= 0:
            return
        library = _xfixes()
        identity = ctypes.addressof(ctypes.c_char.in_dll(library, "xcb_xfixes_id"))
        extension = self._xcb.xcb_get_extension_data(self._c, identity)
        if not extension or not extension.contents.present:
            raise XcbError("gone" if self.broken else "no_xfixes")
        self.wait_reply(self._send(library.xcb_xfixes_query_version(self._c, 1, 0)))
        self._xfixes_event = extension.contents.first_event

    def select_selection(self, selection: int, *, on: bool) -> None:
        """Be told, or no more, when a selection changes its owner."""
        mask = _XFIXES_ALL_SELECTION_EVENTS if on else 0
        self._send(_xfixes().xcb_xfixes_select_selection_input(self._c, self.root, selection, mask))

    # ------------------------------------------------------------------ keyboard

    def keyboard_mapping(self) -> tuple[tuple[int, ...], ...]:
        """The keysyms of each keycode, from `min_keycode` on; one round trip.

        Raises:
            XcbError: ``gone``.
        """
        count = self.max_keycode - self.min_keycode + 1
        reply = self.wait_reply(self._send(self._xcb.xcb_get_keyboard_mapping(self._c, self.min_keycode, count)))
        width = reply[1]
        keysyms = struct.unpack_from(f"={width * count}I", reply, _EVENT_BYTES)
        return tuple(keysyms[index * width : (index + 1) * width] for index in range(count))

    def modifier_mapping(self) -> tuple[tuple[int, ...], ...]:
        """The keycodes of the eight modifiers (Shift, Lock, Control, Mod1 to Mod5); one round trip.

        Raises:
            XcbError: ``gone``.
        """
        reply = self.wait_reply(self._send(self._xcb.xcb_get_modifier_mapping(self._c)))
        width = reply[1]
        rows = [reply[_EVENT_BYTES + index * width : _EVENT_BYTES + (index + 1) * width] for index in range(8)]
        return tuple(tuple(code for code in row if code) for row in rows)

    def grab_keys(self, keys: tuple[tuple[int, int], ...]) -> int:
        """Grab keys for this client wherever the focus is; all of them or none.

        Args:
            keys: Pairs of modifiers and keycode.

        Returns:
            0, or the X error that one of them met (`BAD_ACCESS`: another client has it).

        Raises:
            XcbError: ``gone``.
        """
        cookies = [
            self._xcb.xcb_grab_key_checked(self._c, 0, self.root, modifiers, keycode, _GRAB_ASYNC, _GRAB_ASYNC)
            for modifiers, keycode in keys
        ]
        codes: list[int] = []
        for cookie in cookies:
            failed: int | None = self._xcb.xcb_request_check(self._c, cookie)
            codes.append(_take(failed, _EVENT_BYTES)[1] if failed else 0)
        if self.broken:
            raise XcbError("gone")
        if any(codes):
            self.ungrab_keys(tuple(key for key, code in zip(keys, codes, strict=True) if not code))
        return next((code for code in codes if code), 0)

    def ungrab_keys(self, keys: tuple[tuple[int, int], ...]) -> None:
        """Give grabbed keys back (pairs of modifiers and keycode)."""
        for modifiers, keycode in keys:
            self._send(self._xcb.xcb_ungrab_key(self._c, keycode, self.root, modifiers))
        self.flush()
