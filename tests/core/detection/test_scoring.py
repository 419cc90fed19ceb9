"""How good the detector is, over corpora of texts that nobody fitted rules to; the files lie in `corpus/`."""

from pathlib import Path
from typing import Any

import pytest

from ringbridge.core.detection import Candidate, find_numbers
from support.detection_score import Tally, read_corpus, score

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(CORPUS.glob("*.jsonl"))
CASE: dict[str, Any] = {
    "id": "x",
    "text": "call 212-555-0142 x4",
    "region": "US",
    "category": "extension",
    "expected": [{"e164": "+12125550142", "ext": "4", "start": 5, "end": 20}],
}


@pytest.mark.skipif(not FILES, reason="there is no corpus here")
def test_the_detector_is_as_good_as_it_was() -> None:
    tallies = score(read_corpus(FILES))
    total = tallies["all"]
    assert total.precision >= 96
    assert total.recall >= 95
    assert total.silent_rate >= 97
    assert total.explicit_rate >= 96
    assert tallies["negative-ordinary"].silent_rate == 100
    for name in ("negative-identifier", "negative-hebrew-id", "negative-decimal", "negative-url", "negative-code"):
        assert tallies[name].silent_rate >= 92, name


def test_a_right_answer_counts_as_found() -> None:
    tally = score([CASE])["all"]
    assert (tally.precision, tally.recall, tally.f1) == (100, 100, 100)


@pytest.mark.parametrize(
    ("e164", "extension", "counts"),
    [("+12125550142", "", (0, 1)), ("+12125550143", "4", (1, 0))],
)
def test_a_wrong_number_is_a_misdial_and_a_lost_extension_an_extension_error(
    e164: str, extension: str, counts: tuple[int, int]
) -> None:
    (right,) = find_numbers(str(CASE["text"]), "US")

    def find(text: str, region: str) -> list[Candidate]:
        return [right._replace(e164=e164, extension=extension)]

    tally = score([CASE], find)["all"]
    assert (tally.misdials, tally.extension_errors) == counts
    assert (tally.found, tally.wrong, tally.missed) == (0, 1, 1)


def test_an_offer_in_a_text_without_a_number_breaks_the_silence() -> None:
    silent = CASE | {"text": "nothing", "expected": []}
    loud = CASE | {"expected": []}
    tally = score([silent, loud])["all"]
    assert (tally.silent_rate, tally.misdials, tally.wrong) == (50, 0, 1)


def test_an_optional_number_counts_neither_way() -> None:
    optional = [{**CASE["expected"][0], "optional": True}]
    tally = score([CASE | {"expected": optional}])["all"]
    assert (tally.found, tally.wrong, tally.missed) == (0, 0, 0)
    assert Tally().f1 == 0


def test_an_explicit_case_is_right_when_it_dials_what_is_wanted() -> None:
    tally = score([CASE | {"mode": "explicit", "dial": "+12125550142"}, CASE | {"mode": "explicit", "dial": None}])[
        "all"
    ]
    assert tally.explicit_rate == 50


def test_debatable_lines_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text('{"id": 1, "debatable": true}\n\n{"id": 2, "debatable": false}\n', encoding="utf-8")
    assert [case["id"] for case in read_corpus([path])] == [2]
