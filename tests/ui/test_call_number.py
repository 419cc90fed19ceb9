from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from ringbridge.core.settings import DialingSettings
from ringbridge.ui.call_number import CallNumber
from ringbridge.ui.later_calls import LaterCalls
from ringbridge.ui.live_calls import LiveCalls

from .conftest import Parts


def make_call_number(parts: Parts) -> CallNumber:
    live = LiveCalls(session=parts.session, caller=parts.caller, tracker=lambda: parts.tracker, lane=parts.work_lane)
    later = LaterCalls(parts.caller)
    return CallNumber(reader=parts.reader, caller=parts.caller, session=parts.session, later=later, live=live)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("(212) 555-0142", "+1 212-555-0142"),
        ("212 555 0142 ext. 48", "+1 212-555-0142, extension 48"),
        ("205", "205"),
        ("hello", ""),
    ],
)
def test_what_is_typed_is_shown_as_it_is_read(qtbot: QtBot, parts: Parts, typed: str, shown: str) -> None:
    call_number = make_call_number(parts)
    call_number.open()
    dialog = call_number._dialog
    assert dialog is not None
    qtbot.addWidget(dialog)
    label = dialog.findChild(QLabel, "reading")
    line = dialog.findChild(QLineEdit, "number")
    assert isinstance(label, QLabel)
    assert isinstance(line, QLineEdit)
    line.setText("112")
    qtbot.waitUntil(lambda: label.text() == "112")
    line.setText(typed)
    qtbot.waitUntil(lambda: label.text().replace("\u200b", "") == shown)


def test_digits_as_long_as_an_extension_are_called_as_one(qtbot: QtBot, parts: Parts) -> None:
    dialing = DialingSettings(internal_length="2-5", outside_prefix="9")
    parts.session.use(replace(parts.session.settings, dialing=dialing), parts.session.region)
    call_number = make_call_number(parts)
    call_number.open()
    dialog = call_number._dialog
    assert dialog is not None
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(parts.caller.started) as started:
        call_number._call("20-51")
    assert started.args is not None
    assert started.args[0].destination.dialed == "2051"
    with qtbot.waitSignal(parts.caller.started) as started:
        call_number.open()
        call_number._call("212 555 0142")
    assert started.args is not None
    assert started.args[0].destination.dialed == "92125550142"
