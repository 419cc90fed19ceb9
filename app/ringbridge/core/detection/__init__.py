"""Phone numbers in text: what people copy, select and ask to dial.

A text goes through these, in order: `normalise` (one kind of digit, dash and blank, with the way back), `carriers`
(``tel:`` and its like), `candidates` (runs of digits and their cuts, read by `plans`), `extensions`, `labels` (the nearest word,
known to `words`), `vetoes`, `score`. `detect`, `listing` and `explicit` put them together with their own thresholds.
"""

from ringbridge.core.detection.detect import MAX_CANDIDATES, MAX_LENGTH, Candidate, find_numbers
from ringbridge.core.detection.explicit import ExplicitReading, read_explicit
from ringbridge.core.detection.listing import list_numbers

__all__ = [
    "MAX_CANDIDATES", "MAX_LENGTH", "Candidate", "ExplicitReading", "find_numbers", "list_numbers", "read_explicit",
]  # fmt: skip
