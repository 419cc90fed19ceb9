"""Finding phone numbers in copied or selected text. Pure, bounded, never raises."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher

from ringbridge.core.phone_numbers import NumberKind, e164_of, is_emergency, is_known_region, kind_of, region_of

MAX_LENGTH = 4096
"""Characters looked at; what stands behind them is not searched, so that any copy costs little."""

MAX_CANDIDATES = 20
_MAX_TRIES = 200
_MIN_DIGITS = 6
_NO_REGION = "ZZ"

_INVISIBLE = {
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x00AD, 0x061C, 0xFEFF,
}  # fmt: skip
_DASHES = dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D, 0x05BE), "-")
_SPACES = dict.fromkeys((0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_PLAIN = {**_DASHES, **_SPACES, 0xFF0B: "+", 0xFF08: "(", 0xFF09: ")", 0xFF0E: "."}
_CODE = re.compile(r"[0-9]{2,6}")
_SERVICE_CODE = re.compile(r"[*#][0-9*#]{1,40}")
_VANITY = re.compile(
    r"(?<![\w-])(?:1[-. ]?)?8(?:00|33|44|55|66|77|88)[-. ]"
    r"(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{2,7}(?:-[A-Z0-9]{1,7}){0,2}(?!\w)"
)
_VANITY_DIGITS = {7, 8, 9, 10, 11}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One number found in a text.

    Attributes:
        e164: The number in E.164 form.
        extension: Digits to dial once connected, or empty.
        start: Where it begins, in code points of the original text.
        end: Where it ends, exclusive.
        region: Two letters of ISO 3166, or empty.
        kind: What it is, as far as its numbering plan tells.
    """

    e164: str
    extension: str
    start: int
    end: int
    region: str
    kind: NumberKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplicitReading:
    """What a text holds that a person selected and asked to dial.

    Attributes:
        dial: The one thing to dial without asking: E.164, or an extension, feature, short or emergency code as it
            stands; None where there is nothing, or more than one thing.
        candidates: All numbers found.
        is_code: `dial` is no E.164 number.
    """

    dial: str | None
    candidates: tuple[Candidate, ...] = ()
    is_code: bool = False


def find_numbers(text: str, region: str) -> tuple[Candidate, ...]:
    """The numbers a sensible person would want offered after copying exactly this text.

    Args:
        text: Any text; the first `MAX_LENGTH` characters are looked at.
        region: Two letters of ISO 3166, for numbers without a country code; empty or unknown: only ``+`` numbers.
    """
    plain, positions = _normalise(text[:MAX_LENGTH])
    if sum(map(str.isdigit, plain)) < _MIN_DIGITS and not _VANITY.search(plain):
        return ()
    found = [*_matched(plain, region if is_known_region(region) else _NO_REGION), *_vanity(plain, region)]
    found.sort(key=lambda candidate: candidate.start)
    kept: list[Candidate] = []
    for candidate in found:
        if kept and candidate.start < kept[-1].end:
            continue
        kept.append(candidate)
    return tuple(
        Candidate(
            e164=item.e164,
            extension=item.extension,
            start=positions[item.start],
            end=positions[item.end - 1] + 1,
            region=item.region,
            kind=item.kind,
        )
        for item in kept[:MAX_CANDIDATES]
    )


def read_explicit(text: str, region: str) -> ExplicitReading:
    """What to dial of a text that a person selected and asked to dial.

    Args:
        text: Any text.
        region: Two letters of ISO 3166, for numbers without a country code.
    """
    plain, _ = _normalise(text[:MAX_LENGTH])
    plain = plain.strip()
    compact = "".join(unicodedata.normalize("NFKC", plain).split())
    if is_emergency(compact, region) or _SERVICE_CODE.fullmatch(compact):
        # *21*2125551234# is one code, not the number in it
        return ExplicitReading(dial=compact, is_code=True)
    candidates = find_numbers(text, region)
    if not candidates and _CODE.fullmatch(compact):
        return ExplicitReading(dial=compact, is_code=True)
    different = {(candidate.e164, candidate.extension) for candidate in candidates}
    if len(different) == 1:
        return ExplicitReading(dial=candidates[0].e164, candidates=candidates)
    return ExplicitReading(dial=None, candidates=candidates)


def _normalise(text: str) -> tuple[str, list[int]]:
    """Drop what nobody sees and write every dash and space the plain way; with an index map back."""
    if text.isascii():
        return text, list(range(len(text)))
    characters: list[str] = []
    positions: list[int] = []
    for position, character in enumerate(text):
        code = ord(character)
        if code in _INVISIBLE:
            continue
        characters.append(_PLAIN.get(code, character))
        positions.append(position)
    return "".join(characters), positions


def _matched(plain: str, region: str) -> list[Candidate]:
    """What the library's matcher finds as valid, less what stands inside words, decimals, paths and the like."""
    found: list[Candidate] = []
    for match in PhoneNumberMatcher(plain, region, leniency=Leniency.VALID, max_tries=_MAX_TRIES):
        if not _stands_alone(plain, match.start, match.end):
            continue
        found.append(_candidate(match.number, match.start, match.end))
        if len(found) >= MAX_CANDIDATES:
            break
    return found


def _stands_alone(plain: str, start: int, end: int) -> bool:
    before = plain[start - 1] if start else " "
    after = plain[end] if end < len(plain) else " "
    far_after = plain[end + 1] if end + 1 < len(plain) else " "
    if before in "/_=#@$€£₪&%" or (before in ".,-:" and start > 1 and plain[start - 2].isdigit()):
        return False
    if after in "_@%€£₪$°" or (after in ".,:/-" and far_after.isdigit()):
        return False
    return not (before.isalpha() and before.isascii()) and not (after.isalpha() and after.isascii())


def _vanity(plain: str, region: str) -> list[Candidate]:
    """Toll-free numbers of North America with letters (1-800-FLOWERS); letters count nowhere else."""
    if region not in {"US", "CA"}:
        return []
    found: list[Candidate] = []
    for match in _VANITY.finditer(plain):
        number_text = match.group()
        if sum(map(str.isalnum, number_text)) not in _VANITY_DIGITS:
            continue
        digits = phonenumbers.convert_alpha_characters_in_number(number_text)
        number = phonenumbers.parse(digits, region)
        if phonenumbers.is_valid_number(number):
            found.append(_candidate(number, match.start(), match.end()))
    return found


def _candidate(number: phonenumbers.PhoneNumber, start: int, end: int) -> Candidate:
    return Candidate(
        e164=e164_of(number),
        extension=number.extension or "",
        start=start,
        end=end,
        region=region_of(number),
        kind=kind_of(number),
    )
