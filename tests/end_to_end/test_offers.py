"""Fewer offers: muted programs, the pause after unused ones; and a number that another way than PRIMARY told."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.desktop import Desktop, require_desktop
from support.json_process import JsonProcess

RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))
SETTINGS = {
    "guards.night": "allow",  # the hour at which a test runs is no part of it
    "region": "US",
    "hotkeys.dial_selection": "Ctrl+Alt+D",
    "clipboard.pause_after": "2",
    "card.seconds": "0",
}
NUMBERS = ("+1 212 555 0142", "+1 212 555 0143", "+1 212 555 0144", "+1 212 555 0145", "+1 212 555 0146")
PERSON_S = 0.5  # until a person has moved the pointer: the card ignores clicks within 0.3 s of its appearance
ENTRY = "Call +1 212-555-01{}"

pytestmark = pytest.mark.desktop


class Desk:
    """A desktop with the demo running."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        for key, value in SETTINGS.items():
            assert self.run("config", "set", key, value).returncode == 0
        self.program = desktop.spawn([RINGBRIDGE, "--demo"])
        desktop.tray_item(20)
        desktop.wait_for(lambda: self.run("recent").returncode == 0, 15, "it to listen")

    def run(self, *arguments: str) -> Any:
        return self.desktop.run([RINGBRIDGE, "--profile", "demo", *arguments], timeout=60)

    def labels(self) -> list[str]:
        return [entry.label for entry in self.desktop.tray_menu()]

    def wait_for_entry(self, label: str) -> None:
        self.desktop.wait_for(lambda: label in self.labels(), 10, f"the entry {label!r}")

    def copied(self, number: str) -> None:
        """Copy, and wait for the offer."""
        self.desktop.copy(number)
        self.wait_for_entry(ENTRY.format(number[-2:]))

    def is_paused(self) -> bool:
        entries = {entry.label: entry for entry in self.desktop.tray_menu()}
        return entries["Pause clipboard watching"].checked is True

    def shows(self, words: str) -> None:
        self.desktop.widget(words, "label")

    def write(self, number: str, title: str) -> JsonProcess:
        """A window with a number that is selected, and the focus."""
        window = JsonProcess(
            self.desktop, "selecting_window.py", title, number, f"class={title}", env={"QT_QPA_PLATFORM": "xcb"}
        )
        window.next(shown=True, timeout_s=20)
        self.desktop.focus(self.desktop.wait_for(lambda: self.desktop.windows(f"^{title}$"), 10, "the window")[0])
        return window


@pytest.fixture
def desk() -> Iterator[Desk]:
    require_desktop()
    with Desktop(accessibility=True) as desktop:
        yield Desk(desktop)


def test_a_copy_while_our_own_window_has_the_focus_is_not_said_to_be_ours(desk: Desk) -> None:
    assert desk.run("show").returncode == 0
    desk.desktop.window("^Call number")
    desk.desktop.wait_for(
        lambda: (now := desk.desktop.focused_window()) and "Call number" in now.title, 10, "the focus"
    )
    desk.copied(NUMBERS[0])  # xclip has no window, and the server does not know the process that is left of it
    assert not [label for label in desk.labels() if label.startswith("Don't offer copies")]


def test_copies_of_a_muted_program_are_not_offered(desk: Desk) -> None:
    assert desk.run("config", "set", "clipboard.pause_after", "0").returncode == 0
    desk.copied(NUMBERS[4])  # the program watches
    window = desk.write(NUMBERS[0], "Ledger")
    desk.desktop.press("ctrl+c")
    desk.wait_for_entry(ENTRY.format(42))
    desk.desktop.click_tray_entry("Don't offer copies from Ledger")
    desk.shows("Copies in Ledger are not offered any more")

    def muted() -> bool:
        return desk.run("config", "get", "clipboard.muted_apps").stdout == "Ledger\n"

    desk.desktop.wait_for(muted, 10, "the setting")
    desk.desktop.press("ctrl+a", "ctrl+c")
    other = JsonProcess(desk.desktop, "x11_owner.py", "CLIPBOARD", "text", NUMBERS[1])
    desk.wait_for_entry(ENTRY.format(43))  # in order: the copy before it had its turn
    assert ENTRY.format(42) not in desk.labels()
    other.end()
    assert desk.run("config", "set", "clipboard.muted_apps", "other").returncode == 0
    desk.desktop.focus(desk.desktop.windows("^Ledger$")[0])

    def offered() -> bool:
        desk.desktop.press("ctrl+a", "ctrl+c")
        return ENTRY.format(42) in desk.labels()

    desk.desktop.wait_for(offered, 10, "the offer")
    window.end()


def test_unused_offers_in_a_row_pause_until_somebody_resumes(desk: Desk) -> None:
    for number in NUMBERS[:3]:
        desk.copied(number)
    desk.shows("2 offers in a row went unused")
    assert desk.is_paused()
    assert desk.run("config", "get", "clipboard.watch").stdout.strip() == "yes"
    desk.desktop.copy(NUMBERS[3])
    desk.desktop.copy(NUMBERS[4], "primary")
    desk.desktop.press("ctrl+alt+d")  # what is wanted is offered all the same
    desk.wait_for_entry(ENTRY.format(46))
    desk.desktop.click_tray_entry("Pause clipboard watching")
    desk.desktop.wait_for(lambda: not desk.is_paused(), 5, "the end of the pause")
    desk.copied(NUMBERS[3])


def test_the_card_resumes(desk: Desk) -> None:
    for number in NUMBERS[:3]:
        desk.copied(number)
    desk.desktop.widget("^Resume$", "push button")
    time.sleep(PERSON_S)
    desk.desktop.click_widget("^Resume$")
    desk.desktop.wait_for(lambda: not desk.is_paused(), 5, "the end of the pause")
    desk.copied(NUMBERS[3])


def test_the_card_says_how_a_number_was_had_and_calls_nobody(desk: Desk) -> None:
    desk.desktop.copy("my own text")
    window = desk.write(NUMBERS[0], "Ledger")
    desk.desktop.widget("", "text", window="Ledger")
    desk.desktop.run(["xsel", "--primary", "--clear"], check=True)
    desk.desktop.press("ctrl+alt+d")
    desk.wait_for_entry(ENTRY.format(42))
    desk.shows("Read the way screen readers do")
    assert json.loads(desk.run("recent", "--json").stdout) == []
    window.end()
