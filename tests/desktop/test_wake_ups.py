"""Wake-ups and other networks, heard on private buses."""

from collections.abc import Generator

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.dbus.bus import Bus
from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.network_nm import NetworkManagerWatch
from ringbridge.desktop.network_portal import NetworkPortalWatch
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.power_logind import PowerLogind
from support.bus_peer import BusPeer
from support.lock_bus import LockBus
from support.portal_peer import LOGIND_PATH, NM_PATH, LogindPeer, NetworkManagerPeer, PortalPeer


@pytest.fixture
def lock_bus() -> Generator[LockBus]:
    with LockBus() as bus:
        yield bus


@pytest.fixture
def bus(lock_bus: LockBus, qtbot: QtBot) -> Generator[Bus]:
    connected = connect(lock_bus.address)
    connected.run()
    yield connected
    connected.close()


class Heard:
    """Counts, and knows who tells."""

    def __init__(self) -> None:
        self.count = 0
        self.told: list[Availability] = []

    def __call__(self) -> None:
        self.count += 1


def test_the_end_of_sleep_is_heard_and_its_beginning_is_not(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    heard = Heard()
    watch = PowerLogind(bus)
    with LogindPeer(lock_bus.address) as logind:
        watch.watch(heard, heard.told.append)
        qtbot.waitUntil(lambda: heard.told == [Availability(usable=True)])
        logind.sleep(begins=True)
        logind.sleep(begins=False)
        qtbot.waitUntil(lambda: heard.count == 1)
        watch.close()
        watch.close()
        logind.sleep(begins=False)
        settle(bus, qtbot)
    assert heard.count == 1


def test_nobody_else_can_tell_of_a_wake_up(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    heard = Heard()
    watch = PowerLogind(bus)
    with LogindPeer(lock_bus.address) as logind, BusPeer(lock_bus.address) as stranger:
        watch.watch(heard, heard.told.append)
        qtbot.waitUntil(lambda: bool(heard.told))
        signal = (LOGIND_PATH, "org.freedesktop.login1.Manager", "PrepareForSleep", "b", False)
        stranger.emit(*signal, to=bus.unique_name)
        logind.sleep(begins=False)
        qtbot.waitUntil(lambda: heard.count == 1)
        settle(bus, qtbot)
    assert heard.count == 1


def test_without_logind_that_is_said(bus: Bus, qtbot: QtBot) -> None:
    heard = Heard()
    PowerLogind(bus).watch(heard, heard.told.append)
    qtbot.waitUntil(lambda: heard.told == [Availability(usable=False, reason="no_logind")])


def test_each_network_that_leads_out_is_heard_once(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    heard = Heard()
    watch = NetworkManagerWatch(bus)
    with NetworkManagerPeer(lock_bus.address) as manager:
        watch.watch(heard, heard.told.append)
        qtbot.waitUntil(lambda: heard.told == [Availability(usable=True)])
        settle(bus, qtbot)
        manager.wifi_strength()
        manager.state(20)  # NM_STATE_DISCONNECTED
        manager.primary("/")
        settle(bus, qtbot)
        assert heard.count == 0
        manager.state(40)  # NM_STATE_CONNECTING
        manager.state(70)  # NM_STATE_CONNECTED_GLOBAL
        qtbot.waitUntil(lambda: heard.count == 1)
        manager.primary(f"{NM_PATH}/ActiveConnection/2")
        qtbot.waitUntil(lambda: heard.count == 2)
        manager.primary(f"{NM_PATH}/ActiveConnection/3")  # from cable to radio, without a gap
        qtbot.waitUntil(lambda: heard.count == 3)
        watch.close()
        watch.close()
        manager.state(20)
        manager.state(70)
        settle(bus, qtbot)
    assert heard.count == 3


def test_without_network_manager_that_is_said(bus: Bus, qtbot: QtBot) -> None:
    heard = Heard()
    NetworkManagerWatch(bus).watch(heard, heard.told.append)
    qtbot.waitUntil(lambda: heard.told == [Availability(usable=False, reason="no_network_manager")])


def test_the_portal_tells_of_another_network(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    heard = Heard()
    watch = NetworkPortalWatch(bus)
    with PortalPeer(lock_bus.address) as portal:
        watch.watch(heard, heard.told.append)
        qtbot.waitUntil(lambda: heard.told == [Availability(usable=True)])
        portal.network_changed()
        qtbot.waitUntil(lambda: heard.count == 1)
        watch.close()
        watch.close()
        portal.network_changed()
        settle(bus, qtbot)
    assert heard.count == 1


def test_without_a_portal_that_is_said(bus: Bus, qtbot: QtBot) -> None:
    heard = Heard()
    NetworkPortalWatch(bus).watch(heard, heard.told.append)
    qtbot.waitUntil(lambda: heard.told == [Availability(usable=False, reason="no_portal")])


def settle(bus: Bus, qtbot: QtBot) -> None:
    """What was sent before is handled once the bus has answered this."""
    from ringbridge.desktop.dbus.values import BUS

    answers: list[object] = []
    for _ in range(3):  # our question, its answer, and a question that an answer led to
        before = len(answers)
        bus.call(BUS, "GetId", answered=answers.append)
        qtbot.waitUntil(lambda n=before: len(answers) > n)
