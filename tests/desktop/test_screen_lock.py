"""Screen lock services on a private bus: real D-Bus, real signals."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringbridge.desktop import screen_lock_ask
from ringbridge.desktop.null import ScreenLockNull
from ringbridge.desktop.screen_lock_macos import ScreenLockMacos
from ringbridge.desktop.screen_lock_names import SAVERS
from support.lock_bus import LockBus

GNOME, FREEDESKTOP = "org.gnome.ScreenSaver", "org.freedesktop.ScreenSaver"
PATHS = {saver.name: saver.path for saver in SAVERS}

WATCH = """
import json, sys, time
from PySide6.QtCore import QCoreApplication, QSocketNotifier
application = QCoreApplication([])
from ringbridge.desktop import screen_lock_dbus
screen_lock_dbus._HEEDED_MS = 300
from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.dbus.values import BusError
def bus(address):
    try:
        made = connect(address)
    except BusError:
        return lambda use: use(None)
    made.run()
    return lambda use: use(made)
lock = screen_lock_dbus.ScreenLockDBus(bus("SYSTEM"), bus("SESSION"))
def say(**what): print(json.dumps(what), flush=True)
before = lock.locked
def known():
    if "known" in sys.argv:
        say(known=lock.locked)
lock.watch(lambda locked: say(locked=locked, same=lock.locked == locked), known)
say(usable=lock.availability().usable, locked=before)
def command():
    line = sys.stdin.readline().strip()
    if line == "wakeups":
        say(wakeups=int(open("/proc/self/status").read().split("voluntary_ctxt_switches:")[1].split()[0]))
    else:
        lock.close(); lock.close(); application.quit()
notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
notifier.activated.connect(command)
application.exec()
"""


class Watcher:
    """A process that watches the lock."""

    def __init__(self, session: str, system: str, *arguments: str) -> None:
        import os

        env = {"DBUS_SESSION_BUS_ADDRESS": session, "DBUS_SYSTEM_BUS_ADDRESS": system}
        self._process = subprocess.Popen(
            [sys.executable, "-c", WATCH, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | env,
        )

    def next(self) -> dict[str, Any]:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def ask(self, command: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def close(self) -> None:
        self.ask("quit")
        assert self._process.wait(10) == 0
        assert self._process.stdout
        assert self._process.stdin
        self._process.stdout.close()
        self._process.stdin.close()


LOCKED, UNLOCKED = {"locked": True, "same": True}, {"locked": False, "same": True}
NOBODY = "unix:path=/nonexistent/bus"


@pytest.fixture
def session() -> Iterator[LockBus]:
    with LockBus() as bus:
        yield bus


@pytest.fixture
def system() -> Iterator[LockBus]:
    with LockBus() as bus:
        yield bus


@pytest.mark.parametrize("name", [GNOME, FREEDESKTOP])
def test_a_screen_saver_tells_of_lock_and_unlock(session: LockBus, name: str) -> None:
    session.serve(name, PATHS[name])
    watcher = Watcher(session.address, NOBODY)
    assert watcher.next() == {"usable": True, "locked": False}
    session.tell(name, "lock")
    assert watcher.next() == LOCKED
    session.tell(name, "unlock")
    assert watcher.next() == UNLOCKED
    watcher.close()


def test_a_screen_that_is_locked_already_is_known(session: LockBus) -> None:
    session.serve(GNOME, PATHS[GNOME])
    session.tell(GNOME, "lock")
    watcher = Watcher(session.address, NOBODY)
    assert watcher.next()["locked"] is False
    assert watcher.next() == LOCKED
    watcher.close()


def test_it_tells_when_all_have_answered(session: LockBus, system: LockBus) -> None:
    session.serve(GNOME, PATHS[GNOME], "0.3")
    system.serve("logind")
    watcher = Watcher(session.address, system.address, "known")
    assert watcher.next() == {"usable": True, "locked": False}
    assert watcher.next() == LOCKED
    assert watcher.next() == {"known": True}
    watcher.close()


def test_where_nobody_answers_that_is_known_too(session: LockBus) -> None:
    watcher = Watcher(session.address, NOBODY, "known")
    assert watcher.next() == {"usable": True, "locked": False}
    assert watcher.next() == {"known": False}
    watcher.close()


def test_without_a_bus_it_is_known_at_once() -> None:
    watcher = Watcher(NOBODY, NOBODY, "known")
    assert watcher.next() == {"known": False}
    watcher.close()


def test_a_screen_saver_that_comes_later_is_heard(session: LockBus) -> None:
    watcher = Watcher(session.address, NOBODY)
    assert watcher.next() == {"usable": True, "locked": False}
    session.serve(FREEDESKTOP, PATHS[FREEDESKTOP])
    session.tell(FREEDESKTOP, "lock")
    assert watcher.next() == LOCKED
    watcher.close()


def test_a_locker_that_dies_locks_nothing(session: LockBus) -> None:
    session.serve(GNOME, PATHS[GNOME])
    watcher = Watcher(session.address, NOBODY)
    watcher.next()
    session.tell(GNOME, "lock")
    assert watcher.next() == LOCKED
    session.end(GNOME)
    assert watcher.next() == UNLOCKED
    watcher.close()


def test_logind_tells_by_its_hint(system: LockBus) -> None:
    system.serve("logind")
    watcher = Watcher(NOBODY, system.address)
    assert watcher.next() == {"usable": True, "locked": False}
    system.tell("logind", "lock")
    assert watcher.next() == LOCKED
    system.tell("logind", "unlock")
    assert watcher.next() == UNLOCKED
    watcher.close()


def test_a_wish_to_lock_counts_at_once_and_not_for_ever(system: LockBus) -> None:
    system.serve("logind")
    watcher = Watcher(NOBODY, system.address)
    watcher.next()
    system.tell("logind", "ask_lock")
    assert watcher.next() == LOCKED
    assert watcher.next() == UNLOCKED  # no locker confirmed it
    system.tell("logind", "ask_lock")
    assert watcher.next() == LOCKED
    system.tell("logind", "ask_unlock")
    assert watcher.next() == UNLOCKED
    watcher.close()


def test_while_one_of_two_says_so_the_screen_is_locked(session: LockBus, system: LockBus) -> None:
    session.serve(GNOME, PATHS[GNOME])
    system.serve("logind")
    watcher = Watcher(session.address, system.address)
    watcher.next()
    session.tell(GNOME, "lock")
    assert watcher.next() == LOCKED
    system.tell("logind", "lock")
    session.tell(GNOME, "unlock")
    system.tell("logind", "unlock")
    assert watcher.next() == UNLOCKED
    watcher.close()


def test_without_a_bus_nobody_tells(session: LockBus) -> None:
    watcher = Watcher(NOBODY, NOBODY)
    assert watcher.next() == {"usable": False, "locked": False}
    watcher.close()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_watching_wakes_nobody(session: LockBus, system: LockBus) -> None:
    session.serve(GNOME, PATHS[GNOME])
    system.serve("logind")
    watcher = Watcher(session.address, system.address)
    watcher.next()
    session.tell(GNOME, "lock")
    watcher.next()  # by now all questions are answered
    watcher.ask("wakeups")
    before = watcher.next()["wakeups"]
    quiet_until = time.monotonic() + 2.5
    while time.monotonic() < quiet_until:
        time.sleep(0.5)  # nothing is to happen, and no event tells of nothing
    watcher.ask("wakeups")
    assert watcher.next()["wakeups"] - before <= 3  # the two questions themselves
    watcher.close()


@pytest.fixture
def buses(session: LockBus, system: LockBus, monkeypatch: pytest.MonkeyPatch) -> tuple[LockBus, LockBus]:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session.address)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", system.address)
    return session, system


def test_a_command_asks_the_same_services(buses: tuple[LockBus, LockBus]) -> None:
    session, system = buses
    assert not screen_lock_ask.screen_is_locked()
    session.serve(GNOME, PATHS[GNOME])
    system.serve("logind")
    assert not screen_lock_ask.screen_is_locked(5)
    session.tell(GNOME, "lock")
    assert screen_lock_ask.screen_is_locked(5)
    session.tell(GNOME, "unlock")
    system.tell("logind", "lock")
    assert screen_lock_ask.screen_is_locked(5)


def test_a_service_that_hangs_holds_a_command_only_shortly(buses: tuple[LockBus, LockBus]) -> None:
    session, system = buses
    session.serve("hang", GNOME)
    system.serve("hang", "org.freedesktop.login1")
    started = time.monotonic()
    assert not screen_lock_ask.screen_is_locked(0.2)
    assert time.monotonic() - started < 2


def test_without_any_bus_a_command_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", NOBODY)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", NOBODY)
    assert not screen_lock_ask.screen_is_locked()


def test_where_there_is_none_it_says_so() -> None:
    lock = ScreenLockNull()
    assert (lock.availability().usable, lock.availability().reason, lock.locked) == (False, "no_bus", False)
    known: list[bool] = []
    lock.watch(lambda _locked: pytest.fail("nobody locks"), lambda: known.append(lock.locked))
    assert known == [False]
    lock.close()


@pytest.mark.skipif(sys.platform == "darwin", reason="here it can tell")
def test_a_system_without_quartz_is_not_locked() -> None:
    assert not ScreenLockMacos().locked


def test_the_module_is_imported_by_nobody_on_the_way_up() -> None:
    source = Path(screen_lock_ask.__file__).with_name("choose.py").read_text()
    assert "\nfrom ringbridge.desktop.screen_lock" not in source
