import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.dialing.uris import SCHEMES, Link, read_uri
from ringbridge.core.errors import InputError


@pytest.mark.parametrize(
    ("scheme", "rest", "link"),
    [
        ("tel", "+1-201-555-0123", Link("tel", "+1-201-555-0123")),
        ("tel", "7042;phone-context=Example.com", Link("tel", "7042", context="example.com")),
        ("tel", "863-1234;phone-context=+1-914-555", Link("tel", "863-1234", context="+1914555")),
        ("tel", "+1(201)555.0123;EXT=1-2;isub=77;tsp=a.b", Link("tel", "+1(201)555.0123", extension="12")),
        ("tel", "%2B12125551234%3Bext=5", Link("tel", "+12125551234;ext=5")),  # an escaped ; is no separator
        ("tel", "+12125551234;ext=%35", Link("tel", "+12125551234", extension="5")),
        ("tel", "//+12125551234?x=y", Link("tel", "+12125551234")),
        ("tel", "+12125551234;", Link("tel", "+12125551234")),
        ("callto", "//+12125551234", Link("callto", "+12125551234")),
        ("sip", "+441914980126;ext=21@voip.example.org;user=phone", Link("sip", "+441914980126", extension="21")),
        ("sip", "100:secret@example.org", Link("sip", "100")),
        ("sips", "1212@example.org:5061;transport=tls?subject=a%40b", Link("sips", "1212")),
        ("sip", "7042;phone-context=example.com@gw.example.com", Link("sip", "7042", context="example.com")),
        ("sip", "+12125551234", Link("sip", "+12125551234")),
    ],
)
def test_a_uri_is_taken_apart(scheme: str, rest: str, link: Link) -> None:
    assert read_uri(scheme, rest) == link


@pytest.mark.parametrize(
    ("scheme", "rest", "problem"),
    [
        ("mailto", "a@b", "scheme"),
        ("tel", "*97", "code_in_link"),
        ("tel", "5551234;ext=%23", "code_in_link"),
        ("tel", "212%0A555", "control_characters"),
        ("tel", "5551234;ext=1;EXT=2", "bad_link"),
        ("tel", "5551234;m-secret=1", "bad_link"),
        ("tel", "5551234;ext=12a", "bad_link"),
        ("tel", "5551234;phone-context=+", "bad_link"),
        ("tel", "5551234;phone-context=a_b", "bad_link"),
        ("sip", "a@b@c", "bad_link"),
        ("sip", "192.168.1.100", "no_number"),
        ("sip", "example.org", "no_number"),
    ],
)
def test_what_breaks_the_rules_is_refused(scheme: str, rest: str, problem: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_uri(scheme, rest)
    assert refusal.value.problem == problem


def test_a_password_is_in_nothing_that_is_read() -> None:
    assert "secret" not in repr(read_uri("sip", "100:secret;ext=5@example.org"))


@given(st.sampled_from(SCHEMES), st.text(max_size=60) | st.text(alphabet="+0123456789;=@:%ext-phone.", max_size=60))
def test_any_uri_is_taken_apart_or_refused(scheme: str, rest: str) -> None:
    try:
        link = read_uri(scheme, rest)
    except InputError:
        return
    assert link.extension == "" or link.extension.isdecimal()
    assert not set(link.number_text) & set("*#")
