"""The D-Bus connection in Qt's loop, against a real bus and real peers."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Generator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.dbus.bus import Bus, Reply
from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.dbus.values import DISCONNECTED, NO_REPLY, BusError, BusSignal, Place, plain
from support.bus_peer import Asked, BusPeer, Refusal
from support.lock_bus import LockBus

NAME, PATH = "org.example.Peer", "/org/example/Peer"
PEER = Place(NAME, PATH, NAME)


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


def test_sends_and_reads_what_notifications_and_portals_want(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    values = ("app", 7, [("dial", {"description": ("s", "Dial")})], {"urgency": ("y", 1)}, -1)
    replies: list[Reply] = []
    with BusPeer(lock_bus.address, NAME, {"Take": lambda call: ("ua(sa{sv})", (9, call.values[2]))}) as peer:
        bus.call(PEER, "Take", "sua(sa{sv})a{sv}i", *values, answered=replies.append)
        qtbot.waitUntil(lambda: bool(replies))
    assert peer.calls[0].values == values
    assert peer.calls[0].sender == bus.unique_name
    assert replies == [Reply("", (9, [("dial", {"description": ("s", "Dial")})]))]


def test_an_error_has_its_name(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    def refuse(_call: Asked) -> None:
        raise Refusal("org.example.No")

    replies: list[Reply] = []
    with BusPeer(lock_bus.address, NAME, {"Take": refuse}):
        bus.call(PEER, "Take", answered=replies.append)
        qtbot.waitUntil(lambda: bool(replies))
    assert replies[0].error == "org.example.No"


def test_nobody_there_is_an_error_and_starts_nothing(bus: Bus, qtbot: QtBot) -> None:
    replies: list[Reply] = []
    bus.call(PEER, "Take", answered=replies.append)
    qtbot.waitUntil(lambda: bool(replies))
    assert replies[0].error in {
        "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.ServiceUnknown",
    }


def test_each_silent_peer_is_given_up_at_its_own_deadline(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    order: list[str] = []
    with BusPeer(lock_bus.address, NAME, {"Take": lambda _call: None}):
        for name, timeout_s in (("late", 0.2), ("early", 0.05)):
            bus.call(PEER, "Take", timeout_s=timeout_s, answered=lambda r, n=name: order.append(f"{n} {r.error}"))
        qtbot.waitUntil(lambda: len(order) == len(("late", "early")))
    assert order == [f"early {NO_REPLY}", f"late {NO_REPLY}"]


def test_an_answer_after_its_deadline_is_dropped(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    go_on = threading.Event()
    replies: list[Reply] = []

    def slow(_call: Asked) -> tuple[str, tuple[Any, ...]]:
        go_on.wait(5)
        return "s", ("late",)

    with BusPeer(lock_bus.address, NAME, {"Take": slow, "Ask": lambda _call: ("s", ("next",))}):
        bus.call(PEER, "Take", timeout_s=0.05, answered=replies.append)
        qtbot.waitUntil(lambda: len(replies) == 1)
        go_on.set()
        bus.call(PEER, "Ask", answered=replies.append)
        qtbot.waitUntil(lambda: replies[-1].values == ("next",))
    assert [reply.error for reply in replies] == [NO_REPLY, ""]


def test_a_property_comes_without_its_variant(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    seen: list[Any] = []
    with BusPeer(
        lock_bus.address, NAME, {"Get": lambda call: ("v", (("u", 5),)) if call.values[1] == "version" else None}
    ):
        bus.get(PEER, "version", seen.append)
        bus.get(PEER, "silent", seen.append, timeout_s=0.05)
        qtbot.waitUntil(lambda: len(seen) == len(("version", "silent")))
    assert seen == [5, None]


def test_hears_signals_of_the_named_program_only(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    heard: list[BusSignal] = []
    with BusPeer(lock_bus.address) as stranger, BusPeer(lock_bus.address, NAME) as peer:
        bus.listen(PEER, "Said", heard.append)
        ready: list[Reply] = []
        bus.call(PEER, "Nothing", answered=ready.append)  # what was asked before is done once this is answered
        qtbot.waitUntil(lambda: bool(ready))
        stranger.emit(PATH, NAME, "Said", "s", "false", to=bus.unique_name)
        peer.emit(PATH, NAME, "Other", "s", "other")
        peer.emit("/elsewhere", NAME, "Said", "s", "elsewhere")
        peer.emit(PATH, NAME, "Said", "s", "true")
        qtbot.waitUntil(lambda: bool(heard))
    assert [signal.values for signal in heard] == [("true",)]


def test_hears_the_next_owner_of_the_name(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    heard: list[BusSignal] = []
    owners: list[str] = []
    bus.listen(PEER, "Said", heard.append)
    bus.watch_owner(NAME, owners.append)
    qtbot.waitUntil(lambda: owners == [""])
    for _ in range(2):
        with BusPeer(lock_bus.address, NAME) as peer:
            qtbot.waitUntil(lambda name=peer.unique_name: owners[-1] == name)
            peer.emit(PATH, NAME, "Said", "s", peer.unique_name)
            qtbot.waitUntil(lambda name=peer.unique_name: bool(heard) and heard[-1].values == (name,))
        qtbot.waitUntil(lambda: not owners[-1])
    assert len(heard) == 2


def test_a_closed_subscription_hears_no_more(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    heard: list[str] = []
    with BusPeer(lock_bus.address, NAME) as peer:
        first = bus.listen(PEER, "Said", lambda _signal: heard.append("first"))
        bus.listen(PEER, "Said", lambda _signal: heard.append("second"))
        first.close()
        first.close()
        ready: list[Reply] = []
        bus.call(PEER, "Nothing", answered=ready.append)
        qtbot.waitUntil(lambda: bool(ready))
        peer.emit(PATH, NAME, "Said")
        qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["second"]


def test_a_handler_that_fails_costs_only_its_own_message(
    bus: Bus, lock_bus: LockBus, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[BusSignal] = []

    def fail(_signal: BusSignal) -> None:
        raise RuntimeError("no")

    with BusPeer(lock_bus.address, NAME) as peer:
        bus.listen(PEER, "Said", fail)
        bus.listen(PEER, "Said", heard.append)
        ready: list[Reply] = []
        bus.call(PEER, "Nothing", answered=ready.append)
        qtbot.waitUntil(lambda: bool(ready))
        with caplog.at_level(logging.ERROR):
            peer.emit(PATH, NAME, "Said")
            qtbot.waitUntil(lambda: bool(heard))
    assert "could not be handled" in caplog.text


def test_a_bus_that_ends_is_told_once_and_answers_who_waits(lock_bus: LockBus, qtbot: QtBot) -> None:
    lost: list[bool] = []
    replies: list[Reply] = []
    bus = connect(lock_bus.address)
    bus.run(lambda: lost.append(True))
    with BusPeer(lock_bus.address, NAME, {"Take": lambda _call: None}) as peer:
        bus.call(PEER, "Take", answered=replies.append, timeout_s=30)
        peer.asked("Take")
        lock_bus.end("bus")
        qtbot.waitUntil(lambda: bool(lost))
    bus.call(PEER, "Take", answered=replies.append)
    qtbot.waitUntil(lambda: len(replies) == len(("before", "after")))
    assert lost == [True]
    assert [reply.error for reply in replies] == [DISCONNECTED, DISCONNECTED]
    assert not bus.is_open
    bus.close()


def test_no_bus_is_an_error() -> None:
    for address in ("unix:path=/nowhere/bus", "SESSION", "nonsense"):
        with pytest.raises(BusError):
            connect(address)


def test_a_bus_that_hangs_is_given_up(lock_bus: LockBus) -> None:
    pid = lock_bus.pid("bus")
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(BusError):
            connect(lock_bus.address, deadline_s=0.1)
    finally:
        os.kill(pid, signal.SIGCONT)


def test_garbage_ends_the_connection(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    from jeepney import Parser

    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    lost: list[bool] = []
    bus = Bus(ours, ":1.1", Parser())
    bus.run(lambda: lost.append(True))
    theirs.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 4)
    qtbot.waitUntil(lambda: bool(lost))
    theirs.close()
    assert "hanging up" in caplog.text


def test_more_than_the_socket_takes_is_sent_when_there_is_room(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    text = "x" * 3_000_000
    replies: list[Reply] = []
    with BusPeer(lock_bus.address, NAME, {"Take": lambda call: ("u", (len(call.values[0]),))}):
        bus.call(PEER, "Take", "s", text, answered=replies.append, timeout_s=5)
        qtbot.waitUntil(lambda: bool(replies))
    assert replies == [Reply("", (len(text),))]


def test_variants_come_off_at_any_depth() -> None:
    assert plain(("a{sv}", {"a": ("s", "x"), "b": ("as", ["y"]), "c": ("(iii)", (1, 2, 3))})) == {
        "a": "x",
        "b": ["y"],
        "c": (1, 2, 3),
    }
