"""The way from a text to what the PBX would be sent, as one value: for the command line and for test benches."""

from typing import NamedTuple

from ringbridge.core.calls import Destination, Origin
from ringbridge.core.dialing.dial_plan import Trial, TrialState, Way, plan_of, write
from ringbridge.core.dialing.gate import Facts, Rules, Verdict, decide
from ringbridge.core.dialing.traits import traits_of
from ringbridge.core.errors import InputError
from ringbridge.core.settings import Settings
from ringbridge.core.targets import TargetReading, read


class Setting(NamedTuple):
    """A setting that shaped the dial string.

    Attributes:
        key: The dotted key.
        value: In force.
    """

    key: str
    value: str


class Explanation(NamedTuple):
    """What happens to one text. Nothing was dialed.

    Attributes:
        text: As typed, copied or linked.
        region: Numbers without a country code were read as numbers of it.
        reading: What it is read as and why, or None where it can't be read.
        verdict: What the gate would say to a number that was never called before, or None where it can't be read.
        way: Which part of the dial plan made the dial string, or None where there is none.
        trials: The rules that were tried, in order; at most the last has fired.
        used: The settings that shaped the dial string; a prefix that none of them names is the region's own.
        international_prefix: What stands before a foreign number's country code, or empty.
        destination: What the B leg would ring, or None.
        pbx_converts: The PBX makes its own form of what it is sent (``account.cdialplan = auto``).
        problem: Why it can't be read or written, or None.
    """

    text: str
    region: str
    reading: TargetReading | None = None
    verdict: Verdict | None = None
    way: Way | None = None
    trials: tuple[Trial, ...] = ()
    used: tuple[Setting, ...] = ()
    international_prefix: str = ""
    destination: Destination | None = None
    pbx_converts: bool = False
    problem: InputError | None = None

    @property
    def dialed(self) -> str:
        """The dial string, or empty where there is none."""
        return self.destination.dialed if self.destination else ""

    @property
    def fired(self) -> Trial | None:
        """The rule that made the dial string, if one did."""
        return self.trials[-1] if self.trials and self.trials[-1].state is TrialState.FIRED else None


def explain(
    text: str,
    settings: Settings,
    region: str,
    *,
    origin: Origin = Origin.COMMAND_LINE,
    said_yes: bool = False,
) -> Explanation:
    """Follow a text through reading, dial plan and gate. Dials nothing, never raises.

    Args:
        text: What a person typed, copied or clicked.
        settings: All settings of the profile, or those that somebody is trying out.
        region: The user's own region, two letters of ISO 3166.
        origin: Where the text came from; what was copied is read more carefully than what was typed.
        said_yes: A person said yes to exactly this.
    """
    plan = plan_of(settings, region)
    begun = Explanation(text=text, region=region, pbx_converts=plan.pbx_converts)
    copied = {Origin.CLIPBOARD, Origin.SELECTION, Origin.HOTKEY, Origin.CARD}
    try:
        reading = read(text, region, typed=origin not in copied, dialing=settings.dialing)
    except InputError as error:
        return begun._replace(problem=error)
    target = reading.target
    outside = settings.dialing.outside_prefix
    rules = Rules(confirm=settings.confirm, guards=settings.guards, own_region=region)
    try:
        written = write(target, plan)
    except InputError as error:
        known = Facts(traits_of(target, region=region, outside_prefix=outside))
        verdict = decide(target, "", origin, known, rules, said_yes=said_yes)
        return begun._replace(reading=reading, verdict=verdict, problem=error)
    dialed = written.destination.dialed
    known = Facts(traits_of(target, region=region, outside_prefix=outside, dialed=dialed))
    return begun._replace(
        reading=reading,
        verdict=decide(target, dialed, origin, known, rules, said_yes=said_yes),
        way=written.way,
        trials=written.trials,
        used=_used(written.way, settings, written.outside_prefix),
        international_prefix=written.international_prefix,
        destination=written.destination,
    )


def _used(way: Way, settings: Settings, outside_prefix: str) -> tuple[Setting, ...]:
    dialing = settings.dialing
    used = {
        Way.OWN_COUNTRY: [Setting("dialing.own_country", dialing.own_country)],
        Way.FOREIGN: [Setting("dialing.foreign_prefix", dialing.foreign_prefix)],
        Way.INTERNAL: [Setting("dialing.internal_length", dialing.internal_length)],
        Way.CONVERTED: [Setting("account.cdialplan", settings.account.cdialplan)],
    }.get(way, [])
    if outside_prefix:
        used.append(Setting("dialing.outside_prefix", outside_prefix))
    return tuple(used)
