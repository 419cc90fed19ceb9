"""Rewrite rules: one line of text each, in order, the first that matches wins and its output is final.

    [off:] PATTERN [=> ADDED] [# comment]

    +972|X. => 0            own numbers the national way: +97236123456 is sent as 036123456
    +1212|NXXXXXX           take +1212 away: a local call in Manhattan
    +12125550|1XX           a number of our own office, as its extension
    +. => …                 not allowed: a + would stand inside; write +|. => 9
    2XX => 8                the extensions 200 to 299, as typed, behind an 8
    off: 00|X. => +         switched off, and kept
    +44|X. => 0044  # UK    a comment stands behind a # between spaces

The subject is the E.164 number with its `+`, or, for what is no number (extensions and codes), what was typed; so a
rule for numbers begins with `+`, one for codes does not. What stands before `|` is taken away; `ADDED` is put in
front of the rest. ``->`` and ``→`` may stand for ``=>``; without it, nothing is added.

Sources: the notation is Asterisk's (see `patterns`), prefix removal by `|` and a text put in front are FreePBX's dial
patterns ("prepend + prefix | match pattern").
"""

import re
from functools import lru_cache
from typing import NamedTuple

from ringbridge.core.dialing.patterns import Pattern, PatternError, matches, read_pattern
from ringbridge.core.errors import RuleError

MAX_LENGTH = 200
"""Characters of one rule, its comment included."""

MAX_ADDED = 32

ARROW = re.compile(r"=>|->|→")
COMMENT = re.compile(r"(?:^|\s)#(?=\s|$)")
"""Where a comment begins; a `#` to be dialed stands beside its digits."""

_OFF = re.compile(r"\s*off\s*:", re.IGNORECASE)
_ADDED = re.compile(r"\+?[0-9*#]*")
_FOR_READING = " -\t"


class Rule(NamedTuple):
    """One rewrite rule.

    Attributes:
        pattern: What it matches and how much of that it takes away.
        pattern_text: The same as written.
        added: What is put in front of the rest.
        comment: For people, or empty.
        enabled: Whether it takes part.
    """

    pattern: Pattern
    pattern_text: str
    added: str = ""
    comment: str = ""
    enabled: bool = True


def parse_rule(text: str, number: int = 0) -> Rule:
    """Read one rule.

    Args:
        text: One line.
        number: Its place in the list, from 1, for the error; 0 = it stands alone.

    Raises:
        RuleError: It breaks the notation; says where.
    """
    if len(text) > MAX_LENGTH:
        raise RuleError("too_long", number=number, detail=str(MAX_LENGTH))
    off = _OFF.match(text)
    start = off.end() if off else 0
    comment = COMMENT.search(text, start)
    end = comment.start() if comment else len(text)
    arrow = ARROW.search(text, start, end)
    pattern_end = arrow.start() if arrow else end
    try:
        start += len(text[start:pattern_end]) - len(text[start:pattern_end].lstrip())
        pattern = read_pattern(text[start:pattern_end])
    except PatternError as error:
        raise RuleError(
            error.problem, number=number, position=start + error.offset + 1, detail=error.detail
        ) from None
    added = _read_added(text, arrow.end(), end, number) if arrow else ""
    if added and pattern.takes_plus:
        raise RuleError("plus_kept", number=number, position=start + 1)
    if added in {"", "+"} and pattern.may_leave_nothing:
        raise RuleError("nothing_left", number=number, position=start + 1)
    return Rule(
        pattern=pattern,
        pattern_text=text[start:pattern_end].strip(),
        added=added,
        comment=text[comment.end() :].strip() if comment else "",
        enabled=off is None,
    )


def format_rule(rule: Rule) -> str:
    """The one way a rule is written; reading it gives the rule back."""
    comment = f"  # {rule.comment}" if rule.comment else ""
    return f"{'' if rule.enabled else 'off: '}{rule.pattern_text} => {rule.added}".rstrip() + comment


@lru_cache(maxsize=8)
def read_rules(texts: tuple[str, ...]) -> tuple[Rule | RuleError, ...]:
    """Read the rules of a dial plan, each for itself: a bad one is its error."""
    rules: list[Rule | RuleError] = []
    for number, text in enumerate(texts, 1):
        try:
            rules.append(parse_rule(text, number))
        except RuleError as error:
            rules.append(error)
    return tuple(rules)


def check_rules(texts: tuple[str, ...]) -> None:
    """Make sure that every rule can be read.

    Raises:
        RuleError: Of the first that can't.
    """
    for rule in read_rules(texts):
        if isinstance(rule, RuleError):
            raise rule.copy()


def applies(rule: Rule, subject: str) -> bool:
    """Whether the rule takes part and matches the subject, an E.164 number or a code."""
    return rule.enabled and matches(rule.pattern, subject)


def rewrite(rule: Rule, subject: str) -> str:
    """What a rule that applies makes of its subject: at least one character, a ``+`` at most in front."""
    return rule.added + subject[rule.pattern.removed :]


def _read_added(text: str, start: int, end: int, number: int) -> str:
    characters: list[str] = []
    for position in range(start, end):
        character = text[position]
        if character in _FOR_READING:
            continue
        if character == "+" and characters:
            raise RuleError("plus_inside", number=number, position=position + 1)
        if not _ADDED.fullmatch(character):
            raise RuleError("character_added", number=number, position=position + 1, detail=character)
        characters.append(character)
    if len(characters) > MAX_ADDED:
        raise RuleError("too_long", number=number, position=start + 1, detail=str(MAX_ADDED))
    return "".join(characters)
