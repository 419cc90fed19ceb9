"""Finding phone numbers in a text that was merely copied: only sure ones. Pure, bounded, never raises."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from ringbridge.core.detection import score, vetoes
from ringbridge.core.detection.candidates import MOST_TRIES, Cut, find_cuts
from ringbridge.core.detection.carriers import find_carried
from ringbridge.core.detection.extensions import REACH, extension_after
from ringbridge.core.detection.labels import label_before
from ringbridge.core.detection.normalise import Plain, make_plain
from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.plans import PlanNumber
from ringbridge.core.detection.runs import runs_of
from ringbridge.core.detection.vanity import find_vanity
from ringbridge.core.detection.words import Meaning, meaning_of
from ringbridge.core.number_kinds import NumberKind

MAX_LENGTH = 4096
"""Characters a passive look takes in; what stands behind them is not searched, so that any copy costs little."""

MAX_CANDIDATES = 20
"""Numbers a passive look offers at most."""

MOST_JUDGED = 40
"""Readings a passive look weighs at most, sure ones and others."""
_NO_SEAMS: frozenset[int] = frozenset()
_A_FEW_LINES = 120
_MANY_WORDS = 8

_OPENING = 8
"""A number begins at most so much before its first digit."""

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


def look(
    made: Plain,
    original: str,
    region: str,
    *,
    least: float,
    most: int,
    effort: int = 1,
    within: tuple[int, int] | None = None,
) -> list[Found]:
    """All readings of a plain text that are at least so sure, in order; fax numbers are left out.

    Args:
        made: The text.
        original: What it was made of.
        region: Two letters of ISO 3166, or another string for numbers with a plus only.
        least: How sure they are at least.
        most: So many at most.
        effort: Times the work that a copied text may cause.
        within: Which part of the plain text is asked about: beside it, some readings are not looked for.
    """
    plain = made.text
    carried = [
        Found(item.start, item.end, item.number, item.extension, score.Verdict(0.97, ("carried_by_link",)))
        for item in (find_carried(plain, region) if ":" in plain else ())
    ]
    found = list(carried)
    taken = [(item.start, item.end) for item in carried]
    seams = made.seams(original) if made.positions is not None else _NO_SEAMS
    vanities = find_vanity(plain, region, within)
    part = None if carried or vanities else within  # these look at all that was found around
    for item in _judged_within(plain, region, seams, effort, part) if part else judged(plain, region, seams, effort):
        if item.verdict.is_fax or item.verdict.confidence < least:
            continue
        if taken and any(start < item.end and item.start < end for start, end in taken):
            continue
        found.append(item)
        if len(found) >= most:
            break
    for vanity in vanities:
        if all(vanity.end <= item.start or item.end <= vanity.start for item in found):
            if _is_labelled_other(plain, vanity.start):
                continue
            extension, end = extension_after(plain, vanity.end, vanity.number.region)
            found.append(
                Found(vanity.start, end, vanity.number, extension, score.Verdict(0.8, ("letters_for_digits",)))
            )
    if len(found) > 1:
        found.sort(key=lambda item: item.start)
    return (_without_echoes(found, carried) if carried else found)[:most]


def judged(plain: str, region: str, seams: frozenset[int] = _NO_SEAMS, effort: int = 1) -> Iterator[Found]:
    """Every reading of the digits in a plain text with its verdict, in order, whatever it is."""
    cuts = find_cuts(plain, region, seams, MOST_TRIES * effort)
    first = list(islice(cuts, _FEW + 1))
    if not first:
        return
    few = first if len(first) <= _FEW else []
    row = _Row(plain)
    for cut in islice(chain(first, cuts), MOST_JUDGED * effort):
        item = row.judge(cut, few)
        if item is not None:
            yield item


def _judged_within(
    plain: str, region: str, seams: frozenset[int], effort: int, within: tuple[int, int]
) -> Iterable[Found]:
    """What `judged` says of the readings in a part; what stands around is read where it matters, which is seldom."""
    if not _is_amid_words(plain):
        return judged(plain, region, seams, effort)
    start, stop = within
    row = _Row(plain)
    found: list[Found] = []
    for cut in find_cuts(plain, region, seams, MOST_TRIES * effort, (start, stop + _OPENING)):
        if cut.start < start:
            return judged(plain, region, seams, effort)
        item = row.judge(cut, ())
        if item is None:
            continue
        if not found and (
            _may_be_extension(plain, cut.start) or (row.named and _may_go_on_in_row(plain, start, seams, cut))
        ):
            return judged(plain, region, seams, effort)
        found.append(item)
    return found


def _is_amid_words(plain: str) -> bool:
    """Whether there are more words than can belong to a number that is alone, with its extension or owner."""
    return any(sum(map(str.isalpha, part.split())) >= _MANY_WORDS for part in (plain[:_A_FEW_LINES], plain))


def _may_be_extension(plain: str, start: int) -> bool:
    """Whether what begins at `start` may be the extension of digits before it."""
    behind = _ANY_DIGIT.search(plain[max(0, start - REACH) : start][::-1])
    return behind is not None and extension_after(plain, start - behind.start(), None)[1] > start


def _may_go_on_in_row(plain: str, start: int, seams: frozenset[int], cut: Cut) -> bool:
    """Whether groups of the same lengths stand before `start`."""
    count = len(cut.lengths)
    if count == 1:
        return True
    return any(
        layout.lengths[k : k + count] == cut.lengths
        for _, _, layout in runs_of(plain, seams, (0, start))
        for k in range(len(layout.lengths) - count + 1)
    )


class _Row:
    """The readings of a text one after the other: an extension is no number, and a row of orders holds none."""

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self._ibans: list[tuple[int, int]] | None = None
        self._swallowed = 0
        self.named = False
        """The last reading had a word of an identifier on its left."""

        self._refused_shape: tuple[object, object] | None = None
        self._refused_end = 0

    def judge(self, cut: Cut, few: Sequence[Cut]) -> Found | None:
        """The next reading with its verdict; None inside the extension of the one before.

        Args:
            cut: The reading.
            few: All readings of the text where these are few, else nothing.
        """
        if cut.start < self._swallowed:
            return None
        plain = self._plain
        if self._ibans is None and vetoes.may_be_iban(plain, cut):
            self._ibans = vetoes.ibans(plain)
        extension, end = extension_after(plain, cut.end, cut.number.region)
        alone = bool(few) and _is_alone(plain, few, end)
        verdict = score.judge(plain, cut, self._ibans or (), alone=alone, end=end)
        if len(few) == 1 and verdict.confidence < score.PASSIVE and _is_named(plain, cut, verdict):
            verdict = verdict._replace(confidence=score.PASSIVE, reasons=(*verdict.reasons, "beside_name"))
        if not verdict.vetoed:
            self._swallowed = end
        reasons = verdict.reasons[_NAMED_REASONS:]
        self.named = named = bool(reasons) and any(reason.startswith(_NAMED) for reason in reasons)
        if named or self._refused_shape is not None:
            shape = (cut.lengths, cut.glues)
            goes_on = named and shape == self._refused_shape and cut.written != "plus"
            if goes_on and _is_row(plain, self._refused_end, cut):
                verdict = verdict._replace(confidence=0.0, reasons=(*verdict.reasons, "like_the_one_before"))
            self._refused_shape = shape if named and verdict.confidence < score.ASKED else None
            self._refused_end = cut.end
        return Found(cut.start, end, cut.number, extension, verdict)


def as_candidate(found: Found, plain: Plain, offset: int = 0) -> Candidate:
    """A reading with its place in the original text."""
    start, end = plain.span(found.start, found.end)
    number, verdict = found.number, found.verdict
    return Candidate(
        number.e164,
        found.extension,
        start + offset,
        end + offset,
        number.region,
        number.kind,
        round(verdict.confidence, 2),
        verdict.reasons,
    )


def _is_alone(plain: str, cuts: Sequence[Cut], end: int) -> bool:
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
