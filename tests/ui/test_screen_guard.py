"""The first wish waits until it is known whether the screen is locked, and never long; real D-Bus."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from support.lock_bus import LockBus

pytestmark = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="D-Bus is Linux's")

GNOME = ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")
NOBODY = "unix:path=/nonexistent/bus"

# As in the program, something is loaded behind what knows the lock before the first wish asks.
ASK = """
import json, time
from PySide6.QtCore import QCoreApplication, QTimer
application = QCoreApplication([])
from ringbridge.ui.buses import Buses
from ringbridge.ui.screen_guard import ScreenGuard
from ringbridge.ui.tasks import GuiInvoker, Lane
invoker = GuiInvoker()
lane = Lane("work", invoker)
heard = []
guard = ScreenGuard(lane=lane, buses=Buses(invoker), was_locked=lambda: heard.append(True))
asked = []
gaps = [time.monotonic()]
ticks = QTimer(interval=10)
ticks.timeout.connect(lambda: gaps.append(time.monotonic()))
ticks.start()
def parts_loaded(_):
    asked.append(time.monotonic())
    guard.when_known(answer)
def answer():
    waited = time.monotonic() - asked[0]
    longest = max(b - a for a, b in zip(gaps, gaps[1:] + [time.monotonic()]))
    print(json.dumps(dict(waited=waited, locked=guard.locked, heard=len(heard), longest=longest)))
    again = []
    guard.when_known(lambda: again.append(True))
    assert again
    guard.close(); guard.close()
    application.quit()
guard.load(); guard.load()
lane.submit(lambda: None, parts_loaded, print)
application.exec()
"""


def ask(session: str, system: str) -> dict[str, Any]:
    env = {"DBUS_SESSION_BUS_ADDRESS": session, "DBUS_SYSTEM_BUS_ADDRESS": system}
    done = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, timeout=60, env=os.environ | env, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def bus() -> Iterator[LockBus]:
    with LockBus() as bus:
        yield bus


def test_a_lock_that_is_told_late_is_waited_for(bus: LockBus) -> None:
    bus.serve(*GNOME, "0.15")
    found = ask(bus.address, NOBODY)
    assert (found["locked"], found["heard"]) == (True, 1)


def test_logind_is_waited_for_too(bus: LockBus) -> None:
    bus.serve("logind")
    bus.tell("logind", "lock")
    assert ask(NOBODY, bus.address)["locked"]


def test_where_nobody_tells_nobody_waits() -> None:
    found = ask(NOBODY, NOBODY)
    assert (found["locked"], found["waited"] < 0.4) == (False, True)


def test_a_service_that_hangs_holds_the_wish_no_longer_than_the_deadline(bus: LockBus) -> None:
    bus.serve("hang", GNOME[0])
    found = ask(bus.address, NOBODY)
    assert not found["locked"]
    assert 0.35 <= found["waited"] < 1.5  # an answer would be waited for 2 s


def test_a_bus_that_hangs_holds_neither_the_wish_nor_the_window(bus: LockBus) -> None:
    bus.freeze()
    found = ask(NOBODY, bus.address)
    assert not found["locked"]
    assert 0.35 <= found["waited"] < 1.5
    assert found["longest"] < 1.0
