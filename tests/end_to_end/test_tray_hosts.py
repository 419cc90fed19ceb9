"""The icon and what shows it: a panel that is killed and comes back, one that comes late, none at all."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

from support.desktop import Desktop, require_desktop
from support.workplace import LAUNCHER, Workplace

Host = Literal["sni", "xembed", "none"]
HOSTS: tuple[Literal["sni", "xembed"], ...] = ("sni", "xembed")

pytestmark = pytest.mark.desktop


@contextmanager
def workplace(tray: Host) -> Generator[tuple[Desktop, Workplace]]:
    require_desktop(tray=tray, keyring="unlocked")
    with Desktop(tray=tray, keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start()
        yield desktop, place


def icon_is_there(desktop: Desktop, kind: Host) -> bool:
    return len(desktop.tray_items() if kind == "sni" else desktop.embedded_icons("ringbridge")) == 1


def icon_works(desktop: Desktop, kind: Host) -> None:
    """A click on it opens “Call number”, which is closed again."""
    desktop.wait_for(lambda: icon_is_there(desktop, kind), 10, "the icon")

    def opened() -> bool:  # an icon that has just come may not take clicks yet
        if kind == "sni":
            desktop.activate_tray()
        else:
            (icon,) = desktop.embedded_icons("ringbridge")
            desktop.click(icon.x + icon.width // 2, icon.y + icon.height // 2)
        return bool(desktop.windows("^Call number"))

    desktop.wait_for(opened, 10, "the click's answer")
    desktop.focus(desktop.window("^Call number"))
    desktop.press("Escape")
    desktop.wait_for(lambda: not desktop.windows("^Call number"), 10, "the dialog to close")


@pytest.mark.parametrize("kind", HOSTS)
def test_a_panel_that_crashes_and_comes_back_has_the_icon_again(kind: Literal["sni", "xembed"]) -> None:
    with workplace(kind) as (desktop, place):
        icon_works(desktop, kind)
        for _ in range(2):
            desktop.end_part("tray")
            desktop.wait_for(lambda: not icon_is_there(desktop, kind), 10, "the icon to be gone")
            desktop.start_tray(kind)
            icon_works(desktop, kind)
        assert place.program is not None
        assert place.program.poll() is None


@pytest.mark.parametrize("kind", HOSTS)
def test_a_panel_that_comes_late_gets_the_icon(kind: Literal["sni", "xembed"]) -> None:
    with workplace("none") as (desktop, place):
        assert not desktop.embedded_icons("ringbridge")
        desktop.start_tray(kind)
        icon_works(desktop, kind)
        assert place.program is not None
        assert place.program.poll() is None


def test_without_any_panel_a_window_stands_in_and_goes_when_a_panel_comes(tmp_path: Path) -> None:
    with workplace("none") as (desktop, place):
        launcher = desktop.window(LAUNCHER)
        desktop.screenshot(tmp_path / "launcher.png")
        assert place.program is not None
        desktop.focus(launcher)
        desktop.press("Return")  # the button with the focus
        desktop.window("^Call number")
        desktop.press("Escape")
        desktop.wait_for(lambda: not desktop.windows("^Call number"), 10, "the dialog to close")
        desktop.focus(launcher)
        desktop.press("alt+F4")
        desktop.wait_for(lambda: not desktop.windows(LAUNCHER), 10, "the window to go")
        assert place.program.poll() is None
        desktop.copy("212-555-0142")
        place.card()
        assert place.run().returncode == 0
        desktop.window(LAUNCHER)
        assert "no tray" in place.run("doctor").stdout
        desktop.start_tray("sni")
        desktop.wait_for(lambda: not desktop.windows(LAUNCHER), 15, "the window to go")
        icon_works(desktop, "sni")
        assert place.run().returncode == 0
        desktop.window("^Call number")
        assert place.asked() == {}


def test_a_window_in_use_stays_when_a_panel_comes() -> None:
    with workplace("none") as (desktop, _place):
        launcher = desktop.window(LAUNCHER)
        desktop.wait_for(desktop.focused_window, 10, "the focus")
        desktop.focus(launcher)
        desktop.press("Tab")
        desktop.start_tray("sni")
        icon_works(desktop, "sni")
        assert desktop.windows(LAUNCHER)


def test_at_login_without_any_panel_nothing_jumps_up_but_a_second_start_opens_the_window() -> None:
    require_desktop(tray="none", keyring="unlocked")
    with Desktop(tray="none", keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start(at_login=True)
        assert not desktop.windows(LAUNCHER)
        assert place.run().returncode == 0
        desktop.window(LAUNCHER)


def test_show_opens_the_dialog_also_where_the_window_stands_in() -> None:
    with workplace("none") as (desktop, place):
        desktop.window(LAUNCHER)
        assert place.run("show").returncode == 0
        desktop.window("^Call number")


def test_what_works_here_is_shown_from_the_menu(tmp_path: Path) -> None:
    require_desktop(keyring="unlocked")
    with Desktop(keyring="unlocked", accessibility=True) as desktop, Workplace(desktop) as place:
        place.start()
        desktop.click_tray_entry("What works here…")
        desktop.widget("^Copied numbers: works", window="^What works here", timeout_s=20)
        desktop.widget("^PBX: works", window="^What works here")
        desktop.screenshot(tmp_path / "capabilities.png")
        desktop.click_widget("^Look again", window="^What works here")
        desktop.widget("^Look again", window="^What works here")
        desktop.press("Escape")
        desktop.wait_for(lambda: not desktop.windows("^What works here"), 10, "the window to close")
        assert place.asked() == {}
