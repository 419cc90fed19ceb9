"""Wishes to call that end before the PBX is asked: what is said, and what the command ends with."""

from ringbridge.commands.output import report_outcome
from ringbridge.core import exit_codes
from ringbridge.core.calls import CallOutcome, Destination, Origin, Outcome
from ringbridge.core.errors import InputError
from ringbridge.core.targets import read_target
from ringbridge.desktop.ports import ReadProblem
from ringbridge.services.call_facts import Findings
from ringbridge.ui.gate_outcome import gate_outcome
from ringbridge.ui.wording import error_sentence, outcome_sentence, read_problem_sentence

ORIGINS = {"argument": Origin.COMMAND_LINE, "clipboard": Origin.CLIPBOARD, "selection": Origin.SELECTION}
"""By where the target of `ringbridge dial` is."""

_UNREADABLE = {"too_long", "control_characters"}  # true in every region
_FORBIDDEN = {"code_in_link", "code_copied"}


def refuse_unreadable(target: str, *, as_json: bool) -> int | None:
    """Refuse a target that no region makes readable, without asking the running program.

    Returns:
        The exit code, or None where the target may be handed over.
    """
    try:
        read_target(target, "")
    except InputError as error:
        if error.problem in _UNREADABLE:
            return refuse_input(error, "argument", as_json=as_json)
    return None


def refuse_input(error: InputError, source: str, *, as_json: bool) -> int:
    """Say why a text can't be called; returns the exit code.

    What was typed and can't be read is a usage error; what was copied, or is forbidden in a link, is blocked.
    """
    outcome = CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem=f"input_{error.problem}")
    usage = source == "argument" and error.problem not in _FORBIDDEN
    code = exit_codes.USAGE if usage else exit_codes.BLOCKED
    return report_outcome(outcome, error_sentence(error), as_json=as_json, exit_code=code)


def refuse_copied(problem: ReadProblem, *, as_json: bool) -> int:
    """Say why the copied or selected text could not be read; returns the exit code."""
    outcome = CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem=f"read_{problem}")
    return report_outcome(outcome, read_problem_sentence(problem), as_json=as_json)


def refuse_gate(findings: Findings, destination: Destination, *, as_json: bool) -> int:
    """Say why the gate did not let a wish pass; returns the exit code."""
    outcome = gate_outcome(findings, dialed=destination.dialed)
    return report_outcome(outcome, outcome_sentence(outcome, destination.display), as_json=as_json)
