"""The desk phone's window, with a real PBX behind it."""

import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimeLine
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ringbridge.training.desk_phone import DeskPhoneWindow
from ringbridge.training.server import TrainingPbx
from ringbridge.training.states import CallPhase, Cause
from support.desktop import Desktop
from training.asking import CALL, ask

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def pbx(qtbot: QtBot) -> Generator[TrainingPbx]:
    with TrainingPbx(pace=0.02) as pbx:
        yield pbx


@pytest.fixture
def phone(qtbot: QtBot, pbx: TrainingPbx) -> DeskPhoneWindow:
    window = DeskPhoneWindow(pbx)
    qtbot.addWidget(window)
    window.show()
    return window


def text(phone: DeskPhoneWindow, name: str) -> str:
    label = phone.findChild(QLabel, name)
    assert label is not None
    return label.text().strip("\u2066\u2069")


def button(phone: DeskPhoneWindow, name: str) -> QPushButton:
    found = phone.findChild(QPushButton, name)
    assert found is not None
    return found


def shown(phone: DeskPhoneWindow) -> set[str]:
    return {name for name in ("answer", "decline", "hang_up") if button(phone, name).isVisible()}


def moving(phone: DeskPhoneWindow) -> set[str]:
    found = {"pulse"} if phone._pulse.state() is QTimeLine.State.Running else set[str]()
    return found | ({"talk"} if phone._tick.isActive() else set())


@pytest.fixture
def until(qtbot: QtBot, phone: DeskPhoneWindow) -> Callable[[str], None]:
    return lambda heading: qtbot.waitUntil(lambda: text(phone, "heading") == heading, timeout=5000)


RINGING = "Incoming: calling you back for"


def test_idle_shows_whose_phone_it_is_and_that_nobody_is_called(phone: DeskPhoneWindow):
    assert (text(phone, "heading"), text(phone, "name"), text(phone, "number")) == (
        "Ready",
        "Robin Trainer",
        "1234567",
    )
    assert text(phone, "hint") == "Training PBX: nobody real is called"
    assert shown(phone) == set()
    assert moving(phone) == set()


def test_with_a_large_font_the_note_is_not_cut(qtbot: QtBot, pbx: TrainingPbx, qapp: QApplication):
    small = qapp.font()
    large = QFont(small)
    large.setPointSizeF(small.pointSizeF() * 1.8)
    qapp.setFont(large)
    try:
        window = DeskPhoneWindow(pbx)
        qtbot.addWidget(window)
        window.show()
        note = window.findChild(QLabel, "note")
        assert note is not None
        assert note.text()
        assert note.heightForWidth(note.width()) <= note.height()
    finally:
        qapp.setFont(small)


def test_a_call_is_answered_talked_and_hung_up(
    qtbot: QtBot, pbx: TrainingPbx, phone: DeskPhoneWindow, until: Callable[[str], None]
):
    ask(pbx, "calls/make", CALL)
    until(RINGING)
    assert (text(phone, "name"), text(phone, "number")) == ("Dana Jansen", "2125551234")
    assert shown(phone) == {"answer", "decline"}
    assert moving(phone) == {"pulse"}
    button(phone, "answer").click()
    until("Connected")
    assert shown(phone) == {"hang_up"}
    assert moving(phone) == {"talk"}
    assert text(phone, "note") == "0:00"
    qtbot.waitUntil(lambda: text(phone, "note") == "0:01", timeout=3000)
    button(phone, "hang_up").click()
    until("Call ended")
    assert text(phone, "note") == "You hung up."
    assert shown(phone) == set()
    assert moving(phone) == set()
    assert pbx.calls[0].cause is Cause.HANGUP_A


def test_a_call_is_declined_and_the_display_forgets_it(
    pbx: TrainingPbx, phone: DeskPhoneWindow, until: Callable[[str], None]
):
    phone._forget.setInterval(50)
    ask(pbx, "calls/make", CALL)
    until(RINGING)
    button(phone, "decline").click()
    until("Call ended")
    until("Ready")
    assert not phone._forget.isActive()
    assert pbx.calls[0].cause is Cause.REJECTED


def test_everything_can_be_done_by_keyboard(
    qtbot: QtBot, pbx: TrainingPbx, phone: DeskPhoneWindow, until: Callable[[str], None]
):
    phone.activateWindow()
    ask(pbx, "calls/make", CALL)
    until(RINGING)
    qtbot.waitUntil(lambda: phone.focusWidget() is button(phone, "answer"))
    qtbot.keyClick(phone, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: phone.focusWidget() is button(phone, "decline"))
    qtbot.keyClick(phone, Qt.Key.Key_Backtab)
    qtbot.keyClick(phone.focusWidget(), Qt.Key.Key_Return)
    until("Connected")
    assert phone.focusWidget() is button(phone, "hang_up")
    qtbot.keyClick(phone.focusWidget(), Qt.Key.Key_Space)
    until("Call ended")


def test_a_busy_party_is_said(qtbot: QtBot):
    with TrainingPbx(scenario="busy", pace=0.5) as slow:  # so that the tone lasts long enough to be seen
        phone = DeskPhoneWindow(slow)
        qtbot.addWidget(phone)
        phone.show()
        ask(slow, "calls/make", CALL)
        qtbot.waitUntil(lambda: text(phone, "heading") == RINGING)
        button(phone, "answer").click()
        qtbot.waitUntil(lambda: text(phone, "heading") == "Busy")
        assert shown(phone) == {"hang_up"}
        assert moving(phone) == set()


def test_an_offline_phone_says_so_though_it_never_rang(
    pbx: TrainingPbx, phone: DeskPhoneWindow, until: Callable[[str], None]
):
    pbx.set_scenario("own_offline")
    ask(pbx, "calls/make", CALL)
    until("Call ended")
    assert text(phone, "note") == "This phone is offline: it could not ring."


def test_a_second_call_waits_its_turn(
    qtbot: QtBot, pbx: TrainingPbx, phone: DeskPhoneWindow, until: Callable[[str], None]
):
    ask(pbx, "calls/make", CALL)
    until(RINGING)
    button(phone, "answer").click()
    until("Connected")
    ask(pbx, "calls/make", CALL | {"cnumber": "1234568"})
    qtbot.waitUntil(lambda: text(phone, "note") == "One more call waits.")
    assert text(phone, "name") == "Dana Jansen"
    button(phone, "hang_up").click()
    until(RINGING)
    assert text(phone, "name") == "Dana Höfler"
    button(phone, "answer").click()
    until("Connected")
    assert {call.phase for call in pbx.calls} == {CallPhase.ENDED, CallPhase.CONNECTED}


def test_a_closed_window_comes_back_when_it_rings_and_moves_only_while_it_is_seen(
    qtbot: QtBot, pbx: TrainingPbx, phone: DeskPhoneWindow, until: Callable[[str], None]
):
    phone.close()
    assert not phone.isVisible()
    ask(pbx, "calls/make", CALL)
    qtbot.waitUntil(phone.isVisible, timeout=5000)
    until(RINGING)
    assert moving(phone) == {"pulse"}
    phone.close()
    assert moving(phone) == set()
    phone.show()
    assert moving(phone) == {"pulse"}
    phone.showMinimized()
    qtbot.waitUntil(lambda: moving(phone) == set())


def test_closing_it_does_not_end_the_program(phone: DeskPhoneWindow):
    assert not phone.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
    assert phone.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


def test_the_display_is_read_out(pbx: TrainingPbx, phone: DeskPhoneWindow, until: Callable[[str], None]):
    ask(pbx, "calls/make", CALL)
    until(RINGING)
    assert phone._screen.accessibleName() == f"{RINGING} Dana Jansen 2125551234 Answer to be connected."


def test_a_window_that_is_gone_hears_nothing_more(qtbot: QtBot, pbx: TrainingPbx):
    window = DeskPhoneWindow(pbx)
    assert len(pbx._exchange._listeners) == 2  # the journal's and its own
    window.deleteLater()
    qtbot.waitUntil(lambda: len(pbx._exchange._listeners) == 1)


# ---------------------------------------------------------------------- on a real desktop

PROGRAM = """
import sys, threading
from PySide6.QtWidgets import QApplication
from ringbridge.training.desk_phone import DeskPhoneWindow
from ringbridge.training.server import TrainingPbx
from training.asking import CALL, ask
application = QApplication([])
application.setQuitOnLastWindowClosed(False)
pbx = TrainingPbx(pace=0.02)
pbx.start()
phone = DeskPhoneWindow(pbx)
if "hidden" not in sys.argv:
    phone.show()
pbx.subscribe(lambda event: print("phase", event.call.phase, flush=True))
def read():
    for line in sys.stdin:
        ask(pbx, "calls/make", CALL)
threading.Thread(target=read, daemon=True).start()
print("ready", flush=True)
application.exec()
"""


@pytest.mark.parametrize("how", ["hidden", "shown"])
def test_it_rings_without_taking_the_focus(desktop: Desktop, how: str):
    terminal = desktop.spawn(["xterm", "-T", "typing", "-geometry", "40x8+600+300", "-e", "cat"])
    phone = desktop.spawn(
        [sys.executable, "-c", PROGRAM, how],
        env={"PYTHONPATH": str(ROOT / "tests"), "QT_QPA_PLATFORM": "xcb"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert phone.stdout is not None
        assert phone.stdin is not None
        assert phone.stdout.readline() == b"ready\n"
        if how == "shown":
            desktop.window("^Desk phone")
        desktop.focus(desktop.window("^typing$"))
        phone.stdin.write(b"call\n")
        phone.stdin.flush()
        while phone.stdout.readline() != b"phase ringing_a\n":
            pass
        window = desktop.window("^Desk phone")
        desktop.type_keys("x")
        focused = desktop.focused_window()
        assert focused is not None
        assert focused.title == "typing"
        desktop.focus(window)
        desktop.press("alt+a")
        while phone.stdout.readline() != b"phase connected\n":
            pass
    finally:
        for process in (phone, terminal):
            process.kill()
            process.wait(10)
