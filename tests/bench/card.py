"""From the start of the program that copies a number to the card on the screen."""

import random
import subprocess
import time

from bench.bars import Bar, Report, median, percentile, shown
from bench.pbx import Pbx
from bench.screen import NothingSeen, Screen
from bench.stage import MeasureFailed, Stage, save_password, stage
from bench.startup import FURNISHED

ROUNDS = 60
_CARD_STAYS_S = 1
_SEEN_S = 10.0
_TEXTS = ("+1 212 555 {:04}", "Call me at (212) 555-{:04} please", "Tel.: +44 20 7946 {:04}\nFax: see below")


def measure(rounds: int | None) -> Report:
    """Copy numbers, each after the card of the one before has gone."""
    rounds = rounds or ROUNDS
    with Pbx() as pbx, stage(wm=True, keyring=True) as place:
        save_password(place.desktop, pbx.url)
        home = place.home(url=pbx.url)
        settings = home.config / "ringbridge" / "settings.toml"
        settings.write_text(settings.read_text() + f"\n[card]\nseconds = {_CARD_STAYS_S}\n")
        with place.running(FURNISHED, home) as process, Screen(place.desktop.display) as screen:
            place.wait_ready(FURNISHED, process, home)
            latencies_ms, first_ms, lost = _copy_all(place, screen, process.pid, rounds)
    samples = {"card": [{"ms": ms} for ms in latencies_ms]}
    bars = (
        Bar(what="copied → card, median", value=median(latencies_ms), limit=60, unit="ms", samples=rounds, digits=1),
        Bar(
            what="copied → card, 99 %",
            value=None if lost else percentile(latencies_ms, 99),
            limit=150,
            unit="ms",
            samples=rounds,
            digits=1,
        ),
    )
    notes = (
        f"xclip started → the card's window mapped, as another X client sees it; with openbox; {rounds} copies "
        f"after the first, each after the card had gone; {lost} without a card.",
        f"p90 {shown(percentile(latencies_ms, 90))} ms, longest {shown(max(latencies_ms, default=None))} ms; the "
        f"first card of all took {shown(first_ms)} ms.",
    )
    return Report(bars=bars, notes=notes, samples=samples)


def _copy_all(place: Stage, screen: Screen, pid: int, rounds: int) -> tuple[list[float], float, int]:
    latencies_ms: list[float] = []
    lost = 0
    for number in range(rounds + 1):
        screen.forget()
        text = _TEXTS[number % len(_TEXTS)].format(number)
        started_ns = time.monotonic_ns()
        xclip = subprocess.Popen(
            ["xclip", "-in", "-selection", "clipboard"],
            env=place.desktop.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if xclip.stdin is None:
            raise MeasureFailed("xclip without a standard input")
        xclip.stdin.write(text.encode())
        xclip.stdin.close()
        try:
            card = screen.wait_window(pid, _SEEN_S)
        except NothingSeen:
            lost += 1
        else:
            latencies_ms.append((card.at_ns - started_ns) / 1e6)
            screen.wait_gone(card.window, _CARD_STAYS_S + _SEEN_S)
        xclip.wait()
        time.sleep(random.uniform(0.1, 0.5))  # people do not copy in step with any timer
    if not latencies_ms:
        raise MeasureFailed("no card was ever seen")
    return latencies_ms[1:], latencies_ms[0], lost
