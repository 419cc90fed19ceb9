"""From the settings to the desktop's keys and back to what is said, with a desktop that does as told."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.core.settings import HotkeySettings
from ringbridge.desktop.ports import Availability, HotkeyCondition, HotkeyState, HotkeyWish, Pressed, Told
from ringbridge.ui import hotkey_binding
from ringbridge.ui.hotkey_binding import HotkeyBinding
from ringbridge.ui.notices import Notices, Topic
from ringbridge.ui.tasks import GuiInvoker, Lane
from ringbridge.ui.tray import Tray

DIAL, REDIAL = HotkeyAction.DIAL_SELECTION, HotkeyAction.REDIAL
BOTH = HotkeySettings(dial_selection="Ctrl+Alt+D", redial="Ctrl+Alt+R")


class ObedientDesktop:
    """A `HotkeyBackend` that a test drives."""

    name = "portal"

    def __init__(self) -> None:
        self.bound: list[list[HotkeyWish]] = []
        self.configured = 0
        self.stop: Callable[[], None] | None = None
        self.closed = False

    def availability(self) -> Availability:
        return Availability(usable=True)

    def bind(self, wishes: Sequence[HotkeyWish], pressed: Pressed, told: Told) -> None:
        self.bound.append(list(wishes))
        self.pressed, self.told = pressed, told

    def configure(self) -> bool:
        self.configured += 1
        return True

    def hold_stop_key(self, pressed: Callable[[], None] | None) -> bool:
        self.stop = pressed
        return True

    def close(self) -> None:
        self.closed = True


class Desk:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, refusals: Path) -> None:
        self.desktop = ObedientDesktop()
        monkeypatch.setattr(hotkey_binding, "hotkey_backend", lambda _connect, _profile, _refusals: self.desktop)
        self.holders: dict[str, str] = {}
        self.kept: dict[HotkeyAction, str] = {}
        monkeypatch.setattr(hotkey_binding, "_kept_key_of", lambda action, _profile: self.kept.get(action, ""))
        monkeypatch.setattr(hotkey_binding, "_holder_of", lambda combination: self.holders.get(combination, ""))
        self.tray = Tray()
        self.notices = Notices(self.tray)
        self.acted: list[HotkeyAction] = []
        self.lane = Lane("slow", GuiInvoker())
        self.binding = HotkeyBinding(
            lane=self.lane, notices=self.notices, menu=self.tray.menu, act=self.acted.append, profile="",
            refusals=refusals,
        )  # fmt: skip

    def said(self) -> str:
        return self.notices._sentences.get(Topic.HOTKEY, "")

    def menu(self) -> list[str]:
        submenu = next((action for action in self.tray.menu.actions() if action.objectName() == "hotkeys"), None)
        if submenu is None or not submenu.isVisible():
            return []
        return [action.text() for action in submenu.menu().actions() if action.isVisible()]  # type: ignore[attr-defined]


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(monkeypatch, tmp_path / "hotkeys.json")
    yield desk
    desk.binding.close()
    assert desk.lane.close(5)
    desk.tray.close()


def test_without_keys_nothing_is_asked_of_the_desktop(desk: Desk) -> None:
    desk.binding.apply(HotkeySettings())
    desk.binding.hold_stop_key(None)
    assert desk.desktop.bound == []
    assert desk.menu() == []


def test_each_action_is_wished_for_with_its_words_and_acts(desk: Desk) -> None:
    desk.binding.apply(BOTH)
    assert [(wish.action, wish.combination) for wish in desk.desktop.bound[0]] == [
        (DIAL, "Ctrl+Alt+D"), (REDIAL, "Ctrl+Alt+R")
    ]  # fmt: skip
    assert desk.desktop.bound[0][1].description == "Redial"
    desk.desktop.pressed(REDIAL)
    assert desk.acted == [REDIAL]


def test_every_change_of_the_settings_tries_again(desk: Desk) -> None:
    desk.binding.apply(BOTH)
    desk.binding.apply(BOTH)
    desk.binding.apply(HotkeySettings())
    assert [len(wishes) for wishes in desk.desktop.bound] == [2, 2, 0]
    desk.desktop.pressed(DIAL)  # it was on its way
    assert desk.acted == []


def test_the_keys_that_were_chosen_stand_in_the_menu(desk: Desk) -> None:
    desk.binding.apply(BOTH)
    desk.desktop.told(DIAL, HotkeyState(HotkeyCondition.BOUND, keys="Meta+F1"))
    desk.desktop.told(REDIAL, HotkeyState(HotkeyCondition.BOUND, keys="Ctrl+Alt+R"))
    assert desk.menu() == [
        "Call the selected number: Meta+F1, as chosen in the desktop's settings", "Redial: Ctrl+Alt+R",
        "Choose the keys…",
    ]  # fmt: skip
    assert desk.said() == ""
    desk.binding.apply(HotkeySettings())
    assert desk.menu() == []


def test_the_desktops_own_place_for_keys_opens_from_the_menu(desk: Desk) -> None:
    desk.binding.apply(BOTH)
    desk.desktop.told(DIAL, HotkeyState(HotkeyCondition.NO_KEY))
    submenu = next(action for action in desk.tray.menu.actions() if action.objectName() == "hotkeys").menu()
    next(a for a in submenu.actions() if a.objectName() == "choose_hotkeys").trigger()  # type: ignore[attr-defined]
    assert desk.desktop.configured == 1


def test_who_has_the_key_is_named_where_the_desktop_knows(qtbot: QtBot, desk: Desk) -> None:
    desk.holders = {"Ctrl+Alt+D": "Xfce: move window"}
    desk.binding.apply(BOTH)
    desk.desktop.told(DIAL, HotkeyState(HotkeyCondition.TAKEN))
    desk.desktop.told(REDIAL, HotkeyState(HotkeyCondition.TAKEN))
    assert "another program uses Ctrl+Alt+D" in desk.said()
    qtbot.waitUntil(lambda: "“Xfce: move window” uses Ctrl+Alt+D" in desk.said())
    assert "another program uses Ctrl+Alt+R" in desk.said()
    assert desk.binding.report.states[DIAL].holder == "Xfce: move window"


def test_a_problem_that_is_over_is_said_no_more(desk: Desk) -> None:
    unavailable = Availability(usable=False, reason="portal_gone")
    desk.binding.apply(BOTH)
    for action in (DIAL, REDIAL):
        desk.desktop.told(action, HotkeyState(HotkeyCondition.UNAVAILABLE, availability=unavailable))
    assert desk.said() == "Hotkeys (portal): the desktop's portal went away."  # once for both
    for action in (DIAL, REDIAL):
        desk.desktop.told(action, HotkeyState(HotkeyCondition.BOUND))
    assert desk.said() == ""
    assert desk.binding.report.mechanism == "portal"


def test_keys_that_the_desktop_keeps_are_no_problem(qtbot: QtBot, desk: Desk) -> None:
    desk.kept = {DIAL: "Ctrl+Alt+D"}
    unavailable = HotkeyState(HotkeyCondition.UNAVAILABLE, availability=Availability(usable=False, reason="gone"))
    desk.binding.apply(HotkeySettings(dial_selection="Ctrl+Alt+D"))
    desk.desktop.told(DIAL, unavailable)
    qtbot.waitUntil(lambda: desk.said() == "")
    assert desk.menu()[0] == "Call the selected number: Ctrl+Alt+D"


def test_escape_goes_to_the_desktop_while_it_is_wanted(desk: Desk) -> None:
    stops: list[bool] = []
    desk.binding.hold_stop_key(lambda: stops.append(True))
    assert desk.desktop.stop is not None
    desk.desktop.stop()
    assert stops == [True]
    desk.binding.hold_stop_key(None)
    assert desk.desktop.stop is None


def test_after_the_end_nothing_acts(desk: Desk) -> None:
    desk.binding.apply(BOTH)
    desk.binding.close()
    assert desk.desktop.closed
    desk.desktop.pressed(DIAL)
    desk.desktop.told(DIAL, HotkeyState(HotkeyCondition.TAKEN))
    assert desk.acted == []
    assert desk.said() == ""
