"""Words of the PBX and of others in everything that shows them: plain text, on one line, in its own order."""

import json
import string
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QListWidget, QMenu, QWidget
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallOutcome, CallRecord, Destination, Login, Origin, Outcome
from ringbridge.core.errors import PbxError
from ringbridge.core.settings import AccountSettings, Settings
from ringbridge.services.failures import failed_outcome
from ringbridge.services.pbx import MakeCall, PbxClient
from ringbridge.ui.account_dialog import AccountDialog
from ringbridge.ui.call_dialog import CallDialog
from ringbridge.ui.card import Card
from ringbridge.ui.choice import Choice
from ringbridge.ui.live_menu import LiveEntry, LiveMenu
from ringbridge.ui.strip import Strip, StripFace
from ringbridge.ui.transfer import TransferDialog
from ringbridge.ui.tray import Tray
from ringbridge.ui.wording import error_sentence, hang_up_sentence, outcome_sentence
from support.pbx_server import PbxServer, envelope, reply

MARKUP = '<b>A&B</b> &lt;i&gt; <img src="http://127.0.0.1:9/x.png"><a href="file:///">here</a>'
BIDI = "\u202egnp.exe\u202c \u2067abc\u2069\u200f"
CONTROL = "\r\nNo call was placed.\x1b[1m\0\x85\u2028"
HOSTILE = f"{MARKUP} _x_ {BIDI} {CONTROL} {'long ' * 200}"
might_be_rich_text: Callable[[str], bool] = QtGui.Qt.mightBeRichText  # type: ignore[attr-defined]
FORBIDDEN = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u200e\u200f\r\n\0\x1b\x85\u2028\u2029")


@pytest.fixture
def server() -> Iterator[PbxServer]:
    with PbxServer() as server:
        yield server


@pytest.fixture
def client(server: PbxServer) -> Iterator[PbxClient]:
    client = PbxClient(AccountSettings(url=server.url))
    yield client
    client.close()


@pytest.fixture
def login(server: PbxServer) -> Login:
    return Login(username="anna", password=server.people["anna"].password)


CALL = MakeCall(stype="phone", snumber="201", cnumber="2125550142")


def outcome_of(client: PbxClient, login: Login) -> CallOutcome:
    try:
        placed = client.make_call(login, CALL)
    except PbxError as error:
        return failed_outcome(error, request_id="", dialed="2125550142")
    return CallOutcome(
        request_id="", outcome=Outcome.REQUESTED, code=placed.code, message=placed.message, callid=placed.callid,
        server=placed.server, dialed="2125550142",
    )  # fmt: skip


def is_plain(widget: QWidget) -> None:
    """Nothing below `widget` takes its text for markup, turns its order around, or has a second line."""
    for label in widget.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText, label.text()
        assert not label.openExternalLinks()
        assert not set(label.text()) & FORBIDDEN, ascii(label.text())
    for each in (widget, *widget.findChildren(QWidget)):
        assert not might_be_rich_text(each.toolTip())
        assert not might_be_rich_text(each.whatsThis())
        for text in (each.accessibleName(), each.accessibleDescription(), each.windowTitle()):
            assert not set(text) & FORBIDDEN, ascii(text)
    for button in widget.findChildren(QAbstractButton):
        assert "&" not in button.text().replace("&&", "")


def shown(widget: QWidget) -> str:
    return " ".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel))


@pytest.mark.parametrize("code", [200, 400, 402, 403, 404, 405, 500])
def test_the_card_shows_the_words_of_the_pbx_as_they_stand(
    qtbot: QtBot, server: PbxServer, client: PbxClient, login: Login, code: int
) -> None:
    server.answer_next(envelope(code, HOSTILE, HOSTILE, data={"server": HOSTILE, "callid": HOSTILE}))
    outcome = outcome_of(client, login)
    card = Card(guard_ms=0)
    qtbot.addWidget(card)
    card.status(MARKUP, outcome_sentence(outcome, MARKUP), good=False)
    is_plain(card)
    if code in {400, 402, 403, 404}:
        assert "<b>A&B</b>" in shown(card)  # as text: nothing of it was taken for a tag
    card.status("Not hung up", hang_up_sentence(outcome), good=False)
    is_plain(card)
    for text in (outcome.message, outcome.key, outcome.callid, outcome.server):
        assert not set(text) & FORBIDDEN
        assert len(text) <= 300


@pytest.mark.parametrize("code", ["<b>200</b>", "200\u202e", "2e2", "٢٠٠", "", 20000, -1, None, [200], {"a": 1}])
def test_a_code_that_is_none_is_never_a_success(
    server: PbxServer, client: PbxClient, login: Login, code: Any
) -> None:
    server.answer_next(envelope(code, HOSTILE))
    assert outcome_of(client, login).outcome is Outcome.UNKNOWN


def test_every_string_of_an_answer_may_be_hostile(server: PbxServer, client: PbxClient, login: Login) -> None:
    body = {
        HOSTILE: HOSTILE,
        "responses": [{HOSTILE: HOSTILE, "code": 200, "message": {HOSTILE: 1}, "key": [HOSTILE]}],
    }
    server.answer_next(reply(json.dumps(body).encode()))
    outcome = outcome_of(client, login)
    assert (outcome.outcome, outcome.message, outcome.callid) == (Outcome.REQUESTED, "", "")


def test_the_offer_and_the_question_show_numbers_and_names_as_they_stand(qtbot: QtBot) -> None:
    card = Card(guard_ms=0)
    qtbot.addWidget(card)
    choice = Choice(display="<b>1</b> & 2", region="US", kind="premium", extension="<i>3</i>", note="<u>note</u>")
    card.offer((choice, choice), seconds=0)
    is_plain(card)
    assert "<b>1</b> & 2" in shown(card).replace("\u2068", "").replace("\u2069", "")
    card.ask(choice)
    is_plain(card)


def test_the_settings_show_lines_and_errors_of_the_pbx_as_they_stand(
    qtbot: QtBot, server: PbxServer, client: PbxClient, login: Login
) -> None:
    server.people["anna"].lines = [
        {"name": f"1 {MARKUP}", "display": HOSTILE, "description": HOSTILE},
        {"name": "2", "display": f"<i>two</i> {BIDI}", "description": "&two"},
    ]
    dialog = AccountDialog(Settings())
    qtbot.addWidget(dialog)
    dialog.show_lines(client.list_lines(login))
    combo = dialog.findChild(QComboBox, "account.line")
    assert combo is not None
    items = [combo.itemText(index) for index in range(combo.count())]
    assert items[0].startswith("1 <b>A&B</b>")
    assert items[1] == "2 — <i>two</i> gnp.exe abc — &two"
    assert not any(set(item) & FORBIDDEN for item in items)
    assert not any(combo.itemData(index, Qt.ItemDataRole.ToolTipRole) for index in range(combo.count()))
    server.answer_next(envelope(400, HOSTILE, HOSTILE))
    with pytest.raises(PbxError) as refused:
        client.check_login(login)
    dialog.show_test_result(error_sentence(refused.value), ok=False)
    dialog.show_error("account.line", error_sentence(refused.value))
    is_plain(dialog)
    assert "<b>A&B</b>" in shown(dialog)


def test_the_number_dialog_shows_a_reading_as_it_stands(qtbot: QtBot) -> None:
    dialog = CallDialog()
    qtbot.addWidget(dialog)
    dialog.show_reading(MARKUP)
    is_plain(dialog)
    assert "<b>A&B</b>" in shown(dialog)
    dialog.show_error(MARKUP)
    is_plain(dialog)


def record(name: str, display: str = "") -> CallRecord:
    return CallRecord(
        request_id=name, requested_at=datetime.now(UTC), origin=Origin.LINK, outcome=Outcome.REQUESTED,
        destination=Destination(dialed="2125550142", display=display), name=name, message=HOSTILE, callid=HOSTILE,
    )  # fmt: skip


@pytest.fixture
def tray(qtbot: QtBot) -> Iterator[Tray]:
    tray = Tray()
    yield tray
    tray.close()


def labels(tray: Tray) -> dict[str, str]:
    return {action.objectName(): action.text() for action in tray.menu.findChildren(QAction) if action.objectName()}


def test_the_menu_shows_names_without_markup_mnemonics_or_turns(tray: Tray) -> None:
    tray.set_recent((record("A&B & <b>C</b>_d", ""), record(HOSTILE), record("", f"&x {BIDI}")))
    tray.set_offer((Choice(display="&1 <i>2</i>_3"),))
    found = labels(tray)
    assert found["recent_0"].startswith("A&&B && <b>C</b> d — ")
    assert found["redial"] == "Redial A&&B && <b>C</b> d"
    assert found["offer"] == "Call &&1 <i>2</i> 3"
    assert all("&" not in text.replace("&&", "") for text in found.values())
    assert not any(set(text) & FORBIDDEN for text in found.values())
    assert max(map(len, found.values())) < 120


def test_calls_under_way_stand_in_the_menu_in_the_same_way(qtbot: QtBot) -> None:
    menu = QMenu()
    live = LiveMenu(menu)
    live.show((LiveEntry(key="a", who=f"A&B <b>C</b>_d {BIDI}{CONTROL}", state="connected", can_hang_up=True),))
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert texts[0].startswith("A&&B <b>C</b> d ")
    assert texts[1].startswith("Hang up A&&B <b>C</b> d ")
    assert not any(set(text) & FORBIDDEN for text in texts)
    menu.deleteLater()


def test_the_strip_shows_names_and_messages_as_they_stand(qtbot: QtBot) -> None:
    strip = Strip(guard_ms=0)
    qtbot.addWidget(strip)
    face = StripFace(title=MARKUP, name=MARKUP, number=MARKUP, detail=MARKUP, message=MARKUP, note=MARKUP)
    strip.show_face(face)
    is_plain(strip)
    assert shown(strip).count("<b>A&B</b>") >= 4


def test_colleagues_are_listed_as_they_stand(
    qtbot: QtBot, server: PbxServer, client: PbxClient, login: Login
) -> None:
    people = [{"forename": f"<b>A&B</b>_{BIDI}", "surname": CONTROL, "extension": f"202{BIDI}", "username": HOSTILE}]
    server.answer_next(envelope(200, data=people))
    dialog = TransferDialog()
    qtbot.addWidget(dialog)
    dialog.show_colleagues(client.colleagues(login))
    items = dialog.findChild(QListWidget, "colleagues")
    assert items is not None
    texts = [items.item(index).text() for index in range(items.count())]
    assert texts
    assert texts[0].startswith("<b>A&B</b>_ gnp.exe")
    assert not any(set(text) & FORBIDDEN for text in texts)
    is_plain(dialog)


def test_the_tool_tip_is_never_taken_for_markup(tray: Tray) -> None:
    for sentence in (MARKUP, "a &lt;b", f"Your password: <b>{string.ascii_letters}</b>", "1 < 2"):
        tray.set_status(sentence)
        assert not might_be_rich_text(tray.icon.toolTip()), tray.icon.toolTip()
        assert tray.icon.toolTip().startswith("Ringbridge: ")
        assert "&" not in labels(tray)["status"].replace("&&", "")
