"""Tray hosts that are there, come and go."""

import sys
from collections.abc import Generator

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.tray_host import TrayHosts, TrayHostWatcher, tray_host_availability
from support.bus_peer import Answer, BusPeer
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


@pytest.fixture
def watched(screen: Desktop, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Generator[list[TrayHosts]]:
    """What is told of the hosts on a bare screen, from the first look on."""
    use(screen, monkeypatch)
    bus = connect()
    bus.run()
    told: list[TrayHosts] = []
    watcher = TrayHostWatcher(told.append)
    watcher.start(bus)
    qtbot.waitUntil(lambda: told == [TrayHosts()])
    yield told
    watcher.close()
    watcher.close()
    bus.close()


def test_a_panel_that_comes_and_goes_is_told(screen: Desktop, watched: list[TrayHosts], qtbot: QtBot) -> None:
    service = JsonProcess(screen, "tray_watcher_service.py", "no_host")
    service.next(owns=True, timeout_s=20)
    qtbot.waitUntil(lambda: bool(watched[-1].watcher))
    assert not watched[-1].any
    service.send(do="host")
    qtbot.waitUntil(lambda: watched[-1].notifier)
    assert watched[-1].any
    service.end()
    qtbot.waitUntil(lambda: watched[-1] == TrayHosts())


def test_an_old_tray_that_comes_and_goes_is_told(screen: Desktop, watched: list[TrayHosts], qtbot: QtBot) -> None:
    trayer = screen.spawn(["trayer", "--widthtype", "request"])
    qtbot.waitUntil(lambda: watched[-1].xembed)
    assert watched[-1].any
    trayer.kill()
    qtbot.waitUntil(lambda: watched[-1] == TrayHosts())


def test_an_old_tray_shows_nothing_while_a_watcher_takes_the_icons() -> None:
    """Qt makes an icon for the watcher, whether or not a panel stands behind it."""
    assert not TrayHosts(watcher=":1.7", xembed=True).any
    assert TrayHosts(xembed=True).any


def test_without_a_bus_old_trays_are_told(screen: Desktop, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    use(screen, monkeypatch)
    told: list[TrayHosts] = []
    watcher = TrayHostWatcher(told.append)
    watcher.start(None)
    answers: list[bool | None] = []
    watcher.ask_registered(answers.append)
    watcher.close()
    assert (told, answers) == ([TrayHosts()], [None])


def test_whether_our_icon_is_registered_is_asked_by_process(
    screen: Desktop, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    use(screen, monkeypatch)
    bus = connect()
    bus.run()
    watcher = TrayHostWatcher(lambda _: None)
    watcher.start(bus)
    answers: list[bool | None] = []
    watcher.ask_registered(answers.append)
    qtbot.waitUntil(lambda: answers == [None])  # nobody to ask
    items: list[str] = []
    properties: dict[str, Answer] = {
        "Get": lambda call: ("v", (("as", items) if call.values[1].startswith("Registered") else ("b", True),))
    }
    with BusPeer(screen.env["DBUS_SESSION_BUS_ADDRESS"], "org.kde.StatusNotifierWatcher", properties):
        watcher.ask_registered(answers.append)
        qtbot.waitUntil(lambda: answers == [None, False])
        items += [":1.99999/StatusNotifierItem", "org.freedesktop.DBus", f"{bus.unique_name}/StatusNotifierItem"]
        watcher.ask_registered(answers.append)
        qtbot.waitUntil(lambda: answers == [None, False, True])
    watcher.close()
    bus.close()
