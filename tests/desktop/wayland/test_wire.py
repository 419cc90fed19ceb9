"""Wayland's messages as bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.desktop.wayland import wire


def test_a_request_is_its_object_its_size_and_its_arguments() -> None:
    raw = wire.request(2, 0, 9, "wl_seat", 1, 7)
    assert raw == struct.pack("=III", 2, 32 << 16, 9) + struct.pack("=I", 8) + b"wl_seat\0" + struct.pack("=II", 1, 7)


@pytest.mark.parametrize("text", ["", "a", "abc", "abcd", "Büro ☎"])
def test_texts_come_back_padded_to_words(text: str) -> None:
    raw = wire.request(1, 3, text, 5)
    assert len(raw) % 4 == 0
    message = wire.take_message(bytearray(raw))
    assert message is not None
    taken, place = wire.take_text(message.body)
    assert taken == text
    assert wire.take_uint(message.body, place) == (5, len(message.body))


def test_messages_are_taken_whole_and_in_order() -> None:
    raw = wire.request(1, 0, 5) + wire.request(2, 1, "x")
    buffer, taken = bytearray(), []
    for byte in raw:
        buffer.append(byte)
        message = wire.take_message(buffer)
        if message is not None:
            taken.append((message.object_id, message.opcode))
    assert taken == [(1, 0), (2, 1)]
    assert not buffer


@pytest.mark.parametrize("size", [0, 4, 7, 9, 0xFFFF])
def test_a_size_that_can_not_be_is_refused(size: int) -> None:
    with pytest.raises(wire.Malformed):
        wire.take_message(bytearray(struct.pack("=II", 1, size << 16) + bytes(32)))


@pytest.mark.parametrize(
    "body", [b"", b"\0\0", struct.pack("=I", 0), struct.pack("=I", 0xFFFFFFFF), struct.pack("=I4s", 4, b"abcd")]
)
def test_a_text_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.take_text(body)


@given(st.binary(max_size=64))
def test_whatever_comes_is_a_message_or_refused(raw: bytes) -> None:
    buffer = bytearray(raw)
    try:
        while (message := wire.take_message(buffer)) is not None:
            wire.take_text(message.body)
            wire.take_uint(message.body)
    except wire.Malformed:
        pass
    assert len(buffer) <= len(raw)
