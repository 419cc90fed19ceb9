"""What the X server tells, as values: named tuples, since seven dataclasses would take 4 ms of the start to build.

Layouts and codes are those of the X protocol (X11R7.7, appendix B "Protocol Encoding", native byte order) and of
the XFIXES protocol version 5, section 6.
"""

import struct
from typing import NamedTuple

NO_ATOM = 0

_HEADER_BYTES = 32
_KEY_PRESS, _KEY_RELEASE, _PROPERTY_NOTIFY, _SELECTION_NOTIFY, _MAPPING_NOTIFY = 2, 3, 28, 31, 34
_MAPPING_POINTER = 2


class SelectionNotify(NamedTuple):
    """The owner's answer to ConvertSelection; `property_atom` is `NO_ATOM` when it refused."""

    time: int
    requestor: int
    selection: int
    target: int
    property_atom: int


class SelectionChanged(NamedTuple):
    """XFIXES: a selection has a new owner; `owner` is 0 when it lost its owner without getting another."""

    time: int
    selection: int
    owner: int


class PropertyChanged(NamedTuple):
    """A property of one of our windows was written, or `deleted`."""

    time: int
    window: int
    atom: int
    deleted: bool


class Key(NamedTuple):
    """A grabbed key went down (`pressed`) or up."""

    time: int
    keycode: int
    modifiers: int
    pressed: bool


class KeyboardChanged(NamedTuple):
    """The keyboard or modifier mapping is another one now."""


class RequestFailed(NamedTuple):
    """An unchecked request of ours was refused by the server."""

    code: int
    major_opcode: int


Event = SelectionNotify | SelectionChanged | PropertyChanged | Key | KeyboardChanged | RequestFailed


class PropertyValue(NamedTuple):
    """A property as it was read.

    Attributes:
        type_atom: Its type; `NO_ATOM` when there is no such property.
        format: 8, 16 or 32 bits an item; 0 without property.
        bytes_after: What did not fit into the length asked for.
        data: The bytes, in native byte order.
    """

    type_atom: int
    format: int
    bytes_after: int
    data: bytes

    def atoms(self) -> tuple[int, ...]:
        """The value as a list of atoms; empty when it is none."""
        if self.format != 32:  # noqa: PLR2004 - bits
            return ()
        return struct.unpack(f"={len(self.data) // 4}I", self.data[: len(self.data) // 4 * 4])


def decode_property(reply: bytes) -> PropertyValue:
    """Decode the reply to GetProperty; ``b""`` (the request failed) reads as no such property."""
    if not reply:
        return PropertyValue(type_atom=NO_ATOM, format=0, bytes_after=0, data=b"")
    type_atom, bytes_after, items = struct.unpack_from("=3I", reply, 8)
    data = reply[_HEADER_BYTES : _HEADER_BYTES + items * reply[1] // 8]
    return PropertyValue(type_atom=type_atom, format=reply[1], bytes_after=bytes_after, data=data)


def decode_owner(reply: bytes) -> int:
    """Decode the reply to GetSelectionOwner: a window, or 0."""
    return struct.unpack_from("=I", reply, 8)[0] if reply else 0


def decode_event(raw: bytes, xfixes_event: int) -> Event | None:
    """Decode one event of 32 bytes; None for those that do not concern us.

    Args:
        raw: As it came.
        xfixes_event: The code of XFIXES' first event, which is the one about selections; -1 when it is not used.
    """
    code = raw[0] & 0x7F  # the high bit marks events made by SendEvent
    event: Event | None = None
    if code == 0:
        event = RequestFailed(code=raw[1], major_opcode=raw[10])
    elif code == _SELECTION_NOTIFY:
        time, requestor, selection, target, property_atom = struct.unpack_from("=5I", raw, 4)
        event = SelectionNotify(
            time=time, requestor=requestor, selection=selection, target=target, property_atom=property_atom
        )
    elif code == xfixes_event:
        _window, owner, selection, time = struct.unpack_from("=4I", raw, 4)
        event = SelectionChanged(time=time, selection=selection, owner=owner)
    elif code == _PROPERTY_NOTIFY:
        window, atom, time = struct.unpack_from("=3I", raw, 4)
        event = PropertyChanged(time=time, window=window, atom=atom, deleted=raw[16] == 1)
    elif code in {_KEY_PRESS, _KEY_RELEASE}:
        (time,) = struct.unpack_from("=I", raw, 4)
        (modifiers,) = struct.unpack_from("=H", raw, 28)
        event = Key(time=time, keycode=raw[1], modifiers=modifiers, pressed=code == _KEY_PRESS)
    elif code == _MAPPING_NOTIFY and raw[4] != _MAPPING_POINTER:
        event = KeyboardChanged()
    return event
