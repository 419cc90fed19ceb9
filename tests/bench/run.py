"""Measures what Ringbridge costs and holds it against bars; exit status 1 when one falls short.

    .venv/bin/python tests/bench/run.py --only start --rounds 5

Ratios are taken against a program of the same Python in the same run, interleaved, so that they mean the same on
every machine. Needs Linux and the packages of the virtual desktop (`tests/support/desktop.py`), and no other load.
"""

import argparse
import compileall
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(TESTS)
for _name in [name for name in os.environ if name.startswith("PYTHON") or name == "RINGBRIDGE_PROFILE"]:
    del os.environ[_name]  # PYTHONDONTWRITEBYTECODE doubles the time of a start
sys.dont_write_bytecode = False

from bench import call, card, commands, desktop_latency, detector, footprint, idle, startup  # noqa: E402 - after the path is set
from bench.bars import Bar, Report, verdicts  # noqa: E402
from bench.screen import NothingSeen  # noqa: E402
from bench.stage import ROOT, MeasureFailed  # noqa: E402
from support.desktop import DesktopError, missing_packages  # noqa: E402

MEASURES: dict[str, tuple[str, Callable[[int | None], Report]]] = {
    "start": ("Tray icon and processor time", startup.measure),
    "memory": ("Memory", footprint.measure),
    "idle": ("Idle", idle.measure),
    "detector": ("The number detector", detector.measure),
    "commands": ("Short commands", commands.measure),
    "card": ("From copy to card", card.measure),
    "call": ("From click to request", call.measure),
    "desktop": ("What a person waits for on the desktop", desktop_latency.measure),
}


def main() -> int:
    """Run the measures that were asked for and print what they found."""
    options = _options()
    if missing := missing_packages():
        print(f"missing on this machine: {', '.join(missing)}", file=sys.stderr)
        return 2
    compileall.compile_dir(ROOT / "app", quiet=1)
    print(_machine(), flush=True)
    bars: list[Bar] = []
    reports: dict[str, object] = {}
    failed: list[str] = []
    for name in options.only or MEASURES:
        title, measure = MEASURES[name]
        print(f"\n## {title} ({name})\n", flush=True)
        try:
            report = measure(options.rounds)
        except (MeasureFailed, NothingSeen, DesktopError) as error:
            print(f"could not be measured: {error}", flush=True)
            failed.append(name)
            continue
        print("\n".join(report.notes), flush=True)
        bars += report.bars
        reports[name] = {
            "bars": [asdict(bar) | {"holds": bar.holds} for bar in report.bars],
            "samples": report.samples,
        }
    print(f"\n## Bars\n\n{verdicts(bars)}" if bars else "")
    if failed:
        print(f"\nnot measured: {', '.join(failed)}")
    if options.json:
        found = {"machine": _machine(), "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        options.json.write_text(json.dumps(found | {"measures": reports, "failed": failed}, indent=1) + "\n")
    return 1 if failed or not all(bar.holds for bar in bars) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(MEASURES), help="measure this; can be given again")
    parser.add_argument("--rounds", type=_rounds, help="how often, instead of each measure's own number")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single figure to FILE")
    return parser.parse_args()


def _rounds(text: str) -> int:
    rounds = int(text)
    if rounds < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return rounds


def _machine() -> str:
    from importlib.metadata import version

    python, qt = platform.python_version(), version("PySide6-Essentials")
    return f"{platform.system()} {platform.release()}, {os.cpu_count()} processors, Python {python}, PySide6 {qt}"


if __name__ == "__main__":
    sys.exit(main())
