"""What goes wrong around the program on a real desktop: it says so, goes on, and its window never hangs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import key_holder, lock_services, x11_owner
from support.desktop import Desktop, require_desktop
from support.workplace import HOTKEY, Pulse, Workplace

TESTS = Path(__file__).parents[1]
RESPONSIVE_S = 0.25  # what blocks for good does so for seconds; tests share their processor with others
BEATS = 40
MODES = ["hang", "hang_text", "die", "incr", "huge", "late", "refuse"]
SAVER = ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def shared() -> Iterator[Workplace]:
    require_desktop(keyring="unlocked")
    with Desktop(keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start()
        yield place


@pytest.fixture
def fresh() -> Iterator[tuple[Desktop, Workplace]]:
    require_desktop(keyring="unlocked")
    with Desktop(keyring="unlocked") as desktop, Workplace(desktop) as place:
        yield desktop, place


def x11_desktop(place: Workplace) -> Desktop:
    assert isinstance(place.desktop, Desktop)
    return place.desktop


def pulse_of(desktop: Desktop) -> Pulse:
    return Pulse(desktop.env["DBUS_SESSION_BUS_ADDRESS"], desktop.tray_item())


def own(desktop: Desktop, selection: str, mode: str) -> "subprocess.Popen[str]":
    """Start a program that owns a selection and behaves badly."""
    owner = desktop.spawn(
        [sys.executable, x11_owner.__file__, selection, mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    assert "owns" in owner.stdout.readline()
    return owner


def wait_until_asked(owner: "subprocess.Popen[str]") -> None:
    assert owner.stdout is not None
    assert "asked" in owner.stdout.readline()


@pytest.mark.parametrize("mode", MODES)
def test_a_program_that_copies_and_does_not_answer_holds_nobody_up(shared: Workplace, mode: str) -> None:
    number = 400 + MODES.index(mode)
    desktop = x11_desktop(shared)
    with pulse_of(desktop) as pulse:
        owner = own(desktop, "CLIPBOARD", mode)
        wait_until_asked(owner)
        desktop.wait_for(lambda: pulse.beats >= BEATS, 20, "the program's pulse")
        desktop.copy(f"212-555-0{number}")
        shared.wait_for_offer(f"+1 212-555-0{number}")
        owner.kill()
    assert pulse.longest_s < RESPONSIVE_S
    assert shared.asked() == {}


def test_the_hotkey_on_a_selection_that_is_not_given_says_so_and_works_again(shared: Workplace) -> None:
    desktop = x11_desktop(shared)
    with pulse_of(desktop) as pulse:
        owner = own(desktop, "PRIMARY", "hang")
        desktop.press(HOTKEY)
        wait_until_asked(owner)
        desktop.wait_for(lambda: pulse.beats >= 2 * BEATS, 20, "the program's pulse")
        owner.kill()
    assert pulse.longest_s < RESPONSIVE_S
    desktop.copy("212-555-0410", "primary")
    shared.press_until_it_rings("2125550410")
    assert shared.asked() == {"2125550410": 1}


def test_a_hotkey_of_another_program_is_named_and_the_rest_works(fresh: tuple[Desktop, Workplace]) -> None:
    desktop, place = fresh
    holder = desktop.spawn(
        [sys.executable, key_holder.__file__, "control+mod1", "k"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert b"holds" in holder.stdout.readline()
    place.start()
    desktop.wait_for(lambda: any("Ctrl+Alt+K" in label for label in place.menu_labels()), 10, "the notice")
    desktop.copy("212-555-0142")
    place.wait_for_offer("+1 212-555-0142")
    holder.kill()


def test_a_hotkey_of_the_window_manager_is_named_too() -> None:
    require_desktop(wm="xfwm4", keyring="unlocked")
    settings: dict[str, str | int] = {"hotkeys.dial_selection": "Ctrl+Alt+D"}  # with which XFCE shows the desktop
    with Desktop(wm="xfwm4", keyring="unlocked") as desktop, Workplace(desktop, settings) as place:
        place.start()
        desktop.wait_for(lambda: any("Ctrl+Alt+D" in label for label in place.menu_labels()), 10, "the notice")


def test_a_keyring_that_hangs_delays_the_call_and_nothing_else(fresh: tuple[Desktop, Workplace]) -> None:
    desktop, place = fresh
    place.start()
    with pulse_of(desktop) as pulse:
        os.kill(desktop.pids["keyring"], signal.SIGSTOP)
        try:
            dial = desktop.spawn([place.command, "dial", "212 555 0142"])
            desktop.copy("212-555-0143")
            place.wait_for_offer("+1 212-555-0143")
            desktop.wait_for(lambda: pulse.beats >= 2 * BEATS, 20, "the program's pulse")
            assert place.asked() == {}
        finally:
            os.kill(desktop.pids["keyring"], signal.SIGCONT)
        assert dial.wait(30) == 0
    assert pulse.longest_s < RESPONSIVE_S
    assert place.asked() == {"2125550142": 1}


def test_a_locked_keyring_is_told_and_nothing_is_sent(fresh: tuple[Desktop, Workplace]) -> None:
    desktop, place = fresh
    desktop.bus.lock_collection("login")
    desktop.wait_for(lambda: desktop.bus.collection_locked("login"), 10, "the keyring to be locked")
    place.start()
    with pulse_of(desktop) as pulse:
        done = place.run("dial", "212 555 0142")
        assert (done.returncode, "keyring" in done.stderr.lower()) == (8, True)
        desktop.copy("212-555-0143")
        place.wait_for_offer("+1 212-555-0143")
    assert pulse.longest_s < RESPONSIVE_S
    assert place.asked() == {}


class Lock:
    """The desktop's screen lock."""

    def __init__(self, desktop: Desktop) -> None:
        self._service = desktop.spawn(
            [sys.executable, "-m", lock_services.__name__, *SAVER],
            env={"PYTHONPATH": str(TESTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._hears("owns")

    def tell(self, command: str) -> None:
        assert self._service.stdin is not None
        self._service.stdin.write(f"{command}\n")
        self._service.stdin.flush()
        self._hears("done")

    def _hears(self, word: str) -> None:
        assert self._service.stdout is not None
        assert self._service.stdout.readline() == f"{word}\n"


def test_behind_a_locked_screen_nothing_dials(fresh: tuple[Desktop, Workplace]) -> None:
    desktop, place = fresh
    lock = Lock(desktop)
    place.start()
    lock.tell("lock")
    assert place.run("dial", "212 555 0142").returncode == 7
    assert place.run("link", "tel:+12125550142").returncode == 7
    desktop.copy("212-555-0142", "primary")
    for _ in range(3):
        desktop.press(HOTKEY)
    done = place.run("dial", "212 555 0143")
    assert (done.returncode, "lock" in done.stderr) == (7, True)
    assert place.asked() == {}
    lock.tell("unlock")
    place.press_until_it_rings("2125550142")
    assert place.asked() == {"2125550142": 1}


def test_a_countdown_ends_without_a_call_when_the_screen_locks() -> None:
    require_desktop(keyring="unlocked")
    with Desktop(keyring="unlocked") as desktop, Workplace(desktop, {"confirm.countdown_s": 3}) as place:
        lock = Lock(desktop)
        place.start()
        desktop.copy("212-555-0142", "primary")
        desktop.press(HOTKEY)
        before = place.card().height

        def counting() -> bool:  # the countdown's card is another one
            desktop.press(HOTKEY)
            return any(card.height != before for card in place.cards())

        desktop.wait_for(counting, 10, "the countdown")
        lock.tell("lock")
        desktop.wait_for(lambda: not place.cards(), 2, "the card to go")
        with pulse_of(desktop) as pulse:
            desktop.wait_for(lambda: pulse.beats >= 500, 20, "the time of the countdown")
        assert place.asked() == {}
