"""Reads one copied or selected text and waits for it, for programs without an event loop."""

import select
import time
from collections.abc import Callable
from typing import Protocol

from ringbridge.desktop.ports import Buffer, Copied

_DISCARD_S = 2.0
"""How long to wait, after the answer, for a program to get rid of what was refused as too long."""


class _Connection(Protocol):
    fd: int

    @property
    def broken(self) -> bool: ...


class _Selections(Protocol):
    @property
    def discarding(self) -> bool: ...
    def read(self, buffer: Buffer, done: Callable[[Copied], None]) -> None: ...
    def handle(self) -> list[tuple[Callable[[Copied], None], Copied]]: ...
    def expire(self) -> list[tuple[Callable[[Copied], None], Copied]]: ...
    def abandon(self) -> list[tuple[Callable[[Copied], None], Copied]]: ...
    def next_deadline(self) -> float | None: ...


def converse(connection: _Connection, selections: _Selections, buffer: Buffer, timeout_s: float) -> Copied:
    """Read one text; needs no Qt.

    Args:
        connection: To the desktop.
        selections: Speaks on it, and gives a read up after `timeout_s`.
        buffer: CLIPBOARD, or SELECTION for what is selected just now.
        timeout_s: For the whole conversation with the program that has the text.
    """
    result: list[Copied] = []
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
        left_s = min(selections.next_deadline() or give_up_at, give_up_at) - time.monotonic()
        if result and (connection.broken or not selections.discarding or left_s <= 0):
            return result[0]
        readable.poll(max(0.0, left_s) * 1000 + 1)
