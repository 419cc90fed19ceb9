import re

import pytest

from ringbridge.core.calls import Destination
from ringbridge.core.dialing.cases import Case, CaseProblem, CaseResult
from ringbridge.core.dialing.dial_plan import Way
from ringbridge.core.dialing.explain import Explanation, explain
from ringbridge.core.errors import RuleError
from ringbridge.core.settings import DialingSettings, Settings
from ringbridge.core.targets import TargetReading
from ringbridge.ui.dialing_words import case_sentence, reason_word, rule_sentence, shortened, way_sentences
from ringbridge.ui.wording import error_sentence

PROBLEMS = re.findall(r"``(\w+)``", (RuleError.__doc__ or "").partition("number:")[0])
REASONS = re.findall(r"``(\w+)``", TargetReading.__doc__ or "")


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_of_a_rule_has_a_sentence(problem: str) -> None:
    sentence = rule_sentence(RuleError(problem, number=2, position=6, detail="Y"))
    assert sentence.startswith("Rule 2, position 6: ")
    assert sentence.endswith(".")
    assert problem.replace("_", " ") + "." != sentence.removeprefix("Rule 2, position 6: ")
    assert "{" not in sentence


def test_a_rule_that_stands_alone_has_no_number() -> None:
    error = RuleError("character", position=6, detail="Y")
    assert rule_sentence(error).startswith("Position 6: “Y” can't stand in a pattern.")
    assert error_sentence(error).startswith("Rules of the dial plan: Position 6: ")


def test_a_problem_of_a_later_version_is_shown_plainly() -> None:
    assert rule_sentence(RuleError("odd_thing")) == "Position 1: odd thing."


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_words(reason: str) -> None:
    assert "_" not in reason_word(reason)
    assert reason_word(reason) != reason.replace("_", " ") or reason == "internal"


def test_a_reason_of_a_later_version_is_shown_plainly() -> None:
    assert reason_word("label_before") == "label before"
    assert reason_word("label_left_colour:red") == "label left colour:red"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Ms. Levi, +1 (212) 555-0142 ext. 12", "IL"),
        ("036123456,,55", "IL"),
        ("Tel. 212-555-0142", "US"),
        ("call 011 44 20 7946 0018", "US"),
        ("(44) 20 7946 0018, office", "GB"),
        ("one 21 25 55 01 42 two", "US"),
        ("*97", "US"),
        ("911", "US"),
    ],
)
def test_every_reason_of_the_detector_has_words(text: str, region: str) -> None:
    reading = explain(text, Settings(), region).reading
    assert reading is not None
    for reason in reading.reasons:
        assert reason_word(reason) != reason.replace("_", " "), reason
        assert "_" not in reason_word(reason)


@pytest.mark.parametrize("way", Way)
def test_every_way_has_a_sentence(way: Way) -> None:
    explanation = Explanation(text="1", region="US", way=way, destination=Destination(dialed="1"))
    if way is not Way.RULE:
        [sentence] = way_sentences(explanation)
        assert sentence


def test_the_steps_of_a_number_are_named() -> None:
    settings = Settings(dialing=DialingSettings(outside_prefix="9", foreign_prefix="00"))
    assert way_sentences(explain("+44 20 7946 0018 ext. 7", settings, "US")) == (
        "foreign: dialing.foreign_prefix = 00",
        "outside line: dialing.outside_prefix = 9",
        "the extension 7 is not dialed: the PBX has no way to send it; dial it once connected",
    )
    assert way_sentences(explain("hello", settings, "US")) == ()


@pytest.mark.parametrize("problem", CaseProblem)
def test_every_problem_of_a_case_has_words(problem: CaseProblem) -> None:
    sentence = case_sentence(CaseResult(Case(3, problem=problem), passed=False))
    assert sentence.startswith("line 3: ")
    assert "_" not in sentence


@pytest.mark.parametrize(
    ("expected", "got", "sentence"),
    [
        ("036123456", "0097236123456", "line 3: 0361…56 is expected, and 0097…56 would be dialed"),
        ("205", "refused", "line 3: 205 is expected, and nothing would be dialed"),
        ("refused", "*97", "line 3: nothing is to be dialed, and *97 would be"),
    ],
)
def test_a_failed_case_says_what_differs(expected: str, got: str, sentence: str) -> None:
    assert case_sentence(CaseResult(Case(3, "x", expected), passed=False, got=got)) == sentence


def test_no_report_holds_a_whole_number() -> None:
    assert shortened("+12125550142") == "+121…42"
    assert shortened("*97") == "*97"
