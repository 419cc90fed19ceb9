"""From a number to what the PBX is sent: the PBX dials strings, and each customer has a plan of its own."""

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat

from ringbridge.core.calls import Destination
from ringbridge.core.phone_numbers import is_emergency, region_of
from ringbridge.core.settings import CallSettings
from ringbridge.core.targets import Target

_DEFAULT_INTERNATIONAL_PREFIX = "00"  # ITU-T E.164, recommended international prefix


def to_destination(target: Target, calls: CallSettings, region: str) -> Destination:
    """Write a target the way the account's PBX wants it.

    Args:
        target: What a person asks to dial.
        calls: How numbers become dial strings.
        region: The user's own region, two letters of ISO 3166.
    """
    if not target.e164:
        return Destination(dialed=target.code, extension=target.extension, display=target.code)
    number = phonenumbers.parse(target.e164, None)
    display = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    own_code = phonenumbers.country_code_for_region(region)
    if own_code and number.country_code == own_code:
        dialed = _own_country(number, target.e164, calls)
    else:
        prefix = calls.foreign_prefix or _international_prefix(region)
        dialed = prefix + target.e164[1:]
    if calls.outside_prefix and not is_emergency(dialed, region):
        dialed = calls.outside_prefix + dialed
    return Destination(
        dialed=dialed,
        e164=target.e164,
        extension=target.extension,
        region=region_of(number),
        display=display,
    )


def _own_country(number: phonenumbers.PhoneNumber, e164: str, calls: CallSettings) -> str:
    if calls.own_country == "e164_plus":
        return e164
    if calls.own_country == "e164":
        return e164[1:]
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return phonenumbers.normalize_digits_only(national)


def _international_prefix(region: str) -> str:
    """What is dialed in `region` before a country code: ``011`` in the US, ``00`` in most of the world."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None:
        return _DEFAULT_INTERNATIONAL_PREFIX
    for prefix in (metadata.preferred_international_prefix, metadata.international_prefix):
        if prefix and prefix.isdecimal():
            return prefix
    return _DEFAULT_INTERNATIONAL_PREFIX
