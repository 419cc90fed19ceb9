import random
import re

import phonenumbers
import pytest
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat

from ringbridge.core.detection.plans import (
    _OTHER_LENGTHS,
    country_code_of,
    read_dialed_abroad,
    read_international,
    read_national,
)
from ringbridge.core.phone_numbers import e164_of, kind_of, region_of

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def library(number_text: str, region: str | None) -> tuple[str, str, str] | None:
    try:
        number = phonenumbers.parse(number_text, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return e164_of(number), region_of(number), kind_of(number)


def variants(digits: str, chance: random.Random) -> list[str]:
    """The digits, and some with one changed, dropped or doubled."""
    found = [digits]
    for _ in range(5):
        at = chance.randrange(len(digits))
        found.append(digits[:at] + chance.choice("0123456789") + digits[at + chance.choice((0, 1, 1, 1)) :])
    return found


@pytest.mark.parametrize("first", sorted({region[0] for region in REGIONS}))
def test_the_answers_are_those_of_the_library(first: str) -> None:
    """Over example numbers of every kind and region, and digits near them that are mostly no numbers."""
    chance = random.Random(first)
    for region in (region for region in REGIONS if region[0] == first):
        idd = getattr(PhoneMetadata.metadata_for_region(region, None), "international_prefix", None)
        for kind in range(11):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            for digits in variants(e164_of(example)[1:], chance):
                ours = read_international(digits)
                assert (ours and (ours.e164, ours.region, ours.kind)) == library("+" + digits, None), digits
            home = phonenumbers.normalize_digits_only(phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL))
            for digits in variants(home, chance):
                if digits.startswith(country_code_of(region)) or (idd and re.match(idd, digits)):
                    continue  # the library reads a country code into these
                ours = read_national(digits, region)
                assert (ours and (ours.e164, ours.region, ours.kind)) == library(digits, region), (digits, region)


def test_regions_with_lengths_of_their_own_are_known() -> None:
    """`read_international` skips the regions of a country code whose main region has no number so long."""
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        plans = [PhoneMetadata.metadata_for_region(region, None) for region in regions if region != "001"]
        lengths = [set(plan.general_desc.possible_length) for plan in plans if plan and plan.general_desc]
        for region, own in zip(regions[1:], lengths[1:], strict=True):
            for length in own - lengths[0]:
                found[code, length] = (*found.get((code, length), ()), region)
    assert found == _OTHER_LENGTHS


def test_a_number_dialed_abroad_is_read_behind_the_prefix_of_its_region() -> None:
    number = read_dialed_abroad("0011442079460018", "AU")
    assert number is not None
    assert number.e164 == "+442079460018"
    assert read_dialed_abroad("0412345681", "AU") is None
    assert read_dialed_abroad("0011442079460018", "ZZ") is None


def test_an_unknown_region_has_no_numbers() -> None:
    assert read_national("2125550142", "ZZ") is None
    assert country_code_of("ZZ") == ""


def test_a_number_knows_how_it_is_written_at_home() -> None:
    number = read_national("02079460018", "GB")
    assert number is not None
    assert (number.groups, number.needs_prefix, number.written) == ((2, 4, 4), True, True)
    number = read_national("2125550142", "US")
    assert number is not None
    assert (number.groups, number.needs_prefix, number.may_be_longer) == ((3, 3, 4), False, False)


def test_numbers_of_no_country_are_read() -> None:
    number = read_international("80012345678")
    assert number is not None
    assert (number.e164, number.region) == ("+80012345678", "")
