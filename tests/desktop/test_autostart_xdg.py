"""Start at login by files: who starts us, and who switched it off."""

from pathlib import Path

import pytest

from ringbridge.assets import find_resource
from ringbridge.desktop.autostart_xdg import AutostartXdg
from ringbridge.desktop.registration_ports import AutostartState
from ringbridge.desktop.xdg.entry import command_in, read_entry
from support.xdg_home import XdgHome, run

ENTRY = "[Desktop Entry]\nType=Application\nName=Ringbridge\nExec=/bin/true --background\n"
OURS = "autostart/ringbridge.desktop"


@pytest.fixture
def xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> XdgHome:
    return XdgHome(tmp_path, monkeypatch)


def switch() -> AutostartXdg:
    return AutostartXdg(template=Path(find_resource("ringbridge.desktop")), arguments=("--background",))


def turn(*, on: bool) -> AutostartState:
    states: list[AutostartState] = []
    switch().set(on, states.append)
    return states[0]


def test_on_writes_a_valid_entry_and_off_leaves_nothing_behind(xdg: XdgHome) -> None:
    assert switch().state() == (False, "off")
    assert turn(on=True) == (True, "")
    entry = xdg.config / OURS
    assert run("desktop-file-validate", str(entry)) == ""
    keys = read_entry(entry.read_text())
    program, *arguments = command_in(keys["Exec"])
    assert Path(program).is_file()
    assert arguments[-1:] == ["--background"]
    assert "MimeType" not in keys
    assert turn(on=False) == (False, "off")
    assert not entry.parent.exists()
    assert turn(on=False) == (False, "off")


@pytest.mark.parametrize("key", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_a_person_switched_off_in_the_desktop_is_seen_and_can_be_switched_on(xdg: XdgHome, key: str) -> None:
    entry = xdg.write(xdg.config / OURS, f"{ENTRY}X-GNOME-Autostart-Delay=5\n{key}\n")
    assert switch().state() == (False, "switched_off")
    assert turn(on=True) == (True, "")
    keys = read_entry(entry.read_text())
    assert keys["X-GNOME-Autostart-Delay"] == "5"
    assert not {"Hidden", "X-GNOME-Autostart-enabled"} & keys.keys()
    assert turn(on=False) == (False, "switched_off")  # what a person wrote into it is kept
    assert read_entry(entry.read_text())["X-GNOME-Autostart-Delay"] == "5"


def test_a_packages_entry_starts_us_until_it_is_switched_off(xdg: XdgHome) -> None:
    xdg.write(xdg.system_config / OURS, ENTRY)
    assert switch().state() == (True, "by_system")
    assert turn(on=True) == (True, "by_system")
    assert xdg.tree() == {}
    assert turn(on=False) == (False, "switched_off")
    assert read_entry((xdg.config / OURS).read_text())["Hidden"] == "true"
    assert turn(on=True) == (True, "by_system")
    assert xdg.tree() == {}


def test_an_administrator_who_switched_it_off_is_named_and_a_person_may_switch_it_on(xdg: XdgHome) -> None:
    xdg.write(xdg.system_config / OURS, f"{ENTRY}Hidden=true\n")
    assert switch().state() == (False, "switched_off_by_admin")
    assert turn(on=True) == (True, "")
    assert turn(on=False) == (False, "switched_off_by_admin")


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("OnlyShowIn=KDE;", "not_on_this_desktop"),
        ("NotShowIn=X-Test;", "not_on_this_desktop"),
        ("OnlyShowIn=KDE;X-Test;", ""),
        ("TryExec=/nowhere/ringbridge", "broken"),
    ],
)
def test_an_entry_that_starts_nothing_here_says_why(xdg: XdgHome, keys: str, reason: str) -> None:
    xdg.write(xdg.config / OURS, f"{ENTRY}{keys}\n")
    assert switch().state() == (not reason, reason)


def test_an_entry_of_a_copy_that_is_gone_is_broken_and_repaired(xdg: XdgHome) -> None:
    xdg.write(xdg.config / OURS, ENTRY.replace("/bin/true", "/nowhere/ringbridge"))
    assert switch().state() == (False, "broken")
    assert turn(on=True) == (True, "")
