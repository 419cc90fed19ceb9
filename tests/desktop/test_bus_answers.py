"""A bus that is asleep is told from one that answers and from none, without waiting for it."""

import sys
import time
from pathlib import Path

import pytest

from ringbridge.desktop.bus_answers import bus_hangs, session_bus_address, system_bus_address
from support.lock_bus import LockBus

pytestmark = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="D-Bus is Linux's")


def test_a_bus_that_is_up_answers_and_a_frozen_one_does_not() -> None:
    with LockBus() as bus:
        assert not bus_hangs(bus.address, patience_s=10)
        bus.freeze()
        began = time.monotonic()
        assert bus_hangs(bus.address, patience_s=0.2)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "unix:", "unix:path=/nonexistent/bus", "unix:abstract=nobody", "tcp:host=localhost,port=1"],
)
def test_where_there_is_none_nobody_waits(address: str) -> None:
    assert not bus_hangs(address, patience_s=10)


def test_the_addresses_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/there")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/here")
    assert (system_bus_address(), session_bus_address()) == ("unix:path=/there", "unix:path=/here")
    monkeypatch.delenv("DBUS_SYSTEM_BUS_ADDRESS")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert session_bus_address() == f"unix:path={tmp_path}/bus"
    assert system_bus_address().startswith("unix:path=/var/run/dbus/")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert session_bus_address() == ""
