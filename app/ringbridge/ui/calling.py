"""From a wish to its outcome: the gate, one request, one job on the calls lane, everybody told."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ringbridge.core.calls import CallOutcome, CallRequest, Origin, Outcome
from ringbridge.core.dialing.gate import Decision, PhoneState
from ringbridge.core.dialing.guard_settings import GuardSettings, kind_of_line
from ringbridge.core.dialing.guards import refused_code
from ringbridge.core.errors import InputError, SettingError
from ringbridge.core.settings import with_options
from ringbridge.ui.gate_outcome import gate_outcome, refused_outcome
from ringbridge.ui.reading import Circumstances
from ringbridge.ui.session import MAX_RECENT

if TYPE_CHECKING:  # what these import is loaded on the lanes, not while the program starts
    from ringbridge.core.calls import Destination
    from ringbridge.core.settings import AccountSettings
    from ringbridge.core.targets import Target
    from ringbridge.services.call_facts import Findings
    from ringbridge.services.dialer import Dialer
    from ringbridge.ui.reading import Reader
    from ringbridge.ui.session import Session
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Somebody wants to call.

    Attributes:
        target: Whom.
        origin: Where the wish came from.
        said_yes: A person said yes to exactly this target.
        counted_down: The countdown ran out, or a person cut it short.
        line: The own line or number to ring first, or empty for the account's own.
        line_kind: ``phone`` or ``number``: what `line` is, or empty: as the own phones say, else the account's own.
        caller_id: What the other party sees, or empty for the account's own.
        wait_s: Seconds the PBX may wait, or None for the account's own.
        name: The other party's name where known, or empty.
        options: What this call is to be other than the settings say: fields of `CallOptions` by name.
        destination: The target as it was last written for the PBX, or None; the gate has it written anew.
    """

    target: "Target"
    origin: Origin
    said_yes: bool = False
    counted_down: bool = False
    line: str = ""
    line_kind: str = ""
    caller_id: str = ""
    wait_s: int | None = None
    name: str = ""
    options: "Mapping[str, object] | None" = None
    destination: "Destination | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A wish on which the gate has spoken.

    Attributes:
        wish: The wish; its destination is the one below.
        destination: The target as the PBX is sent it.
        findings: What the gate knew, and what it says.
    """

    wish: Wish
    destination: "Destination"
    findings: "Findings"


OutcomeHandler = Callable[[CallOutcome], None]


class Caller(QObject):
    """The one way to a call for every part of the tray program. GUI thread.

    Args:
        session: The settings in force.
        reader: Writes targets the way the PBX wants them.
        dialer: Gives the one dialer; called on `lane` only, since making it loads much.
        lane: Where calls are placed, one after the other.
        locked: Whether the screen is locked.
        phone: Whether the phone that rings first would ring, as far as it is known.
        look_at_phone: Finds out, in its own time.

    Signals:
        started: A `CallRequest` is on its way to the PBX.
        finished: The `CallRequest` (or None) and its `CallOutcome`.
        question: A `Judged` wish needs a person's yes; and an `OutcomeHandler` (or None) that waits for what becomes
            of it.
        countdown: A `Judged` wish is to be counted down; and its `OutcomeHandler` or None.
        hung_up: The `CallOutcome` of asking the PBX to end the latest call.
    """

    started = Signal(object)
    finished = Signal(object, object)
    question = Signal(object, object)
    countdown = Signal(object, object)
    hung_up = Signal(object)

    def __init__(
        self,
        *,
        session: "Session",
        reader: "Reader",
        dialer: "Callable[[], Dialer]",
        lane: "Lane",
        locked: Callable[[], bool] = lambda: False,
        phone: Callable[[], PhoneState] = lambda: PhoneState.UNKNOWN,
        look_at_phone: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._look_at_phone = look_at_phone
        self._locked = locked
        self._phone = phone
        self._session = session
        self._reader = reader
        self._dialer = dialer
        self._lane = lane
        self._under_way: dict[str, str] = {}
        self._accounts: dict[str, AccountSettings] = {}
        self._warming_up = False

    def want(
        self, wish: Wish, done: OutcomeHandler | None = None, asked: Callable[[Judged], None] | None = None
    ) -> None:
        """Take a wish through the gate: call, count down, ask, show the call there is, or refuse.

        Args:
            wish: Who wants to call whom.
            done: Told the outcome, once, unless the gate asks and nobody ever answers.
            asked: Gets the question where the gate asks, instead of the screen; then `done` is not told.
        """
        reason = refused_code(wish.target, wish.origin, GuardSettings())  # whatever the settings of the moment say
        if reason:
            self._report(None, refused_outcome(reason), done)
            return

        def judged(destination: "Destination", findings: "Findings") -> None:
            self._go_on(Judged(wish=replace(wish, destination=destination), destination=destination,
                findings=findings), done, asked)  # fmt: skip

        other_phone = bool(wish.line) and wish.line != self._session.settings.account.line
        phone = PhoneState.UNKNOWN if other_phone else self._phone()
        self._judge(wish, phone, judged, lambda error: self._report(None, _unreadable(error), done))

    def want_passed_on(
        self,
        wish: Wish,
        allowed: "Callable[[Destination], None]",
        asked: Callable[[Judged], None],
        refused: OutcomeHandler,
    ) -> None:
        """Take the wish to pass a call on through the same gate; the call itself is passed on by whoever asks.

        Args:
            wish: Whom the other party is to be connected with. A call to the same party is no obstacle: the own
                phone rings for neither.
            allowed: Gets the destination to pass the call on to.
            asked: Gets the question where the gate asks.
            refused: Gets the reason why not.
        """

        def judged(destination: "Destination", findings: "Findings") -> None:
            decision = findings.verdict.decision
            if self.screen_locked or decision is Decision.REFUSE:
                reasons = ("locked",) if self.screen_locked else findings.verdict.reasons
                refused(refused_outcome(reasons[0], dialed=destination.dialed))
            elif decision is Decision.ASK:
                asked(Judged(wish=wish, destination=destination, findings=findings))
            else:
                allowed(destination)

        wish = replace(wish, counted_down=True)
        self._judge(wish, PhoneState.UNKNOWN, judged, lambda error: refused(_unreadable(error)))

    def _judge(
        self,
        wish: Wish,
        phone: PhoneState,
        judged: "Callable[[Destination, Findings], None]",
        failed: Callable[[Exception], None],
    ) -> None:
        circumstances = Circumstances(
            origin=wish.origin,
            said_yes=wish.said_yes,
            counted_down=wish.counted_down,
            locked=self._locked(),
            phone=phone,
        )
        self._reader.judge(wish.target, circumstances, judged, failed)

    def _go_on(self, judged: Judged, done: OutcomeHandler | None, asked: Callable[[Judged], None] | None) -> None:
        match judged.findings.verdict.decision:
            case Decision.REFUSE | Decision.SHOW:
                self._report(None, gate_outcome(judged.findings, dialed=judged.destination.dialed), done)
            case Decision.ASK if asked is not None:
                asked(judged)
            case Decision.ASK:
                self.question.emit(judged, done)
            case Decision.COUNT_DOWN:
                self.countdown.emit(judged, done)
            case Decision.DIAL:
                emergency = judged.findings.facts.traits.emergency and judged.wish.origin is Origin.COMMAND_LINE
                if self.screen_locked and not emergency:  # since the gate was asked
                    self._report(None, refused_outcome("locked", dialed=judged.destination.dialed), done)
                else:
                    self._place(judged, done)

    def hang_up(self, done: OutcomeHandler | None = None) -> None:
        """Ask the PBX to end the latest call that it named, with the account that placed it."""
        settings, accounts = self._session.settings, dict(self._accounts)

        def finish(outcome: CallOutcome) -> None:
            self.hung_up.emit(outcome)
            if done is not None:
                done(outcome)

        self._lane.submit(
            lambda: self._dialer().hang_up(settings, accounts),
            finish,
            lambda error: finish(_our_bug(error, request_id="", dialed="")),
        )

    def warm_up(self) -> None:
        """Read the password and open the connection while a person looks at an offer. Calls nobody."""
        self._look_at_phone()
        if self._warming_up or self.busy:
            return  # several would queue, and a real call behind them
        self._warming_up = True
        settings = self._session.settings

        def ended(error: Exception | None = None) -> None:
            self._warming_up = False
            if error is not None:
                _log_failure(error)

        self._lane.submit(lambda: self._dialer().warm_up(settings), lambda _: ended(), ended)

    def doubt_password(self) -> None:
        """Another process may have changed the account: the password is read again before the next call."""
        self._lane.submit(lambda: self._dialer().doubt_password(), lambda _: None, _log_failure)

    @property
    def screen_locked(self) -> bool:
        """Whether nothing is called because the screen is locked."""
        return self._session.settings.guards.screen_lock and self._locked()

    @property
    def busy(self) -> bool:
        """Whether a request is on its way to the PBX."""
        return bool(self._under_way)

    def _place(self, judged: Judged, done: OutcomeHandler | None) -> None:
        import uuid  # 3 ms that the start does not need

        wish, destination = judged.wish, judged.destination
        try:
            settings = with_options(
                self._session.settings,
                wish.options or {},
                line=wish.line,
                caller_id=wish.caller_id,
                locked=self._session.locked,
            )
        except SettingError as error:
            self._report(None, _bad_option(error, dialed=destination.dialed), done)
            return
        request = CallRequest(
            request_id=str(uuid.uuid4()),
            destination=destination,
            origin=wish.origin,
            requested_at=datetime.now(UTC),
            line=wish.line,
            caller_id=wish.caller_id,
            wait_s=wish.wait_s,
            name=wish.name,
            line_kind=wish.line_kind or kind_of_line(wish.line, settings.phones),
            emergency=judged.findings.facts.traits.emergency,
        )
        if destination.dialed in self._under_way.values():
            # a second trigger while the first is on its way: known here already, so nobody waits for the lane
            outcome = CallOutcome(
                request_id=request.request_id,
                outcome=Outcome.BLOCKED,
                dialed=destination.dialed,
                problem="repeated",
            )
            self._report(request, outcome, done)
            return
        self._under_way[request.request_id] = destination.dialed
        self._accounts[request.request_id] = settings.account
        while len(self._accounts) > MAX_RECENT:
            del self._accounts[next(iter(self._accounts))]
        self._lane.submit(
            lambda: self._dialer().place(request, settings),
            partial(self._finish, request, done),
            lambda error: self._finish(
                request, done, _our_bug(error, request_id=request.request_id, dialed=destination.dialed)
            ),
        )
        self.started.emit(request)

    def _finish(self, request: CallRequest, done: OutcomeHandler | None, outcome: CallOutcome) -> None:
        self._under_way.pop(request.request_id, None)
        self._report(request, outcome, done)

    def _report(self, request: CallRequest | None, outcome: CallOutcome, done: OutcomeHandler | None) -> None:
        if done is not None:
            done(outcome)  # first: a command waits for it, and painting takes 2 ms
        self.finished.emit(request, outcome)


def _bad_option(error: SettingError, *, dialed: str) -> CallOutcome:
    if error.problem == "locked":
        return refused_outcome("option_locked", dialed=dialed)
    return CallOutcome(
        request_id="", outcome=Outcome.NOT_SENT, problem="invalid_request", key=error.key, detail=error.detail
    )


def _unreadable(error: Exception) -> CallOutcome:
    """The dial plan can't write the number, or something went wrong that nobody foresaw: nothing was sent."""
    if not isinstance(error, InputError):
        _log_failure(error)
        error = InputError("no_number")
    return CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem=f"input_{error.problem}", detail=error.detail)


def _our_bug(error: Exception, *, request_id: str, dialed: str) -> CallOutcome:
    """An error nobody foresaw: the request may have left, so the outcome is unknown."""
    _log.error("unexpected error while calling", exc_info=error)
    return CallOutcome(request_id=request_id, outcome=Outcome.UNKNOWN, dialed=dialed, problem="answer_lost")


def _log_failure(error: Exception) -> None:
    _log.error("unexpected error beside a call", exc_info=error)
