import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.dialing.dial_plan import DialPlan, TrialState, Way, plan_of, to_destination, write
from ringbridge.core.errors import InputError
from ringbridge.core.settings import AccountSettings, DialingSettings, Settings
from ringbridge.core.targets import Target

NUMBERS = ["+12125551234", "+97236123456", "+493518887740", "+442079460018", "+390236618300", "+80012345678"]
REGIONS = ["US", "IL", "DE", "GB", "IT", ""]


@pytest.mark.parametrize(
    ("e164", "region", "dialing", "dialed"),
    [
        ("+12125551234", "US", DialingSettings(), "2125551234"),
        ("+97236123456", "IL", DialingSettings(), "036123456"),
        ("+493518887740", "DE", DialingSettings(), "03518887740"),
        ("+12125551234", "IL", DialingSettings(), "0012125551234"),
        ("+97236123456", "US", DialingSettings(), "01197236123456"),
        ("+97236123456", "", DialingSettings(), "0097236123456"),
        ("+97236123456", "IL", DialingSettings(own_country="e164_plus"), "+97236123456"),
        ("+97236123456", "IL", DialingSettings(own_country="e164"), "97236123456"),
        ("+97236123456", "IL", DialingSettings(own_country="trunk"), "036123456"),
        ("+97236123456", "IL", DialingSettings(own_country="significant"), "36123456"),
        ("+12125551234", "US", DialingSettings(own_country="trunk"), "12125551234"),
        ("+12125551234", "US", DialingSettings(own_country="significant"), "2125551234"),
        ("+390236618300", "IT", DialingSettings(own_country="trunk"), "0236618300"),  # the 0 is part of the number
        ("+390236618300", "IT", DialingSettings(own_country="significant"), "0236618300"),
        ("+12125551234", "IL", DialingSettings(foreign_prefix="+"), "+12125551234"),
        ("+12125551234", "IL", DialingSettings(foreign_prefix="013"), "01312125551234"),
        ("+12125551234", "IL", DialingSettings(outside_prefix="9"), "90012125551234"),
        ("+97236123456", "IL", DialingSettings(outside_prefix="9"), "9036123456"),
    ],
)
def test_a_number_is_written_the_way_the_pbx_dials_it(
    e164: str, region: str, dialing: DialingSettings, dialed: str
) -> None:
    destination = to_destination(Target(e164=e164, extension="12"), DialPlan(region, dialing))
    assert destination.dialed == dialed
    assert destination.e164 == e164
    assert destination.extension == "12"
    assert destination.display.startswith("+")


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("911", Way.EMERGENCY),
        ("112", Way.EMERGENCY),
        ("*97", Way.FEATURE),
        ("#31#", Way.FEATURE),
        ("1234", Way.INTERNAL),
        ("1", Way.AS_IT_STANDS),
    ],
)
def test_codes_are_sent_as_they_stand(code: str, way: Way) -> None:
    plan = DialPlan("US", DialingSettings(outside_prefix="9", own_country="e164_plus", internal_length="2-5"))
    written = write(Target(code=code), plan)
    assert (written.destination.dialed, written.way, written.outside_prefix) == (code, way, "")


def test_only_digits_longer_than_an_extension_get_an_outside_line() -> None:
    target = Target(code="5551234")
    assert to_destination(target, DialPlan("US", DialingSettings(outside_prefix="9"))).dialed == "5551234"
    known = DialPlan("US", DialingSettings(outside_prefix="9", internal_length="4"))
    written = write(target, known)
    assert (written.destination.dialed, written.way) == ("95551234", Way.AS_IT_STANDS)
    assert written.destination.display == "5551234"


def test_the_first_rule_that_matches_has_the_last_word() -> None:
    dialing = DialingSettings(
        own_country="e164",
        outside_prefix="9",
        rules=("off: +. => ", "+1212|NXXXXXX  # Manhattan", "+1|NXXNXXXXXX => 8", "2XX => 77"),
    )
    plan = DialPlan("US", dialing)
    written = write(Target(e164="+12125551234"), plan)
    assert (written.destination.dialed, written.way) == ("5551234", Way.RULE)
    assert [trial.state for trial in written.trials] == [TrialState.OFF, TrialState.FIRED]
    assert written.trials[1].text == "+1212|NXXXXXX  # Manhattan"
    assert to_destination(Target(e164="+16465551234"), plan).dialed == "86465551234"
    assert to_destination(Target(e164="+97236123456"), plan).dialed == "901197236123456"
    inside = to_destination(Target(code="205"), plan)
    assert (inside.dialed, inside.display) == ("77205", "205")


@pytest.mark.parametrize(
    ("target", "dialing", "problem", "detail"),
    [
        (Target(code="205"), DialingSettings(rules=("3XX", "2XY")), "rule_unreadable", "2"),
        (Target(code="205"), DialingSettings(rules=("205| => 911",)), "rule_emergency", "1"),
        (Target(code="112345"), DialingSettings(rules=("112|X.",)), "", "345"),
        (Target(code="11"), DialingSettings(outside_prefix="9", internal_length="1"), "rule_emergency", ""),
        (Target(e164="+97236123456"), DialingSettings(outside_prefix="9", foreign_prefix="+"), "plan_plus", "9"),
        (
            Target(e164="+12125551234"),
            DialingSettings(outside_prefix="9", own_country="e164_plus"),
            "plan_plus",
            "9",
        ),
    ],
)
def test_what_the_plan_can_not_write_is_refused(
    target: Target, dialing: DialingSettings, problem: str, detail: str
) -> None:
    plan = DialPlan("US", dialing)
    if not problem:
        assert to_destination(target, plan).dialed == detail
        return
    with pytest.raises(InputError) as refusal:
        write(target, plan)
    assert (refusal.value.problem, refusal.value.detail) == (problem, detail)


def test_a_rule_that_was_not_reached_may_be_bad() -> None:
    plan = DialPlan("US", DialingSettings(rules=("2XX => 8", "nonsense")))
    assert to_destination(Target(code="205"), plan).dialed == "8205"


@pytest.mark.parametrize(
    ("own_country", "dialed"), [("national", "+97236123456"), ("e164_plus", "+97236123456"), ("e164", "97236123456")]
)
def test_a_pbx_that_converts_gets_the_e164_form(own_country: str, dialed: str) -> None:
    settings = Settings(
        account=AccountSettings(cdialplan="auto"),
        dialing=DialingSettings(own_country=own_country, outside_prefix="9", foreign_prefix="013"),
    )
    for region in ("IL", "US"):
        written = write(Target(e164="+97236123456"), plan_of(settings, region))
        assert (written.destination.dialed, written.way) == (dialed, Way.CONVERTED)
    assert to_destination(Target(code="*97"), plan_of(settings, "US")).dialed == "*97"


def test_rules_come_before_the_pbx_converts() -> None:
    settings = Settings(account=AccountSettings(cdialplan="auto"), dialing=DialingSettings(rules=("+972|X. => 0",)))
    assert to_destination(Target(e164="+97236123456"), plan_of(settings, "US")).dialed == "036123456"


# ---------------------------------------------------------------------- any plan at all

_RULES = st.lists(
    st.text(alphabet="0123456789*#+XZN.!|[]-=> ", max_size=14)
    | st.sampled_from(["+972|X. => 0", "! => 9", "X! => *", ". => 1", "+! ", "+|! => 9", "[19]X! => 0", "911 => 1"]),
    max_size=4,
).map(tuple)
PLANS = st.builds(
    DialPlan,
    region=st.sampled_from(REGIONS),
    dialing=st.builds(
        DialingSettings,
        own_country=st.sampled_from(["national", "trunk", "significant", "e164", "e164_plus"]),
        foreign_prefix=st.sampled_from(["", "00", "011", "+", "*7"]),
        outside_prefix=st.sampled_from(["", "9", "0", "*"]),
        internal_length=st.sampled_from(["", "3", "2-5", "1-15"]),
        rules=_RULES,
    ),
    pbx_converts=st.booleans(),
)


@given(PLANS, st.sampled_from(NUMBERS) | st.from_regex(r"[0-9*#]{2,20}", fullmatch=True))
def test_any_plan_gives_a_dialable_string_or_a_reason(plan: DialPlan, subject: str) -> None:
    target = Target(e164=subject) if subject.startswith("+") else Target(code=subject)
    dialed, problem = "", ""
    try:
        dialed = to_destination(target, plan).dialed
    except InputError as error:
        problem = error.problem
    if not dialed:
        assert problem in {"rule_unreadable", "rule_emergency", "plan_plus"}
        return
    assert set(dialed[0]) <= set("+0123456789*#")
    assert set(dialed[1:]) <= set("0123456789*#")
    assert dialed != "+"


@given(PLANS, st.sampled_from(["112", "911", "999"]))
def test_no_plan_touches_an_emergency_number(plan: DialPlan, number: str) -> None:
    written = write(Target(code=number), plan)
    assert (written.destination.dialed, written.way) == (number, Way.EMERGENCY)


@pytest.mark.parametrize(("region", "number"), [("IL", "100"), ("DE", "110"), ("GB", "999"), ("AU", "000")])
def test_the_own_regions_emergency_numbers_count_too(region: str, number: str) -> None:
    plan = DialPlan(
        region, DialingSettings(outside_prefix="9", internal_length="1", rules=("[0-9]XX => 8", "X! => 9"))
    )
    assert write(Target(code=number), plan).way is Way.EMERGENCY
    assert to_destination(Target(code=number), plan).dialed == number
