"""Classes of text, one case a line of `classes.txt`: separators, extensions, labels, tables, boundaries, links."""

from pathlib import Path

import pytest

from ringbridge.core.detection import find_numbers
from support.detection_cases import read_classes

CASES = read_classes(Path(__file__).with_name("classes.txt"))


@pytest.mark.parametrize("section", sorted({case.section for case in CASES}))
def test_each_text_gives_the_numbers_a_person_sees_in_it(section: str) -> None:
    wrong = [
        (case.region, case.text, found, case.expected)
        for case in CASES
        if case.section == section
        and (
            found := [
                item.e164 + (f";{item.extension}" if item.extension else "")
                for item in find_numbers(case.text, case.region)
            ]
        )
        != case.expected
    ]
    assert wrong == []
