"""The countdown before a first call, in the real program on a real desktop, with real keys and clicks."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.desktop import Desktop, Window, require_desktop

RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))
HOTKEY = "ctrl+alt+d"
SETTINGS = {
    "guards.night": "allow",  # the hour at which a test runs is no part of it
    "links.ask": "no",
    "region": "US",
    "hotkeys.dial_selection": "Ctrl+Alt+D",
    "confirm.countdown_s": "30",
    "card.corner": "top_left",
}

pytestmark = pytest.mark.desktop


class Desk:
    """A desktop with the demo running, and a terminal that has the keys."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.typed = desktop.home / "typed"
        for key, value in SETTINGS.items():
            assert self.run("config", "set", key, value).returncode == 0
        self.program = desktop.spawn([RINGBRIDGE, "--demo"])
        desktop.tray_item(20)
        desktop.wait_for(lambda: self.run("recent").returncode == 0, 15, "it to listen")
        desktop.spawn(["xterm", "-T", "typing", "-geometry", "60x10+500+500", "-e", f"cat -v > {self.typed}"])
        self.terminal = desktop.window("^typing$")
        desktop.focus(self.terminal)

    def run(self, *arguments: str) -> Any:
        return self.desktop.run([RINGBRIDGE, "--profile", "demo", *arguments], timeout=60)

    def calls(self) -> list[dict[str, Any]]:
        return json.loads(self.run("recent", "--json").stdout)

    def count_down(self, number: str = "212 555 0142") -> Window:
        """Select a number, press the hotkey until the countdown runs; returns the card."""
        self.desktop.copy(number, "primary")
        self.desktop.press(HOTKEY)
        offer = self.desktop.wait_for(self._card, 10, "the offer")
        before = offer.height

        def counting() -> Window | None:
            card = self._card()
            return card if card is not None and card.height != before else None

        self.desktop.press(HOTKEY)
        return self.desktop.wait_for(counting, 10, "the countdown")

    def _card(self) -> Window | None:
        return next((window for window in self.desktop.windows("^Ringbridge$") if window.y < 200), None)

    def card_is_gone(self) -> bool:
        return self._card() is None

    def has_focus(self) -> bool:
        focused = self.desktop.focused_window()
        return focused is not None and focused.title == "typing"

    def typed_line(self, text: str) -> str:
        self.desktop.type_keys(text)
        self.desktop.press("Return")
        self.desktop.wait_for(lambda: self.typed.read_text().endswith(f"{text}\n"), 10, "the typed line")
        return self.typed.read_text()


@pytest.fixture
def desk() -> Iterator[Desk]:
    require_desktop()
    with Desktop() as desktop:
        desk = Desk(desktop)
        yield desk
        desk.program.terminate()
        desk.program.wait(20)


def test_escape_stops_it_wherever_the_keys_go(desk: Desk) -> None:
    desk.count_down()
    assert desk.has_focus()
    desk.desktop.type_keys("one ")
    desk.desktop.press("Escape")
    desk.desktop.wait_for(desk.card_is_gone, 10, "the card to go")
    assert desk.has_focus()
    desk.desktop.press("Escape")  # after the countdown the key is the terminal's again
    assert desk.typed_line("two") == "one ^[two\n"
    assert desk.calls() == []


def test_a_click_on_the_card_stops_it(desk: Desk) -> None:
    card = desk.count_down()

    def clicked_away() -> bool:
        desk.desktop.click(card.x + 12, card.y + 12)  # ignored right after the card changed
        return desk.card_is_gone()

    desk.desktop.wait_for(clicked_away, 10, "the card to go")
    assert desk.has_focus()
    assert desk.typed_line("typed") == "typed\n"
    assert desk.calls() == []


def test_another_press_of_the_hotkey_calls_now_and_once(desk: Desk) -> None:
    desk.count_down()

    def pressed() -> list[dict[str, Any]]:
        desk.desktop.press(HOTKEY)  # ignored right after the card changed
        return desk.calls()

    desk.desktop.wait_for(pressed, 10, "the call")
    assert desk.has_focus()
    desk.desktop.wait_for(lambda: desk.calls()[0]["outcome"] == "requested", 10, "the PBX's answer")
    assert [(call["dialed"], call["origin"]) for call in desk.calls()] == [("2125550142", "hotkey")]
    assert desk.typed_line("typed") == "typed\n"


def test_left_alone_it_calls(desk: Desk) -> None:
    assert desk.run("config", "set", "confirm.countdown_s", "1").returncode == 0
    desk.desktop.copy("212 555 0142", "primary")
    desk.desktop.press(HOTKEY)
    desk.desktop.wait_for(desk._card, 10, "the offer")

    def pressed() -> list[dict[str, Any]]:
        if not desk.calls():
            desk.desktop.press(HOTKEY)
        return desk.calls()

    desk.desktop.wait_for(pressed, 20, "the call")
    assert len(desk.calls()) == 1
    assert desk.has_focus()
