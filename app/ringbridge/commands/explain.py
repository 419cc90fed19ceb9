"""`ringbridge dial --explain`: how a target is read and what would be dialed. Calls nobody, stores nothing."""

from ringbridge.commands.output import printable, say, say_json
from ringbridge.commands.refusals import refuse_input
from ringbridge.commands.surroundings import look_around
from ringbridge.commands.usage import Options, source_of
from ringbridge.commands.wish import read_wish
from ringbridge.core import exit_codes
from ringbridge.core.dialing.explain import Explanation, explain
from ringbridge.core.dialing.gate import Decision
from ringbridge.core.targets import Target
from ringbridge.services.call_facts import FactFinder
from ringbridge.services.history import History
from ringbridge.ui.dialing_words import reason_word, way_sentences
from ringbridge.ui.wording import gate_sentence, refused_sentence

_DECISIONS = {
    Decision.DIAL: "dialed at once",
    Decision.COUNT_DOWN: "dialed after a countdown",
    Decision.ASK: "dialed after a person says yes",
    Decision.SHOW: "not dialed",
    Decision.REFUSE: "refused",
}


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
    wish = read_wish(options, here.region, here.settings.dialing)
    if isinstance(wish, int):
        return wish
    explanation = explain(wish.text, here.settings, here.region, origin=wish.origin, said_yes=options.yes)
    if explanation.problem is not None:
        return refuse_input(explanation.problem, source_of(options), as_json=options.json)
    if explanation.destination is not None:
        finder = FactFinder(lambda: History(here.paths.history_file))
        findings = finder.judge(
            wish.target, explanation.destination, wish.origin, here.settings, here.region, said_yes=options.yes
        )
        explanation = explanation._replace(verdict=findings.verdict)
    line = options.line or here.settings.account.line
    if options.json:
        say_json(_fields(explanation, wish.target, line))
    else:
        say("\n".join(f"{name + ':':13}{printable(value)}" for name, value in _rows(explanation, wish.target, line)))
    return exit_codes.DONE


def _fields(explanation: Explanation, target: Target, line: str) -> dict[str, object]:
    fired, verdict, destination = explanation.fired, explanation.verdict, explanation.destination
    return {
        "text": explanation.text,
        "region": explanation.region,
        "reading": {
            "e164": target.e164,
            "code": target.code,
            "extension": target.extension,
            "from_uri": target.from_uri,
            "reasons": list(explanation.reading.reasons) if explanation.reading else [],
        },
        "way": str(explanation.way),
        "rule": {"number": fired.number, "text": fired.text} if fired else None,
        "rules_tried": [{"number": trial.number, "state": str(trial.state)} for trial in explanation.trials],
        "rules": list(way_sentences(explanation)),
        "dialed": explanation.dialed,
        "pbx_converts": explanation.pbx_converts,
        "display": destination.display if destination else "",
        "line": line,
        "decision": str(verdict.decision) if verdict else "",
        "reasons": list(verdict.reasons) if verdict else [],
    }


def _rows(explanation: Explanation, target: Target, line: str) -> list[tuple[str, str]]:
    reasons = explanation.reading.reasons if explanation.reading else ()
    rows = [
        ("Text", explanation.text),
        ("Region", explanation.region),
        ("Read as", _reading(target)),
        ("Why", "; ".join(map(reason_word, dict.fromkeys(reasons)))),
        ("Rules", "; ".join(way_sentences(explanation))),
        ("Dialed", explanation.dialed),
    ]
    if target.extension:
        rows.append(("Extension", target.extension))
    rows.append(("Rings first", line or "nothing: no own line is set"))
    verdict = explanation.verdict
    if verdict is not None:
        say_why = refused_sentence if verdict.decision is Decision.REFUSE else gate_sentence
        words = (_DECISIONS[verdict.decision], *(f"({say_why(reason)})" for reason in verdict.reasons))
        rows.append(("It would be", " ".join(words)))
    return rows


def _reading(target: Target) -> str:
    kind = f"number {target.e164}" if target.e164 else f"extension or code {target.code}"
    return (
        kind
        + (f", extension {target.extension}" if target.extension else "")
        + (", from a link" if target.from_uri else "")
    )
