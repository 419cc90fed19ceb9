"""What other starts and the command line ask of the running program: requests in, answers out, as JSON lines."""

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Signal

from ringbridge import __version__
from ringbridge.core import exit_codes
from ringbridge.core.calls import CallOutcome, Origin, Outcome
from ringbridge.core.dialing.guard_settings import GuardSettings
from ringbridge.core.dialing.guards import refused_code
from ringbridge.core.errors import InputError
from ringbridge.desktop.ports import Buffer, ClipboardBackend, Copied, ReadProblem
from ringbridge.desktop.selected_text import SelectedText
from ringbridge.services.instance_client import PROTOCOL_VERSION
from ringbridge.ui.calling import Caller, Judged, OutcomeHandler, Wish
from ringbridge.ui.gate_outcome import gate_outcome
from ringbridge.ui.reading import Reader, Reading
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import (
    error_sentence,
    gate_sentence,
    hang_up_sentence,
    outcome_sentence,
    read_problem_sentence,
)

if TYPE_CHECKING:
    from ringbridge.ui.hotkey_binding import HotkeyReport

_log = logging.getLogger(__name__)

Answer = Callable[[Mapping[str, object]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _DialOrder:
    """A `dial` request as it came in."""

    target: str
    source: str
    line: str
    caller_id: str
    wait_s: int | None
    options: Mapping[str, object]
    said_yes: bool


class Remote(QObject):
    """Answers requests of other processes of the same user. GUI thread; every answer may come later.

    Signals:
        call_dialog_wanted: “Call number…” was asked for; what lets its window take the focus, or empty.
        started_again: Somebody started Ringbridge a second time; likewise.
        link_opened: A `Reading` came by a link, and likewise; a person is to be asked.
        copy_refused: A command was to call what is copied or selected (`Copied`), and it can't: why (`InputError`, or
            None where the text could not be read). A desktop's key runs such commands, and nobody sees their words.
        settings_changed: Another process changed the settings file.
        launched: The desktop shows that it starts a program, until it is told that this is over: by what id.
    """

    call_dialog_wanted = Signal(str)
    started_again = Signal(str)
    link_opened = Signal(object, str)
    copy_refused = Signal(object, object)
    settings_changed = Signal()
    launched = Signal(str)

    def __init__(
        self,
        *,
        caller: Caller,
        reader: Reader,
        clipboard: ClipboardBackend,
        selection: SelectedText,
        redial: Callable[[OutcomeHandler], None],
        hotkeys: "Callable[[], HotkeyReport]",
        profile: str,
        demo: bool,
    ) -> None:
        super().__init__()
        self._caller = caller
        self._reader = reader
        self._clipboard = clipboard
        self._selection = selection
        self._redial_latest = redial
        self._hotkeys = hotkeys
        self._profile = profile
        self._demo = demo
        self._handlers: dict[str, Callable[[Mapping[str, Any], Answer], None]] = {
            "dial": self._dial,
            "link": self._link,
            "hangup": self._hang_up,
            "redial": self._redial,
            "hotkeys": self._tell_hotkeys,
            "call_dialog": self._call_dialog,
            "settings_changed": self._settings_changed,
            "ping": self._ping,
        }

    def handle(self, line: bytes, send: Callable[[bytes], None]) -> None:
        """Take one request line; `send` gets the answer line, once."""

        def answer(fields: Mapping[str, object]) -> None:
            send(json.dumps({"v": PROTOCOL_VERSION, **fields}).encode())

        try:
            request: Any = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        if not isinstance(request, dict):
            answer({"error": "malformed"})
            return
        fields = cast("dict[str, Any]", request)
        handler = self._handlers.get(str(fields.get("command")))
        if fields.get("v") != PROTOCOL_VERSION or handler is None:
            answer({"error": "unsupported"})
            return
        handler(fields, answer)
        if launch := _text_of(fields, "token"):
            self.launched.emit(launch)

    def _ping(self, _request: Mapping[str, Any], answer: Answer) -> None:
        answer({"ok": True, "pid": os.getpid(), "version": __version__, "profile": self._profile, "demo": self._demo})

    def _call_dialog(self, request: Mapping[str, Any], answer: Answer) -> None:
        answer({"ok": True})
        wanted = self.started_again if request.get("started_again") is True else self.call_dialog_wanted
        wanted.emit(_text_of(request, "token"))

    def _settings_changed(self, _request: Mapping[str, Any], answer: Answer) -> None:
        answer({"ok": True})
        self.settings_changed.emit()

    def _hang_up(self, _request: Mapping[str, Any], answer: Answer) -> None:
        self._caller.hang_up(lambda outcome: answer(_fields_of(outcome, hang_up_sentence(outcome))))

    def _redial(self, _request: Mapping[str, Any], answer: Answer) -> None:
        self._redial_latest(lambda outcome: answer(_fields_of(outcome, outcome_sentence(outcome))))

    def _tell_hotkeys(self, _request: Mapping[str, Any], answer: Answer) -> None:
        report = self._hotkeys()
        rows = [
            {
                "action": str(action),
                "condition": str(state.condition),
                "keys": state.keys,
                "holder": state.holder,
                "reason": state.availability.reason,
                "remedy": state.availability.remedy,
            }
            for action, state in report.states.items()
        ]
        answer({"ok": True, "mechanism": report.mechanism, "hotkeys": rows})

    def _link(self, request: Mapping[str, Any], answer: Answer) -> None:
        def read(reading: Reading) -> None:
            reason = refused_code(reading.target, Origin.LINK, GuardSettings())
            reason = "locked" if self._caller.screen_locked else reason
            if reason:
                answer({"ok": False, "message": gate_sentence(reason), "exit_code": exit_codes.BLOCKED})
                return
            answer({"ok": True})
            self.link_opened.emit(reading, _text_of(request, "token"))

        def refused(error: InputError) -> None:
            answer({"ok": False, "message": error_sentence(error), "exit_code": _exit_code_of(error)})

        self._reader.read(_text_of(request, "uri"), read, refused)

    def _dial(self, request: Mapping[str, Any], answer: Answer) -> None:
        wait = request.get("wait")
        order = _DialOrder(
            target=_text_of(request, "target"),
            source=_text_of(request, "source") or "argument",
            line=_text_of(request, "line"),
            caller_id=_text_of(request, "caller_id"),
            wait_s=wait if isinstance(wait, int) and not isinstance(wait, bool) else None,
            options=_table_of(request, "options"),
            said_yes=request.get("yes") is True,
        )
        if order.source == "argument":
            self._dial_text(order, order.target, Origin.COMMAND_LINE, answer)
        elif order.target and order.source == "clipboard":  # the command read it, where we can't
            self._dial_text(order, order.target, Origin.CLIPBOARD, answer)
        else:
            buffer = Buffer.SELECTION if order.source == "selection" else Buffer.CLIPBOARD
            dial = partial(self._dial_copied, order, buffer, answer)
            if buffer is Buffer.SELECTION:
                self._selection.read(dial)
            else:
                self._clipboard.read(buffer, dial)

    def _dial_copied(self, order: _DialOrder, buffer: Buffer, answer: Answer, copied: Copied) -> None:
        if copied.problem is not None or not copied.text.strip():
            problem = copied.problem or ReadProblem.EMPTY
            self.copy_refused.emit(Copied(problem=problem), None)
            answer(_blocked(f"read_{problem}", read_problem_sentence(problem)))
            return
        origin = Origin.SELECTION if buffer is Buffer.SELECTION else Origin.CLIPBOARD
        self._dial_text(order, copied.text, origin, answer)

    def _dial_text(self, order: _DialOrder, text: str, origin: Origin, answer: Answer) -> None:
        def read(reading: Reading) -> None:
            wish = Wish(
                target=reading.target,
                destination=reading.destination,
                origin=origin,
                said_yes=order.said_yes,
                line=order.line,
                caller_id=order.caller_id,
                wait_s=order.wait_s,
                options=order.options,
            )
            who, extension = reading.destination.display, reading.destination.extension

            def unconfirmed(judged: Judged) -> None:
                outcome = gate_outcome(judged.findings, dialed=judged.destination.dialed)
                question = f"{outcome.detail} {fill(tr('Call {number}?'), number=judged.destination.display)}"
                answer({**_fields_of(outcome, outcome_sentence(outcome)), "question": question})

            # a person at a terminal is asked there; a key of the desktop's has none, so the card asks
            asked = unconfirmed if origin is Origin.COMMAND_LINE else None
            self._caller.want(
                wish,
                lambda outcome: answer(_fields_of(outcome, outcome_sentence(outcome, who, extension))),
                asked,
            )

        def refused(error: InputError) -> None:
            code = _exit_code_of(error)
            if origin is not Origin.COMMAND_LINE:
                code = exit_codes.BLOCKED  # what was copied is no usage error
                self.copy_refused.emit(Copied(text=text), error)
            answer(_blocked(f"input_{error.problem}", error_sentence(error), exit_code=code))

        self._reader.read(text, read, refused, typed=origin is Origin.COMMAND_LINE)


def _text_of(request: Mapping[str, Any], key: str) -> str:
    value = request.get(key)
    return value if isinstance(value, str) else ""


def _table_of(request: Mapping[str, Any], key: str) -> Mapping[str, object]:
    value = request.get(key)
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _exit_code_of(error: InputError) -> int:
    return exit_codes.BLOCKED if error.problem == "code_in_link" else exit_codes.USAGE


def _blocked(problem: str, sentence: str, *, exit_code: int = exit_codes.BLOCKED) -> dict[str, object]:
    outcome = CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem=problem)
    return {**_fields_of(outcome, sentence), "exit_code": exit_code}


def _fields_of(outcome: CallOutcome, sentence: str) -> dict[str, object]:
    return {
        "outcome": str(outcome.outcome),
        "code": outcome.code,
        "key": outcome.key,
        "message": sentence,
        "server": outcome.server,
        "callid": outcome.callid,
        "dialed": outcome.dialed,
        "request_id": outcome.request_id,
        "problem": outcome.problem,
        "exit_code": exit_codes.of_outcome(outcome.outcome),
    }
