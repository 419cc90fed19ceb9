import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.detection import read_explicit


@pytest.mark.parametrize(
    ("text", "region", "dial", "why"),
    [
        ("212 555 0142", "US", "+12125550142", "one_number"),
        (" (212) 555-0142;\n", "US", "+12125550142", "one_number"),
        ("2125550142", "US", "+12125550142", "one_number"),
        ("call 212-555-0142 or (212) 555-0142", "US", "+12125550142", "one_number"),
        ("1-844-KEY-LOCK", "US", "+18445395625", "one_number"),
        ("fax 212-555-0142", "US", "+12125550142", "one_number"),
        ("voice 212-555-0142, fax 212-555-0143", "US", "+12125550142", "one_number"),
        ("order 2125550141, call 212-555-0142", "US", "+12125550142", "one_number"),
        ("212-555-0142 / 212-555-0143", "US", None, "several_numbers"),
        ("1234", "US", "1234", "code"),
        ("12-34", "US", "1234", "code"),
        ("*97", "US", "*97", "code"),
        ("*6050 🙂", "IL", "*6050", "code"),
        ("*21*2125550142#", "US", "*21*2125550142#", "code"),
        ("911", "US", "911", "emergency"),
        ("Notruf 112", "DE", "112", "emergency"),
        ("ext. 48", "US", "48", "code"),
        ("שלוחה 9", "IL", "9", "code"),
        ("Nebenstelle 17", "DE", "17", "code"),
        ("Chapter 7", "GB", None, "no_number"),
        ("Order 2125550142", "US", None, "no_number"),
        ("4111 1111 1111 1111", "US", None, "no_number"),
        ("06/14/2023", "US", None, "no_number"),
        ("503-555-016X", "US", None, "no_number"),
        ("hello", "US", None, "no_number"),
        ("", "US", None, "no_number"),
        ("⑧①②", "US", None, "no_number"),
        ("$50", "US", None, "no_number"),
        ("50%", "US", None, "no_number"),
        ("1 2 3", "US", None, "no_number"),
        ("0", "US", "0", "code"),
        ("call 4471", "US", "4471", "code"),
        ("room 212", "US", None, "no_number"),
    ],
)
def test_the_one_thing_to_dial_is_named_with_the_reason(text: str, region: str, dial: str | None, why: str) -> None:
    reading = read_explicit(text, region)
    assert (reading.dial, reading.why) == (dial, why)
    assert reading.is_code is (dial is not None and not dial.startswith("+"))


def test_the_extension_stands_beside_the_number() -> None:
    reading = read_explicit("212-555-0142 x48", "US")
    assert (reading.dial, reading.extension) == ("+12125550142", "48")


def test_several_numbers_are_all_there_to_choose_from() -> None:
    reading = read_explicit("home 0131 496 0281 mob 07400 699873", "GB")
    assert [item.e164 for item in reading.candidates] == ["+441314960281", "+447400699873"]


@given(st.text(max_size=80), st.sampled_from(["US", "IL", "DE", ""]))
def test_any_text_has_an_answer(text: str, region: str) -> None:
    reading = read_explicit(text, region)
    assert (reading.dial is None) == (reading.why in {"no_number", "several_numbers"})
