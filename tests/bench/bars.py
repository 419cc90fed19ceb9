"""What a measure found, what it may be at most, and the table of both."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One figure that may not be above its limit.

    Attributes:
        what: What was measured, for the table.
        value: The median or percentile, in `unit`; None where the program gave none (it did not start, say).
        limit: At most this, in `unit`.
        unit: Such as ``×`` (a ratio taken in the same run) or ``ms``.
        digits: Decimals to show.
        samples: How many single figures stand behind `value`.
    """

    what: str
    value: float | None
    limit: float
    unit: str
    samples: int
    digits: int = 2

    @property
    def holds(self) -> bool:
        """Whether the program is as good as it must be. What could not be measured does not hold."""
        return self.value is not None and self.value <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one measure hands back.

    Attributes:
        bars: What the exit status depends on.
        notes: Lines for people: under which conditions, and what else was seen.
        samples: Every single figure by case, for ``--json``.
    """

    bars: tuple[Bar, ...]
    notes: tuple[str, ...] = ()
    samples: dict[str, list[dict[str, float]]] = field(default_factory=dict[str, list[dict[str, float]]])


def median(values: Iterable[float]) -> float | None:
    """The median, None of nothing."""
    known = list(values)
    return statistics.median(known) if known else None


def percentile(values: Iterable[float], percent: float) -> float | None:
    """The value that `percent` of all do not exceed, interpolated between neighbours; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    position = (len(ordered) - 1) * percent / 100
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def paired_ratio(ours: Sequence[dict[str, float]], floor: Sequence[dict[str, float]], name: str) -> float | None:
    """The median of the ratios round by round, so that what slows a whole round down does not count."""
    pairs = zip(ours, floor, strict=True)
    return median(our[name] / its[name] for our, its in pairs if name in our and its.get(name))


def shown(value: float | None, digits: int = 1) -> str:
    """A figure as text, a dash for none."""
    return "–" if value is None else f"{value:.{digits}f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, its columns as wide as they must be."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def verdicts(bars: Iterable[Bar]) -> str:
    """All bars as a table."""
    rows = [
        (
            bar.what,
            f"{shown(bar.value, bar.digits)} {bar.unit}",
            f"≤ {bar.limit:g} {bar.unit}",
            str(bar.samples),
            "holds" if bar.holds else "FALLS SHORT",
        )
        for bar in bars
    ]
    return table(("what", "measured", "bar", "samples", ""), rows)
