"""Reading what other Wayland clients copied or selected, step by step, without ever waiting for them.

The same machine as `ringbridge.desktop.x11.selections`, and driven the same way: call `handle` when the connection's
file descriptor is readable, `expire` when `next_deadline` has come; both give back what is finished.

One read: is that still what is copied (a round trip to the compositor)? → which formats → one text format, through a
pipe → decode. What carries a secret marker among its formats ends there: its text is never asked for. What was
refused as too long, or given up, is read on for a while and thrown away: a program that writes into a pipe nobody
reads is ended by the system, and whoever copied in it would lose more than a text.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from ringbridge.desktop.ports import Buffer, Copied, ReadProblem
from ringbridge.desktop.wayland.connection import Connection
from ringbridge.desktop.wayland.data_control import Changed, DataControl, Offer, Synced

MAX_BYTES = 64 * 1024
READ_DEADLINE_S = 0.5
_DISCARD_S = 5.0
_MAX_DISCARDED_BYTES = 64 * 1024 * 1024
_MAX_DISCARDING = 8
_AT_ONCE_BYTES = 512 * 1024

Done = Callable[[Copied], None]
Finished = tuple[Done, Copied]


@dataclass(slots=True, kw_only=True, eq=False)
class _Pipe:
    """Where another program writes its text.

    Attributes:
        fd: The end to read from.
        text_format: As in `TEXT_FORMATS`.
        data: What came.
        close_at: Nobody wants the text any more; until when the rest is thrown away.
        discarded: How much of it was.
    """

    fd: int
    text_format: str
    data: bytearray
    close_at: float = 0.0
    discarded: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class _Read:
    """One text that somebody waits for."""

    buffer: Buffer
    deadline: float
    done: Done
    watching: bool
    callback: int = 0
    pipe: _Pipe | None = None


class Selections:
    """Watches the clipboard and reads it and the selection on one connection.

    Callbacks are never called from in here: `handle` and `expire` return them with their values, so that the
    caller's own state is settled before any of them runs.
    """

    def __init__(
        self,
        connection: Connection,
        control: DataControl,
        *,
        deadline_s: float = READ_DEADLINE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Want to be told what is copied.

        Args:
            connection: Used by nobody else.
            control: On that connection.
            deadline_s: How long a read may take.
            clock: Seconds that never go back.
        """
        self._connection = connection
        self._control = control
        self._deadline_s = deadline_s
        self._clock = clock
        self._reads: list[_Read] = []
        self._discarding: list[_Pipe] = []
        self._watcher: Done | None = None
        self._finished: list[Finished] = []
        control.start()

    # ------------------------------------------------------------------ wishes

    def watch(self, copied: Done) -> None:
        """Report each copy from now on; what is copied already is none."""
        self._watcher = copied

    def unwatch(self) -> None:
        """Report no more copies; one that is being read is dropped."""
        self._watcher = None
        for read in [read for read in self._reads if read.watching]:
            self._drop(read)

    def read(self, buffer: Buffer, done: Done, *, deadline_s: float | None = None) -> None:
        """Begin to read one text; `handle` or `expire` will return `done` with it, once."""
        deadline = self._clock() + (deadline_s or self._deadline_s)
        read = _Read(buffer=buffer, deadline=deadline, done=done, watching=False)
        self._reads.append(read)
        read.callback = self._control.sync()

    # ------------------------------------------------------------------ the machine

    def handle(self) -> list[Finished]:
        """Go on with whatever has arrived; returns what is finished, to be called in this order."""
        for news in self._control.handle():
            if isinstance(news, Synced):
                self._take_synced(news)
            else:
                self._take_change(news)
        for read in [read for read in self._reads if read.pipe is not None]:
            self._go_on(read)
        for pipe in tuple(self._discarding):
            self._discard_more(pipe)
        return self._take_finished()

    @property
    def discarding(self) -> bool:
        """Whether somebody is still writing what is not wanted."""
        return bool(self._discarding)

    def next_deadline(self) -> float | None:
        """When `expire` is to be called next, on the clock given; None: nothing is under way."""
        deadlines = [read.deadline for read in self._reads] + [pipe.close_at for pipe in self._discarding]
        return min(deadlines, default=None)

    def expire(self) -> list[Finished]:
        """Give up the reads whose deadline has come."""
        now = self._clock()
        for read in [read for read in self._reads if read.deadline <= now]:
            self._finish(read, Copied(problem=ReadProblem.NO_ANSWER))
        for pipe in [pipe for pipe in self._discarding if pipe.close_at <= now]:
            self._close(pipe)
        return self._take_finished()

    def abandon(self) -> list[Finished]:
        """Give up everything, because the connection is to be closed or broken."""
        for read in tuple(self._reads):
            self._finish(read, Copied(problem=ReadProblem.NO_ANSWER))
        for pipe in tuple(self._discarding):
            self._close(pipe)
        self._watcher = None
        return self._take_finished()

    def _take_finished(self) -> list[Finished]:
        finished, self._finished = self._finished, []
        return finished

    def _take_synced(self, synced: Synced) -> None:
        for read in [read for read in self._reads if read.callback == synced.callback]:
            read.callback = 0
            if not self._control.tells or (read.buffer is Buffer.SELECTION and not self._control.has_selection):
                self._finish(read, Copied(problem=ReadProblem.UNSUPPORTED))
            else:
                self._begin(read, self._control.offers[read.buffer])

    def _take_change(self, change: Changed) -> None:
        """A new copy supersedes what is being read of the old one."""
        if change.offer is not self._control.offers[change.buffer]:
            return  # a later one came with it, and this one was given back: nobody may ask for it any more
        for read in [read for read in self._reads if read.buffer is change.buffer and read.pipe is not None]:
            if read.watching:
                self._drop(read)
            elif change.offer is not None:
                self._discard(read)
                self._begin(read, change.offer)
        if change.offer is None or change.at_start or self._watcher is None or change.buffer is not Buffer.CLIPBOARD:
            return
        if change.offer.own:
            return
        deadline = self._clock() + self._deadline_s
        read = _Read(buffer=change.buffer, deadline=deadline, done=self._watcher, watching=True)
        self._reads.append(read)
        self._begin(read, change.offer)

    def _begin(self, read: _Read, offer: Offer | None) -> None:
        if offer is None:
            self._finish(read, Copied(problem=ReadProblem.EMPTY))
        elif offer.secret:
            self._finish(read, Copied(problem=ReadProblem.SECRET))
        elif not offer.text_format:
            self._finish(read, Copied(problem=ReadProblem.NO_TEXT))
        else:
            self._ask(read, offer)

    def _ask(self, read: _Read, offer: Offer) -> None:
        try:
            read_fd, write_fd = os.pipe()
        except OSError:  # this process has no file descriptor left
            self._finish(read, Copied(problem=ReadProblem.NO_ANSWER))
            return
        os.set_blocking(read_fd, False)
        self._connection.also_watch(read_fd)
        read.pipe = _Pipe(fd=read_fd, text_format=offer.text_format, data=bytearray())
        self._control.receive(offer, offer.text_format, write_fd)

    def _go_on(self, read: _Read) -> None:
        pipe = read.pipe
        while pipe is not None and read in self._reads:
            piece = _read_some(pipe.fd)
            if piece is None:
                return
            pipe.data += piece
            if len(pipe.data) > MAX_BYTES:
                self._finish(read, Copied(problem=ReadProblem.TOO_LONG))
            elif not piece:
                text = decode(bytes(pipe.data), pipe.text_format)
                self._close_pipe_of(read)
                self._finish(read, Copied(text=text) if text else Copied(problem=ReadProblem.EMPTY))

    def _finish(self, read: _Read, copied: Copied) -> None:
        self._drop(read)
        self._finished.append((read.done, copied))

    def _drop(self, read: _Read) -> None:
        self._reads.remove(read)
        self._discard(read)

    def _discard(self, read: _Read) -> None:
        pipe, read.pipe = read.pipe, None
        if pipe is None:
            return
        pipe.data.clear()
        pipe.close_at = self._clock() + _DISCARD_S
        self._discarding.append(pipe)
        if len(self._discarding) > _MAX_DISCARDING:
            self._close(self._discarding[0])

    def _discard_more(self, pipe: _Pipe) -> None:
        until = pipe.discarded + _AT_ONCE_BYTES
        while pipe.discarded < until:
            piece = _read_some(pipe.fd)
            if piece is None:
                return
            pipe.discarded += len(piece)
            if not piece or pipe.discarded > _MAX_DISCARDED_BYTES:
                self._close(pipe)
                return

    def _close_pipe_of(self, read: _Read) -> None:
        pipe, read.pipe = read.pipe, None
        if pipe is not None:
            self._connection.forget(pipe.fd)
            os.close(pipe.fd)

    def _close(self, pipe: _Pipe) -> None:
        self._discarding.remove(pipe)
        self._connection.forget(pipe.fd)
        os.close(pipe.fd)


def _read_some(fd: int) -> bytes | None:
    """What is in the pipe; empty at its end, None while there is nothing yet."""
    try:
        return os.read(fd, MAX_BYTES)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def decode(data: bytes, text_format: str) -> str:
    """The text without NUL.

    ``STRING`` and ``TEXT`` come from X11, where the first is Latin-1; Wayland's own programs write UTF-8 there.

    Args:
        data: As the program wrote it.
        text_format: As in `TEXT_FORMATS`.
    """
    if text_format in {"text/plain;charset=utf-8", "utf8_string"}:
        text = data.decode("utf-8", errors="replace")
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    return text.replace("\0", "")
