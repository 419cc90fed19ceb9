"""`ringbridge hotkey`: how the hotkeys stand, and keys that the desktop keeps where Ringbridge can take none."""

import os
import shlex

from ringbridge.commands.arguments import Parser, action_of
from ringbridge.commands.hotkey_facts import HotkeyFacts, find_facts
from ringbridge.commands.output import complain, printable, say, say_json
from ringbridge.commands.running import tell_settings_changed
from ringbridge.commands.surroundings import look_around
from ringbridge.core import exit_codes
from ringbridge.core.hotkey_spellings import hyprland_keys, labwc_keys, sway_keys
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.shortcuts.command import command_of
from ringbridge.desktop.shortcuts.port import ShortcutsUnreachable, ShortcutTaken, ShortcutWish
from ringbridge.services.paths import find_paths
from ringbridge.ui.hotkey_words import action_name, state_remedy, state_words
from ringbridge.ui.wording import availability_sentence

_ACTIONS = {
    "show": "how each hotkey stands, and what the desktop would run",
    "install": "let the desktop keep the keys of the settings, where Ringbridge can't take them",
    "remove": "take them out of the desktop again",
}


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: The profile can't be used.
        OutputLost: stdout can't be written.
    """
    action, rest = action_of("hotkey", arguments, _ACTIONS)
    parser = Parser(f"hotkey {action}", f"{_ACTIONS[action].capitalize()}.", _EPILOG.get(action, ""))
    if action == "show":
        parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.read(rest)
    profile = options.profile if options.profile is not None else profile
    here = look_around(profile)
    facts = find_facts(find_paths(profile), here.settings)
    if action == "show":
        return _show(facts, here.paths.profile, as_json=options.json)
    code = _install(facts, here.paths.profile) if action == "install" else _remove(facts)
    tell_settings_changed(here.paths)  # so that the running program knows who keeps the keys now
    return code


_EPILOG = {
    "show": "--json prints one object: mechanism, usable, running, desktop, and hotkeys with action, combination,\n"
    "state, keys, detail, remedy, command and installed each.\n",
    "install": "Entries of others are never overwritten: a key that somebody has is named, and stays theirs.\n",
}


def _show(facts: HotkeyFacts, profile: str, *, as_json: bool) -> int:
    rows = [_row(facts, action, profile) for action in HotkeyAction]
    if as_json:
        desktop = facts.installer.name if facts.can_install else ""
        say_json(
            {
                "mechanism": facts.mechanism,
                "usable": facts.works,
                "running": facts.running,
                "desktop": desktop,
                "hotkeys": rows,
            }
        )
        return exit_codes.DONE
    all_kept = bool(facts.combinations) and facts.combinations.keys() <= facts.installed.keys()
    if all_kept and not facts.works:
        lines = [f"Hotkeys: {facts.installer.name} keeps them."]
    else:
        lines = [availability_sentence(f"Hotkeys ({facts.mechanism})", facts.availability)]
    for action, row in zip(HotkeyAction, rows, strict=True):
        lines.append(f"  {action_name(action):26}{row['combination'] or '-':18}{row['detail']}")
        lines += [f"  {'':44}{row['remedy']}"] if row["remedy"] else []
    if not facts.works and not all_kept:
        lines += ["", *_recipes(facts, profile)]
    say("\n".join(printable(line.rstrip()) for line in lines))
    return exit_codes.DONE


def _row(facts: HotkeyFacts, action: HotkeyAction, profile: str) -> dict[str, str]:
    combination = facts.combinations.get(action, "")
    state = facts.states.get(action)
    installed = facts.installed.get(action, "")
    detail = ""
    if installed:
        detail = f"{facts.installer.name} keeps it: {installed}"
    elif combination and state is not None:
        detail = state_words(state, combination)
    elif combination:
        detail = "Ringbridge does not run" if not facts.running else "not asked for yet"
    return {
        "action": str(action),
        "combination": combination,
        "state": str(state.condition) if state is not None else "",
        "keys": state.keys if state is not None else "",
        "detail": detail,
        "remedy": state_remedy(state, combination) if state is not None and not installed else "",
        "command": shlex.join(command_of(action, profile)),
        "installed": installed,
    }


def _recipes(facts: HotkeyFacts, profile: str) -> list[str]:
    """What to do by hand, or with `install`."""
    if facts.can_install:
        return [f"“ringbridge hotkey install” lets {facts.installer.name} keep the keys of your settings."]
    wanted = facts.combinations or {HotkeyAction.DIAL_SELECTION: "Ctrl+Alt+C"}
    commands = {
        action: (combination, shlex.join(command_of(action, profile))) for action, combination in wanted.items()
    }
    recipes = {
        "sway": ["In ~/.config/sway/config (i3: ~/.config/i3/config):"]
        + [f"  bindsym {sway_keys(keys)} exec {command}" for keys, command in commands.values()],
        "Hyprland": ["In ~/.config/hypr/hyprland.conf:"]
        + [f"  bind = {hyprland_keys(keys)}, exec, {command}" for keys, command in commands.values()],
        "labwc": ["In ~/.config/labwc/rc.xml, within <keyboard>:"]
        + [
            f'  <keybind key="{labwc_keys(keys)}"><action name="Execute" command="{_in_xml(command)}"/></keybind>'
            for keys, command in commands.values()
        ],
    }
    names = os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")
    known = next((lines for name, lines in recipes.items() if name in names), None)
    if known is not None:
        return known
    by_hand = [f"  {action_name(action)}: {command}" for action, (_, command) in commands.items()]
    every = [line for lines in recipes.values() for line in lines]
    return ["In the desktop's keyboard settings, add shortcuts that run:", *by_hand, *every]


def _in_xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _install(facts: HotkeyFacts, profile: str) -> int:
    if not facts.combinations:
        complain("No hotkey is set. Set one first: ringbridge config set hotkeys.dial_selection Ctrl+Alt+C")
        return exit_codes.BLOCKED
    if facts.works:
        complain(f"Ringbridge takes the keys itself here ({facts.mechanism}), so the desktop need not keep them.")
        return exit_codes.BLOCKED
    if not facts.can_install:
        complain("This desktop lets no program enter keys.")
        say("\n".join(printable(line) for line in _recipes(facts, profile)))
        return exit_codes.BLOCKED
    code = exit_codes.DONE
    try:
        facts.installer.remove(but=facts.combinations)  # what the settings no longer want
        for action, combination in facts.combinations.items():
            try:
                facts.installer.install(
                    ShortcutWish(action, combination, action_name(action), command_of(action, profile))
                )
            except ShortcutTaken as error:
                complain(printable(f"“{error.holder}” has {combination}, so it stays theirs. Choose another key for "
                    f"“{action_name(action)}”."))  # fmt: skip
                code = exit_codes.BLOCKED
            else:
                say(printable(f"{facts.installer.name} keeps {combination}: {action_name(action)}"))
    except ShortcutsUnreachable as error:
        return _unreachable(facts, error)
    return code


def _remove(facts: HotkeyFacts) -> int:
    try:
        removed = facts.installer.remove() if facts.can_install else ()
    except ShortcutsUnreachable as error:
        return _unreachable(facts, error)
    names = ", ".join(action_name(action) for action in removed)
    say(f"Taken out: {names}." if names else "The desktop keeps no keys of Ringbridge.")
    return exit_codes.DONE


def _unreachable(facts: HotkeyFacts, error: ShortcutsUnreachable) -> int:
    complain(printable(f"The keyboard settings of {facts.installer.name} can't be changed: {error}."))
    return exit_codes.BLOCKED
