"""Asks the running program: one JSON object a line over its local socket, one request a connection.

The command line comes through here on its way to every call, so nothing heavy is imported: the values are small
classes of their own, because `dataclasses` alone would cost as much time as the whole request.
"""

import json
import os
import sys
import time

TYPE_CHECKING = False  # `typing` costs as much as the request
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Protocol

    class _Connection(Protocol):
        """One connection to the running program."""

        def send_line(self, line: bytes) -> None:
            """Hand a line over, whole."""
            ...

        def receive(self, timeout_s: float) -> bytes:
            """Some bytes, or none at the end. Raises OSError, of it TimeoutError."""
            ...

        def close(self) -> None:
            """Let go."""
            ...


PROTOCOL_VERSION = 1

MAX_LINE = 64 * 1024
"""Bytes a request or an answer may have, without its line end."""

QUICK_DEADLINE_S = 5.0
"""For requests that the running program answers out of its own head."""

_EXIT_CODES = range(9)
_MAX_TOKEN = 1000


class NoProgram(Exception):
    """Nobody listens, so nothing was handed over: the caller may go on alone."""


class ProgramLost(Exception):
    """The request was handed over and no answer came: what became of it is unknown."""


class OtherVersion(Exception):
    """The running program does not know this request, and did nothing."""


class CallAnswer:
    """What became of a wish to call or to hang up, in the running program's words.

    Attributes:
        outcome: The value of a `ringbridge.core.calls.Outcome`.
        code: The PBX's code, or None.
        message: A sentence for people.
        server: The PBX's server, or empty.
        callid: The PBX's call identifier, or empty.
        dialed: The dial string, or empty.
        request_id: Of the request, or empty.
        problem: As in `ringbridge.core.calls.CallOutcome`.
        question: What a person has to say yes to before the call is placed, or empty: then nothing was dialed, and
            the same request with a yes may follow.
        exit_code: What the command line ends with, 0 to 8.
    """

    __slots__ = (
        "callid", "code", "dialed", "exit_code", "message", "outcome", "problem", "question", "request_id", "server"
    )  # fmt: skip

    def __init__(self, fields: "Mapping[str, Any]") -> None:
        """Read the fields of an answer line.

        Raises:
            ProgramLost: They are not those of a call's answer.
        """
        self.outcome = _text(fields, "outcome")
        self.message = _text(fields, "message")
        self.server = _text(fields, "server")
        self.callid = _text(fields, "callid")
        self.dialed = _text(fields, "dialed")
        self.request_id = _text(fields, "request_id")
        self.problem = _text(fields, "problem")
        self.question = _text(fields, "question") if self.problem == "unconfirmed" else ""
        self.code = _whole(fields, "code")
        exit_code = _whole(fields, "exit_code")
        if not self.outcome or exit_code is None or exit_code not in _EXIT_CODES:
            raise ProgramLost("an answer without outcome or exit code")
        self.exit_code: int = exit_code


class LinkAnswer:
    """Whether the running program took a link.

    Attributes:
        taken: It asks the person now.
        message: A sentence for people where it was not taken, or empty.
        exit_code: What the command line ends with: 0 when taken.
    """

    __slots__ = ("exit_code", "message", "taken")

    def __init__(self, fields: "Mapping[str, Any]") -> None:
        self.taken = fields.get("ok") is True
        self.message = "" if self.taken else _text(fields, "message")
        exit_code = _whole(fields, "exit_code")
        if not self.taken and (exit_code not in _EXIT_CODES or exit_code == 0):
            raise ProgramLost("an answer without a reason")
        self.exit_code: int = 0 if self.taken or exit_code is None else exit_code


class HotkeyAnswer:
    """How the running program's hotkeys stand.

    Attributes:
        mechanism: What takes them, such as ``x11`` or ``portal``; empty where nothing does.
        rows: For each action that has a key combination: ``action``, ``condition``, ``keys``, ``holder``, ``reason``
            and ``remedy``, all texts as in `ringbridge.desktop.ports`.
    """

    __slots__ = ("mechanism", "rows")

    def __init__(self, fields: "Mapping[str, Any]") -> None:
        self.mechanism = _text(fields, "mechanism")
        rows: Any = fields.get("hotkeys")
        names = ("action", "condition", "keys", "holder", "reason", "remedy")
        self.rows: list[dict[str, str]] = [
            {name: _text(row, name) for name in names}  # pyright: ignore[reportUnknownArgumentType] - JSON
            for row in (rows if isinstance(rows, list) else [])  # pyright: ignore[reportUnknownVariableType] - JSON
            if isinstance(row, dict)
        ]


class RunningProgram:
    """Who listens.

    Attributes:
        pid: Its process.
        version: Its version.
        demo: It calls the training PBX only.
    """

    __slots__ = ("demo", "pid", "version")

    def __init__(self, fields: "Mapping[str, Any]") -> None:
        self.pid = _whole(fields, "pid") or 0
        self.version = _text(fields, "version")
        self.demo = fields.get("demo") is True


def dial(
    path: str,
    *,
    target: str,
    source: str,
    line: str | None,
    caller_id: str | None,
    wait: int | None,
    options: "Mapping[str, object] | None" = None,
    said_yes: bool,
    patience_s: "Callable[[], float]",
) -> CallAnswer:
    """Ask the running program for one call. Never sends twice, whatever happens.

    Args:
        path: Its socket.
        target: What to dial as a person wrote it, or what is on the clipboard; empty where the program reads the
            clipboard or the selection.
        source: ``argument``, ``clipboard`` or ``selection``.
        line: The own line or number for this call, or None.
        caller_id: What the other party sees, or None.
        wait: Seconds the PBX may wait, or None.
        options: Fields of `ringbridge.core.call_options.CallOptions` in which this call differs from the settings.
        said_yes: A person said yes to exactly this target.
        patience_s: Asked only when no answer came at once: seconds to wait in all.

    Raises:
        NoProgram: Nothing was handed over.
        ProgramLost: It was, and no answer came.
        OtherVersion: The program does not know the request.
    """
    request = {
        "command": "dial",
        "target": target,
        "source": source,
        "line": line,
        "caller_id": caller_id,
        "wait": wait,
        "options": options or {},
        "yes": said_yes,
        "explain": False,
    }
    return CallAnswer(_ask(path, request, patience_s))


def hang_up(path: str, *, patience_s: "Callable[[], float]") -> CallAnswer:
    """Ask the running program to end the latest call.

    Raises:
        NoProgram: Nothing was handed over.
        ProgramLost: It was, and no answer came.
        OtherVersion: The program does not know the request.
    """
    return CallAnswer(_ask(path, {"command": "hangup"}, patience_s))


def redial(path: str, *, patience_s: "Callable[[], float]") -> CallAnswer:
    """Ask the running program to make the latest call again. Never sends twice, whatever happens.

    Raises:
        NoProgram: Nothing was handed over.
        ProgramLost: It was, and no answer came.
        OtherVersion: The program does not know the request.
    """
    return CallAnswer(_ask(path, {"command": "redial"}, patience_s))


def hotkeys(path: str) -> "HotkeyAnswer":
    """Ask the running program how its hotkeys stand.

    Raises:
        NoProgram: Nobody listens.
        ProgramLost: It did not answer.
        OtherVersion: It does not know the request.
    """
    return HotkeyAnswer(_ask_quickly(path, {"command": "hotkeys"}))


def open_call_dialog(path: str, *, token: str = "", started_again: bool = False) -> None:
    """Ask the running program to show "Call number…".

    Args:
        path: Its socket.
        token: What lets its window take the focus (`activation_token`), or empty.
        started_again: Nobody asked for that dialog: where no tray shows the icon, show the window that stands in.

    Raises:
        NoProgram: Nobody listens.
        ProgramLost: It did not answer.
        OtherVersion: It does not know the request.
    """
    wish: dict[str, object] = {"started_again": True} if started_again else {}
    _ask_quickly(path, {"command": "call_dialog"} | wish | _with_token(token))


def open_link(path: str, uri: str, *, token: str = "") -> LinkAnswer:
    """Hand a link to the running program, which asks the person.

    Args:
        path: Its socket.
        uri: The link.
        token: What lets its window take the focus (`activation_token`), or empty.

    Raises:
        NoProgram: Nobody listens.
        ProgramLost: It did not answer.
        OtherVersion: It does not know the request.
    """
    return LinkAnswer(_ask_quickly(path, {"command": "link", "uri": uri} | _with_token(token)))


def activation_token() -> str:
    """What lets our window take the focus, as the program that started this one got it from the desktop; or empty.

    Wayland's is ``XDG_ACTIVATION_TOKEN`` (protocol xdg-activation-v1), X11's ``DESKTOP_STARTUP_ID`` (Startup
    Notification Specification); launchers set both to the same where they know both.
    """
    token = os.environ.get("XDG_ACTIVATION_TOKEN", "") or os.environ.get("DESKTOP_STARTUP_ID", "")
    return token if len(token) <= _MAX_TOKEN and token.isprintable() else ""


def tell_settings_changed(path: str) -> None:
    """Tell the running program, if there is one, to read its settings again.

    Raises:
        ProgramLost: There is one, and it did not answer.
        OtherVersion: It does not know the request.
    """
    try:
        _ask_quickly(path, {"command": "settings_changed"})
    except NoProgram:
        return


def ping(path: str) -> RunningProgram:
    """Ask who listens.

    Raises:
        NoProgram: Nobody.
        ProgramLost: Somebody who does not answer.
        OtherVersion: Somebody who does not know the request.
    """
    return RunningProgram(_ask_quickly(path, {"command": "ping"}))


def _with_token(token: str) -> "dict[str, str]":
    return {"token": token} if token else {}


def _ask_quickly(path: str, request: "Mapping[str, object]") -> "dict[str, Any]":
    return _ask(path, request, lambda: QUICK_DEADLINE_S)


def _ask(path: str, request: "Mapping[str, object]", patience_s: "Callable[[], float]") -> "dict[str, Any]":
    """Send one request and wait for its answer line.

    Raises:
        NoProgram: Nothing was handed over.
        ProgramLost: It was, and no answer came in time.
        OtherVersion: The program does not know the request.
    """
    line = json.dumps({"v": PROTOCOL_VERSION, **request}).encode()
    if len(line) > MAX_LINE:
        raise ValueError("the request is longer than a line may be")
    started = time.monotonic()
    connection = _connect(path)
    try:
        try:
            connection.send_line(line + b"\n")
        except OSError as error:
            # the line end goes last, so a line that could not be written whole was never a request
            raise NoProgram(str(error)) from error
        answer = _read_line(connection, started, patience_s)
    except KeyboardInterrupt:  # in the middle of handing over, or later: it may have been taken
        raise ProgramLost("interrupted") from None
    finally:
        connection.close()
    return _fields_of(answer)


def _read_line(connection: "_Connection", started: float, patience_s: "Callable[[], float]") -> bytes:
    """The answer line; how long to wait in all is asked only when it does not come at once."""
    received = bytearray()
    deadline, asked = started + QUICK_DEADLINE_S, False
    while b"\n" not in received:
        try:
            data = connection.receive(max(deadline - time.monotonic(), 0.001))
        except TimeoutError:
            if asked:
                raise ProgramLost("no answer in time") from None
            deadline, asked = started + max(patience_s(), QUICK_DEADLINE_S), True
            continue
        except OSError as error:
            raise ProgramLost(str(error)) from error
        if not data:
            raise ProgramLost("closed without an answer")
        received += data
        if len(received) > MAX_LINE:
            raise ProgramLost("the answer is longer than a line may be")
    return bytes(received).partition(b"\n")[0]


def _fields_of(line: bytes) -> "dict[str, Any]":
    try:
        fields: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProgramLost("the answer is no JSON") from error
    if not isinstance(fields, dict):
        raise ProgramLost("the answer is no JSON object")
    if "error" in fields or fields.get("v") != PROTOCOL_VERSION:  # pyright: ignore[reportUnknownMemberType] - JSON
        raise OtherVersion
    return fields  # pyright: ignore[reportUnknownVariableType] - JSON; each field is checked where it is read


def _text(fields: "Mapping[str, Any]", key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _whole(fields: "Mapping[str, Any]", key: str) -> int | None:
    value = fields.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _connect(path: str) -> "_Connection":
    """Connect, and make sure that the one who listens is the same user."""
    try:
        if sys.platform == "win32":
            from ringbridge.core.pipe_name import pipe_name
            from ringbridge.services.instance_pipe import PipeConnection

            return PipeConnection(pipe_name(path))
        else:  # noqa: RET505 - so that a type checker sees which of them there is
            from ringbridge.services.instance_socket import SocketConnection

            return SocketConnection(path)
    except OSError as error:
        raise NoProgram(str(error)) from error
