"""The icon follows the trays that come and go, on real desktops with real panels."""

import os
import signal
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from ringbridge.desktop.login_start import started_at_login
from support.desktop import Desktop, require_desktop
from support.json_process import JsonProcess

PANEL = ["xfce4-panel", "--disable-wm-check", "--sm-client-disable"]
TRAYER = [
    "trayer",
    "--edge",
    "top",
    "--align",
    "right",
    "--widthtype",
    "request",
    "--heighttype",
    "pixel",
    "--height",
    "28",
]


@pytest.fixture
def bare() -> Generator[Desktop]:
    require_desktop()
    with Desktop(tray="none") as desktop:
        yield desktop


class Icon:
    """A process with a tray icon and what watches over it."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.process = JsonProcess(desktop, "tray_driver.py", env={"QT_QPA_PLATFORM": "xcb"})
        self.process.next(event="ready", timeout_s=20)

    def wait(self, event: str, timeout_s: float = 15) -> dict[str, Any]:
        return self.process.next(timeout_s=timeout_s, event=event)

    def in_the_panel(self) -> bool:
        desktop = self.desktop
        pid = self.process.process.pid
        try:
            items = desktop.tray_items() if desktop.bus.tray_host_ready() else ()
            return any(desktop.bus.pid_of(item.service) == pid for item in items)
        except Exception:  # noqa: BLE001 - the panel is on its way
            return False

    def embedded(self) -> bool:
        self.process.send(do="where")
        return bool(self.process.next(event="where")["embedded"])


def start(desktop: Desktop, argv: list[str]) -> "subprocess.Popen[Any]":
    return desktop.spawn(argv)


def end(program: "subprocess.Popen[Any]") -> None:
    program.send_signal(signal.SIGKILL)
    program.wait(10)


def test_an_icon_that_was_there_before_its_panel_gets_into_it(bare: Desktop) -> None:
    icon = Icon(bare)
    icon.wait("missing")
    panel = start(bare, PANEL)
    icon.wait("shown")
    bare.wait_for(icon.in_the_panel, 10, "the icon in the panel")
    end(panel)
    icon.wait("hidden")
    start(bare, PANEL)
    icon.wait("shown")
    bare.wait_for(icon.in_the_panel, 10, "the icon in the new panel")
    assert len(bare.tray_items()) == 1
    icon.process.end()


def test_an_icon_that_was_there_before_an_old_tray_gets_into_it(bare: Desktop) -> None:
    icon = Icon(bare)
    icon.wait("missing")
    trayer = start(bare, TRAYER)
    icon.wait("shown")
    bare.wait_for(icon.embedded, 10, "the icon in the tray")
    end(trayer)
    icon.wait("hidden")
    start(bare, TRAYER)
    icon.wait("shown")
    bare.wait_for(icon.embedded, 10, "the icon in the new tray")
    icon.process.end()


def test_the_icon_changes_its_kind_with_the_trays(bare: Desktop) -> None:
    """From an old tray into a panel that comes later, and back when only the old one is left."""
    trayer = start(bare, TRAYER)
    bare.wait_for(lambda: bare.selection_owner("_NET_SYSTEM_TRAY_S0"), 10, "the tray")
    icon = Icon(bare)
    icon.wait("shown")
    assert icon.embedded()
    watcher = JsonProcess(bare, "tray_watcher_service.py", "host")
    watcher.next(owns=True, timeout_s=20)
    watcher.next(registered=True, timeout_s=10)
    watcher.end()
    bare.wait_for(icon.embedded, 10, "the icon back in the old tray")
    end(trayer)
    icon.wait("hidden")
    icon.process.end()


def test_a_watcher_whose_panel_is_missing_shows_nothing(bare: Desktop) -> None:
    watcher = JsonProcess(bare, "tray_watcher_service.py", "no_host")
    watcher.next(owns=True, timeout_s=20)
    icon = Icon(bare)
    icon.wait("missing")
    watcher.send(do="host")
    icon.wait("shown")
    watcher.end()
    icon.process.end()


def test_a_panel_that_starts_again_while_the_program_sleeps_is_noticed_afterwards(bare: Desktop) -> None:
    panel = start(bare, PANEL)
    bare.wait_for(bare.bus.tray_host_ready, 15, "the panel")
    icon = Icon(bare)
    icon.wait("shown")
    os.kill(icon.process.process.pid, signal.SIGSTOP)
    end(panel)
    start(bare, PANEL)
    bare.wait_for(lambda: _ready(bare), 15, "the new panel")
    os.kill(icon.process.process.pid, signal.SIGCONT)
    bare.wait_for(icon.in_the_panel, 15, "the icon in the new panel")
    icon.process.end()


def _ready(desktop: Desktop) -> bool:
    try:
        return desktop.bus.tray_host_ready()
    except Exception:  # noqa: BLE001 - it is on its way
        return False


@pytest.mark.parametrize(
    ("text", "at_login"),
    [
        ("0::/user.slice/app.slice/app-ringbridge@autostart.service\n", True),
        ("0::/user.slice/app.slice/app-gnome-ringbridge-1234.scope\n", False),
    ],
)
def test_a_start_at_login_is_told_from_one_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, at_login: bool
) -> None:
    monkeypatch.delenv("DESKTOP_AUTOSTART_ID", raising=False)
    (tmp_path / "cgroup").write_text(text)
    assert started_at_login(tmp_path / "cgroup") is at_login
    assert not started_at_login(tmp_path / "none")
    monkeypatch.setenv("DESKTOP_AUTOSTART_ID", "10abc")
    assert started_at_login(tmp_path / "none")
