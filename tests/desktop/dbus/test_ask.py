"""One question to a bus, without Qt."""

from collections.abc import Generator

import pytest

from ringbridge.desktop.dbus.ask import Asking
from ringbridge.desktop.dbus.values import Place
from support.bus_peer import BusPeer
from support.lock_bus import LockBus

NAME = "org.example.Peer"
PEER = Place(NAME, "/org/example/Peer", NAME)


@pytest.fixture
def lock_bus(monkeypatch: pytest.MonkeyPatch) -> Generator[LockBus]:
    with LockBus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        yield bus


def test_answers_come_without_variants_and_silence_is_none(lock_bus: LockBus) -> None:
    answers = {"Get": lambda _: ("v", (("v", ("u", 1)),)), "Silent": lambda _: None}
    with BusPeer(lock_bus.address, NAME, answers), Asking() as bus:  # type: ignore[arg-type]
        assert bus.has_bus
        assert bus.get(PEER, "Any") == 1
        assert bus.call(PEER, "Silent") is None
        assert bus.call(PEER, "Unknown") is None
        assert bus.has(NAME)
        assert not bus.has("org.example.Nobody")
        assert bus.call(Place("org.example.Nobody", "/", "org.example.Nobody"), "Any") is None


def test_without_a_bus_everything_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    with Asking() as bus:
        assert not bus.has_bus
        assert bus.get(PEER, "Any") is None
        assert not bus.has(NAME)
