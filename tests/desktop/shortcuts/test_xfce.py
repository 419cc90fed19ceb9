"""Xfce's application shortcuts, with the real xfconfd on a bus and in folders of the test's own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.shortcuts.command import command_of
from ringbridge.desktop.shortcuts.port import ShortcutTaken, ShortcutWish
from ringbridge.desktop.shortcuts.xfce import XfceShortcuts
from support.lock_bus import LockBus

CHANNEL = "xfce4-keyboard-shortcuts"


def xfconfd() -> str | None:
    return next((str(path) for path in Path("/usr/lib").glob("*/xfce4/xfconf/xfconfd")), shutil.which("xfconfd"))


@pytest.fixture
def xfce(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[XfceShortcuts]:
    daemon = xfconfd()
    if daemon is None or shutil.which("xfconf-query") is None:
        pytest.skip("not installed: xfconf")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with LockBus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        process = subprocess.Popen([daemon], env=dict(os.environ), stderr=subprocess.DEVNULL)
        subprocess.run(["gdbus", "wait", "--session", "--timeout", "10", "org.xfce.Xfconf"], check=True)
        yield XfceShortcuts()
        process.terminate()
        process.wait(10)


def wish(combination: str, action: HotkeyAction = HotkeyAction.REDIAL) -> ShortcutWish:
    return ShortcutWish(action, combination, "Redial", command_of(action, ""))


def query(*arguments: str) -> str:
    done = subprocess.run(["xfconf-query", "-c", CHANNEL, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def write(path: str, value: str, kind: str = "string") -> None:
    query("-p", path, "-n", "-t", kind, "-s", value)


def test_a_key_is_entered_moved_and_taken_out_again(xfce: XfceShortcuts) -> None:
    assert xfce.availability().usable
    assert xfce.installed() == {}
    xfce.install(wish("Ctrl+Alt+R"))
    assert xfce.installed() == {HotkeyAction.REDIAL: "<Primary><Alt>r"}
    assert query("-p", "/commands/custom/<Primary><Alt>r").endswith(" redial")
    assert query("-p", "/commands/custom/override") == "true"
    xfce.install(wish("Super+F1"))
    xfce.install(wish("Ctrl+Alt+H", HotkeyAction.HANG_UP))
    assert xfce.installed() == {HotkeyAction.REDIAL: "<Super>F1", HotkeyAction.HANG_UP: "<Primary><Alt>h"}
    assert xfce.remove(but=[HotkeyAction.HANG_UP]) == (HotkeyAction.REDIAL,)
    assert xfce.remove() == (HotkeyAction.HANG_UP,)
    assert xfce.installed() == {}


def test_the_defaults_stay_in_force(xfce: XfceShortcuts) -> None:
    write("/commands/default/<Alt>F2", "xfce4-appfinder --collapsed")
    xfce.install(wish("Ctrl+Alt+R"))
    assert query("-p", "/commands/custom/<Alt>F2") == "xfce4-appfinder --collapsed"


def test_a_key_of_somebody_else_stays_theirs(xfce: XfceShortcuts) -> None:
    write("/commands/custom/override", "true", "bool")
    write("/commands/custom/<Control><Alt>d", "xfce4-terminal --maximize")
    write("/commands/default/<Alt>F3", "not in force")
    write("/xfwm4/default/<Alt>F4", "close_window_key")
    for combination, holder in (("Ctrl+Alt+D", "xfce4-terminal --maximize"), ("Alt+F4", "Xfce: close window")):
        with pytest.raises(ShortcutTaken) as taken:
            xfce.install(wish(combination))
        assert taken.value.holder == holder
    assert xfce.holder("Alt+F3") == ""
    xfce.install(wish("Ctrl+Alt+R"))
    xfce.remove()
    assert query("-p", "/commands/custom/<Control><Alt>d") == "xfce4-terminal --maximize"
    assert query("-p", "/commands/custom/<Alt>F3") == ""


def test_without_xfconf_it_is_not_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert XfceShortcuts().availability().reason == "no_xfconf"
