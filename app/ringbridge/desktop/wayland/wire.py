"""How Wayland's messages look on the wire: bytes to values and back. Pure.

A message is the id of an object, then its size and opcode, then the arguments, all in words of 32 bits in native byte
order; a text is its length with the NUL, the bytes and the NUL, padded to a word (Wayland protocol, chapter 4, "Wire
Format"). File descriptors travel beside the bytes.
"""

import struct
from typing import NamedTuple

HEADER_BYTES = 8
MAX_MESSAGE_BYTES = 0xFFFF
"""The size is a number of 16 bits."""

_WORD = struct.Struct("=I")
_HEADER = struct.Struct("=II")


class Malformed(Exception):
    """What came is no Wayland message, or not the one it claims to be."""


class Message(NamedTuple):
    """One event of the compositor's.

    Attributes:
        object_id: Which of the objects says it.
        opcode: What it says, by the order of the events in that object's interface.
        body: The arguments.
    """

    object_id: int
    opcode: int
    body: bytes


def request(object_id: int, opcode: int, *arguments: int | str) -> bytes:
    """Write one request.

    Args:
        object_id: Whom it asks.
        opcode: What, by the order of the requests in that object's interface.
        arguments: Numbers and ids of objects, and texts.
    """
    body = b"".join(_argument(argument) for argument in arguments)
    return _HEADER.pack(object_id, (HEADER_BYTES + len(body)) << 16 | opcode) + body


def _argument(value: int | str) -> bytes:
    if isinstance(value, int):
        return _WORD.pack(value)
    raw = value.encode() + b"\0"
    return _WORD.pack(len(raw)) + raw + bytes(-len(raw) % 4)


def take_message(buffer: bytearray) -> Message | None:
    """Take the first whole message out of `buffer`; None while there is none.

    Raises:
        Malformed: The size can't be one.
    """
    if len(buffer) < HEADER_BYTES:
        return None
    object_id, size_and_opcode = _HEADER.unpack_from(buffer)
    size = size_and_opcode >> 16
    if size < HEADER_BYTES or size % 4:
        raise Malformed(f"a message of {size} bytes")
    if len(buffer) < size:
        return None
    message = Message(object_id, size_and_opcode & 0xFFFF, bytes(buffer[HEADER_BYTES:size]))
    del buffer[:size]
    return message


def take_uint(body: bytes, place: int = 0) -> tuple[int, int]:
    """The number or id that stands at `place`, and where the next argument begins.

    Raises:
        Malformed: There is none.
    """
    if place + 4 > len(body):
        raise Malformed("an argument is missing")
    return _WORD.unpack_from(body, place)[0], place + 4


def take_text(body: bytes, place: int = 0) -> tuple[str, int]:
    """The text that stands at `place`, and where the next argument begins; what is no UTF-8 is replaced.

    Raises:
        Malformed: There is none.
    """
    length, place = take_uint(body, place)
    end = place + length
    if length == 0 or end + -length % 4 > len(body) or body[end - 1]:
        raise Malformed("a text that does not end")
    return body[place : end - 1].decode("utf-8", errors="replace"), end + -length % 4
