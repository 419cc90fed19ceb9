import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.calls import Origin
from ringbridge.core.dialing.dial_plan import TrialState, Way
from ringbridge.core.dialing.explain import Setting, explain
from ringbridge.core.dialing.gate import Decision
from ringbridge.core.settings import AccountSettings, DialingSettings, Settings


def test_the_whole_way_stands_in_one_value() -> None:
    settings = Settings(dialing=DialingSettings(outside_prefix="9", rules=("off: +.", "+44|X. => 9")))
    way = explain("tel:+1-212-555-1234;ext=7", settings, "IL", origin=Origin.LINK)
    assert way.reading is not None
    assert (way.reading.target.e164, way.reading.target.extension) == ("+12125551234", "7")
    assert way.reading.reasons == ("link", "extension_in_link", "whole_number")
    assert (way.way, way.dialed, way.international_prefix) == (Way.FOREIGN, "90012125551234", "00")
    assert way.used == (Setting("dialing.foreign_prefix", ""), Setting("dialing.outside_prefix", "9"))
    assert [trial.state for trial in way.trials] == [TrialState.OFF, TrialState.NO_MATCH]
    assert way.fired is None
    assert way.verdict is not None
    assert (way.verdict.decision, way.problem) == (Decision.ASK, None)


@pytest.mark.parametrize(
    ("text", "way", "used"),
    [
        ("03-6123456", Way.OWN_COUNTRY, (Setting("dialing.own_country", "national"),)),
        ("205", Way.INTERNAL, (Setting("dialing.internal_length", "3"),)),
        ("100", Way.EMERGENCY, ()),
        ("*97", Way.FEATURE, ()),
        ("1234568", Way.AS_IT_STANDS, ()),
    ],
)
def test_the_settings_that_shaped_it_are_named(text: str, way: Way, used: tuple[Setting, ...]) -> None:
    found = explain(text, Settings(dialing=DialingSettings(internal_length="3")), "IL")
    assert (found.way, found.used) == (way, used)


def test_the_rule_that_fired_is_the_last_that_was_tried() -> None:
    settings = Settings(dialing=DialingSettings(rules=("1XX => 9", "2XX => 8", "2.")))
    found = explain("205", settings, "IL")
    assert found.fired is not None
    assert (found.fired.number, found.dialed, found.used) == (2, "8205", ())


def test_a_pbx_that_converts_is_said() -> None:
    found = explain("03-6123456", Settings(account=AccountSettings(cdialplan="auto")), "IL")
    assert (found.pbx_converts, found.way, found.dialed) == (True, Way.CONVERTED, "+97236123456")
    assert found.used == (Setting("account.cdialplan", "auto"),)


def test_what_can_not_be_read_or_written_has_a_problem() -> None:
    unread = explain("hello", Settings(), "IL")
    assert unread.problem is not None
    assert (unread.problem.problem, unread.reading, unread.dialed) == ("letters", None, "")
    unwritten = explain("205", Settings(dialing=DialingSettings(rules=("2XY",))), "IL")
    assert unwritten.problem is not None
    assert (unwritten.problem.problem, unwritten.dialed, unwritten.way) == ("rule_unreadable", "", None)
    assert unwritten.reading is not None


@pytest.mark.parametrize("text", ["2026-11-23", "23.11.2026", "on 23/11/2026"])
def test_a_date_is_no_number_to_dial(text: str) -> None:
    assert explain(text, Settings(), "US", origin=Origin.SELECTION).problem is not None
    assert explain(text, Settings(), "US").problem is not None


def test_digits_of_no_known_plan_are_dialed_where_a_person_typed_them() -> None:
    assert explain("2026 1123", Settings(), "US", origin=Origin.SELECTION).problem is not None
    assert explain("2026 1123", Settings(), "US").dialed == "20261123"


@given(st.text(max_size=40), st.sampled_from(Origin), st.lists(st.text(max_size=10), max_size=2).map(tuple))
def test_any_text_and_any_rules_are_explained(text: str, origin: Origin, rules: tuple[str, ...]) -> None:
    found = explain(text, Settings(dialing=DialingSettings(rules=rules)), "DE", origin=origin)
    assert (found.destination is None) == (found.problem is not None)
