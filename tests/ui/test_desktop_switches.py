"""The switches that the desktop keeps: how they stand, and what turning them does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.choose import link_handler
from ringbridge.desktop.null import LinksNull
from ringbridge.ui.buses import Buses
from ringbridge.ui.desktop_switches import DesktopSwitches, Switch
from ringbridge.ui.tasks import GuiInvoker, Lane
from support.lock_bus import LockBus
from support.portal_peer import PortalPeer
from support.xdg_home import XdgHome


class Bench:
    def __init__(self, qtbot: QtBot, xdg: XdgHome) -> None:
        self.qtbot = qtbot
        invoker = GuiInvoker()
        self.lane = Lane("slow", invoker)
        self.buses = Buses(invoker)
        links = link_handler(xdg.home / "links.json")
        self.switches = DesktopSwitches(links=links, buses=self.buses, lane=self.lane, profile="")
        self.failures: list[str] = []
        self.switches.failed.connect(self.failures.append)

    def look(self) -> dict[str, Switch]:
        seen: dict[str, Switch] = {}
        self.switches.look(seen.__setitem__)
        self.qtbot.waitUntil(lambda: len(seen) == len(("autostart", "links")))
        return seen

    def settle(self) -> None:
        """Whatever waited for a bus and then for the lane is done."""
        for _ in range(2):
            done: list[object] = []
            self.lane.submit(lambda: None, done.append, done.append)
            self.qtbot.waitUntil(lambda done=done: bool(done))


@pytest.fixture
def xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> XdgHome:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    return XdgHome(tmp_path, monkeypatch)


@pytest.fixture
def bench(qtbot: QtBot, xdg: XdgHome) -> Iterator[Bench]:
    bench = Bench(qtbot, xdg)
    yield bench
    bench.buses.close()
    assert bench.lane.close(5)


def test_both_are_turned_on_and_off(bench: Bench, xdg: XdgHome) -> None:
    assert bench.look() == {"links": Switch(on=False), "autostart": Switch(on=False)}
    for on in (True, False):
        for name in ("links", "autostart"):
            bench.switches.set(name, on=on)
        bench.settle()
        assert bench.look() == {"links": Switch(on=on), "autostart": Switch(on=on)}
    assert xdg.tree() == {}
    assert bench.failures == []


def test_who_opens_links_and_who_switched_the_start_off_is_said(bench: Bench, xdg: XdgHome) -> None:
    xdg.install("softphone", "x-scheme-handler/tel;")
    xdg.write(xdg.system_config / "autostart/ringbridge.desktop", "[Desktop Entry]\nExec=/bin/true\nHidden=true\n")
    seen = bench.look()
    assert seen["links"] == Switch(on=False, sentence="At present Softphone opens them.")
    assert not seen["autostart"].on
    assert "an administrator switched it off" in seen["autostart"].sentence


def test_what_can_not_be_written_is_said(bench: Bench, xdg: XdgHome) -> None:
    xdg.write(xdg.config, "no folder")
    bench.switches.set("autostart", on=True)
    bench.qtbot.waitUntil(lambda: bool(bench.failures))
    assert "can't be used" in bench.failures[0]


def test_where_there_is_none_yet_it_can_not_be_turned(bench: Bench) -> None:
    bench.switches = DesktopSwitches(
        links=LinksNull("not_yet_on_windows"), buses=bench.buses, lane=bench.lane, profile=""
    )
    links = bench.look()["links"]
    assert (links.on, links.usable) == (None, False)
    assert "not yet made for Windows" in links.sentence


def test_in_a_sandbox_the_portal_is_asked_and_its_no_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with LockBus() as bus, PortalPeer(bus.address) as portal:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        for module in ("sandbox", "autostart_portal", "links_xdg"):
            monkeypatch.setattr(f"ringbridge.desktop.{module}.in_sandbox", lambda: True)
        seen = bench.look()
        assert seen["autostart"].on is None
        assert not seen["links"].usable
        portal.response = (1, {})
        bench.switches.set("autostart", on=True)
        bench.qtbot.waitUntil(lambda: bool(bench.failures))
        assert portal.asked("RequestBackground").values[1]["autostart"] == ("b", True)
