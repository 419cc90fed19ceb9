"""From a number leftwards, word by word, to the nearest one that says what the number is."""

from functools import lru_cache
from typing import NamedTuple

from ringbridge.core.detection.dial_phrases import says_where_to_call
from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.words import LETTER, Meaning, asks, fold, meaning_of

_FAR = 9
"""Words that say nothing, behind which no label is looked for."""

_TOKEN = late_pattern(
    rf"{LETTER}/{LETTER}(?!{LETTER})|{LETTER}+(?:[.'\"`]{{1,2}}{LETTER}+)*[°º']?|[0-9]+|[^\w\s]|_|\n"
)
_ASCII_TOKEN = late_pattern(
    r"[A-Za-z]/[A-Za-z](?![A-Za-z])|[A-Za-z]+(?:[.'\"`]{1,2}[A-Za-z]+)*'?|[0-9]+|[^\w\s]|_|\n"
)
"""The same for a text in ASCII: compiled and matched in a fraction of the time."""

_ENDS = frozenset("!?;\n")
_APART = frozenset(",()")
_NUMBER_SIGNS = frozenset("#№")
_ABBREVIATED = 4
_CUT_SHORT = 6
_OWNING = frozenset(("numero", "מספר", "número", "numéro"))
_ABBREVIATED_LONG = frozenset((Meaning.PHONE, Meaning.MOBILE, Meaning.FAX, Meaning.EXTENSION, Meaning.SHORT_NUMBER))
_SKIPPED = frozenset((Meaning.FILLER, Meaning.COPULA, Meaning.UNIT, Meaning.CURRENCY, Meaning.MONTH))
_SILENT = _SKIPPED | {Meaning.POSSESSIVE}
_NUMBER_WORDS = frozenset((Meaning.NUMBER, Meaning.SHORT_NUMBER))
_NEAR = 2
_HAS = frozenset(("ma", "ka", "ki", "ke", "का", "की", "के", "کا", "کی", "کے"))
"""Before a number word no possessives but a verb ("paczka ma numer", "paketa ka numrin") or Hindi's of."""

_HAVE = _HAS | {"har", "hefur", "er", "ay", "bernomor", "bernombor", "با", "מספרו", "מספרה"}
"""Behind a possessive, these say that it belongs to the noun before it: "pakken din har nummer"."""

_PLAIN_LABELS = frozenset((Meaning.PHONE, Meaning.MOBILE, Meaning.EXTENSION, Meaning.AMOUNT))
"""What these words say depends on no word around them."""

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
        called: It says what one calls the number for (see `dial_phrases`).
    """

    meaning: Meaning | None
    word: str = ""
    distance: int = 0
    apart: bool = False
    numbered: bool = False
    behind_number: bool = False
    owned: bool = False
    called: bool = False


NONE = Label(None)


def tokens_of(text: str) -> list[str]:
    """Words, digits and signs, without blanks."""
    return (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)


def walk_left(left: str) -> Label:
    """The nearest telling word, from the right end of `left`."""
    passed = unknown = 0
    alone, behind = True, ""
    for piece in reversed(left.split()):
        silence = _silence_of(piece)
        if silence is None:
            if alone and piece.isascii() and piece.isalpha():
                meaning = meaning_of(piece)
                direct = meaning in _PLAIN_LABELS or (
                    meaning is Meaning.IDENTIFIER and behind.casefold() not in _PURPOSE
                )
                if direct and piece.casefold() not in _SINGLE:
                    return Label(meaning, piece, unknown)
            break
        in_piece, is_word = silence
        unknown += in_piece
        if unknown > _FAR:
            return NONE
        alone = alone and is_word
        passed += alone
        behind = piece
    else:
        return NONE
    return _Walk(tokens_of(left), ends_sentence=left.endswith(". ")).run(passed)


class _Silence(NamedTuple):
    """What stands between two blanks and says nothing about a number behind it.

    Attributes:
        unknown: How many words in it are in no list.
        is_word: It is one word, without signs or digits.
    """

    unknown: int
    is_word: bool


@lru_cache(maxsize=4096)
def _silence_of(piece: str) -> _Silence | None:
    """None where something in the piece may say what a number is."""
    tokens = tokens_of(piece)
    unknown = 0
    for token in tokens:
        if token in _SYMBOLS or token in _NUMBER_SIGNS:
            return None
        if token.isdecimal() or (len(token) == 1 and not token.isalpha()):
            continue
        meaning = meaning_of(token)
        if token.casefold() in _SINGLE or (meaning is not None and meaning not in _SILENT):
            return None
        unknown += meaning is None
    return _Silence(unknown, len(tokens) == 1 and tokens[0] == piece and tokens[0][0].isalpha())


class _Walk:
    """One way through the words before a number, the last of them first."""

    def __init__(self, tokens: list[str], *, ends_sentence: bool) -> None:
        self._tokens = tokens
        self._ends_sentence = ends_sentence
        self._distance = 0
        self._apart = self._numbered = self._behind_number = self._owned = self._filled = False
        self._number_word = ""
        self._number_at = -1
        self._number_meaning: Meaning | None = None

    def run(self, passed: int = 0) -> Label:
        """The label; of the last words, so many are known to say nothing and to stand alone."""
        first = len(self._tokens) - passed
        for token in self._tokens[first:]:
            meaning = meaning_of(token)
            self._distance += meaning is None
            self._filled = self._filled or meaning in _SKIPPED
        for position in range(first - 1, -1, -1):
            token = self._tokens[position]
            if token.isdecimal():
                self._behind_number = True
            elif len(token) == 1 and not token.isalpha():
                if token in _SYMBOLS and not self._distance:
                    return self._label(_SYMBOLS[token], token)
                if self._ends_at(token, position) or (self._owned and token in _APART):
                    break
            elif (found := self._read(token, position)) is not None:
                return found
            elif self._distance > _FAR:
                break
        if self._number_meaning is None:
            return NONE
        return self._label(self._number_meaning, self._number_word, owned=self._owned)

    def _label(self, meaning: Meaning, word: str, *, owned: bool = False, distance: int | None = None) -> Label:
        return Label(
            meaning,
            word,
            self._distance if distance is None else distance,
            self._apart,
            self._numbered,
            self._behind_number,
            owned,
        )

    def _ends_at(self, sign: str, position: int) -> bool:
        """Take note of a sign; whether a sentence or line ends here."""
        if sign in _NUMBER_SIGNS and not self._distance and not self._behind_number:
            self._note_number(Meaning.SHORT_NUMBER, sign)
        elif sign == ".":
            return self._is_full_stop(position)
        elif sign in _APART:
            self._apart = True
        return sign in _ENDS

    def _is_full_stop(self, position: int) -> bool:
        before = self._tokens[position - 1] if position else ""
        if _is_abbreviation(before) or self._tokens[position + 1 : position + 2] == ["-"]:
            return False
        if self._numbered and not self._distance and len(before) <= _CUT_SHORT:
            return meaning_of(before or "-") is not Meaning.IDENTIFIER  # "Szerz. sz. 12"
        if self._behind_number and before.isdecimal() and not self._distance:
            return False  # the dot of a decimal or a list
        last = position == len(self._tokens) - 1
        return not last or (bool(before) and self._ends_sentence)

    def _note_number(self, meaning: Meaning, word: str) -> None:
        self._numbered = True
        self._number_meaning = self._number_meaning if self._number_meaning is Meaning.NUMBER else meaning
        self._number_word = self._number_word or word

    def _read(self, token: str, position: int) -> Label | None:
        """Take note of a word; the label, where it is one."""
        single = _SINGLE.get(token.casefold())
        if single is not None and not self._distance and not self._numbered and _is_lone(self._tokens, position):
            return self._label(single, token)
        meaning = meaning_of(token)
        if meaning is None:
            if not self._distance and not self._numbered and asks(token):
                return self._label(Meaning.PLACE, token)
            self._owned = self._owned or (self._numbered and not self._distance and not self._filled)
            self._distance += 1
            return None
        if meaning in _SKIPPED:
            if self._number_word == "#" and not (self._distance or self._filled) and token.isupper() and token[1:]:
                self._owned = True  # "PRO# 480-221": capitals before the sign name something
                self._distance += 1
                return None
            self._filled = True
            return None
        if meaning in _NUMBER_WORDS:
            return self._read_number_word(meaning, token, position)
        if meaning is Meaning.POSSESSIVE:
            if self._numbered and fold(token) in _HAS:
                self._filled = True
                return None
            if self._numbered and self._is_behind_noun(position):
                return None
            return self._label(Meaning.NUMBER, self._number_word) if self._numbered else None
        if meaning is Meaning.FAX and _is_shared(self._tokens, position):
            meaning = Meaning.PHONE
        elif meaning in _TAKES_PURPOSE and "".join(self._tokens[position + 1 : position + 2]).casefold() in _PURPOSE:
            self._distance += 1  # "rezervasyon için": what for, not what it is
            return None
        elif meaning in _NOUNS and _is_about(self._tokens, position):
            meaning = Meaning.PHONE
        elif meaning in _WITH_NOUN and _is_of_fax(self._tokens, position):
            meaning = Meaning.FAX
        elif meaning in _WITH_NOUN and _is_of_identifier(self._tokens, position, meaning):
            meaning = Meaning.IDENTIFIER
        elif meaning is Meaning.PARTY:
            self._numbered = self._numbered or _is_numbered_before(self._tokens, position)
        if meaning in _TAKES_PURPOSE and self._number_at > 0:
            called = not self._apart and says_where_to_call(self._tokens, position, self._number_at)
            return self._label(meaning, token)._replace(called=called)
        return self._label(meaning, token)

    def _is_behind_noun(self, position: int) -> bool:
        """``Kërkesa juaj mori numrin``: the possessive belongs to the identifier before it."""
        has_verb = self._distance or self._tokens[position + 1].casefold() in _HAVE
        return bool(has_verb and position) and meaning_of(self._tokens[position - 1]) is Meaning.IDENTIFIER

    def _read_number_word(self, meaning: Meaning, token: str, position: int) -> Label | None:
        if meaning is Meaning.SHORT_NUMBER or fold(token) in _OWNING:
            before_noun = self._distance == 1 and not self._filled and not self._behind_number
            if before_noun and (token.casefold() != "no" or self._tokens[position + 1] == "."):
                # "nr licznika 12", "numéro allocataire 12": the noun that owns the number stands behind the word
                return self._label(Meaning.SHORT_NUMBER, token, owned=True, distance=0)
        if meaning is Meaning.SHORT_NUMBER and self._behind_number and not self._numbered:
            self._distance += 1  # it belongs to the number before
        elif self._numbered or not self._distance or (meaning is Meaning.NUMBER and self._distance <= _NEAR):
            if not (self._distance or self._filled or self._apart or self._behind_number):
                self._number_at = position
            self._note_number(meaning, token)
        else:
            self._distance += 1
        return None


_AND = frozenset(
    ("and", "or", "und", "oder", "et", "ou", "y", "o", "e", "i", "lub", "og", "och", "eller", "en", "of")
)
_PURPOSE = frozenset(("için", "icin"))
_TAKES_PURPOSE = frozenset((Meaning.IDENTIFIER, Meaning.PARTY))
_WITH_NOUN = frozenset((Meaning.PARTY, Meaning.PLACE))
_NOUNS = frozenset((Meaning.IDENTIFIER, Meaning.PARTY, Meaning.AMOUNT))
_ABOUT = 4
"""Words between a question and what it is about: questions on any of our invoices."""


def _is_lone(tokens: list[str], position: int) -> bool:
    """A single letter is a label where only signs, digits or nothing stand before and behind it."""
    before = tokens[position - 1] if position else ""
    behind = tokens[position + 1 : position + 3]
    return (
        not before[:1].isalpha()
        and "'" not in before
        and all(token in {":", ".", "/", "+", "(", "-"} for token in behind)
    )


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


def _is_about(tokens: list[str], position: int) -> bool:
    """``Questions about this invoice:``, ``Driver with your parcel:``: the noun says what to call for."""
    if ":" not in tokens[position + 1 : position + 3]:
        return False
    between = None
    for token in reversed(tokens[max(0, position - _ABOUT) : position]):
        if not token[0].isalpha():
            return False
        meaning = meaning_of(token)
        if asks(token) or (meaning is Meaning.PLACE and between is Meaning.FILLER):
            return True
        between = meaning
    return False


def _is_of_fax(tokens: list[str], position: int) -> bool:
    """``Fax Büro``, ``Fax for orders``: the second noun says whose fax it is."""
    before = position - 1
    while before > 0 and position - before <= _NEAR and tokens[before][0].isalpha() and _says_whose(tokens[before]):
        before -= 1
    word = tokens[before] if before >= 0 else ""
    return word[:1].isalpha() and meaning_of(word) is Meaning.FAX and not _is_shared(tokens, before)


def _says_whose(word: str) -> bool:
    return word.casefold() not in _AND and meaning_of(word) in {Meaning.FILLER, Meaning.PLACE, Meaning.PARTY}


def _is_of_identifier(tokens: list[str], position: int, meaning: Meaning) -> bool:
    """``Réf. client``, ``קריאת שירות``: the first noun says what it is, the second whose."""
    if meaning is Meaning.PLACE and tokens[position].isascii():
        return False  # "order desk", "ticket office"
    before = position - 1
    while before >= 0 and (tokens[before] in {".", "-", "/"} or _is_of(tokens[before], meaning)):
        before -= 1
    return before >= 0 and tokens[before][0].isalpha() and meaning_of(tokens[before]) is Meaning.IDENTIFIER


def _is_of(word: str, meaning: Meaning) -> bool:
    """``código do cliente``, ``mã khách hàng``: a preposition or the rest of the noun between the two."""
    return meaning is Meaning.PARTY and word[0].isalpha() and meaning_of(word) in {Meaning.FILLER, Meaning.PARTY}


def _is_numbered_before(tokens: list[str], position: int) -> bool:
    """``numéro client``, ``מספר לקוח``: the number word stands before its noun."""
    for token in reversed(tokens[max(0, position - 3) : position]):
        if token[0].isalpha():
            meaning = meaning_of(token)
            if meaning in {Meaning.NUMBER, Meaning.SHORT_NUMBER}:
                return True
            if meaning not in {Meaning.FILLER, Meaning.POSSESSIVE}:
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
