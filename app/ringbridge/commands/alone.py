"""Dialing and hanging up where no program runs: the same gate, the same history, without Qt."""

import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from ringbridge.commands import question
from ringbridge.commands.output import complain, printable, report_outcome, uninterrupted
from ringbridge.commands.refusals import refuse_gate, refuse_input
from ringbridge.commands.surroundings import Surroundings, logged, look_around
from ringbridge.commands.usage import Options, UsageError, call_options, source_of
from ringbridge.commands.wish import Wish, read_wish
from ringbridge.core import exit_codes
from ringbridge.core.calls import CallOutcome, CallRequest, Destination, Login, Origin, Outcome
from ringbridge.core.dialing.dial_plan import plan_of, to_destination
from ringbridge.core.dialing.gate import Decision
from ringbridge.core.dialing.guard_settings import kind_of_line
from ringbridge.core.errors import InputError, SettingError, StorageError
from ringbridge.core.settings import AccountSettings, with_options
from ringbridge.core.targets import target_again
from ringbridge.desktop.screen_lock_ask import screen_is_locked
from ringbridge.services.call_facts import FactFinder, Findings
from ringbridge.services.credentials import Credentials
from ringbridge.services.dialer import Dialer
from ringbridge.services.failures import failed_outcome
from ringbridge.services.history import History
from ringbridge.services.pbx import MakeCall, PbxClient, Placed
from ringbridge.ui.gate_outcome import refused_outcome
from ringbridge.ui.wording import (
    error_sentence,
    gate_sentences,
    hang_up_sentence,
    outcome_sentence,
    setting_sentence,
)


def dial(options: Options, profile: str | None) -> int:
    """Place one call in this process; returns the exit code.

    Args:
        options: Of `ringbridge dial`.
        profile: The profile's name, or None for what the environment says.

    Raises:
        SettingError: The profile's name is not allowed.
        UsageError: An option has a value it can't have.
    """
    here = look_around(profile)
    try:
        settings = with_options(
            here.settings,
            call_options(options),
            line=options.line or "",
            caller_id=options.caller_id or "",
            locked=here.locked,
        )
    except SettingError as error:
        if error.problem == "locked":
            outcome = refused_outcome("option_locked")
            return report_outcome(outcome, outcome_sentence(outcome), as_json=options.json)
        raise UsageError(setting_sentence(error)) from error
    here = replace(here, settings=settings)
    wish = read_wish(options, here.region, here.settings.dialing)
    return wish if isinstance(wish, int) else _dial_wish(wish, options, here)


def redial(profile: str | None, *, as_json: bool) -> int:
    """Make the latest call again in this process; returns the exit code.

    Raises:
        SettingError: The profile's name is not allowed.
    """
    here = look_around(profile)
    try:
        latest = History(here.paths.history_file).recent(limit=1) if here.paths.history_file.exists() else ()
    except StorageError as error:
        failed = failed_outcome(error, request_id="", dialed="")
        return report_outcome(failed, outcome_sentence(failed), as_json=as_json)
    if not latest:
        outcome = CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="no_redial")
        return report_outcome(outcome, outcome_sentence(outcome), as_json=as_json)
    wish = Wish(text="", target=target_again(latest[0].destination), origin=Origin.REDIAL, name=latest[0].name)
    nothing_special = Options(yes=False, json=as_json, line=None, caller_id=None, wait=None, clipboard=False,
        selection=False)  # fmt: skip
    return _dial_wish(wish, nothing_special, here)


def _dial_wish(wish: Wish, options: Options, here: Surroundings) -> int:
    """Take a wish through the gate, and call."""
    try:
        destination = to_destination(wish.target, plan_of(here.settings, here.region))
    except InputError as error:  # the dial plan can't write it
        return refuse_input(error, source_of(options), as_json=options.json)
    finder = FactFinder(lambda: History(here.paths.history_file))

    def judge(*, said_yes: bool) -> Findings:
        return finder.judge(
            wish.target,
            destination,
            wish.origin,
            here.settings,
            here.region,
            said_yes=said_yes,
            locked=here.settings.guards.screen_lock and screen_is_locked(),
        )

    findings = judge(said_yes=options.yes)
    refused = _refused(findings, destination, as_json=options.json)
    if refused is None and findings.verdict.decision is not Decision.DIAL:
        findings = judge(said_yes=True)  # the answer took its time: the screen may be locked, the night may have come
        refused = _refused(findings, destination, as_json=options.json)
    if refused is not None:
        return refused
    request = CallRequest(
        request_id=str(uuid.uuid4()),
        destination=destination,
        origin=wish.origin,
        requested_at=datetime.now(UTC),
        line=options.line or "",
        caller_id=options.caller_id or "",
        wait_s=options.wait,
        name=wish.name,
        line_kind=kind_of_line(options.line or "", here.settings.phones),
        emergency=findings.facts.traits.emergency,
    )
    with logged(here.paths):
        return _place(request, here, as_json=options.json)


def hang_up(profile: str | None, *, as_json: bool) -> int:
    """End the latest call from this process; returns the exit code.

    Raises:
        SettingError: The profile's name is not allowed.
    """
    here = look_around(profile)
    with logged(here.paths):
        return _hang_up(here, as_json=as_json)


def _hang_up(here: Surroundings, *, as_json: bool) -> int:
    history = History(here.paths.history_file)
    failed = _open(history)
    if failed is not None:
        return report_outcome(failed, hang_up_sentence(failed), as_json=as_json)
    dialer = Dialer(history=history, credentials=Credentials(here.paths.profile))
    try:
        outcome = dialer.hang_up(here.settings)
    finally:
        dialer.close()
    return report_outcome(outcome, hang_up_sentence(outcome), as_json=as_json)


class _WatchedClient(PbxClient):
    """Remembers whether a request was about to leave, for the case that somebody presses Ctrl-C."""

    def __init__(self, account: AccountSettings) -> None:
        super().__init__(account)
        self.handed_over = False

    def make_call(self, login: Login, call: MakeCall) -> Placed:
        """As `PbxClient.make_call`."""
        self.handed_over = True
        return super().make_call(login, call)


def _place(request: CallRequest, here: Surroundings, *, as_json: bool) -> int:
    history = History(here.paths.history_file)
    failed = _open(history, request)
    if failed is not None:
        return report_outcome(failed, outcome_sentence(failed), as_json=as_json)
    client = _WatchedClient(here.settings.account)
    dialer = Dialer(history=history, credentials=Credentials(here.paths.profile), client_for=lambda _account: client)
    try:
        outcome = dialer.place(request, here.settings)
    except KeyboardInterrupt:
        return uninterrupted(
            lambda: _report_interrupted(request, history, handed_over=client.handed_over, as_json=as_json)
        )
    finally:
        dialer.close()
    who = request.name or request.destination.display
    sentence = outcome_sentence(outcome, who, request.destination.extension)
    return report_outcome(outcome, sentence, as_json=as_json)


def _open(history: History, request: CallRequest | None = None) -> CallOutcome | None:
    """Open the history; None when calls can be remembered, which is the condition for placing any."""
    try:
        notice = history.open()
    except StorageError as error:
        return failed_outcome(
            error,
            request_id=request.request_id if request else "",
            dialed=request.destination.dialed if request else "",
        )
    if notice is not None:
        complain(printable(error_sentence(notice)))
    return None


def _report_interrupted(request: CallRequest, history: History, *, handed_over: bool, as_json: bool) -> int:
    """Ctrl-C: the truth depends on whether the request may have left."""
    if handed_over:
        outcome = CallOutcome(
            request_id=request.request_id,
            outcome=Outcome.UNKNOWN,
            dialed=request.destination.dialed,
            problem="program_lost",
        )
        return report_outcome(outcome, outcome_sentence(outcome), as_json=as_json)
    outcome = CallOutcome(
        request_id=request.request_id,
        outcome=Outcome.BLOCKED,
        dialed=request.destination.dialed,
        problem="declined",
    )
    with suppress(StorageError):  # the row says UNKNOWN then, which is less exact
        history.finish(outcome)
    return report_outcome(outcome, outcome_sentence(outcome), as_json=as_json, exit_code=exit_codes.INTERRUPTED)


def _refused(findings: Findings, destination: Destination, *, as_json: bool) -> int | None:
    """Do as the gate says: an exit code where nothing is called, None where it may be.

    A countdown needs a screen, so at the terminal it is a question.
    """
    verdict = findings.verdict
    if verdict.decision is Decision.DIAL:
        return None
    if verdict.decision in {Decision.ASK, Decision.COUNT_DOWN} and question.can_ask():
        why = gate_sentences(verdict.reasons)
        extension = f" (extension {destination.extension})" if destination.extension else ""
        if question.ask(f"{why} Call {destination.display or destination.dialed}{extension}?"):
            return None
        outcome = CallOutcome(request_id="", outcome=Outcome.BLOCKED, dialed=destination.dialed, problem="declined")
        return report_outcome(outcome, outcome_sentence(outcome), as_json=as_json)
    return refuse_gate(findings, destination, as_json=as_json)
