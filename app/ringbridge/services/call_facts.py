"""What the gate needs to know of a wish: its traits, the time at the other end, the calls there were. Blocking."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from ringbridge.core.calls import CallState, Destination
from ringbridge.core.dialing.gate import Facts, PhoneState, Rules, RunningCall, Verdict, decide
from ringbridge.core.dialing.guards import matches
from ringbridge.core.dialing.local_time import LocalTime, is_quiet, local_time
from ringbridge.core.dialing.traits import traits_of
from ringbridge.core.errors import StorageError
from ringbridge.services.dialer import EMERGENCY_GUARD_S
from ringbridge.services.history import CallLimits, History, PastCalls

if TYPE_CHECKING:
    from ringbridge.core.calls import Origin
    from ringbridge.core.settings import Settings
    from ringbridge.core.targets import Target

_log = logging.getLogger(__name__)


class Findings(NamedTuple):
    """What was found out about a wish.

    Attributes:
        facts: What decides.
        local: The time at the other end, or None.
        verdict: What the gate says.
    """

    facts: Facts
    local: LocalTime | None
    verdict: Verdict


class FactFinder:
    """Gathers facts and asks the gate. Blocking: one look into the history (1 ms), and the plans on first use.

    Args:
        history: Gives the history; called when it is needed.
        now: Aware time.
    """

    def __init__(
        self,
        history: Callable[[], History],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._history = history
        self._now = now

    def judge(
        self,
        target: "Target",
        destination: Destination,
        origin: "Origin",
        settings: "Settings",
        region: str,
        *,
        said_yes: bool = False,
        counted_down: bool = False,
        locked: bool = False,
        phone: PhoneState = PhoneState.UNKNOWN,
        overdue: bool = False,
    ) -> Findings:
        """Take a wish through the gate.

        Args:
            target: What is to be dialed.
            destination: The same as it is written for the PBX.
            origin: Where the wish came from.
            settings: The settings in force.
            region: The user's own region, two letters of ISO 3166.
            said_yes: As in `decide`.
            counted_down: As in `decide`.
            locked: The screen is locked.
            phone: Whether the phone that rings first would ring.
            overdue: As in `Facts`.
        """
        guards = settings.guards
        traits = traits_of(
            target, region=region, outside_prefix=settings.dialing.outside_prefix, dialed=destination.dialed
        )
        past = self._past(destination, settings, emergency=traits.emergency)
        local = local_time(traits.e164, self._now()) if traits.e164 else None
        facts = Facts(
            traits=traits,
            known=past.known or matches(settings.confirm.known, traits.e164, destination.dialed, target.code),
            night=local is not None and is_quiet(local, quiet_from=guards.quiet_from, quiet_until=guards.quiet_until),
            locked=locked,
            running=_running(past),
            calls_last_minute=past.last_minute,
            calls_last_day=past.last_day,
            phone=phone,
            overdue=overdue,
        )
        rules = Rules(confirm=settings.confirm, guards=guards, own_region=region)
        verdict = decide(
            target, destination.dialed, origin, facts, rules, said_yes=said_yes, counted_down=counted_down
        )
        return Findings(facts=facts, local=local, verdict=verdict)

    def _past(self, destination: Destination, settings: "Settings", *, emergency: bool) -> PastCalls:
        guards, guard_s = settings.guards, settings.calls.repeat_guard_s
        try:
            return self._history().look_up(
                destination,
                repeat_guard_s=min(guard_s, EMERGENCY_GUARD_S) if emergency else guard_s,
                limits=CallLimits(guards.calls_per_minute, guards.calls_per_day),
                live=not emergency,
            )
        except StorageError as error:
            # the dialer refuses without a history; until then a number counts as unknown, which is the careful side
            _log.info("the history can't be asked about a wish: %s", type(error).__name__)
            return PastCalls()


def _running(past: PastCalls) -> RunningCall | None:
    """The call to the same party that goes on right now; whoever follows calls writes down where they stand."""
    if past.running is None:
        return None
    row, state = past.running, past.running.progress.state
    return RunningCall(
        request_id=row.request_id,
        since=row.requested_at,
        state=str(state if state.is_live and state is not CallState.REQUESTED else row.outcome),
        server=row.server,
        callid=row.callid,
    )
