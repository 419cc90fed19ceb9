"""Reads `tests/core/detection/classes.txt`."""

from pathlib import Path
from typing import NamedTuple


class Case(NamedTuple):
    """One text with the numbers a person sees in it, as ``+E.164`` or ``+E.164;extension``."""

    section: str
    region: str
    text: str
    expected: list[str]


def read_classes(path: Path) -> list[Case]:
    """All cases of the file, each with the section it stands in."""
    cases: list[Case] = []
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            section = line.removeprefix("# ")
            continue
        region, _, rest = line.partition("|")
        text, _, expected = rest.rpartition("|")
        cases.append(Case(section, region, text.replace("\\n", "\n").replace("\\t", "\t"), expected.split()))
    return cases
