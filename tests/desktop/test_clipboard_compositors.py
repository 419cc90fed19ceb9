"""The clipboard under real compositors: sway and KWin tell of copies, GNOME does not and says so."""

import contextlib
import statistics
import sys
import time
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest

from ringbridge.desktop.ports import ReadProblem
from support import other_programs
from support.json_process import JsonProcess
from support.wayland_desktop import WaylandDesktop, require_wayland

LONG_TEXT = "1" * (10 * 1024 * 1024)


@pytest.fixture(scope="module", params=["sway", "kwin"])
def screen(request: pytest.FixtureRequest) -> Generator[WaylandDesktop]:
    """A compositor with data control and nothing else, shared by the tests of this file."""
    require_wayland(request.param, tray=False, notify=False)
    with WaylandDesktop(request.param, tray=False, notify=False) as desktop:
        yield desktop


@pytest.fixture
def driver(screen: WaylandDesktop) -> Generator[JsonProcess]:
    driver = JsonProcess(screen, "clipboard_driver.py", "wayland")
    driver.next(event="ready", timeout_s=20)
    driver.send(do="watch")
    driver.next(event="done")
    read(driver, "clipboard")  # so that the compositor has been heard once
    yield driver
    driver.end()


def read(driver: JsonProcess, buffer: str) -> dict[str, Any]:
    driver.send(do="read", buffer=buffer)
    return driver.next(event="read")


def test_a_copy_arrives_without_the_focus(screen: WaylandDesktop, driver: JsonProcess) -> None:
    screen.copy("call +49 30 901820 – Zoë ☎")
    assert driver.next(event="copied")["text"] == "call +49 30 901820 – Zoë ☎"


def test_what_wl_copy_copies_arrives_each_time(screen: WaylandDesktop, driver: JsonProcess) -> None:
    latencies_ms: list[float] = []
    for number in range(10):
        began = time.monotonic()
        screen.spawn(["wl-copy", "--type", "text/plain", f"+1 212 555 010{number}"])
        copied = driver.next(event="copied")
        assert copied["text"] == f"+1 212 555 010{number}"
        latencies_ms.append((copied["at"] - began) * 1000)
    print(f"with the start of wl-copy: median {statistics.median(latencies_ms):.1f} ms")


def test_the_selection_is_read_without_the_focus(screen: WaylandDesktop, driver: JsonProcess) -> None:
    screen.copy("0800 900 123", "primary")
    driver.quiet_for(0.2, event="copied")
    assert read(driver, "selection")["text"] == "0800 900 123"


def test_a_long_copy_is_refused_and_stays_whole(screen: WaylandDesktop, driver: JsonProcess) -> None:
    screen.copy(LONG_TEXT)
    assert driver.next(event="copied")["problem"] == ReadProblem.TOO_LONG
    assert screen.paste() == LONG_TEXT


def test_what_is_marked_secret_is_not_read(screen: WaylandDesktop, driver: JsonProcess) -> None:
    screen.spawn(["wl-copy", "--type", "x-kde-passwordManagerHint", "secret"])
    copied = driver.next(event="copied")
    assert (copied["text"], copied["problem"]) == ("", ReadProblem.SECRET)


def test_the_end_of_the_compositor_ends_nothing_else() -> None:
    require_wayland("sway", tray=False, notify=False)
    with WaylandDesktop("sway", tray=False, notify=False) as screen:
        driver = JsonProcess(screen, "clipboard_driver.py", "wayland")
        driver.next(event="ready", timeout_s=20)
        driver.send(do="watch")
        driver.next(event="done")
        screen.run(["swaymsg", "exit"])
        give_up_at = time.monotonic() + 10
        while read(driver, "clipboard")["problem"] != ReadProblem.UNSUPPORTED:
            assert time.monotonic() < give_up_at
        assert driver.process.poll() is None
        driver.end()


@pytest.mark.parametrize("compositor", ["sway", "kwin"])
def test_copies_are_seen_again_after_a_crash_of_the_compositor(compositor: Literal["sway", "kwin"]) -> None:
    require_wayland(compositor, tray=False, notify=False)
    with WaylandDesktop(compositor, tray=False, notify=False) as screen:
        driver = JsonProcess(screen, "clipboard_driver.py", "wayland")
        driver.next(event="ready", timeout_s=20)
        driver.send(do="watch")
        driver.next(event="done")
        screen.restart_compositor()

        def is_seen() -> bool:
            screen.copy("12345678")
            with contextlib.suppress(AssertionError):  # one that came while the connection was being made
                return driver.next(event="copied", timeout_s=0.5)["text"] == "12345678"
            return False

        screen.wait_for(is_seen, 10, "a copy to be seen")
        driver.end()


def test_gnome_tells_nothing_and_says_what_helps() -> None:
    require_wayland("gnome", tray=False, notify=False)
    with WaylandDesktop("gnome", tray=False, notify=False) as screen:
        driver = JsonProcess(screen, "clipboard_driver.py", "wayland")
        driver.next(event="ready", timeout_s=20)
        driver.send(do="availability")
        availability = driver.next(event="availability")
        assert (availability["usable"], availability["reason"]) == (False, "no_data_control")
        assert availability["remedy"] == "bind_dial_command"
        assert read(driver, "clipboard")["problem"] == ReadProblem.UNSUPPORTED
        driver.end()


def test_on_gnome_a_program_tells_what_is_selected_by_accessibility(tmp_path: Path) -> None:
    require_wayland("gnome", tray=False, notify=False)
    if reason := other_programs.missing("gtk"):
        pytest.skip(f"{reason} is not installed")
    with WaylandDesktop("gnome", tray=False, notify=False, accessibility=True) as screen:
        screen.env.pop("NO_AT_BRIDGE", None)
        note = tmp_path / "note.txt"
        note.write_text("call +1 212 555 0142")
        screen.spawn(["mousepad", "--disable-server", str(note)])
        screen.focus(screen.wait_for(lambda: screen.windows("note.txt"), 20, "the editor")[0])
        screen.press("ctrl+a")
        code = "from ringbridge.desktop.selection_atspi import focused_selection as f; print(f(2).text)"
        found = partial(screen.run, [sys.executable, "-c", code])
        screen.wait_for(lambda: found().stdout == "call +1 212 555 0142\n", 15, "the selected text")
