"""From a target to what the PBX is sent: the PBX dials strings, and each customer has a plan of its own.

In this order, and the first that applies ends it:

1. Emergency numbers go as they stand, whatever else is set.
2. The rewrite rules (`ringbridge.core.dialing.rules`) see the E.164 number with its ``+``, or the code as typed.
   The first that matches has the last word: no form and no prefix is put on its output.
3. Codes (feature codes, internal extensions, digits of no known plan) go as they stand; only digits that are longer
   than the plan's internal extensions get the prefix for an outside line.
4. Where the PBX converts (``account.cdialplan = auto``), numbers go in E.164 form.
5. Numbers of the own region take the form `own_country`, foreign ones `foreign_prefix`, both behind `outside_prefix`.
"""

from enum import StrEnum
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberFormat

from ringbridge.core.calls import Destination
from ringbridge.core.dialing.rules import Rule, applies, read_rules, rewrite
from ringbridge.core.errors import InputError, RuleError
from ringbridge.core.phone_numbers import is_emergency, region_of
from ringbridge.core.settings import DialingSettings, Settings
from ringbridge.core.targets import Target

_DEFAULT_INTERNATIONAL_PREFIX = "00"  # ITU-T E.164, recommended international prefix


class DialPlan(NamedTuple):
    """All that decides how a target is written.

    Attributes:
        region: The user's own region, two letters of ISO 3166.
        dialing: The settings of the plan.
        pbx_converts: The PBX makes its own form of what it is sent (level 4.0 and later).
    """

    region: str
    dialing: DialingSettings = DialingSettings()
    pbx_converts: bool = False


class Way(StrEnum):
    """Which part of the plan made the dial string."""

    EMERGENCY = "emergency"
    RULE = "rule"
    FEATURE = "feature"
    INTERNAL = "internal"
    AS_IT_STANDS = "as_it_stands"
    CONVERTED = "converted"
    OWN_COUNTRY = "own_country"
    FOREIGN = "foreign"


class TrialState(StrEnum):
    """What became of one rule."""

    OFF = "off"
    NO_MATCH = "no_match"
    FIRED = "fired"
    UNREADABLE = "unreadable"


class Trial(NamedTuple):
    """One rule that was tried.

    Attributes:
        number: Its place in the list, from 1.
        text: As it stands in the settings.
        state: What became of it.
    """

    number: int
    text: str
    state: TrialState


class Written(NamedTuple):
    """A target as the PBX is sent it, and how it came to that.

    Attributes:
        destination: What the B leg rings.
        way: Which part of the plan made the dial string.
        trials: The rules that were tried, in order; the last may have fired.
        international_prefix: What stands before a foreign number's country code, or empty.
        outside_prefix: What was put in front for an outside line, or empty.
    """

    destination: Destination
    way: Way
    trials: tuple[Trial, ...] = ()
    international_prefix: str = ""
    outside_prefix: str = ""


def plan_of(settings: Settings, region: str) -> DialPlan:
    """The dial plan of an account.

    Args:
        settings: All settings of the profile.
        region: The user's own region, as `ringbridge.services.region` knows it.
    """
    return DialPlan(region=region, dialing=settings.dialing, pbx_converts=settings.account.cdialplan == "auto")


def to_destination(target: Target, plan: DialPlan) -> Destination:
    """Write a target the way the account's PBX wants it: the destination of `write`."""
    return write(target, plan).destination


def write(target: Target, plan: DialPlan) -> Written:
    """Write a target the way the account's PBX wants it.

    Raises:
        InputError: ``rule_unreadable``: it came to a rule that can't be read, and nobody knows what that is meant
            for; ``rule_emergency``: a rule or prefix would make an emergency number of it; ``plan_plus``: a ``+``
            would stand inside the dial string.
    """
    if target.code and is_emergency(target.code, plan.region):
        return Written(_of_code(target, target.code), Way.EMERGENCY)
    subject = target.e164 or target.code
    trials, rule = _try_rules(subject, plan.dialing.rules)
    if rule is not None:
        written = Written(_described(target, rewrite(rule, subject)), Way.RULE, trials)
    elif target.e164:
        written = _write_number(target, plan, trials)
    else:
        written = _write_code(target, plan, trials)
    if written.destination.dialed != target.code and is_emergency(written.destination.dialed, plan.region):
        raise InputError("rule_emergency", str(trials[-1].number) if rule else "")
    return written


def _try_rules(subject: str, texts: tuple[str, ...]) -> tuple[tuple[Trial, ...], Rule | None]:
    trials: list[Trial] = []
    for number, (text, rule) in enumerate(zip(texts, read_rules(texts), strict=True), 1):
        if isinstance(rule, RuleError):
            raise InputError("rule_unreadable", str(number))
        if applies(rule, subject):
            return (*trials, Trial(number, text, TrialState.FIRED)), rule
        trials.append(Trial(number, text, TrialState.NO_MATCH if rule.enabled else TrialState.OFF))
    return tuple(trials), None


def _described(target: Target, dialed: str) -> Destination:
    """A destination with this dial string; a number keeps its E.164 form and its region."""
    if not target.e164:
        return _of_code(target, dialed)
    number = phonenumbers.parse(target.e164, None)
    return Destination(
        dialed=dialed,
        e164=target.e164,
        extension=target.extension,
        region=region_of(number),
        display=phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
    )


def _of_code(target: Target, dialed: str) -> Destination:
    return Destination(dialed=dialed, extension=target.extension, display=target.code)


def _write_code(target: Target, plan: DialPlan, trials: tuple[Trial, ...]) -> Written:
    code, (low, high) = target.code, _lengths(plan.dialing.internal_length)
    if set(code) & set("*#"):
        way, prefix = Way.FEATURE, ""
    elif low <= len(code) <= high:
        way, prefix = Way.INTERNAL, ""
    else:
        way, prefix = Way.AS_IT_STANDS, plan.dialing.outside_prefix if high and len(code) > high else ""
    return Written(_of_code(target, prefix + code), way, trials, outside_prefix=prefix)


def _lengths(text: str) -> tuple[int, int]:
    """The least and the most digits of an internal extension; 0 and 0 where that is not known."""
    low, _, high = text.partition("-")
    return int(low or 0), int(high or low or 0)


def _write_number(target: Target, plan: DialPlan, trials: tuple[Trial, ...]) -> Written:
    dialing = plan.dialing
    if plan.pbx_converts:
        dialed = target.e164[1:] if dialing.own_country == "e164" else target.e164
        return Written(_described(target, dialed), Way.CONVERTED, trials)
    number = phonenumbers.parse(target.e164, None)
    own_code = phonenumbers.country_code_for_region(plan.region)
    if own_code and number.country_code == own_code:
        way, prefix = Way.OWN_COUNTRY, ""
        dialed = _own_country(number, target.e164, dialing.own_country, plan.region)
    else:
        way, prefix = Way.FOREIGN, dialing.foreign_prefix or international_prefix(plan.region)
        dialed = prefix + target.e164[1:]
    if dialing.outside_prefix and dialed.startswith("+"):
        raise InputError("plan_plus", dialing.outside_prefix)
    destination = _described(target, dialing.outside_prefix + dialed)
    return Written(destination, way, trials, prefix, dialing.outside_prefix)


def _own_country(number: PhoneNumber, e164: str, form: str, region: str) -> str:
    if form == "e164_plus":
        return e164
    if form == "e164":
        return e164[1:]
    if form == "national":
        national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        return phonenumbers.normalize_digits_only(national)
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or "" if form == "trunk" else ""  # noqa: FBT003 - theirs
    return trunk + phonenumbers.national_significant_number(number)


def international_prefix(region: str) -> str:
    """What is dialed in `region` before a country code: ``011`` in the US, ``00`` in most of the world."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None:
        return _DEFAULT_INTERNATIONAL_PREFIX
    for prefix in (metadata.preferred_international_prefix, metadata.international_prefix):
        if prefix and prefix.isdecimal():
            return prefix
    return _DEFAULT_INTERNATIONAL_PREFIX
