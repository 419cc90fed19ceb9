"""The command line: `ringbridge` and its subcommands.

This module decides which command it is and catches what no command caught. Each command stands in a file of
`ringbridge.commands` and is loaded when it runs, so that a call handed to the running program starts quickly.
"""

import sys

from ringbridge import __version__

TYPE_CHECKING = False  # `typing` costs a tenth of the time of `ringbridge --version`
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

COMMANDS = {
    "dial": ("dial", "ring your own phone, then connect it with a number"),
    "show": ("show", "show “Call number…” of the tray program; start it where it does not run"),
    "redial": ("redial", "make the latest call again"),
    "hangup": ("hangup", "end the latest call"),
    "recent": ("recent", "list the latest calls"),
    "account": ("account", "set, show, test or forget the PBX account"),
    "config": ("config", "list, get or set settings"),
    "detect": ("detect", "find phone numbers in a text"),
    "link": ("link", "what the desktop runs for tel: links, and whether it does; asks before it calls"),
    "autostart": ("autostart", "start in the tray at login, or not"),
    "hotkey": ("hotkey", "show the hotkeys; let the desktop keep them where Ringbridge can't"),
    "training-pbx": ("training_pbx", "run a PBX that rings nobody, for trying things out"),
    "doctor": ("doctor", "check whether everything works here"),
}
"""The name of each command, its module in `ringbridge.commands`, and what it does."""

_INTERRUPTED = 130

_SCHEMES = {"tel", "callto", "sip"}

_USAGE_LINE = "usage: ringbridge [--demo] [--background] [--profile NAME] [COMMAND ... | URI]"


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run one command.

    Args:
        argv: The arguments without the program's name; None for the process's own.

    Returns:
        The exit code (`ringbridge.core.exit_codes`).
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _print_version() if arguments == ["--version"] else _run(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except SystemExit as leaving:  # argparse has printed the help
        return leaving.code if isinstance(leaving.code, int) else 0
    except Exception as error:  # noqa: BLE001 - the border: what no command caught
        from ringbridge.commands.failures import report_failure

        return report_failure(error, arguments)


def gui_main() -> int:
    """The same for desktops that start programs without a console window."""
    return main()


def _run(arguments: list[str]) -> int:
    from importlib import import_module

    profile, demo, background, position = None, False, False, 0
    while position < len(arguments) and arguments[position].startswith("-"):
        option, has_value, value = arguments[position].partition("=")
        position += 1
        if option == "--demo" and not has_value:
            demo = True
        elif option == "--background" and not has_value:
            background = True
        elif option == "--version" and not has_value:
            return _print_version()
        elif option in {"--help", "-h"} and not has_value:
            return _print_help()
        elif option == "--profile" and (has_value or position < len(arguments)):
            profile = value if has_value else arguments[position]
            position += not has_value
        else:
            _refuse("--profile needs a name." if option == "--profile" else _unknown("option", option, []))
    if position == len(arguments):
        return import_module("ringbridge.commands.tray").run(profile, demo=demo, background=background)
    command = arguments[position]
    if command.partition(":")[0].lower() in _SCHEMES and ":" in command:  # what our desktop entry runs
        arguments.insert(position, "link")
        command = "link"
    if command not in COMMANDS:
        _refuse(_unknown("command", command, list(COMMANDS)))
    if demo or background:
        option = "--demo" if demo else "--background"
        _refuse(f"{option} starts the tray program, so it can't stand before a command.")
    return import_module(f"ringbridge.commands.{COMMANDS[command][0]}").run(arguments[position + 1 :], profile)


def _refuse(sentence: str) -> "NoReturn":
    from ringbridge.commands.usage import UsageError

    raise UsageError(sentence, _USAGE_LINE)


def _print_version() -> int:
    from ringbridge.commands.output import say

    say(f"ringbridge {__version__}")
    return 0


def _print_help() -> int:
    from ringbridge.commands.output import say
    from ringbridge.core import exit_codes

    lines = [
        _USAGE_LINE,
        "",
        "Click to call from any program: your own phone rings, and the PBX connects it with the number.",
        "Without a command, Ringbridge starts in the tray, or shows “Call number…” if it runs already.",
        "A tel:, callto: or sip: URI in place of a command is asked about, as “ringbridge link URI” does.",
        "",
        "commands (each explains itself with --help):",
        *(f"  {name:13} {purpose}" for name, (_, purpose) in COMMANDS.items()),
        "",
        "options:",
        "  --demo         the tray program with a training PBX that rings nobody",
        "  --background   the tray program, quietly, for a start at login",
        "  --profile NAME settings, history and password of their own (a–z 0–9 _ -)",
        "  --version      print the version",
        "  --help         print this",
        "",
        exit_codes.HELP.rstrip(),
    ]
    say("\n".join(lines))
    return 0


def _unknown(kind: str, given: str, known: list[str]) -> str:
    from difflib import get_close_matches

    from ringbridge.commands.output import shown

    near = get_close_matches(given[:40], known, n=1)
    hint = f" Did you mean “{near[0]}”?" if near else " See ringbridge --help."
    return f"There is no {kind} “{shown(given)}”.{hint}"
