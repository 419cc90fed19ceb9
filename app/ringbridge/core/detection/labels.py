"""The label of a number: the nearest word beside it that says what it is."""

import re
from typing import NamedTuple

from ringbridge.core.detection.words import Meaning, meaning_of

_REACH = 110
_FAR = 9
_LETTER = "(?:[^\\W\\d_]|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0e4e])"
_TOKEN = re.compile(rf"{_LETTER}+(?:[.'\"`/]{{1,2}}{_LETTER}+)*[°º']?|[0-9]+|[^\w\s]|_|\n")
_PASSED = frozenset("\"'`()[]{}<>/\\-_*~^|&=:,•·°@$")
_ENDS = frozenset("!?;")
_ABBREVIATED = 4
_SKIPPED = frozenset((Meaning.FILLER, Meaning.UNIT, Meaning.CURRENCY, Meaning.MONTH))


class Label(NamedTuple):
    """What the nearest word says about a number.

    Attributes:
        meaning: None where no word says anything.
        word: That word.
        distance: How many words that say nothing stand between.
        apart: A comma, a bracket or the like stands between, so the label may be another's.
        numbered: A number word (No., #, number) stands between, or `word` is one.
        behind_number: Another number stands between.
        owned: It is a mere "no." behind a noun that no list knows (Membership no.).
    """

    meaning: Meaning | None
    word: str = ""
    distance: int = 0
    apart: bool = False
    numbered: bool = False
    behind_number: bool = False
    owned: bool = False


NONE = Label(None)


def label_before(plain: str, start: int) -> Label:
    """The label on the left of what begins at `start`: in its line, else the heading above it."""
    line = plain.rfind("\n", 0, start) + 1
    label = _walk_left(plain[max(line, start - _REACH) : start])
    if line and (label.meaning is None or label.meaning in {Meaning.NUMBER, Meaning.SHORT_NUMBER}):
        above = _label_above(plain, line, start)
        if above is not None and (label.meaning is None or above.meaning is Meaning.IDENTIFIER):
            return above
    return label


def _label_above(plain: str, line: int, start: int) -> Label | None:
    """A column title, or a heading that ends with a colon or is nothing but a label."""
    titled = _column_title(plain, line, start)
    if titled is not None:
        return titled
    end = line - 1
    for _ in range(12):
        begin = plain.rfind("\n", 0, max(end, 0)) + 1
        above = plain[begin:end].strip()
        if above and any(map(str.isalpha, above)):
            if len(above) > 60:
                return None
            label = _walk_left(above)
            heading = above[-1] in ":{[" or (len(above.split()) <= 3 and not any(map(str.isdigit, above)))
            return label if heading and label.meaning is not None and label.distance <= 2 else None
        if begin == 0:
            return None
        end = begin - 1
    return None


def _column_title(plain: str, line: int, start: int) -> Label | None:
    """The title of a table's column: the first line has as many cells as this one, and no digits."""
    first_end = plain.find("\n")
    header = plain[:first_end]
    stop = plain.find("\n", start)
    row = plain[line : stop if stop >= 0 else len(plain)]
    for mark in ("\t", "|", ";", ","):
        count = header.count(mark)
        if count and row.count(mark) >= count and not any(map(str.isdigit, header)):
            column = plain.count(mark, line, start)
            titles = header.split(mark)
            if column < len(titles):
                return _walk_left(titles[column])
    return None


def _walk_left(left: str) -> Label:
    """The nearest telling word, from the right end of `left`."""
    tokens: list[str] = _TOKEN.findall(left)
    distance = 0
    apart = numbered = behind_number = owned = False
    last_number_word = ""
    number_meaning: Meaning | None = None
    for position in range(len(tokens) - 1, -1, -1):
        token = tokens[position]
        if token[0].isdigit() and token.isdigit():
            behind_number = True
            continue
        if len(token) == 1 and not token.isalpha():
            if token in {"#", "№"}:
                if not distance:
                    numbered, number_meaning = True, number_meaning or Meaning.SHORT_NUMBER
                    last_number_word = last_number_word or token
            elif token == ".":
                before = tokens[position - 1] if position else ""
                if distance and not _is_abbreviation(before):
                    break
                if behind_number and before.isdigit():
                    continue
                if position < len(tokens) - 1 and not _is_abbreviation(before):
                    break
                if position == len(tokens) - 1 and before and not _is_abbreviation(before) and left.endswith(". "):
                    break
            elif token in _ENDS or token == "\n":
                break
            elif token in {",", ")", "("}:
                apart = True
            continue
        meaning = meaning_of(token)
        if meaning is None:
            owned = owned or (number_meaning is Meaning.SHORT_NUMBER and not distance)
            distance += 1
            if distance > _FAR:
                break
            continue
        if meaning in _SKIPPED:
            continue
        if meaning is Meaning.NUMBER or (meaning is Meaning.SHORT_NUMBER and (not distance or numbered)):
            if distance > 2 and not numbered:
                distance += 1
                continue
            numbered = True
            number_meaning = number_meaning if number_meaning is Meaning.NUMBER else meaning
            last_number_word = last_number_word or token
            continue
        if meaning is Meaning.SHORT_NUMBER:
            distance += 1
            continue
        if meaning is Meaning.POSSESSIVE:
            if numbered:
                return Label(Meaning.NUMBER, last_number_word, distance, apart, True, behind_number)
            continue
        return Label(meaning, token, distance, apart, numbered, behind_number)
    if number_meaning is not None:
        return Label(number_meaning, last_number_word, distance, apart, True, behind_number, owned)
    return NONE


def _is_abbreviation(word: str) -> bool:
    if not word or not word[0].isalpha():
        return False
    return len(word) <= _ABBREVIATED or meaning_of(word) is not None


def label_after(plain: str, end: int) -> Label:
    """The label on the right of what ends at `end`: in brackets, as a next word, or said of it ("is my order no")."""
    stop = plain.find("\n", end, end + _REACH)
    right = plain[end : stop if stop >= 0 else end + _REACH]
    tokens: list[str] = _TOKEN.findall(right)
    if not tokens:
        return NONE
    bracketed = tokens[0] in {"(", "["}
    position = 1 if bracketed or tokens[0] in {"-", ",", ":", '"', "'", "/"} else 0
    said = False
    distance = 0
    for place in range(position, min(position + 8, len(tokens))):
        token = tokens[place]
        if token.isdigit():
            return NONE
        if len(token) == 1 and not token.isalpha():
            if token in ".,;!?)]:|\n" and not (token == "." and place and len(tokens[place - 1]) <= 3):
                return NONE
            continue
        meaning = meaning_of(token)
        if meaning is Meaning.FILLER or meaning is Meaning.POSSESSIVE:
            said = said or place == position
            continue
        if meaning is None or meaning in {Meaning.NUMBER, Meaning.SHORT_NUMBER}:
            distance += meaning is None
            if distance > (3 if said else 0):
                return NONE
            continue
        following = tokens[place + 1 : place + 4]
        if not bracketed and not said and any(map(str.isdigit, following)):
            return NONE  # the label of the next number
        return Label(meaning, token, distance, apart=not (bracketed or said or place == 0), numbered=said or bracketed)
    return NONE


def word_after(plain: str, end: int) -> str:
    """The word or sign that follows with at most one blank between, or an empty string."""
    match = _TOKEN.match(plain, end + 1 if plain[end : end + 1] == " " else end)
    return "" if match is None else match[0]


def word_before(plain: str, start: int) -> str:
    """The word or sign that stands before with at most one blank between, or an empty string."""
    left = plain[max(0, start - 40) : start]
    left = left.removesuffix(" ")
    if not left or left[-1].isspace():
        return ""
    tokens: list[str] = _TOKEN.findall(left)
    if not tokens:
        return ""
    return tokens[-2] if tokens[-1] == "." and len(tokens) > 1 else tokens[-1]
