import sys

import pytest

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.shortcuts.choose import holder_of, shortcut_installer
from ringbridge.desktop.shortcuts.command import command_of
from ringbridge.desktop.shortcuts.port import ShortcutsUnreachable, ShortcutWish
from ringbridge.desktop.shortcuts.tools import run_tool


@pytest.mark.parametrize(
    ("desktop", "name"),
    [
        ("KDE", "KDE"), ("XFCE", "Xfce"), ("X-Cinnamon", "Cinnamon"), ("ubuntu:GNOME", "GNOME"),
        ("Budgie:GNOME", "GNOME"), ("sway", "none"), ("", "none"),
    ],
)  # fmt: skip
def test_each_desktop_has_its_way(monkeypatch: pytest.MonkeyPatch, desktop: str, name: str) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    assert shortcut_installer().name == name


def test_a_desktop_that_takes_none_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "sway")
    installer = shortcut_installer()
    assert installer.availability().reason == "no_shortcut_settings"
    assert (installer.installed(), installer.remove(), holder_of("F7")) == ({}, (), "")
    with pytest.raises(ShortcutsUnreachable):
        installer.install(ShortcutWish(HotkeyAction.REDIAL, "F7", "Redial", ("x",)))


def test_a_desktop_that_does_not_answer_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert holder_of("F7") == ""
    assert shortcut_installer().availability().reason == "no_shortcut_settings"
    with pytest.raises(ShortcutsUnreachable):
        shortcut_installer().holder("F7")


def test_the_command_has_the_whole_path_and_the_profile() -> None:
    command = command_of(HotkeyAction.DIAL_SELECTION, "work")
    assert command[0].startswith("/")
    assert command[-4:] == ("--profile", "work", "dial", "--selection")
    assert command_of(HotkeyAction.QUICK_DIAL, "")[-1] == "show"


def test_a_frozen_program_is_its_own_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/ringbridge/ringbridge")
    assert command_of(HotkeyAction.REDIAL, "") == ("/opt/ringbridge/ringbridge", "redial")


def test_a_tool_that_fails_or_is_not_there_is_unreachable() -> None:
    with pytest.raises(ShortcutsUnreachable, match="No such file"):
        run_tool("/nowhere/tool")
    with pytest.raises(ShortcutsUnreachable, match="exit code 1"):
        run_tool("false")
    assert run_tool("echo", "said") == "said\n"
