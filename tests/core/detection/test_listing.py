import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringbridge.core.detection import Candidate, find_numbers, list_numbers
from ringbridge.core.detection.listing import read_window, windows_of
from support.detection_score import read_corpus

PROSE = "and so it went on for a while, in 1998 and later, without anything to call anybody about. "


def test_numbers_far_into_a_text_are_found_at_their_place() -> None:
    text = PROSE * 100 + "Tel (505) 555-0161. " + PROSE * 100 + "Fax 505-555-0162, phone 505-555-0163 x4"
    found = list_numbers(text, "US")
    assert [(item.e164, item.extension) for item in found] == [("+15055550161", ""), ("+15055550163", "4")]
    assert [text[item.start : item.end] for item in found] == ["(505) 555-0161", "505-555-0163 x4"]


def test_a_text_in_another_script_is_listed_too() -> None:
    text = "שלום וברכה לכולם. " * 300 + "טל\u200f 052-2345678 " + "ועוד " * 1000 + "٠٥٢-٢٣٤٥٦٧٩"
    found = list_numbers(text, "IL")
    assert [item.e164 for item in found] == ["+972522345678", "+972522345679"]
    assert [text[item.start : item.end] for item in found] == ["052-2345678", "٠٥٢-٢٣٤٥٦٧٩"]


def test_each_number_of_a_long_column_is_listed_once() -> None:
    text = "\n".join(f"{n}. 505-555-{n:04}" for n in range(100, 200))
    assert [item.e164[-4:] for item in list_numbers(text, "US")] == [f"{n:04}" for n in range(100, 200)]


def test_the_title_of_a_column_counts_far_below_it() -> None:
    rows = "".join(f"Bob,{5055550100 + n},{7025550100 + n}\n" for n in range(90))
    found = list_numbers("name,phone,order\n" + rows, "US")
    assert {item.e164[:5] for item in found} == {"+1505"}
    assert len(found) == 90


def test_letters_for_digits_are_listed() -> None:
    text = PROSE * 50 + "call 1-800-FLOWERS or 1-800-flowers today. " + PROSE * 50
    assert [item.e164 for item in list_numbers(text, "US")] == ["+18003569377"] * 2


def test_long_runs_are_taken_apart_in_pieces() -> None:
    text = "505-555-0161 " * 1000
    assert len(list_numbers(text, "US")) == 1000
    assert list_numbers("1" * 100_000, "US") == ()


@settings(deadline=None)
@given(st.text(alphabet="0123456789+-() .,x\u200fa\n٣é", max_size=400), st.sampled_from(["US", "DE", "IL", "ZZ"]))
def test_the_list_of_a_short_text_holds_what_a_passive_look_finds(text: str, region: str) -> None:
    listed = {(item.e164, item.start) for item in list_numbers(text, region)}
    for item in find_numbers(text, region):
        if sum(map(str.isdecimal, text[item.start : item.end])) > 7:
            assert (item.e164, item.start) in listed


WORDS = """
the of and to in is was my order home call Tel phone ext Durchwahl no id number price Bestellung Dana town, Fax:
evening. poste x48 #12 (see page טל הזמנה номер заказа $ 40% | , ; / - : " ' = @ + ( ) 00 1998 05/14/2023 12.05.2024
1,250.00 10:30 3.14 AB12 DE89 tel:+12125550142 1-800-FLOWERS 800 555 12 1234 123456 1234567 4155552671 (201) 555-0142
505-555-0161 052-2345678 0351/88877 030 901820 ٠٥٥٢٣٤٥٦٧٨
"""
PARTS = st.sampled_from(
    [
        *WORDS.split(), "\n", "\t", "\u200f", "\u00ad", "+1 415 555 2671", "0044 20 7946 0018", "02 40 55 66 77",
        "+49 (0)30 901820", "(505) 555-0161", "5 5 5 0 1 6 1",
    ]
)  # fmt: skip
COMPOSED = st.lists(st.tuples(PARTS, st.sampled_from([" ", " ", " ", "  ", ""])), min_size=1, max_size=90).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)
REGIONS = st.sampled_from(["US", "DE", "FR", "IL", "RU", "CN", "ZZ"])


def read_whole_windows(text: str, region: str) -> list[Candidate]:
    found: list[Candidate] = []
    for window in windows_of(text):
        for candidate in read_window(window, region, None):
            if not found or candidate.start >= found[-1].end:
                found.append(candidate)
    return found


@settings(deadline=None, max_examples=300)
@given(COMPOSED, REGIONS)
def test_only_what_may_matter_is_read_around_a_number_and_nothing_changes(text: str, region: str) -> None:
    assert list(list_numbers(text, region)) == read_whole_windows(text, region)


def test_nothing_changes_in_texts_as_people_write_them() -> None:
    cases = read_corpus([Path(__file__).parent / "corpus" / "develop.jsonl"])
    for separator in ("\n", " ", ". "):
        text = separator.join(case["text"] for case in cases)
        for region in ("US", "DE", "IL"):
            listed = list_numbers(text, region)
            assert len(listed) > 300
            assert list(listed) == read_whole_windows(text, region)


def calls_made(text: str, region: str) -> int:
    """How many functions are called for the list of a text, ours and the interpreter's."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        list_numbers(text, region)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(
    "piece",
    [
        PROSE + "Tel (505) 555-0161. ",
        "Order 505-555-0161, ",
        "505-555-0161 ",
        "1 ",
        "1/1/1/",
        "05/14/2023 ",
        "+1 415 ",
        "1-800-FLOWERS ",
        "טל 055-9876543 ",
        "phone x ٠٥٥٢٣٤٥٦٧٨ ",
        "a\n5055550161\n",
    ],
)
def test_the_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    text = piece * (8000 // len(piece))
    list_numbers(text, "US")  # words and plans are loaded
    once, four_times = calls_made(text, "US"), calls_made(text * 4, "US")
    assert four_times <= 4.4 * once + 200
