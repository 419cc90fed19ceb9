"""Short commands, whole process, against the smallest program the same Python can run."""

import os
import random
import subprocess
import time
from collections.abc import Callable

from bench.bars import Bar, Report, median, paired_ratio, percentile, shown, table
from bench.pbx import Pbx
from bench.processes import wait_quiet
from bench.stage import PYTHON, RINGBRIDGE, MeasureFailed, save_password, stage
from bench.startup import FURNISHED

ROUNDS = 31
_FLOOR = "python -c pass"
_LINE = b"Please call +1 212 555 1234 before noon\n"
_QUIET_S = 5.0


def measure(rounds: int | None) -> Report:
    """Run each command in turn, in another order each round."""
    rounds = rounds or ROUNDS
    with Pbx() as pbx, stage(keyring=True) as place:
        save_password(place.desktop, pbx.url)
        home = place.home(url=pbx.url)
        env = place.desktop.env | home.env
        with place.running(FURNISHED, home) as process:
            place.wait_ready(FURNISHED, process, home)
            samples = _run_all(rounds, env)
        placed = 0
        while pbx.wait_call(0.1) is not None:
            placed += 1
    bars = tuple(
        Bar(
            what=name, value=paired_ratio(samples[name], samples[_FLOOR], "ms"), limit=limit, unit="×", samples=rounds
        )
        for name, limit in (("ringbridge --version", 2.2), ("dial, handed over", 3.0), ("detect, one line", 4.0))
    )
    rows = [
        (
            name,
            shown(median(f["ms"] for f in figures)),
            shown(percentile((f["ms"] for f in figures), 90)),
            shown(median(f["cpu_ms"] for f in figures)),
            shown(paired_ratio(figures, samples[_FLOOR], "ms"), 2),
        )
        for name, figures in samples.items()
    ]
    notes = (
        f"{rounds} rounds after one to warm up, shuffled; whole processes, medians; ratios to “{_FLOOR}” round by "
        f"round.",
        f"dial: to the running program, which placed {placed} calls on a PBX that answers at once.",
        table(("", "ms", "p90", "CPU ms", "×"), rows),
    )
    if placed != rounds + 1:
        raise MeasureFailed(f"{rounds + 1} calls were handed over, and {placed} arrived")
    return Report(bars=bars, notes=notes, samples=samples)


def _run_all(rounds: int, env: dict[str, str]) -> dict[str, list[dict[str, float]]]:
    numbers = iter(range(10_000))
    commands: dict[str, Callable[[], tuple[list[str], bytes]]] = {
        _FLOOR: lambda: ([PYTHON, "-c", "pass"], b""),
        "ringbridge --version": lambda: ([RINGBRIDGE, "--version"], b""),
        # each time another number: the same one twice is asked about
        "dial, handed over": lambda: ([RINGBRIDGE, "dial", f"+1212555{next(numbers):04}"], b""),
        "detect, one line": lambda: ([RINGBRIDGE, "detect", "--region", "US"], _LINE),
    }
    samples: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    for number in range(-1, rounds):
        wait_quiet(_QUIET_S)
        for name in random.sample(list(commands), len(commands)):
            argv, stdin = commands[name]()
            figures = _run(argv, stdin, env)
            if number >= 0:
                samples[name].append(figures)
    return samples


def _run(argv: list[str], stdin: bytes, env: dict[str, str]) -> dict[str, float]:
    read_end, write_end = os.pipe()
    os.write(write_end, stdin)
    os.close(write_end)
    started_ns = time.monotonic_ns()
    process = subprocess.Popen(
        argv, env=env, stdin=read_end, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=env["HOME"]
    )
    _, status, usage = os.wait4(process.pid, 0)
    lasted_ns = time.monotonic_ns() - started_ns
    process.returncode = os.waitstatus_to_exitcode(status)
    os.close(read_end)
    with process:
        said = process.stderr.read() if process.stderr else b""
    if process.returncode:
        raise MeasureFailed(f"{' '.join(argv)} ended with {process.returncode}: {said.decode(errors='replace')}")
    return {"ms": lasted_ns / 1e6, "cpu_ms": (usage.ru_utime + usage.ru_stime) * 1000}
