import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringbridge.core.errors import InputError
from ringbridge.core.settings import DialingSettings
from ringbridge.core.targets import MAX_LENGTH, Target, read, read_target


@pytest.mark.parametrize(
    ("text", "region", "e164", "extension"),
    [
        ("212 555 1234", "US", "+12125551234", ""),
        ("(212) 555-1234", "US", "+12125551234", ""),
        ("+972-2-655-6688", "US", "+97226556688", ""),
        ("03-6123456", "IL", "+97236123456", ""),
        ("0351 88877-40", "DE", "+493518887740", ""),
        ("Phone: 212 555 1234", "US", "+12125551234", ""),
        ("605-555-0133 ext. 48", "US", "+16055550133", "48"),
        ("tel:+1-212-555-1234", "IL", "+12125551234", ""),
        ("TEL:+12125551234", "IL", "+12125551234", ""),
        ("tel:%2B12125551234", "IL", "+12125551234", ""),
        ("tel:(212) 555-1234", "US", "+12125551234", ""),
        ("tel:+1-319-555-0166;ext=21", "US", "+13195550166", "21"),
        ("tel:2125551234;phone-context=+1", "IL", "+12125551234", ""),
        ("callto://+12125551234", "IL", "+12125551234", ""),
        ("sip:+441914980126@voip.example.org", "US", "+441914980126", ""),
        ("sips:+441914980126@voip.example.org;transport=tls", "US", "+441914980126", ""),
        ("SIP:+441914980126;ext=21@voip.example.org;user=phone", "US", "+441914980126", "21"),
        ("sip:+441914980126:s3cret@voip.example.org", "US", "+441914980126", ""),
        ("CallTo:+1-212-555-1234", "IL", "+12125551234", ""),
        ("tel:+1-212-555-1234;isub=77", "IL", "+12125551234", ""),
        (
            "tel:+1-212-555-1234;phone-context=example.com",
            "IL",
            "+12125551234",
            "",
        ),  # global: the context says nothing
        ("tel:555-1234;phone-context=+1-212", "IL", "+12125551234", ""),
        ("tel:03-6123456;phone-context=+972", "US", "+97236123456", ""),
        ("tel:(0)20-7946-0018;phone-context=+44", "US", "+442079460018", ""),
    ],
)
def test_one_number_is_read_as_e164(text: str, region: str, e164: str, extension: str) -> None:
    target = read_target(text, region)
    assert (target.e164, target.extension, target.code) == (e164, extension, "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1234", "1234"),
        ("*97", "*97"),
        ("911", "911"),
        ("112", "112"),
        ("1234568", "1234568"),
        ("*72 555", "*72555"),
        ("*21*2125551234#", "*21*2125551234#"),
    ],
)
def test_codes_and_lines_are_dialed_as_they_stand(text: str, code: str) -> None:
    assert read_target(text, "IL") == Target(code=code)


def test_digits_of_no_known_plan_are_dialed_as_they_stand() -> None:
    # the PBX's own example dials a number of another country without its code
    assert read_target("2125551234", "IL") == Target(code="2125551234")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("  \t ", "empty"),
        ("hello", "letters"),
        ("+12", "no_number"),
        ("212-555-1234\x00", "control_characters"),
        ("212\n555", "control_characters"),
        ("\ud800212 555 1234", "control_characters"),
        ("1" * (MAX_LENGTH + 1), "too_long"),
        ("javascript:alert(1)", "scheme"),
        ("http://example.org/2125551234", "scheme"),
        ("tel:*97", "code_in_link"),
        ("tel:%2A%2306%23", "code_in_link"),
        ("tel:*21*+12125551234%23", "code_in_link"),
        ("callto:%23%23002%23", "code_in_link"),
        ("sip:*97@example.org", "code_in_link"),
        ("tel:212%00555", "control_characters"),
        ("tel:tel:2125551234", "bad_link"),
        ("tel:<b>2125551234</b>", "bad_link"),
        ("tel:2125551234&snumber=1", "bad_link"),
        ("tel:2125551234;$(id)", "bad_link"),
        ("sip:2125551234&x=y@example.org", "bad_link"),
        ("tel:%FF2125551234", "bad_link"),
        ("tel:\N{PILE OF POO}2125551234", "bad_link"),
        ("911tel:", "letters"),
        ("911 <b>", "letters"),
        ("\u202e4321 555 212 1+\u202c", "control_characters"),
        ("tel:+1212555\u202d1234", "control_characters"),
        ("tel:+12125551234;ext=٢١", "bad_link"),
        ("javascript:2125551234", "scheme"),
        ("mailto:2125551234", "scheme"),
        ("tel:", "no_number"),
        ("212 555 1234 or 212 555 9876", "several_numbers"),
        ("tel:7042;phone-context=example.com", "context"),
        ("tel:2125551234;phone-context=example.com", "context"),
        ("tel:863-1234;phone-context=+1-914-555", "context"),
        ("tel:12;phone-context=+999", "context"),
        ("tel:911;phone-context=+44", "context"),
        ("tel:abc;phone-context=+1", "context"),
        ("tel:;phone-context=+1", "no_number"),
        ("tel:2125551234;ext=1;ext=2", "bad_link"),
        ("tel:+1-800-2Ab", "letters"),
        ("sip:alice@example.org", "letters"),
    ],
)
def test_what_cannot_be_dialed_is_refused_with_its_reason(text: str, problem: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_target(text, "US")
    assert refusal.value.problem == problem


def test_a_uri_is_marked_as_one() -> None:
    assert read_target("tel:+12125551234", "US").from_uri
    assert not read_target("+12125551234", "US").from_uri


@given(st.text(max_size=60), st.sampled_from(["US", "IL", "DE", "", "ZZ"]))
def test_any_text_is_read_or_refused(text: str, region: str) -> None:
    try:
        target = read_target(text, region)
    except InputError:
        return
    assert set(target.e164) <= set("+0123456789")
    assert set(target.code) <= set("*#0123456789")
    assert bool(target.e164) != bool(target.code)


@given(st.text(alphabet="0123456789+*#%23aA;=()-. :", max_size=40))
@example(" 00#")
def test_no_link_ever_reaches_a_service_code(rest: str) -> None:
    try:
        target = read_target(f"tel:{rest}", "US")
    except InputError:
        return
    assert not set(target.code) & set("*#")


@pytest.mark.parametrize("text", ["2026-11-23", "192.168.1.100", "12.5.2026", "1234567"])
def test_what_was_copied_is_not_dialed_as_it_stands(text: str) -> None:
    with pytest.raises(InputError):
        read_target(text, "US", typed=False)
    assert read_target("1234", "US", typed=False) == Target(code="1234")
    assert read_target("(212) 555-0142", "US", typed=False).e164 == "+12125550142"


OURS = DialingSettings(internal_length="3-5", own_contexts=("example.com", "+1-914-555"))


@pytest.mark.parametrize(
    ("text", "target", "reason"),
    [
        ("205", Target(code="205"), "internal"),
        ("20-51", Target(code="2051"), "internal"),
        ("911", Target(code="911"), "code"),
        ("12", Target(code="12"), "code"),
        ("tel:7042;phone-context=EXAMPLE.com.", Target(code="7042", from_uri=True), "own_context"),
        ("tel:7042;phone-context=+1.914.555", Target(code="7042", from_uri=True), "own_context"),
        ("tel:911;phone-context=+1", Target(code="911", from_uri=True), "context_country"),
        ("tel:5551234;phone-context=+1212", Target(e164="+12125551234", from_uri=True), "context_prefix"),
        ("(212) 555-1234", Target(e164="+12125551234"), "whole_number"),
        ("call 212-555-1234", Target(e164="+12125551234"), "found"),
        ("1234567", Target(code="1234567"), "as_it_stands"),
    ],
)
def test_the_plan_says_what_is_internal_and_every_reading_says_why(text: str, target: Target, reason: str) -> None:
    reading = read(text, "US", dialing=OURS)
    assert reading.target == target
    assert reason in reading.reasons


def test_digits_as_long_as_an_extension_are_one_in_a_country_with_short_numbers() -> None:
    assert read_target("22158", "SH").e164 == "+29022158"  # Saint Helena
    assert read_target("22158", "SH", dialing=OURS) == Target(code="22158")
    assert read_target("22158", "SH", typed=False, dialing=OURS) == Target(code="22158")
    assert read_target("+29022158", "SH", dialing=OURS).e164 == "+29022158"
