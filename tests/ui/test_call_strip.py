"""What is shown of calls of the training PBX: strip, tray, recent calls; and what people do there."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallEnd, CallOutcome, CallProgress, CallState, Destination, Origin, Outcome
from ringbridge.core.targets import Target
from ringbridge.training.people import PEOPLE_BY_NAME
from ringbridge.training.server import DEMO_LOGIN, TrainingPbx
from ringbridge.training.states import CallPhase
from ringbridge.ui.call_strip import CallStrip
from ringbridge.ui.calling import Wish
from ringbridge.ui.coordinator import Coordinator
from ringbridge.ui.later_calls import LaterCalls
from ringbridge.ui.live_calls import LiveCalls
from ringbridge.ui.notices import Notices
from ringbridge.ui.strip import Strip
from ringbridge.ui.transfer import TransferDialog
from ringbridge.ui.tray import Tray
from ringbridge.ui.tray_icon import TrayState

from .conftest import Parts
from .test_strip import click, shown, texts


@pytest.fixture
def pbx() -> Iterator[TrainingPbx]:
    """Slow enough that every state is seen."""
    with TrainingPbx(level="4.1", pace=0.3) as pbx:
        yield pbx


class Screen:
    """Everything between the caller and the eyes of a person."""

    def __init__(self, parts: Parts) -> None:
        parts.use_account(wait_s=5)
        self.parts = parts
        self.tray = Tray()
        self.coordinator = Coordinator(
            session=parts.session,
            reader=parts.reader,
            caller=parts.caller,
            tray=self.tray,
            notices=Notices(self.tray),
        )
        self.live = LiveCalls(
            session=parts.session, caller=parts.caller, tracker=lambda: parts.tracker, lane=parts.live_lane
        )
        self.later = LaterCalls(parts.caller)
        self.flow = CallStrip(
            session=parts.session,
            live=self.live,
            later=self.later,
            tray=self.tray,
            coordinator=self.coordinator,
            reader=parts.reader,
            caller=parts.caller,
        )
        self.flow._strip = None
        self.strip = self.flow._the_strip()
        self.strip._guard_s = 0

    def call(self, e164: str = "+12125550142", name: str = "") -> None:
        self.parts.caller.want(Wish(target=Target(e164=e164), origin=Origin.CARD, said_yes=True, name=name))

    def title(self) -> str:
        return self.strip.face.title if self.strip.isVisible() else ""

    def entry(self, name: str) -> QAction | None:
        return next((a for a in self.tray.menu.actions() if a.objectName() == name and a.isVisible()), None)

    def entry_text(self, name: str) -> str:
        entry = self.entry(name)
        return entry.text() if entry is not None else ""

    def answer(self) -> None:
        assert self.parts.pbx.answer(self.parts.pbx.calls[-1].callid)

    def close(self) -> None:
        self.later.close()
        self.live.close()
        self.flow.close()
        self.coordinator.close()
        self.tray.close()


@pytest.fixture
def screen(parts: Parts) -> Iterator[Screen]:
    screen = Screen(parts)
    yield screen
    screen.close()


def connect(qtbot: QtBot, screen: Screen) -> None:
    screen.call()
    qtbot.waitUntil(lambda: "ringing" in screen.title(), timeout=10_000)
    screen.answer()
    qtbot.waitUntil(lambda: screen.title() == "Connected", timeout=10_000)


def test_a_call_is_shown_from_the_request_to_its_end(qtbot: QtBot, screen: Screen) -> None:
    screen.call()
    qtbot.waitUntil(lambda: screen.title() == "Asking the PBX…")
    assert screen.tray._shown_state() is TrayState.CALLING
    qtbot.waitUntil(lambda: screen.title() == "Your phone is ringing: answer it", timeout=10_000)
    assert screen.entry_text("live_0") == "+1 212-555-0142 — your phone is ringing"
    assert "your phone is ringing" in screen.entry_text("recent_0")
    assert screen.tray.icon.toolTip() == "Ringbridge: +1 212-555-0142: your phone is ringing"
    screen.answer()
    qtbot.waitUntil(lambda: screen.title() == "Connected", timeout=10_000)
    assert screen.strip._tick.isActive()
    assert shown(screen.strip) == {"hang_up", "transfer", "note", "copy_number", "hide"}
    click(screen.strip, "hang_up")
    qtbot.waitUntil(lambda: screen.title().startswith("Answered, "), timeout=10_000)
    assert shown(screen.strip) == {"note", "copy_number", "hide"}
    assert not screen.strip._tick.isActive()
    assert screen.entry("live_0") is None
    assert "answered, " in screen.entry_text("recent_0")
    assert screen.tray._shown_state() is TrayState.IDLE
    assert screen.coordinator._made_card is None  # the strip says it all
    screen.flow._leave()
    assert not screen.strip.isVisible()
    assert screen.parts.history.recent()[0].progress.end is CallEnd.ANSWERED


def test_a_refusal_is_for_the_card(qtbot: QtBot, screen: Screen) -> None:
    screen.parts.credentials.keep_in_memory(screen.parts.session.settings.account, "wrong")
    screen.call()
    qtbot.waitUntil(lambda: screen.coordinator._made_card is not None)
    assert not screen.strip.isVisible()
    assert screen.tray._shown_state() is not TrayState.CALLING
    assert screen.entry("live_0") is None


def test_a_hidden_strip_comes_back_from_the_menu(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    click(screen.strip, "hide")
    assert not screen.strip.isVisible()
    entry = screen.entry("live_0")
    assert entry is not None
    entry.trigger()
    assert screen.title() == "Connected"
    hang_up = screen.entry("hang_up_0")
    assert hang_up is not None
    hang_up.trigger()
    qtbot.waitUntil(lambda: screen.title().startswith("Answered"), timeout=10_000)


def test_a_hidden_call_that_ends_stays_hidden(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    click(screen.strip, "hide")
    screen.parts.pbx.hang_up(screen.parts.pbx.calls[0].callid)
    qtbot.waitUntil(lambda: screen.entry("live_0") is None, timeout=10_000)
    assert not screen.strip.isVisible()
    assert screen.flow._put_away == set()


def test_of_several_calls_the_newest_is_shown_and_all_are_in_the_menu(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    screen.call("+12125550199", name="Bob")
    qtbot.waitUntil(lambda: screen.strip.face.name == "Bob")
    assert screen.entry_text("live_0").startswith("Bob")
    assert screen.entry_text("live_1").startswith("+1 212-555-0142")
    qtbot.waitUntil(lambda: "ringing" in screen.title(), timeout=10_000)
    screen.parts.pbx.decline(screen.parts.pbx.calls[-1].callid)
    qtbot.waitUntil(lambda: screen.title() == "Your phone was not picked up", timeout=10_000)
    screen.flow._leave()
    assert (screen.title(), screen.strip.face.number) == ("Connected", "+1 212-555-0142")


def test_a_role_that_may_not_hang_up_loses_the_button_and_reads_why(
    qtbot: QtBot, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(qtbot, screen)
    refused = CallOutcome(request_id="", outcome=Outcome.REFUSED, problem="role")
    monkeypatch.setattr(screen.parts.tracker, "hang_up", lambda *_: refused)
    monkeypatch.setattr(screen.parts.tracker, "pass_on", lambda *_: refused)
    key = screen.live.calls[0].request.request_id
    click(screen.strip, "hang_up")
    qtbot.waitUntil(lambda: "hang_up" not in shown(screen.strip))
    qtbot.waitUntil(lambda: "privilege" in " ".join(texts(screen.strip)))
    assert screen.entry("hang_up_0") is None
    screen.live.pass_on(key, "202")
    qtbot.waitUntil(lambda: "transfer" not in shown(screen.strip))
    qtbot.waitUntil(lambda: "Not transferred" in " ".join(texts(screen.strip)))


def test_the_command_lines_refused_hang_up_takes_the_button_away(
    qtbot: QtBot, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(qtbot, screen)
    key = screen.live.calls[0].request.request_id
    refused = CallOutcome(request_id=key, outcome=Outcome.REFUSED, problem="role")
    monkeypatch.setattr(screen.parts.dialer(), "hang_up", lambda *_: refused)
    screen.parts.caller.hang_up()
    qtbot.waitUntil(lambda: "hang_up" not in shown(screen.strip))
    with qtbot.waitSignal(screen.live._timer.timeout, timeout=10_000):  # the next look does not bring it back
        pass
    qtbot.waitUntil(lambda: not screen.live._looking)
    assert "hang_up" not in shown(screen.strip)
    assert screen.entry("hang_up_0") is None


def shut_out(monkeypatch: pytest.MonkeyPatch, *privileges: str) -> None:
    """Take from the demo login's role what lists calls."""
    person = replace(PEOPLE_BY_NAME[DEMO_LOGIN.username], privileges=frozenset({"residential", *privileges}))
    monkeypatch.setitem(PEOPLE_BY_NAME, person.username, person)


def test_a_call_that_the_role_may_not_see_can_be_ended(
    qtbot: QtBot, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut_out(monkeypatch, "actions")
    screen.call()
    qtbot.waitUntil(lambda: screen.title() == "Your phone rings: answer it", timeout=10_000)
    assert "hang_up" in shown(screen.strip)
    click(screen.strip, "hang_up")
    qtbot.waitUntil(lambda: screen.title() == "The PBX ends the call.", timeout=10_000)
    assert "hang_up" not in shown(screen.strip)
    qtbot.waitUntil(lambda: screen.parts.pbx.calls[-1].phase is CallPhase.ENDED, timeout=10_000)
    key = screen.flow._shown
    screen.flow._leave()
    assert not screen.strip.isVisible()
    screen.live.hang_up(key)  # not shown any more: nothing is sent
    assert screen.live._unwatched == {}


def test_a_call_that_the_role_may_neither_see_nor_end_loses_the_button(
    qtbot: QtBot, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut_out(monkeypatch, "actions")
    screen.call()
    qtbot.waitUntil(lambda: "hang_up" in shown(screen.strip) and screen.flow._ended is not None, timeout=10_000)
    shut_out(monkeypatch)
    click(screen.strip, "hang_up")
    qtbot.waitUntil(lambda: "hang_up" not in shown(screen.strip), timeout=10_000)
    qtbot.waitUntil(lambda: "“administrator”" in " ".join(texts(screen.strip)))
    assert screen.parts.pbx.calls[-1].phase is not CallPhase.ENDED


def test_one_transfer_at_a_time(qtbot: QtBot, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(qtbot, screen)
    asked: list[str] = []
    free = threading.Event()

    def pass_on(_track: object, _account: object, dialed: str) -> CallOutcome:
        asked.append(dialed)
        assert free.wait(10)
        return CallOutcome(request_id="", outcome=Outcome.REFUSED, problem="not_found")

    monkeypatch.setattr(screen.parts.tracker, "pass_on", pass_on)
    key = screen.live.calls[0].request.request_id
    screen.live.pass_on(key, "202")
    assert "transfer" not in shown(screen.strip)
    screen.live.pass_on(key, "203")
    free.set()
    qtbot.waitUntil(lambda: "Not transferred" in " ".join(texts(screen.strip)))
    assert asked == ["202"]
    assert "transfer" in shown(screen.strip)  # it did not work, and can be tried again
    screen.live.pass_on(key, "204")
    qtbot.waitUntil(lambda: asked == ["202", "204"])


def test_a_note_goes_into_the_history(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    click(screen.strip, "note")
    field = screen.strip.findChild(QLineEdit, "note_text")
    assert isinstance(field, QLineEdit)
    field.setText("wants a quote")
    field.returnPressed.emit()
    qtbot.waitUntil(lambda: screen.parts.history.recent()[0].note == "wants a quote")
    assert "wants a quote" in texts(screen.strip)


def write_note(screen: Screen, text: str) -> None:
    click(screen.strip, "note")
    field = screen.strip.findChild(QLineEdit, "note_text")
    assert isinstance(field, QLineEdit)
    field.setText(text)


def test_a_newer_call_does_not_take_the_note_of_the_one_before(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    write_note(screen, "about the first")
    screen.call("+12125550199", name="Bob")
    qtbot.waitUntil(lambda: screen.entry_text("live_0").startswith("Bob — your phone"), timeout=10_000)
    assert screen.strip.face.number == "+1 212-555-0142"
    assert screen.strip.is_writing
    screen.later.add(replace(WISH, name="Cid"), THEM, 300)  # this one was just asked for: it shows
    assert screen.strip.face.name == "Cid"
    assert not screen.strip.is_writing
    qtbot.waitUntil(lambda: [row.note for row in screen.parts.history.recent()] == ["", "about the first"])


def test_a_note_about_a_call_that_came_to_nothing_is_not_left_to_the_next(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    write_note(screen, "the first")
    key = screen.live.calls[0].request.request_id
    screen.live.close()
    screen.live.dropped.emit(key)
    assert not screen.strip.isVisible()
    assert not screen.strip.is_writing
    qtbot.waitUntil(lambda: screen.parts.history.recent()[0].note == "the first")


def test_the_number_can_be_copied(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    click(screen.strip, "copy_number")
    assert QGuiApplication.clipboard().text() == "+1 212-555-0142"
    screen.coordinator.copied("+1 212-555-0142")  # as the clipboard's watcher tells it
    screen.coordinator.copied("no number, but 1234")
    assert screen.entry("offer") is None
    screen.coordinator.copied("+1 212-555-0142")  # and this one is somebody else's
    qtbot.waitUntil(lambda: screen.entry("offer") is not None)


@pytest.mark.parametrize(("typed", "rings"), [("höfler", "202"), ("1234568", "1234568"), ("dana", "202")])
def test_a_call_is_transferred_to_a_colleague_or_a_number(
    qtbot: QtBot, screen: Screen, typed: str, rings: str
) -> None:
    connect(qtbot, screen)
    click(screen.strip, "transfer")
    dialog = screen.flow._transfer._dialog if screen.flow._transfer else None
    assert isinstance(dialog, TransferDialog)
    listed = dialog.findChild(QListWidget, "colleagues")
    line = dialog.findChild(QLineEdit, "target")
    assert isinstance(listed, QListWidget)
    assert isinstance(line, QLineEdit)
    qtbot.waitUntil(lambda: listed.count() > 0, timeout=10_000)
    assert not dialog._ok.isEnabled()
    line.setText(typed)
    assert dialog._ok.isEnabled()
    dialog._ok.click()
    call = screen.parts.pbx.calls[-1]
    qtbot.waitUntil(lambda: any(leg.dnumber == rings for leg in screen.parts.pbx.calls[-1].legs), timeout=10_000)
    assert call.callid == screen.parts.pbx.calls[-1].callid
    qtbot.waitUntil(lambda: screen.title().startswith("Answered"), timeout=10_000)
    assert screen.parts.pbx.calls[-1].phase is not CallPhase.ENDED  # the others go on
    assert not dialog.isVisible()


def transfer_to(screen: Screen, number: str) -> TransferDialog:
    click(screen.strip, "transfer")
    dialog = screen.flow._transfer._dialog if screen.flow._transfer else None
    assert isinstance(dialog, TransferDialog)
    line = dialog.findChild(QLineEdit, "target")
    assert isinstance(line, QLineEdit)
    line.setText(number)
    dialog._ok.click()
    return dialog


def test_a_transfer_passes_the_gate(qtbot: QtBot, screen: Screen) -> None:
    screen.parts.use(guards__never_call=("2125550199",), guards__premium="refuse")
    connect(qtbot, screen)
    dialog = transfer_to(screen, "+1 900 555 0199")
    qtbot.waitUntil(lambda: "Premium-rate numbers are not called" in dialog._message.text())
    dialog = transfer_to(screen, "212 555 0199")
    qtbot.waitUntil(lambda: "never called" in dialog._message.text())
    screen.parts.locked = True
    dialog = transfer_to(screen, "202")
    qtbot.waitUntil(lambda: "screen is locked" in dialog._message.text())
    assert dialog.isVisible()
    assert {leg.dnumber for leg in screen.parts.pbx.calls[-1].legs} == {"1234567", "2125550142"}


def test_a_risky_transfer_is_asked_about_in_the_dialog(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    dialog = transfer_to(screen, "+1 900 555 0199")
    qtbot.waitUntil(lambda: "Premium rate" in dialog._message.text())
    assert dialog._message.geometry().top() > dialog._list.geometry().bottom()
    assert dialog._message.height() >= dialog._message.heightForWidth(dialog._message.width())
    dialog._ok.click()  # the second half of a double click
    assert dialog._ok.isEnabled()
    qtbot.keyClick(dialog._line, Qt.Key.Key_Return)  # nor is a held Enter a yes
    assert not dialog.isVisible()
    dialog = transfer_to(screen, "+1 900 555 0199")
    qtbot.waitUntil(lambda: "Premium rate" in dialog._message.text())
    dialog._guard_s = 0
    dialog._line.setText("+1 900 555 0198")  # another number is another question
    dialog._ok.click()
    qtbot.waitUntil(lambda: "Premium rate" in dialog._message.text())
    assert {leg.dnumber for leg in screen.parts.pbx.calls[-1].legs} == {"1234567", "2125550142"}
    dialog._ok.click()
    qtbot.waitUntil(
        lambda: any(leg.dnumber == "9005550198" for leg in screen.parts.pbx.calls[-1].legs), timeout=10_000
    )


def test_a_transfer_to_nonsense_is_refused_in_the_dialog(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    click(screen.strip, "transfer")
    dialog = screen.flow._transfer._dialog if screen.flow._transfer else None
    assert isinstance(dialog, TransferDialog)
    line = dialog.findChild(QLineEdit, "target")
    assert isinstance(line, QLineEdit)
    line.setText("nobody at all")
    assert not dialog._ok.isEnabled()
    line.setText("+999 123")
    dialog._ok.click()
    qtbot.waitUntil(lambda: bool(dialog._message.text()))
    assert dialog.isVisible()
    screen.parts.pbx.hang_up(screen.parts.pbx.calls[-1].callid)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=10_000)


def test_the_strip_makes_room_for_a_card_that_comes_later(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    alone = screen.strip.geometry()
    screen.coordinator.copied("call +1 212 555 0199 today")
    qtbot.waitUntil(lambda: screen.coordinator._made_card is not None)
    card = screen.coordinator._made_card
    assert card is not None
    qtbot.waitUntil(lambda: card.isVisible() and not screen.strip.geometry().intersects(card.geometry()))
    card.hide()
    qtbot.waitUntil(lambda: screen.strip.geometry() == alone)


# ------------------------------------------------------------ calls in a while

THEM = Destination(dialed="2125550142", e164="+12125550142", display="+1 212-555-0142", region="US")
WISH = Wish(target=Target(e164="+12125550142"), origin=Origin.TYPED, said_yes=True)


def test_a_call_in_a_while_sends_nothing_before_its_time(qtbot: QtBot, screen: Screen) -> None:
    screen.later.add(WISH, THEM, 1)
    assert screen.title() == "Calling in"
    assert screen.entry_text("live_0") == "+1 212-555-0142 — called in a while"
    with qtbot.assertNotEmitted(screen.parts.caller.started, wait=500):
        pass
    assert screen.parts.pbx.calls == ()
    qtbot.waitUntil(lambda: "ringing" in screen.title(), timeout=10_000)
    assert len(screen.parts.pbx.calls) == 1
    assert screen.later.calls == ()


def test_a_call_in_a_while_can_be_cancelled(qtbot: QtBot, screen: Screen) -> None:
    outcomes: list[str] = []
    screen.later.add(WISH, THEM, 300, lambda outcome: outcomes.append(outcome.problem))
    click(screen.strip, "cancel")
    assert outcomes == ["declined"]
    qtbot.waitUntil(lambda: not screen.strip.isVisible())
    screen.later.add(WISH, THEM, 300)
    cancel = screen.entry("cancel_0")
    assert cancel is not None
    cancel.trigger()
    assert screen.later.calls == ()
    screen.later.cancel("nothing")
    assert screen.parts.history.recent() == ()


def test_of_two_calls_in_a_while_the_other_shows_when_one_goes(qtbot: QtBot, screen: Screen) -> None:
    screen.later.add(replace(WISH, name="Ada"), THEM, 300)
    screen.later.add(replace(WISH, name="Bob"), THEM, 300)
    assert screen.strip.face.name == "Bob"
    click(screen.strip, "cancel")
    qtbot.waitUntil(lambda: screen.strip.face.name == "Ada")
    assert screen.title() == "Calling in"
    screen.call("+12125550199")
    qtbot.waitUntil(lambda: "ringing" in screen.title(), timeout=10_000)
    screen.parts.pbx.decline(screen.parts.pbx.calls[-1].callid)
    qtbot.waitUntil(lambda: screen.title() == "Your phone was not picked up", timeout=10_000)
    screen.flow._leave()
    assert (screen.title(), screen.strip.face.name) == ("Calling in", "Ada")


def test_a_call_in_a_while_can_be_made_now_and_only_once(qtbot: QtBot, screen: Screen) -> None:
    screen.later.add(WISH, THEM, 300)
    key = screen.later.calls[0].key
    click(screen.strip, "call_now")
    screen.later.call_now(key)
    qtbot.waitUntil(lambda: "ringing" in screen.title(), timeout=10_000)
    assert len(screen.parts.pbx.calls) == 1


def test_the_end_takes_waiting_calls_with_it(qtbot: QtBot, screen: Screen) -> None:
    screen.later.add(WISH, THEM, 300)
    screen.later.close()
    assert screen.later.calls == ()
    assert screen.parts.pbx.calls == ()


def test_an_earlier_call_is_completed_in_the_menu(qtbot: QtBot, screen: Screen) -> None:
    connect(qtbot, screen)
    first = screen.live.calls[0].request.request_id
    click(screen.strip, "hang_up")
    qtbot.waitUntil(lambda: screen.title().startswith("Answered"), timeout=10_000)
    screen.coordinator.recent.progressed(first, progress=CallProgress(state=CallState.UNKNOWN, end=CallEnd.UNKNOWN))
    assert "end unknown" in screen.entry_text("recent_0")
    record = screen.parts.history.recent()[0]
    screen.live.completed.emit((record,))
    assert "answered, " in screen.entry_text("recent_0")


def test_the_strip_class_is_made_with_the_first_call_only(screen: Screen) -> None:
    assert isinstance(screen.strip, Strip)
    screen.flow._strip = None
    screen.flow._in_tray.refresh()
    assert screen.flow._strip is None
