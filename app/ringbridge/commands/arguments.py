"""The arguments of one command: `argparse`, with errors as values."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn, TypeVar

from ringbridge.commands.output import printable, say, shown
from ringbridge.commands.usage import Options, UsageError
from ringbridge.core import exit_codes

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

T = TypeVar("T")

_WIDTH = 100
_LONGEST_MESSAGE = 200


class Parser(argparse.ArgumentParser):
    """The parser of one command; knows `--profile`, which may also stand before the command."""

    def __init__(self, command: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=f"ringbridge {command}",
            description=description,
            epilog=f"{epilog}\n{exit_codes.HELP}" if epilog else exit_codes.HELP,
            formatter_class=_Formatter,
            allow_abbrev=False,
        )
        self.add_argument("--profile", metavar="NAME", help="settings, history and password of their own")

    def read(self, arguments: Sequence[str]) -> Options:
        """Read the arguments.

        Raises:
            UsageError: They can't be used.
            SystemExit: Help was asked for and printed.
        """
        return Options(**vars(self.parse_args(arguments)))

    def print_help(self, file: "SupportsWrite[str] | None" = None) -> None:  # noqa: ARG002 - argparse's
        """Print as everything else is: `argparse` leaves it in the buffer, to fail at exit where nobody reads on."""
        say(self.format_help().rstrip("\n"))

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing and leaving."""
        sentence = f"{message[:1].upper()}{message[1:_LONGEST_MESSAGE]}."
        raise UsageError(printable(sentence), self.format_usage().strip())


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Breaks lines at a fixed width; asking for the terminal's would import `shutil` with each option."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_WIDTH)


def checked(check: Callable[[str], T]) -> Callable[[str], T]:
    """Let `argparse` say what a check of `ringbridge.commands.usage` says."""

    def convert(text: str) -> T:
        try:
            return check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return convert


def action_of(command: str, arguments: Sequence[str], actions: Mapping[str, str]) -> tuple[str, list[str]]:
    """The action of a command that has several, and the arguments without it.

    Sub-parsers of `argparse` would overwrite a `--profile` that stands before the action.

    Args:
        command: The command's name.
        arguments: As typed behind the command; `--profile NAME` may stand before the action.
        actions: The name of each action and what it does.

    Raises:
        UsageError: There is no such action.
        SystemExit: Help was asked for and printed.
    """
    usage = f"usage: ringbridge {command} [--profile NAME] {'|'.join(actions)} ..."
    position = 0
    while position < len(arguments) and arguments[position].partition("=")[0] == "--profile":
        position += 1 if "=" in arguments[position] else 2
    given = arguments[position] if position < len(arguments) else ""
    if given in {"-h", "--help"}:
        purposes = "\n".join(f"  {name:8} {purpose}" for name, purpose in actions.items())
        say(f"{usage}\n\nactions (each explains itself with --help):\n{purposes}\n\n{exit_codes.HELP.rstrip()}")
        raise SystemExit(0)
    if given not in actions:
        raise UsageError(f"There is no action “{shown(given)}”." if given else "An action is missing.", usage)
    return given, [*arguments[:position], *arguments[position + 1 :]]
