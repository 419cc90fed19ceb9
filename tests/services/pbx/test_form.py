"""Encoding, and keeping secrets out of texts."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.calls import Login
from ringbridge.core.errors import NoAccount, RequestInvalid
from ringbridge.services.pbx.form import Words, encode, login_parameters, printable

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("character", "encoded"),
    [
        ("+", "%2B"),
        (";", "%3B"),
        ("&", "%26"),
        (" ", "%20"),
        ("#", "%23"),
        ("%", "%25"),
        ("ä", "%C3%A4"),
        ("/", "%2F"),
    ],
)
def test_every_value_is_percent_encoded(character: str, encoded: str) -> None:
    assert encode([("a", character)], "&") == f"a={encoded}"


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), TEXTS), min_size=1))
def test_what_was_encoded_once_is_read_back_after_decoding_once(pairs: list[tuple[str, str]]) -> None:
    parts = [part.partition("=") for part in encode(pairs, ";").split(";")]
    assert [(name, unquote(value)) for name, _, value in parts] == pairs


@pytest.mark.parametrize(("username", "password", "missing"), [("", "x", "username"), ("x", "", "password")])
def test_an_empty_login_is_no_account(username: str, password: str, missing: str) -> None:
    with pytest.raises(NoAccount) as caught:
        login_parameters(Login(username=username, password=password))
    assert caught.value.missing == missing


@pytest.mark.parametrize("bad", ["secret\n", "sec\x00ret", "secret\x7f", "secret\ud800"])
def test_a_password_that_can_not_be_sent_is_refused_and_not_repeated(bad: str) -> None:
    with pytest.raises(RequestInvalid) as caught:
        login_parameters(Login(username="anna", password=bad))
    assert caught.value.parameter == "auth_password"
    assert "sec" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("form", ['p&ä;+ #%="', "p%26%C3%A4%3B%2B%20%23%25%3D%22", "p%26%c3%a4%3b%2b+%23%25%3d%22"])
def test_a_repeated_password_is_hidden(form: str) -> None:
    assert Words('p&ä;+ #%="')(f"invalid auth_password {form} given") == "invalid auth_password *** given"


@given(TEXTS, TEXTS.filter(lambda text: len(text.strip()) > 3))
def test_foreign_words_become_one_short_printable_line(text: str, secret: str) -> None:
    cleaned = Words(secret)(text)
    assert cleaned.isprintable()
    assert len(cleaned) <= 310
    assert secret not in cleaned


def test_a_password_put_together_from_pieces_is_hidden_as_well() -> None:
    assert "ab cd" not in Words("ab cd")("ab\u200e\u200ecd")


def test_long_words_are_cut() -> None:
    assert printable("x" * 500, 300) == "x" * 299 + "…"
