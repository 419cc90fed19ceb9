"""`ringbridge link register|unregister|status`: whether the desktop sends phone links here."""

from ringbridge.commands.arguments import Parser, action_of
from ringbridge.commands.link import ACTIONS
from ringbridge.commands.output import complain, printable, say, say_json
from ringbridge.core import exit_codes
from ringbridge.desktop.choose import link_handler
from ringbridge.services.paths import find_paths
from ringbridge.ui.desktop_words import link_sentences
from ringbridge.ui.wording import availability_sentence


def run(arguments: list[str], profile: str | None) -> int:
    """Run one of the actions.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: A file or the profile can't be used.
        OutputLost: stdout can't be written.
    """
    action, rest = action_of("link", arguments, ACTIONS)
    parser = Parser(f"link {action}", f"{ACTIONS[action][:1].upper()}{ACTIONS[action][1:]}.")
    if action == "register":
        parser.add_argument("--default", action="store_true", help="and let Ringbridge open them from now on")
    if action == "status":
        parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.read(rest)
    paths = find_paths(options.profile if options.profile is not None else profile)
    handler = link_handler(paths.links_record, ("--profile", paths.profile) if paths.profile else ())
    availability = handler.availability()
    if action != "status" and not availability.usable:
        complain(printable(availability_sentence("links", availability)))
        return exit_codes.BLOCKED
    if action == "register":
        handler.register(default=options.default)
    elif action == "unregister":
        handler.unregister()
    state = handler.state()
    if action == "status" and options.json:
        say_json(
            {
                "usable": availability.usable,
                "registration": str(state.registration),
                "openers": state.openers,
                "ours": sorted(state.ours),
            }
        )
        return exit_codes.DONE
    say("\n".join(printable(sentence) for sentence in link_sentences(state)))
    if action == "register" and not options.default and len(state.ours) < len(state.openers):
        say("With “ringbridge link register --default” Ringbridge opens them.")
    return exit_codes.DONE
