"""From a wish to its outcome: the gate, one request, one job on the calls lane, everybody told."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ringbridge.core.calls import CallOutcome, CallRequest, Origin, Outcome
from ringbridge.core.errors import SettingError
from ringbridge.core.gate import Decision, decide
from ringbridge.core.settings import with_options

if TYPE_CHECKING:  # what these import is loaded on the lanes, not while the program starts
    from ringbridge.core.calls import Destination
    from ringbridge.core.targets import Target
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
        line: The own line or number to ring first, or empty for the account's own.
        caller_id: What the other party sees, or empty for the account's own.
        wait_s: Seconds the PBX may wait, or None for the account's own.
        name: The other party's name where known, or empty.
        options: What this call is to be other than the settings say: fields of `CallOptions` by name.
        destination: The target as it was just written for the PBX, or None: then it is written now.
    """

    target: "Target"
    origin: Origin
    said_yes: bool = False
    line: str = ""
    caller_id: str = ""
    wait_s: int | None = None
    name: str = ""
    options: "Mapping[str, object] | None" = None
    destination: "Destination | None" = None


OutcomeHandler = Callable[[CallOutcome], None]


class Caller(QObject):
    """The one way to a call for every part of the tray program. GUI thread.

    Args:
        session: The settings in force.
        reader: Writes targets the way the PBX wants them.
        dialer: Gives the one dialer; called on `lane` only, since making it loads much.
        lane: Where calls are placed, one after the other.

    Signals:
        started: A `CallRequest` is on its way to the PBX.
        finished: The `CallRequest` and its `CallOutcome`.
        question: A `Wish` needs a person's yes; its `Destination`; and an `OutcomeHandler` (or None) that waits for
            what becomes of it.
        hung_up: The `CallOutcome` of asking the PBX to end the latest call.
    """

    started = Signal(object)
    finished = Signal(object, object)
    question = Signal(object, object, object)
    hung_up = Signal(object)

    def __init__(self, *, session: "Session", reader: "Reader", dialer: "Callable[[], Dialer]", lane: "Lane") -> None:
        super().__init__()
        self._session = session
        self._reader = reader
        self._dialer = dialer
        self._lane = lane
        self._under_way: dict[str, str] = {}
        self._warming_up = False

    def want(self, wish: Wish, done: OutcomeHandler | None = None) -> None:
        """Take a wish through the gate: call, ask, or refuse.

        Args:
            wish: Who wants to call whom.
            done: Told the outcome, once, unless the gate asks and nobody ever answers.
        """
        verdict = decide(wish.target, wish.origin, said_yes=wish.said_yes)
        if verdict.decision is Decision.REFUSE:
            outcome = CallOutcome(
                request_id="", outcome=Outcome.BLOCKED, dialed="", problem=f"input_{verdict.reasons[0]}"
            )
            self._report(None, outcome, done)
            return

        def unreadable(error: Exception) -> None:
            _log_failure(error)
            self._report(None, CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="input_no_number"), done)

        go_on = partial(self._ask if verdict.decision is Decision.ASK else self._place, wish, done)
        if wish.destination is not None:
            go_on(wish.destination)
        else:
            self._reader.write(wish.target, go_on, unreadable)

    def hang_up(self, done: OutcomeHandler | None = None) -> None:
        """Ask the PBX to end the latest call that it named."""
        settings = self._session.settings

        def finish(outcome: CallOutcome) -> None:
            self.hung_up.emit(outcome)
            if done is not None:
                done(outcome)

        self._lane.submit(
            lambda: self._dialer().hang_up(settings),
            finish,
            lambda error: finish(_our_bug(error, request_id="", dialed="")),
        )

    def warm_up(self) -> None:
        """Read the password and open the connection while a person looks at an offer. Sends nothing."""
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
    def busy(self) -> bool:
        """Whether a request is on its way to the PBX."""
        return bool(self._under_way)

    def _ask(self, wish: Wish, done: OutcomeHandler | None, destination: "Destination") -> None:
        self.question.emit(wish, destination, done)

    def _place(self, wish: Wish, done: OutcomeHandler | None, destination: "Destination") -> None:
        import uuid  # 3 ms that the start does not need

        try:
            settings = with_options(self._session.settings, wish.options or {})
        except SettingError as error:
            outcome = CallOutcome(
                request_id="", outcome=Outcome.NOT_SENT, problem="invalid_request", key=error.key, detail=error.detail
            )
            self._report(None, outcome, done)
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


def _our_bug(error: Exception, *, request_id: str, dialed: str) -> CallOutcome:
    """An error nobody foresaw: the request may have left, so the outcome is unknown."""
    _log.error("unexpected error while calling", exc_info=error)
    return CallOutcome(request_id=request_id, outcome=Outcome.UNKNOWN, dialed=dialed, problem="answer_lost")


def _log_failure(error: Exception) -> None:
    _log.error("unexpected error beside a call", exc_info=error)
