"""Start at login from a sandbox, by a portal on a private bus."""

from collections.abc import Generator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop import autostart_portal
from ringbridge.desktop.autostart_portal import AutostartPortal
from ringbridge.desktop.dbus.bus import Bus
from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.registration_ports import AutostartState
from support.bus_peer import BusPeer, Refusal
from support.lock_bus import LockBus
from support.portal_peer import PORTAL, PortalPeer


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


def turn(bus: Bus, qtbot: QtBot, *, on: bool) -> AutostartState:
    states: list[AutostartState] = []
    AutostartPortal(bus, command=("ringbridge", "--background"), reason="Waits.").set(on, states.append)
    qtbot.waitUntil(lambda: bool(states))
    return states[0]


@pytest.mark.parametrize(
    ("on", "response", "results", "expected"),
    [
        (True, 0, {"background": ("b", True), "autostart": ("b", True)}, (True, "")),
        (True, 0, {"background": ("b", True), "autostart": ("b", False)}, (False, "switched_off")),
        (True, 1, {}, (False, "switched_off")),
        (True, 2, {}, (None, "not_told")),
        (False, 0, {"background": ("b", True), "autostart": ("b", False)}, (False, "off")),
    ],
)
def test_the_users_answer_counts(
    bus: Bus, lock_bus: LockBus, qtbot: QtBot, on: bool, response: int, results: dict[str, Any], expected: Any
) -> None:
    with PortalPeer(lock_bus.address) as portal:
        portal.response = (response, results)
        assert turn(bus, qtbot, on=on) == expected
        parent, options = portal.asked("RequestBackground").values
    assert parent == ""
    options.pop("handle_token")
    assert options == {
        "reason": ("s", "Waits."),
        "autostart": ("b", on),
        "commandline": ("as", ["ringbridge", "--background"]),
        "dbus-activatable": ("b", False),
    }


def test_without_a_portal_that_is_said(bus: Bus, qtbot: QtBot) -> None:
    assert turn(bus, qtbot, on=True) == (None, "no_portal")


def test_a_portal_that_refuses_is_said(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    def refuse(_call: object) -> None:
        raise Refusal("org.freedesktop.DBus.Error.UnknownMethod")

    with BusPeer(lock_bus.address, PORTAL, {"RequestBackground": refuse}):
        assert turn(bus, qtbot, on=True) == (None, "no_portal")


def test_it_is_for_sandboxes_and_tells_nothing_of_before(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    switch = AutostartPortal(bus, command=("ringbridge",), reason="")
    assert switch.state() == (None, "not_told")
    assert switch.availability() == (False, "no_sandbox", "")
    monkeypatch.setattr(autostart_portal, "in_sandbox", lambda: True)
    assert switch.availability().usable
