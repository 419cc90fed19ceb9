"""The desktop tells the running program: over two private buses, with the desktop's programs on them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ringbridge.core.settings import LookSettings, Settings
from ringbridge.ui.buses import Buses
from ringbridge.ui.desktop_events import DesktopEvents
from ringbridge.ui.palettes import is_dark
from ringbridge.ui.session import Session
from ringbridge.ui.tasks import GuiInvoker, Lane
from support.lock_bus import LockBus
from support.portal_peer import LogindPeer, NetworkManagerPeer, PortalPeer


class Bench:
    def __init__(self, application: QApplication) -> None:
        self.session = Session(Settings(), "US")
        invoker = GuiInvoker()
        self.lane = Lane("slow", invoker)
        self.buses = Buses(invoker)
        self.events = DesktopEvents(application=application, buses=self.buses, session=self.session)
        self.heard: list[bool] = []
        self.events.way_changed.connect(self.heard.append)

    def use_theme(self, theme: str) -> None:
        self.session.use(replace(self.session.settings, look=LookSettings(theme=theme)), "US")


@pytest.fixture
def both_buses(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    with LockBus() as session, LockBus() as system:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session.address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", system.address)
        yield session.address, system.address


@pytest.fixture
def bench(qapp: QApplication, both_buses: tuple[str, str]) -> Iterator[Bench]:
    bench = Bench(qapp)
    yield bench
    bench.events.close()
    bench.events.close()
    bench.buses.close()
    assert bench.lane.close(5)
    qapp.setPalette(QPalette())


def told(bench: Bench, what: str) -> Callable[[], bool]:
    return lambda: bench.events.availability(what).usable


def test_wake_ups_and_networks_are_told_apart(qtbot: QtBot, bench: Bench, both_buses: tuple[str, str]) -> None:
    with LogindPeer(both_buses[1]) as logind, NetworkManagerPeer(both_buses[1]) as manager:
        bench.events.start()
        qtbot.waitUntil(told(bench, "power"))
        qtbot.waitUntil(told(bench, "network"))
        qtbot.waitUntil(lambda: len([call for call in manager.calls if call.member == "Get"]) == 2)
        logind.sleep(begins=True)
        logind.sleep(begins=False)
        qtbot.waitUntil(lambda: bench.heard == [True])
        manager.primary("/org/freedesktop/NetworkManager/ActiveConnection/9")
        qtbot.waitUntil(lambda: bench.heard == [True, False])


def test_where_no_network_manager_runs_the_portal_tells(
    qtbot: QtBot, bench: Bench, both_buses: tuple[str, str]
) -> None:
    with PortalPeer(both_buses[0]) as portal:
        bench.events.start()
        qtbot.waitUntil(told(bench, "network"))
        portal.network_changed()
        qtbot.waitUntil(lambda: bench.heard == [False])
        assert bench.events.availability("power") == (False, "no_logind", "")


def test_windows_follow_the_portal_and_the_setting(qtbot: QtBot, bench: Bench, both_buses: tuple[str, str]) -> None:
    with PortalPeer(both_buses[0], color_scheme=("u", 1)) as portal:
        bench.events.start()
        qtbot.waitUntil(lambda: is_dark(QApplication.palette()))
        assert bench.events.availability("dark_mode").usable
        bench.use_theme("light")
        assert not is_dark(QApplication.palette())
        bench.use_theme("system")
        portal.change("color-scheme", ("u", 2))
        qtbot.waitUntil(lambda: not is_dark(QApplication.palette()))


def test_without_any_bus_the_setting_still_counts(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SESSION", "SYSTEM"):
        monkeypatch.setenv(f"DBUS_{name}_BUS_ADDRESS", "unix:path=/nowhere/bus")
    bench.events.start()
    bench.use_theme("dark")
    assert is_dark(QApplication.palette())
    assert bench.events.availability("network") == (False, "no_system_bus", "")
