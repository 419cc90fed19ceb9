"""`ringbridge config`: lists, gets and sets settings by their dotted keys, and applies a dial plan's preset."""

from difflib import get_close_matches

from ringbridge.commands.arguments import Parser, action_of
from ringbridge.commands.output import complain, printable, say, say_json, shown
from ringbridge.commands.running import tell_settings_changed
from ringbridge.commands.surroundings import Surroundings, look_around
from ringbridge.commands.usage import Options, UsageError, values_last
from ringbridge.core import exit_codes
from ringbridge.core.errors import SettingError
from ringbridge.core.settings import (
    DEFAULTS,
    SettingValue,
    current_key,
    flatten,
    is_by_hand,
    plain_http_allowed,
    with_value,
)
from ringbridge.ui.wording import error_sentence

ACTIONS = {
    "list": "print all settings",
    "get": "print one setting",
    "set": "change one setting",
    "preset": "write a dial plan to start from into the settings, or list them",
}


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line, the key or the value can't be used.
        RingbridgeError: The settings file can't be used.
        OutputLost: stdout can't be written.
    """
    action, rest = action_of("config", arguments, ACTIONS)
    parser = Parser(f"config {action}", f"{ACTIONS[action][:1].upper()}{ACTIONS[action][1:]}.")
    if action == "list":
        parser.add_argument("--json", action="store_true", help="print one JSON object")
    elif action == "preset":
        parser.add_argument("name", nargs="?", metavar="NAME", help="one of them; without it, they are listed")
    else:
        parser.add_argument("key", metavar="KEY", help="such as clipboard.watch; “config list” prints them all")
    if action == "set":
        help_text = "the new value; yes and no for switches, '' for none; for a list one VALUE, or one line, each"
        parser.add_argument("value", nargs="+", metavar="VALUE", help=help_text)
    options = parser.read(values_last(rest))
    if action in {"get", "set"}:
        options.key = current_key(options.key)
        if options.key not in DEFAULTS:
            raise _unknown_key(options.key)
    if action == "set" and len(options.value) > 1 and not isinstance(DEFAULTS[options.key], tuple):
        raise UsageError(f"{options.key} takes one value.", parser.format_usage().strip())
    here = look_around(options.profile if options.profile is not None else profile)
    return {"list": _list, "get": _get, "set": _set, "preset": _preset}[action](options, here)


def _list(options: Options, here: Surroundings) -> int:
    values = flatten(here.settings)
    if options.json:
        say_json(values)
    else:
        say("\n".join(f"{key} = {_written(value)}" for key, value in values.items()))
    return exit_codes.DONE


def _get(options: Options, here: Surroundings) -> int:
    value = flatten(here.settings)[options.key]
    say("\n".join(value) if isinstance(value, tuple) else _written(value))  # a list: what `set` takes again
    return exit_codes.DONE


def _set(options: Options, here: Surroundings) -> int:
    key = options.key
    if is_by_hand(key):
        sentence = f"{key} lowers your safety, so it is changed by hand only, in {here.paths.settings_file}."
        raise UsageError(printable(sentence))
    if key in here.locked:
        raise SettingError(key, "locked")
    value = "\n".join(options.value)
    wished = with_value(here.settings, key, value)
    if key == "account.url" and not plain_http_allowed(wished.account):
        raise SettingError(key, "plain_http")
    settings = here.file.change(key, value)
    _tell_changed(here)
    say(f"{key} = {_written(flatten(settings)[key])}")
    return exit_codes.DONE


def _preset(options: Options, here: Surroundings) -> int:
    from ringbridge.core.dialing.presets import PRESETS, with_preset

    if options.name is None:
        say("\n".join(f"{preset.name:8} {preset.title}" for preset in PRESETS.values()))
        return exit_codes.DONE
    preset = PRESETS.get(options.name.lower())
    if preset is None:
        raise UsageError(f"There is no preset “{shown(options.name)}”. There are {', '.join(PRESETS)}.")
    settings = with_preset(here.settings, preset)
    here.file.save(settings)
    _tell_changed(here)
    values = flatten(settings)
    say("\n".join(f"{key} = {_written(values[key])}" for key in preset.values))
    return exit_codes.DONE


def _tell_changed(here: Surroundings) -> None:
    if here.file.notice is not None:
        complain(printable(error_sentence(here.file.notice)))
    tell_settings_changed(here.paths)


def _written(value: SettingValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        import json

        return json.dumps(value, ensure_ascii=False)
    return printable(str(value))


def _unknown_key(key: str) -> UsageError:
    near = get_close_matches(key[:60], DEFAULTS, n=3)
    near += [known for known in DEFAULTS if known.rpartition(".")[2] == key and known not in near]
    hint = f" Did you mean {' or '.join(near)}?" if near else " “ringbridge config list” prints all settings."
    return UsageError(f"There is no setting “{shown(key)}”.{hint}")
