"""The list of what works here."""

from collections.abc import Generator
from pathlib import Path

import pytest

from ringbridge.core.capability import Capability
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop import capabilities
from ringbridge.desktop.capabilities import MECHANISMS, desktop_capabilities
from support.bus_peer import BusPeer
from support.desktop import Desktop, require_desktop
from support.lock_bus import LockBus
from support.notification_server import NotificationServer
from support.xdg_home import XdgHome

NAMES = [name for name, _ in MECHANISMS]


def found(name: str) -> Capability:
    return next(each for each in desktop_capabilities() if each.name == name)


@pytest.fixture
def lock_bus(monkeypatch: pytest.MonkeyPatch) -> Generator[LockBus]:
    with LockBus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        yield bus


def test_names_are_stable_and_each_has_one_row() -> None:
    assert {
        "hotkeys", "selected_text", "clipboard", "tray", "notifications", "links", "autostart", "screen_lock",
        "dark_mode",
    } <= set(NAMES)  # fmt: skip
    assert [each.name for each in desktop_capabilities()] == NAMES


def test_a_whole_desktop_can_do_nearly_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    require_desktop(notify="xfce4")
    with Desktop(notify="xfce4") as desktop:
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "QT_QPA_PLATFORM"):
            monkeypatch.setenv(name, desktop.env[name])
        rows = {each.name: each for each in desktop_capabilities()}
    for name in ("hotkeys", "selected_text", "clipboard", "tray", "notifications", "dark_mode"):
        assert rows[name].usable, rows[name]
    assert rows["tray"].mechanism == "status_notifier"
    assert rows["notifications"].mechanism == "freedesktop"
    assert rows["hotkeys"].mechanism == "x11"
    assert not rows["links"].usable
    assert rows["links"].reason == "not_set_up"


def test_a_bare_computer_says_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    assert found("tray") == Capability("tray", False, "launcher", "no_tray_host", "start_tray_host")
    assert found("notifications") == Capability("notifications", False, "card", "no_server", "install_notifications")
    assert not found("hotkeys").usable


def on_wayland_without_data_control(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "/nowhere/wayland")


def test_what_is_selected_is_told_by_accessibility_where_the_desktop_keeps_no_selection(
    lock_bus: LockBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_wayland_without_data_control(monkeypatch)
    assert found("selected_text").mechanism == "qt"
    assert found("selected_text").reason == "only_when_focused"
    address = ("s", ("unix:path=/nowhere/a11y",))
    with BusPeer(lock_bus.address, "org.a11y.Bus", {"GetAddress": lambda _call: address}):
        row = found("selected_text")
        assert row == Capability("selected_text", True, "accessibility", "only_describing", "copy_instead")
        assert row.limited


def test_keys_that_the_desktop_keeps_for_us_count(lock_bus: LockBus, monkeypatch: pytest.MonkeyPatch) -> None:
    on_wayland_without_data_control(monkeypatch)
    asked: list[str] = []

    def kept(profile: str) -> dict[HotkeyAction, str]:
        asked.append(profile)
        return {HotkeyAction.REDIAL: "Ctrl+Alt+R"} if profile else {}

    monkeypatch.setattr("ringbridge.desktop.shortcuts.choose.kept_keys", kept)
    assert found("hotkeys").reason == "no_shortcut_portal"
    rows = {each.name: each for each in desktop_capabilities("work")}
    assert rows["hotkeys"] == Capability("hotkeys", True, "desktop_keys")
    assert asked == ["", "work"]


def test_notifications_without_buttons_do_not_count(lock_bus: LockBus) -> None:
    with NotificationServer(lock_bus.address, capabilities=("body",)):
        assert found("notifications").reason == "no_buttons"
    with NotificationServer(lock_bus.address):
        assert found("notifications").usable


def test_in_a_sandbox_it_is_the_portal(lock_bus: LockBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAP", "/snap/ringbridge/1")
    assert found("notifications").reason == "no_portal"


def test_links_and_autostart_are_found_in_the_users_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    xdg = XdgHome(tmp_path, monkeypatch)
    assert found("links").remedy == "set_up_links"
    assert found("autostart").remedy == "set_up_autostart"
    xdg.install("ringbridge", user=True)
    xdg.write(
        xdg.config / "mimeapps.list",
        "[Default Applications]\nx-scheme-handler/tel=ringbridge.desktop;other.desktop;\n",
    )
    starts = "[Desktop Entry]\nExec=/bin/true\n"
    entry = xdg.write(xdg.config / "autostart/ringbridge.desktop", starts)
    assert found("links").usable
    assert found("autostart").usable
    entry.write_text(f"{starts}Hidden=true\n")
    assert not found("autostart").usable


def test_one_that_cant_be_looked_at_hides_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> tuple[str, object]:
        raise RuntimeError("no")

    monkeypatch.setattr(capabilities, "MECHANISMS", (("odd", broken), *MECHANISMS[-1:]))
    rows = desktop_capabilities()
    assert [each.name for each in rows] == ["odd", "dark_mode"]
    assert rows[0].reason == "not_known"
    assert "could not be looked at" in caplog.text
