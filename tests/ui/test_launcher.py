"""The window that stands in for the tray icon."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallRecord, Destination, Origin, Outcome
from ringbridge.ui.choice import Choice
from ringbridge.ui.launcher import Launcher, MenuRow
from ringbridge.ui.tray import Tray
from ringbridge.ui.tray_icon import TrayState

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise")


@pytest.fixture
def tray(qtbot: QtBot) -> Tray:
    return Tray()


@pytest.fixture
def launcher(qtbot: QtBot, tray: Tray) -> Iterator[Launcher]:
    launcher = Launcher(tray, guard_ms=0)
    qtbot.addWidget(launcher)
    launcher.present()
    yield launcher
    launcher.hide()


def entries(launcher: Launcher) -> list[str]:
    rows = [row for row in launcher._shown_rows if isinstance(row, MenuRow | QLabel)]
    return [row.label if isinstance(row, MenuRow) else row.text() for row in rows]


def row(launcher: Launcher, name: str) -> MenuRow:
    return next(row for row in launcher._shown_rows if isinstance(row, MenuRow) and row.objectName() == name)


def label(launcher: Launcher, name: str) -> str:
    found = launcher.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.text() if not found.isHidden() else ""


def call(number: int) -> CallRecord:
    return CallRecord(
        request_id=f"r{number}",
        requested_at=datetime.now(UTC),
        origin=Origin.CARD,
        outcome=Outcome.REQUESTED,
        destination=Destination(dialed=f"{number}", display=f"+1 212-555-010{number}"),
    )


def test_it_has_what_the_menu_has(launcher: Launcher) -> None:
    assert entries(launcher) == ["Redial", "Pause clipboard watching", "Settings…", "What works here…", "Quit"]
    assert not row(launcher, "redial").isEnabled()


def test_it_follows_the_menu(qtbot: QtBot, tray: Tray, launcher: Launcher) -> None:
    tray.set_offer((Choice(display="+1 212-555-1234"),))
    tray.set_recent((call(1), call(2)))
    qtbot.waitUntil(lambda: "Call +1 212-555-1234" in entries(launcher))
    assert entries(launcher)[:2] == ["Call +1 212-555-1234", "Show the copied number…"]
    assert any("+1 212-555-0102 — " in text for text in entries(launcher))
    with qtbot.waitSignal(tray.offer_wanted):
        qtbot.mouseClick(row(launcher, "offer"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(tray.redial_wanted) as wanted:
        qtbot.mouseClick(row(launcher, "recent_1"), Qt.MouseButton.LeftButton)
    assert wanted.args == ["r2"]
    tray.set_offer(())
    qtbot.waitUntil(lambda: "Call +1 212-555-1234" not in entries(launcher))


def test_it_says_what_the_icon_says(tray: Tray, launcher: Launcher) -> None:
    assert label(launcher, "state") == "Ringbridge: copy a phone number to call it"
    assert label(launcher, "attention") == ""
    tray.set_status("No account yet")
    assert label(launcher, "attention") == "No account yet"
    tray.set_activity("Ada: connected")
    assert label(launcher, "state") == "Ringbridge: Ada: connected"
    assert tray.words[0] == "Ringbridge: Ada: connected"
    tray.set_state(TrayState.IDLE)
    tray.set_paused(True)
    assert "paused" in label(launcher, "state")


def test_the_keyboard_reaches_everything(qtbot: QtBot, tray: Tray, launcher: Launcher) -> None:
    first = launcher.focusWidget()
    assert isinstance(first, QAbstractButton)
    with qtbot.waitSignal(tray.call_number_wanted):
        qtbot.keyClick(first, Qt.Key.Key_Return)
    names: list[str] = []
    widget: QWidget | None = first
    for _ in range(30):
        widget = widget.nextInFocusChain() if widget is not None else None
        if isinstance(widget, MenuRow):
            names.append(widget.objectName())
    assert names[:3] == ["redial", "pause", "settings"]
    with qtbot.waitSignal(tray.settings_wanted):
        qtbot.keyClick(row(launcher, "settings"), Qt.Key.Key_Return)
    with qtbot.waitSignal(tray.pause_toggled):
        qtbot.keyClick(row(launcher, "pause"), Qt.Key.Key_Space)


def test_the_focus_stays_with_its_entry_when_the_menu_changes(qtbot: QtBot, tray: Tray, launcher: Launcher) -> None:
    row(launcher, "settings").setFocus()
    tray.set_recent((call(1),))
    qtbot.waitUntil(lambda: any("0101" in text for text in entries(launcher)))
    focused = launcher.focusWidget()
    assert isinstance(focused, MenuRow)
    assert focused.objectName() == "settings"


def test_a_screen_reader_hears_whole_names(launcher: Launcher, tray: Tray, qtbot: QtBot) -> None:
    tray.set_recent((call(1),))
    qtbot.waitUntil(lambda: any("0101" in text for text in entries(launcher)))
    assert row(launcher, "redial").accessibleName() == "Redial +1 212-555-0101"


def test_closing_ends_nothing_and_says_so(qtbot: QtBot, launcher: Launcher, tray: Tray) -> None:
    with qtbot.assertNotEmitted(tray.quit_wanted), qtbot.waitSignal(launcher.closed):
        qtbot.keyClick(launcher, Qt.Key.Key_Escape)
    assert not launcher.isVisible()


def test_untouched_it_goes_when_the_icon_comes(launcher: Launcher) -> None:
    launcher.retire()
    assert not launcher.isVisible()


def test_in_use_it_stays_and_says_that_the_icon_came(qtbot: QtBot, launcher: Launcher) -> None:
    qtbot.mouseClick(launcher, Qt.MouseButton.LeftButton)
    launcher.retire()
    assert launcher.isVisible()
    assert "icon is in the tray now" in label(launcher, "hint")


def test_quietly_it_only_stands_in_the_task_bar(qtbot: QtBot, tray: Tray) -> None:
    launcher = Launcher(tray)
    qtbot.addWidget(launcher)
    launcher.present_quietly()
    assert launcher.isMinimized()
    launcher.retire()
    assert not launcher.isVisible()
    launcher.present_quietly()
    launcher.present()
    assert not launcher.isMinimized()


@pytest.mark.parametrize("by_key", [False, True])
def test_what_is_pressed_while_the_entries_move_does_nothing(qtbot: QtBot, tray: Tray, by_key: bool) -> None:
    launcher = Launcher(tray, guard_ms=60_000)
    qtbot.addWidget(launcher)
    launcher.present()

    def press() -> None:
        offer = row(launcher, "offer")
        qtbot.keyClick(offer, Qt.Key.Key_Space) if by_key else qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)

    tray.set_offer((Choice(display="+1 212-555-1234"),))
    qtbot.waitUntil(lambda: "Call +1 212-555-1234" in entries(launcher))
    with qtbot.assertNotEmitted(tray.offer_wanted):
        press()
    launcher._guard_s = 0
    with qtbot.waitSignal(tray.offer_wanted):
        press()
