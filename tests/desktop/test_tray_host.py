"""Tray hosts that are there, come and go."""

import sys

import pytest

from ringbridge.desktop.tray_host import tray_host_availability
from support.desktop import Desktop
from support.json_process import JsonProcess


def use(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "QT_QPA_PLATFORM"):
        monkeypatch.setenv(name, desktop.env[name])


def test_a_panel_is_a_host(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    use(desktop, monkeypatch)
    availability = tray_host_availability()
    assert (availability.usable, availability.reason) == (True, "")


def test_an_old_tray_shows_icons_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with Desktop(tray="xembed") as desktop:
        use(desktop, monkeypatch)
        availability = tray_host_availability()
    assert (availability.usable, availability.reason) == (True, "only_xembed")


def test_a_bare_screen_has_none(screen: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    use(screen, monkeypatch)
    assert tray_host_availability().reason == "no_tray_host"


def test_without_bus_and_screen_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    assert tray_host_availability().reason == "no_tray_host"


@pytest.mark.parametrize(
    "address", ["tcp:host=localhost,port=1", "autolaunch:", "disabled:", "", "unix:path=/nowhere/bus"]
)
def test_an_odd_bus_address_is_no_host(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    assert tray_host_availability().reason == "no_tray_host"


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_always_have_one(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    assert tray_host_availability().usable


def test_a_watcher_that_comes_and_goes_is_reported(screen: Desktop, driver: JsonProcess) -> None:
    driver.send(do="tray")
    driver.next(event="done", did="tray")
    service = JsonProcess(screen, "tray_watcher_service.py")
    came_at = service.next(owns=True, timeout_s=20)["at"]
    appeared_at = driver.next(event="tray_appeared")["at"]
    assert appeared_at - came_at > 0.2  # the panel behind it needs its time
    service.end()
    driver.next(event="tray_vanished")
    driver.send(do="close")
    driver.next(event="done", did="close")
    again = JsonProcess(screen, "tray_watcher_service.py")
    again.next(owns=True, timeout_s=20)
    driver.quiet_for(0.6, event="tray_appeared")
    again.end()
