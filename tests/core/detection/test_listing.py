from hypothesis import given, settings
from hypothesis import strategies as st

from ringbridge.core.detection import find_numbers, list_numbers

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
