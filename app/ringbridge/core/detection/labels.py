"""The label of a number: the nearest word on the left, a key, tag, column title or heading, or a word behind it."""

from functools import lru_cache

from ringbridge.core.detection.clauses import is_cost_of_call
from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.walk import NONE, Label, tokens_of, walk_left
from ringbridge.core.detection.words import Meaning, meaning_of

_REACH = 90
_REACH_RIGHT = 50
_NEAR_RIGHT = 3
_MOST_TOKENS = 8
_LINES_ABOVE = 12
_LONG_LINE = 60
_FEW_WORDS = 3
_KEYED = late_pattern(
    r"(?:\"([\w.@ -]{1,40})\" ?[:=]|'([\w.@ -]{1,40})' ?[:=]|(?<![\w.-])([A-Za-z_][\w.-]{0,40})( ?[:=]))[ ]?[\"']?$"
)
_AT_KEY = frozenset(" =:\"'")
_KEY_MARK_REACH = 3
"""Behind the mark of a key at most a blank and a quote follow."""

_TAG = late_pattern(r"<([A-Za-z][\w:.-]*)([^<>]*)>\s*$")
_ANY_TAG = late_pattern(r"</?[A-Za-z][^<>]*>?|<!\[CDATA\[")
_PLAIN_TAGS = frozenset(
    ("a", "abbr", "address", "b", "bdi", "bdo", "br", "cite", "code", "dd", "div", "dl", "dt", "em", "font", "h1",
     "h2", "h3", "h4", "h5", "h6", "i", "label", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span", "string",
     "strong", "sub", "sup", "td", "th", "tr", "u", "ul", "v", "value")
)  # fmt: skip
"""Tags that say how something looks, not what it is."""

_SPOKEN = frozenset((Meaning.FAX, Meaning.MOBILE, Meaning.PHONE))
_TELLS_NOTHING = frozenset((None, Meaning.NUMBER, Meaning.SHORT_NUMBER, Meaning.FILLER, Meaning.POSSESSIVE))
_BELONGS = frozenset(("번", "호", "nolu", "numaralı", "no'lu", "sayılı", "számú"))
"""Directly behind digits, these hand them to the noun that follows: 0532 771 90 34 nolu sipariş."""

_RIGHT_ENDS = frozenset(".,;:!?)]|")
_FIRST = late_pattern(r"[ \t]*(?:[.,;:!?)\]0-9\n]|\Z|([A-Za-z]+)(?=[ \t\n,;:!?)]|\Z))")
"""What stands first behind a number: the end, or a simple word."""


def label_before(plain: str, start: int) -> Label:
    """The label on the left of what begins at `start`: in its line, else the heading above it."""
    line = plain.rfind("\n", 0, start) + 1
    left = plain[max(line, start - _REACH) : start]
    near = left[-_KEY_MARK_REACH:]
    keyed = _KEYED.search(left) if (":" in near or "=" in near) and left[-1] in _AT_KEY else None
    if keyed is not None and (keyed[4] in {None, "="} or "_" in keyed[3]):
        key = keyed[1] or keyed[2] or keyed[3]
        return _qualified(walk_left(key), left[: keyed.start()])
    if ">" in left:
        tag = _TAG.search(left)
        if tag is not None and tag[1].casefold() not in _PLAIN_TAGS:
            return _qualified(walk_left(f"{tag[1]} {tag[2]}"), left[: tag.start()])
        left = _ANY_TAG.sub(" ", left)
    label = walk_left(left)
    if line and (label.meaning is None or label.meaning in {Meaning.NUMBER, Meaning.SHORT_NUMBER}):
        above = _label_above(plain, line, start)
        if above is not None and (label.meaning is None or above.meaning is Meaning.IDENTIFIER):
            return above
    return label


def _qualified(label: Label, left: str) -> Label:
    """A key or tag that says no more than "number" takes its meaning from what it stands in."""
    if label.meaning not in {Meaning.NUMBER, Meaning.SHORT_NUMBER}:
        return label
    outer = walk_left(left.rstrip(" <>{\"'"))
    return outer if outer.meaning is Meaning.IDENTIFIER and outer.distance <= 1 else label


def _label_above(plain: str, line: int, start: int) -> Label | None:
    """A column title, or a heading that ends with a colon or is nothing but a label."""
    titled = _column_title(plain, line, start)
    if titled is not None:
        return titled
    end = line - 1
    for _ in range(_LINES_ABOVE):
        begin = plain.rfind("\n", 0, max(end, 0)) + 1
        above = plain[begin:end].strip()
        if above and any(map(str.isalpha, above)):
            if len(above) > _LONG_LINE:
                return None
            label = walk_left(above)
            heading = above[-1] in ":{[" or (len(above.split()) <= _FEW_WORDS and not any(map(str.isdecimal, above)))
            return label if heading and label.meaning is not None and label.distance < _FEW_WORDS else None
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
        if count and row.count(mark) >= count and not any(map(str.isdecimal, header)):
            column = plain.count(mark, line, start)
            titles = header.split(mark)
            if column < len(titles):
                return walk_left(titles[column])
    return None


def label_after(plain: str, end: int) -> Label:
    """The label on the right of what ends at `end`: in brackets, as a next word, or said of it ("is my order no")."""
    first = _FIRST.match(plain, end, end + _REACH_RIGHT)
    if first is not None and (
        first[1] is None or (meaning_of(first[1]) is None and first[1].casefold() not in _BELONGS)
    ):
        return NONE  # a sentence that goes on, or an end
    stop = plain.find("\n", end, end + _REACH_RIGHT)
    right = plain[end : stop if stop >= 0 else end + _REACH_RIGHT]
    if not any(map(_may_tell, right.split()[:_MOST_TOKENS])):
        return NONE
    tokens = tokens_of(right)[:_MOST_TOKENS]
    if not tokens:
        return NONE
    bracketed = tokens[0] in {"(", "["}
    marked = tokens[0] in {"-", "—", "/", "|"}
    said = numbered = False
    distance = passed = 0
    for place in range(int(bracketed or marked), len(tokens)):
        word = tokens[place]
        if not place and word.casefold() in _BELONGS:
            said = True
            continue
        if word.isdecimal() or _ends_at(tokens, place):
            break
        if not word[0].isalpha():
            continue
        meaning = meaning_of(word)
        if meaning is Meaning.COPULA:
            said = said or not distance
        elif meaning in _TELLS_NOTHING:
            distance += meaning is None
            passed += 1
            numbered = numbered or meaning in {Meaning.NUMBER, Meaning.SHORT_NUMBER}
            if (
                meaning is Meaning.FILLER
                and meaning_of("".join(tokens[place + 1 : place + 2]) or "-") is Meaning.COPULA
            ):
                continue  # "this is"
            if distance > _NEAR_RIGHT or not (said or bracketed):
                break
        elif said and meaning is Meaning.PLACE:
            continue  # "is the work order"
        elif meaning is None or not (bracketed or said or _is_next_label(tokens, place, meaning, marked=marked)):
            break
        else:
            if bracketed and any(token.isdecimal() for token in tokens[place + 1 : place + 4]):
                break  # a label with a number of its own
            if bracketed and not said and passed >= _FEW_WORDS and meaning not in _SPOKEN:
                break  # "(ask for a quote)"
            if meaning is Meaning.AMOUNT and is_cost_of_call(plain, end):
                break  # "(prix d'un appel local)"
            if meaning is Meaning.PARTY and numbered:
                meaning = Meaning.IDENTIFIER
            return Label(meaning, word, distance, apart=marked, numbered=said or bracketed)
    return NONE


@lru_cache(maxsize=4096)
def _may_tell(piece: str) -> bool:
    """Whether something in what stands between two blanks may be a label of what stands before."""
    return any(
        token.casefold() in _BELONGS
        or (
            token[0].isalpha()
            and (meaning := meaning_of(token)) is not Meaning.COPULA
            and meaning not in _TELLS_NOTHING
        )
        for token in tokens_of(piece)
    )


def _ends_at(tokens: list[str], place: int) -> bool:
    sign = tokens[place]
    return sign in _RIGHT_ENDS and not (sign == "." and place and len(tokens[place - 1]) <= _FEW_WORDS)


def _is_next_label(tokens: list[str], place: int, meaning: Meaning, *, marked: bool) -> bool:
    """Whether a word that merely follows is this number's label, and not the next one's or part of a sentence."""
    if any(token.isdecimal() for token in tokens[place + 1 : place + 4]) or (marked and meaning not in _SPOKEN):
        return False
    following = tokens[place + 1 : place + 3]
    if following and meaning_of(following[0]) in {Meaning.NUMBER, Meaning.SHORT_NUMBER}:
        del following[0]
    return meaning is Meaning.FAX or not following or not following[0][0].isalnum()


def word_before(plain: str, start: int) -> str:
    """The word or sign that stands before with at most one blank between, or an empty string."""
    left = plain[max(0, start - 40) : start].removesuffix(" ")
    tokens = tokens_of(left) if left and not left[-1].isspace() else []
    if not tokens:
        return ""
    return tokens[-2] if tokens[-1] == "." and len(tokens) > 1 else tokens[-1]
