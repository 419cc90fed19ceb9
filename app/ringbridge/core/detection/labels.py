"""The label of a number: the nearest word beside it that says what it is."""

import re
from typing import NamedTuple

from ringbridge.core.detection.words import Meaning, fold, meaning_of

_REACH = 110
_FAR = 9
_LETTER = "(?:[^\\W\\d_]|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0e4e])"
_TOKEN = re.compile(
    rf"{_LETTER}/{_LETTER}(?!{_LETTER})|{_LETTER}+(?:[.'\"`]{{1,2}}{_LETTER}+)*[°º']?|[0-9]+|[^\w\s]|_|\n"
)
_PASSED = frozenset("\"'`()[]{}<>/\\-_*~^|&=:,•·°@$")
_ENDS = frozenset("!?;")
_ABBREVIATED = 4
_NEAR_RIGHT = 3
_OWNING = frozenset(("numero", "מספר", "número", "numéro"))
_ABBREVIATED_LONG = frozenset((Meaning.PHONE, Meaning.MOBILE, Meaning.FAX, Meaning.EXTENSION, Meaning.SHORT_NUMBER))
_SKIPPED = frozenset((Meaning.FILLER, Meaning.COPULA, Meaning.UNIT, Meaning.CURRENCY, Meaning.MONTH))


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
_KEYED = re.compile(r"(?:\"([\w.@ -]{1,40})\" ?[:=]|'([\w.@ -]{1,40})' ?[:=]|([A-Za-z_][\w.-]{0,40})=|([A-Za-z_]\w*_\w+) ?[:=])[ ]?[\"']?$")
_AT_KEY = frozenset(" =:\"'")
_TAG = re.compile(r"<([A-Za-z][\w:.-]*)([^<>]*)>\s*$")
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>?|<!\[CDATA\[")
_PLAIN_TAGS = frozenset("a abbr address b bdi bdo br cite code dd div dl dt em font h1 h2 h3 h4 h5 h6 i label li mark p pre q s small span strong sub sup td th tr u ul ol value v string".split())
_SINGLE = {
    "t": Meaning.PHONE, "p": Meaning.PHONE, "ph": Meaning.PHONE, "o": Meaning.PHONE, "h": Meaning.PHONE,
    "w": Meaning.PHONE, "m": Meaning.MOBILE, "c": Meaning.MOBILE, "f": Meaning.FAX, "т": Meaning.PHONE,
    "ф": Meaning.FAX, "м": Meaning.MOBILE, "ט": Meaning.PHONE, "נ": Meaning.MOBILE, "פ": Meaning.FAX,
}  # fmt: skip
"""One letter directly before a number, as on letterheads."""


_SYMBOLS = {
    **dict.fromkeys("📞☎☏✆🕾🕿📳", Meaning.PHONE), **dict.fromkeys("📱📲", Meaning.MOBILE),
    **dict.fromkeys("📠🖷", Meaning.FAX),
}  # fmt: skip


def label_before(plain: str, start: int) -> Label:
    """The label on the left of what begins at `start`: in its line, else the heading above it."""
    line = plain.rfind("\n", 0, start) + 1
    left = plain[max(line, start - _REACH) : start]
    keyed = _KEYED.search(left) if left and left[-1] in _AT_KEY else None
    if keyed is not None:
        key = next(key for key in keyed.groups() if key is not None)
        return _qualified(_walk_left(key), left[: keyed.start()])
    if ">" in left:
        tag = _TAG.search(left)
        if tag is not None and tag[1].casefold() not in _PLAIN_TAGS:
            return _qualified(_walk_left(f"{tag[1]} {tag[2]}"), left[: tag.start()])
        left = _ANY_TAG.sub(" ", left)
    label = _walk_left(left)
    if line and (label.meaning is None or label.meaning in {Meaning.NUMBER, Meaning.SHORT_NUMBER}):
        above = _label_above(plain, line, start)
        if above is not None and (label.meaning is None or above.meaning is Meaning.IDENTIFIER):
            return above
    return label


def _qualified(label: Label, left: str) -> Label:
    """A key or tag that says no more than "number" takes its meaning from what it stands in."""
    if label.meaning not in {Meaning.NUMBER, Meaning.SHORT_NUMBER}:
        return label
    outer = _walk_left(left.rstrip(" <>{\"'"))
    return outer if outer.meaning is Meaning.IDENTIFIER and outer.distance <= 1 else label


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
    apart = numbered = behind_number = owned = filled = False
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
            elif token in _SYMBOLS and not distance:
                return Label(_SYMBOLS[token], token, 0, apart, False, behind_number)
            elif token in _ENDS or token == "\n":
                break
            elif token in {",", ")", "("}:
                apart = True
            continue
        meaning = meaning_of(token)
        if len(token) == 1 and not distance and not numbered and token.casefold() in _SINGLE and _is_lone(tokens, position):
            return Label(_SINGLE[token.casefold()], token, 0, apart, False, behind_number)
        if meaning is None:
            owned = owned or (number_meaning is not None and not distance and not filled)
            distance += 1
            if distance > _FAR:
                break
            continue
        if meaning in _SKIPPED:
            filled = True
            continue
        if (meaning is Meaning.NUMBER and (distance != 1 or fold(token) not in _OWNING)) or (
            meaning is Meaning.SHORT_NUMBER and (not distance or numbered)
        ):
            if distance > 2 and not numbered:
                distance += 1
                continue
            numbered = True
            number_meaning = number_meaning if number_meaning is Meaning.NUMBER else meaning
            last_number_word = last_number_word or token
            continue
        if meaning is Meaning.SHORT_NUMBER or (meaning is Meaning.NUMBER and fold(token) in _OWNING):
            if distance == 1 and not filled and (token.casefold() != "no" or tokens[position + 1] == "."):
                # "nr licznika 12", "numéro allocataire 12": the noun that owns the number stands behind the number word
                return Label(Meaning.SHORT_NUMBER, token, 0, apart, True, behind_number, owned=True)
            distance += 1
            continue
        if meaning is Meaning.POSSESSIVE:
            if numbered:
                return Label(Meaning.NUMBER, last_number_word, distance, apart, True, behind_number)
            continue
        if meaning is Meaning.FAX and _is_shared(tokens, position):
            meaning = Meaning.PHONE
        elif meaning in _WITH_NOUN and _is_of_identifier(tokens, position, meaning):
            meaning = Meaning.IDENTIFIER
        elif meaning is Meaning.PARTY and not numbered:
            numbered = _is_numbered_before(tokens, position)
        return Label(meaning, token, distance, apart, numbered, behind_number)
    if number_meaning is not None:
        return Label(number_meaning, last_number_word, distance, apart, True, behind_number, owned)
    return NONE


_WITH_NOUN = frozenset((Meaning.PARTY, Meaning.PLACE))


def _is_lone(tokens: list[str], position: int) -> bool:
    """A single letter is a label where only signs, digits or nothing stand before and behind it."""
    before = tokens[position - 1] if position else ""
    behind = tokens[position + 1 : position + 3]
    return not before[:1].isalpha() and "'" not in before and all(token in {":", ".", "/", "+", "(", "-"} for token in behind)


def _is_shared(tokens: list[str], position: int) -> bool:
    """``Tel./Fax``: one number for both."""
    for token in reversed(tokens[max(0, position - 4) : position]):
        if token[0].isalpha():
            meaning = meaning_of(token)
            if meaning in {Meaning.PHONE, Meaning.MOBILE}:
                return True
            if meaning is not Meaning.FILLER:
                return False
        elif token not in {"/", ".", "&", "+", "-", ",", "|"}:
            return False
    return False


def _is_of_identifier(tokens: list[str], position: int, meaning: Meaning) -> bool:
    """``Réf. client``, ``קריאת שירות``: the first noun says what it is, the second whose."""
    if meaning is Meaning.PLACE and tokens[position].isascii():
        return False  # "order desk", "ticket office"
    before = position - 1
    while before >= 0 and tokens[before] in {".", "-", "/"}:
        before -= 1
    return before >= 0 and tokens[before][0].isalpha() and meaning_of(tokens[before]) is Meaning.IDENTIFIER


def _is_numbered_before(tokens: list[str], position: int) -> bool:
    """``numéro client``, ``מספר לקוח``: the number word stands before its noun."""
    for token in reversed(tokens[max(0, position - 3) : position]):
        if token[0].isalpha():
            meaning = meaning_of(token)
            if meaning in {Meaning.NUMBER, Meaning.SHORT_NUMBER}:
                return True
            if meaning is not Meaning.FILLER:
                return False
        elif token not in {".", "°", "º"}:
            return False
    return False


def _is_abbreviation(word: str) -> bool:
    if not word or not word[0].isalpha():
        return False
    if len(word) <= _ABBREVIATED or word.endswith(("nr", "no", "num")):
        return True
    return meaning_of(word) in _ABBREVIATED_LONG


def label_after(plain: str, end: int) -> Label:
    """The label on the right of what ends at `end`: in brackets, as a next word, or said of it ("is my order no")."""
    stop = plain.find("\n", end, end + _REACH)
    right = plain[end : stop if stop >= 0 else end + _REACH]
    tokens: list[str] = _TOKEN.findall(right)
    if not tokens:
        return NONE
    bracketed = tokens[0] in {"(", "["}
    marked = tokens[0] in {"-", "—", "/", "|"}
    said = False
    distance = 0
    for place in range(int(bracketed or marked), min(8, len(tokens))):
        token = tokens[place]
        if token.isdigit():
            return NONE
        if len(token) == 1 and not token.isalpha():
            if token in ".,;:!?)]|\n" and not (token == "." and place and len(tokens[place - 1]) <= 3):
                return NONE
            continue
        meaning = meaning_of(token)
        if meaning is Meaning.COPULA:
            said = said or not distance
            continue
        if meaning in {None, Meaning.NUMBER, Meaning.SHORT_NUMBER, Meaning.FILLER, Meaning.POSSESSIVE}:
            if not said and not bracketed:
                return NONE
            distance += meaning is None
            if distance > _NEAR_RIGHT:
                return NONE
            continue
        if not bracketed and not said:
            if any(token.isdigit() for token in tokens[place + 1 : place + 4]):
                return NONE  # the label of the next number
            if meaning is not Meaning.FAX and not _ends_after(tokens, place):
                return NONE
            if marked and meaning not in {Meaning.FAX, Meaning.MOBILE, Meaning.PHONE}:
                return NONE
        return Label(meaning, token, distance, apart=marked, numbered=said or bracketed)
    return NONE


def _ends_after(tokens: list[str], place: int) -> bool:
    """Whether nothing but a number word follows before the next sign: "… mobile, …", "… order no." """
    following = tokens[place + 1 : place + 3]
    if following and following[0][0].isalpha() and meaning_of(following[0]) in {Meaning.NUMBER, Meaning.SHORT_NUMBER}:
        del following[0]
    return not following or not following[0][0].isalnum()


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
