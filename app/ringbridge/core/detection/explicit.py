"""What to dial of a text that a person selected and asked to dial."""

import re
from typing import NamedTuple

from ringbridge.core.detection import score
from ringbridge.core.detection.detect import MAX_LENGTH, Candidate, Found, as_candidate, judged, look
from ringbridge.core.detection.normalise import make_plain
from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.words import Meaning, meaning_of
from ringbridge.core.phone_numbers import is_emergency

_CODE = late_pattern(r"[0-9]{1,6}")
_WRITTEN_CODE = late_pattern(r"[0-9]+(?:[ -][0-9]+)?")
_SERVICE_CODE = late_pattern(r"[*#][0-9*#]{1,40}")
_SPACES = late_pattern(r"[\s\-.]+")
_LABELLED_CODE = late_pattern(r"([^\W\d_][^\d\n]{0,30}?)[\s:.#\-=]{0,4}([*#]?[0-9]{1,6}[*#]?)[.\s]*")
_MOST = 20
_LONG_CODE = 3
_CALLED = frozenset((Meaning.PHONE, Meaning.MOBILE, Meaning.FILLER))
_AROUND = late_pattern(r"^[^\w*#+$€£¥₪%°]+|[^\w*#$€£¥₪%°]+$")


class ExplicitReading(NamedTuple):
    """What a text holds that a person selected and asked to dial.

    Attributes:
        dial: The one thing to dial without asking: E.164, or an extension, feature, short or emergency code as it
            stands; None where there is nothing, or more than one thing.
        candidates: All numbers found, the likeliest reading first where they exclude each other.
        is_code: `dial` is no E.164 number.
        extension: Digits to dial once connected, where `dial` is a number that has one.
        why: A stable code: ``one_number``, ``code``, ``emergency``, ``several_numbers``, ``no_number``.
    """

    dial: str | None
    candidates: tuple[Candidate, ...] = ()
    is_code: bool = False
    extension: str = ""
    why: str = "no_number"


def read_explicit(text: str, region: str) -> ExplicitReading:
    """What to dial of a text that a person selected and asked to dial.

    Args:
        text: Any text.
        region: Two letters of ISO 3166, for numbers without a country code.
    """
    original = text[:MAX_LENGTH]
    made = make_plain(original)
    plain = made.text
    stripped = _AROUND.sub("", plain)
    compact = _SPACES.sub("", stripped)
    if compact.isdecimal() and is_emergency(compact, region):
        return ExplicitReading(dial=compact, is_code=True, why="emergency")
    if _SERVICE_CODE.fullmatch(compact):
        # *21*2125551234# is one code, not the number in it
        return ExplicitReading(dial=compact, is_code=True, why="code")
    found = look(made, original, region, least=score.ASKED, most=_MOST)
    if not found:
        found = _faxes(plain, region)
    candidates = tuple(as_candidate(item, made) for item in found)
    different = {(item.e164, item.extension): item for item in candidates}
    if len(different) == 1:
        only = candidates[0]
        return ExplicitReading(dial=only.e164, candidates=candidates, extension=only.extension, why="one_number")
    if different:
        sure = {key for key, item in different.items() if item.confidence >= score.PASSIVE}
        if len(sure) == 1:
            key = next(iter(sure))
            return ExplicitReading(dial=key[0], candidates=candidates, extension=key[1], why="one_number")
        return ExplicitReading(dial=None, candidates=candidates, why="several_numbers")
    if _CODE.fullmatch(compact) and _WRITTEN_CODE.fullmatch(stripped):
        return ExplicitReading(dial=compact, is_code=True, why="code")
    return _labelled_code(stripped, region)


def _faxes(plain: str, region: str) -> list[Found]:
    return [
        item for item in judged(plain, region) if item.verdict.is_fax and item.verdict.confidence >= score.PASSIVE
    ]


def _labelled_code(text: str, region: str) -> ExplicitReading:
    """An extension with its label ("ext. 48", "Nebenstelle 17", "שלוחה 9")."""
    match = _LABELLED_CODE.fullmatch(text)
    if match is None:
        return ExplicitReading(dial=None)
    words = re.findall(r"[^\s:.\-=#,]+", match[1])
    meanings = {meaning_of(word) for word in words}
    if match[2].isdecimal() and Meaning.PHONE in meanings and is_emergency(match[2], region):
        return ExplicitReading(dial=match[2], is_code=True, why="emergency")
    called = meanings <= _CALLED and len(match[2]) >= _LONG_CODE
    if called or (Meaning.EXTENSION in meanings and Meaning.IDENTIFIER not in meanings):
        return ExplicitReading(dial=match[2], is_code=True, why="code")
    return ExplicitReading(dial=None)
