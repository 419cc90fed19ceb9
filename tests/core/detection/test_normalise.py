import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.detection.normalise import make_plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("plain", "plain"),
        ("a\rb", "a\nb"),
        ("٠٥٥\u200f-１２３", "055-123"),
        ("843\u2011555 \u2013 \u05be", "843-555 - -"),
        ("02\u00a040\u202f55", "02 40 55"),
        ("（０３）１２", "(03)12"),
        ("1\ufe0f\u20e32", "12"),
        ("\u202a+972\u202c", "+972"),
        ("a—b", "a—b"),
        ("𝟏𝟐", "12"),
        ("x²⑧", "x²⑧"),
    ],
)
def test_digits_dashes_and_blanks_are_written_the_plain_way(text: str, plain: str) -> None:
    assert make_plain(text).text == plain


def test_tabs_and_line_ends_stay() -> None:
    assert make_plain("é\t\u2028\n").text == "é\t\n\n"


@given(st.text(max_size=60), st.data())
def test_a_span_leads_back_to_the_same_characters(text: str, data: st.DataObject) -> None:
    made = make_plain(text)
    if not made.text:
        return
    start = data.draw(st.integers(0, len(made.text) - 1))
    end = data.draw(st.integers(start + 1, len(made.text)))
    first, last = made.span(start, end)
    assert 0 <= first < last <= len(text)
    assert make_plain(text[first:last]).text == made.text[start:end]


def test_a_seam_is_where_a_soft_hyphen_stood_between_digits() -> None:
    text = "617\u00ad555\u200b0130 a\u00adb"
    assert make_plain(text).seams(text) == frozenset((3, 6))
    assert make_plain("617").seams("617") == frozenset()
