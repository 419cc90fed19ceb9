"""The keys of the real program, on X11 and on KDE's Wayland: each press does its thing once."""

import json
from collections.abc import Iterator

import pytest

from ringbridge.training.states import CallPhase
from support.desktop import Desktop, require_desktop
from support.json_process import JsonProcess
from support.wayland_desktop import WaylandDesktop, require_wayland
from support.workplace import Workplace

KEYS: dict[str, str | int] = {
    "hotkeys.dial_selection": "Ctrl+Alt+K",
    "hotkeys.quick_dial": "Ctrl+Alt+N",
    "hotkeys.hang_up": "Ctrl+Alt+H",
    "hotkeys.redial": "Ctrl+Alt+R",
    "calls.repeat_guard_s": 0,
    "account.wait_s": 3,
}

REFUSED, RINGS = "2125557400", "2125557700"

pytestmark = pytest.mark.desktop

AnyDesktop = Desktop | WaylandDesktop


@pytest.fixture(params=["x11", "kwin"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[AnyDesktop, Workplace]]:
    if request.param == "x11":
        require_desktop(keyring="unlocked")
        made: AnyDesktop = Desktop(keyring="unlocked")
    else:
        require_wayland("kwin", portal=True, keyring="unlocked")
        made = WaylandDesktop("kwin", portal=True, keyring="unlocked")
    with made as desktop, Workplace(desktop, KEYS) as place:
        place.start()
        desktop.wait_for(lambda: keys_of(place)["redial"] == "bound", 20, "the keys")
        yield desktop, place


def keys_of(place: Workplace) -> dict[str, str]:
    rows = json.loads(place.run("hotkey", "show", "--json").stdout)["hotkeys"]
    return {row["action"]: row["state"] for row in rows}


def requests(place: Workplace, function: str) -> int:
    lines = (place.desktop.folder / "journal.jsonl").read_text().splitlines()
    return sum(1 for line in map(json.loads, lines) if line["kind"] == "request" and line["function"] == function)


def quick_dial(desktop: AnyDesktop, number: str) -> None:
    desktop.press("ctrl+alt+n")
    desktop.window("^Call number")
    desktop.wait_for(lambda: (now := desktop.focused_window()) and "Call number" in now.title, 10, "the focus")
    desktop.type_keys(number)
    desktop.press("Return")


def test_every_key_does_its_thing_once(place: tuple[AnyDesktop, Workplace]) -> None:
    desktop, at = place
    assert set(keys_of(at).values()) == {"bound"}
    quick_dial(desktop, REFUSED)
    desktop.wait_for(lambda: at.asked()[REFUSED] == 1, 10, "the call")
    desktop.wait_for(lambda: at.recent()[0]["outcome"] == "refused", 10, "the PBX's answer")
    desktop.press("ctrl+alt+r")
    desktop.wait_for(lambda: at.asked()[REFUSED] == 2, 10, "the call again")
    desktop.wait_for(lambda: len(at.recent()) == 2 and at.recent()[0]["outcome"] == "refused", 10, "the answer")
    assert at.recent()[0]["origin"] == "redial"
    quick_dial(desktop, RINGS)
    desktop.wait_for(lambda: at.rung()[RINGS] == 1, 10, "the own phone")
    desktop.wait_for(lambda: at.recent()[0]["callid"], 10, "the call's name")
    desktop.press("ctrl+alt+h")
    desktop.wait_for(lambda: requests(at, "calls/hangup") == 1, 10, "the hang-up")
    desktop.wait_for(lambda: at.pbx.calls[-1].phase is CallPhase.ENDED, 10, "the end of the call")
    desktop.copy("212 555 0142", "primary")
    at.press_until_it_rings("2125550142")
    assert requests(at, "calls/make") == len((REFUSED, REFUSED, RINGS, "2125550142"))
    assert requests(at, "calls/hangup") == 1


def test_a_key_that_another_program_holds_is_named_and_the_others_work() -> None:
    require_desktop()
    with Desktop() as desktop:
        holder = JsonProcess(desktop, "key_holder.py", "control+mod1", "r")
        holder.next(holds=True, timeout_s=20)
        with Workplace(desktop, KEYS) as at:
            at.start()
            desktop.wait_for(lambda: keys_of(at)["redial"] == "taken", 20, "the keys")
            assert keys_of(at)["quick_dial"] == "bound"
            assert "Hotkey “Redial”: another program uses Ctrl+Alt+R." in " ".join(at.menu_labels())
            doctor = at.run("doctor").stdout
            assert "Redial: another program uses Ctrl+Alt+R" in doctor
            holder.end()
            assert at.run("config", "set", "hotkeys.hang_up", "").returncode == 0
            desktop.wait_for(lambda: keys_of(at)["redial"] == "bound", 10, "the key that is free now")


def test_a_key_of_the_desktop_itself_is_named() -> None:
    """Ctrl+Alt+D shows Xfce's desktop, which its window manager has grabbed and its settings tell."""
    require_desktop(wm="xfwm4")
    with Desktop(wm="xfwm4") as desktop:
        desktop.env["XDG_CURRENT_DESKTOP"] = "XFCE"
        with Workplace(desktop, KEYS | {"hotkeys.dial_selection": "Ctrl+Alt+D"}) as at:
            at.start()
            said = "“Xfce: show desktop” uses Ctrl+Alt+D"
            desktop.wait_for(lambda: said in at.run("hotkey", "show").stdout, 20, "the name of who has the key")
            assert "Hotkey “Call the selected number”: “Xfce: show desktop”" in " ".join(at.menu_labels())
            assert keys_of(at)["redial"] == "bound"
            installed = at.run("hotkey", "install")
            assert installed.returncode == 7
            assert "itself here (x11)" in installed.stderr


def test_what_a_key_of_the_desktop_can_not_call_is_said_on_the_screen() -> None:
    require_desktop(keyring="unlocked")
    with Desktop(keyring="unlocked") as desktop, Workplace(desktop) as at:
        at.start()
        assert at.run("dial", "--selection").returncode == 7
        at.card()
        desktop.copy("212 555 0142 or 212 555 0143", "primary")
        assert at.run("dial", "--selection").returncode == 7
        desktop.wait_for(lambda: "Call a copied number" in at.menu_labels(), 10, "both numbers to be offered")
        assert at.asked() == {}
