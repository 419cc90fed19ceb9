"""What the gate is told of a wish, with a real history."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ringbridge.core.calls import (
    CallOutcome,
    CallProgress,
    CallRequest,
    CallState,
    Destination,
    Origin,
    Outcome,
)
from ringbridge.core.dialing.gate import Decision
from ringbridge.core.settings import Settings, with_value
from ringbridge.core.targets import Target
from ringbridge.services.call_facts import FactFinder, Findings
from ringbridge.services.history import History
from ringbridge.ui.gate_outcome import gate_outcome
from ringbridge.ui.wording import outcome_sentence

LONDON = Target(e164="+442079460018")
WHERE = Destination(dialed="011442079460018", e164="+442079460018", region="GB", display="+44 20 7946 0018")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db")


def judge(history: History, *, settings: Settings | None = None, now: datetime = NOON, **more: object) -> Findings:
    finder = FactFinder(lambda: history, now=lambda: now)
    origin = more.pop("origin", Origin.CARD)
    return finder.judge(LONDON, WHERE, origin, settings or Settings(), "US", **more)  # type: ignore[arg-type]


def call(history: History, outcome: Outcome | None) -> None:
    request = CallRequest(request_id="r", destination=WHERE, origin=Origin.CARD, requested_at=NOON)
    assert history.begin(request, line="1", repeat_guard_s=0) is None
    if outcome is not None:
        history.finish(CallOutcome(request_id="r", outcome=outcome, callid="7.1", server="s"))


def test_a_number_is_known_after_the_first_call(history: History) -> None:
    assert judge(history).verdict.reasons == ("foreign",)
    assert not history.path.exists()
    call(history, Outcome.REQUESTED)
    settings = with_value(Settings(), "calls.repeat_guard_s", 0)
    assert judge(history, settings=settings).verdict.decision is Decision.DIAL


def test_a_favourite_is_known_without_a_call(history: History) -> None:
    settings = with_value(Settings(), "confirm.known", "+44 20 7946*")
    assert judge(history, settings=settings).verdict.decision is Decision.DIAL


def test_night_is_night_there(history: History) -> None:
    late = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
    assert judge(history, now=late).verdict.reasons == ("foreign", "night")
    settings = with_value(Settings(), "guards.quiet_from", "23:00")
    assert judge(history, now=late, settings=settings).verdict.reasons == ("foreign",)


def test_a_call_that_goes_on_is_shown_with_what_ends_it(history: History) -> None:
    call(history, Outcome.REQUESTED)
    findings = judge(history, said_yes=True)
    assert findings.verdict.decision is Decision.SHOW
    running = findings.facts.running
    assert running is not None
    assert (running.request_id, running.state, running.callid, running.server) == ("r", "requested", "7.1", "s")


def test_a_call_that_is_followed_says_where_it_stands(history: History) -> None:
    call(history, Outcome.REQUESTED)
    history.follow("r", CallProgress(state=CallState.CONNECTED))
    settings = with_value(Settings(), "calls.repeat_guard_s", 0)
    findings = judge(history, settings=settings, said_yes=True)
    assert findings.facts.running is not None
    assert findings.facts.running.state == "connected"
    outcome = gate_outcome(findings, dialed="1")
    assert outcome.problem == "running"
    assert outcome_sentence(outcome).startswith("You are talking with this number since ")


def test_a_rule_that_makes_an_emergency_number_is_asked_about(history: History) -> None:
    office = Target(e164="+12125550911")
    where = Destination(dialed="911", e164="+12125550911", region="US", display="+1 212-555-0911")
    finder = FactFinder(lambda: history, now=lambda: NOON)
    findings = finder.judge(office, where, Origin.CARD, Settings(), "US")
    assert findings.verdict.reasons == ("emergency",)


def test_an_emergency_call_that_dropped_unseen_is_made_again(history: History) -> None:
    where = Destination(dialed="911", display="911")
    request = CallRequest(request_id="r", destination=where, origin=Origin.TYPED, requested_at=NOON, emergency=True)
    assert history.begin(request, line="1", repeat_guard_s=5) is None
    history.finish(CallOutcome(request_id="r", outcome=Outcome.REQUESTED, callid="7.1"))
    history.follow("r", CallProgress(state=CallState.CONNECTED))
    settings = with_value(Settings(), "calls.repeat_guard_s", 0)
    finder = FactFinder(lambda: history, now=lambda: NOON)
    findings = finder.judge(Target(code="911"), where, Origin.TYPED, settings, "US", said_yes=True)
    assert findings.verdict.decision is Decision.DIAL
    assert history.begin(replace(request, request_id="s"), line="1", repeat_guard_s=0) is None


def test_a_history_that_can_not_be_read_makes_every_number_unknown(tmp_path: Path) -> None:
    (tmp_path / "history.db").mkdir()
    findings = judge(History(tmp_path / "history.db" / "x" / ".." / "nothing"))
    assert not findings.facts.known
