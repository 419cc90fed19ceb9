"""The shared D-Bus connections."""

from collections.abc import Generator

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.dbus.bus import Bus
from ringbridge.ui.buses import Buses
from ringbridge.ui.tasks import GuiInvoker
from support.lock_bus import LockBus


@pytest.fixture
def buses(qtbot: QtBot) -> Generator[Buses]:
    made = Buses(GuiInvoker())
    yield made
    made.close()


def test_all_share_one_connection(buses: Buses, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    with LockBus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        got: list[Bus | None] = []
        buses.session(got.append)
        buses.session(got.append)
        qtbot.waitUntil(lambda: len(got) == len(("first", "second")))
        buses.session(got.append)
        assert got[0] is not None
        assert got == [got[0]] * 3


def test_a_bus_that_came_back_is_connected_to_anew(
    buses: Buses, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    got: list[Bus | None] = []
    for count in (1, 2):
        with LockBus() as bus:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
            buses.session(got.append)
            qtbot.waitUntil(lambda n=count: len(got) == n)
        qtbot.waitUntil(lambda: (last := got[-1]) is not None and not last.is_open)
    assert got[0] is not got[1]


def test_without_a_bus_everybody_is_told_so(buses: Buses, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    got: list[Bus | None] = []
    buses.session(got.append)
    buses.session(got.append)
    qtbot.waitUntil(lambda: len(got) == len(("first", "second")))
    assert got == [None, None]


def test_a_bus_that_hangs_holds_nobody_else_up(buses: Buses, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr("ringbridge.ui.buses._PATIENCE_S", 0.5)
    with LockBus() as good, LockBus() as frozen:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", good.address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", frozen.address)
        frozen.freeze()
        order: list[tuple[str, Bus | None]] = []
        buses.system(lambda bus: order.append(("system", bus)))
        buses.session(lambda bus: order.append(("session", bus)))
        qtbot.waitUntil(lambda: len(order) == len(("system", "session")))
    assert [name for name, _ in order] == ["session", "system"]
    assert order[0][1] is not None
    assert order[1][1] is None
