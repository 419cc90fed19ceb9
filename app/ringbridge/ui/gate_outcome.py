"""The outcome of a wish that the gate did not let pass, for the tray program and the command line. No Qt."""

from typing import TYPE_CHECKING

from ringbridge.core.calls import CallOutcome, Outcome
from ringbridge.core.dialing.gate import Decision
from ringbridge.ui.gate_words import gate_sentences, running_sentence

if TYPE_CHECKING:
    from ringbridge.core.dialing.gate import RunningCall
    from ringbridge.services.call_facts import Findings

_OF_INPUT = {"code_in_link", "code_copied"}
_BY_HISTORY = {Outcome.PLACING, Outcome.REQUESTED, Outcome.UNKNOWN}


def gate_outcome(findings: "Findings", *, dialed: str) -> CallOutcome:
    """What a wish came to that is not dialed now.

    Args:
        findings: Of the gate, whose decision is not to dial.
        dialed: The dial string.
    """
    verdict = findings.verdict
    if verdict.decision is Decision.REFUSE:
        return refused_outcome(verdict.reasons[0], dialed=dialed)
    if verdict.decision is Decision.SHOW:
        return _running_outcome(findings.facts.running, dialed=dialed)
    return CallOutcome(
        request_id="",
        outcome=Outcome.BLOCKED,
        dialed=dialed,
        problem="unconfirmed",
        detail=gate_sentences(verdict.reasons),
    )


def refused_outcome(reason: str, *, dialed: str = "") -> CallOutcome:
    """The gate said no.

    Args:
        reason: As in `ringbridge.core.dialing.gate.Verdict`.
        dialed: The dial string, or empty.
    """
    problem = f"{'input' if reason in _OF_INPUT else 'gate'}_{reason}"
    return CallOutcome(request_id="", outcome=Outcome.BLOCKED, dialed=dialed, problem=problem)


def _running_outcome(running: "RunningCall | None", *, dialed: str) -> CallOutcome:
    """There is such a call: it is shown, with what is needed to end it."""
    by_history = running is None or running.state in _BY_HISTORY
    return CallOutcome(
        request_id=running.request_id if running else "",
        outcome=Outcome.BLOCKED,
        dialed=dialed,
        problem="repeated" if by_history else "running",
        server=running.server if running else "",
        callid=running.callid if running else "",
        detail="" if by_history else running_sentence(running),
    )
