import base64
import json
import random

import pytest

from ringbridge.training.tokens import TokenOffice, totp_code, totp_matches

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode().rstrip("=")


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_one_time_codes_are_those_of_rfc_6238_appendix_b(at: int, code: str):
    assert totp_code(RFC_SECRET, at) == code


def test_a_code_holds_for_the_neighbouring_half_minutes_only():
    code = totp_code(RFC_SECRET, 1000)
    assert all(totp_matches(RFC_SECRET, f" {code} ", at) for at in (975, 1000, 1040))
    assert not any(totp_matches(RFC_SECRET, code, at) for at in (900, 1100))
    assert not totp_matches(RFC_SECRET, "", 1000)


@pytest.fixture
def office() -> TokenOffice:
    return TokenOffice(random.Random(1))


def test_a_token_looks_like_a_json_web_token_and_tells_whose_it_is(office: TokenOffice):
    token = office.make("login", "user", now=100, life_s=10)
    header, claims, _ = token.split(".")
    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {"alg": "HS256", "typ": "JWT"}
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["sub"] == "user"
    assert office.read("login", token, now=109) == "user"


def test_a_token_ends(office: TokenOffice):
    token = office.make("login", "user", now=100, life_s=10)
    assert office.read("login", token, now=110) == ""
    token = office.make("login", "user", now=100, life_s=10)
    office.expire_all()
    assert office.read("login", token, now=101) == ""
    assert office.read("login", office.make("login", "user", now=101, life_s=10), now=102) == "user"


def test_a_token_is_for_one_purpose_of_one_office(office: TokenOffice):
    token = office.make("totp", "user", now=100, life_s=10)
    assert office.read("login", token, now=101) == ""
    assert TokenOffice(random.Random(2)).read("totp", token, now=101) == ""


def test_a_damaged_token_is_worth_nothing(office: TokenOffice):
    token = office.make("login", "user", now=100, life_s=10)
    for damaged in ("", ".", "..", token[:-2], token[1:], token + "x", "é.é.é", token.replace(".", "")):
        assert office.read("login", damaged, now=101) == ""
