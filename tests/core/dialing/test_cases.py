from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.dialing.cases import CaseProblem, parse_cases, run_cases
from ringbridge.core.settings import DialingSettings, Settings

TEXT = """\
# Numbers of our own

03-6123456      ->  036 123 456     # Tel Aviv
+44 20 7946 0018 => 00442079460018
tel:+12125551234 →  0012125551234
#31#0361234567  ->  #31#0361234567  # a code with #
tel:*97         ->  refused
205             ->  205
#nothing
"""


def test_cases_are_read_line_by_line() -> None:
    cases = parse_cases(TEXT)
    assert [case.line for case in cases] == [3, 4, 5, 6, 7, 8]
    assert (cases[0].text, cases[0].expected, cases[0].comment) == ("03-6123456", "036123456", "Tel Aviv")
    assert (cases[3].text, cases[3].expected) == ("#31#0361234567", "#31#0361234567")
    assert all(case.problem is None for case in cases)


def test_a_plan_passes_or_fails_each_case() -> None:
    results = run_cases(parse_cases(TEXT), Settings(), "IL")
    assert [result.passed for result in results] == [True] * 6
    changed = Settings(dialing=DialingSettings(rules=("2XX => 8", "+972|X. =>")))
    results = run_cases(parse_cases(TEXT), changed, "IL")
    assert [(result.case.line, result.got) for result in results if not result.passed] == [
        (3, "36123456"),
        (8, "8205"),
    ]
    assert results[0].explanation is not None
    assert results[0].explanation.fired is not None


def test_lines_that_can_not_be_used_fail() -> None:
    cases = parse_cases("5\n-> 5\n5 ->\n5 -> five\n5 -> 5 -> 5\n")
    assert [case.problem for case in cases] == [
        CaseProblem.NO_ARROW,
        CaseProblem.NO_INPUT,
        CaseProblem.NO_EXPECTED,
        CaseProblem.NOT_DIALABLE,
        CaseProblem.NOT_DIALABLE,
    ]
    results = run_cases(cases, Settings(), "IL")
    assert not any(result.passed or result.got for result in results)


@given(st.text(max_size=80))
def test_any_text_is_a_file_of_cases(text: str) -> None:
    for result in run_cases(parse_cases(text), Settings(), "US"):
        assert result.case.line >= 1
