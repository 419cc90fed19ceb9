"""Sentences about the dial plan: its rules, the way of a number through it, and its cases. No Qt."""

from typing import TYPE_CHECKING

from ringbridge.core.errors import RuleError
from ringbridge.ui.detection_words import detector_word
from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from ringbridge.core.dialing.cases import CaseResult
    from ringbridge.core.dialing.explain import Explanation


def rule_sentence(error: RuleError) -> str:
    """What is wrong with a rule, where, and what may stand there."""
    what = fill(_rule_problem(error.problem), detail=error.detail)
    if not error.number:
        return fill(tr("Position {position}: {what}"), position=error.position, what=what)
    return fill(
        tr("Rule {number}, position {position}: {what}"), number=error.number, position=error.position, what=what
    )


def _rule_problem(problem: str) -> str:
    return {
        "empty": tr("there is no pattern. A rule is written such as “+972|X. => 0”."),
        "too_long": tr("this is longer than {detail} characters."),
        "character": tr("“{detail}” can't stand in a pattern. Use digits, *, #, X, Z, N, sets, “.” and “!”."),
        "character_added": tr("“{detail}” can't be dialed. Use digits, *, # and a + in front."),
        "character_in_set": tr("“{detail}” can't stand between [ and ]. Use digits, *, # and ranges such as 2-5."),
        "set_not_closed": tr("the ] that belongs to this [ is missing."),
        "set_not_open": tr("the [ that belongs to this ] is missing."),
        "empty_set": tr("nothing stands between [ and ]."),
        "range": tr("“{detail}” is no range. Write it from the smaller digit to the larger, such as 2-5."),
        "second_bar": tr("there is a second |. Only one part, at the beginning, can be taken away."),
        "wildcard_before_bar": tr("before | neither . nor ! can stand: how much to take away must be sure."),
        "plus_inside": tr("a + can only stand at the very beginning."),
        "plus_kept": tr("something would be put before a +. Write +| at the beginning to take the + away, or begin "
            "the pattern with X for what has no +."),
        "nothing_left": tr("nothing would be left to dial. Write behind => what to dial."),
    }.get(problem) or fill(tr("{problem}."), problem=problem.replace("_", " "))  # fmt: skip


def reason_word(reason: str) -> str:
    """Why a text is read as it is, in a few words; a reason of a later version as it stands.

    Args:
        reason: As in `ringbridge.core.targets.TargetReading`.
    """
    return (
        {
            "link": tr("from a link"),
            "extension_in_link": tr("the link names an extension"),
            "context_prefix": tr("the link's context stands before the number"),
            "context_country": tr("a number of the country that the link names"),
            "own_context": tr("the link names our own network"),
            "internal": tr("as long as an internal extension"),
            "whole_number": tr("the whole text is a number"),
            "found": tr("found in the text"),
            "code": tr("an extension or a code"),
            "as_it_stands": tr("digits of no known plan, dialed as typed"),
        }.get(reason)
        or detector_word(reason)
        or reason.replace("_", " ")
    )


def way_sentences(explanation: "Explanation") -> tuple[str, ...]:
    """Which part of the dial plan made the dial string, one step a sentence; empty where nothing was read."""
    if explanation.way is None:
        return ()
    steps = [_step(explanation)]
    outside = next((used.value for used in explanation.used if used.key == "dialing.outside_prefix"), "")
    if outside:
        steps.append(fill(tr("outside line: dialing.outside_prefix = {prefix}"), prefix=outside))
    if explanation.destination and explanation.destination.extension:
        template = tr("the extension {digits} is not dialed: the PBX has no way to send it; dial it once connected")
        steps.append(fill(template, digits=explanation.destination.extension))
    if explanation.pbx_converts:
        steps.append(tr("the PBX converts what it is sent: account.cdialplan = auto"))
    return tuple(steps)


def _step(explanation: "Explanation") -> str:
    fired = explanation.fired
    if fired is not None:
        return fill(tr("rule {number}: {text}"), number=fired.number, text=fired.text.strip())
    value = next((used.value for used in explanation.used), "")
    if explanation.way == "foreign":
        own = fill(tr("the international prefix of {region}"), region=explanation.region)
        return fill(tr("foreign: dialing.foreign_prefix = {value}"), value=value or own)
    template = {
        "emergency": tr("an emergency number: dialed as it stands, whatever the plan says"),
        "feature": tr("a feature code: dialed as it stands"),
        "internal": tr("an internal extension: dialed as it stands (dialing.internal_length = {value})"),
        "as_it_stands": tr("extensions and codes are dialed as they stand"),
        "converted": tr("E.164, for the PBX to convert"),
        "own_country": tr("own country: dialing.own_country = {value}"),
    }[str(explanation.way)]
    return fill(template, value=value)


def case_sentence(result: "CaseResult") -> str:
    """Why a case of the cases file fails. Of the digits, only what tells the cases apart is shown."""
    line = result.case.line
    if result.case.problem is None:
        template = tr("line {line}: {expected} is expected, and {got} would be dialed")
        if result.got == "refused":
            template = tr("line {line}: {expected} is expected, and nothing would be dialed")
        if result.case.expected == "refused":
            template = tr("line {line}: nothing is to be dialed, and {got} would be")
        return fill(template, line=line, expected=shortened(result.case.expected), got=shortened(result.got))
    what = {
        "no_arrow": tr("there is no ->"),
        "no_input": tr("nothing stands before ->"),
        "no_expected": tr("nothing stands behind ->"),
        "not_dialable": tr("what stands behind -> can't be dialed"),
    }[str(result.case.problem)]
    return fill(tr("line {line}: {what}"), line=line, what=what)


_SHOWN_START, _SHOWN_END = 4, 2


def shortened(dialed: str) -> str:
    """A dial string that may stand in a report: its prefix and its last two digits."""
    if len(dialed) <= _SHOWN_START + _SHOWN_END:
        return dialed
    return f"{dialed[:_SHOWN_START]}…{dialed[-_SHOWN_END:]}"
