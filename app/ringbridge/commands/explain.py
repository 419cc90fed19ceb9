"""`ringbridge dial --explain`: how a target is read and what would be dialed. Calls nobody, stores nothing."""

import phonenumbers

from ringbridge.commands.output import printable, say, say_json
from ringbridge.commands.surroundings import look_around
from ringbridge.commands.usage import Options
from ringbridge.commands.wish import read_wish
from ringbridge.core import exit_codes
from ringbridge.core.calls import Destination
from ringbridge.core.dial_plan import to_destination
from ringbridge.core.dialing.gate import Decision
from ringbridge.core.settings import CallSettings
from ringbridge.core.targets import Target
from ringbridge.services.call_facts import FactFinder
from ringbridge.services.history import History
from ringbridge.ui.wording import gate_sentence, refused_sentence


def run(options: Options, profile: str | None) -> int:
    """Explain one target; returns the exit code.

    Args:
        options: Of `ringbridge dial`.
        profile: The profile's name, or None for what the environment says.

    Raises:
        SettingError: The profile's name is not allowed.
        OutputLost: stdout can't be written.
    """
    here = look_around(profile)
    wish = read_wish(options, here.region)
    if isinstance(wish, int):
        return wish
    text, target = wish.text, wish.target
    destination = to_destination(target, here.settings.calls, here.region)
    finder = FactFinder(lambda: History(here.paths.history_file))
    verdict = finder.judge(target, destination, wish.origin, here.settings, here.region, said_yes=options.yes).verdict
    rules = _rules(target, destination, here.settings.calls, here.region)
    line = options.line or here.settings.account.line
    if options.json:
        say_json(
            {
                "text": text,
                "region": here.region,
                "reading": {
                    "e164": target.e164,
                    "code": target.code,
                    "extension": target.extension,
                    "from_uri": target.from_uri,
                },
                "rules": rules,
                "dialed": destination.dialed,
                "display": destination.display,
                "line": line,
                "decision": str(verdict.decision),
                "reasons": list(verdict.reasons),
            }
        )
        return exit_codes.DONE
    decision = {
        Decision.DIAL: "dialed at once",
        Decision.COUNT_DOWN: "dialed after a countdown",
        Decision.ASK: "dialed after a person says yes",
        Decision.SHOW: "not dialed",
        Decision.REFUSE: "refused",
    }[verdict.decision]
    say_why = refused_sentence if verdict.decision is Decision.REFUSE else gate_sentence
    rows = (
        ("Text", text),
        ("Region", here.region),
        ("Read as", _reading(target)),
        ("Rules", "; ".join(rules)),
        ("Dialed", destination.dialed),
        ("Rings first", line or "nothing: no own line is set"),
        ("It would be", " ".join((decision, *(f"({say_why(reason)})" for reason in verdict.reasons)))),
    )
    say("\n".join(f"{name + ':':13}{printable(value)}" for name, value in rows))
    return exit_codes.DONE


def _reading(target: Target) -> str:
    kind = f"number {target.e164}" if target.e164 else f"extension or code {target.code}"
    return (
        kind
        + (f", extension {target.extension}" if target.extension else "")
        + (", from a link" if target.from_uri else "")
    )


def _rules(target: Target, destination: Destination, calls: CallSettings, region: str) -> list[str]:
    """Which settings of the dial plan made the dial string."""
    if not target.e164:
        return ["extensions and codes are dialed as they stand"]
    own = phonenumbers.parse(target.e164, None).country_code == phonenumbers.country_code_for_region(region)
    rules = [
        f"own country: calls.own_country = {calls.own_country}"
        if own
        else f"foreign: calls.foreign_prefix = {calls.foreign_prefix or f'the international prefix of {region}'}"
    ]
    if calls.outside_prefix and destination.dialed.startswith(calls.outside_prefix):
        rules.append(f"outside line: calls.outside_prefix = {calls.outside_prefix}")
    if target.extension:
        rules.append(f"the extension {target.extension} is not dialed: the PBX has no way to send it")
    return rules
