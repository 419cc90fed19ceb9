"""The number detector: what a copied text costs, an adversary of any size, and the list of a long text."""

import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from bench.bars import Bar, Report, median, shown, table
from bench.stage import PYTHON, ROOT, MeasureFailed

ROUNDS = 15
_CALLS = 300
_SEED = 20260101
_NO_DIGITS = "The quick brown fox jumps over the lazy dog while nobody is looking, not at all."
_TYPICAL = {
    "one number, 80 characters": (
        "Please call Anna at (505) 555-0161 before noon, she leaves for the airport then.",
        "US",
    ),
    "one number, in Hebrew": ("סבתא החליפה מספר, עכשיו 055-9876543, תתקשרי אליה בערב אחרי שמונה בבקשה", "IL"),
    "a number and an order": ("Auftrag 0351/88877 vom 02.05.2023, Monteur: 0160 9876545, bitte vorher anrufen", "DE"),
}
_HOSTILE = (
    "1", "+1 415 ", "1/1/1/", "(1", "(", "\u200e1", "٣", "1 ", "1.", "(505) 555-0161 ", "1-800-FLOWERS ", "555-0161x",
    "a@1", "555-0161 กกกก", "____='5550161' ",
    "http://1", "02 40 55 66 77 ", "טל 055-9876543 ", "<a>1", '"a":1234567,', "order 8595550101 ", "GB94 BARC 1020 ",
)  # fmt: skip
_HOSTILE_LENGTH = 10_000_000
_HOSTILE_REGIONS = ("US", "DE", "FR", "IL")
_PROSE_LENGTH = 1_000_000
_NUMBERS_IN_PROSE = 100
_WORDS_BETWEEN_FIGURES = 8
_BYTES_BETWEEN_NUMBERS = 190
_WORDS = re.findall(
    r"\S+",
    "the order of things was never quite settled when they came back from town and nobody thought of it before "
    "so we waited until evening, talked about money, weather and the price of bread, and went home again. ",
)
_FIGURES = ("in 1998", "(see page 12)", "for $1,250.00", "on 05/14/2023", "at 10:30", "about 40%", "3.14")
_FIGURED, _SPARSE, _MIXED, _DENSE = (
    "with figures",
    "a hundred numbers",
    "a hundred, many forms",
    "a number each 200 B",
)
_LISTED = {_FIGURED: 1 / 30, _SPARSE: 1 / 2.5, _MIXED: 1 / 2.5, _DENSE: 1.6}
"""The kinds of prose, and the most their list may take of the time of the matcher. It, too, jumps from digit to
digit: where the numbers are the only digits, it has nothing to do in vain, and both do hardly more than read them."""

_IMPORTS = ("import phonenumbers", "import phonenumbers; import ringbridge.core.detection")


def measure(rounds: int | None) -> Report:
    """Run every part `rounds` times."""
    rounds = rounds or ROUNDS
    sys.path.insert(0, str(ROOT / "app"))
    from ringbridge.core.detection import find_numbers, list_numbers

    silent = _best_us(lambda: find_numbers(_NO_DIGITS, "US"), rounds, _CALLS * 10)
    typical = {
        name: _best_us(lambda t=text, r=region: find_numbers(t, r), rounds)
        for name, (text, region) in _TYPICAL.items()
    }
    hostile = _hostile_ms()
    worst = max(hostile, key=lambda name: hostile[name])
    list_numbers(_prose(_DENSE, _PROSE_LENGTH, _SEED), "US")  # the plans of many countries are loaded
    listed = {kind: _list_times(kind, min(rounds, 5)) for kind in _LISTED}
    import_ms = _import_ms(rounds)
    bars = (
        Bar(what="80 characters without digits", value=median(silent), limit=2, unit="µs", samples=len(silent)),
        Bar(
            what="a typical text with a number",
            value=max(median(values) or 0 for values in typical.values()),
            limit=200, unit="µs", samples=rounds, digits=0,
        ),
        Bar(what="the worst of 10 MB", value=hostile[worst], limit=5, unit="ms", samples=len(hostile)),
        *(
            Bar(
                what=f"list of 1 MB ({kind}), of the matcher's time",
                value=median(a / b for a, b in zip(times.ours, times.theirs, strict=True)),
                limit=_LISTED[kind], unit="×", samples=len(times.ours), digits=4,
            )
            for kind, times in listed.items()
        ),
        Bar(
            what="list of 4 MB, of four times 1 MB, the worst kind",
            value=max(
                median(b / (4 * a) for a, b in zip(times.ours, times.longer, strict=True)) or 0
                for times in listed.values()
            ),
            limit=1.3, unit="×", samples=sum(len(times.ours) for times in listed.values()),
        ),
        Bar(what="import, beyond phonenumbers", value=import_ms, limit=15, unit="ms", samples=rounds),
    )  # fmt: skip
    rows = [
        ("no digits", f"{shown(median(silent), 2)} µs"),
        *((name, f"{shown(median(values), 0)} µs") for name, values in typical.items()),
        (f"worst hostile text ({worst!r} repeated)", f"{shown(hostile[worst], 2)} ms"),
        *(
            (
                f"list of 1 MB of prose, {kind}; by PhoneNumberMatcher at VALID",
                f"{shown(median(times.ours), 1)} ms; {shown(median(times.theirs), 1)} ms "
                f"({times.found[0]} and {times.found[1]} numbers)",
            )
            for kind, times in listed.items()
        ),
    ]
    notes = (
        f"Medians of {rounds} rounds, warm, in one process; the import in processes of its own.",
        table(("", ""), rows),
    )
    samples = {
        name: [{"us": value} for value in values] for name, values in (typical | {"no digits": silent}).items()
    }
    return Report(bars=bars, notes=notes, samples=samples)


def _best_us(call: Callable[[], Any], rounds: int, calls: int = _CALLS) -> list[float]:
    call()
    found: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        for _ in range(calls):
            call()
        found.append((time.perf_counter() - started) / calls * 1e6)
    return found


def _hostile_ms() -> dict[str, float]:
    """Each text in its slowest region: the better of two runs, for the first also loads the plans."""
    from ringbridge.core.detection import find_numbers

    found: dict[str, float] = {}
    for piece in _HOSTILE:
        text = piece * (_HOSTILE_LENGTH // len(piece))
        for region in _HOSTILE_REGIONS:
            times: list[float] = []
            for _ in range(3):
                started = time.perf_counter()
                find_numbers(text, region)
                times.append((time.perf_counter() - started) * 1000)
            found[piece] = max(found.get(piece, 0), min(times))
    return found


def _prose(kind: str, length: int, seed: int) -> str:
    """Prose of one kind, with a hundred phone numbers for each million characters (or more where they are dense)."""
    chance = random.Random(seed)
    parts: list[str] = []
    size = words = gap = 0
    while size < length:
        part = chance.choice(_WORDS)
        words += 1
        if kind == _FIGURED and words > _WORDS_BETWEEN_FIGURES and chance.random() < 0.5:
            words, part = 0, chance.choice(_FIGURES)
        elif kind == _DENSE and gap > _BYTES_BETWEEN_NUMBERS:
            gap, part = 0, _number(kind, chance)
        parts.append(part)
        size += len(part) + 1
        gap += len(part) + 1
    for _ in range(0 if kind == _DENSE else _NUMBERS_IN_PROSE * length // _PROSE_LENGTH):
        parts.insert(chance.randrange(len(parts)), _number(kind, chance))
    return " ".join(parts)


def _number(kind: str, chance: random.Random) -> str:
    """A number, always written in one way or in many."""
    if kind in {_FIGURED, _SPARSE}:
        return f"({chance.randrange(201, 210)}) 555-{chance.randrange(100, 200):04}"
    area, exchange, last = chance.randint(201, 989), chance.randint(200, 999), chance.randint(0, 9999)
    forms = (
        f"({area}) {exchange}-{last:04}",
        f"+1 {area} {exchange} {last:04}",
        f"{area}-{exchange}-{last:04}",
        f"{area}.{exchange}.{last:04}",
        f"+44 20 7946 {last:04}",
        f"+49 30 9018{last:04}",
    )
    return chance.choice(forms)


class _ListTimes(NamedTuple):
    """Milliseconds of each round for one kind of prose.

    Attributes:
        ours: The list of 1 MB.
        theirs: The library's matcher on the same text.
        longer: The list of 4 MB.
        found: How many numbers the list holds, and how many the matcher finds, of the first text.
    """

    ours: list[float]
    theirs: list[float]
    longer: list[float]
    found: tuple[int, int]


def _list_times(kind: str, rounds: int) -> _ListTimes:
    """Each round has a text of its own: what was kept about the numbers of one before must not help."""
    from phonenumbers import Leniency, PhoneNumberMatcher

    from ringbridge.core.detection import list_numbers

    def matched(text: str) -> list[Any]:
        return list(PhoneNumberMatcher(text, "US", leniency=Leniency.VALID, max_tries=10**9))

    first = _prose(kind, _PROSE_LENGTH, _SEED)
    found = len(list_numbers(first, "US")), len(matched(first))
    if found[0] < 0.9 * found[1]:
        raise MeasureFailed(f"the list of prose {kind} holds {found[0]} numbers, the matcher finds {found[1]}")
    times = _ListTimes([], [], [], found)
    for number in range(1, rounds + 1):
        text = _prose(kind, _PROSE_LENGTH, _SEED + number)
        long = _prose(kind, 4 * _PROSE_LENGTH, _SEED - number)
        for into, call in (
            (times.ours, lambda text=text: list_numbers(text, "US")),
            (times.theirs, lambda text=text: matched(text)),
            (times.longer, lambda text=long: list_numbers(text, "US")),
        ):
            started = time.perf_counter()
            call()
            into.append((time.perf_counter() - started) * 1000)
    return times


def _import_ms(rounds: int) -> float | None:
    """What importing the detector takes beyond the library, timed inside new processes."""
    code = (
        "import sys, time; sys.path.insert(0, {path!r}); start = time.perf_counter(); {imports}; "
        "print(time.perf_counter() - start)"
    )
    times: dict[str, list[float]] = {imports: [] for imports in _IMPORTS}
    for _ in range(rounds):
        for imports, found in times.items():
            done = subprocess.run(
                [PYTHON, "-c", code.format(path=str(ROOT / "app"), imports=imports)],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            found.append(float(done.stdout) * 1000)
    return median(b - a for a, b in zip(*times.values(), strict=True))
