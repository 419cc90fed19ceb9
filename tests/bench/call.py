"""From the click on the card's Call button to the request at the PBX, over a connection that is open already."""

import time

from bench.bars import Bar, Report, median, percentile, shown
from bench.pbx import Pbx
from bench.screen import Screen, Shown
from bench.stage import MeasureFailed, Stage, save_password, stage
from bench.startup import FURNISHED

ROUNDS = 15
_SEEN_S = 10.0
_SETTLED_S = 0.6
"""The card takes no click in its first 300 ms; and the connection is opened while it is looked at."""
_ARRIVES_S = 10.0
_NEWS_STAYS_S = 15.0
_STRIP_COMES_S = 0.4
"""Until the call strip stands in the card's place: the next round waits for a card, not for it."""
_HELD_S = 0.06  # a person's click


def measure(rounds: int | None) -> Report:
    """Copy a number, wait for the card, click Call; each round another number."""
    rounds = rounds or ROUNDS
    with Pbx() as pbx, stage(wm=True, keyring=True) as place:
        save_password(place.desktop, pbx.url)
        home = place.home(url=pbx.url)
        with place.running(FURNISHED, home) as process, Screen(place.desktop.display) as screen:
            place.wait_ready(FURNISHED, process, home)
            first_ms = _call_once(place, screen, pbx, process.pid, 0)
            opened = pbx.connections
            latencies_ms = [_call_once(place, screen, pbx, process.pid, number + 1) for number in range(rounds)]
            opened = pbx.connections - opened
    bars = (
        Bar(what="Call → request, median", value=median(latencies_ms), limit=5, unit="ms", samples=rounds, digits=1),
    )
    notes = (
        f"Mouse button let go (XTEST) → the request whole at a PBX on this machine; {rounds} calls after "
        f"the first, for which {opened} new connections were opened.",
        "In between: X server, Qt, card, gate, the history's row on the disk, the password, HTTP over loopback.",
        f"p90 {shown(percentile(latencies_ms, 90))} ms, longest {shown(max(latencies_ms))} ms; the very first call "
        f"took {shown(first_ms)} ms.",
    )
    return Report(bars=bars, notes=notes, samples={"call": [{"ms": ms} for ms in latencies_ms]})


def _call_once(place: Stage, screen: Screen, pbx: Pbx, pid: int, number: int) -> float:
    screen.point(1, 1)
    screen.forget()
    pbx.forget_calls()
    place.desktop.copy(f"+1 212 555 {number:04}")
    card = screen.wait_window(pid, _SEEN_S)
    time.sleep(_SETTLED_S)
    screen.point(*_call_button(screen, card))
    time.sleep(_HELD_S)
    screen.press()
    time.sleep(_HELD_S)
    released_ns = screen.release()
    arrived_ns = pbx.wait_call(_ARRIVES_S)
    if arrived_ns is None:
        raise MeasureFailed("a click on the card's button called nobody")
    screen.point(1, 1)  # a card under the pointer stays
    screen.wait_gone(card.window, _NEWS_STAYS_S)
    time.sleep(_STRIP_COMES_S)
    return (arrived_ns - released_ns) / 1e6


def _call_button(screen: Screen, card: Shown) -> tuple[int, int]:
    """The middle of the button: the one large coloured thing on the card but for the bar at its edge."""
    spots = screen.colourful(card)
    if not spots:
        raise MeasureFailed("no button can be seen on the card")
    xs, ys = sorted(x for x, _ in spots), sorted(y for _, y in spots)
    return xs[len(xs) // 2], ys[len(ys) // 2]
