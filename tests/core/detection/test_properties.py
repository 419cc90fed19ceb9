"""What holds for every number and every text."""

import random
import unicodedata

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from ringbridge.core.detection import find_numbers, list_numbers, read_explicit
from ringbridge.core.detection.vetoes import is_article, luhn
from ringbridge.core.phone_numbers import e164_of

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = (
    PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.VOIP,
)  # fmt: skip
LABELS = {"US": "Phone", "IL": "טלפון", "RU": "Телефон", "CN": "电话", "JP": "電話", "FR": "Tél.", "SA": "هاتف"}


def samples(region: str) -> list[phonenumbers.PhoneNumber]:
    """Valid numbers of the region: the library's examples, with other last digits where these are valid, too."""
    chance = random.Random(region)
    found: list[phonenumbers.PhoneNumber] = []
    for kind in KINDS:
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None:
            continue
        national = phonenumbers.national_significant_number(example)
        for _ in range(3):
            text = f"+{example.country_code}{national[:-4]}{chance.randrange(10_000):04}"
            number = phonenumbers.parse(text, None)
            if phonenumbers.is_valid_number(number) and phonenumbers.region_code_for_number(number) == region:
                found.append(number)
    return found


def looks_like_something_else(text: str) -> bool:
    digits = "".join(filter(str.isdecimal, text))
    return is_article(digits) or (len(digits) >= 13 and luhn(digits)) or digits[-5:] in "0123456789"


@pytest.mark.parametrize(
    "written", list(PhoneNumberFormat.__dict__.keys() & {"E164", "INTERNATIONAL", "NATIONAL", "RFC3966"})
)
def test_a_number_written_as_its_plan_writes_it_is_read_in_its_own_region(written: str) -> None:
    missed: list[tuple[str, str]] = []
    total = 0
    for region in REGIONS:
        for number in samples(region):
            text = phonenumbers.format_number(number, getattr(PhoneNumberFormat, written))
            if looks_like_something_else(text) or len(phonenumbers.national_significant_number(number)) < 7:
                continue
            label = "" if written == "RFC3966" else f"{LABELS.get(region, 'Tel')}: "
            total += 1
            if [item.e164 for item in find_numbers(label + text, region)] != [e164_of(number)]:
                missed.append((region, text))
    assert total > 1000
    assert len(missed) <= total / 200, missed


def test_what_is_dialed_explicitly_needs_no_label() -> None:
    missed: list[tuple[str, str]] = []
    total = 0
    for region in REGIONS:
        for number in samples(region):
            text = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
            total += 1
            if read_explicit(text, region).dial != e164_of(number):
                missed.append((region, text))
    assert len(missed) <= total / 200, missed


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(["US", "IL", "DE", "FR", "", "ZZ"]))
def test_any_text_is_searched_without_an_error_and_spans_lie_in_it(text: str, region: str) -> None:
    for found in (*find_numbers(text, region), *list_numbers(text, region), *read_explicit(text, region).candidates):
        assert 0 <= found.start < found.end <= len(text)
        assert found.e164.startswith("+")
        assert 5 <= len(found.e164) <= 18
        assert 0 <= found.confidence <= 1
        assert found.reasons


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "+1 415 555 2671",
                "02 40 55 66 77",
                "Tel: ",
                "Order ",
                " x48",
                "\u200f",
                "٠٥٥٢٣٤٥٦٧٨",
                "\n",
                ",",
                "(0)",
                "00",
            ]
        ),
        st.text(alphabet="0123456789 -./()+#", max_size=8),
    ),
    max_size=10,
).map("".join)


@settings(deadline=None)
@given(PIECES, st.sampled_from(["US", "IL", "DE", "FR", "SA"]))
def test_the_digits_of_a_span_are_those_of_the_number(text: str, region: str) -> None:
    for found in find_numbers(text, region):
        shown = "".join(str(unicodedata.decimal(sign)) for sign in text[found.start : found.end] if sign.isdecimal())
        assert found.extension in shown
        national = found.e164[1:]
        number = shown.removesuffix(found.extension) if found.extension else shown
        assert any(number.endswith(national[cut:]) for cut in range(4)), (found, shown)


@settings(deadline=None)
@given(
    st.sampled_from(["-", " ", ".", "‑", "\u00a0", "–", " - ", "/"]), st.integers(2, 9), st.integers(0, 9999),
    st.sampled_from(["", "\u200b", "\u200f", "\u202a", "\u2066", "\u00ad"]), st.integers(0, 11),
)  # fmt: skip
def test_separators_and_invisible_marks_do_not_change_the_answer(
    separator: str, first: int, last: int, mark: str, at: int
) -> None:
    text = separator.join(["212", f"{first}55", f"{last:04}"])
    text = text[:at] + mark + text[at:]
    assert [item.e164 for item in find_numbers(f"Tel {text}", "US")] == [f"+1212{first}55{last:04}"]
