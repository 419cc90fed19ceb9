"""What `ringbridge doctor` looks at of the dial plan: its rules, its prefixes, and the administrator's cases."""

from collections.abc import Mapping

from ringbridge.commands.doctor_checks import Check
from ringbridge.core.dialing.cases import CaseResult, parse_cases, run_cases
from ringbridge.core.dialing.rules import read_rules
from ringbridge.core.errors import InputError, RuleError, StorageUnavailable
from ringbridge.core.settings import Settings
from ringbridge.services.dial_cases_file import read_cases_file
from ringbridge.services.paths import Paths
from ringbridge.ui.dialing_words import case_sentence, rule_sentence, shortened
from ringbridge.ui.wording import error_sentence

_MOST_SHOWN = 20


def check_dial_plan(settings: Settings) -> Check:
    """Whether every rule can be read, and the prefixes fit the forms."""
    name, dialing = "dial_plan", settings.dialing
    rules = read_rules(dialing.rules)
    faults = [rule_sentence(rule) for rule in rules if isinstance(rule, RuleError)]
    if _puts_a_plus_inside(settings):
        faults.append(error_sentence(InputError("plan_plus", dialing.outside_prefix)))
    if faults:
        remedy = "Correct it with “ringbridge config set”, or in the settings file."
        return Check(name=name, ok=False, detail=" ".join(faults), remedy=remedy)
    switched_off = sum(not rule.enabled for rule in rules if not isinstance(rule, RuleError))
    detail = _counted(len(rules), "rule") + (f", {switched_off} of them off" if switched_off else "")
    if settings.account.cdialplan == "auto":
        detail += "; the PBX converts what it is sent"
    return Check(name=name, ok=True, detail=detail)


def _puts_a_plus_inside(settings: Settings) -> bool:
    dialing = settings.dialing
    if not dialing.outside_prefix or settings.account.cdialplan == "auto":
        return False
    return dialing.own_country == "e164_plus" or dialing.foreign_prefix == "+"


def check_dial_cases(paths: Paths, settings: Settings, region: str) -> tuple[Check, Mapping[str, object]]:
    """Whether the dial plan does what the administrator's cases say; dials nothing.

    Returns:
        The check, and what `--json` prints of the cases: ``count`` and ``failed``, each with ``line``, ``problem``,
        ``expected`` and ``got``. Dial strings are shortened, so that the report can be pasted.
    """
    name = "dial_cases"
    try:
        text = read_cases_file(paths, settings.dialing)
    except StorageUnavailable as error:
        remedy = "Correct dialing.cases_file, or the file."
        return Check(name=name, ok=False, detail=error_sentence(error), remedy=remedy), _fields((), ())
    if text is None:
        return Check(name=name, ok=True, detail="there is no file with cases"), _fields((), ())
    results = run_cases(parse_cases(text), settings, region)
    failed = tuple(result for result in results if not result.passed)
    if not failed:
        detail = f"{_counted(len(results), 'case')}, all as expected"
        return Check(name=name, ok=True, detail=detail), _fields(results, failed)
    sentences = [case_sentence(result) for result in failed[:_MOST_SHOWN]]
    if len(failed) > len(sentences):
        sentences.append(f"and {len(failed) - len(sentences)} more")
    detail = f"{len(failed)} of {_counted(len(results), 'case')} failed. {'; '.join(sentences)}"
    remedy = "“ringbridge dial --explain INPUT” shows the way of each."
    return Check(name=name, ok=False, detail=detail, remedy=remedy), _fields(results, failed)


def _fields(results: tuple[CaseResult, ...], failed: tuple[CaseResult, ...]) -> Mapping[str, object]:
    rows = [
        {
            "line": result.case.line,
            "problem": str(result.case.problem or ""),
            "expected": shortened(result.case.expected),
            "got": shortened(result.got),
        }
        for result in failed
    ]
    return {"count": len(results), "failed": rows}


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
