"""Who answers how: by name for all calls, or by the last four digits of the number that is called."""

from dataclasses import dataclass, replace
from enum import StrEnum

from ringbridge.training.states import Side


class Own(StrEnum):
    """What the own phone does."""

    PERSON = "person"
    AUTO = "auto"
    OFFLINE = "offline"
    BUSY = "busy"
    DND = "dnd"
    NO_ANSWER = "no_answer"


class Other(StrEnum):
    """What the other party does."""

    ANSWER = "answer"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECT = "reject"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How one call goes.

    Attributes:
        name: As on the command line.
        ending: A number that ends so goes this way whatever scenario is set; empty: none does.
        text: One line for people.
        own: What the own phone does.
        other: What the other party does.
        hangs_up: Who hangs up by itself after a few seconds of talk, or None.
    """

    name: str
    ending: str
    text: str
    own: Own = Own.PERSON
    other: Other = Other.ANSWER
    hangs_up: Side | None = None


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            name="normal", ending="7700", text="your phone rings until you answer; then the other party answers"
        ),
        Scenario(name="auto", ending="7720", text="your phone answers by itself after a moment", own=Own.AUTO),
        Scenario(name="busy", ending="7701", text="the other party is busy", other=Other.BUSY),
        Scenario(name="no_answer", ending="7702", text="the other party does not answer", other=Other.NO_ANSWER),
        Scenario(name="reject", ending="7703", text="the other party rejects the call", other=Other.REJECT),
        Scenario(name="unreachable", ending="7704", text="the number does not exist", other=Other.UNREACHABLE),
        Scenario(name="hangup_b", ending="7705", text="the other party hangs up after a moment", hangs_up=Side.B),
        Scenario(name="hangup_a", ending="7706", text="your phone hangs up after a moment", hangs_up=Side.A),
        Scenario(name="own_offline", ending="7711", text="your phone is not registered", own=Own.OFFLINE),
        Scenario(name="own_busy", ending="7712", text="your phone is busy", own=Own.BUSY),
        Scenario(name="own_dnd", ending="7713", text="your phone is set to do not disturb", own=Own.DND),
        Scenario(name="own_no_answer", ending="7714", text="your phone rings, and soon stops", own=Own.NO_ANSWER),
    )
}

# Numbers the PBX refuses at once, whoever asks.
NOT_DIALABLE_ENDING = "7400"
RATE_PLAN_ENDING = "7403"

_ENDINGS = {scenario.ending: scenario for scenario in SCENARIOS.values()}


def read_scenario(name: str) -> Scenario:
    """The scenario called `name`; ``-`` may stand for ``_``.

    Raises:
        ValueError: There is none; the text lists the names.
    """
    scenario = SCENARIOS.get(name.strip().lower().replace("-", "_"))
    if scenario is None:
        raise ValueError(f"There is no scenario {name!r}. There are: {', '.join(SCENARIOS)}.")
    return scenario


def scenario_for(number: str, usual: Scenario) -> Scenario:
    """How a call to `number` goes: by its ending, else as `usual`.

    Where the own phone usually answers by itself, it does so for every ending that says nothing else of it.
    """
    found = _ENDINGS.get(number[-4:], usual)
    if found.own is Own.PERSON and found.name != "normal":
        return replace(found, own=usual.own) if usual.own is Own.AUTO else found
    return found
