"""The selected text by accessibility (AT-SPI), as a screen reader gets it.

Only programs that describe themselves already are asked: nothing is switched on, for that would slow down every
program of the session. GTK's programs describe themselves wherever the accessibility bus runs, Qt's and browsers only
where somebody uses a screen reader.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ringbridge.desktop.ports import Availability, Copied, ReadProblem, Way

if TYPE_CHECKING:
    from jeepney import DBusAddress

_log = logging.getLogger(__name__)

DEADLINE_S = 0.6
MAX_CHARACTERS = 64 * 1024
_MAX_VISITED = 4000
_MAX_LEVELS = 40
_AT_ONCE = 200

# places in the bits of GetState, and a role (AT-SPI 2, atspi-constants.h)
_ACTIVE, _FOCUSED, _SHOWING = 1, 12, 25
_PASSWORD_TEXT = 40
_OBJECT = "\ufffc"
"""Stands in a text for what is no text, such as a picture or a paragraph of its own."""

_Node = tuple[str, str]
"""A program's name on the bus, and the path of something in it."""


class Submit(Protocol):
    """Runs `work` off the GUI thread, and `done` or `failed` on it (a lane of `ringbridge.ui.tasks`)."""

    def __call__(
        self, work: Callable[[], Copied], done: Callable[[Copied], None], failed: Callable[[Exception], None]
    ) -> None:
        """Queue it."""
        ...


class SelectionAtspi:
    """A `SelectionSource`.

    Args:
        submit: Where the blocking conversation runs.
    """

    way = Way.ACCESSIBILITY

    def __init__(self, submit: Submit) -> None:
        self._submit = submit

    def availability(self) -> Availability:
        """Usable as far as one can tell without asking the bus; `read` finds out."""
        return Availability(usable=True)

    def read(self, done: Callable[[Copied], None]) -> None:
        """Ask the program with the focus; UNSUPPORTED without accessibility, or where it says nothing of itself."""

        def failed(error: Exception) -> None:
            _log.info("accessibility does not tell what is selected: %s", type(error).__name__)
            done(Copied(problem=ReadProblem.UNSUPPORTED))

        self._submit(focused_selection, done, failed)


def accessibility_runs(deadline_s: float = DEADLINE_S) -> bool:
    """Whether there is an accessibility bus to ask; waits, so never on the GUI thread, and starts nothing."""
    try:
        return bool(_address(time.monotonic() + deadline_s))
    except (_NotThere, _Late, OSError):
        return False


class _NotThere(Exception):
    """There is no accessibility bus, or nobody on it."""


class _Late(Exception):
    """The time is over."""


def focused_selection(deadline_s: float = DEADLINE_S) -> Copied:
    """What is selected in the field with the focus; waits for other programs, so never on the GUI thread.

    Args:
        deadline_s: For all of it.
    """
    give_up_at = time.monotonic() + deadline_s
    try:
        address = _address(give_up_at)
    except _NotThere:
        return Copied(problem=ReadProblem.UNSUPPORTED)
    except (_Late, OSError):
        return Copied(problem=ReadProblem.NO_ANSWER)
    try:
        bus = _Bus(address, give_up_at)
    except OSError:
        return Copied(problem=ReadProblem.UNSUPPORTED)
    try:
        focused = _focused(bus)
        return _selection_of(bus, focused) if focused is not None else Copied(problem=ReadProblem.UNSUPPORTED)
    except (_Late, OSError):
        return Copied(problem=ReadProblem.NO_ANSWER)
    finally:
        bus.close()


class _Bus:
    """Questions on one bus, many at a time, all of them until one moment."""

    def __init__(self, address: str, give_up_at: float) -> None:
        from jeepney.io.blocking import open_dbus_connection

        self._connection: Any = open_dbus_connection(address, auth_timeout=DEADLINE_S)
        self._give_up_at = give_up_at

    def close(self) -> None:
        self._connection.close()

    def ask(self, address: "DBusAddress", method: str, signature: str = "", *arguments: object) -> Any:  # noqa: ANN401 - what the bus gives
        """The first value of the answer; None when it is an error."""
        return next(iter(self.ask_all([(address, method, signature, arguments)])[0]), None)

    def ask_all(
        self, questions: "Sequence[tuple[DBusAddress, str, str, tuple[object, ...]]]"
    ) -> list[tuple[Any, ...]]:
        """The values of each answer, in the order of the questions; none for an error.

        Raises:
            _Late: The time is over.
        """
        answers: list[tuple[Any, ...]] = []
        for start in range(0, len(questions), _AT_ONCE):
            answers += self._ask_some(questions[start : start + _AT_ONCE])
        return answers

    def _ask_some(
        self, questions: "Sequence[tuple[DBusAddress, str, str, tuple[object, ...]]]"
    ) -> list[tuple[Any, ...]]:
        import jeepney

        library: Any = jeepney  # it has no types for what follows
        places: dict[int, int] = {}
        for place, (address, method, signature, arguments) in enumerate(questions):
            message = library.new_method_call(address, method, signature or None, arguments)
            message.header.flags |= library.MessageFlag.no_auto_start
            serial = next(self._connection.outgoing_serial)
            self._connection.send(message, serial=serial)
            places[serial] = place
        answers: list[tuple[Any, ...]] = [()] * len(questions)
        while places:
            try:
                reply = self._connection.receive(timeout=max(0.0, self._give_up_at - time.monotonic()))
            except TimeoutError:
                raise _Late from None
            place = places.pop(int(reply.header.fields.get(library.HeaderFields.reply_serial, 0)), None)
            if place is not None and reply.header.message_type is library.MessageType.method_return:
                answers[place] = tuple(reply.body)
        return answers


def _address(give_up_at: float) -> str:
    """Where the accessibility bus is; asks only who runs already."""
    from jeepney import DBusAddress

    bus = _Bus("SESSION", give_up_at)
    try:
        names = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        if not bus.ask(names, "NameHasOwner", "s", "org.a11y.Bus"):
            raise _NotThere
        address = bus.ask(DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus"), "GetAddress")
    finally:
        bus.close()
    if not address:
        raise _NotThere
    return str(address)


def _focused(bus: _Bus) -> _Node | None:
    """What has the focus in the active window: level by level, through what shows only."""
    programs = _children(bus, [("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")])
    level = _with_state(bus, _children(bus, programs))
    level = [(window, state) for window, state in level if state >> _ACTIVE & 1]
    visited = 0
    for _ in range(_MAX_LEVELS):
        focused = next((node for node, state in level if state >> _FOCUSED & 1), None)
        visited += len(level)
        if focused is not None or not level or visited > _MAX_VISITED:
            return focused
        level = _with_state(bus, _children(bus, [node for node, state in level if state >> _SHOWING & 1]))
    return None


def _selection_of(bus: _Bus, node: _Node) -> Copied:
    if bus.ask(_at(node, "Accessible"), "GetRole") == _PASSWORD_TEXT:
        return Copied(problem=ReadProblem.SECRET)
    text = _at(node, "Text")
    if not bus.ask(text, "GetNSelections"):
        return Copied(problem=ReadProblem.EMPTY)
    start, end = bus.ask_all([(text, "GetSelection", "i", (0,))])[0] or (0, 0)
    if end - start > MAX_CHARACTERS:
        return Copied(problem=ReadProblem.TOO_LONG)
    selected = str(bus.ask(text, "GetText", "ii", start, end) or "") if end > start else ""
    selected = selected.replace("\0", "").replace(_OBJECT, " ")
    return Copied(text=selected) if selected.strip() else Copied(problem=ReadProblem.EMPTY)


def _children(bus: _Bus, nodes: Iterable[_Node]) -> list[_Node]:
    answers = bus.ask_all([(_at(node, "Accessible"), "GetChildren", "", ()) for node in nodes])
    return [(str(name), str(path)) for answer in answers if answer for name, path in answer[0]]


def _with_state(bus: _Bus, nodes: Sequence[_Node]) -> list[tuple[_Node, int]]:
    answers = bus.ask_all([(_at(node, "Accessible"), "GetState", "", ()) for node in nodes])
    return [(node, int(answer[0][0])) for node, answer in zip(nodes, answers, strict=True) if answer]


def _at(node: _Node, interface: str) -> "DBusAddress":
    from jeepney import DBusAddress

    name, path = node
    return DBusAddress(path, bus_name=name, interface=f"org.a11y.atspi.{interface}")
