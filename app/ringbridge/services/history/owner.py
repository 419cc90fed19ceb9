"""Which process places a call, whether it still lives, and a clock that nobody sets."""

import time
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")
_STATE, _STARTED = 0, 19  # fields 3 and 22 of proc(5) stat; the first two, pid and name, are cut off


class Uptime(NamedTuple):
    """A moment on the computer's own clock.

    Attributes:
        boot: Names this start of the computer, or empty where the system has no such name.
        us: Microseconds, only comparable under the same `boot`; time asleep counts where the system can tell.
    """

    boot: str
    us: int


def read_uptime() -> Uptime:
    """Now, on the clock that nobody sets."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        boot = ""  # Windows, macOS
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    now_ns = time.clock_gettime_ns(clock) if clock is not None else time.monotonic_ns()
    return Uptime(boot=boot, us=now_ns // 1000)


def elapsed_s(*, then: Uptime, then_us: int, now: Uptime, now_us: int) -> float:
    """Seconds since a moment that was noted on both clocks, or infinity when neither clock can tell.

    The wall clock is set by people and by NTP, so within one start of the computer the other one counts.

    Args:
        then: The moment on the computer's own clock.
        then_us: The same moment on the wall clock, microseconds.
        now: Now.
        now_us: Now, microseconds.
    """
    own, wall = (now.us - then.us) / 1e6, (now_us - then_us) / 1e6
    if then.boot and then.boot == now.boot:
        return max(own, 0.0)
    # no name for this start: the smaller one that makes sense, rather ask once too often
    candidates = (wall,) if then.boot or now.boot else (own, wall)
    return min((seconds for seconds in candidates if seconds >= 0), default=float("inf"))


def started(pid: int) -> str | None:
    """When a process began, as text that no later process of the same number shares; None when it is gone.

    Killed and not yet reaped is gone. Linux is asked directly: psutil takes 20 ms to import, and its times move
    when the clock is set.
    """
    if not (_PROC / "self/stat").exists():
        return _started_elsewhere(pid)
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[_STATE] in {"Z", "X", "x"} else f"ticks {fields[_STARTED]}"


def _started_elsewhere(pid: int) -> str | None:
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return f"time {process.create_time():.2f}"
    except psutil.Error:
        return None
