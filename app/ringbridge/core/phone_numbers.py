"""Phone numbers as values: parsing, formatting and kinds, on top of the numbering plans of `phonenumbers`."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from ringbridge.core.number_kinds import NumberKind

_KINDS = {
    PhoneNumberType.FIXED_LINE: NumberKind.FIXED,
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.FIXED_OR_MOBILE,
    PhoneNumberType.TOLL_FREE: NumberKind.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: NumberKind.PREMIUM,
    PhoneNumberType.SHARED_COST: NumberKind.SHARED_COST,
    PhoneNumberType.VOIP: NumberKind.VOIP,
}
_KNOWN_REGIONS = frozenset(phonenumbers.SUPPORTED_REGIONS)


def is_known_region(region: str) -> bool:
    """Whether `region` (two letters of ISO 3166, upper case) has a numbering plan."""
    return region in _KNOWN_REGIONS


def parse_valid(number_text: str, region: str) -> phonenumbers.PhoneNumber | None:
    """Read a number that its numbering plan knows as valid.

    Args:
        number_text: One number, with or without country code, in any script's digits.
        region: Two letters of ISO 3166, for numbers without a country code.
    """
    try:
        number = phonenumbers.parse(number_text, region)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def e164_of(number: phonenumbers.PhoneNumber) -> str:
    """The E.164 form (ITU-T E.164): ``+``, country code and national number, at most 15 digits."""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def region_of(number: phonenumbers.PhoneNumber) -> str:
    """Two letters of ISO 3166 the number belongs to, or empty for a number of no country (``+800…``)."""
    region = phonenumbers.region_code_for_number(number) or ""
    return "" if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region


def kind_of(number: phonenumbers.PhoneNumber) -> NumberKind:
    """What the number is, as far as its numbering plan tells."""
    return _KINDS.get(phonenumbers.number_type(number), NumberKind.OTHER)


def is_emergency(digits: str, region: str) -> bool:
    """Whether these digits reach an emergency service in `region` (112 and 911 count everywhere)."""
    if digits in {"112", "911", "999"}:
        return True
    return is_known_region(region) and phonenumbers.is_emergency_number(digits, region)
