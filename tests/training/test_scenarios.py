import pytest

from ringbridge.training.names import name_for
from ringbridge.training.people import CUSTOMER, LINES, OTHER_CUSTOMER, PEOPLE, find_place
from ringbridge.training.scenarios import SCENARIOS, Own, read_scenario, scenario_for


def test_scenarios_are_found_by_name():
    assert read_scenario(" Own-Offline ").own is Own.OFFLINE
    with pytest.raises(ValueError, match=r"There is no scenario 'nonsense'.*normal, auto, busy"):
        read_scenario("nonsense")


def test_every_ending_is_its_own_and_no_example_number_has_one():
    endings = [scenario.ending for scenario in SCENARIOS.values()]
    assert len(set(endings)) == len(endings)
    assert not any(line.name.endswith(tuple(endings)) for line in LINES)


def test_the_last_digits_decide():
    usual = read_scenario("busy")
    assert scenario_for("2125557702", usual) is SCENARIOS["no_answer"]
    assert scenario_for("0019725557711", usual) is SCENARIOS["own_offline"]
    assert scenario_for("2125551234", usual) is usual


def test_where_nobody_answers_by_hand_the_endings_go_on_by_themselves():
    auto = read_scenario("auto")
    assert scenario_for("2125557701", auto).own is Own.AUTO
    assert scenario_for("2125557701", auto).other is SCENARIOS["busy"].other
    assert scenario_for("2125557700", auto).own is Own.PERSON
    assert scenario_for("2125557712", auto).own is Own.BUSY


def test_a_number_always_has_the_same_name_however_it_is_written():
    assert name_for("+1 (212) 555-1234") == name_for("0012125551234") == name_for("12125551234")
    assert len({name_for(f"21255512{tail:02}") for tail in range(100)}) > 50
    assert name_for("")


def test_lines_and_codes_of_the_same_company_come_before_the_outside_world():
    assert find_place("1234568", CUSTOMER).name == "Dana Höfler"
    assert find_place("1234599", CUSTOMER).name == "Reception"
    assert find_place("1234568", OTHER_CUSTOMER).dtype == "number"
    assert find_place("100", CUSTOMER).dtype == "code"
    assert find_place("2125551234", CUSTOMER).dtype == "number"


def test_ids_and_names_are_unique_and_no_secret_is_shown():
    assert len({person.id for person in PEOPLE}) == len({person.username for person in PEOPLE}) == len(PEOPLE)
    assert len({line.name for line in LINES}) == len(LINES)
    assert "password=" not in repr(PEOPLE)
    assert "JBSWY" not in repr(PEOPLE)
