"""Enter does what a dialog is for, in whatever order the desktop puts its buttons (GNOME and XFCE: Cancel first)."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QProxyStyle,
    QPushButton,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ringbridge.core.settings import Settings
from ringbridge.ui.account_dialog import AccountDialog
from ringbridge.ui.call_dialog import CallDialog
from ringbridge.ui.capability_page import CapabilityPage
from ringbridge.ui.transfer import TransferDialog


class Order(QProxyStyle):
    """The usual style but for the order of buttons."""

    def __init__(self, order: QDialogButtonBox.ButtonLayout) -> None:
        super().__init__()
        self._order = order

    def styleHint(  # noqa: N802 - Qt's name
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803 - Qt's name
    ) -> int:
        if hint is QStyle.StyleHint.SH_DialogButtonLayout:
            return self._order.value
        return super().styleHint(hint, option, widget, returnData)


@pytest.fixture(params=["GnomeLayout", "KdeLayout", "WinLayout", "MacLayout"])
def order(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    usual = qapp.style().name()
    qapp.setStyle(Order(QDialogButtonBox.ButtonLayout[request.param]))
    yield
    qapp.setStyle(usual)


def call_dialog() -> QDialog:
    dialog = CallDialog()
    dialog.begin()
    return dialog


def transfer_dialog() -> QDialog:
    dialog = TransferDialog()
    dialog.begin("Ada Example")
    return dialog


def capability_page() -> QDialog:
    dialog = CapabilityPage()
    dialog.open()
    return dialog


def account_dialog() -> QDialog:
    dialog = AccountDialog(Settings())
    dialog.open()
    return dialog


@pytest.mark.usefixtures("order")
@pytest.mark.parametrize(
    ("make", "default"),
    [(call_dialog, "call"), (transfer_dialog, "transfer"), (account_dialog, "save"), (capability_page, "close")],
)
def test_enter_is_for_what_the_dialog_is_for(qtbot: QtBot, make: Callable[[], QDialog], default: str) -> None:
    dialog = make()
    qtbot.addWidget(dialog)
    qtbot.waitUntil(dialog.isVisible)
    assert [button.objectName() for button in dialog.findChildren(QPushButton) if button.isDefault()] == [default]
