"""`ringbridge link register|unregister|status` and `ringbridge autostart`."""

from pathlib import Path

import pytest

from support.command_line import Home, run_process
from support.lock_bus import LockBus
from support.portal_peer import PortalPeer
from support.xdg_home import XdgHome


@pytest.fixture
def xdg(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> XdgHome:
    return XdgHome(tmp_path, monkeypatch)


def test_links_are_registered_made_the_default_and_given_back(home: Home, xdg: XdgHome) -> None:
    xdg.install("softphone", "x-scheme-handler/tel;")
    assert home.run("link", "status").out.splitlines()[:2] == [
        "Ringbridge is not registered for phone links.",
        "tel: links are opened by Softphone.",
    ]
    ran = home.run("link", "register")
    assert ran.code == 0
    assert "tel: links are opened by Softphone." in ran.out
    assert "link register --default" in ran.out
    assert home.run("link", "register", "--default").code == 0
    status = home.run("link", "status", "--json").json
    assert status == {
        "usable": True,
        "registration": "user",
        "openers": {"tel": "Ringbridge", "callto": "Ringbridge", "sip": "Ringbridge"},
        "ours": ["callto", "sip", "tel"],
    }
    ran = home.run("link", "unregister")
    assert ran.code == 0
    assert "tel: links are opened by Softphone." in ran.out
    assert xdg.tree() == {}


def test_another_profile_is_named_in_the_entry(home: Home, xdg: XdgHome) -> None:
    assert home.run("--profile", "work", "link", "register").code == 0
    assert " --profile work %u" in (xdg.data / "applications/ringbridge.desktop").read_text()
    assert home.run("link", "status", "--json").json["registration"] == "other_copy"
    assert home.run("--profile", "work", "link", "unregister").code == 0
    assert xdg.tree() == {}


def test_a_uri_may_stand_in_place_of_a_command(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(
        "ringbridge.commands.link.run", lambda arguments, profile: asked.append([*arguments, profile]) or 0
    )
    assert home.run("--profile", "x", "TEL:+12125550142").code == 0
    assert home.run("sip:200@example.com").code == 0
    assert asked == [["TEL:+12125550142", "x"], ["sip:200@example.com", None]]
    assert home.run("tell").code == 2
    assert home.run("mailto:x@example.com").code == 2


def test_the_start_at_login_is_switched_on_and_off(home: Home, xdg: XdgHome) -> None:
    assert home.run("autostart", "status").out == "Ringbridge does not start at login.\n"
    ran = home.run("autostart", "on")
    assert (ran.code, ran.out) == (0, "Ringbridge starts at login.\n")
    assert "--background" in (xdg.config / "autostart/ringbridge.desktop").read_text()
    assert home.run("autostart", "status", "--json").json == {"usable": True, "on": True, "reason": ""}
    assert home.run("autostart", "off").code == 0
    assert xdg.tree() == {}


@pytest.mark.parametrize("arguments", [("link", "register", "x"), ("autostart",), ("autostart", "maybe")])
def test_a_bad_command_line_ends_with_2(home: Home, xdg: XdgHome, arguments: tuple[str, ...]) -> None:
    assert home.run(*arguments).code == 2
    assert xdg.tree() == {}


def test_a_start_in_the_background_opens_nothing_in_the_running_program(home: Home) -> None:
    from support.fake_program import FakeProgram, answer

    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "ok": True, "pid": 1})) as program:
        assert home.run("--background").code == 0
    assert [request["command"] for request in program.requests] == ["ping"]


def test_what_lets_a_window_take_the_focus_is_handed_over(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from support.fake_program import FakeProgram, answer

    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "token-1")
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "ok": True})) as program:
        assert home.run("tel:+12125550142").code == 0
        assert home.run().code == 0
    assert [request["token"] for request in program.requests] == ["token-1", "token-1"]


@pytest.mark.parametrize(("granted", "code"), [(True, 0), (False, 7)])
def test_in_a_sandbox_the_desktop_is_asked_to_start_us(xdg: XdgHome, granted: bool, code: int) -> None:
    with LockBus() as bus, PortalPeer(bus.address) as portal:
        portal.response = (0 if granted else 1, {"autostart": ("b", granted)})
        env = {"SNAP": "/snap/ringbridge/1", "DBUS_SESSION_BUS_ADDRESS": bus.address}
        done = run_process("autostart", "on", env=env)
        asked = portal.asked("RequestBackground").values[1]
    assert done.returncode == code, done.stderr
    assert (b"does not start" in done.stdout) is not granted
    assert asked["commandline"] == ("as", ["ringbridge", "--background"])
    assert xdg.tree() == {}
