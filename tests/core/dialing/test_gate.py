"""The decision table: every origin, known and unknown numbers, every risk."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.calls import Origin
from ringbridge.core.dialing.gate import Decision, Facts, PhoneState, Rules, RunningCall, Verdict, decide
from ringbridge.core.dialing.guard_settings import ConfirmSettings, GuardSettings
from ringbridge.core.dialing.traits import Traits, traits_of
from ringbridge.core.targets import Target

OWN, FOREIGN = Target(e164="+12125551234"), Target(e164="+442079460018")
RULES = Rules(own_region="US")
RUNNING = RunningCall(request_id="1", since=datetime(2026, 11, 25, tzinfo=UTC), state="placing")

DIAL, COUNT, ASK = Decision.DIAL, Decision.COUNT_DOWN, Decision.ASK
SHOW, REFUSE = Decision.SHOW, Decision.REFUSE


def facts_of(target: Target, **more: object) -> Facts:
    return Facts(traits_of(target, region="US"), **more)  # type: ignore[arg-type]


def verdict(
    target: Target, origin: Origin, rules: Rules = RULES, *, said_yes: bool = False, **more: object
) -> Verdict:
    facts = facts_of(target, **more)
    return decide(target, target.e164[1:] or target.code, origin, facts, rules, said_yes=said_yes)


# origin: own country first time, own country known, foreign first time, foreign known
TABLE = {
    Origin.CARD: (DIAL, DIAL, ASK, DIAL),
    Origin.MENU: (COUNT, DIAL, ASK, DIAL),
    Origin.TYPED: (COUNT, DIAL, ASK, DIAL),
    Origin.HOTKEY: (COUNT, DIAL, ASK, DIAL),
    Origin.REDIAL: (COUNT, DIAL, ASK, DIAL),
    Origin.CLIPBOARD: (COUNT, DIAL, ASK, DIAL),
    Origin.SELECTION: (COUNT, DIAL, ASK, DIAL),
    Origin.COMMAND_LINE: (DIAL, DIAL, ASK, DIAL),
    Origin.LINK: (ASK, ASK, ASK, ASK),
}


@pytest.mark.parametrize("origin", list(Origin))
def test_the_table(origin: Origin) -> None:
    cases = ((OWN, False), (OWN, True), (FOREIGN, False), (FOREIGN, True))
    assert tuple(verdict(target, origin, known=known).decision for target, known in cases) == TABLE[origin]


@pytest.mark.parametrize("origin", list(Origin))
@pytest.mark.parametrize(
    ("target", "more", "reason"),
    [
        (Target(e164="+19005551234"), {}, "premium"),
        (Target(e164="+881612345678"), {}, "satellite"),
        (OWN, {"night": True}, "night"),
        (Target(code="123456789"), {}, "unusual"),
        (Target(code="5"), {}, "unusual"),
        (OWN, {"phone": PhoneState.OFFLINE}, "phone_offline"),
        (OWN, {"phone": PhoneState.REJECTS}, "phone_rejects"),
        (Target(e164=OWN.e164, from_uri=True), {}, "link"),
        (Target(code="112"), {}, "emergency"),
    ],
)
def test_a_risk_waits_for_a_yes_wherever_it_comes_from(
    origin: Origin, target: Target, more: dict[str, object], reason: str
) -> None:
    asked = verdict(target, origin, known=True, **more)  # type: ignore[arg-type]
    assert asked.decision is ASK
    assert reason in asked.reasons
    assert verdict(target, origin, known=True, said_yes=True, **more).decision is DIAL  # type: ignore[arg-type]


def test_the_gravest_reason_comes_first() -> None:
    wish = Target(e164="+449098790000", from_uri=True)
    assert verdict(wish, Origin.LINK, night=True).reasons == ("link", "premium", "foreign", "night")


@pytest.mark.parametrize(
    ("guards", "target", "more", "reason"),
    [
        (GuardSettings(premium="refuse"), Target(e164="+19005551234"), {}, "premium"),
        (GuardSettings(satellite="refuse"), Target(e164="+881612345678"), {}, "satellite"),
        (GuardSettings(shared_cost="refuse"), Target(e164="+498001234567"), {}, ""),
        (GuardSettings(shared_cost="refuse"), Target(e164="+491801234567"), {}, "shared_cost"),
        (GuardSettings(foreign="refuse"), FOREIGN, {}, "foreign"),
        (GuardSettings(night="refuse"), OWN, {"night": True}, "night"),
        (GuardSettings(refused_countries=("GB",)), FOREIGN, {}, "country_refused"),
        (GuardSettings(allowed_countries=("US", "CA")), FOREIGN, {}, "country_not_allowed"),
        (GuardSettings(allowed_countries=("US", "CA")), Target(e164="+881612345678"), {}, "country_not_allowed"),
        (GuardSettings(allowed_countries=("US",)), Target(code="99123456789"), {}, "country_unknown"),
        (GuardSettings(allowed_countries=("US",)), Target(code="201"), {}, ""),
        (GuardSettings(never_call=("+4420*",)), FOREIGN, {}, "never_call"),
        (GuardSettings(never_call=("201",)), Target(code="201"), {}, "never_call"),
        (GuardSettings(never_call=("12125551234",)), OWN, {}, "never_call"),
        (GuardSettings(never_call=("+1213*",)), OWN, {}, ""),
        (GuardSettings(codes="never"), Target(code="*97"), {}, "code_never"),
        (GuardSettings(calls_per_minute=3), OWN, {"calls_last_minute": 3}, "limit_minute"),
        (GuardSettings(calls_per_minute=3), OWN, {"calls_last_minute": 2}, ""),
        (GuardSettings(calls_per_day=3), OWN, {"calls_last_day": 3}, "limit_day"),
        (
            GuardSettings(calls_per_minute=0, calls_per_day=0),
            OWN,
            {"calls_last_minute": 99, "calls_last_day": 999},
            "",
        ),
        (GuardSettings(), OWN, {"locked": True}, "locked"),
        (GuardSettings(screen_lock=False), OWN, {"locked": True}, ""),
    ],
)
@pytest.mark.parametrize("said_yes", [False, True])
def test_what_is_refused_stays_refused_whatever_a_person_says(
    guards: GuardSettings, target: Target, more: dict[str, object], reason: str, said_yes: bool
) -> None:
    found = verdict(
        target, Origin.TYPED, Rules(guards=guards, own_region="US"), said_yes=said_yes, known=True, **more
    )
    assert (found.decision is REFUSE) == bool(reason)
    if reason:
        assert found.reasons == (reason,)


def test_what_the_settings_allow_is_not_asked_about() -> None:
    allow = GuardSettings(foreign="allow", premium="allow", satellite="allow", shared_cost="allow", night="allow")
    rules = Rules(guards=allow, own_region="US")
    for e164 in ("+449098790000", "+881612345678", "+491801234567"):
        assert verdict(Target(e164=e164), Origin.CARD, rules, night=True).decision is DIAL


def test_always_asks_before_every_call_and_the_click_on_the_card_is_that_yes() -> None:
    rules = Rules(confirm=ConfirmSettings(ask="always"), own_region="US")
    for origin in Origin:
        expected = DIAL if origin is Origin.CARD else ASK
        assert verdict(OWN, origin, rules, known=True).decision is expected


def test_without_a_countdown_a_first_call_is_dialed_at_once() -> None:
    rules = Rules(confirm=ConfirmSettings(countdown_s=0), own_region="US")
    assert verdict(OWN, Origin.MENU, rules).decision is DIAL


def test_the_end_of_a_countdown_is_no_yes_to_anything_else() -> None:
    def after(target: Target, **more: object) -> Decision:
        return decide(target, "1", Origin.MENU, facts_of(target, **more), RULES, counted_down=True).decision

    assert after(OWN) is DIAL
    assert after(OWN, phone=PhoneState.OFFLINE) is ASK
    assert after(OWN, locked=True) is REFUSE


@pytest.mark.parametrize("origin", list(Origin))
def test_a_call_that_goes_on_is_shown_instead_of_a_second_one(origin: Origin) -> None:
    for said_yes in (False, True):
        shown = verdict(OWN, origin, said_yes=said_yes, running=RUNNING)
        assert shown == Verdict(SHOW, ("running",))


@pytest.mark.parametrize("code", ["*97", "*21*123#", "#31#", "*6719005551234"])
@pytest.mark.parametrize("said_yes", [False, True])
def test_service_codes_are_never_dialed_from_links_or_copies(code: str, said_yes: bool) -> None:
    copied = (Origin.CARD, Origin.MENU, Origin.HOTKEY, Origin.CLIPBOARD, Origin.SELECTION)
    for origin in (Origin.LINK, *copied):
        assert verdict(Target(code=code), origin, said_yes=said_yes).decision is REFUSE
    from_uri = Target(code=code, from_uri=True)
    assert verdict(from_uri, Origin.COMMAND_LINE, said_yes=said_yes).decision is REFUSE


@pytest.mark.parametrize("origin", [Origin.TYPED, Origin.COMMAND_LINE, Origin.REDIAL])
def test_a_person_may_type_a_service_code(origin: Origin) -> None:
    assert verdict(Target(code="*97"), origin, known=True).decision is DIAL


def test_while_the_screen_is_locked_an_emergency_call_can_still_be_typed_at_a_terminal() -> None:
    locked = {"locked": True, "said_yes": True}
    assert verdict(Target(code="112"), Origin.COMMAND_LINE, **locked).decision is DIAL  # type: ignore[arg-type]
    assert verdict(Target(code="112"), Origin.LINK, **locked).reasons == ("locked",)  # type: ignore[arg-type]


targets = st.one_of(
    st.sampled_from(["+12125551234", "+442079460018", "+19005551234", "+881612345678", "+6834000"]).map(
        lambda e164: Target(e164=e164)
    ),
    st.text(alphabet="0123456789*#", min_size=1, max_size=14).map(lambda code: Target(code=code)),
)
risk = st.sampled_from(["allow", "ask", "refuse"])
countries = st.sampled_from([(), ("US",), ("GB", "DE")])
guard_settings = st.builds(
    GuardSettings,
    allowed_countries=countries,
    refused_countries=countries,
    foreign=risk,
    premium=risk,
    shared_cost=risk,
    satellite=risk,
    night=risk,
    codes=st.sampled_from(["typed", "never"]),
    never_call=st.sampled_from([(), ("1*", "9*", "+*"), ("112", "911")]),
    calls_per_minute=st.integers(0, 3),
    calls_per_day=st.integers(0, 3),
    screen_lock=st.booleans(),
)
confirm_settings = st.builds(ConfirmSettings, ask=st.sampled_from(["risky", "always"]), countdown_s=st.integers(0, 3))
facts = st.fixed_dictionaries(
    {
        "known": st.booleans(),
        "night": st.booleans(),
        "locked": st.booleans(),
        "running": st.sampled_from([None, RUNNING]),
        "calls_last_minute": st.integers(0, 4),
        "calls_last_day": st.integers(0, 4),
        "phone": st.sampled_from(list(PhoneState)),
    }
)


@given(target=targets, origin=st.sampled_from(list(Origin)), guards=guard_settings, confirm=confirm_settings,
    more=facts, said_yes=st.booleans(), counted_down=st.booleans())  # fmt: skip
def test_every_wish_gets_a_decision_with_its_reasons(
    target: Target,
    origin: Origin,
    guards: GuardSettings,
    confirm: ConfirmSettings,
    more: dict[str, object],
    said_yes: bool,
    counted_down: bool,
) -> None:
    rules = Rules(confirm=confirm, guards=guards, own_region="US")
    found = decide(target, "1", origin, facts_of(target, **more), rules, said_yes=said_yes, counted_down=counted_down)
    assert isinstance(found.decision, Decision)
    assert bool(found.reasons) == (found.decision is not DIAL)
    if set(target.code) & set("*#") and origin in {Origin.LINK, Origin.CLIPBOARD, Origin.SELECTION}:
        assert found.decision is REFUSE
    if origin is Origin.LINK and not said_yes:
        assert found.decision is not DIAL
        assert found.decision is not COUNT
    if more["running"] is not None:
        assert found.decision is not DIAL
    if said_yes:
        assert found.decision in {DIAL, SHOW, REFUSE}


@given(code=st.sampled_from(["112", "911", "999"]), origin=st.sampled_from(list(Origin)), guards=guard_settings,
    confirm=confirm_settings, more=facts, said_yes=st.booleans())  # fmt: skip
def test_no_guard_ever_holds_back_an_emergency_call(
    code: str,
    origin: Origin,
    guards: GuardSettings,
    confirm: ConfirmSettings,
    more: dict[str, object],
    said_yes: bool,
) -> None:
    more = {**more, "running": None, "locked": False}
    target = Target(code=code)
    rules = Rules(confirm=confirm, guards=guards, own_region="US")
    found = decide(target, code, origin, facts_of(target, **more), rules, said_yes=said_yes)
    assert found.decision is (DIAL if said_yes else ASK)
    if not said_yes:
        assert found.reasons[0] == "emergency"


def test_an_unknown_number_needs_no_plans_to_be_judged() -> None:
    assert decide(OWN, "1", Origin.CARD, Facts(Traits()), Rules()).decision is DIAL


@pytest.mark.parametrize("origin", list(Origin))
def test_a_call_whose_time_passed_in_sleep_is_always_asked_about(origin: Origin) -> None:
    found = verdict(OWN, origin, known=True, overdue=True)
    assert found.decision is ASK
    assert "overdue" in found.reasons
    assert verdict(OWN, origin, known=True, overdue=True, said_yes=True).decision is DIAL
