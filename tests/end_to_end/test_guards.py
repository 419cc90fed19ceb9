"""The guards in the real program on a real desktop: the screen lock, the policy, the phone that rings first."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.desktop import Desktop, require_desktop
from support.lock_bus import LockBus

RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))
TESTS = Path(__file__).parents[1]
GNOME = ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")
NUMBER = "212 555 0142"

pytestmark = pytest.mark.desktop


class Desk:
    """A desktop with a screen saver and with the demo, or with the program itself."""

    def __init__(self, desktop: Desktop, *, profile: str) -> None:
        self.desktop = desktop
        self.profile = profile

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.desktop.run([RINGBRIDGE, *self.named, *arguments], timeout=60)

    @property
    def named(self) -> list[str]:
        return ["--profile", self.profile] if self.profile else []

    def set(self, **values: str) -> None:
        for key, value in {"guards.night": "allow", "links.ask": "no", "region": "US", **values}.items():
            assert self.run("config", "set", key.replace("__", "."), value).returncode == 0

    def start(self) -> None:
        command = [RINGBRIDGE, "--demo"] if self.profile == "demo" else [RINGBRIDGE, *self.named]
        self.program = self.desktop.spawn(command)
        self.desktop.tray_item(20)
        self.desktop.wait_for(lambda: self.run("recent").returncode == 0, 15, "it to listen")

    def start_and(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Start the demo, and ask for something in the moment in which it listens."""
        socket = Path(self.desktop.env["XDG_RUNTIME_DIR"], "ringbridge/profiles/demo/instance.socket")
        self.program = self.desktop.spawn([RINGBRIDGE, "--demo"])
        self.desktop.wait_for(socket.exists, 20, "it to listen")
        return self.run(*arguments)

    def end(self) -> None:
        self.program.terminate()
        self.program.wait(20)

    def calls(self) -> list[dict[str, Any]]:
        return json.loads(self.run("recent", "--json").stdout)


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    require_desktop()
    with Desktop() as desktop:
        yield desktop


class Saver:
    """A desktop's screen saver."""

    def __init__(self, desktop: Desktop, *arguments: str) -> None:
        self._process = desktop.spawn(
            [sys.executable, "-m", "support.lock_services", *(arguments or GNOME)],
            env={"PYTHONPATH": str(TESTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._line() == b"owns\n"

    def tell(self, command: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{command}\n".encode())
        self._process.stdin.flush()
        assert self._line() == b"done\n"

    def _line(self) -> bytes:
        assert self._process.stdout
        return self._process.stdout.readline()


def test_while_the_screen_is_locked_nothing_is_called_and_nothing_later(desktop: Desktop) -> None:
    saver = Saver(desktop)
    desk = Desk(desktop, profile="demo")
    desk.set(hotkeys__dial_selection="Ctrl+Alt+D", confirm__countdown_s="0")
    desk.start()
    assert desk.run("dial", NUMBER).returncode == 0  # the program hears the screen saver by now
    saver.tell("lock")

    def refused() -> bool:
        ran = desk.run("dial", "212 555 0143", "--yes")
        return ran.returncode == 7 and "The screen is locked" in ran.stderr

    assert refused()
    link = desk.run("link", "tel:+1-212-555-0144")
    assert (link.returncode, "The screen is locked" in link.stderr) == (7, True)
    desktop.copy("212 555 0145", "primary")
    for _ in range(3):
        desktop.press("ctrl+alt+d")
    saver.tell("unlock")
    assert desk.run("dial", "212 555 0146").returncode == 0
    assert [call["dialed"] for call in desk.calls()] == ["2125550146", "2125550142"]
    desk.end()


@pytest.mark.parametrize("wish", [("dial", NUMBER, "--yes"), ("link", "tel:+1-212-555-0144")])
def test_the_first_wish_after_the_start_knows_that_the_screen_is_locked(
    desktop: Desktop, wish: tuple[str, ...]
) -> None:
    saver = Saver(desktop, *GNOME, "0.2")  # is locked, and takes its time to say so
    desk = Desk(desktop, profile="demo")
    desk.set(confirm__countdown_s="0")
    ran = desk.start_and(*wish)
    assert (ran.returncode, "The screen is locked" in ran.stderr) == (7, True)
    saver.tell("unlock")
    assert desk.run("dial", "212 555 0146").returncode == 0
    assert [call["dialed"] for call in desk.calls()] == ["2125550146"]
    desk.end()


def test_the_first_press_of_the_hotkey_knows_that_the_screen_is_locked(desktop: Desktop) -> None:
    Saver(desktop, *GNOME, "0.2")
    desk = Desk(desktop, profile="demo")
    desk.set(hotkeys__dial_selection="Ctrl+Alt+D", confirm__countdown_s="0")
    desktop.copy("212 555 0145", "primary")
    desktop.spawn([RINGBRIDGE, "--demo"])
    desktop.tray_item(20)
    for _ in range(3):
        desktop.press("ctrl+alt+d")
    ran = desk.run("dial", NUMBER, "--yes")
    assert (ran.returncode, "The screen is locked" in ran.stderr) == (7, True)
    assert desk.calls() == []


def test_who_hangs_and_can_not_say_whether_the_screen_is_locked_holds_no_call(desktop: Desktop) -> None:
    Saver(desktop, "hang", GNOME[0])
    with LockBus() as system:
        system.freeze()
        desktop.env["DBUS_SYSTEM_BUS_ADDRESS"] = system.address
        desk = Desk(desktop, profile="demo")
        desk.set(confirm__countdown_s="0")
        assert desk.start_and("dial", NUMBER).returncode == 0
        assert [call["dialed"] for call in desk.calls()] == ["2125550142"]
        desk.end()


def test_the_phone_that_rings_first_is_chosen_in_the_tray(desktop: Desktop) -> None:
    desk = Desk(desktop, profile="")
    desk.set(
        account__line="1001",
        phones__own="Desk|phone|1001, Mobile|number|2125550199",
        account__url="https://pbx.example.com/api/",
    )
    desk.start()
    labels = [entry.label for top in desktop.tray_menu() for entry in top.flat()]
    assert "Ring first: Desk 1001" in labels
    desktop.click_tray_entry("Mobile 2125550199")
    desktop.wait_for(lambda: desk.run("config", "get", "account.line").stdout == "2125550199\n", 10, "the change")
    assert desk.run("config", "get", "account.line_kind").stdout == "number\n"
    desktop.wait_for(
        lambda: "Ring first: Mobile 2125550199" in [entry.label for entry in desktop.tray_menu()], 10, "the menu"
    )
    desk.end()


@pytest.mark.skipif(os.name != "posix", reason="XDG")
def test_a_policy_holds_in_the_program_and_says_so_when_it_is_damaged(desktop: Desktop, tmp_path: Path) -> None:
    policy = tmp_path / "ringbridge" / "policy.toml"
    policy.parent.mkdir()
    policy.write_text('locked = ["guards.never_call", "clipboard.watch"]\n[guards]\nnever_call = ["+1212*"]\n')
    desktop.env["XDG_CONFIG_DIRS"] = f"{tmp_path}:/etc/xdg"
    desk = Desk(desktop, profile="demo")
    desk.set()
    desk.start()
    ran = desk.run("dial", NUMBER, "--yes")
    assert (ran.returncode, "on the list of numbers that are never called" in ran.stderr) == (7, True)
    pause = next(entry for entry in desktop.tray_menu() if entry.label.startswith("Pause"))
    assert not pause.enabled
    desk.end()
    assert desk.calls() == []
    policy.write_text("locked = [")
    desk.start()
    desktop.window("^Ringbridge$")  # the card says so
    ran = desk.run("dial", "+1 900 555 1234", "--yes")
    assert ran.returncode == 7
    assert "Premium-rate numbers are not called" in ran.stderr
    desk.end()


@pytest.mark.skipif(os.name != "posix", reason="XDG")
def test_a_policy_that_comes_and_goes_holds_without_a_new_start(desktop: Desktop, tmp_path: Path) -> None:
    policy = tmp_path / "ringbridge" / "policy.toml"
    policy.parent.mkdir()
    desktop.env["XDG_CONFIG_DIRS"] = f"{tmp_path}:/etc/xdg"
    desk = Desk(desktop, profile="demo")
    desk.set()
    desk.start()
    assert desk.run("dial", NUMBER, "--yes").returncode == 0
    policy.write_text(
        'locked = ["guards.refused_countries", "clipboard.watch"]\n[guards]\nrefused_countries = ["US"]\n'
    )
    ran = desk.run("dial", "212 555 0143", "--yes")
    assert (ran.returncode, "Numbers of this country are not called" in ran.stderr) == (7, True)
    assert not next(entry for entry in desktop.tray_menu() if entry.label.startswith("Pause")).enabled
    policy.write_text("locked = [")
    ran = desk.run("dial", "+1 900 555 1234", "--yes")
    assert (ran.returncode, "Premium-rate numbers are not called" in ran.stderr) == (7, True)
    policy.unlink()
    assert desk.run("dial", "212 555 0144", "--yes").returncode == 0
    desk.set(guards__never_call="+12125550145")
    ran = desk.run("dial", "212 555 0145", "--yes")
    assert (ran.returncode, "on the list of numbers that are never called" in ran.stderr) == (7, True)
    file = Path(desktop.env["HOME"], ".config/ringbridge/profiles/demo/settings.toml")
    file.write_text(file.read_text().replace("0145", "0146"))  # an editor tells nobody
    assert desk.run("dial", "212 555 0145", "--yes").returncode == 0
    assert desk.run("dial", "212 555 0146", "--yes").returncode == 7
    assert [call["dialed"] for call in desk.calls()] == ["2125550145", "2125550144", "2125550142"]
    desk.end()
