import threading
import time
from pathlib import Path

import pytest

from ringbridge.training.clock import ManualClock, RealClock


def test_actions_run_in_the_order_of_their_times_and_equal_ones_as_they_came():
    clock, ran = ManualClock(now=100), list[str]()
    clock.call_later(2, lambda: ran.append(f"late {clock.now()}"))
    clock.call_later(1, lambda: ran.append(f"first {clock.now()}"))
    clock.call_later(1, lambda: ran.append(f"second {clock.now()}"))
    clock.advance(1.5)
    assert ran == ["first 101", "second 101"]
    clock.advance(1)
    assert ran == ["first 101", "second 101", "late 102"]
    assert clock.now() == 102.5


def test_an_action_may_call_for_another_one():
    clock, ran = ManualClock(now=0), list[float]()
    clock.call_later(1, lambda: clock.call_later(1, lambda: ran.append(clock.now())) and None)
    clock.advance(5)
    assert ran == [2]


def test_a_cancelled_action_does_not_run():
    clock, ran = ManualClock(), list[str]()
    timer = clock.call_later(1, lambda: ran.append("no"))
    timer.cancel()
    timer.cancel()
    clock.advance(2)
    assert ran == []


def test_a_bad_action_does_not_stop_the_next(caplog: pytest.LogCaptureFixture):
    clock, ran = ManualClock(), list[str]()

    def bad() -> None:
        raise KeyError("x")

    clock.call_later(1, bad)
    clock.call_later(2, lambda: ran.append("next"))
    clock.advance(3)
    assert ran == ["next"]
    assert "an action of the training PBX failed" in caplog.text


def test_waiting_for_timers_has_a_deadline():
    clock = ManualClock()
    assert not clock.wait_for_timers(1, timeout_s=0.01)
    clock.call_later(1, lambda: None)
    assert clock.wait_for_timers(1)
    clock.stop()
    assert not clock.wait_for_timers(1, timeout_s=0.01)


def test_the_real_clock_runs_actions_on_one_thread_of_its_own_in_order():
    clock, ran, done = RealClock(), list[str](), threading.Event()
    clock.start()
    clock.call_later(0.05, lambda: ran.append(threading.current_thread().name))
    clock.call_later(0.02, lambda: ran.append(threading.current_thread().name))
    clock.call_later(0.06, done.set)
    assert done.wait(5)
    clock.stop()
    assert ran == ["training-pbx-clock"] * 2


def test_a_shorter_delay_overtakes_a_longer_one_that_waits_already():
    clock, done = RealClock(), threading.Event()
    clock.start()
    clock.call_later(60, lambda: None)
    clock.call_later(0.01, done.set)
    assert done.wait(5)
    clock.stop()


def test_stop_drops_what_waits_ends_the_thread_and_lets_nothing_run_later():
    clock, ran = RealClock(), list[str]()
    clock.start()
    clock.call_later(0.05, lambda: ran.append("no"))
    clock.stop()
    clock.stop()
    clock.call_later(0, lambda: ran.append("no"))
    assert ran == []
    assert "training-pbx-clock" not in {thread.name for thread in threading.enumerate()}


def test_an_action_may_stop_the_clock():
    clock, done = RealClock(), threading.Event()
    clock.start()

    def stop() -> None:
        clock.stop()
        done.set()

    clock.call_later(0, stop)
    assert done.wait(5)


def test_an_idle_clock_does_not_wake():
    clock = RealClock()
    clock.start()
    done = threading.Event()
    native: list[int | None] = []

    def note() -> None:
        native.append(threading.get_native_id())
        done.set()

    clock.call_later(0, note)
    assert done.wait(5)

    def switches() -> int:
        status = Path(f"/proc/self/task/{native[0]}/status").read_text(encoding="ascii")
        return sum(int(line.split()[1]) for line in status.splitlines() if "ctxt_switches" in line)

    try:
        settled = switches()
        deadline = time.monotonic() + 2
        while (now := switches()) != settled and time.monotonic() < deadline:  # it may still be on its way to sleep
            settled = now
        threading.Event().wait(0.3)
        assert switches() - settled <= 1
    except FileNotFoundError:
        pytest.skip("only Linux tells how often a thread woke")
    finally:
        clock.stop()
