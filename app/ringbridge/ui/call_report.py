"""What the card, the tray and the menu keep of a call: who, its record, a title, and what stays wrong."""

from datetime import UTC, datetime

from ringbridge.core.calls import CallOutcome, CallRecord, CallRequest, Outcome
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import outcome_sentence

GOES_ON = {"repeated", "running"}
"""There is such a call: no second one was placed, and nothing went wrong."""


def who_of(request: CallRequest) -> str:
    """The other party as people know it."""
    return request.name or request.destination.display or request.destination.dialed


def record_of(request: CallRequest, outcome: Outcome, ended: CallOutcome | None = None) -> CallRecord:
    """The call as the menu lists it, before anybody reads the history.

    Args:
        request: The call.
        outcome: How it stands.
        ended: What became of it, or None while it is being placed.
    """
    return CallRecord(
        request_id=request.request_id,
        requested_at=request.requested_at,
        finished_at=datetime.now(UTC) if ended else None,
        origin=request.origin,
        outcome=outcome,
        destination=request.destination,
        line=request.line,
        name=request.name,
        code=ended.code if ended else None,
        message=ended.message if ended else "",
        problem=ended.problem if ended else "",
        server=ended.server if ended else "",
        callid=ended.callid if ended else "",
    )


def report_title(outcome: CallOutcome, who: str) -> str:
    """What became of a call, in a few words."""
    if outcome.outcome is Outcome.REQUESTED:
        return fill(tr("Calling {who}"), who=who)
    if outcome.outcome is Outcome.UNKNOWN:
        return tr("It is not known whether the call was placed")
    if outcome.problem in GOES_ON:
        return tr("Already calling")
    return tr("Not called")


def attention(outcome: CallOutcome) -> str:
    """What the tray should keep saying: what stays wrong until a person does something."""
    lasting = {Outcome.NO_ACCOUNT, Outcome.WRONG_LOGIN}
    return outcome_sentence(outcome) if outcome.outcome in lasting else ""
