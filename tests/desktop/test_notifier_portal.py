"""Notifications out of a sandbox, against portals that behave well and badly."""

from collections.abc import Generator

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.dbus.bus import Bus
from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.notifier_portal import NotifierPortal
from ringbridge.desktop.notify_ports import Notice, NoticeAction
from ringbridge.desktop.sandbox import in_sandbox
from support.bus_peer import Answer, BusPeer
from support.lock_bus import LockBus
from support.notification_server import Heard

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
INTERFACE = "org.freedesktop.portal.Notification"
ACTIONS = (NoticeAction("default", "Details"), NoticeAction("call", "Call"))
OFFER = Notice(title="Call +1 212-555-0142?", body="Ada & Söhne", actions=ACTIONS)
GOOD: dict[str, Answer] = {"AddNotification": lambda _: ("", ()), "RemoveNotification": lambda _: ("", ())}


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


@pytest.fixture
def notifier(bus: Bus) -> Generator[NotifierPortal]:
    made = NotifierPortal(bus)
    yield made
    made.close()


def add(
    notifier: NotifierPortal, portal: BusPeer, bus: Bus, qtbot: QtBot, notice: Notice = OFFER
) -> tuple[Heard, str]:
    heard = Heard()
    before = len(portal.calls)
    notifier.show("offer", notice, heard)
    qtbot.waitUntil(lambda: any(call.member == "AddNotification" for call in portal.calls[before:]))
    answered: list[object] = []
    from ringbridge.desktop.dbus.values import BUS

    bus.call(BUS, "GetId", answered=answered.append)
    qtbot.waitUntil(lambda: bool(answered))
    return heard, portal.calls[-1].values[0]


def test_a_notification_has_title_icon_and_buttons(
    notifier: NotifierPortal, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with BusPeer(lock_bus.address, NAME, GOOD) as portal:
        add(notifier, portal, bus, qtbot)
        _name, table = portal.calls[-1].values
    assert table == {
        "title": ("s", OFFER.title),
        "body": ("s", "Ada & Söhne"),
        "icon": ("(sv)", ("themed", ("as", ["call-start"]))),
        "priority": ("s", "normal"),
        "buttons": ("aa{sv}", [{"label": ("s", "Call"), "action": ("s", "call")}]),
        "default-action": ("s", "default"),
    }


@pytest.mark.parametrize(
    ("parameter", "token"),
    [([], ""), ([("s", "x"), ("a{sv}", {"activation-token": ("s", "t1")})], "t1"), ([("i", 4)], "")],
)
def test_a_click_counts_once(
    notifier: NotifierPortal, bus: Bus, lock_bus: LockBus, qtbot: QtBot, parameter: list[object], token: str
) -> None:
    with BusPeer(lock_bus.address, NAME, GOOD) as portal:
        heard, name = add(notifier, portal, bus, qtbot)
        for _ in range(2):
            portal.emit(PATH, INTERFACE, "ActionInvoked", "ssav", name, "call", parameter)
        qtbot.waitUntil(lambda: bool(heard.all))
        assert portal.asked("RemoveNotification").values == (name,)
    assert heard.all == [("acted", "call", token)]


def test_a_click_on_the_one_before_is_nobodys(
    notifier: NotifierPortal, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with BusPeer(lock_bus.address, NAME, GOOD) as portal:
        first, old_name = add(notifier, portal, bus, qtbot)
        second, name = add(notifier, portal, bus, qtbot)
        portal.emit(PATH, INTERFACE, "ActionInvoked", "ssav", old_name, "call", [])
        portal.emit(PATH, INTERFACE, "ActionInvoked", "ssav", name, "default", [])
        qtbot.waitUntil(lambda: bool(second.all))
    assert (first.all, second.all) == ([("late",)], [("acted", "default", "")])


def test_without_a_portal_it_fails(notifier: NotifierPortal, qtbot: QtBot) -> None:
    heard = Heard()
    notifier.show("offer", OFFER, heard)
    qtbot.waitUntil(lambda: bool(heard.all))
    assert heard.all == [("failed",)]
    assert notifier.availability().reason == "no_portal"


def test_a_silent_portal_is_given_up(notifier: NotifierPortal, lock_bus: LockBus, qtbot: QtBot) -> None:
    heard = Heard()
    with BusPeer(lock_bus.address, NAME, {"AddNotification": lambda _: None}):
        notifier.show("offer", OFFER, heard)
        qtbot.waitUntil(lambda: bool(heard.all))
    assert heard.all == [("failed",)]


def test_its_time_is_ours_to_watch(notifier: NotifierPortal, bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    with BusPeer(lock_bus.address, NAME, GOOD) as portal:
        heard, name = add(notifier, portal, bus, qtbot, OFFER._replace(seconds=1))
        qtbot.waitUntil(lambda: bool(heard.all))
        assert portal.asked("RemoveNotification").values == (name,)
    assert heard.all == [("ended", "expired")]


def test_a_sandbox_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SNAP", raising=False)
    assert not in_sandbox()
    monkeypatch.setenv("SNAP", "/snap/ringbridge/1")
    assert in_sandbox()
