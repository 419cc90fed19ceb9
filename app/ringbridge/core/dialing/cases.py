"""Cases that a dial plan must pass: ``input -> expected  # comment``, one a line.

The input is what a person types; expected is the dial string, with spaces and hyphens for reading, or ``refused`` for
what must not be dialed. ``=>`` and ``→`` may stand for ``->``. A comment begins with a ``#`` between spaces or alone
at the start of a line, so that codes with ``#`` can stand in a case.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from ringbridge.core.dialing.explain import Explanation, explain
from ringbridge.core.dialing.rules import ARROW, COMMENT
from ringbridge.core.settings import Settings

REFUSED = "refused"
MAX_CASES = 10_000

_DIALABLE = frozenset("0123456789*#+")
_FOR_READING = frozenset(" \t-().")


class CaseProblem(StrEnum):
    """What is wrong with a line."""

    NO_ARROW = "no_arrow"
    NO_INPUT = "no_input"
    NO_EXPECTED = "no_expected"
    NOT_DIALABLE = "not_dialable"


class Case(NamedTuple):
    """One line of the file.

    Attributes:
        line: Its number, from 1.
        text: The input.
        expected: The dial string, or ``refused``.
        comment: For people, or empty.
        problem: Why the line can't be used, or None.
    """

    line: int
    text: str = ""
    expected: str = ""
    comment: str = ""
    problem: CaseProblem | None = None


class CaseResult(NamedTuple):
    """What became of one case.

    Attributes:
        case: The case.
        passed: Whether the plan does what is expected.
        got: The dial string, or ``refused``; empty where the line can't be used.
        explanation: The whole way, or None where the line can't be used.
    """

    case: Case
    passed: bool
    got: str = ""
    explanation: Explanation | None = None


def parse_cases(text: str) -> tuple[Case, ...]:
    """Read a file of cases; a line that can't be used becomes a case with its problem."""
    return tuple(_cases(text))


def run_cases(cases: tuple[Case, ...], settings: Settings, region: str) -> tuple[CaseResult, ...]:
    """Put each case through reading, dial plan and gate, as if it were typed. Dials nothing."""
    return tuple(_run(case, settings, region) for case in cases)


def _cases(text: str) -> Iterator[Case]:
    for number, line in enumerate(text.splitlines(), 1):
        comment = COMMENT.search(line)
        content = (line[: comment.start()] if comment else line).strip()
        if not content:
            continue
        words = line[comment.end() :].strip() if comment else ""
        arrow = ARROW.search(content)
        if arrow is None:
            if not content.startswith("#"):  # `#comment`, without a space
                yield Case(number, problem=CaseProblem.NO_ARROW)
            continue
        typed, expected = content[: arrow.start()].strip(), content[arrow.end() :].strip()
        yield Case(number, typed, _expected(expected), words, _problem_of(typed, expected))


def _expected(text: str) -> str:
    if text.lower() == REFUSED:
        return REFUSED
    return "".join(character for character in text if character not in _FOR_READING)


def _problem_of(typed: str, expected: str) -> CaseProblem | None:
    if not typed:
        return CaseProblem.NO_INPUT
    if not expected:
        return CaseProblem.NO_EXPECTED
    if expected.lower() != REFUSED and not _DIALABLE.issuperset(_expected(expected)):
        return CaseProblem.NOT_DIALABLE
    return None


def _run(case: Case, settings: Settings, region: str) -> CaseResult:
    if case.problem is not None:
        return CaseResult(case, passed=False)
    explanation = explain(case.text, settings, region)
    refused = explanation.destination is None or bool(
        explanation.verdict and explanation.verdict.decision == "refuse"
    )
    got = REFUSED if refused else explanation.dialed
    return CaseResult(case, passed=got == case.expected, got=got, explanation=explanation)
