from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from ringbridge.ui.transfer import TransferDialog


def test_enter_transfers_also_after_the_dialog_was_cancelled_last_time(qtbot: QtBot) -> None:
    dialog = TransferDialog()
    qtbot.addWidget(dialog)
    dialog.begin("Ada Example")
    cancel, line = dialog.findChild(QPushButton, "cancel"), dialog.findChild(QLineEdit, "target")
    assert cancel is not None
    assert line is not None
    qtbot.waitUntil(line.hasFocus)
    cancel.setFocus(Qt.FocusReason.MouseFocusReason)  # as a click does
    qtbot.waitUntil(cancel.hasFocus)
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.isHidden)
    dialog.begin("Ada Example")
    qtbot.waitUntil(line.hasFocus)
    QTest.keyClicks(line, "202")
    with qtbot.waitSignal(dialog.transfer_wanted, check_params_cb=lambda text, _yes: text == "202", timeout=1000):
        QTest.keyClick(line, Qt.Key.Key_Return)
