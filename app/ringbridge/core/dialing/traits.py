"""What a number is, as far as it matters for whether it is called: its country, its kind, its risks. Pure."""

import re
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException

from ringbridge.core.phone_numbers import NumberKind, is_emergency, kind_of, region_of
from ringbridge.core.targets import Target

_SATELLITE_CODES = {870, 878, 881, 882, 883, 888}
"""Country codes of networks of no country (ITU-T E.164, annex to the list of assigned codes): Inmarsat, universal
personal numbers, Iridium and Globalstar, international networks. +800 and +808 are not costly, +979 is premium."""

_SHORTEST, _LONGEST = 8, 13
"""Digits of an E.164 number, country code included; what has fewer or more is rare."""

_LONGEST_CODE = 8
"""Digits of an extension, feature or short code; lines of a PBX have up to seven, and what is longer may be a number
that was not read as one."""

_INTERNATIONAL_PREFIXES = ("+", "00", "011", "0011", "010", "810")
_FEATURE = re.compile(r"[*#]{1,2}[0-9]{2,3}[*#]?")


class Traits(NamedTuple):
    """What is known of a target before anybody calls it.

    Attributes:
        e164: The number in E.164 form; of a code that hides one (``*67`` and a number, ``00`` in a country where
            that is no international prefix) the hidden one; else empty.
        region: Two letters of ISO 3166 of `e164`, or empty.
        kind: A `NumberKind` of `e164`, or empty.
        satellite: It belongs to a satellite or other network of no country.
        emergency: It reaches an emergency service.
        has_feature: It is a code with ``*`` or ``#``, which may change how a phone works.
        unusual: It is so long or so short that it may be misread.
        opaque: It is a long code of which no country can be told.
    """

    e164: str = ""
    region: str = ""
    kind: str = ""
    satellite: bool = False
    emergency: bool = False
    has_feature: bool = False
    unusual: bool = False
    opaque: bool = False


def traits_of(target: Target, *, region: str, outside_prefix: str = "", dialed: str = "") -> Traits:
    """Look at a target, and at what a rule of the dial plan made of it.

    Args:
        target: What is to be dialed.
        region: The user's own region, two letters of ISO 3166.
        outside_prefix: What people here dial before an outside number, or empty.
        dialed: The dial string, or empty. A rule may leave three digits of a number, and they may be 911.
    """
    if target.e164:
        number = phonenumbers.parse(target.e164, None)
        digits = len(target.e164) - 1
        return _of_number(number, target.e164)._replace(
            unusual=not _SHORTEST <= digits <= _LONGEST, emergency=is_emergency(dialed, region)
        )
    code = target.code
    outside = code.removeprefix(outside_prefix) if outside_prefix else code
    if any(is_emergency(digits, region) for digits in (code, outside, dialed)):
        return Traits(emergency=True)
    has_feature = bool(set(code) & set("*#"))
    length = sum(map(str.isdigit, code))
    unusual = length > _LONGEST_CODE or (length <= 1 and not has_feature)
    hidden = _hidden_number(outside, region)
    if hidden is not None:
        e164 = phonenumbers.format_number(hidden, phonenumbers.PhoneNumberFormat.E164)
        return _of_number(hidden, e164)._replace(has_feature=has_feature, unusual=unusual)
    return Traits(has_feature=has_feature, unusual=unusual, opaque=length > _LONGEST_CODE)


def _of_number(number: phonenumbers.PhoneNumber, e164: str) -> Traits:
    kind = kind_of(number)
    return Traits(
        e164=e164,
        region=region_of(number),
        kind="" if kind is NumberKind.OTHER else str(kind),
        satellite=number.country_code in _SATELLITE_CODES,
    )


def _hidden_number(code: str, region: str) -> phonenumbers.PhoneNumber | None:
    """The number that a code would reach: behind a feature code, or behind a foreign international prefix."""
    rest = _FEATURE.sub("", code, count=1) if code[:1] in {"*", "#"} else code
    rest = rest.rstrip("#*")
    if not rest.removeprefix("+").isdecimal():
        return None
    readings = [rest] if rest != code else []
    readings += [f"+{rest.removeprefix(prefix)}" for prefix in _INTERNATIONAL_PREFIXES if rest.startswith(prefix)]
    for reading in readings:
        try:
            number = phonenumbers.parse(reading, region or None)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    return None
