"""Reading targets, finding numbers and writing dial strings off the GUI thread.

The numbering plans load on first use (40 ms), so nothing here imports them at import time.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringbridge.core.errors import InputError

if TYPE_CHECKING:
    from ringbridge.core.calls import Destination, Origin
    from ringbridge.core.dialing.gate import PhoneState
    from ringbridge.core.dialing.local_time import LocalTime
    from ringbridge.core.dialing.traits import Traits
    from ringbridge.core.settings import Settings
    from ringbridge.core.targets import Target
    from ringbridge.services.call_facts import FactFinder, Findings
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A number as it was read and as it would be dialed.

    Attributes:
        target: What was read.
        destination: What the PBX would be sent.
        traits: What the number is, or None where nobody looked.
        local: The time at the other end, or None.
    """

    target: "Target"
    destination: "Destination"
    traits: "Traits | None" = None
    local: "LocalTime | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a wish brings to the gate besides its target.

    Attributes:
        origin: Where it came from.
        said_yes: A person said yes to exactly this target.
        counted_down: The countdown is over.
        locked: The screen is locked.
        phone: Whether the phone that rings first would ring.
    """

    origin: "Origin"
    said_yes: bool
    counted_down: bool
    locked: bool
    phone: "PhoneState"


class Reader:
    """Reads texts and takes wishes through the gate on the work lane, in the region and with the settings in force.

    Args:
        in_force: Gives the settings and the region of the moment; called on `lane` only.
        lane: Where the reading runs.
        facts: Gives what knows the facts for the gate; called on `lane` only, since making it loads much.
    """

    def __init__(
        self, *, in_force: "Callable[[], tuple[Settings, str]]", lane: "Lane", facts: "Callable[[], FactFinder]"
    ) -> None:
        self._in_force = in_force
        self._lane = lane
        self._facts = facts

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

        def work() -> Reading:
            from ringbridge.core.targets import read_target

            settings, region = self._in_force()
            target = read_target(text, region, typed=typed, dialing=settings.dialing)
            return _reading(target, settings, region)

        def failed(error: Exception) -> None:
            if not isinstance(error, InputError):
                _log.error("reading a target failed: %s", type(error).__name__)
                error = InputError("no_number")
            refused(error)

        self._lane.submit(work, done, failed)

    def judge(
        self,
        target: "Target",
        circumstances: Circumstances,
        done: "Callable[[Destination, Findings], None]",
        failed: Callable[[Exception], None],
    ) -> None:
        """Write a target the way the PBX wants it, and ask the gate; `done` or `failed` is called on the GUI thread.

        Args:
            target: Whom to call. It is written anew: the dial plan may be another since it was shown.
            circumstances: What else the gate wants to know.
            done: Gets both.
            failed: Gets the reason why the dial plan can't write it, or an error nobody foresaw.
        """

        def work() -> "tuple[Destination, Findings]":
            from ringbridge.core.dialing.dial_plan import plan_of, to_destination

            settings, region = self._in_force()
            where = to_destination(target, plan_of(settings, region))
            findings = self._facts().judge(
                target,
                where,
                circumstances.origin,
                settings,
                region,
                said_yes=circumstances.said_yes,
                counted_down=circumstances.counted_down,
                locked=circumstances.locked,
                phone=circumstances.phone,
            )
            return where, findings

        self._lane.submit(work, lambda result: done(*result), failed)

    def find(
        self, text: str, done: Callable[[tuple[Reading, ...]], None], refused: Callable[[InputError], None]
    ) -> None:
        """Find the numbers in a copied text, each once; `done` or `refused` is called on the GUI thread.

        Args:
            text: As it was copied.
            done: Gets what is found.
            refused: Gets the reason why the dial plan can't write one of the numbers.
        """

        def work() -> tuple[Reading, ...]:
            from ringbridge.core.detection import find_numbers
            from ringbridge.core.targets import target_of

            settings, region = self._in_force()
            targets = dict.fromkeys(target_of(candidate) for candidate in find_numbers(text, region))
            readings = (_reading(target, settings, region) for target in targets)
            # an emergency number on a page is no reason to ring there; whoever needs it dials it on the phone
            return tuple(reading for reading in readings if not (reading.traits and reading.traits.emergency))

        def failed(error: Exception) -> None:
            if isinstance(error, InputError):
                refused(error)
            else:
                _log.error("reading a number failed: %s", type(error).__name__)

        self._lane.submit(work, done, failed)


def _reading(target: "Target", settings: "Settings", region: str) -> Reading:
    from datetime import UTC, datetime

    from ringbridge.core.dialing.dial_plan import plan_of, to_destination
    from ringbridge.core.dialing.local_time import local_time
    from ringbridge.core.dialing.traits import traits_of

    destination = to_destination(target, plan_of(settings, region))
    traits = traits_of(
        target, region=region, outside_prefix=settings.dialing.outside_prefix, dialed=destination.dialed
    )
    return Reading(
        target=target,
        destination=destination,
        traits=traits,
        local=local_time(traits.e164, datetime.now(UTC)) if traits.e164 else None,
    )
