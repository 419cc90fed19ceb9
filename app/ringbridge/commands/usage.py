"""Reading a command line without `argparse`, which costs a quarter of the time a call may take to hand over.

`argparse` (`ringbridge.commands.arguments`) is the authority: it explains errors and prints help. What is read here
is only what both read alike; `tests/commands/test_usage.py` compares the two.
"""

TYPE_CHECKING = False  # as in `ringbridge.cli`: `typing` is not for the quick commands
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

_DIALABLE = frozenset("0123456789*#+")
_MAX_DIALABLE = 64
_MAX_WAIT_S = 60  # the range of `account.wait_s` in core/settings.py
_MAX_ROWS = 100_000
_MAX_PORT = 65535
_MAX_ID = 2**31 - 1  # the range of `options.record_group` in core/settings.py


class UsageError(Exception):
    """The command line can't be used. The sentence is printable.

    Attributes:
        usage: How the command is written, or empty.
    """

    def __init__(self, sentence: str, usage: str = "") -> None:
        super().__init__(sentence)
        self.usage = usage


class Options:
    """The options of one command by name, as `argparse.Options` holds them."""

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # noqa: ANN401 - as in argparse

        def __setattr__(self, name: str, value: object) -> None: ...


def quick_options(
    arguments: "Sequence[str]",
    *,
    flags: "Sequence[str]",
    values: "Mapping[str, Callable[[str], object]]",
    positional: str = "",
) -> Options | None:
    """Read a plain command line.

    Args:
        arguments: As typed.
        flags: Options without a value, such as ``--json``.
        values: Options with a value, and the check of it, which raises ValueError.
        positional: The name of the one argument that is no option, or empty where there is none.

    Returns:
        Each option under its name (``--caller-id``: ``caller_id``): False or None where it was not given. None where
        there is anything unusual.
    """
    read: dict[str, object] = {_name(option): False for option in flags}
    read |= {_name(option): None for option in values}
    if positional:
        read[positional] = None
    rest = iter(arguments)
    for argument in rest:
        option, has_value, value = argument.partition("=")
        if argument in flags:
            read[_name(argument)] = True
        elif option in values:
            value = value if has_value else next(rest, "-")
            if value.startswith("-") and not has_value:
                return None
            try:
                read[_name(option)] = values[option](value)
            except ValueError:
                return None
        elif positional and read[positional] is None and (not argument.startswith("-") or _is_value(argument)):
            read[positional] = argument
        else:
            return None
    return Options(**read)


def values_last(arguments: "Sequence[str]") -> list[str]:
    """Move what starts with a minus sign and is no option behind a ``--``: `-5551234` and `-1` are values.

    Args:
        arguments: As typed. What stands behind a ``--`` stays there.
    """
    before: list[str] = []
    values: list[str] = []
    for position, argument in enumerate(arguments):
        if argument == "--":
            values.extend(arguments[position + 1 :])
            break
        (values if _is_value(argument) else before).append(argument)
    return [*before, "--", *values] if values else before


def wants_json(arguments: "Sequence[str]") -> bool:
    """Whether `--json` is among the options, also where the rest can't be parsed."""
    options = list(arguments)
    if "--" in options:
        options = options[: options.index("--")]
    return "--json" in options


def seconds_to_wait(text: str) -> int:
    """Check `--wait`."""
    return _whole(text, 0, _MAX_WAIT_S)


def number_of(text: str) -> int:
    """Check `--record-group` and `--customer`."""
    return _whole(text, 0, _MAX_ID)


def rows(text: str) -> int:
    """Check `--limit`."""
    return _whole(text, 1, _MAX_ROWS)


def port(text: str) -> int:
    """Check `--port`; 0 = any free one."""
    return _whole(text, 0, _MAX_PORT)


def dialable(text: str) -> str:
    """Check `--line` and `--caller-id`: digits, ``*``, ``#`` and ``+``; spaces are dropped."""
    compact = "".join(text.split())
    if not compact or not _DIALABLE.issuperset(compact) or len(compact) > _MAX_DIALABLE:
        raise ValueError("only digits, *, # and + are allowed")
    return compact


def region(text: str) -> str:
    """Check `--region`: two letters."""
    if not (len(text) == len("US") and text.isascii() and text.isalpha()):
        raise ValueError("two letters such as US or IL are wanted")
    return text.upper()


def call_options(options: Options) -> "dict[str, object]":
    """The options of this one call that differ from the settings, by their names in `CallOptions`."""
    given: dict[str, object] = {"auto_answer": True} if options.auto_answer else {}
    named = {"record_group": options.record_group, "card": options.card, "customer": options.customer}
    return given | {name: value for name, value in named.items() if value is not None}


def source_of(options: Options) -> str:
    """Where the target of `dial` is: ``argument``, ``clipboard`` or ``selection``."""
    if options.clipboard:
        return "clipboard"
    return "selection" if options.selection else "argument"


def _whole(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(high)) or not low <= int(text) <= high:
        raise ValueError(f"a whole number from {low} to {high} is wanted")
    return int(text)


def _is_value(argument: str) -> bool:
    """Whether it starts with a minus sign and is no option: a number somebody wrote so."""
    return argument[:1] == "-" and argument[1:2] != "-" and not argument[1:2].isalpha()


def _name(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")
