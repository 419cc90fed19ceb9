"""`ringbridge detect`: finds phone numbers in text on stdin, for scripts and for measuring."""

import sys
from importlib import import_module

from ringbridge.commands import quick_start
from ringbridge.commands.output import complain, say
from ringbridge.commands.usage import Options, UsageError, quick_options, region
from ringbridge.core import exit_codes
from ringbridge.late_phonenumbers import defer_phonenumbers

TYPE_CHECKING = False  # as in `ringbridge.cli`: `typing` is not for the quick commands
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, BinaryIO

    from ringbridge.core.detection import Candidate

_MODES = ("passive", "explicit")


class _BadLine(Exception):
    """A line of the input is not what it should be."""


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: The profile can't be used.
        OutputLost: stdout can't be written.
    """
    quick_start.pause_collector()
    options = _read_options(arguments)
    if options.profile is None:
        options.profile = profile
    defer_phonenumbers()
    import_module("ringbridge.core.detection")  # here, where no garbage is looked for
    quick_start.resume_collector()
    code = _answer_lines(options) if options.jsonl else _answer_text(options)
    quick_start.resume_collector()  # what the numbering plans loaded meanwhile need not be searched at exit
    return code


def _read_options(arguments: list[str]) -> Options:
    values = {"--region": region, "--mode": _mode, "--profile": str}
    options = quick_options(arguments, flags=("--jsonl",), values=values)
    if options is None:
        return _explained_options(arguments)
    options.mode = options.mode or _MODES[0]
    return options


def _explained_options(arguments: list[str]) -> Options:
    from ringbridge.commands.arguments import Parser, checked

    parser = Parser(
        "detect",
        "Find the phone numbers in the text on stdin; print one a line: E.164, and ;ext=… for an extension.",
        "A text of more than 4096 characters is listed whole, in the time of reading it.\n"
        "With --jsonl each line of stdin is an object {id, text, region} (mode may stand in it too), and each gets\n"
        "a line: {id, numbers: [{e164, ext, start, end}]}, offsets in code points. In explicit mode it is\n"
        "{id, dial}: the one string to dial without asking, or null, with numbers beside it to choose from. A line\n"
        "that can't be read gets {id, error}, and the exit code is 2.\n",
    )
    parser.add_argument(
        "--region", type=checked(region), metavar="CC", help="where numbers without + belong, such as US or IL"
    )
    parser.add_argument(
        "--mode",
        type=checked(_mode),
        default=_MODES[0],
        metavar="passive|explicit",
        help="passive: text that was merely copied; explicit: text that a person asked to dial",
    )
    parser.add_argument("--jsonl", action="store_true", help="read and print JSON lines")
    return parser.read(arguments)


def _mode(text: str) -> str:
    if text not in _MODES:
        raise ValueError("passive or explicit is wanted")
    return text


def _own_region(options: Options) -> str:
    """The region for texts that name none; looked up once, when one comes, because reading settings takes time."""
    if options.region is None:
        from ringbridge.commands.surroundings import look_around

        options.region = look_around(options.profile).region
    return options.region


def _answer_text(options: Options) -> int:
    from ringbridge.core.detection import MAX_LENGTH, find_numbers

    text = _input().read().decode("utf-8-sig", "replace")
    is_long = len(text) > MAX_LENGTH
    own_region = _own_region(options)
    if options.mode == "explicit":
        from ringbridge.core.detection import read_explicit

        if is_long:
            complain(f"Only the first {MAX_LENGTH} characters were looked at.")
        dial = read_explicit(text, own_region).dial
        found = [] if dial is None else [dial]
    else:
        if is_long:
            from ringbridge.core.detection import list_numbers as look
        else:
            look = find_numbers
        found = [
            candidate.e164 + (f";ext={candidate.extension}" if candidate.extension else "")
            for candidate in look(text, own_region)
        ]
    if found:
        say("\n".join(found))
    return exit_codes.DONE


def _answer_lines(options: Options) -> int:
    import json  # here and below: text needs none

    code = exit_codes.DONE
    for line in _input():
        fields: Mapping[str, Any] = {}
        try:
            fields = _fields_of(line)
            answer = _answer(fields, options)
        except _BadLine as error:
            answer = {"id": fields.get("id"), "error": str(error)}
            code = exit_codes.USAGE
        say(json.dumps(answer))
    return code


def _input() -> "BinaryIO":
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - None where it was closed (`<&-`)
        raise UsageError("There is no standard input to read the text from.")
    return sys.stdin.buffer


def _fields_of(line: bytes) -> "Mapping[str, Any]":
    import json

    try:
        fields: object = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _BadLine("not a line of JSON in UTF-8") from None
    if not isinstance(fields, dict):
        raise _BadLine("not a JSON object")
    return fields  # pyright: ignore[reportUnknownVariableType] - JSON; each field is checked where it is used


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON (RFC 8259, section 6)


def _answer(fields: "Mapping[str, Any]", options: Options) -> "Mapping[str, object]":
    from ringbridge.core.detection import find_numbers, read_explicit

    text, own_region = fields.get("text"), fields.get("region") or _own_region(options)
    mode = fields.get("mode", options.mode)
    if not isinstance(text, str):
        raise _BadLine("text is missing or no string")
    if not isinstance(own_region, str):
        raise _BadLine("region is no string")
    if mode not in _MODES:
        raise _BadLine("mode is neither passive nor explicit")
    if mode == "passive":
        return {"id": fields.get("id"), "numbers": _numbers(find_numbers(text, own_region.upper()))}
    reading = read_explicit(text, own_region.upper())
    answer = {"id": fields.get("id"), "dial": reading.dial}
    if reading.dial is None:
        answer["numbers"] = _numbers(reading.candidates)
    return answer


def _numbers(candidates: "Sequence[Candidate]") -> list[dict[str, object]]:
    return [
        {"e164": item.e164, "ext": item.extension or None, "start": item.start, "end": item.end}
        for item in candidates
    ]
