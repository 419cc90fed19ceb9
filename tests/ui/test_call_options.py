"""The options of one call, from the dialog to what the PBX gets."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from ringbridge.core.call_options import CallOptions
from ringbridge.core.calls import Origin, Outcome
from ringbridge.core.settings import AccountSettings, Settings
from ringbridge.core.targets import Target
from ringbridge.services.pbx import CallerId
from ringbridge.training.server import TrainingPbx
from ringbridge.ui.call_dialog import CallDialog
from ringbridge.ui.call_number import CallNumber
from ringbridge.ui.call_options import CallOptionsPanel
from ringbridge.ui.calling import Wish
from ringbridge.ui.later_calls import LaterCalls
from ringbridge.ui.live_calls import LiveCalls

from .conftest import Parts

T = TypeVar("T", bound=QWidget)


@pytest.fixture
def panel(qtbot: QtBot) -> CallOptionsPanel:
    panel = CallOptionsPanel()
    qtbot.addWidget(panel)
    panel.begin(Settings())
    panel.open()
    return panel


def find(where: QWidget, kind: type[T], name: str) -> T:
    found = where.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def test_untouched_a_call_is_as_the_settings_say(panel: CallOptionsPanel) -> None:
    assert (panel.changed, panel.caller_id, panel.in_s) == ({}, "", 0)
    settings = replace(
        Settings(),
        account=AccountSettings(caller_id="2125550100"),
        options=CallOptions(auto_answer=True, card="C", warn_own=False),
    )
    panel.begin(settings)
    assert (panel.changed, panel.caller_id) == ({}, "")
    assert find(panel, QCheckBox, "auto_answer").isChecked()
    find(panel, QCheckBox, "auto_answer").setChecked(False)
    assert panel.changed == {"auto_answer": False}


def test_what_is_chosen_is_what_differs(panel: CallOptionsPanel) -> None:
    find(panel, QCheckBox, "show_number").setChecked(True)
    find(panel, QCheckBox, "screen_other").setChecked(True)
    find(panel, QCheckBox, "warn_other").setChecked(False)
    find(panel, QSpinBox, "record_group").setValue(7)
    find(panel, QSpinBox, "customer").setValue(1)
    find(panel, QLineEdit, "card").setText(" CARD-1 ")
    assert panel.changed == {
        "show_number": True, "screen_other": True, "warn_other": False, "record_group": 7, "customer": 1,
        "card": "CARD-1",
    }  # fmt: skip


def test_what_the_company_locks_can_not_be_changed_for_a_call(panel: CallOptionsPanel) -> None:
    panel.begin(Settings(), frozenset({"options.record_group", "account.caller_id"}))
    for kind, name in ((QSpinBox, "record_group"), (QComboBox, "caller_id")):
        assert not find(panel, kind, name).isEnabled()
        assert find(panel, kind, name).toolTip() == "Set by your company."
    assert find(panel, QLineEdit, "card").isEnabled()
    panel.begin(Settings())
    assert find(panel, QSpinBox, "record_group").isEnabled()


def test_answering_by_itself_is_warned_about(panel: CallOptionsPanel) -> None:
    warning = find(panel, QLabel, "auto_answer_warning")
    assert not warning.isVisibleTo(panel)
    find(panel, QCheckBox, "auto_answer").setChecked(True)
    assert warning.isVisibleTo(panel)
    assert "no second chance" in warning.text()


def test_caller_ids_are_offered_and_others_can_be_typed(panel: CallOptionsPanel) -> None:
    combo = find(panel, QComboBox, "caller_id")
    combo.setEditText("212 555")
    panel.show_caller_ids((CallerId(number="2125550100", description="Office"), CallerId(number="2125550101")))
    assert panel.caller_id == "212555"
    combo.setCurrentIndex(0)
    combo.activated.emit(0)
    assert panel.caller_id == "2125550100"


def test_the_pbx_is_asked_for_caller_ids_once_and_only_when_somebody_looks(qtbot: QtBot) -> None:
    panel = CallOptionsPanel()
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.caller_ids_wanted):
        panel.open()
    with qtbot.assertNotEmitted(panel.caller_ids_wanted):
        panel.hide()
        panel.open()


# ------------------------------------------------------------ to the PBX and back


class Dialing:
    def __init__(self, parts: Parts, journal: Path) -> None:
        self.parts = parts
        self.journal = journal
        self.live = LiveCalls(
            session=parts.session, caller=parts.caller, tracker=lambda: parts.tracker, lane=parts.live_lane
        )
        self.later = LaterCalls(parts.caller)
        self.number = CallNumber(
            reader=parts.reader, caller=parts.caller, session=parts.session, later=self.later, live=self.live
        )

    @property
    def dialog(self) -> CallDialog:
        assert self.number._dialog is not None
        return self.number._dialog

    def sent(self) -> list[dict[str, str]]:
        lines = [json.loads(line) for line in self.journal.read_text().splitlines()]
        return [line["parameters"] for line in lines if line.get("function") == "calls/make"]


@pytest.fixture
def dialing(qtbot: QtBot, tmp_path: Path) -> Iterator[Dialing]:
    journal = tmp_path / "journal.jsonl"
    with TrainingPbx(level="4.1", pace=0.02, journal=journal) as pbx:
        dialing = Dialing(Parts(pbx, tmp_path), journal)
        yield dialing
        dialing.number.close()
        dialing.later.close()
        dialing.live.close()
        dialing.parts.close()


def test_the_options_of_the_dialog_reach_the_pbx(qtbot: QtBot, dialing: Dialing) -> None:
    dialing.number.open()
    find(dialing.dialog, QPushButton, "unfold").setChecked(True)
    panel = dialing.dialog.options
    combo = find(panel, QComboBox, "caller_id")
    qtbot.waitUntil(lambda: combo.count() == 2)
    combo.setCurrentIndex(1)
    combo.activated.emit(1)
    find(panel, QCheckBox, "auto_answer").setChecked(True)
    find(panel, QCheckBox, "show_number").setChecked(True)
    find(panel, QSpinBox, "record_group").setValue(7)
    find(panel, QCheckBox, "warn_own").setChecked(False)
    find(dialing.dialog, QLineEdit, "number").setText("212 555 0142")
    find(dialing.dialog, QPushButton, "call").click()
    qtbot.waitUntil(lambda: len(dialing.sent()) == 1)
    (sent,) = dialing.sent()
    options = {name: sent.get(name) for name in ("callerid1", "callerid2", "answer1", "recordgroup", "warn1")}
    assert options == {
        "callerid1": "2125550142", "callerid2": "2125550101", "answer1": "1", "recordgroup": "7", "warn1": "0",
    }  # fmt: skip
    assert not {"card", "customer", "screen1", "screen2", "warn2", "delay"} & set(sent)
    dialing.number.open()
    assert dialing.dialog.options.changed == {}  # the next call is as the settings say again
    assert not dialing.dialog.options.isVisible()


def test_a_call_in_a_while_waits_here_and_not_at_the_pbx(qtbot: QtBot, dialing: Dialing) -> None:
    dialing.number.open()
    find(dialing.dialog.options, QComboBox, "when").setCurrentIndex(1)
    find(dialing.dialog, QLineEdit, "number").setText("212 555 0142")
    with qtbot.waitSignal(dialing.later.waiting):
        find(dialing.dialog, QPushButton, "call").click()
    assert not dialing.dialog.isVisible()
    assert dialing.sent() == []
    assert [call.destination.dialed for call in dialing.later.calls] == ["2125550142"]


def test_settings_hold_for_all_calls(qtbot: QtBot, dialing: Dialing) -> None:
    session = dialing.parts.session
    session.use(replace(session.settings, options=CallOptions(screen_own=True, card="CARD-1", customer=1)), "US")
    dialing.parts.caller.want(Wish(target=Target(e164="+12125550142"), origin=Origin.CARD, said_yes=True))
    qtbot.waitUntil(lambda: len(dialing.sent()) == 1)
    (sent,) = dialing.sent()
    assert (sent["screen1"], sent["card"], sent["customer"]) == ("1", "CARD-1", "1")


@pytest.mark.parametrize("options", [{"volume": 11}, {"record_group": "many"}, {"card": "C" * 200}])
def test_an_option_that_can_not_be_is_not_sent(qtbot: QtBot, dialing: Dialing, options: dict[str, object]) -> None:
    outcomes: list[tuple[Outcome, str]] = []
    wish = Wish(target=Target(e164="+12125550142"), origin=Origin.COMMAND_LINE, said_yes=True, options=options)
    dialing.parts.caller.want(wish, lambda outcome: outcomes.append((outcome.outcome, outcome.problem)))
    qtbot.waitUntil(lambda: outcomes == [(Outcome.NOT_SENT, "invalid_request")])
    assert dialing.parts.pbx.calls == ()
