"""The arguments of commands that know `--json` and `--profile` only, and that keys of the desktop run."""

from ringbridge.commands.usage import Options, quick_options


def read_plain(command: str, arguments: list[str], description: str, epilog: str) -> Options:
    """Read the arguments: `json` and `profile`.

    Raises:
        UsageError: They can't be used.
        SystemExit: Help was asked for and printed.
    """
    options = quick_options(arguments, flags=("--json",), values={"--profile": str})
    if options is not None:
        return options
    from ringbridge.commands.arguments import Parser

    parser = Parser(command, description, epilog)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.read(arguments)
