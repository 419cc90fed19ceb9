"""Texts at the edges of rules: what a number is part of, and where looking ends."""

import pytest

from ringbridge.core.detection import MAX_LENGTH, find_numbers, list_numbers, read_explicit
from ringbridge.core.detection.candidates import find_cuts
from ringbridge.core.detection.detect import judged
from ringbridge.core.detection.normalise import make_plain


def reasons_of(text: str, region: str) -> set[str]:
    return {reason for item in judged(make_plain(text).text, region) for reason in item.verdict.reasons}


@pytest.mark.parametrize(
    ("text", "region", "reason"),
    [
        ("+++1 415 555 2671", "US", "veto:maths"),
        ("5:4155552671", "US", "veto:glued"),
        ("4155552671:5", "US", "veto:glued"),
        ("03-6123457#*", "IL", "veto:masked"),
        ("415-555-2671…5", "US", "veto:decimal"),
        ("415-555-2671+x@example.com", "US", "veto:mail"),
        ("x@שלום-0523456781", "IL", "veto:mail"),
        ("file_ש-052-3456781", "IL", "veto:file"),
        ("052-3456781-.pdf", "IL", "veto:file"),
        ("tel?é/052-3456781", "IL", "veto:path"),
        ("49 015420 323751 8", "DE", "veto:card"),
        ("030 2312, 5417", "DE", "may_go_on"),
    ],
)
def test_a_number_that_is_part_of_something_else_says_of_what(text: str, region: str, reason: str) -> None:
    assert reason in reasons_of(text, region)
    assert find_numbers(text, region) == ()


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("tel:02-6251234abc", "IL", []),
        ("tel:011442079460018", "FR", ["+442079460018"]),
        ("tel:442079460018", "FR", ["+442079460018"]),
        ("tel:+12125550142;foo=1", "US", ["+12125550142"]),
        ("Tel 0 0 0 0 0 0 0 0 0 0", "IL", []),
        ("415-555-2671 (012)", "US", ["+14155552671"]),
        ("030 23125417 Durchwahl 0301234", "DE", ["+493023125417"]),
        ("1-800-FLOWERS " * 30, "US", ["+18003569377"] * 20),
        ("우리집전화 02-123-4567", "KR", ["+8221234567"]),
    ],
)
def test_edges_are_read_as_a_person_does(text: str, region: str, expected: list[str]) -> None:
    assert [item.e164 for item in find_numbers(text, region)] == expected


def test_twenty_identifiers_hide_no_number() -> None:
    text = "".join(f"Order {4155550100 + k}\n" for k in range(30)) + "Driver: 415-555-2671"
    assert [item.e164 for item in find_numbers(text, "US")] == ["+14155552671"]


def test_a_number_at_the_end_of_what_is_looked_at_is_not_offered() -> None:
    text = "x " * ((MAX_LENGTH - 12) // 2) + "212-555-0142"
    assert len(text) == MAX_LENGTH
    assert [item.e164 for item in find_numbers(text, "US")] == ["+12125550142"]
    assert find_numbers(f"{text}3 more", "US") == ()


def test_no_more_cuts_are_tried_than_allowed() -> None:
    assert len(list(find_cuts("02-6251234 and 02-6251235", "IL", tries=1))) <= 1
    assert list(find_cuts("02 625 12 34 56 78 90 12", "IL", tries=2)) == []


def test_the_one_sure_number_of_a_selected_text_is_dialed() -> None:
    reading = read_explicit("415-555-2671 beside widget 2125550187 maybe", "US")
    assert reading.dial == "+14155552671"
    assert len(reading.candidates) == 2


@pytest.mark.parametrize(
    "filler",
    ["plain words ", "“smart” words – and dashes… ", "обычные слова ", "מילים רגילות ", "普通话 ", "كلمات عادية "],
)
def test_a_long_text_of_any_script_is_listed(filler: str) -> None:
    text = filler * 300 + "\n+1 415-555-2671\n" + filler * 300 + "\n+44 20 7946 0018\n" + filler * 10
    assert [item.e164 for item in list_numbers(text, "US")] == ["+14155552671", "+442079460018"]


def test_digits_of_other_scripts_are_listed() -> None:
    assert [item.e164 for item in list_numbers("نص " * 900 + "هاتف ٠٥٥١٢٣٤٥٦٧", "SA")] == ["+966551234567"]
