"""From a number leftwards, word by word, to the nearest one that says what the number is."""

from typing import NamedTuple

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
_NUMBER_WORDS = frozenset((Meaning.NUMBER, Meaning.SHORT_NUMBER))
_NEAR = 2
_HAS = frozenset(("ma", "ka", "ki", "ke", "का", "की", "के", "کا", "کی", "کے"))
"""Before a number word no possessives but a verb ("paczka ma numer", "paketa ka numrin") or Hindi's of."""

_HAVE = _HAS | {"har", "hefur", "er", "ay", "bernomor", "bernombor", "با", "מספרו", "מספרה"}
"""Behind a possessive, these say that it belongs to the noun before it: "pakken din har nummer"."""

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
    """

    meaning: Meaning | None
    word: str = ""
    distance: int = 0
    apart: bool = False
    numbered: bool = False
    behind_number: bool = False
    owned: bool = False


NONE = Label(None)


def tokens_of(text: str) -> list[str]:
    """Words, digits and signs, without blanks."""
    return (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)


def walk_left(left: str) -> Label:
    """The nearest telling word, from the right end of `left`."""
    return _Walk(tokens_of(left), ends_sentence=left.endswith(". ")).run()


class _Walk:
    """One way through the words before a number, the last of them first."""

    def __init__(self, tokens: list[str], *, ends_sentence: bool) -> None:
        self._tokens = tokens
        self._ends_sentence = ends_sentence
        self._distance = 0
        self._apart = self._numbered = self._behind_number = self._owned = self._filled = False
        self._number_word = ""
        self._number_meaning: Meaning | None = None

    def run(self) -> Label:
        for position in range(len(self._tokens) - 1, -1, -1):
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
