"""Keeps in mind whether the own phone would ring: asked before the first call of a day, and after failures."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from ringbridge.core.calls import CallOutcome, Outcome
from ringbridge.core.dialing.gate import PhoneState

if TYPE_CHECKING:
    from datetime import date

    from ringbridge.core.settings import AccountSettings
    from ringbridge.services.phone_check import PhoneCheck
    from ringbridge.ui.session import Session
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)

_FRESH_S = 120.0
"""Bad news count for so long: somebody may have plugged the phone in."""
_AGAIN_S = 20.0
"""Bad news are looked into again after so long, when the next offer shows."""
_FAILURES = {Outcome.NOT_SENT, Outcome.REFUSED, Outcome.UNKNOWN}


class OwnPhone:
    """Asks on a lane of its own while a person looks at an offer, so that no call waits for it. GUI thread.

    Args:
        session: Says which phone rings first, and whether to ask at all.
        check: Gives what asks the PBX; called on `lane` only.
        lane: Where it is asked.
        clock: Seconds that only grow.
        today: The date here.
    """

    def __init__(
        self,
        *,
        session: "Session",
        check: "Callable[[], PhoneCheck]",
        lane: "Lane",
        clock: Callable[[], float] = time.monotonic,
        today: "Callable[[], date]" = lambda: datetime.now().astimezone().date(),
    ) -> None:
        self._session = session
        self._check = cache(check)
        self._lane = lane
        self._clock = clock
        self._today = today
        self._state = PhoneState.UNKNOWN
        self._asked_at = 0.0
        self._asked_on: date | None = None
        self._account: AccountSettings | None = None
        self._doubtful = False
        self._asking = False

    def state(self) -> PhoneState:
        """What is known now; old bad news are no news."""
        if self._account != self._session.settings.account or not self._session.settings.phones.check:
            return PhoneState.UNKNOWN
        if self._clock() - self._asked_at > _FRESH_S:
            return PhoneState.UNKNOWN
        return self._state

    def look(self) -> None:
        """Ask the PBX if it is time to; the answer counts for whatever is called after it came."""
        account = self._session.settings.account
        if self._asking or not self._session.settings.phones.check or not self._is_due(account):
            return
        self._asking = True

        def done(state: PhoneState) -> None:
            self._asking = self._doubtful = False
            self._state, self._account = state, account
            self._asked_at, self._asked_on = self._clock(), self._today()

        def failed(error: Exception) -> None:
            _log.error("unexpected error while looking for the own phone", exc_info=error)
            done(PhoneState.UNKNOWN)

        self._lane.submit(lambda: self._check().ask(account), done, failed)

    def forget(self) -> None:
        """The network is another one, or the computer slept: what was known is old."""
        self._state, self._asked_on = PhoneState.UNKNOWN, None

    def call_finished(self, _request: object, outcome: CallOutcome) -> None:
        """A call that went wrong is a reason to ask again."""
        self._doubtful |= outcome.outcome in _FAILURES

    def _is_due(self, account: "AccountSettings") -> bool:
        if account != self._account or self._asked_on != self._today():
            return True
        is_bad = self._state in {PhoneState.OFFLINE, PhoneState.REJECTS}
        return (is_bad or self._doubtful) and self._clock() - self._asked_at > _AGAIN_S
