import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from ringbridge.ui.call_dialog import CallDialog


@pytest.fixture
def dialog(qtbot: QtBot) -> CallDialog:
    dialog = CallDialog()
    qtbot.addWidget(dialog)
    dialog.begin()
    return dialog


def line(dialog: CallDialog) -> QLineEdit:
    found = dialog.findChild(QLineEdit, "number")
    assert isinstance(found, QLineEdit)
    return found


def call_button(dialog: CallDialog) -> QPushButton:
    found = dialog.findChild(QPushButton, "call")
    assert isinstance(found, QPushButton)
    return found


def message(dialog: CallDialog) -> QLabel:
    found = dialog.findChild(QLabel, "reading")
    assert isinstance(found, QLabel)
    return found


def test_typing_asks_how_it_is_read(dialog: CallDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignals([dialog.text_edited] * 3):
        QTest.keyClicks(line(dialog), "212")
    dialog.show_reading("Calls extension 212.")
    assert message(dialog).text() == "Calls extension 212."
    QTest.keyClicks(line(dialog), "5")
    assert message(dialog).text() == ""


def test_a_pasted_number_with_a_line_break_is_one_line(dialog: CallDialog, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("+1 212\n555 1234\n")
    with qtbot.waitSignal(dialog.text_edited) as edited:
        line(dialog).paste()
    assert edited.args == ["+1 212 555 1234"]


def test_enter_calls_what_stands_there_once(dialog: CallDialog) -> None:
    wanted: list[str] = []
    dialog.call_wanted.connect(wanted.append)
    QTest.keyClick(line(dialog), Qt.Key.Key_Return)
    assert wanted == []
    QTest.keyClicks(line(dialog), "*97")
    QTest.keyClick(line(dialog), Qt.Key.Key_Return)
    QTest.keyClick(line(dialog), Qt.Key.Key_Return)
    QTest.mouseClick(call_button(dialog), Qt.MouseButton.LeftButton)
    assert wanted == ["*97"]
    assert dialog.isVisible()


@pytest.mark.parametrize("button", ["call", "cancel"])
def test_enter_calls_also_after_a_button_was_clicked_last_time(dialog: CallDialog, qtbot: QtBot, button: str) -> None:
    QTest.keyClicks(line(dialog), "*97")
    dialog.call_wanted.connect(dialog.accept)
    clicked = dialog.findChild(QPushButton, button)
    assert clicked is not None
    clicked.setFocus(Qt.FocusReason.MouseFocusReason)  # as a click does
    qtbot.waitUntil(clicked.hasFocus)
    QTest.mouseClick(clicked, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.isHidden)
    dialog.begin()
    qtbot.waitUntil(line(dialog).hasFocus)
    QTest.keyClicks(line(dialog), "*98")
    with qtbot.waitSignal(dialog.call_wanted, check_params_cb=lambda text: text == "*98", timeout=1000):
        QTest.keyClick(line(dialog), Qt.Key.Key_Return)


def test_after_an_error_it_can_be_tried_again(dialog: CallDialog) -> None:
    wanted: list[str] = []
    dialog.call_wanted.connect(wanted.append)
    QTest.keyClicks(line(dialog), "call me")
    QTest.keyClick(line(dialog), Qt.Key.Key_Return)
    dialog.show_error("This is not a phone number: it has <b>letters</b>.")
    assert message(dialog).text() == "This is not a phone number: it has <b>letters</b>."
    assert message(dialog).textFormat() is Qt.TextFormat.PlainText
    QTest.keyClick(line(dialog), Qt.Key.Key_Return)
    assert wanted == ["call me", "call me"]


def test_only_blanks_are_no_number(dialog: CallDialog) -> None:
    QTest.keyClicks(line(dialog), "   ")
    assert not call_button(dialog).isEnabled()


def test_a_text_to_start_from_is_replaced_by_typing(dialog: CallDialog) -> None:
    dialog.close()
    dialog.begin("+1 212 555 1234")
    assert call_button(dialog).isEnabled()
    QTest.keyClicks(line(dialog), "9")
    assert dialog.text == "9"


def test_beginning_again_keeps_what_is_being_typed(dialog: CallDialog) -> None:
    QTest.keyClicks(line(dialog), "212")
    dialog.begin()
    assert dialog.text == "212"
    dialog.close()
    dialog.begin()
    assert dialog.text == ""


def test_a_long_paste_is_kept_long_enough_to_be_refused(dialog: CallDialog) -> None:
    line(dialog).setText("1" * 10_000)
    assert len(dialog.text) > 400


def test_escape_closes(dialog: CallDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.rejected), qtbot.assertNotEmitted(dialog.call_wanted):
        QTest.keyClick(line(dialog), Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_unfolded_near_the_edge_of_the_screen_it_stays_on_it(dialog: CallDialog) -> None:
    dialog.begin("")
    room = dialog.screen().availableGeometry()
    dialog.move(0, room.bottom() - dialog.height() + 1)
    dialog._unfold.setChecked(True)
    assert dialog.frameGeometry().bottom() <= room.bottom() or dialog.frameGeometry().top() == room.top()
    assert dialog.frameGeometry().top() >= room.top()


def test_right_to_left_a_number_begins_on_the_right(dialog: CallDialog, qapp: QApplication) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        dialog.show_reading("+1 212-555-0142")
        assert message(dialog).alignment() & Qt.AlignmentFlag.AlignRight
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    dialog.show_reading("+1 212-555-0142")
    assert message(dialog).alignment() & Qt.AlignmentFlag.AlignLeft
