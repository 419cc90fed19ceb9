"""Finding phone numbers in a text that was merely copied: only sure ones. Pure, bounded, never raises."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from ringbridge.core.detection import score, vetoes
from ringbridge.core.detection.candidates import MOST_TRIES, Cut, find_cuts
from ringbridge.core.detection.carriers import find_carried
from ringbridge.core.detection.extensions import extension_after
from ringbridge.core.detection.labels import label_before
from ringbridge.core.detection.normalise import Plain, make_plain
from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.plans import PlanNumber
from ringbridge.core.detection.vanity import find_vanity
from ringbridge.core.detection.words import Meaning, meaning_of
from ringbridge.core.number_kinds import NumberKind

MAX_LENGTH = 4096
"""Characters a passive look takes in; what stands behind them is not searched, so that any copy costs little."""

MAX_CANDIDATES = 20
"""Numbers a passive look offers at most."""

MOST_JUDGED = 40
"""Readings a passive look weighs at most, sure ones and others."""
_ANY_DIGIT = late_pattern(r"\d")
_ALONE_AROUND = " \t\n.,;:!?-*\"'()[]<>|/#•·–—"
_LINK_REACH = 300
_FEW = 3
_LONG_HEAD, _ROW_GAP, _MAX_ROW = 5, 30, 20
_NAMED = "label_left_identifier"
_NAMED_REASONS = 2  # how it is written and grouped, and nothing else


class Candidate(NamedTuple):
    """One number found in a text.

    Attributes:
        e164: The number in E.164 form.
        extension: Digits to dial once connected, or empty.
        start: Where it begins, in code points of the original text.
        end: Where it ends, exclusive.
        region: Two letters of ISO 3166, or empty.
        kind: What it is, as far as its numbering plan tells.
        confidence: How sure it is, 0 to 1.
        reasons: Why, as stable codes in snake case: how it is written, the label seen, what speaks against it; the
            word or rule that made the difference follows a colon.
    """

    e164: str
    extension: str
    start: int
    end: int
    region: str
    kind: NumberKind
    confidence: float = 1.0
    reasons: tuple[str, ...] = ()


class Found(NamedTuple):
    """A reading in the plain text with its verdict.

    Attributes:
        start: In the plain text.
        end: In the plain text, extension included.
        number: What it is.
        extension: Or empty.
        verdict: How sure it is, and why.
    """

    start: int
    end: int
    number: PlanNumber
    extension: str
    verdict: score.Verdict


def find_numbers(text: str, region: str) -> tuple[Candidate, ...]:
    """The numbers a sensible person would want offered after copying exactly this text.

    Args:
        text: Any text; the first `MAX_LENGTH` characters are looked at.
        region: Two letters of ISO 3166, for numbers without a country code; empty or unknown: only ``+`` numbers.
    """
    if _ANY_DIGIT.search(text, 0, MAX_LENGTH) is None:
        return ()
    cut_off = len(text) > MAX_LENGTH
    original = text[:MAX_LENGTH] if cut_off else text
    plain = make_plain(original)
    found = look(plain, original, region, least=score.PASSIVE, most=MAX_CANDIDATES)
    if cut_off and found and found[-1].end >= len(plain.text) - 1:
        found.pop()  # it may go on behind what was looked at
    return tuple(as_candidate(item, plain) for item in found)


def look(made: Plain, original: str, region: str, *, least: float, most: int, effort: int = 1) -> list[Found]:
    """All readings of a plain text that are at least so sure, in order; fax numbers are left out."""
    plain = made.text
    carried = [
        Found(item.start, item.end, item.number, item.extension, score.Verdict(0.97, ("carried_by_link",)))
        for item in (find_carried(plain, region) if ":" in plain else ())
    ]
    found = list(carried)
    taken = [(item.start, item.end) for item in carried]
    for item in judged(plain, region, made.seams(original), effort):
        if item.verdict.is_fax or item.verdict.confidence < least:
            continue
        if any(start < item.end and item.start < end for start, end in taken):
            continue
        found.append(item)
        if len(found) >= most:
            break
    for vanity in find_vanity(plain, region):
        if all(vanity.end <= item.start or item.end <= vanity.start for item in found):
            if _is_labelled_other(plain, vanity.start):
                continue
            extension, end = extension_after(plain, vanity.end, vanity.number.region)
            found.append(
                Found(vanity.start, end, vanity.number, extension, score.Verdict(0.8, ("letters_for_digits",)))
            )
    found.sort(key=lambda item: item.start)
    return _without_echoes(found, carried)[:most]


def judged(plain: str, region: str, seams: frozenset[int] = frozenset(), effort: int = 1) -> Iterator[Found]:
    """Every reading of the digits in a plain text with its verdict, in order, whatever it is."""
    cuts = find_cuts(plain, region, seams, MOST_TRIES * effort)
    first = list(islice(cuts, _FEW + 1))
    if not first:
        return
    few = first if len(first) <= _FEW else []
    ibans = vetoes.ibans(plain)
    swallowed = 0
    refused_shape: tuple[object, object] | None = None
    refused_end = 0
    for cut in islice(chain(first, cuts), MOST_JUDGED * effort):
        if cut.start < swallowed:
            continue
        extension, end = extension_after(plain, cut.end, cut.number.region)
        alone = bool(few) and _is_alone(plain, few, end)
        verdict = score.judge(plain, cut, ibans, alone=alone, end=end)
        if len(few) == 1 and verdict.confidence < score.PASSIVE and _is_named(plain, cut, verdict):
            verdict = verdict._replace(confidence=score.PASSIVE, reasons=(*verdict.reasons, "beside_name"))
        if not verdict.vetoed:
            swallowed = end
        named = any(reason.startswith(_NAMED) for reason in verdict.reasons)
        shape = (cut.lengths, cut.glues)
        if named and shape == refused_shape and cut.written != "plus" and _is_row(plain, refused_end, cut):
            verdict = verdict._replace(confidence=0.0, reasons=(*verdict.reasons, "like_the_one_before"))
        refused_shape, refused_end = shape if named and verdict.confidence < score.ASKED else None, cut.end
        yield Found(cut.start, end, cut.number, extension, verdict)


def as_candidate(found: Found, plain: Plain, offset: int = 0) -> Candidate:
    """A reading with its place in the original text."""
    start, end = plain.span(found.start, found.end)
    return Candidate(
        e164=found.number.e164,
        extension=found.extension,
        start=start + offset,
        end=end + offset,
        region=found.number.region,
        kind=found.number.kind,
        confidence=round(found.verdict.confidence, 2),
        reasons=found.verdict.reasons,
    )


def _is_alone(plain: str, cuts: list[Cut], end: int) -> bool:
    """Whether nothing but these numbers stands in the text; an extension may end at `end`."""
    at = 0
    for cut in cuts:
        if plain[at : cut.start].strip(_ALONE_AROUND):
            return False
        at = cut.end
    return not plain[max(at, end) :].strip(_ALONE_AROUND)


def _is_row(plain: str, before: int, cut: Cut) -> bool:
    """Whether a number only goes on with what ended at `before`: nothing said between, or the same first group."""
    between = plain[before : cut.start]
    if not any(map(str.isalpha, between)):
        return True
    head = cut.digits[: cut.lengths[0]]
    return (
        len(head) >= _LONG_HEAD
        and len(between) < _ROW_GAP
        and plain.rfind(head, max(0, before - _MAX_ROW), before) >= 0
    )


def _is_named(plain: str, cut: Cut, verdict: score.Verdict) -> bool:
    """Whether the text is a name and the bare digits of a mobile number, nothing else: "Ania 601234567"."""
    if not cut.bare or cut.number.kind is not NumberKind.MOBILE or len(verdict.reasons) > _NAMED_REASONS:
        return False
    words = f"{plain[: cut.start]} {plain[cut.end :]}".split()
    return 1 <= len(words) <= _FEW and all(
        word[0].isupper() and word.strip(".,:").isalpha() and meaning_of(word.strip(".,:")) is None for word in words
    )


def _is_labelled_other(plain: str, start: int) -> bool:
    label = label_before(plain, start)
    return label.meaning in {Meaning.IDENTIFIER, Meaning.FAX} and label.distance <= 1 and not label.apart


def _without_echoes(found: list[Found], carried: list[Found]) -> list[Found]:
    """A link whose number is also written beside it counts once, at what people see."""
    dropped = {
        (link.start, link.end)
        for link in carried
        for other in found
        if other is not link
        and other not in carried
        and other.number.e164 == link.number.e164
        and abs(other.start - link.end) < _LINK_REACH
    }
    return [item for item in found if item not in carried or (item.start, item.end) not in dropped]
