"""Phone numbers in text: what people copy, select and ask to dial.

A text goes through these, in order:

- `normalise`: one kind of digit, dash and blank, with the way back
- `carriers`: ``tel:`` and its like
- `runs`: groups of digits and what stands between; dates and times are taken out
- `candidates`: the cuts of a run that `plans` knows as numbers, weighed by `forms`
- `vanity`: letters for digits; `extensions`: what to dial once connected
- `labels` and `walk`: the nearest word that `words` knows
- `vetoes`: what digits are instead; `score`: what all that amounts to

`detect`, `listing` and `explicit` put them together, each with its own threshold.
"""

from importlib import import_module

from ringbridge.core.detection.detect import MAX_CANDIDATES, MAX_LENGTH, Candidate, find_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ringbridge.core.detection.explicit import ExplicitReading, read_explicit
    from ringbridge.core.detection.listing import list_numbers

__all__ = [
    "MAX_CANDIDATES", "MAX_LENGTH", "Candidate", "ExplicitReading", "find_numbers", "list_numbers", "read_explicit",
]  # fmt: skip

_LATE = {"ExplicitReading": "explicit", "read_explicit": "explicit", "list_numbers": "listing"}
"""What a copied text never needs is loaded when it is asked for."""


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    return found
