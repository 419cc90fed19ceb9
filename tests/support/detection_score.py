"""Scores a detector on a corpus: what it finds, misses and makes up, by category of text."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ringbridge.core.detection import Candidate, find_numbers, read_explicit

Find = Callable[[str, str], Iterable[Candidate]]
_CLOSE = 3  # code points that a span may differ by: invisible marks and brackets beside a number


@dataclass
class Tally:
    """What was counted in one category."""

    texts: int = 0
    found: int = 0
    wrong: int = 0
    missed: int = 0
    misdials: int = 0
    extension_errors: int = 0
    silent: int = 0
    silent_wanted: int = 0
    explicit: int = 0
    explicit_right: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return 100 * self.found / (self.found + self.wrong) if self.found + self.wrong else 100.0

    @property
    def recall(self) -> float:
        return 100 * self.found / (self.found + self.missed) if self.found + self.missed else 100.0

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.found else 0.0

    @property
    def silent_rate(self) -> float:
        return 100 * self.silent / self.silent_wanted if self.silent_wanted else 100.0

    @property
    def explicit_rate(self) -> float:
        return 100 * self.explicit_right / self.explicit if self.explicit else 100.0

    def add(self, other: "Tally") -> None:
        """Add the counts of another tally."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def read_corpus(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """All cases of the files that count."""
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [case for case in map(json.loads, lines) if not case.get("debatable")]


def score(cases: Iterable[dict[str, Any]], find: Find = find_numbers) -> dict[str, Tally]:
    """Count by category; `all` holds the sum."""
    tallies: dict[str, Tally] = {}
    for case in cases:
        tally = tallies.setdefault(case["category"], Tally())
        tally.add(_explicit(case) if case.get("mode") == "explicit" else _passive(case, find))
    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    return dict(sorted(tallies.items())) | {"all": total}


def _explicit(case: dict[str, Any]) -> Tally:
    reading = read_explicit(case["text"], case["region"])
    tally = Tally(texts=1, explicit=1, explicit_right=int(reading.dial == case["dial"]))
    if not tally.explicit_right:
        tally.failures.append(
            f"{case['id']} {case['region']} {case['text']!r}: dials {reading.dial}, wanted {case['dial']}"
        )
    return tally


def _passive(case: dict[str, Any], find: Find) -> Tally:
    expected = case["expected"]
    offered = [
        (item.e164, item.extension or None, item.start, item.end) for item in find(case["text"], case["region"])
    ]
    tally = Tally(texts=1)
    if not expected:
        tally.silent_wanted = 1
        tally.silent = int(not offered)
    left = list(offered)
    known = Counter(item["e164"] for item in expected)
    for item in expected:
        wanted = (item["e164"], item.get("ext"))
        hit = next((one for one in left if one[:2] == wanted and _meets(one, item)), None)
        hit = hit or next((one for one in left if one[:2] == wanted), None)
        if hit is not None:
            left.remove(hit)
            tally.found += not item.get("optional")
        elif not item.get("optional"):
            tally.missed += 1
    tally.wrong = len(left)
    tally.extension_errors = sum(1 for one in left if one[0] in known)
    tally.misdials = sum(1 for one in left if expected and one[0] not in known)
    if tally.wrong or tally.missed:
        shown = [(one[0], one[1], case["text"][one[2] : one[3]]) for one in offered]
        wanted = [(item["e164"], item.get("ext")) for item in expected]
        tally.failures.append(f"{case['id']} {case['region']} {case['text']!r}: offers {shown}, wanted {wanted}")
    return tally


def _meets(one: tuple[str, str | None, int, int], item: dict[str, Any]) -> bool:
    return abs(one[2] - item["start"]) <= _CLOSE and one[3] > item["start"]


def table(tallies: dict[str, Tally]) -> str:
    """The figures as lines of text."""
    rows = [
        f"{'category':24}{'texts':>6}{'prec':>7}{'recall':>7}{'F1':>7}{'silent':>8}{'misd':>5}{'ext!':>5}{'explicit':>9}"
    ]
    rows += [
        f"{name:24}{tally.texts:6}"
        + (f"{tally.precision:7.1f}{tally.recall:7.1f}{tally.f1:7.1f}" if tally.found + tally.missed else " " * 21)
        + (f"{tally.silent_rate:8.1f}" if tally.silent_wanted else " " * 8)
        + f"{tally.misdials:5}{tally.extension_errors:5}"
        + (f"{tally.explicit_rate:9.1f}" if tally.explicit else "")
        for name, tally in tallies.items()
    ]
    return "\n".join(rows)
