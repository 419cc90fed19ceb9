import pytest

from ringbridge.core.dialing.traits import Traits, traits_of
from ringbridge.core.targets import Target


@pytest.mark.parametrize(
    ("e164", "expected"),
    [
        ("+12125551234", Traits(region="US", kind="fixed_or_mobile")),
        ("+442079460018", Traits(region="GB", kind="fixed")),
        ("+19005551234", Traits(region="US", kind="premium")),
        ("+491801234567", Traits(region="DE", kind="shared_cost")),
        ("+80012345678", Traits(kind="toll_free")),
        ("+979123456789", Traits(kind="premium")),
        ("+870773111632", Traits(kind="mobile", satellite=True)),
        ("+881612345678", Traits(kind="mobile", satellite=True)),
        ("+88299123456", Traits(kind="voip", satellite=True)),
        ("+6834000", Traits(region="NU", kind="fixed", unusual=True)),
    ],
)
def test_numbers(e164: str, expected: Traits) -> None:
    assert traits_of(Target(e164=e164), region="US") == expected._replace(e164=e164)


@pytest.mark.parametrize(
    ("code", "region", "expected"),
    [
        ("201", "US", Traits()),
        ("1234567", "US", Traits()),
        ("5", "US", Traits(unusual=True)),
        ("*97", "US", Traits(has_feature=True)),
        ("*21*5550142#", "US", Traits(has_feature=True, unusual=True, opaque=True)),
        ("991234567890", "US", Traits(unusual=True, opaque=True)),
        ("112", "US", Traits(emergency=True)),
        ("911", "DE", Traits(emergency=True)),
        ("110", "DE", Traits(emergency=True)),
        ("110", "US", Traits()),
    ],
)
def test_codes(code: str, region: str, expected: Traits) -> None:
    assert traits_of(Target(code=code), region=region) == expected


def test_an_emergency_number_behind_the_prefix_for_an_outside_line_is_one() -> None:
    assert traits_of(Target(code="9911"), region="US", outside_prefix="9").emergency
    assert not traits_of(Target(code="9911"), region="US").emergency


def test_what_a_rule_makes_an_emergency_number_is_one() -> None:
    assert traits_of(Target(e164="+12125550911"), region="US", dialed="911").emergency
    assert traits_of(Target(code="2911"), region="US", dialed="911").emergency
    assert not traits_of(Target(e164="+12125550911"), region="US", dialed="2125550911").emergency


@pytest.mark.parametrize(
    ("code", "region", "e164"),
    [
        ("*6719005551234", "US", "+19005551234"),
        ("#31#09001234567", "DE", "+499001234567"),
        ("00881612345678", "US", "+881612345678"),  # 00 is no prefix there, but many PBXs take it
        ("011881612345678", "DE", "+881612345678"),
    ],
)
def test_a_number_hidden_in_a_code_is_found(code: str, region: str, e164: str) -> None:
    traits = traits_of(Target(code=code), region=region)
    assert traits.e164 == e164
    assert traits.satellite or traits.kind == "premium"
