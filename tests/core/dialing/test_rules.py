import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.dialing.rules import (
    MAX_LENGTH,
    applies,
    check_rules,
    format_rule,
    parse_rule,
    read_rules,
    rewrite,
)
from ringbridge.core.errors import RuleError


@pytest.mark.parametrize(
    ("text", "subject", "dialed"),
    [
        ("+972|X. => 0", "+97236123456", "036123456"),
        ("+1212|NXXXXXX", "+12125551234", "5551234"),
        ("+1NXXNXXXXXX", "+12125551234", "+12125551234"),
        ("+12125550|1XX", "+12125550123", "123"),
        ("+12125550199| => 200", "+12125550199", "200"),
        ("2XX => 8", "205", "8205"),
        ("00|X. => +", "0044207", "+44207"),
        ("+|X. -> 00", "+44207", "0044207"),
        ("+|X. → 00", "+44207", "0044207"),
        ("*31*|X. => #31#", "*31*55", "#31#55"),
        ("_9|NXX-XXXX => 0 0 1", "95551234", "0015551234"),
        ("21# => *  # a code", "21#", "*21#"),
        ("9|! => 7", "9", "7"),
    ],
)
def test_a_rule_takes_away_and_puts_in_front(text: str, subject: str, dialed: str) -> None:
    rule = parse_rule(text)
    assert applies(rule, subject)
    assert rewrite(rule, subject) == dialed


def test_a_rule_has_a_comment_and_a_switch() -> None:
    rule = parse_rule("OFF : +44|X. => 0044  # UK, since # May")
    assert (rule.enabled, rule.comment, rule.added, rule.pattern_text) == (False, "UK, since # May", "0044", "+44|X.")
    assert not applies(rule, "+442079460018")
    assert format_rule(rule) == "off: +44|X. => 0044  # UK, since # May"
    assert format_rule(parse_rule("2XX=>8")) == "2XX => 8"
    assert format_rule(parse_rule("+1.")) == "+1. =>"


@pytest.mark.parametrize(
    ("text", "problem", "position", "detail"),
    [
        ("", "empty", 1, ""),
        ("# only a comment", "empty", 1, ""),
        ("  => 0", "empty", 3, ""),
        ("12Y => 0", "character", 3, "Y"),
        ("off: 12Y => 0", "character", 8, "Y"),
        ("1X => 0a", "character_added", 8, "a"),
        ("1X => 0 => 1", "character_added", 9, "="),
        ("1X => 0+", "plus_inside", 8, ""),
        ("+1X. => 0", "plus_kept", 1, ""),
        ("  . => 0", "plus_kept", 3, ""),
        ("! => 0", "plus_kept", 1, ""),
        ("+1| => ", "nothing_left", 1, ""),
        ("+1| => +", "nothing_left", 1, ""),
        ("+1|!", "nothing_left", 1, ""),
        ("1X[4-2] =>", "range", 4, "4-2"),
        ("1 => " + "0" * 33, "too_long", 5, "32"),
        ("1" * (MAX_LENGTH + 1), "too_long", 1, "200"),
    ],
)
def test_a_bad_rule_says_where(text: str, problem: str, position: int, detail: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse_rule(text, 7)
    error = refusal.value
    assert (error.problem, error.number, error.position, error.detail) == (problem, 7, position, detail)
    assert error.key == "dialing.rules"


def test_a_bad_rule_does_not_hide_the_others() -> None:
    good, bad, off = read_rules(("1X", "1Y", "off: 2X"))
    assert not isinstance(good, RuleError)
    assert isinstance(bad, RuleError)
    assert (bad.number, bad.position) == (2, 2)
    assert not isinstance(off, RuleError)
    with pytest.raises(RuleError):
        check_rules(("1X", "1Y"))
    check_rules(("1X", "off: 2X"))


RULE_TEXTS = st.text(max_size=40) | st.text(alphabet="+0129*#XNZ.![]-|=> of:", max_size=30)


@given(RULE_TEXTS)
def test_any_text_is_a_rule_or_refused_with_its_place(text: str) -> None:
    rule, refusal = None, None
    try:
        rule = parse_rule(text)
    except RuleError as error:
        refusal = error
    if rule is not None:
        assert parse_rule(format_rule(rule)) == rule
    else:
        assert refusal is not None
        assert 1 <= refusal.position <= len(text) + 1


@given(RULE_TEXTS, st.from_regex(r"\+[1-9][0-9]{3,14}|[0-9*#]{1,20}", fullmatch=True))
def test_what_a_rule_makes_can_be_dialed(text: str, subject: str) -> None:
    try:
        rule = parse_rule(text)
    except RuleError:
        return
    if applies(rule, subject):
        dialed = rewrite(rule, subject)
        assert dialed.removeprefix("+")
        assert set(dialed.removeprefix("+")) <= set("0123456789*#")
