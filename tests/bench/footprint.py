"""Memory five seconds after the start, each program alone on the machine."""

import random
import time

from bench.bars import Bar, Report, median, paired_ratio, shown, table
from bench.pbx import Pbx
from bench.processes import maps, memory, others_with
from bench.stage import Program, Stage, stage
from bench.startup import FLOOR_PROGRAM, FRESH, FURNISHED

ROUNDS = 5
AFTER_S = 5.0
_ALONE_S = 60.0
_TRIES = 5
_QT = "libQt6Core"
_GTK = "libgtk-3"
_GNOME = {"XDG_CURRENT_DESKTOP": "GNOME"}

_FLOOR_ON_GNOME = Program(name="floor on GNOME", argv=FLOOR_PROGRAM.argv, env=_GNOME)
_ON_GNOME = Program(name="ringbridge on GNOME", argv=FRESH.argv, env=_GNOME)
PROGRAMS = (FLOOR_PROGRAM, FRESH, FURNISHED, _FLOOR_ON_GNOME, _ON_GNOME)


def measure(rounds: int | None) -> Report:
    """Start each program in turn, in another order each round, and read its memory."""
    rounds = rounds or ROUNDS
    samples: dict[str, list[dict[str, float]]] = {program.name: [] for program in PROGRAMS}
    with Pbx() as pbx, stage() as place:
        for number in range(-1, rounds):
            for program in random.sample(PROGRAMS, len(PROGRAMS)):
                figures = _start_alone(place, program, pbx.url if program.with_account else "")
                if number >= 0:
                    samples[program.name].append(figures)
    floor = samples[FLOOR_PROGRAM.name]
    bars = tuple(
        Bar(
            what=f"PSS {AFTER_S:g} s after start: {program.name}",
            value=paired_ratio(samples[program.name], floor, "pss_mib"),
            limit=1.15,
            unit="×",
            samples=rounds,
        )
        for program in (FRESH, FURNISHED)
    )
    rows = [
        (
            name,
            shown(median(f["rss_mib"] for f in figures)),
            shown(median(f["pss_mib"] for f in figures)),
            shown(median(f["private_dirty_mib"] for f in figures)),
            shown(paired_ratio(figures, floor, "pss_mib"), 2),
            "yes" if any(f["gtk"] for f in figures) else "no",
        )
        for name, figures in samples.items()
    ]
    not_alone = sum(f["others"] > 0 for figures in samples.values() for f in figures)
    notes = (
        f"{rounds} rounds after one to warm up, shuffled, one program at a time; medians; ratios to “floor” round by "
        "round.",
        f"{not_alone} of {rounds * len(PROGRAMS)} readings had another Qt program beside them, which lowers PSS.",
        "On GNOME and Xfce Qt loads its GTK theme where GTK 3 is installed, unless a program says otherwise; no bar.",
        table(("", "RSS MiB", "PSS MiB", "private dirty", "PSS ×", "GTK"), rows),
    )
    return Report(bars=bars, notes=notes, samples=samples)


def _start_alone(place: Stage, program: Program, url: str) -> dict[str, float]:
    """Measure again when another Qt program was there meanwhile: shared pages count less then."""
    figures = _start_once(place, program, url)
    for _ in range(_TRIES - 1):
        if not figures["others"]:
            break
        figures = _start_once(place, program, url)
    return figures


def _start_once(place: Stage, program: Program, url: str) -> dict[str, float]:
    home = place.home(url=url)
    deadline = time.monotonic() + _ALONE_S
    while others_with(_QT) and time.monotonic() < deadline:
        time.sleep(0.5)  # programs of others give no sign when they end
    with place.running(program, home) as process:
        place.wait_icon(program, process)
        time.sleep(AFTER_S)
        others = others_with(_QT, process.pid)
        read = memory(process.pid)
        return {
            "rss_mib": read.rss,
            "pss_mib": read.pss,
            "private_dirty_mib": read.private_dirty,
            "others": others,
            "gtk": maps(process.pid, _GTK),
        }
