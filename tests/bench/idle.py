"""What the program does while nobody does anything: nothing."""

import contextlib
import time

from bench.bars import Bar, Report, shown, table
from bench.pbx import Pbx
from bench.processes import cpu_ms, voluntary_switches
from bench.screen import Screen
from bench.stage import RINGBRIDGE, save_password, stage
from bench.startup import FLOOR_PROGRAM, FRESH, FURNISHED

SECONDS = 30
SETTLE_S = 20
"""Longer than the card and the strip stay and than anything that happens once."""

_CARD_STAYS_S = 12.0
_STRIP_STAYS_S = 40.0


def measure(rounds: int | None) -> Report:
    """Count the wake-ups of programs that were started a while ago; `rounds` × 30 seconds."""
    seconds = SECONDS * (rounds or 1)
    used = f"{FURNISHED.name}, after a card was shown"
    called = f"{FURNISHED.name}, after a call was followed to its end"
    with contextlib.ExitStack() as stack:
        pbx = stack.enter_context(Pbx())
        watched = {}
        programs = ((FLOOR_PROGRAM.name, FLOOR_PROGRAM), (FRESH.name, FRESH), (used, FURNISHED), (called, FURNISHED))
        for name, program in programs:
            # each has a desktop of its own: none hears what the others do
            place = stack.enter_context(stage(keyring=program.with_account))
            if program.with_account:
                save_password(place.desktop, pbx.url)
            home = place.home(url=pbx.url if program.with_account else "")
            process = stack.enter_context(place.running(program, home))
            watched[name] = process.pid
            if program is FLOOR_PROGRAM:
                place.wait_icon(program, process)
            else:
                place.wait_ready(program, process, home)
            if name == called:
                screen = stack.enter_context(Screen(place.desktop.display))
                screen.forget()
                place.desktop.run([RINGBRIDGE, "dial", "+12125551234"], env=home.env, check=True)
                strip = screen.wait_window(process.pid, 10)
                screen.wait_gone(strip.window, _STRIP_STAYS_S)
            elif program.with_account:
                screen = stack.enter_context(Screen(place.desktop.display))
                place.desktop.copy("Please call +1 212 555 1234")
                card = screen.wait_window(process.pid, 10)
                screen.wait_gone(card.window, _CARD_STAYS_S + 5)
        time.sleep(SETTLE_S)
        began = {name: (voluntary_switches(pid), cpu_ms(pid)) for name, pid in watched.items()}
        started = time.monotonic()
        time.sleep(seconds)
        lasted_s = time.monotonic() - started
        ended = {name: (voluntary_switches(pid), cpu_ms(pid)) for name, pid in watched.items()}
    samples: dict[str, list[dict[str, float]]] = {}
    rows: list[tuple[str, ...]] = []
    for name in watched:
        before, after = began[name][0], ended[name][0]
        woken = {thread: count - before.get(thread, 0) for thread, count in after.items()}
        wakes = sum(woken.values()) / lasted_s
        cpu = (ended[name][1] - began[name][1]) / lasted_s / 10
        samples[name] = [{"wakes_per_s": wakes, "cpu_percent": cpu, "threads": len(after)}]
        threads = ", ".join(thread.partition(" ")[2] + (f" ({n} ×)" if n else "") for thread, n in woken.items())
        rows.append((name, shown(wakes, 2), shown(cpu, 4), str(len(after)), threads))
    bars = tuple(
        Bar(
            what=f"wake-ups when idle: {name}", value=samples[name][0]["wakes_per_s"], limit=0.0, unit="/s", samples=1
        )
        for name in (FRESH.name, used, called)
    )
    notes = (
        f"Voluntary context switches of all threads within {lasted_s:.0f} s, from {SETTLE_S} s after the last event.",
        table(("", "wake-ups/s", "CPU %", "threads", "which (woken how often)"), rows),
    )
    return Report(bars=bars, notes=notes, samples=samples)
