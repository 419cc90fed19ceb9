"""The training PBX's time: one thread for everything that happens later, or a hand that turns the clock."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)


class Timer:
    """One action that waits for its time.

    Attributes:
        cancelled: It was called off and will not run.
    """

    __slots__ = ("action", "cancelled")

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        """Call it off. Any thread, safe to call twice or too late."""
        self.cancelled = True


class Clock(Protocol):
    """What the training PBX knows of time."""

    def start(self) -> None:
        """Begin to run what is due."""
        ...

    def stop(self) -> None:
        """Drop what waits and end the clock's thread, if it has one. Safe to call twice."""
        ...

    def now(self) -> float:
        """The time of day in Unix seconds. Any thread."""
        ...

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        """Run `action` in `delay_s` seconds, one action at a time and in the order of their times. Any thread."""
        ...


class _Waiting:
    """Actions by their time; equal times in the order they came. The caller holds the lock."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    def add(self, at: float, action: Callable[[], None]) -> Timer:
        timer = Timer(action)
        heapq.heappush(self._heap, (at, next(self._order), timer))
        return timer

    def next_at(self) -> float | None:
        while self._heap and self._heap[0][2].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop(self) -> tuple[float, Timer]:
        at, _, timer = heapq.heappop(self._heap)
        return at, timer

    def count(self) -> int:
        return sum(not timer.cancelled for _, _, timer in self._heap)

    def clear(self) -> None:
        self._heap.clear()


def _run(timer: Timer) -> None:
    try:
        timer.action()
    except Exception:  # the border of the clock's thread: one bad action must not stop all calls
        log.exception("an action of the training PBX failed")


class RealClock:
    """Time as it passes: one thread, parked while nothing waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting = _Waiting()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="training-pbx-clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Drop what waits and end the thread; an action that runs is awaited, unless it is the one that calls."""
        with self._changed:
            self._stopping = True
            self._waiting.clear()
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None

    def now(self) -> float:
        """The computer's time of day in Unix seconds."""
        return time.time()

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        """As `Clock.call_later`; measured with the monotonic clock, so a change of the time of day moves nothing."""
        with self._changed:
            timer = self._waiting.add(time.monotonic() + max(delay_s, 0.0), action)
            if self._stopping:
                self._waiting.clear()
            self._changed.notify_all()
        return timer

    def _loop(self) -> None:
        while True:
            with self._changed:
                while True:
                    if self._stopping:
                        return
                    at = self._waiting.next_at()
                    remaining = None if at is None else at - time.monotonic()
                    if remaining is not None and remaining <= 0:
                        break
                    self._changed.wait(remaining)
                _, timer = self._waiting.pop()
            if not timer.cancelled:
                _run(timer)


class ManualClock:
    """Time that stands still until `advance` turns it: the same calls at the same times, each run."""

    def __init__(self, now: float = 1_234_567_890.0) -> None:
        self._changed = threading.Condition()
        self._waiting = _Waiting()
        self._now = now

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Drop what waits."""
        with self._changed:
            self._waiting.clear()

    def now(self) -> float:
        """The time it was turned to, in Unix seconds."""
        with self._changed:
            return self._now

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        """As `Clock.call_later`; it runs inside a later `advance`, also with a delay of 0."""
        with self._changed:
            timer = self._waiting.add(self._now + max(delay_s, 0.0), action)
            self._changed.notify_all()
        return timer

    def advance(self, seconds: float = 0.0) -> None:
        """Turn the clock on by `seconds`; what is due meanwhile runs on the caller's thread."""
        with self._changed:
            until = self._now + seconds
        while True:
            with self._changed:
                at = self._waiting.next_at()
                if at is None or at > until:
                    self._now = until
                    return
                self._now, timer = self._waiting.pop()
            _run(timer)

    def wait_for_timers(self, count: int, timeout_s: float = 5.0) -> bool:
        """Wait until at least `count` actions wait for their time; False when that took longer than `timeout_s`."""
        with self._changed:
            return self._changed.wait_for(lambda: self._waiting.count() >= count, timeout_s)
