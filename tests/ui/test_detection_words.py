import json
import re
from pathlib import Path

import pytest

from ringbridge.core.detection import read_explicit, score, vetoes
from ringbridge.core.detection.detect import judged, look
from ringbridge.core.detection.normalise import make_plain
from ringbridge.core.detection.words import Meaning
from ringbridge.ui.detection_words import detector_word
from ringbridge.ui.dialing_words import reason_word
from support.detection_cases import read_classes

CASES = Path(__file__).parents[1] / "core/detection"
LABELS = set(Meaning) - {
    Meaning.FAX, Meaning.UNIT, Meaning.CURRENCY, Meaning.MONTH, Meaning.POSSESSIVE, Meaning.FILLER, Meaning.COPULA,
}  # fmt: skip
"""What a label can say of a number; the walk passes the others by."""


def seen_reasons() -> set[str]:
    """Every reason the detector gives for the texts it is developed with."""
    texts = [(case.text, case.region) for case in read_classes(CASES / "classes.txt")]
    with (CASES / "corpus/develop.jsonl").open(encoding="utf-8") as file:
        texts += [(line["text"], line["region"]) for line in map(json.loads, file)]
    found: set[str] = set()
    for text, region in texts:
        made = make_plain(text)
        found.add(read_explicit(text, region).why)
        for item in (*judged(made.text, region), *look(made, text, region, least=0.3, most=20)):
            found.update(item.verdict.reasons)
    return found


def test_every_reason_that_was_ever_seen_has_words() -> None:
    seen = seen_reasons()
    assert len({reason.partition(":")[0] for reason in seen}) > 25
    wordless = {reason for reason in seen if not detector_word(reason)}
    assert wordless == set()


def test_every_veto_and_label_has_words() -> None:
    source = Path(vetoes.__file__).read_text(encoding="utf-8") + Path(score.__file__).read_text(encoding="utf-8")
    rules = set(re.findall(r'(?:return|else|if|or \() ?"([a-z_]{2,})"', source))
    rules |= set(re.findall(r'^    \("([a-z]+)", ', source, re.MULTILINE))
    rules -= {"left", "right", "one_run", "own_groups", "usual_groups"}
    assert {"card", "dotted", "masked", "url", "unit"} <= rules
    for rule in rules:
        assert detector_word(f"veto:{rule}"), rule
    for meaning in LABELS:
        assert "“x”" in detector_word(f"label_left_{meaning.value}:x"), meaning
        assert detector_word(f"label_right_{meaning.value}"), meaning


@pytest.mark.parametrize(
    ("text", "region", "words"),
    [
        (
            "call 052-2345678 ext 9", "IL",
            ["written as at home", "grouped in its own way", "“call” before it says: phone", "with an extension"],
        ),
        ("tel:+12125550142", "US", ["from a link"]),
        ("call 1-800-FLOWERS", "US", ["letters stand for digits"]),
    ],
)  # fmt: skip
def test_a_reading_is_told_as_a_person_would(text: str, region: str, words: list[str]) -> None:
    assert [reason_word(reason) for reason in read_explicit(text, region).candidates[0].reasons] == words
