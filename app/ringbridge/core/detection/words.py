"""The words beside numbers, in many languages: what says phone, fax, order, invoice, total, and what says nothing.

The lists are text files, one a language, in `words/latin` and `words/other`: a ``[section]`` line, then words
separated by blanks, written as `fold` writes them, or in capitals or with accents where only that spelling counts;
``stem*`` stands for every word that begins so, ``*tail`` for every word that ends so. All languages of a group of
scripts are read together, because people write several; each group with the first word that needs it, which takes a
millisecond or two.
"""

import os  # not pathlib, which takes 5 ms to load
import unicodedata
from enum import Enum
from functools import lru_cache

from ringbridge.core.detection.patterns import late_pattern

_FOLDER = f"{os.path.dirname(__file__)}/words"  # noqa: PTH120 - see the import
_MOST_WORDS = 4096
QUESTIONS = "question"
"""The section of what one may call about (questions on an invoice); no label by itself, see `asks`."""


class Meaning(Enum):
    """What a word beside a number says about it; the value names its section in the files."""

    __hash__ = object.__hash__  # each is the only one of its kind; by its name it would take five times as long

    PHONE = "phone"
    MOBILE = "mobile"
    FAX = "fax"
    PLACE = "place"
    """Where or who one calls (office, reception): a number beside it is likely a phone number."""
    NUMBER = "number"
    SHORT_NUMBER = "abbreviation"
    """No., Nr., n°: says number, and mostly of an identifier."""
    EXTENSION = "extension"
    IDENTIFIER = "identifier"
    PARTY = "party"
    """Customer, account, booking: an identifier with a number word, else somebody to call."""
    AMOUNT = "amount"
    UNIT = "unit"
    CURRENCY = "currency"
    MONTH = "month"
    POSSESSIVE = "possessive"
    FILLER = "filler"
    """The, of, at: says nothing and may stand between a label and its number."""
    COPULA = "copula"
    """Is: what follows says what the number before is."""


_WINS = (
    Meaning.PHONE, Meaning.MOBILE, Meaning.FAX, Meaning.EXTENSION, Meaning.IDENTIFIER, Meaning.PARTY, Meaning.PLACE,
    Meaning.NUMBER, Meaning.SHORT_NUMBER, Meaning.AMOUNT, Meaning.CURRENCY, Meaning.MONTH, Meaning.POSSESSIVE,
    Meaning.UNIT, Meaning.COPULA, Meaning.FILLER,
)  # fmt: skip
"""Where languages differ about a word, the first of these is believed."""

_MARKS = late_pattern("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u0640]")
_INNER = str.maketrans("ı", "i", ".'\"`´ºª°/")
_SPLIT = late_pattern("(?<=[a-z])(?=[A-Z])")
_ASCII_TAIL = late_pattern("(?<=[^\x00-\u06ff])(?=[A-Za-z]+$)")
_CLITICS_HEBREW = "והבלמכש"
_CLITICS_ARABIC = ("وال", "بال", "لل", "ال", "و", "ب", "ل")
_UNITS = frozenset((Meaning.UNIT, Meaning.CURRENCY, Meaning.AMOUNT))
LETTER = (
    "[^\\s!-@\\[-`{-~\u0080-\u00bf\u00d7\u00f7\u0964\u0965\u2000-\u2bff\u3000-\u3004\u3008-\u3020\ufe30-\ufe6f\uff00-\uff20"
    "\U0001f000-\U0001faff]"
)
"""One sign of a word: no blank, digit, punctuation or picture; vowel signs that stand for themselves count."""

_NEXT_WORD = late_pattern(rf"[ ]?((?:{LETTER}|['\"])+)")
_LONGEST = 12
_SHORT = 3
"""So short a filler (is, the, op) is one, though some language has a label that looks the same."""


class _Lexicon:
    """All words of all files of a group."""

    def __init__(self, group: str) -> None:
        self.exact: dict[str, Meaning] = {}
        self.stems: dict[str, Meaning] = {}
        self.tails: dict[str, Meaning] = {}
        sections: dict[str, list[str]] = {meaning.value: [] for meaning in _WINS} | {QUESTIONS: []}
        folder = f"{_FOLDER}/{group}"
        for name in sorted(os.listdir(folder)):  # noqa: PTH208 - see the import
            if not name.endswith(".txt"):
                continue
            with open(f"{folder}/{name}", encoding="utf-8") as file:  # noqa: PTH123 - see the import
                text = file.read()
            section = ""
            for line in text.split("\n"):
                if line.startswith("["):
                    section = line[1:-1]
                elif line and line[0] != "#":
                    sections[section].append(line)
        for meaning in reversed(_WINS):
            for word in " ".join(sections[meaning.value]).split(" "):
                if word[-1:] == "*":
                    self.stems[word[:-1]] = meaning
                elif word[:1] == "*":
                    self.tails[word[1:]] = meaning
                else:
                    self.exact[word] = meaning
        for meaning in (Meaning.POSSESSIVE, Meaning.FILLER, Meaning.COPULA):
            for word in " ".join(sections[meaning.value]).split(" "):
                if len(word) <= _SHORT and self.exact[word] is not Meaning.SHORT_NUMBER:
                    self.exact[word] = meaning
        self.exact.pop("", None)
        self.extensions = frozenset(" ".join(sections[Meaning.EXTENSION.value]).split(" "))
        questions = " ".join(sections[QUESTIONS]).split(" ")
        self.questions = frozenset(word for word in questions if word[-1:] != "*")
        self.question_stems = tuple(word[:-1] for word in questions if word[-1:] == "*")
        self.stem_lengths = sorted({len(stem) for stem in self.stems}, reverse=True)
        self.tail_lengths = sorted({len(tail) for tail in self.tails}, reverse=True)


@lru_cache(maxsize=2)
def _lexicon(group: str) -> _Lexicon:
    return _Lexicon(group)


def _lexicon_of(word: str) -> _Lexicon:
    first = word[:1]
    return _lexicon("latin" if first < "\u0370" or "\u1e00" <= first <= "\u1eff" else "other")


def fold(word: str) -> str:
    """The form of a word in the lists: case and accents folded, without inner dots and apostrophes."""
    word = word.casefold()
    if not word.isascii():
        word = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", word))).casefold()
    return word.translate(_INNER)


@lru_cache(maxsize=_MOST_WORDS)
def meaning_of(word: str) -> Meaning | None:
    """What one word says about the number beside it, or None.

    Args:
        word: One word as it stands in the text; of ``camelCase`` and in scripts without blanks, the last part
            that means something counts.
    """
    if _is_unspaced(word):
        return _last_of_run(word)
    exact = _lexicon_of(word).exact
    as_written = exact.get(word) or exact.get(word.casefold())
    if as_written is not None:
        return as_written
    folded = fold(word)
    found = _single(folded)
    if found is not None:
        return found
    if word[-1].isascii() and not word[0].isascii() and (parts := _ASCII_TAIL.split(word, 1))[1:]:
        return _of_two(*parts)
    if not word.islower() and (parts := _SPLIT.split(word))[1:]:
        return next((part for part in map(meaning_of, reversed(parts)) if part is not None), None)
    for mark in ("'", "`"):
        head, _, tail = word.rpartition(mark)
        if head and tail:
            return Meaning.POSSESSIVE if tail == "s" else _single(fold(tail))
    return _without_clitics(folded)


def _of_two(head: str, tail: str) -> Meaning | None:
    """Of a word in two scripts: ``契約者ID``, ``电话No``."""
    found = meaning_of(tail)
    if found is not None and found not in _NUMBER_WORDS:
        return found
    owner = meaning_of(head)
    return Meaning.IDENTIFIER if owner is Meaning.PARTY and found else owner or found


def _is_unspaced(word: str) -> bool:
    """Whether the word's script writes no blanks between words: Thai, Lao, Burmese, Khmer, kana, Han."""
    last = word[-1]
    if last < "\u0e00":
        return False
    return (
        last <= "\u0eff"
        or "\u1000" <= last <= "\u109f"
        or "\u1780" <= last <= "\u17ff"
        or "\u3040" <= last <= "\u9fff"
        or "\uf900" <= last <= "\ufaff"
    )


def is_extension(word: str) -> bool:
    """Whether this word can announce an extension, whatever else it says elsewhere."""
    folded = fold(word)
    extensions = _lexicon_of(folded).extensions
    if folded in extensions or meaning_of(word) is Meaning.EXTENSION:
        return True
    return "א" <= folded[:1] <= "ת" and folded[1:] in extensions and folded[0] in _CLITICS_HEBREW


def asks(word: str) -> bool:
    """Whether the word is one for what people call about: questions, Fragen, вопросы."""
    folded = fold(word)
    lexicon = _lexicon_of(folded)
    return folded in lexicon.questions or folded.startswith(lexicon.question_stems or "\0")


def is_unit(word: str) -> bool:
    """Whether this word behind digits says that they measure or count something."""
    if not word or (len(word) == 1 and word.isupper()):
        return False
    return meaning_of(word) in _UNITS


def word_after(plain: str, end: int) -> str:
    """The word that follows with at most one blank between, or an empty string."""
    match = _NEXT_WORD.match(plain, end)
    return "" if match is None else match[1]


def _single(folded: str) -> Meaning | None:
    lexicon = _lexicon_of(folded)
    found = lexicon.exact.get(folded)
    if found is not None or len(folded) < 3:
        return found
    stem = tail = None
    for length in lexicon.stem_lengths:
        if length <= len(folded) and (stem := lexicon.stems.get(folded[:length])) is not None:
            break
    for length in lexicon.tail_lengths:
        if length <= len(folded) and (tail := lexicon.tails.get(folded[-length:])) is not None:
            break
    if stem is None or tail is None:
        return stem or tail
    return next(meaning for meaning in _WINS if meaning in {stem, tail})


def _without_clitics(folded: str) -> Meaning | None:
    first = folded[:1]
    if "א" <= first <= "ת":
        for length in (1, 2, 3):
            if len(folded) <= length or folded[length - 1] not in _CLITICS_HEBREW:
                return None
            if (found := _single(folded[length:])) is not None:
                return found
    elif "ء" <= first <= "ي":
        for clitic in _CLITICS_ARABIC:
            if folded.startswith(clitic) and (found := _single(folded[len(clitic) :])) is not None:
                return found
    elif "가" <= first <= "힣":
        for length in range(len(folded) - 1, 1, -1):
            if (found := _lexicon("other").exact.get(folded[:length])) is not None:
                return found
        for start in range(1, len(folded) - 1):
            if (found := _lexicon("other").exact.get(folded[start:])) is not None:
                return Meaning.IDENTIFIER if found is Meaning.NUMBER and start >= _OWNER else found
    return None


def _last_of_run(run: str) -> Meaning | None:
    """In a run without blanks: the meaning of the known word that ends last, the longest there."""
    exact = _lexicon("other").exact
    folded = fold(run)[-40:]
    fallback = None
    owner = ""
    for end in range(len(folded), 0, -1):
        for start in range(max(0, end - _LONGEST), end):
            found = exact.get(folded[start:end])
            if found is None or (end - start < 2 and found is not Meaning.FILLER and folded[start:end] not in _ALONE):
                continue
            if found in _PASSED_OVER:
                if fallback is None and found in _NUMBER_WORDS:
                    owner = folded[:start]
                fallback = fallback or found
                break
            return found
    if (
        fallback in _NUMBER_WORDS
        and len(owner) >= _OWNER
        and all(exact.get(one) is None for one in (owner, owner[-2:]))
        and not any(mine in owner for mine in _MINE)
    ):
        return Meaning.IDENTIFIER  # a number of something no list knows: 書類番号
    return fallback


_NUMBER_WORDS = frozenset((Meaning.NUMBER, Meaning.SHORT_NUMBER))
_OWNER = 2
_MINE = ("我的", "我", "私の", "本人", "新")
_ALONE = frozenset("转轉号號機番電电宅元円원圓票單单")
_PASSED_OVER = frozenset((Meaning.FILLER, Meaning.NUMBER, Meaning.SHORT_NUMBER, Meaning.POSSESSIVE))
