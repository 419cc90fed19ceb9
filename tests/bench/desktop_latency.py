"""What a person waits for on a real desktop: a key until the request, a copy and a link until the card.

The program runs with a window manager and a keyring against the training PBX; every way begins where the X server or
the kernel gets it from the person, and ends where another process sees it.
"""

import random
import subprocess
import time
from collections.abc import Callable
from typing import NamedTuple

from bench.bars import Bar, Report, median, percentile, shown, table
from bench.processes import voluntary_switches
from bench.screen import NothingSeen, Screen, Shown
from bench.stage import RINGBRIDGE, MeasureFailed, Stage, save_account_password, stage
from bench.startup import FURNISHED
from bench.tap import Tap
from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx

ROUNDS = 100
IDLE_S = 60
IDLE_SETTLE_S = 25
_KEYS = ("Control_L", "Alt_L", "k")
_CARD_STAYS_S = 1
_GUARD_S = 0.4
"""A press sooner after the card changed does not count: it was meant for something else."""
_SEEN_S = 10.0
_SETTINGS = f"""
[card]
seconds = {_CARD_STAYS_S}

[hotkeys]
dial_selection = "Ctrl+Alt+K"

[confirm]
countdown_s = 0
"""


class _Place(NamedTuple):
    stage: Stage
    screen: Screen
    tap: Tap
    env: dict[str, str]
    pid: int


class _Way(NamedTuple):
    name: str
    limit_ms: float
    walk: Callable[[_Place, int], float]
    measured: str


def measure(rounds: int | None) -> Report:
    """Go each way so many times, one after the other, then leave the program alone for a minute."""
    rounds = rounds or ROUNDS
    found: dict[str, list[float]] = {}
    lost: dict[str, int] = {}
    with (
        TrainingPbx(level="4.1", scenario="own_no_answer", pace=0.01) as pbx,
        Tap(pbx.url) as tap,
        stage(wm=True, keyring=True) as place,
    ):
        save_account_password(place.desktop, tap.url, DEMO_LOGIN.username, DEMO_LOGIN.password)
        home = place.home(url=tap.url, username=DEMO_LOGIN.username, line=DEMO_LINE)
        settings = home.config / "ringbridge" / "settings.toml"
        settings.write_text(settings.read_text() + _SETTINGS)
        with place.running(FURNISHED, home) as process, Screen(place.desktop.display) as screen:
            place.wait_ready(FURNISHED, process, home)
            at = _Place(place, screen, tap, place.desktop.env | home.env, process.pid)
            for way in _WAYS:
                found[way.name], lost[way.name] = _walk_often(way, at, rounds)
            time.sleep(IDLE_SETTLE_S)
            before, began = voluntary_switches(process.pid), time.monotonic()
            time.sleep(IDLE_S)
            after, lasted_s = voluntary_switches(process.pid), time.monotonic() - began
    woken = sum(count - before.get(thread, 0) for thread, count in after.items())
    return _report(found, lost, woken, lasted_s)


def _walk_often(way: _Way, at: _Place, rounds: int) -> tuple[list[float], int]:
    """The times of all rounds but the first, for which the program loads what it has not needed before."""
    latencies_ms: list[float] = []
    lost = 0
    for number in range(rounds + 1):
        try:
            latencies_ms.append(way.walk(at, number))
        except NothingSeen:
            lost += 1
        time.sleep(random.uniform(0.1, 0.3))  # people are in step with no timer
    if len(latencies_ms) < 2:
        raise MeasureFailed(f"{way.name}: nothing came of it")
    return latencies_ms[1:], lost


def _press(at: _Place, number: int) -> float:
    """Select a number, press for the offer, press again for the call; the time from the second press."""
    at.stage.desktop.copy(f"(212) 556-{number:04}", "primary")
    at.screen.forget()
    at.screen.press_keys(*_KEYS)
    card = at.screen.wait_window(at.pid, _SEEN_S)
    time.sleep(_GUARD_S)
    pressed_ns = at.screen.press_keys(*_KEYS)
    arrived_ns = at.tap.wait_call(_SEEN_S)
    if arrived_ns is None:
        raise NothingSeen("no request")
    at.screen.wait_gone(card.window, _SEEN_S)
    return (arrived_ns - pressed_ns) / 1e6


def _copy(at: _Place, number: int) -> float:
    at.screen.forget()
    started_ns = time.monotonic_ns()
    command = ["xclip", "-in", "-selection", "clipboard"]
    with subprocess.Popen(
        command, env=at.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as xclip:
        if xclip.stdin is None:
            raise MeasureFailed("xclip without a standard input")
        xclip.stdin.write(f"Call me at (212) 557-{number:04} please".encode())
        xclip.stdin.close()
        card = at.screen.wait_window(at.pid, _SEEN_S)
    at.screen.wait_gone(card.window, _CARD_STAYS_S + _SEEN_S)
    return (card.at_ns - started_ns) / 1e6


def _follow_link(at: _Place, number: int) -> float:
    at.screen.forget()
    started_ns = time.monotonic_ns()
    with subprocess.Popen([RINGBRIDGE, "link", f"tel:+1-212-558-{number:04}"], env=at.env):
        card = at.screen.wait_window(at.pid, _SEEN_S)
    time.sleep(_GUARD_S)
    at.screen.point(*_no_button(at.screen, card))
    at.screen.press()
    at.screen.release()
    at.screen.wait_gone(card.window, _SEEN_S)
    at.screen.point(1, 1)
    return (card.at_ns - started_ns) / 1e6


_WAYS = (
    _Way("hotkey → request", 20, _press, "second press (XTEST) → first byte of the request at the PBX"),
    _Way("copied → card", 60, _copy, "xclip started → the card's window mapped"),
    _Way("link → card", 200, _follow_link, "`ringbridge link` started → the card's window mapped"),
)


def _no_button(screen: Screen, card: Shown) -> tuple[int, int]:
    """A place on “Don't call”, which is left of the one large coloured thing on the card."""
    spots = [(x, y) for x, y in screen.colourful(card) if x > card.x + card.width // 2]
    if not spots:
        raise MeasureFailed("no button can be seen on the card")
    return min(x for x, _ in spots) - 30, sorted(y for _, y in spots)[len(spots) // 2]


def _report(found: dict[str, list[float]], lost: dict[str, int], woken: int, lasted_s: float) -> Report:
    bars = [
        Bar(
            what=f"{way.name}, median",
            value=median(found[way.name]),
            limit=way.limit_ms,
            unit="ms",
            samples=len(found[way.name]),
            digits=1,
        )
        for way in _WAYS
    ]
    bars.append(
        Bar(what=f"wake-ups in {IDLE_S} s afterwards", value=float(woken), limit=0, unit="", samples=1, digits=0)
    )
    rows = [
        (
            way.name,
            *(shown(percentile(found[way.name], percent)) for percent in (50, 90, 99, 100)),
            str(lost[way.name]),
            way.measured,
        )
        for way in _WAYS
    ]
    notes = (
        table(("ms", "median", "p90", "p99", "longest", "lost", "from → to"), rows),
        f"Idle: {woken} voluntary context switches of all threads within {lasted_s:.0f} s.",
    )
    samples = {name: [{"ms": ms} for ms in times] for name, times in found.items()}
    return Report(bars=tuple(bars), notes=notes, samples=samples)
