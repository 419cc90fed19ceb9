"""The arguments of `ringbridge dial` as `argparse` reads and explains them."""

from ringbridge.commands.arguments import Parser, checked
from ringbridge.commands.usage import Options, UsageError, dialable, number_of, seconds_to_wait, values_last


def read(arguments: list[str]) -> Options:
    """Read the arguments of `ringbridge dial`.

    Raises:
        UsageError: They can't be used.
        SystemExit: Help was asked for and printed.
    """
    parser = Parser(
        "dial",
        "Ring your own phone and connect it with TARGET.",
        "TARGET is a number as people write it, an extension, or a tel:, callto: or sip: link. Links never dial\n"
        "codes with * or #. --json prints one object: outcome, code, message, server, callid, dialed, request_id;\n"
        "with --explain: text, region, reading, rules, dialed, display, line, decision and more.\n",
    )
    parser.add_argument("target", nargs="?", metavar="TARGET", help="whom to call")
    parser.add_argument("--clipboard", action="store_true", help="call the number that was copied")
    parser.add_argument("--selection", action="store_true", help="call the number in the selected text (X11)")
    parser.add_argument("--line", type=checked(dialable), metavar="L", help="your own line for this call")
    parser.add_argument("--caller-id", type=checked(dialable), metavar="N", help="what the other party sees")
    parser.add_argument(
        "--wait",
        type=checked(seconds_to_wait),
        metavar="S",
        help="seconds the PBX may wait so that it can name the call, 0 to 60",
    )
    parser.add_argument(
        "--auto-answer", action="store_true", help="your phone answers by itself: no second chance to let it be"
    )
    parser.add_argument("--record-group", type=checked(number_of), metavar="N", help="record into this group")
    parser.add_argument("--card", metavar="C", help="bill the call to this card")
    parser.add_argument("--customer", type=checked(number_of), metavar="N", help="make the call as this customer")
    parser.add_argument("--yes", action="store_true", help="a person has said yes to exactly this call")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--explain", action="store_true", help="show how TARGET is read and what would be sent; call nobody"
    )
    options = parser.read(values_last(arguments))
    if (options.target is not None) + options.clipboard + options.selection != 1:
        raise UsageError("Give one of TARGET, --clipboard and --selection.", parser.format_usage().strip())
    return options
