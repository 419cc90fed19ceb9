"""The one gate every wish to call passes: dial now, ask, or refuse with a reason. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ringbridge.core.calls import Origin

if TYPE_CHECKING:  # the numbering plans behind it take 40 ms to load, and nothing here needs them
    from ringbridge.core.targets import Target


class Decision(StrEnum):
    """What becomes of a wish."""

    DIAL = "dial"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision and why.

    Attributes:
        decision: What becomes of the wish.
        reasons: Short stable names: ``link`` (a link asks, a person must say yes), ``code_in_link`` and
            ``code_copied`` (``*`` and ``#`` codes are dialed only when typed).
    """

    decision: Decision
    reasons: tuple[str, ...] = ()


_TYPED = {Origin.TYPED, Origin.COMMAND_LINE, Origin.REDIAL}
"""Where a code is known to have been typed, now or when it was called first; all else may have come by a copy."""


def decide(target: "Target", origin: Origin, *, said_yes: bool) -> Verdict:
    """Decide about one wish.

    Args:
        target: What is to be dialed.
        origin: Where the wish came from.
        said_yes: A person said yes to exactly this target.
    """
    is_service_code = bool(set(target.code) & set("*#"))
    if is_service_code and (target.from_uri or origin is Origin.LINK):
        return Verdict(decision=Decision.REFUSE, reasons=("code_in_link",))
    if is_service_code and origin not in _TYPED:
        return Verdict(decision=Decision.REFUSE, reasons=("code_copied",))
    if origin is Origin.LINK and not said_yes:
        return Verdict(decision=Decision.ASK, reasons=("link",))
    return Verdict(decision=Decision.DIAL)
