"""The call strip of the real program on a real desktop, from a command to a hang-up by mouse."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from support.desktop import Desktop, require_desktop

RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))
PHONE = "^Desk phone"
STRIP = "0142$"
PERSON_S = 0.5  # until a person has moved the pointer: the strip ignores clicks within 0.3 s of its appearance

pytestmark = pytest.mark.desktop


class Stage:
    """The demo with its desk phone, and the training PBX's journal."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.journal = desktop.home / "journal.jsonl"
        self.program = desktop.spawn([RINGBRIDGE, "--demo"], env={"RINGBRIDGE_TRAINING_JOURNAL": str(self.journal)})
        desktop.tray_item()
        desktop.window(PHONE)

    def dial(self) -> dict[str, Any]:
        done = self.desktop.run([RINGBRIDGE, "--profile", "demo", "dial", "+1 212 555 0142", "--json"], timeout=60)
        return json.loads(done.stdout)

    def lines(self, kind: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.journal.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["kind"] == kind]

    def recent(self) -> dict[str, Any]:
        done = self.desktop.run([RINGBRIDGE, "--profile", "demo", "recent", "--json"], timeout=60)
        return json.loads(done.stdout)[0]


@pytest.fixture
def stage() -> Iterator[Stage]:
    require_desktop()
    with Desktop(accessibility=True) as desktop:
        stage = Stage(desktop)
        yield stage
        stage.program.terminate()
        try:
            assert stage.program.wait(10) == 0
        except subprocess.TimeoutExpired:
            stage.program.kill()
            raise


def test_a_call_of_a_command_is_shown_followed_and_hung_up_by_mouse(stage: Stage, tmp_path: Path) -> None:
    desktop = stage.desktop
    typed = desktop.home / "typed"
    desktop.spawn(["xterm", "-T", "typing", "-geometry", "60x10+40+300", "-e", f"cat > {typed}"])
    desktop.focus(desktop.window("^typing$"))
    desktop.type_keys("before ")
    assert stage.dial()["outcome"] == "requested"
    desktop.widget("^Your phone is ringing", "label", window=STRIP)
    assert stage.recent()["state"] == "ringing"
    focused = desktop.focused_window()
    assert focused is not None
    assert focused.title == "typing"
    desktop.type_keys("while ")
    desktop.click_widget("^Answer", window=PHONE)
    desktop.focus(desktop.window("^typing$"))
    desktop.widget("^Connected$", "label", window=STRIP)
    assert stage.recent()["state"] == "connected"
    assert any("connected" in entry.label for entry in desktop.tray_menu() if entry.label)
    desktop.screenshot(tmp_path / "connected.png")
    time.sleep(PERSON_S)
    desktop.click_widget("^Hang up the call", window=STRIP)
    desktop.widget("^Answered, ", "label", window=STRIP)
    focused = desktop.focused_window()
    assert focused is not None
    assert focused.title == "typing"
    desktop.type_keys("after")
    desktop.press("Return")
    desktop.wait_for(lambda: typed.exists() and typed.read_text().endswith("\n"), what="the typed line")
    assert typed.read_text() == "before while after\n"
    assert stage.lines("call")[-1]["cause"] == "hangup_api"
    row = stage.recent()
    assert (row["state"], row["end"]) == ("ended", "answered")
    talked = datetime.fromisoformat(row["ended_at"]) - datetime.fromisoformat(row["answered_at"])
    assert abs(talked.total_seconds() - row["talk_s"]) < 4
    asked = [line["function"] for line in stage.lines("request")]
    assert asked.count("calls/hangup") == 1
    assert asked.count("calls/active/list") < 25
    assert not any(entry.label.startswith("Hang up") for entry in desktop.tray_menu() if entry.label)
