import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.detection import MAX_CANDIDATES, MAX_LENGTH, find_numbers, read_explicit


@pytest.mark.parametrize(
    ("text", "region", "e164", "extension", "raw"),
    [
        ("Call Anna at (505) 555-0161.", "US", "+15055550161", "", "(505) 555-0161"),
        ("Le plombier est au 02 40 55 66 77 jusqu'à midi", "FR", "+33240556677", "", "02 40 55 66 77"),
        ("המוסך ענה, המספר 08-9345612", "IL", "+97289345612", "", "08-9345612"),
        ("Front office 605-555-0133 ext. 48", "US", "+16055550133", "48", "605-555-0133 ext. 48"),
        ("Kollege: +44 (0)191 498 0125", "DE", "+441914980125", "", "+44 (0)191 498 0125"),
        ("843‑555‑0177", "US", "+18435550177", "", "843‑555‑0177"),
        ("\u200f\u202a+972 2‑655‑6688\u202c\u200f", "IL", "+97226556688", "", "+972 2‑655‑6688"),
        ("０４５－６７８－９０１３", "JP", "+81456789013", "", "０４５－６７８－９０１３"),
        ("Locksmith: 1-844-KEY-LOCK", "US", "+18445395625", "", "1-844-KEY-LOCK"),
    ],
)
def test_a_number_is_found_with_its_place(text: str, region: str, e164: str, extension: str, raw: str) -> None:
    (found,) = find_numbers(text, region)
    assert (found.e164, found.extension) == (e164, extension)
    assert text[found.start : found.end] == raw


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no digits at all",
        "Total 1,234.56 EUR",
        "see https://example.org/2125551234/index.html",
        "id=2125551234",
        "2026-11-23 10:15",
        "192.168.100.200",
        "v1.2.3-2125551",
    ],
)
def test_other_digits_are_left_alone(text: str) -> None:
    assert find_numbers(text, "US") == ()


@pytest.mark.parametrize(
    "tail",
    [
        "a" * 4000,
        "ก" * 4000,
        "ก.ก'" * 1000,
        "अ" * 4000,
        "_" * 4000,
        "a b " * 1000,
        " . " * 1000,
        "<a" * 2000,
        ",w" * 2000,
    ],
)
def test_what_stands_beside_a_number_costs_no_more_than_its_length(tail: str) -> None:
    """Nothing is tried over and over; pytest-timeout is the deadline."""
    for text in (f"212-555-0142 {tail}", f"{tail} 212-555-0142", f"{tail[:300]}='212-555-0142' {tail[:300]} " * 6):
        find_numbers(text, "US")
        find_numbers(text, "DE")


def test_several_numbers_come_in_order() -> None:
    found = find_numbers("Office 212-555-0101, mobile +44 7400 123456", "US")
    assert [number.e164 for number in found] == ["+12125550101", "+447400123456"]


def test_only_the_beginning_of_a_long_text_is_searched() -> None:
    assert find_numbers("x " * MAX_LENGTH + "212-555-0101", "US") == ()
    many = find_numbers(" and ".join(["212-555-0101"] * 100), "US")
    assert len(many) == MAX_CANDIDATES


@pytest.mark.parametrize(
    ("text", "dial"),
    [
        ("212 555 0101", "+12125550101"),
        ("1234", "1234"),
        ("*97", "*97"),
        ("911", "911"),
        ("call 212-555-0101 or (212) 555-0101", "+12125550101"),
        ("212-555-0101 / 212-555-0102", None),
        ("hello", None),
    ],
)
def test_explicit_mode_names_the_one_thing_to_dial(text: str, dial: str | None) -> None:
    assert read_explicit(text, "US").dial == dial


@given(st.text(max_size=300), st.sampled_from(["US", "IL", "DE", "FR", "", "ZZ"]))
def test_any_text_is_searched_without_an_error_and_spans_lie_in_it(text: str, region: str) -> None:
    for found in find_numbers(text, region):
        assert 0 <= found.start < found.end <= len(text)
        assert found.e164.startswith("+")
        assert 8 <= len(found.e164) <= 16
    read_explicit(text, region)


@given(st.sampled_from(["-", " ", ".", "‑", "\u00a0", "\u200b-"]), st.integers(2, 9), st.integers(0, 9999))
def test_separators_do_not_change_the_answer(separator: str, first: int, last: int) -> None:
    text = separator.join(["212", f"{first}55", f"{last:04}"])
    assert [number.e164 for number in find_numbers(f"Tel {text}", "US")] == [f"+1212{first}55{last:04}"]


def test_the_corpus_of_easy_cases_is_read() -> None:
    """A floor for the plain matcher; `tests/core/easy_numbers.jsonl` holds one case a line."""
    cases = [json.loads(line) for line in (Path(__file__).parent / "easy_numbers.jsonl").read_text().splitlines()]
    assert len(cases) >= 20
    for case in cases:
        found = [(n.e164, n.extension or None) for n in find_numbers(case["text"], case["region"])]
        assert found == [tuple(pair) for pair in case["numbers"]], case["text"]
