"""Reading what other X clients copied or selected, step by step, without ever waiting for them.

A selection belongs to a program, not to the server: each read is a conversation with that program (ICCCM 2.0,
section 2). `Selections` leads any number of such conversations on one connection. It is driven from outside: call
`handle` when the connection's file descriptor is readable, `expire` when `next_deadline` has come; both give back
what is finished. So the tray drives it from Qt's event loop, the command line from `poll`.

One read: who owns it, and what time is it? → which formats (TARGETS) → one text format → decode. What carries a
secret marker among its formats ends there: its text is never asked for.

An owner that wants to hand over a long text piece by piece (INCR) is refused as too long at once, but not left in
the middle: its pieces are thrown away, unread, until it is through. xclip 0.13 serves one reader at a time, and
a reader that walked off would keep everybody else from pasting.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from ringbridge.desktop.ports import Buffer, Copied, ReadProblem
from ringbridge.desktop.x11 import events, targets, xcb

MAX_BYTES = 64 * 1024
READ_DEADLINE_S = 0.5
_KEPT_WINDOWS = 32

_log = logging.getLogger(__name__)

# Properties answers are written into, in turn: an answer that comes after its read was given up meets another name.
_PROPERTIES = tuple(f"_RINGBRIDGE_TEXT_{index}" for index in range(8))

Done = Callable[[Copied], None]
Who = Callable[[int], tuple[str, ...]]
Finished = tuple[Done, Copied]


class _Stage(Enum):
    TIMING = auto()  # waiting for the owner and the server's time
    CONVERTING = auto()  # waiting for the owner's answer
    FETCHING = auto()  # waiting for the property


@dataclass(slots=True, kw_only=True, eq=False)
class _Read:
    """One conversation under way."""

    selection: int
    window: int
    property_atom: int
    deadline: float
    done: Done
    watching: bool
    plain_only: bool = False
    owner: int = 0
    stage: _Stage = _Stage.TIMING
    time: int = xcb.CURRENT_TIME
    target: int = events.NO_ATOM
    candidates: list[int] = field(default_factory=list[int])
    sequence: int = 0


class Selections:
    """Watches CLIPBOARD and reads CLIPBOARD and PRIMARY on one connection.

    Callbacks are never called from in here: `handle` and `expire` return them with their values, so that the
    caller's own state is settled before any of them runs.
    """

    def __init__(
        self,
        connection: xcb.Connection,
        *,
        deadline_s: float = READ_DEADLINE_S,
        clock: Callable[[], float] = time.monotonic,
        who: Who = lambda _window: (),
    ) -> None:
        """Prepare names and a window on `connection`.

        Args:
            connection: Used by nobody else.
            deadline_s: How long a read may take.
            clock: Seconds that never go back.
            who: Names the program behind the window that owns a copy; asked once a text was read.

        Raises:
            XcbError: ``gone``.
        """
        self._connection = connection
        self._deadline_s = deadline_s
        self._clock = clock
        self._who = who
        names = ("CLIPBOARD", "INCR", *targets.NAMES, *_PROPERTIES)
        atoms = dict(zip(names, connection.atoms(names), strict=True))
        self._clipboard = atoms["CLIPBOARD"]
        self._incr = atoms["INCR"]
        self._targets = targets.Targets(atoms)
        self._properties = [atoms[name] for name in _PROPERTIES]
        self._window = connection.create_window()
        self._retired: deque[int] = deque()
        self._unread: dict[tuple[int, int], int] = {}  # INCR under way: window, property → a GetProperty, or 0
        self._reads: list[_Read] = []
        self._watcher: Done | None = None
        self._expected: list[tuple[Done, float]] = []
        self._finished: list[Finished] = []

    # ------------------------------------------------------------------ wishes

    def watch(self, copied: Done) -> None:
        """Report each copy to CLIPBOARD from now on.

        Raises:
            XcbError: ``no_library``, ``no_xfixes`` or ``gone``.
        """
        self._connection.start_xfixes()
        self._connection.select_selection(self._clipboard, on=True)
        self._watcher = copied

    def unwatch(self) -> None:
        """Report no more copies; one that is being read is dropped."""
        if self._watcher is None:
            return
        self._watcher = None
        self._connection.select_selection(self._clipboard, on=False)
        for read in [read for read in self._reads if read.watching]:
            self._drop(read)

    def expect(self, done: Done) -> None:
        """Read the next copy for `done`, not for the watcher; EMPTY when there is none before the deadline.

        Raises:
            XcbError: ``no_library``, ``no_xfixes`` or ``gone``.
        """
        self._connection.start_xfixes()
        self._connection.select_selection(self._clipboard, on=True)
        self._expected.append((done, self._clock() + self._deadline_s))

    def read(self, buffer: Buffer, done: Done, *, deadline_s: float | None = None, plain_only: bool = False) -> None:
        """Begin to read one text; `handle` or `expire` will return `done` with it, once.

        Args:
            buffer: Which of the two.
            done: Gets it.
            deadline_s: How long that may take, where it is another time than usual.
            plain_only: A text that is there in other formats too is NO_TEXT.
        """
        selection = self._clipboard if buffer is Buffer.CLIPBOARD else xcb.ATOM_PRIMARY
        read = self._begin(selection, done, self._clock() + (deadline_s or self._deadline_s), watching=False)
        read.plain_only = plain_only
        read.sequence = self._connection.ask_selection_owner(selection)
        self._connection.touch_property(read.window, read.property_atom)

    # ------------------------------------------------------------------ the machine

    def handle(self) -> list[Finished]:
        """Go on with whatever has arrived; returns what is finished, to be called in this order.

        Does not return before libxcb's queue is empty: what stays in it would not wake the event loop.
        """
        while True:
            event = self._connection.next_event()
            if event is not None:
                self._take_event(event)
            elif not self._take_replies() and not self._connection.flush():
                return self._take_finished()

    @property
    def discarding(self) -> bool:
        """Whether an owner is still handing over what was refused as too long."""
        return bool(self._unread)

    def next_deadline(self) -> float | None:
        """When `expire` is to be called next, on the clock given; None: nothing is under way."""
        deadlines = [read.deadline for read in self._reads] + [deadline for _, deadline in self._expected]
        return min(deadlines, default=None)

    def expire(self) -> list[Finished]:
        """Give up the reads whose deadline has come."""
        now = self._clock()
        for read in [read for read in self._reads if read.deadline <= now]:
            self._finish(read, Copied(problem=ReadProblem.NO_ANSWER))
        while self._expected and self._expected[0][1] <= now:
            self._finished.append((self._expected.pop(0)[0], Copied(problem=ReadProblem.EMPTY)))
        self._connection.flush()
        return self._take_finished()

    def abandon(self) -> list[Finished]:
        """Give up everything, because the connection is to be closed or broken: sends nothing any more."""
        for read in self._reads:
            self._finished.append((read.done, Copied(problem=ReadProblem.NO_ANSWER)))
        self._reads.clear()
        self._finished += [(done, Copied(problem=ReadProblem.NO_ANSWER)) for done, _ in self._expected]
        self._expected.clear()
        self._watcher = None
        return self._take_finished()

    def _take_finished(self) -> list[Finished]:
        finished, self._finished = self._finished, []
        return finished

    def _begin(self, selection: int, done: Done, deadline: float, *, watching: bool) -> _Read:
        taken = {read.property_atom for read in self._reads}
        free = next((atom for atom in self._properties if atom not in taken), self._properties[0])
        self._properties.remove(free)
        self._properties.append(free)
        read = _Read(
            selection=selection,
            window=self._window,
            property_atom=free,
            deadline=deadline,
            done=done,
            watching=watching,
        )
        self._reads.append(read)
        return read

    def _finish(self, read: _Read, copied: Copied) -> None:
        self._drop(read)
        if read.watching and copied.text:
            copied = replace(copied, programs=self._who(read.owner))
        self._finished.append((read.done, copied))

    def _drop(self, read: _Read) -> None:
        self._reads.remove(read)
        self._connection.delete_property(read.window, read.property_atom)

    def _retire_window(self) -> None:
        """Let later reads use a new window; some owners answer nothing else in one while a transfer is under way.

        The old one stays for a while: writing into a window that is gone is an X error, and programs such as
        xclip end at their first one, which would lose what they hold.
        """
        self._retired.append(self._window)
        self._window = self._connection.create_window()
        if len(self._retired) > _KEPT_WINDOWS:
            self._connection.destroy_window(self._retired.popleft())

    def _take_event(self, event: events.Event) -> None:
        match event:
            case events.SelectionNotify():
                self._take_answer(event)
            case events.SelectionChanged():
                self._take_change(event)
            case events.PropertyChanged():
                if not event.deleted:
                    self._take_written(event)
            case events.RequestFailed():
                _log.debug("X refused request %s with error %s", event.major_opcode, event.code)
            case _:
                pass

    def _take_change(self, event: events.SelectionChanged) -> None:
        """A new copy supersedes what is being read of the old one; an owner that died answers no more."""
        if event.selection != self._clipboard:
            return
        wanted: list[_Read] = []
        for read in [read for read in self._reads if read.selection == self._clipboard]:
            if event.owner == 0:
                self._finish(read, Copied(problem=ReadProblem.NO_ANSWER))
                continue
            self._drop(read)
            if not read.watching:
                again = self._begin(read.selection, read.done, read.deadline, watching=False)
                again.plain_only = read.plain_only
                wanted.append(again)
        taker = self._expected.pop(0)[0] if event.owner and self._expected else self._watcher
        if event.owner and taker is not None:
            deadline = self._clock() + self._deadline_s
            wanted.append(self._begin(self._clipboard, taker, deadline, watching=taker is self._watcher))
        for read in wanted:
            read.time, read.owner = event.time, event.owner
            self._convert(read, self._targets.targets)

    def _take_written(self, event: events.PropertyChanged) -> None:
        for read in self._reads:
            if (read.window, read.property_atom) == (event.window, event.atom):
                if read.stage is _Stage.TIMING:
                    self._take_time(read, event.time)
                return
        # Nobody waits for it: a piece of what was refused, or an answer whose read was given up.
        place = (event.window, event.atom)
        if place in self._unread:
            self._take_size(place)
        if place in self._unread:
            self._unread[place] = self._connection.ask_property(*place, max_bytes=0)
        self._connection.delete_property(*place)

    def _take_time(self, read: _Read, time: int) -> None:
        # The server answers in order, so the reply about the owner is here before this event.
        reply = self._connection.poll_reply(read.sequence)
        if reply is not None and events.decode_owner(reply) == 0:
            self._finish(read, Copied(problem=ReadProblem.EMPTY))
        else:
            read.time = time
            self._convert(read, self._targets.targets)

    def _take_size(self, place: tuple[int, int]) -> bool:
        """Learn whether a piece thrown away was the last one, which is empty; tells whether there was an answer."""
        sequence = self._unread[place]
        reply = self._connection.poll_reply(sequence) if sequence else None
        if reply is None:
            return False
        self._unread[place] = 0
        if events.decode_property(reply).bytes_after == 0:
            del self._unread[place]
        return True

    def _convert(self, read: _Read, target: int) -> None:
        read.stage, read.target = _Stage.CONVERTING, target
        self._connection.convert_selection(
            window=read.window,
            selection=read.selection,
            target=target,
            property_atom=read.property_atom,
            time=read.time,
        )

    def _take_answer(self, event: events.SelectionNotify) -> None:
        for read in self._reads:
            if read.stage is _Stage.CONVERTING and self._answers(event, read):
                if event.property_atom == events.NO_ATOM:
                    self._refused(read)
                else:
                    read.stage = _Stage.FETCHING
                    read.sequence = self._connection.ask_property(read.window, read.property_atom, MAX_BYTES)
                return

    @staticmethod
    def _answers(event: events.SelectionNotify, read: _Read) -> bool:
        return (
            event.requestor == read.window
            and event.selection == read.selection
            and event.target == read.target
            and event.property_atom in {read.property_atom, events.NO_ATOM}
            and event.time in {read.time, xcb.CURRENT_TIME}  # some owners forget to copy it
        )

    def _take_replies(self) -> bool:
        """Go on with the properties that are here; tells whether there was any."""
        for read in [read for read in self._reads if read.stage is _Stage.FETCHING]:
            reply = self._connection.poll_reply(read.sequence)
            if reply is not None:
                self._take_property(read, events.decode_property(reply))
                return True
        return any(self._take_size(place) for place in tuple(self._unread))

    def _take_property(self, read: _Read, value: events.PropertyValue) -> None:
        if value.type_atom == self._incr:
            self._unread[read.window, read.property_atom] = 0
            if read.window == self._window:
                self._retire_window()
            self._finish(read, Copied(problem=ReadProblem.TOO_LONG))  # deletes the property: the signal to go on
            return
        self._connection.delete_property(read.window, read.property_atom)
        if value.type_atom == events.NO_ATOM:
            self._refused(read)
        elif value.bytes_after:
            self._finish(read, Copied(problem=ReadProblem.TOO_LONG))
        elif read.target == self._targets.targets:
            self._take_formats(read, value.atoms())
        else:
            self._take_text(read, value)

    def _take_formats(self, read: _Read, offered: tuple[int, ...]) -> None:
        if self._targets.secret(offered):
            self._finish(read, Copied(problem=ReadProblem.SECRET))
        elif read.watching and self._targets.own(offered):
            self._drop(read)
        elif read.plain_only and not self._targets.only_plain(offered):
            self._finish(read, Copied(problem=ReadProblem.NO_TEXT))
        else:
            read.candidates = [target for target in self._targets.texts if target in offered]
            self._next_candidate(read)

    def _refused(self, read: _Read) -> None:
        if (
            read.target == self._targets.targets
        ):  # an owner too simple to tell its formats, so it marks no secrets either
            read.candidates = list(self._targets.texts)
        self._next_candidate(read)

    def _next_candidate(self, read: _Read) -> None:
        if read.candidates:
            self._convert(read, read.candidates.pop(0))
        else:
            self._finish(read, Copied(problem=ReadProblem.NO_TEXT))

    def _take_text(self, read: _Read, value: events.PropertyValue) -> None:
        text = self._targets.decode(value)
        if text is None:
            self._next_candidate(read)
        elif text:
            self._finish(read, Copied(text=text))
        else:
            self._finish(read, Copied(problem=ReadProblem.EMPTY))
