"""From the start of the process to the icon in the tray, and what the processor did until it was calm."""

import random
import subprocess
import time

from bench.bars import Bar, Report, median, paired_ratio, percentile, shown, table
from bench.pbx import Pbx
from bench.processes import cpu_ms, memory, wait_quiet, waited_for_processor_ms
from bench.stage import FLOOR, PYTHON, RINGBRIDGE, Program, Stage, stage

ROUNDS = 15
CALM_S = 1.5
_QUIET_S = 10.0

FLOOR_PROGRAM = Program(name="floor", argv=(PYTHON, FLOOR))
FRESH = Program(name="ringbridge, new HOME", argv=(RINGBRIDGE,))
FURNISHED = Program(name="ringbridge, account and 20 calls", argv=(RINGBRIDGE,), with_account=True)
PROGRAMS = (FLOOR_PROGRAM, Program(name="floor again", argv=FLOOR_PROGRAM.argv), FRESH, FURNISHED)


def measure(rounds: int | None) -> Report:
    """Start each program in turn, in another order each round."""
    rounds = rounds or ROUNDS
    samples: dict[str, list[dict[str, float]]] = {program.name: [] for program in PROGRAMS}
    quiet = 0
    with Pbx() as pbx, stage() as place:
        for number in range(-1, rounds):  # one to warm up: byte code, page cache
            for program in random.sample(PROGRAMS, len(PROGRAMS)):
                quiet += wait_quiet(_QUIET_S) and number >= 0
                figures = _start_once(place, program, pbx.url if program.with_account else "")
                if number >= 0:
                    samples[program.name].append(figures)
    floor = samples[FLOOR_PROGRAM.name]
    limits = (("adj_ms", "icon registered", 1.1), ("cpu_ms", f"CPU until {CALM_S:g} s after it", 1.25))
    bars = tuple(
        Bar(
            what=f"{what}: {name}",
            value=paired_ratio(samples[name], floor, figure),
            limit=limit,
            unit="×",
            samples=rounds,
        )
        for figure, what, limit in limits
        for name in (FRESH.name, FURNISHED.name)
    )
    rows = [
        (
            name,
            shown(median(f["ready_ms"] for f in figures)),
            shown(percentile((f["ready_ms"] for f in figures), 90)),
            shown(median(f["adj_ms"] for f in figures)),
            shown(paired_ratio(figures, floor, "adj_ms"), 2),
            shown(median(f["cpu_at_icon_ms"] for f in figures)),
            shown(median(f["cpu_ms"] for f in figures)),
            shown(paired_ratio(figures, floor, "cpu_ms"), 2),
            shown(median(f["rss_mib"] for f in figures)),
        )
        for name, figures in samples.items()
    ]
    notes = (
        f"{rounds} rounds after one to warm up, shuffled; medians; ratios round by round; the machine was quiet "
        f"before {quiet} of {rounds * len(PROGRAMS)} starts.",
        "ready: process started → icon registered. adj: without what the main thread waited for a processor.",
        table(
            ("", "ready ms", "p90", "adj ms", "adj ×", "CPU at icon", f"CPU at +{CALM_S:g} s", "CPU ×", "RSS MiB"),
            rows,
        ),
    )
    return Report(bars=bars, notes=notes, samples=samples)


def _start_once(place: Stage, program: Program, url: str) -> dict[str, float]:
    home = place.home(url=url)
    started_ns = time.monotonic_ns()
    with place.running(program, home) as process:
        at_ns = place.wait_icon(program, process)
        waited_ms, cpu_at_icon_ms = waited_for_processor_ms(process.pid), cpu_ms(process.pid)
        ready_ms = (at_ns - started_ns) / 1e6
        _wait_alive(process, CALM_S)
        return {
            "ready_ms": ready_ms,
            "adj_ms": ready_ms - waited_ms,
            "cpu_at_icon_ms": cpu_at_icon_ms,
            "cpu_ms": cpu_ms(process.pid),
            "rss_mib": memory(process.pid).rss,
        }


def _wait_alive(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return
    raise RuntimeError(f"the program ended by itself with {process.returncode}")
