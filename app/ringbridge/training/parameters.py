"""Request parameters as the vendor's Perl reads them, and the tables that say what each function takes.

Query string and form body are merged, split at both ``;`` and ``&``; ``+`` is a space, ``%XX`` is UTF-8. What nobody
declared is ignored. The first mention of a name counts, the query string before the body.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from ringbridge.training.states import Level

MAX_WHOLE = 2_147_483_647


def split_parameters(raw: bytes) -> list[tuple[str, str]]:
    """Names and values of a query string or form body, in their order; parts without a name are left out."""
    pairs: list[tuple[str, str]] = []
    for part in re.split(rb"[;&]", raw):
        name, _, value = part.partition(b"=")
        if name:
            pairs.append((_decode(name), _decode(value)))
    return pairs


def merge_parameters(query: bytes, body: bytes) -> dict[str, str]:
    """All parameters of a request by name."""
    merged: dict[str, str] = {}
    for name, value in split_parameters(query) + split_parameters(body):
        merged.setdefault(name, value)
    return merged


def _decode(raw: bytes) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8", errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One parameter that can't be used.

    Attributes:
        key: Its name.
        message: Why, for people.
    """

    key: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What one parameter may be.

    Attributes:
        name: As in the request.
        required: It must be there and not empty.
        whole: It is a whole number.
        default: What holds when it is missing or empty; empty stands for 0 in a number.
        low: Smallest number.
        high: Largest number.
        choices: The only values, or empty: any.
        since: The level that brought it; ignored before.
    """

    name: str
    required: bool = False
    whole: bool = False
    default: str | int = ""
    low: int = 0
    high: int = MAX_WHOLE
    choices: tuple[str, ...] = ()
    since: Level = Level.SEED


class Values:
    """Checked values of one request, by parameter name."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str | int]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """A text parameter; empty when the level does not know it."""
        return str(self._values.get(name, ""))

    def whole(self, name: str) -> int:
        """A numeric parameter; 0 when the level does not know it."""
        return int(self._values.get(name, 0))


Check = Callable[[str, Values], str]


def read_values(
    table: tuple[Parameter, ...], raw: Mapping[str, str], level: Level, checks: Mapping[str, Check] | None = None
) -> tuple[Values, tuple[Problem, ...]]:
    """Check a request against the table of its function.

    Args:
        table: Decides the order in which problems are found.
        raw: All parameters of the request.
        level: Parameters that came later are ignored.
        checks: Further checks by parameter name: given the text and all values read so far, the complaint or empty.

    Returns:
        The values, and everything that is wrong, in the order of the table.
    """
    values: dict[str, str | int] = {}
    problems: list[Problem] = []
    for parameter in table:
        if not level.has(parameter.since):
            continue
        text = raw.get(parameter.name, "")
        values[parameter.name] = parameter.default or (0 if parameter.whole else "")
        complaint = ""
        if text == "":
            complaint = "A value is required" if parameter.required else ""
        elif parameter.whole:
            complaint = _whole_complaint(text, parameter)
            if not complaint:
                values[parameter.name] = int(text)
        elif parameter.choices and text not in parameter.choices:
            complaint = f"Must be one of: {', '.join(choice or '(empty)' for choice in parameter.choices)}"
        else:
            values[parameter.name] = text
        if not complaint and checks and parameter.name in checks:
            complaint = checks[parameter.name](text, Values(values))
        if complaint:
            problems.append(Problem(key=parameter.name, message=complaint))
    return Values(values), tuple(problems)


def _whole_complaint(text: str, parameter: Parameter) -> str:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        return "Must be a whole number"
    if not parameter.low <= int(text) <= parameter.high:
        return f"Must be from {parameter.low} to {parameter.high}"
    return ""
