"""How sure a reading is: what it looks like, what its label says, and what speaks against it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ringbridge.core.detection import vetoes
from ringbridge.core.detection.candidates import Cut
from ringbridge.core.detection.clauses import calls_under_heading, clause_before, is_cost_of_call, is_row_with_hours
from ringbridge.core.detection.labels import label_after, label_before, word_before
from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.walk import NONE, Label, walk_left
from ringbridge.core.detection.words import Meaning, is_unit, meaning_of, word_after
from ringbridge.core.number_kinds import NumberKind

PASSIVE = 0.6
"""At least this sure, a copied text is answered with an offer."""

LISTED = 0.5
"""At least this sure, a number belongs to the list of a long text."""

ASKED = 0.3
"""At least this sure, a number counts in a text that a person asked to dial."""

_NEAR = 3
_VOICE = frozenset((Meaning.PHONE, Meaning.MOBILE))
_LABELS = _VOICE | {Meaning.NUMBER, Meaning.PLACE}
_NOT_A_NUMBER = frozenset((Meaning.IDENTIFIER, Meaning.AMOUNT))
_FREE = "alone"
_OUTWEIGHED = frozenset(("dotted", "counted", "timestamp", "identity", "postcode"))
"""Vetoes by mere looks: a phone label directly before the digits says more."""
_BEHIND_NAME = late_pattern(r"[^\W\d_]{2} \($")
_NOT_SAID = frozenset((Meaning.UNIT, Meaning.CURRENCY, Meaning.MONTH, Meaning.EXTENSION))


_LOOKS: tuple[tuple[str, Callable[[Cut], bool]], ...] = (
    ("dotted", vetoes.is_dotted),
    ("times", vetoes.is_times),
    ("identity", vetoes.is_national_id),
    ("postcode", vetoes.is_postcode),
    ("timestamp", vetoes.is_timestamp),
    ("counted", vetoes.is_counted),
)


class Verdict(NamedTuple):
    """What speaks for and against a reading.

    Attributes:
        confidence: 0 to 1.
        reasons: Codes in the order they were found; a detail follows a colon.
        is_fax: It is labelled as a fax number.
        vetoed: Something says that it is no number at all, whatever its label.
    """

    confidence: float
    reasons: tuple[str, ...]
    is_fax: bool = False
    vetoed: bool = False


def judge(plain: str, cut: Cut, ibans: Sequence[tuple[int, int]], *, alone: bool, end: int) -> Verdict:
    """Weigh one reading.

    Args:
        plain: The text as `make_plain` writes it.
        cut: The reading.
        ibans: Where IBANs stand in the text.
        alone: Nothing else stands in the text.
        end: Where the number ends with its extension.
    """
    reasons = [f"written_{cut.written}", "usual_groups" if cut.usual else "one_run" if cut.bare else "own_groups"]
    left = _label_left(plain, cut)
    veto = _veto(plain, cut, ibans, end)
    if (
        veto == "dotted"
        and cut.usual
        and set(cut.lengths) == {2}
        and left.meaning in _LABELS
        and left.distance <= _NEAR
    ):
        veto = ""  # "Mit nye nummer er 86.12.34.56"
    if veto and not (
        veto in _OUTWEIGHED and left.meaning in _VOICE and left.distance <= 1 and not left.behind_number
    ):
        return Verdict(0.0, (*reasons, f"veto:{veto}"), vetoed=True)
    right = label_after(plain, end)
    label, side = _nearest(left, right)
    if label.meaning is Meaning.FAX:
        return Verdict(cut.form, (*reasons, f"label_fax:{label.word.casefold()}"), is_fax=True)
    weight = _label_weight(label, cut)
    if label.meaning is not None:
        reasons.append(f"label_{side}_{label.meaning.value}:{label.word.casefold()}")
    score = cut.form + weight
    if end > cut.end and weight > -0.3:
        reasons.append("has_extension")
        score += 0.3
    if cut.written == "code":
        score = min(score, 0.7) if weight >= 0.3 else min(score, 0.35)
    elif cut.number.needs_prefix and not cut.number.written and cut.written == "home" and cut.form < PASSIVE:
        # without its national prefix it takes both the usual groups and a label
        score = (
            min(score, 0.66) if weight >= 0.3 and (cut.usual or cut.number.kind is NumberKind.MOBILE) else score - 0.2
        )
    if cut.number.needs_prefix and not cut.number.written and cut.written == "home" and left.behind_number:
        score -= 0.3
    if cut.number.varies and end == cut.end and vetoes.may_go_on(plain, cut):
        reasons.append("may_go_on")
        score = min(score, LISTED - 0.05)
    if weight <= 0 or cut.written == "code":
        score += _beside(plain, cut, end, reasons)
    if alone and label.meaning is None:
        score += 0.3 if cut.bare else 0.2 if cut.form < 0.5 else 0.1
        score = min(score, 0.5) if cut.written == "code" else score
        reasons.append(_FREE)
    if cut.bare and label.meaning is None and cut.written == "home" and is_row_with_hours(plain, cut):
        reasons.append("row_with_hours")
        score = max(score, PASSIVE) + 0.04 * bool(cut.left_over)
    if cut.left_over:
        reasons.append("left_over")
        if cut.written != "plus":
            digit_before = plain[max(0, cut.start - 2) : cut.start].rstrip(" ").isdecimal()
            loose = not cut.number.written and set(cut.glues) <= {" "} and digit_before
            score -= 0.03 if not loose else 0.05 if cut.usual else 0.1
            score -= 0.2 if cut.left_over > 2 and (cut.bare or not cut.usual) else 0
    if cut.bare and weight <= 0 and not alone:
        score -= _bare_doubt(plain, cut, reasons)
    if (
        not cut.bare
        or cut.digits[:2] == "05"
        or weight > 0
        or not vetoes.is_israeli_id(cut.digits)
        or cut.number.country_code != 972
    ):
        return Verdict(max(0.0, min(score, 1.0)), tuple(reasons))
    reasons.append("may_be_identity_number")
    return Verdict(max(0.0, min(score - 0.2, 1.0)), tuple(reasons))


def _label_left(plain: str, cut: Cut) -> Label:
    """The label before a reading, in the light of the whole sentence or heading."""
    left = label_before(plain, cut.start)
    if left.meaning is Meaning.FAX and left.distance:
        clause = clause_before(plain, cut.start, left.word)
        left = left if clause is None else walk_left(clause)
    if cut.written == "code" and left.meaning not in _VOICE and calls_under_heading(plain, cut.start):
        return Label(Meaning.PHONE, "heading")
    return left


def _veto(plain: str, cut: Cut, ibans: Sequence[tuple[int, int]], end: int) -> str:
    if any(start < cut.end and cut.start < end for start, end in ibans):
        return "iban"
    for name, holds in _LOOKS:
        if holds(cut):
            return name
    if vetoes.is_card(plain, cut):
        return "card"
    if cut.left_over and vetoes.is_even_list(plain, cut):
        return "even_list"
    return (
        vetoes.attached(plain, cut, end)
        or vetoes.in_address(plain, cut)
        or ("unit" if vetoes.has_unit(plain, cut) else "")
    )


def _nearest(left: Label, right: Label) -> tuple[Label, str]:
    """The nearest label on the left wins; the right one where it is closer, in brackets or said of the number."""
    if right.meaning in _NOT_SAID or (right.numbered and right.meaning in {Meaning.PLACE, Meaning.PARTY}):
        right = NONE
    if right.meaning is None:
        return left, "left"
    if left.meaning is None or left.meaning in {Meaning.NUMBER, Meaning.SHORT_NUMBER, Meaning.PLACE, Meaning.PARTY}:
        return right, "right"
    if right.numbered and (
        left.distance > 1 or left.apart or left.behind_number or right.meaning is not Meaning.PLACE
    ):
        return right, "right"
    if left.behind_number and right.distance == 0:
        return right, "right"
    return left, "left"


def _label_weight(label: Label, cut: Cut) -> float:
    meaning = label.meaning
    plus = cut.written == "plus" or (cut.written == "abroad" and not cut.bare)
    if meaning is None:
        return 0.0
    if meaning in _VOICE:
        if label.behind_number and not label.apart:
            return 0.25
        return 0.45 if label.distance <= _NEAR else 0.3
    if meaning is Meaning.PLACE:
        return 0.28 if label.distance <= 2 and not label.behind_number else 0.1
    if meaning is Meaning.NUMBER:
        if label.owned and (label.word.isascii() or "가" <= label.word[0] <= "힣"):
            return 0.0 if plus else -0.1 if cut.bare else -0.2
        return 0.26 if label.distance <= _NEAR and not label.behind_number else 0.1
    if meaning is Meaning.SHORT_NUMBER:
        if plus:
            return 0.0
        if cut.bare:
            return -0.35
        return -0.4 if label.owned else -0.05
    if meaning is Meaning.EXTENSION:
        return 0.0
    strong = meaning in _NOT_A_NUMBER or (meaning is Meaning.PARTY and label.numbered)
    if meaning is Meaning.AMOUNT:
        return (
            0.0
            if plus or label.behind_number
            else (
                -0.45
                if cut.bare or not (cut.number.written or "-" in cut.glues)
                else -0.1
                if label.distance
                else -0.3
            )
        )
    if strong:
        return _identifier_weight(label, cut, plus=plus)
    if plus:
        return 0.0
    return -0.45 if cut.bare else -0.05


def _identifier_weight(label: Label, cut: Cut, *, plus: bool) -> float:
    far = label.distance >= 2 and not label.numbered
    if label.called:
        return -0.3 if cut.bare else 0.1
    if plus:
        return -0.1 if far or label.apart else -0.2
    if label.behind_number:
        return (-0.3 if label.apart else -0.45) if cut.bare else (0.0 if label.apart or label.distance else -0.08)
    if cut.bare:
        return -0.45 if far or label.apart else -0.8
    if label.apart and not label.numbered:
        return -0.08 if label.distance else -0.15
    if not label.distance or label.numbered:
        return -0.8
    return -0.5 if label.distance == 1 else -0.1


def _beside(plain: str, cut: Cut, end: int, reasons: list[str]) -> float:
    """What the words directly beside an unlabelled number say: units, currencies, months."""
    if cut.written == "plus" or "-" in cut.glues or ")" in cut.glues:
        return 0.0
    after = word_after(plain, end)
    before = word_before(plain, cut.start)
    if after and meaning_of(after) is Meaning.AMOUNT and is_cost_of_call(plain, end):
        return 0.0
    if is_unit(after) or vetoes.is_currency(before):
        reasons.append(f"unit:{(after if is_unit(after) else before).casefold()}")
        return -0.6 if cut.bare or not cut.number.written else -0.4
    return 0.0


def _bare_doubt(plain: str, cut: Cut, reasons: list[str]) -> float:
    """What speaks against bare digits without a label: signs of code, tables and counts around them."""
    if _BEHIND_NAME.search(plain[max(0, cut.start - 30) : cut.start]) and plain.startswith(")", cut.end):
        return 0.0  # "Ask for Maria (0292123456)"
    left = plain[max(0, cut.start - 3) : cut.start].rstrip(" \"'")
    right = plain[cut.end : cut.end + 3].lstrip(" \"'")
    if left[-1:] in {"=", "<", ">", "[", "{", "#", "&", "("} or right[:1] in {"=", ">", "]", "}", "&", "{"}:
        reasons.append("code_around")
        return 0.3
    if plain[cut.start - 1 : cut.start] in {"'", '"'} and plain[cut.start - 1] == plain[cut.end : cut.end + 1]:
        return 0.1
    if left[-1:] == ":" and plain[cut.start - 1] != " " and left.isascii():
        return 0.1
    return 0.0
