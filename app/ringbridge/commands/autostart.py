"""`ringbridge autostart on|off|status`: whether the tray program starts at login."""

from typing import TYPE_CHECKING

from ringbridge.commands.arguments import Parser, action_of
from ringbridge.commands.output import complain, printable, say, say_json
from ringbridge.core import exit_codes
from ringbridge.desktop.choose import autostart
from ringbridge.services.paths import find_paths
from ringbridge.ui.desktop_words import autostart_reason, autostart_sentence, background_arguments
from ringbridge.ui.wording import availability_sentence

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus
    from ringbridge.desktop.registration_ports import Autostart, AutostartState

ACTIONS = {
    "on": "start in the tray at login",
    "off": "do not start at login",
    "status": "say whether Ringbridge starts at login",
}


def run(arguments: list[str], profile: str | None) -> int:
    """Run one of the actions.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: A file or the profile can't be used.
        OutputLost: stdout can't be written.
    """
    action, rest = action_of("autostart", arguments, ACTIONS)
    parser = Parser(f"autostart {action}", f"{ACTIONS[action][:1].upper()}{ACTIONS[action][1:]}.")
    if action == "status":
        parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.read(rest)
    paths = find_paths(options.profile if options.profile is not None else profile)
    switch = autostart(_connect, background_arguments(paths.profile), autostart_reason())
    availability = switch.availability()
    if action != "status" and not availability.usable:
        complain(printable(availability_sentence("autostart", availability)))
        return exit_codes.BLOCKED
    state = switch.state() if action == "status" else _set(switch, on=action == "on")
    if action == "status" and options.json:
        say_json({"usable": availability.usable, "on": state.on, "reason": state.why})
        return exit_codes.DONE
    say(printable(autostart_sentence(state)))
    return exit_codes.DONE if action == "status" or state.on is (action == "on") else exit_codes.BLOCKED


def _set(switch: "Autostart", *, on: bool) -> "AutostartState":
    """Switch it, and wait for what comes of it: files answer at once, a portal with its user's answer."""
    states: list[AutostartState] = []
    switch.set(on, states.append)
    if not states:
        from ringbridge.desktop.dbus.short_lived import wait_until

        wait_until(lambda: bool(states))
    return states[0]


def _connect() -> "Bus | None":
    from ringbridge.desktop.dbus.short_lived import command_bus

    return command_bus()
