"""`ringbridge training-pbx`: a PBX that rings nobody, for trying things out."""

from pathlib import Path

from ringbridge.commands.arguments import Parser, checked
from ringbridge.commands.output import complain
from ringbridge.commands.usage import port
from ringbridge.core import exit_codes
from ringbridge.training.command import EXIT_UNAVAILABLE, describe, serve

_NOBODY_ELSE = {"127.0.0.1", "localhost", "::1"}


def run(arguments: list[str], profile: str | None) -> int:  # noqa: ARG001 - it has no profile; every command is run so
    """Run the command until Ctrl-C.

    Raises:
        UsageError: The command line can't be used.
    """
    parser = Parser("training-pbx", "Run a PBX that rings nobody. Ctrl-C ends it.", f"{describe()}\n")
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="where to listen (127.0.0.1)")
    parser.add_argument("--port", type=checked(port), default=0, metavar="P", help="the port; 0 = any free one")
    parser.add_argument("--tls", action="store_true", help="https, with a certificate of its own")
    parser.add_argument("--level", default="seed", metavar="L", help="how much of the API: seed, 4.1 or 4.4")
    parser.add_argument("--scenario", default="auto", metavar="S", help="how calls go (auto)")
    parser.add_argument("--fault", action="append", default=[], metavar="F", help="what goes wrong; may be repeated")
    parser.add_argument("--journal", type=Path, metavar="FILE", help="write what goes on as JSON lines")
    options = parser.read(arguments)
    if options.host not in _NOBODY_ELSE:
        complain("Other computers can reach this PBX, and its logins are known to everybody.")
    code = serve(
        host=options.host,
        port=options.port,
        tls=options.tls,
        level=options.level,
        scenario=options.scenario,
        fault=options.fault,
        journal=options.journal,
    )
    return exit_codes.BLOCKED if code == EXIT_UNAVAILABLE else code
