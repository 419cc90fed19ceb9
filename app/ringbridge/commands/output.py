"""Printing: results to stdout, everything else to stderr, and never a control character of somebody else's."""

import sys

from ringbridge.core import exit_codes

TYPE_CHECKING = False  # as in `ringbridge.cli`: `typing` is not for the quick commands
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from ringbridge.core.calls import CallOutcome
    from ringbridge.services.instance_client import CallAnswer

_REPLACEMENT = "\ufffd"
_SHOWN_LENGTH = 80


class OutputLost(Exception):
    """What was to be printed could not be written: a full disk, say."""


def say(text: str) -> None:
    """Print a result, one or more lines, to stdout.

    Raises:
        OutputLost: It could not be written.
    """
    _write(sys.stdout, text)


def complain(text: str) -> None:
    """Print what went wrong, one or more lines, to stderr."""
    try:
        _write(sys.stderr, text)
    except OutputLost:
        return  # nobody is left to tell


def say_json(value: object) -> None:
    """Print one JSON value on one line, in ASCII, so that every terminal and every program can read it.

    Raises:
        OutputLost: It could not be written.
    """
    import json

    say(json.dumps(value))


def printable(text: str) -> str:
    """The text with control characters, line ends and lone surrogates made visible and harmless."""
    if text.isprintable():
        return text
    from unicodedata import category

    return "".join(
        _REPLACEMENT if category(character) in {"Cc", "Cs", "Zl", "Zp"} else character for character in text
    )


def shown(text: str) -> str:
    """An argument as it may stand in a sentence: printable and short."""
    short = text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"
    return printable(short)


def call_fields(
    outcome: str,
    message: str,
    *,
    code: int | None = None,
    server: str = "",
    callid: str = "",
    dialed: str = "",
    request_id: str = "",
) -> "Mapping[str, object]":
    """The one object that `--json` prints for a call."""
    return {
        "outcome": outcome,
        "code": code,
        "message": message,
        "server": server,
        "callid": callid,
        "dialed": dialed,
        "request_id": request_id,
    }


def report_answer(answer: "CallAnswer", *, as_json: bool) -> int:
    """Print what the running program answered; returns the exit code."""
    fields = call_fields(
        answer.outcome,
        answer.message,
        code=answer.code,
        server=answer.server,
        callid=answer.callid,
        dialed=answer.dialed,
        request_id=answer.request_id,
    )
    return report(fields, answer.exit_code, as_json=as_json)


def report_outcome(outcome: "CallOutcome", message: str, *, as_json: bool, exit_code: int | None = None) -> int:
    """Print how a call ended; returns the exit code."""
    fields = call_fields(
        str(outcome.outcome),
        message,
        code=outcome.code,
        server=outcome.server,
        callid=outcome.callid,
        dialed=outcome.dialed,
        request_id=outcome.request_id,
    )
    code = exit_codes.of_outcome(str(outcome.outcome)) if exit_code is None else exit_code
    return report(fields, code, as_json=as_json)


def report(fields: "Mapping[str, object]", exit_code: int, *, as_json: bool) -> int:
    """Print a call's object or its sentence; returns the exit code.

    The exit code tells of the call, so it stays the same where the output can't be written.
    """
    try:
        if as_json:
            say_json(fields)
        elif exit_code == exit_codes.DONE:
            say(printable(str(fields["message"])))
        else:
            complain(printable(str(fields["message"])))
    except OutputLost as error:
        complain(f"ringbridge: the result could not be printed: {error}")
    return exit_code


def uninterrupted(work: "Callable[[], int]") -> int:
    """Run `work` deaf to Ctrl-C: it tells of a request that may have left, and exit code 130 would deny it."""
    import signal

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return work()
    finally:
        signal.signal(signal.SIGINT, before)


def _write(stream: "TextIO | None", text: str) -> None:
    if stream is None:  # a program without a console
        return
    try:
        try:
            stream.write(text + "\n")
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()
    except BrokenPipeError:
        _send_to_nowhere(stream)
    except OSError as error:
        _send_to_nowhere(stream)
        raise OutputLost(error.strerror or str(error)) from error


def _send_to_nowhere(stream: "TextIO") -> None:
    """Nobody reads on (`| head -1`): what is left in the buffer must not raise again at exit."""
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
