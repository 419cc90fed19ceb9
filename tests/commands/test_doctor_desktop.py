"""What `ringbridge doctor` says of the desktop around."""

from pathlib import Path
from typing import Any

import pytest

from support.command_line import Home
from support.lock_bus import LockBus
from support.portal_peer import LogindPeer, NetworkManagerPeer, PortalPeer
from support.xdg_home import XdgHome


@pytest.fixture
def xdg(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> XdgHome:
    for name in ("SESSION", "SYSTEM"):
        monkeypatch.setenv(f"DBUS_{name}_BUS_ADDRESS", "unix:path=/nowhere/bus")
    return XdgHome(tmp_path, monkeypatch)


def checks(home: Home) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in home.run("doctor", "--json").json["checks"]}


def test_what_is_not_there_is_no_fault_and_is_said(home: Home, xdg: XdgHome) -> None:
    found = checks(home)
    for name in ("links", "autostart", "power", "network", "dark_mode"):
        assert found[name]["ok"], name
    assert found["links"]["detail"].startswith("Ringbridge is not registered for phone links.")
    assert found["autostart"]["detail"] == "Ringbridge does not start at login."
    assert "nobody here tells" in found["power"]["detail"]
    assert "nobody here tells" in found["network"]["detail"]
    assert found["dark_mode"]["detail"] == "what Qt knows of this desktop"
    assert home.run("config", "set", "look.theme", "dark").code == 0
    assert checks(home)["dark_mode"]["detail"] == "dark, as the settings say"


def test_who_tells_is_named(home: Home, xdg: XdgHome, monkeypatch: pytest.MonkeyPatch) -> None:
    with LockBus() as session, LockBus() as system:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session.address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", system.address)
        with PortalPeer(session.address), LogindPeer(system.address):
            found = checks(home)
            assert [found[name]["detail"] for name in ("power", "network", "dark_mode")] == [
                "logind",
                "portal",
                "portal",
            ]
            with NetworkManagerPeer(system.address):
                assert checks(home)["network"]["detail"] == "NetworkManager"


def test_an_entry_that_starts_what_is_gone_is_a_finding_with_its_remedy(home: Home, xdg: XdgHome) -> None:
    gone = "[Desktop Entry]\nType=Application\nName=Ringbridge\nExec=/nowhere/ringbridge %u\n"
    xdg.write(xdg.data / "applications/ringbridge.desktop", gone)
    xdg.write(xdg.config / "autostart/ringbridge.desktop", gone)
    found = checks(home)
    assert (found["links"]["ok"], found["autostart"]["ok"]) == (False, False)
    assert "link register" in found["links"]["remedy"]
    assert "autostart on" in found["autostart"]["remedy"]
