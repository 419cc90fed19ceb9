"""The shared D-Bus connections."""

from collections.abc import Generator

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.dbus.bus import Bus
from ringbridge.ui.buses import Buses
from ringbridge.ui.tasks import GuiInvoker, Lane
from support.lock_bus import LockBus


@pytest.fixture
def buses(qtbot: QtBot) -> Generator[Buses]:
    lane = Lane("slow", GuiInvoker())
    made = Buses(lane)
    yield made
    made.close()
    lane.close(2)


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
