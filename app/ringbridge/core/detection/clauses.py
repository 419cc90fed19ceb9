"""What the words around a number say as a whole: a heading, an earlier clause, a remark on cost, a row with hours."""

import re

from ringbridge.core.detection.candidates import Cut
from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.walk import tokens_of
from ringbridge.core.detection.words import Meaning, meaning_of

_REACH = 90
_HEADING_WORDS = 5
_LEAST_IN_ROW = 8
"""National digits of a number that is known in a row without a label."""

_SENTENCE_END = late_pattern(r"[!?;]\s|(?<=\w{5})\.\s")
_OF_A_CALL = late_pattern(
    r"\W{0,3}[^\n\d]{0,25}?\b(?:appel|calls?\b|per min|/ ?min|anruf|llamad|chiamat|chamad|połącz|polacz|verbind"
    r"|gesprek|opkald|samtal|звон|вызов|дзвін|שיח|minut|hovor|hívás|görüşme|arama|κλήσ|puhelu|apel|communicat|taryf|tarif|operat)",
    re.IGNORECASE,
)
_NEW_CLAUSE = late_pattern(
    r",|[ ,]+(?:deshalb|daher|darum|also|so|therefore|donc|alors|dus|daarom|derfor|därför|dlatego|więc|proto|por eso"
    r"|quindi|perciò|por isso|ezért|поэтому|לכן|אז)\b",
    re.IGNORECASE,
)
_NO_CLAUSE = late_pattern(r"[\d:()]")
_HOURS = late_pattern(
    r"[ ,;|\t]{1,3}(?:[^\W\d]{1,4}[-–. ][^\W\d]{0,4}[. ]{0,2})?[0-9]{1,2}(?:[:.h][0-9]{0,2})? ?[hH]? ?[-–—] ?"
    r"[0-9]{1,2}(?:[:.h][0-9]{0,2})? ?(?:h|Uhr|hrs)?(?![\w-])"
)
_NAME_OR_TOWN = late_pattern(
    r"(?:[^\n]{0,60}[ ,;|\t])?(?:[0-9]{4,5}|[0-9]{2}-[0-9]{3}|[0-9]{3} [0-9]{2}|[0-9]{4}-[0-9]{3}) "
    r"[^\W\d_][^\W\d_.' -]{0,30}(?: [^\W\d_]{1,20}){0,3}[ ,;|\t]{1,3}"
    r"|[^\W\d_][^\n\d,;|]{2,40}[,;|\t] ?"
)


def is_cost_of_call(plain: str, end: int) -> bool:
    """Whether what follows a number is a remark on what calling it costs."""
    return _OF_A_CALL.match(plain, end) is not None


def calls_under_heading(plain: str, start: int) -> bool:
    """Whether a heading of a few words with a colon at the number begins with a phone word: ``Tel. for orders:``."""
    head = _line_before(plain, start).rstrip()
    if not head.endswith(":"):
        return False
    tokens = [token for token in tokens_of(_SENTENCE_END.split(head[:-1])[-1]) if token[0].isalnum()]
    if not 2 <= len(tokens) <= _HEADING_WORDS or any(map(str.isdecimal, tokens)):
        return False
    meanings = [meaning_of(token) for token in tokens]
    if meanings[0] not in {Meaning.PHONE, Meaning.MOBILE}:
        return False
    if Meaning.FAX in meanings or any(one in {Meaning.NUMBER, Meaning.SHORT_NUMBER} for one in meanings[1:]):
        return False
    purpose = meanings[1] is Meaning.FILLER or tokens[1].startswith(("ל", "ل"))
    return purpose or not any(one in {Meaning.IDENTIFIER, Meaning.AMOUNT} for one in meanings)


def clause_before(plain: str, start: int, word: str) -> str | None:
    """The last clause of a sentence that speaks of a `word` in an earlier one: "Das Fax kam nie an, meine Nummer:".

    Returns:
        None where the word is this number's label after all.
    """
    head = _line_before(plain, start)
    at = head.casefold().rfind(word.casefold())
    told = head[at + len(word) :] if at >= 0 else ""
    sign = _NEW_CLAUSE.search(told)
    if sign is None or not told.rstrip().endswith(":"):
        return None
    first, last = told[: sign.start()], told[sign.end() :]
    if len(first.split()) < 2 or len(last.split()) < 2 or _NO_CLAUSE.search(f"{first}{last.rstrip()[:-1]}"):
        return None
    meanings = [meaning_of(token) for token in tokens_of(first)]
    return last if Meaning.COPULA in meanings or None in meanings else None


def is_row_with_hours(plain: str, cut: Cut) -> bool:
    """Whether bare digits stand between a name or a town and opening hours, in a country without trunk prefixes."""
    number = cut.number
    if (
        number.country_code == 1
        or number.needs_prefix
        or len(number.national) < _LEAST_IN_ROW
        or _HOURS.match(plain, cut.end) is None
    ):
        return False
    line = plain.rfind("\n", 0, cut.start) + 1
    return _NAME_OR_TOWN.fullmatch(plain, line, cut.start) is not None


def _line_before(plain: str, start: int) -> str:
    line = plain.rfind("\n", 0, start) + 1
    return plain[max(line, start - _REACH) : start]
