"""Extensions: the digits to dial once connected, in whatever language and form they follow a number."""

import re
from functools import lru_cache

from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.words import LETTER, Meaning, is_extension, meaning_of

_PAUSED = late_pattern(
    r" ?(?:,{1,6}|;(?=[0-9]{2,6}#?(?![0-9]))| ?[pw](?=[0-9]{2,}))[ ]?([0-9]{1,9})#?(?![0-9A-Za-z.,])"
)
_PARAMETER = late_pattern(r";(?:ext|extension|postd)=([0-9]{1,9})(?![0-9])", re.IGNORECASE)
_HASH = late_pattern(r" ?#[ ]?([0-9]{1,7})(?![0-9A-Za-z]| ?[(+]?[0-9]{3})")
_CROSS = late_pattern(r"[ ,;\-]{0,2}[(\[]?[xX×][ .:]{0,2}([0-9]{1,7})(?![0-9A-Za-z])")
_BRACKETS = late_pattern(r" ?\(([0-9]{2,5})\)(?![ .\-]{0,2}[0-9])")
_WORDED = late_pattern(
    rf"[ \t]?[.,;:\-/|~—•]?[ \t]{{0,2}}[(\[]?[ ]?((?:{LETTER}{{1,20}}[ ,]{{1,2}}){{0,3}})"
    rf"({LETTER}{{1,24}}(?:[.'\"]{LETTER}{{1,12}}){{0,3}})((?:[ .:#\-'=)]|n[°º]){{0,4}})"
    rf"({LETTER}{{1,12}}[ .:#\-'°º]{{0,3}})?([0-9]{{1,7}})(?![0-9A-Za-z]|[.,:][0-9]|/[0-9]+/)"
)
_GOES_ON = late_pattern(r"[)\]]?[ .\-]?[0-9]{3}[ .\-]?[0-9]")
_BEHIND = late_pattern(rf"[ ,/]{{1,3}}([0-9]{{1,5}})(?:-[a-záéö]{{1,3}})? ({LETTER}{{1,12}})")
_DASHED = late_pattern(r"-([0-9]{2,5})(?![0-9]|-[0-9])")
"""As Chinese offices write it: 021-63748219-807."""

_HYPHENED = late_pattern(r" ?-?[Dd][Ww][ .:\-]{0,3}([0-9]{1,6})(?![0-9])")
_DIGIT = late_pattern("[0-9]")
REACH = 200
"""No extension stands farther from its number, whatever words announce it."""

_SHORT_GAP, _MOST_PIECES = 12, 10
"""Signs alone, without words, are no longer; words and signs make no more pieces between blanks."""

_LONG_WORD = 24
_LAST_WORDS = 3
"""The word that announces, a number word behind it, and one more."""

_NEVER_BEFORE = frozenset("$€£¥(+/@&!?*<>{}%")
"""Signs that never stand between an announcing word and its digits."""

_NUMBERED = (Meaning.SHORT_NUMBER, Meaning.NUMBER, Meaning.FILLER, Meaning.COPULA)
_LEADS = (Meaning.FILLER, Meaning.NUMBER, Meaning.PHONE, Meaning.EXTENSION, Meaning.POSSESSIVE)
_LONGEST = 7
_NAMED_BEHIND = frozenset(("mellék", "mellek", "mell"))
"""Hungarian names it behind its digits."""

_ONLY_THERE = {
    "kl": frozenset(("AT", "DE", "CH", "CZ", "SK")),
    "app": frozenset(("AT", "DE", "CH")),
    "r": frozenset(("BR", "PT", "AO", "MZ")),
}
"""Kl. is an extension (Klappe, klapka) here, and the time of day in the north."""


def extension_after(plain: str, end: int, region: str | None) -> tuple[str, int]:
    """The extension that follows a number, and where its last digit (or closing ``#``) ends.

    Args:
        plain: A text as `make_plain` writes it.
        end: Where the number ends in it.
        region: The number's own, two letters of ISO 3166: a word may mean another thing elsewhere. None: any.

    Returns:
        An empty string and `end` where there is none.
    """
    following = plain[end : end + 1]
    digit = _DIGIT.search(plain, end, end + REACH) if following and following != "\n" else None
    if digit is None:
        return "", end
    gap = plain[end : digit.start()]
    if len(gap) > _SHORT_GAP:
        return _worded(plain, end, region) if _may_announce(gap) else ("", end)
    for pattern in (_PARAMETER, _PAUSED, _HASH, _CROSS, _BRACKETS):
        match = pattern.match(plain, end)
        if match is not None:
            if pattern is _PAUSED and not _is_paused(plain, end, match):
                continue
            if pattern is _BRACKETS and match[1].startswith("0"):
                continue
            stop = match.end()
            return match[1], stop if plain[stop - 1] == "#" else match.end(1)
    match = _DASHED.match(plain, end) if region in {"CN", None} else None
    if match is not None:
        return match[1], match.end(1)
    match = _HYPHENED.match(plain, end)
    if match is not None:
        return match[1], match.end(1)
    match = _BEHIND.match(plain, end)
    if match is not None and match[2].casefold() in _NAMED_BEHIND:
        return match[1], match.end(2)
    return _worded(plain, end, region)


def _may_announce(gap: str) -> bool:
    """Whether words between two runs of digits may announce an extension, by a look at the last ones."""
    if gap[-1] in _NEVER_BEFORE or "\n" in gap:
        return False
    pieces = gap.split()
    if len(pieces) > _MOST_PIECES:
        return False
    last = pieces[-_LAST_WORDS:]
    return any(map(_may_be_announcing, last)) or len(last) < _LAST_WORDS


@lru_cache(maxsize=4096)
def _may_be_announcing(piece: str) -> bool:
    """Whether what stands between two blanks is no simple word, or one that can announce an extension."""
    word = piece.rstrip(",.")
    return not word.isalpha() or len(word) > _LONG_WORD or is_extension(word)


def _worded(plain: str, end: int, region: str | None) -> tuple[str, int]:
    """An extension that words announce."""
    match = _WORDED.match(plain, end)
    if match is None:
        return "", end
    if (
        plain[end : match.start(2)].strip(" ") == "/"
        and len(match[2]) == 1
        and match[2] not in "xX"
        and not match[3].strip(" ")
    ):
        return "", end  # "/R450": a price
    leads, word = match[1].replace(",", " ").split(), match[2]
    lead = leads.pop() if leads else ""
    if lead and not is_extension(word):
        # "Durchwahl Nummer 17": the first of two words announces, the second is a number word
        counts = meaning_of(word) in _NUMBERED and not (len(lead) == 1 and meaning_of(word) is Meaning.FILLER)
        lead, word = "", lead if counts else word
    if len(word) == 1 and _GOES_ON.match(plain, match.end(5)):
        return "", end  # ", W: 415-555-2672": the label of the next number
    if not is_extension(word) or not _fits(word, match[3], region):
        return "", end
    if not all(meaning_of(one) in _LEADS for one in (*leads, *([lead] if lead else []))) or (
        match[4] and meaning_of(match[4].strip(" .:#-'°º")) not in _NUMBERED
    ):
        return "", end
    return match[5], match.end(5)


def _fits(word: str, gap: str, region: str | None) -> bool:
    """Words that announce an extension only somewhere, or only when abbreviated."""
    folded = word.casefold()
    if folded == "של":
        return "'" in gap  # with the mark it is short for the extension, without it it means "of"
    return region is None or folded not in _ONLY_THERE or region in _ONLY_THERE[folded]


def _is_paused(plain: str, end: int, match: re.Match[str]) -> bool:
    """Commas are pauses where nothing else explains them: two of them, or one directly before the last digits."""
    text = match[0]
    if text.count(",") >= 2 or plain[match.end() - 1] == "#":
        return True
    if "," in text:
        return False
    if ";" in text:
        line = plain.rfind("\n", 0, end) + 1
        return plain.count(";", line, end + len(text)) == 1 and "+" in plain[max(line, end - 24) : end]
    return len(match[1]) < _LONGEST and plain[end : end + 1] != " "
