"""Hotkeys on a real KWin with KDE's real portal; keys come through the compositor, as from a keyboard."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from support.json_process import JsonProcess
from support.wayland_desktop import WaylandDesktop, require_wayland

pytestmark = pytest.mark.desktop

INSTALL = """
import json, sys
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.shortcuts.kde import KdeShortcuts
from ringbridge.desktop.shortcuts.port import ShortcutTaken, ShortcutWish
shortcuts, (do, combination, *command) = KdeShortcuts(sys.argv[1]), sys.argv[2:]
said = ""
if do == "install":
    try:
        shortcuts.install(ShortcutWish(HotkeyAction.REDIAL, combination, "Redial", tuple(command)))
    except ShortcutTaken as taken:
        said = taken.holder
elif do == "remove":
    said = list(shortcuts.remove())
print(json.dumps({"said": said, "installed": shortcuts.installed(), "holder": shortcuts.holder(combination)}))
"""


@pytest.fixture
def desktop() -> Iterator[WaylandDesktop]:
    require_wayland("kwin", portal=True, tray=False, notify=False)
    with WaylandDesktop("kwin", portal=True, tray=False, notify=False) as desktop:
        yield desktop


def bind(driver: JsonProcess, **keys: str) -> None:
    driver.send(do="bind", keys=keys)


def start(desktop: WaylandDesktop, profile: str = "") -> JsonProcess:
    driver = JsonProcess(desktop, "portal_driver.py", profile)
    driver.next(event="ready", usable=True, timeout_s=30)
    return driver


def test_a_key_reaches_the_program_and_the_next_start_has_it_at_once(desktop: WaylandDesktop) -> None:
    for _ in range(2):
        driver = start(desktop)
        bind(driver, dial_selection="Ctrl+Alt+K", redial="Ctrl+Alt+R")
        for action, keys in (("dial_selection", "Ctrl+Alt+K"), ("redial", "Ctrl+Alt+R")):
            driver.next(event="state", action=action, condition="bound", keys=keys, timeout_s=20)
        desktop.press("ctrl+alt+k", "ctrl+alt+r")
        driver.next(event="pressed", action="dial_selection")
        driver.next(event="pressed", action="redial")
        driver.quiet_for(0.3, event="pressed")
        driver.end()


def test_a_key_that_another_program_has_is_not_believed_to_be_ours(desktop: WaylandDesktop) -> None:
    mine, other = start(desktop), start(desktop, "other")
    bind(mine, dial_selection="Ctrl+Alt+K")
    mine.next(event="state", condition="bound", timeout_s=20)
    bind(other, dial_selection="Ctrl+Alt+K", redial="Ctrl+Alt+R")
    other.next(event="state", action="dial_selection", condition="no_key", timeout_s=20)
    other.next(event="state", action="redial", condition="bound", timeout_s=20)
    desktop.press("ctrl+alt+k")
    mine.next(event="pressed", action="dial_selection")
    other.quiet_for(0.3, event="pressed")
    for driver in (mine, other):
        driver.end()


def test_the_desktop_keeps_a_key_that_runs_a_command(desktop: WaylandDesktop) -> None:
    hits = desktop.home / "hits"

    def shortcuts(profile: str, do: str, combination: str, *command: str) -> dict[str, Any]:
        argv = [sys.executable, "-c", INSTALL, profile, do, combination, *command]
        return json.loads(desktop.run(argv, check=True).stdout)

    script = desktop.home / "a script"
    script.write_text(f"#!/bin/sh\necho hit >> '{hits}'\n")
    script.chmod(0o755)
    assert shortcuts("", "install", "Ctrl+Alt+K", str(script)) == {
        "said": "", "installed": {"redial": "Ctrl+Alt+K"}, "holder": ""
    }  # fmt: skip
    desktop.press("ctrl+alt+k")
    desktop.wait_for(hits.exists, 10, "the command to run")
    assert shortcuts("", "install", "Ctrl+Alt+E", str(script))["installed"] == {"redial": "Ctrl+Alt+E"}
    assert shortcuts("other", "install", "Ctrl+Alt+E", str(script)) == {
        "said": "Ringbridge: Redial", "installed": {}, "holder": "Ringbridge: Redial"
    }  # fmt: skip
    desktop.press("ctrl+alt+k", "ctrl+alt+e")
    desktop.wait_for(lambda: hits.read_text() == "hit\n" * 2, 10, "the moved key")
    assert shortcuts("", "remove", "Ctrl+Alt+E")["said"] == ["redial"]
    assert shortcuts("other", "look", "Ctrl+Alt+E")["holder"] == ""
