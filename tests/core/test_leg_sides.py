import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.leg_sides import call_groups, is_same_number, sides_of, split_finished
from ringbridge.core.legs import ActiveLeg, FinishedLeg

LINE, THEM = "1234567", "2125550142"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("202", "202", True),
        ("202", "1202", False),
        ("2125550142", "+1 (212) 555-0142", True),
        ("2125550142", "0012125550142", True),
        ("2125550142", "2125550143", False),
        ("*97", "*97", True),
        ("*97", "97", False),
        ("", "", False),
        ("5550142", "2125550142", True),
    ],
)
def test_numbers_are_the_same_whatever_stands_before_them(one: str, other: str, same: bool) -> None:
    assert is_same_number(one, other) is same
    assert is_same_number(other, one) is same


def leg(uniqueid: str, rings: str = "", start: float = 0, callid: str = "c") -> ActiveLeg:
    return ActiveLeg(uniqueid=uniqueid, callid=callid, started_at_s=start, source=LINE, wanted=THEM, rings=rings)


def test_the_own_leg_is_the_one_that_rings_the_own_line() -> None:
    own, others = sides_of([leg("2", THEM), leg("1", LINE)], line=LINE, dialed=THEM, own_leg="")
    assert own is not None
    assert (own.uniqueid, [other.uniqueid for other in others]) == ("1", ["2"])


def test_on_a_call_to_oneself_the_first_leg_is_the_own_one() -> None:
    own, others = sides_of([leg("1.10", LINE, 5), leg("1.9", LINE, 5)], line=LINE, dialed=LINE, own_leg="")
    assert own is not None
    assert (own.uniqueid, len(others)) == ("1.9", 1)


def test_a_leg_that_rings_the_other_party_alone_is_not_the_own_one() -> None:
    own, others = sides_of([leg("2", THEM)], line=LINE, dialed=THEM, own_leg="")
    assert (own, len(others)) == (None, 1)


def test_an_own_leg_that_was_seen_and_is_gone_is_not_replaced() -> None:
    own, others = sides_of([leg("2", THEM), leg("3", LINE)], line=LINE, dialed=THEM, own_leg="1")
    assert (own, len(others)) == (None, 2)


def test_one_record_a_call_is_of_the_other_party_unless_it_rings_the_own_line() -> None:
    assert split_finished([FinishedLeg(uniqueid="9")], line=LINE, own_leg="") == (None, (FinishedLeg(uniqueid="9"),))
    mine = FinishedLeg(uniqueid="9", rings=LINE)
    assert split_finished([mine], line=LINE, own_leg="") == (mine, ())
    known = FinishedLeg(uniqueid="1")
    assert split_finished([FinishedLeg(uniqueid="2"), known], line=LINE, own_leg="1")[0] == known


def test_calls_of_others_are_no_candidates() -> None:
    legs = [leg("1", LINE, callid="ours"), leg("2", callid="theirs")._replace(source="999", rings="888")]
    assert set(call_groups(legs, line=LINE, dialed=THEM)) == {"ours"}
    assert call_groups(legs, line="", dialed=THEM) == {}


texts = st.sampled_from(["", LINE, THEM, "x", "1.2", "9" * 300])


@given(st.lists(st.builds(ActiveLeg, texts, texts, st.floats(0, 1e9), st.floats(0, 1e9), texts, texts, texts)), texts)
def test_every_leg_is_on_one_side(legs: list[ActiveLeg], own_leg: str) -> None:
    own, others = sides_of(legs, line=LINE, dialed=THEM, own_leg=own_leg)
    assert len(others) + (own is not None) == len(legs)
    for group in call_groups(legs, line=LINE, dialed=THEM).values():
        assert group
