"""Reading targets, finding numbers and writing dial strings off the GUI thread.

The numbering plans load on first use (40 ms), so nothing here imports them at import time.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringbridge.core.errors import InputError

if TYPE_CHECKING:
    from ringbridge.core.calls import Destination
    from ringbridge.core.targets import Target
    from ringbridge.ui.session import Session
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A number as it was read and as it would be dialed.

    Attributes:
        target: What was read.
        destination: What the PBX would be sent.
        kind: A `core.phone_numbers.NumberKind`, or empty for an extension or code.
    """

    target: "Target"
    destination: "Destination"
    kind: str = ""


class Reader:
    """Reads texts on the work lane, in the region and with the dial plan in force.

    Args:
        session: Says the region and the dial plan.
        lane: Where the reading runs.
    """

    def __init__(self, *, session: "Session", lane: "Lane") -> None:
        self._session = session
        self._lane = lane

    def read(
        self,
        text: str,
        done: Callable[[Reading], None],
        refused: Callable[[InputError], None],
        *,
        typed: bool = True,
    ) -> None:
        """Read the one thing a person asks to dial; `done` or `refused` is called on the GUI thread.

        Args:
            text: As it was typed, copied or linked.
            done: Gets what it is read as.
            refused: Gets the reason why it can't be dialed.
            typed: As in `read_target`.
        """
        region, settings = self._session.region, self._session.settings

        def work() -> Reading:
            from ringbridge.core.dialing.dial_plan import plan_of, to_destination
            from ringbridge.core.phone_numbers import kind_of_e164
            from ringbridge.core.targets import read_target

            target = read_target(text, region, typed=typed, dialing=settings.dialing)
            destination = to_destination(target, plan_of(settings, region))
            return Reading(target=target, destination=destination, kind=kind_of_e164(target.e164))

        def failed(error: Exception) -> None:
            if not isinstance(error, InputError):
                _log.error("reading a target failed: %s", type(error).__name__)
                error = InputError("no_number")
            refused(error)

        self._lane.submit(work, done, failed)

    def write(
        self, target: "Target", done: Callable[["Destination"], None], failed: Callable[[Exception], None]
    ) -> None:
        """Write a target the way the PBX wants it; `done` or `failed` is called on the GUI thread."""
        region, settings = self._session.region, self._session.settings

        def work() -> "Destination":
            from ringbridge.core.dialing.dial_plan import plan_of, to_destination

            return to_destination(target, plan_of(settings, region))

        self._lane.submit(work, done, failed)

    def find(
        self, text: str, done: Callable[[tuple[Reading, ...]], None], refused: Callable[[InputError], None]
    ) -> None:
        """Find the numbers in a copied text, each once; `done` or `refused` is called on the GUI thread.

        Args:
            text: As it was copied.
            done: Gets what is found.
            refused: Gets the reason why the dial plan can't write one of the numbers.
        """
        region, settings = self._session.region, self._session.settings

        def work() -> tuple[Reading, ...]:
            from ringbridge.core.detection import find_numbers
            from ringbridge.core.dialing.dial_plan import plan_of, to_destination
            from ringbridge.core.targets import target_of

            plan = plan_of(settings, region)
            readings: dict[Target, Reading] = {}
            for candidate in find_numbers(text, region):
                target = target_of(candidate)
                readings[target] = Reading(
                    target=target, destination=to_destination(target, plan), kind=candidate.kind
                )
            return tuple(readings.values())

        def failed(error: Exception) -> None:
            if isinstance(error, InputError):
                refused(error)
            else:
                _log.error("reading a number failed: %s", type(error).__name__)

        self._lane.submit(work, done, failed)
