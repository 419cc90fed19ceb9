"""Hotkeys that a person refused, from one start to the next."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.core.settings import HotkeySettings
from ringbridge.desktop.ports import HotkeyCondition, HotkeyState, HotkeyWish
from ringbridge.ui.hotkey_binding import HotkeyBinding
from ringbridge.ui.key_refusals import KeyRefusals
from ringbridge.ui.notices import Notices
from ringbridge.ui.tasks import GuiInvoker, Lane
from ringbridge.ui.tray import Tray
from support.fake_portal import FakePortal
from support.lock_bus import LockBus

DIAL = HotkeyWish(HotkeyAction.DIAL_SELECTION, "Ctrl+Alt+D", "Call the selected number")
REDIAL = HotkeyWish(HotkeyAction.REDIAL, "Ctrl+Alt+R", "Redial")


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    lane = Lane("slow", GuiInvoker())
    yield lane
    assert lane.close(5)


def rest(qtbot: QtBot, lane: Lane) -> None:
    done: list[None] = []
    lane.submit(lambda: None, done.append, lambda _error: None)
    qtbot.waitUntil(lambda: bool(done))


def test_a_no_is_known_at_the_next_start_and_only_for_the_same_keys(qtbot: QtBot, lane: Lane, tmp_path: Path) -> None:
    path = tmp_path / "state/hotkeys.json"
    KeyRefusals(path, lane).keep([DIAL])
    rest(qtbot, lane)
    later = KeyRefusals(path, lane)
    later.take(later.read())
    assert later.covers([DIAL])
    assert not later.covers([DIAL, REDIAL])
    assert not later.covers([DIAL._replace(combination="Super+F1")])
    assert not later.covers([])
    later.keep(())
    rest(qtbot, lane)
    assert not path.exists()


def test_a_file_that_can_not_be_written_is_said(
    qtbot: QtBot, lane: Lane, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    refusals = KeyRefusals(tmp_path / "file/hotkeys.json", lane)
    refusals.keep([DIAL])
    rest(qtbot, lane)
    assert refusals.covers([DIAL])
    assert "the next start asks again" in caplog.text
    assert refusals.read() == {}


def test_the_program_asks_once_whatever_the_number_of_its_starts(
    qtbot: QtBot, lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "/nowhere/wayland")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")
    tray, denied = Tray(), HotkeyState(HotkeyCondition.DENIED)
    with LockBus() as bus, FakePortal(bus.address, bind_code=1, binds=False) as portal:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        for _ in range(3):
            binding = HotkeyBinding(
                lane=lane, notices=Notices(tray), menu=tray.menu, act=lambda _action: None, profile="",
                refusals=tmp_path / "hotkeys.json",
            )  # fmt: skip
            binding.apply(HotkeySettings(dial_selection="Ctrl+Alt+D"))
            qtbot.waitUntil(lambda binding=binding: binding.report.states.get(DIAL.action) == denied)
            rest(qtbot, lane)
            binding.close()
        assert portal.asked().count("BindShortcuts") == 1
    tray.close()
