"""`ringbridge hotkey`, and what `doctor` says of hotkeys; the desktop's settings are a test's own."""

from typing import Any

import pytest

from ringbridge.commands import hotkey_facts
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.null import HotkeyNull
from ringbridge.desktop.ports import REMEDY_KEYS, Availability
from ringbridge.desktop.shortcuts.port import ShortcutsUnreachable, ShortcutTaken, ShortcutWish
from support.command_line import Home
from support.fake_program import FakeProgram, answer

DIAL, REDIAL = HotkeyAction.DIAL_SELECTION, HotkeyAction.REDIAL


class PaperDesktop:
    """A `ShortcutInstaller` that keeps its entries in memory."""

    name = "Paper"

    def __init__(self) -> None:
        self.usable = True
        self.keys: dict[HotkeyAction, ShortcutWish] = {}
        self.others: dict[str, str] = {}
        self.broken = False

    def availability(self) -> Availability:
        return Availability(usable=self.usable, reason="" if self.usable else "no_shortcut_settings")

    def installed(self) -> dict[HotkeyAction, str]:
        return {action: wish.combination for action, wish in self.keys.items()}

    def holder(self, combination: str) -> str:
        return self.others.get(combination, "")

    def install(self, wish: ShortcutWish) -> None:
        if self.broken:
            raise ShortcutsUnreachable("disk full")
        if wish.combination in self.others:
            raise ShortcutTaken(self.others[wish.combination])
        self.keys[wish.action] = wish

    def remove(self, *, but: Any = ()) -> tuple[HotkeyAction, ...]:
        gone = tuple(action for action in self.keys if action not in but)
        for action in gone:
            del self.keys[action]
        return gone


@pytest.fixture
def paper(home: Home, monkeypatch: pytest.MonkeyPatch) -> PaperDesktop:
    """A desktop that takes keys, and on which Ringbridge can take none."""
    paper = PaperDesktop()
    null = HotkeyNull(reason="not_on_wayland", remedy=REMEDY_KEYS)
    monkeypatch.setattr(hotkey_facts, "shortcut_installer", lambda _profile: paper)
    monkeypatch.setattr(hotkey_facts, "hotkey_backends", lambda: (null,))
    return paper


def set_keys(home: Home, **keys: str) -> None:
    for name, combination in keys.items():
        assert home.run("config", "set", f"hotkeys.{name}", combination).code == 0


def test_the_keys_of_the_settings_are_entered(home: Home, paper: PaperDesktop) -> None:
    set_keys(home, dial_selection="Ctrl+Alt+D", redial="Ctrl+Alt+R")
    ran = home.run("hotkey", "install")
    assert (ran.code, ran.err) == (0, "")
    assert "Paper keeps Ctrl+Alt+R: Redial" in ran.out
    assert paper.keys[DIAL].command[-2:] == ("dial", "--selection")
    assert paper.keys[REDIAL].command[-1] == "redial"
    set_keys(home, redial="")
    assert home.run("hotkey", "install").code == 0
    assert list(paper.keys) == [DIAL]
    assert "Call the selected number" in home.run("hotkey", "remove").out
    assert paper.keys == {}
    assert home.run("hotkey", "remove").out == "The desktop keeps no keys of Ringbridge.\n"


def test_a_key_of_somebody_else_stays_theirs_and_is_named(home: Home, paper: PaperDesktop) -> None:
    paper.others = {"Ctrl+Alt+D": "Terminal"}
    set_keys(home, dial_selection="Ctrl+Alt+D", redial="Ctrl+Alt+R")
    ran = home.run("hotkey", "install")
    assert ran.code == 7
    assert "“Terminal” has Ctrl+Alt+D" in ran.err
    assert list(paper.keys) == [REDIAL]


def test_without_a_key_in_the_settings_there_is_nothing_to_enter(home: Home, paper: PaperDesktop) -> None:
    ran = home.run("hotkey", "install")
    assert ran.code == 7
    assert "ringbridge config set hotkeys.dial_selection" in ran.err


def test_settings_that_can_not_be_changed_are_said(home: Home, paper: PaperDesktop) -> None:
    paper.broken = True
    set_keys(home, redial="F7")
    ran = home.run("hotkey", "install")
    assert (ran.code, ran.err) == (7, "The keyboard settings of Paper can't be changed: disk full.\n")


def test_where_ringbridge_takes_the_keys_itself_none_are_entered(
    home: Home, paper: PaperDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Working(HotkeyNull):
        name = "x11"

        def availability(self) -> Availability:
            return Availability(usable=True)

    monkeypatch.setattr(hotkey_facts, "hotkey_backends", lambda: (Working(),))
    set_keys(home, redial="F7")
    ran = home.run("hotkey", "install")
    assert ran.code == 7
    assert "itself here (x11)" in ran.err
    assert paper.keys == {}


@pytest.mark.parametrize(
    ("desktop", "line"),
    [
        ("sway", "bindsym Ctrl+Mod1+d exec "),
        ("Hyprland", "bind = CTRL ALT, D, exec, "),
        ("labwc:wlroots", '<keybind key="C-A-d"><action name="Execute" command="'),
        ("Odd", "bindsym Ctrl+Mod1+d exec "),
    ],
)
def test_other_desktops_get_a_line_to_copy(
    home: Home, paper: PaperDesktop, monkeypatch: pytest.MonkeyPatch, desktop: str, line: str
) -> None:
    paper.usable = False
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    set_keys(home, dial_selection="Ctrl+Alt+D")
    for ran in (home.run("hotkey", "install"), home.run("hotkey", "show")):
        assert line in ran.out
        assert "dial --selection" in ran.out
    assert home.run("hotkey", "install").code == 7


def test_what_the_running_program_says_is_shown(home: Home, paper: PaperDesktop) -> None:
    row = {"action": "redial", "condition": "taken", "keys": "", "holder": "Terminal", "reason": "", "remedy": ""}
    set_keys(home, redial="Ctrl+Alt+R")
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "ok": True, "mechanism": "x11", "hotkeys": [row]})):
        shown = home.run("hotkey", "show").out
        report = home.run("hotkey", "show", "--json").json
        checks = {check["name"]: check for check in home.run("doctor", "--json").json["checks"]}
    assert "“Terminal” uses Ctrl+Alt+R" in shown
    assert (report["mechanism"], report["running"], report["desktop"]) == ("x11", True, "Paper")
    told = next(row for row in report["hotkeys"] if row["action"] == "redial")
    assert (told["state"], told["combination"]) == ("taken", "Ctrl+Alt+R")
    assert not checks["hotkey"]["ok"]


def test_doctor_tells_each_key_and_what_helps(
    home: Home, paper: PaperDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Working(HotkeyNull):
        name = "portal"

        def availability(self) -> Availability:
            return Availability(usable=True)

    monkeypatch.setattr(hotkey_facts, "hotkey_backends", lambda: (Working(),))
    set_keys(home, redial="Ctrl+Alt+R", dial_selection="Ctrl+Alt+D")
    rows = [
        {"action": "redial", "condition": "no_key", "keys": "", "holder": "", "reason": "", "remedy": ""},
        {
            "action": "dial_selection",
            "condition": "bound",
            "keys": "Meta+F1",
            "holder": "",
            "reason": "",
            "remedy": "",
        },
        {"action": "of_a_later_version", "condition": "bound"},
    ]

    def check() -> dict[str, Any]:
        checks = home.run("doctor", "--json").json["checks"]
        return next(check for check in checks if check["name"] == "hotkey")

    with FakeProgram(
        home.paths.instance_socket, answer({"v": 1, "ok": True, "mechanism": "portal", "hotkeys": rows})
    ):
        found = check()
    assert found["detail"] == (
        "portal; Call the selected number: Meta+F1, as chosen in the desktop's settings; Redial: no key assigned"
    )
    assert (found["ok"], found["remedy"]) == (False, "Choose one in System Settings, Shortcuts: Ringbridge.")
    without = check()
    assert without["ok"]
    assert "Redial: Ctrl+Alt+R (Ringbridge does not run)" in without["detail"]
    set_keys(home, redial="", dial_selection="")
    assert check()["detail"] == "portal; none is set"


def test_doctor_is_content_where_the_desktop_keeps_the_keys(home: Home, paper: PaperDesktop) -> None:
    set_keys(home, redial="Ctrl+Alt+R")
    assert home.run("hotkey", "install").code == 0
    checks = {check["name"]: check for check in home.run("doctor", "--json").json["checks"]}
    assert (checks["hotkey"]["ok"], checks["hotkey"]["detail"]) == (True, "Paper; Redial: Paper keeps Ctrl+Alt+R")


def test_keys_that_the_desktop_keeps_are_shown_without_a_word_on_how_to_enter_them(
    home: Home, paper: PaperDesktop
) -> None:
    set_keys(home, redial="Ctrl+Alt+R")
    assert "hotkey install" in home.run("hotkey", "show").out
    assert home.run("hotkey", "install").code == 0
    shown = home.run("hotkey", "show").out
    assert shown.startswith("Hotkeys: Paper keeps them.\n")
    assert "hotkey install" not in shown


def test_an_action_is_wanted(home: Home) -> None:
    assert home.run("hotkey").code == 2
    assert home.run("hotkey", "dance").code == 2
    assert "install" in home.run("hotkey", "--help").out
