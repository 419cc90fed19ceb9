"""How the tray program starts: without a screen, beside another one, and right after one."""

import sys
from pathlib import Path

import pytest

from support.command_line import run_process
from support.desktop import Desktop, require_desktop

RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))


def test_without_a_screen_it_says_so_instead_of_crashing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    done = run_process()
    assert done.returncode == 7
    assert b"no graphical desktop" in done.stderr


@pytest.mark.desktop
def test_five_starts_at_once_make_one_program() -> None:
    require_desktop()
    with Desktop() as desktop:
        programs = [desktop.spawn([RINGBRIDGE]) for _ in range(5)]
        desktop.wait_for(
            lambda: sum(program.poll() is not None for program in programs) == 4, 30, "four to hand over"
        )
        assert sorted(program.poll() or 0 for program in programs) == [0] * 5
        assert len(desktop.tray_items()) == 1
        desktop.window("^Call number")


@pytest.mark.desktop
def test_a_start_right_after_quit_makes_a_new_program() -> None:
    require_desktop()
    with Desktop() as desktop:
        first = desktop.spawn([RINGBRIDGE])
        desktop.tray_item()
        first.terminate()
        second = desktop.spawn([RINGBRIDGE])
        assert first.wait(20) == 0
        desktop.wait_for(lambda: len(desktop.tray_items()) == 1, 20, "the new icon")
        assert second.poll() is None
        second.terminate()
        assert second.wait(20) == 0


@pytest.mark.desktop
def test_the_menu_opens_both_dialogs() -> None:
    require_desktop()
    with Desktop() as desktop:
        desktop.spawn([RINGBRIDGE])
        desktop.click_tray_entry("Settings…")
        desktop.window("^Settings")
        desktop.press("Escape")
        desktop.click_tray_entry("Call number…")
        desktop.window("^Call number")
