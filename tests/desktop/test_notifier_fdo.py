"""Notifications, against servers that behave well and badly."""

import os
import time
from collections.abc import Generator

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.activation import activated_by
from ringbridge.desktop.dbus.bus import Bus
from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.notifier_fdo import NotifierFdo
from ringbridge.desktop.notify_ports import NOTICE_DEADLINE_S, Notice, NoticeAction
from support.bus_peer import Asked, BusPeer, Refusal
from support.lock_bus import LockBus
from support.notification_server import NAME, PATH, Heard, NotificationServer

ACTIONS = (NoticeAction("default", "Details"), NoticeAction("call", "Call"), NoticeAction("details", "Details"))
OFFER = Notice(
    title="Call +1 212-555-0142?", body="Ada & <b>Söhne</b>", actions=ACTIONS, category="x-test", seconds=12
)


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
def notifier(bus: Bus) -> Generator[NotifierFdo]:
    made = NotifierFdo(bus)
    yield made
    made.close()


def settle(bus: Bus, qtbot: QtBot) -> None:
    """Wait until everything that came before has been heard."""
    from ringbridge.desktop.dbus.values import BUS

    for _ in range(2):
        done: list[object] = []
        bus.call(BUS, "GetId", answered=done.append)
        qtbot.waitUntil(lambda d=done: bool(d))


def show(notifier: NotifierFdo, server: NotificationServer, bus: Bus, qtbot: QtBot, notice: Notice = OFFER) -> Heard:
    heard = Heard()
    before = sum(call.member == "Notify" for call in server.calls)
    notifier.show("offer", notice, heard)
    qtbot.waitUntil(lambda: sum(call.member == "Notify" for call in server.calls) > before)
    settle(bus, qtbot)
    return heard


def test_a_notification_says_what_the_specification_wants(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with NotificationServer(lock_bus.address) as server:
        show(notifier, server, bus, qtbot)
        assert [call.member for call in server.calls] == ["GetServerInformation", "GetCapabilities", "Notify"]
        name, replaces, icon, title, body, actions, hints, expires_ms = server.calls[-1].values
    assert (name, replaces, icon, title) == ("Ringbridge", 0, "ringbridge", OFFER.title)
    assert body == "Ada &amp; &lt;b&gt;Söhne&lt;/b&gt;"
    assert actions == ["default", "Details", "call", "Call", "details", "Details"]
    assert hints == {
        "desktop-entry": ("s", "ringbridge"),
        "image-path": ("s", "call-start"),
        "urgency": ("y", 1),
        "category": ("s", "x-test"),
    }
    assert expires_ms == 12_000


def test_a_server_without_markup_gets_the_text_as_it_is(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with NotificationServer(lock_bus.address, capabilities=("actions", "body")) as server:
        show(notifier, server, bus, qtbot)
        assert server.calls[-1].values[4] == OFFER.body


def test_where_the_default_is_a_button_there_is_no_second_one_for_the_same(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with NotificationServer(lock_bus.address, server="Xfce Notify Daemon") as server:
        show(notifier, server, bus, qtbot)
        assert server.calls[-1].values[5] == ["default", "Details", "call", "Call"]


def test_a_click_counts_once_and_brings_its_token(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    """GNOME sends each signal twice."""
    with NotificationServer(lock_bus.address) as server:
        heard = show(notifier, server, bus, qtbot)
        server.act(1, "call", token="token-1", times=2)
        server.end(1, 2)
        qtbot.waitUntil(lambda: bool(heard.all))
        settle(bus, qtbot)
    assert heard.all == [("acted", "call", "token-1")]


@pytest.mark.parametrize(
    ("version", "actions", "asked"),
    [
        ("43.9", ACTIONS, [("CloseNotification", 1), ("Notify", 0)]),
        ("43.9", (), [("Notify", 1)]),  # it has none to lose
        ("46.2", ACTIONS, [("Notify", 1)]),
        ("", ACTIONS, [("Notify", 1)]),
    ],
)
def test_old_gnome_gets_a_new_one_where_the_buttons_of_another_would_be_lost(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot, version: str,
    actions: tuple[NoticeAction, ...], asked: list[tuple[str, int]],
) -> None:  # fmt: skip
    with NotificationServer(lock_bus.address, server="gnome-shell", version=version) as server:
        first = show(notifier, server, bus, qtbot)
        before = len(server.calls)
        second = show(notifier, server, bus, qtbot, OFFER._replace(title="Connected", actions=actions))
        told = [(call.member, call.values[1 if call.member == "Notify" else 0]) for call in server.calls[before:]]
        assert told == asked
        if len(asked) > 1:
            server.end(1, 3)
            server.act(1, "call")  # a click on it while it went
            settle(bus, qtbot)
        assert first.all == second.all == []


def test_what_is_shown_anew_replaces_what_stood_there(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with NotificationServer(lock_bus.address) as server:
        first = show(notifier, server, bus, qtbot)
        second = show(notifier, server, bus, qtbot, OFFER._replace(title="Call +1 212-555-0199?"))
        assert server.calls[-1].values[1] == 1
        server.act(1, "call")
        qtbot.waitUntil(lambda: bool(second.all))
    assert first.all == []
    assert second.all == [("acted", "call", "")]


def test_a_click_on_the_one_before_never_counts_for_the_one_behind_it(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    """The click was on its way while the notification was being replaced: it meant another number."""
    with NotificationServer(lock_bus.address) as server:
        first = show(notifier, server, bus, qtbot)

        server.answers["Notify"] = lambda call: (server.act(1, "call"), ("u", (server.number_for(call),)))[1]
        second = show(notifier, server, bus, qtbot, OFFER._replace(title="Call +1 212-555-0199?"))
    assert first.all == []
    assert second.all == []


@pytest.mark.parametrize(("reason", "why"), [(1, "expired"), (2, "dismissed"), (4, "lost")])
def test_its_end_is_told(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot, reason: int, why: str
) -> None:
    with NotificationServer(lock_bus.address) as server:
        heard = show(notifier, server, bus, qtbot)
        server.end(1, reason)
        server.end(1, reason)
        qtbot.waitUntil(lambda: bool(heard.all))
        settle(bus, qtbot)
    assert heard.all == [("ended", why)]


def test_a_click_on_what_was_withdrawn_is_told_and_does_nothing(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with NotificationServer(lock_bus.address) as server:
        heard = show(notifier, server, bus, qtbot)
        notifier.withdraw("offer")
        notifier.withdraw("offer")
        assert server.asked("CloseNotification").values == (1,)
        server.act(1, "call", times=2)
        qtbot.waitUntil(lambda: bool(heard.all))
        settle(bus, qtbot)
    assert heard.all == [("late",)]


def test_a_click_out_of_the_servers_history_is_told_and_does_nothing(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with NotificationServer(lock_bus.address) as server:
        heard = show(notifier, server, bus, qtbot)
        server.end(1, 1)
        server.act(1, "call")
        qtbot.waitUntil(lambda: len(heard.all) == 2)
    assert heard.all == [("ended", "expired"), ("late",)]


def test_what_others_show_is_nobodys_business(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with NotificationServer(lock_bus.address) as server:
        heard = show(notifier, server, bus, qtbot)
        server.act(7, "call")
        server.act(1, "rm -rf")
        server.emit(PATH, NAME, "ActionInvoked", "u", 1)
        settle(bus, qtbot)
    assert heard.all == []


def test_a_stranger_who_says_a_button_was_pressed_is_not_believed(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with NotificationServer(lock_bus.address) as server, BusPeer(lock_bus.address) as stranger:
        heard = show(notifier, server, bus, qtbot)
        stranger.emit(PATH, NAME, "ActionInvoked", "us", 1, "call")
        stranger.emit(PATH, NAME, "ActionInvoked", "us", 1, "call", to=bus.unique_name)
        settle(bus, qtbot)
        server.act(1, "details")
        qtbot.waitUntil(lambda: bool(heard.all))
    assert heard.all == [("acted", "details", "")]


def test_without_a_server_it_fails_at_once(notifier: NotifierFdo, qtbot: QtBot) -> None:
    heard = Heard()
    began = time.monotonic()
    notifier.show("offer", OFFER, heard)
    qtbot.waitUntil(lambda: bool(heard.all))
    assert heard.all == [("failed",)]
    assert time.monotonic() - began < NOTICE_DEADLINE_S
    assert (notifier.availability().usable, notifier.availability().reason) == (False, "no_server")


def refuse(_call: Asked) -> None:
    raise Refusal("org.example.No")


@pytest.mark.parametrize("member", ["GetCapabilities", "Notify"])
@pytest.mark.parametrize("how", ["silent", "refuses"])
def test_a_bad_server_is_given_up_within_the_deadline(
    notifier: NotifierFdo, lock_bus: LockBus, qtbot: QtBot, member: str, how: str
) -> None:
    heard = Heard()
    with NotificationServer(lock_bus.address) as server:
        server.answers[member] = refuse if how == "refuses" else lambda _call: None
        began = time.monotonic()
        notifier.show("offer", OFFER, heard)
        qtbot.waitUntil(lambda: bool(heard.all))
    assert heard.all == [("failed",)]
    assert time.monotonic() - began < NOTICE_DEADLINE_S + 0.5


def test_what_is_shown_after_its_deadline_is_taken_away(
    notifier: NotifierFdo, lock_bus: LockBus, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was said on the card meanwhile; two would be one too many."""
    import threading

    go_on = threading.Event()

    def late(call: Asked) -> tuple[str, tuple[int]]:
        go_on.wait(10)
        return "u", (5,)

    heard = Heard()
    with NotificationServer(lock_bus.address, Notify=late) as server:
        notifier.show("offer", OFFER, heard)
        qtbot.waitUntil(lambda: bool(heard.all))
        go_on.set()
        qtbot.waitUntil(lambda: any(call.member == "CloseNotification" for call in server.calls))
        assert server.asked("CloseNotification").values == (5,)
    assert heard.all == [("failed",)]


def test_a_server_without_buttons_is_no_use(notifier: NotifierFdo, lock_bus: LockBus, qtbot: QtBot) -> None:
    heard = Heard()
    with NotificationServer(lock_bus.address, capabilities=("body",)) as server:
        notifier.show("offer", OFFER, heard)
        qtbot.waitUntil(lambda: bool(heard.all))
        assert all(call.member != "Notify" for call in server.calls)
    assert heard.all == [("failed",)]
    assert notifier.availability().reason == "no_buttons"


def test_a_server_that_dies_takes_its_notifications_with_it_and_the_next_is_asked_anew(
    notifier: NotifierFdo, bus: Bus, lock_bus: LockBus, qtbot: QtBot
) -> None:
    with NotificationServer(lock_bus.address) as server:
        heard = show(notifier, server, bus, qtbot)
    qtbot.waitUntil(lambda: bool(heard.all))
    assert heard.all == [("ended", "lost")]
    with NotificationServer(lock_bus.address, capabilities=("actions",)) as second:
        show(notifier, second, bus, qtbot)
        assert [call.member for call in second.calls] == ["GetServerInformation", "GetCapabilities", "Notify"]
        assert second.calls[-1].values[1] == 0


def test_the_token_is_there_for_one_window_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)
    with activated_by("abc"):
        assert os.environ["XDG_ACTIVATION_TOKEN"] == "abc"
    assert "XDG_ACTIVATION_TOKEN" not in os.environ
    with activated_by(""):
        assert "XDG_ACTIVATION_TOKEN" not in os.environ
