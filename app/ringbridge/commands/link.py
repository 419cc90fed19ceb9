"""`ringbridge link URI`: what the desktop runs for `tel:`, `callto:` and `sip:` links; and whether it does.

Anybody can write a link, so this command never dials: the running program asks, and where none runs, it is started
with the question.
"""

from ringbridge.commands.arguments import Parser
from ringbridge.commands.output import complain, printable
from ringbridge.core import exit_codes
from ringbridge.services import instance_client
from ringbridge.services.instance_address import instance_address

ACTIONS = {
    "register": "let the desktop know that Ringbridge can open phone links",
    "unregister": "take that back, with all that was changed for it",
    "status": "say which program opens phone links",
}
_LONGEST = 400  # ringbridge.core.targets.MAX_LENGTH


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: The link or the profile can't be used.
    """
    if any(argument in ACTIONS for argument in arguments):
        from ringbridge.commands.link_handler import run as run_action

        return run_action(arguments, profile)
    parser = Parser(
        "link",
        "Ask whether to call the number of a tel:, callto: or sip: link. Never calls by itself.",
        "actions instead of a URI (each explains itself with --help):\n"
        + "".join(f"  {name:10} {purpose}\n" for name, purpose in ACTIONS.items()),
    )
    parser.add_argument("uri", metavar="URI", help="such as tel:+12125551234")
    options = parser.read(arguments)
    profile = options.profile if options.profile is not None else profile
    if len(options.uri) > _LONGEST or not options.uri.isprintable():
        _check(options.uri, profile)
    try:
        answer = instance_client.open_link(
            instance_address(profile), options.uri, token=instance_client.activation_token()
        )
    except instance_client.NoProgram:
        return _start_asking(options.uri, profile)
    except instance_client.ProgramLost:
        complain("The running Ringbridge does not answer. Nothing was called. Quit it and start it again.")
        return exit_codes.BLOCKED
    except instance_client.OtherVersion:
        complain("The running Ringbridge is of another version and did nothing. Quit it and start it again.")
        return exit_codes.BLOCKED
    if answer.message:
        complain(printable(answer.message))
    return answer.exit_code


def _start_asking(uri: str, profile: str | None) -> int:
    code = _check(uri, profile)
    if code != exit_codes.DONE:
        return code
    from ringbridge.main import run_tray

    return run_tray(profile=profile, demo=False, link=uri)


def _check(uri: str, profile: str | None) -> int:
    """Read the link here, so that a bad one starts nothing.

    Raises:
        InputError: It can't be called.
    """
    from ringbridge.commands.surroundings import look_around
    from ringbridge.core.errors import InputError
    from ringbridge.core.targets import read_target
    from ringbridge.ui.wording import error_sentence

    try:
        here = look_around(profile)
        target = read_target(uri, here.region, dialing=here.settings.dialing)
    except InputError as error:
        if error.problem != "code_in_link":
            raise
        complain(error_sentence(error))
        return exit_codes.BLOCKED
    if not target.from_uri:
        complain("This is not a link. Use “ringbridge dial” for a number.")
        return exit_codes.USAGE
    return exit_codes.DONE
