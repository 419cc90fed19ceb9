import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallOutcome, Origin, Outcome
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.core.settings import DialingSettings
from ringbridge.desktop.ports import Availability, Buffer, Copied, HotkeyCondition, HotkeyState, ReadProblem
from ringbridge.desktop.selected_text import PrimarySelection, SelectedText
from ringbridge.ui.calling import OutcomeHandler
from ringbridge.ui.hotkey_binding import HotkeyReport
from ringbridge.ui.remote import Remote

from .conftest import Parts


class Board:
    """A clipboard that holds what the test put there."""

    name = "test"

    def __init__(self) -> None:
        self.texts: dict[Buffer, Copied] = {}

    def availability(self) -> Availability:
        return Availability(usable=True)

    def watch(self, copied: Callable[[Copied], None]) -> None:
        raise NotImplementedError

    def unwatch(self) -> None:
        raise NotImplementedError

    def read(self, buffer: Buffer, done: Callable[[Copied], None]) -> None:
        done(self.texts.get(buffer, Copied(problem=ReadProblem.EMPTY)))

    def close(self) -> None:
        raise NotImplementedError


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def remote(parts: Parts, board: Board) -> Remote:
    def redial(done: OutcomeHandler) -> None:
        done(CallOutcome(request_id="r-1", outcome=Outcome.REQUESTED, dialed="2125550142"))

    taken = HotkeyState(HotkeyCondition.TAKEN, holder="Xfce: move window")
    return Remote(
        caller=parts.caller,
        reader=parts.reader,
        clipboard=board,
        selection=SelectedText((PrimarySelection(board),)),
        redial=redial,
        hotkeys=lambda: HotkeyReport("x11", {HotkeyAction.REDIAL: taken}),
        profile="p",
        demo=False,
    )


def test_the_latest_call_is_made_again_and_answered(qtbot: QtBot, remote: Remote) -> None:
    answer = ask(qtbot, remote, command="redial")
    assert (answer["outcome"], answer["request_id"], answer["exit_code"]) == ("requested", "r-1", 0)


def test_how_the_hotkeys_stand_is_told(qtbot: QtBot, remote: Remote) -> None:
    answer = ask(qtbot, remote, command="hotkeys")
    row = {"action": "redial", "condition": "taken", "keys": "", "holder": "Xfce: move window"}
    assert answer["mechanism"] == "x11"
    assert answer["hotkeys"] == [{**row, "reason": "", "remedy": ""}]


def ask(qtbot: QtBot, remote: Remote, **fields: object) -> dict[str, object]:
    answers: list[dict[str, object]] = []
    remote.handle(json.dumps({"v": 1, **fields}).encode(), lambda line: answers.append(json.loads(line)))
    qtbot.waitUntil(lambda: len(answers) == 1)
    return answers[0]


def test_a_dial_request_is_answered_with_its_outcome(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    answer = ask(qtbot, remote, command="dial", target="212 555 0142", source="argument", wait=3)
    assert (answer["outcome"], answer["exit_code"], answer["dialed"]) == ("requested", 0, "2125550142")
    assert answer["callid"]
    assert answer["request_id"] == parts.history.recent()[0].request_id
    again = ask(qtbot, remote, command="dial", target="+1 (212) 555-0142", source="argument", yes=True)
    assert (again["outcome"], again["exit_code"], again["problem"]) == ("blocked", 7, "repeated")
    assert len(parts.pbx.calls) == 1


def test_line_and_caller_id_of_the_request_count(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    ask(qtbot, remote, command="dial", target="212 555 0142", source="argument", line="7654321", caller_id="100")
    assert parts.history.recent()[0].line == "7654321"


def test_an_own_phone_that_is_a_number_is_rung_as_a_number(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    parts.use(phones__own=("Mobile|number|2125550199",))
    ask(qtbot, remote, command="dial", target="212 555 0142", source="argument", line="2125550199")
    order = parts.pbx.calls[0].order
    assert (order.stype, order.snumber) == ("", "2125550199")


def test_options_of_the_request_count(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    request = {"command": "dial", "target": "212 555 0142", "source": "argument"}
    refused = ask(qtbot, remote, **request, options={"record_group": 99})
    assert (refused["outcome"], refused["key"]) == ("refused", "recordgroup")
    strange = ask(qtbot, remote, **request, options={"record_group": "99x"})
    assert (strange["outcome"], strange["problem"]) == ("not_sent", "invalid_request")
    assert ask(qtbot, remote, **request, options=[])["outcome"] == "requested"
    assert len(parts.pbx.calls) == 1


@pytest.mark.parametrize(
    ("locked", "order"),
    [
        ("options.record_group", {"options": {"record_group": 7}}),
        ("account.caller_id", {"caller_id": "2125550100"}),
        ("account.line", {"line": "7654321"}),
    ],
)
def test_what_the_company_locks_is_the_same_for_one_call(
    qtbot: QtBot, remote: Remote, parts: Parts, locked: str, order: dict[str, object]
) -> None:
    parts.session.locked = frozenset({locked})
    request = {"command": "dial", "target": "212 555 0142", "source": "argument"}
    answer = ask(qtbot, remote, **request, **order)
    assert (answer["outcome"], answer["problem"], answer["exit_code"]) == ("blocked", "gate_option_locked", 7)
    assert "set by your company" in str(answer["message"])
    same = {"options": {"record_group": 0}, "line": parts.session.settings.account.line}
    assert ask(qtbot, remote, **request, **same)["outcome"] == "requested"


@pytest.mark.parametrize(
    ("target", "exit_code"),
    [("hello", 2), ("", 2), ("212 555 0142, 212 555 0143", 2), ("tel:*97", 7), ("javascript:1", 2), ("\x00", 2)],
)
def test_a_bad_target_is_refused_with_a_sentence(
    qtbot: QtBot, remote: Remote, parts: Parts, target: str, exit_code: int
) -> None:
    answer = ask(qtbot, remote, command="dial", target=target, source="argument")
    assert (answer["outcome"], answer["exit_code"]) == ("blocked", exit_code)
    assert answer["message"]
    assert parts.pbx.calls == ()


def test_the_clipboard_and_the_selection_are_read_by_the_program(
    qtbot: QtBot, remote: Remote, board: Board, parts: Parts
) -> None:
    board.texts = {
        Buffer.CLIPBOARD: Copied(text="ring 212-555-0142"),
        Buffer.SELECTION: Copied(text="or 212-555-0143"),
    }
    assert ask(qtbot, remote, command="dial", source="clipboard")["dialed"] == "2125550142"
    assert ask(qtbot, remote, command="dial", source="selection")["dialed"] == "2125550143"
    board.texts = {}
    empty = ask(qtbot, remote, command="dial", source="clipboard")
    assert (empty["outcome"], empty["exit_code"]) == ("blocked", 7)
    board.texts = {Buffer.CLIPBOARD: Copied(text="*21*5#")}
    code = ask(qtbot, remote, command="dial", source="clipboard")
    assert (code["outcome"], code["exit_code"]) == ("blocked", 7)
    assert len(parts.pbx.calls) == 2


def test_what_can_not_be_called_of_a_copy_is_said_on_the_screen_too(
    qtbot: QtBot, remote: Remote, board: Board
) -> None:
    """A key of the desktop runs the command, and nobody sees what it prints."""
    with qtbot.waitSignal(remote.copy_refused) as unread:
        ask(qtbot, remote, command="dial", source="selection")
    assert unread.args == [Copied(problem=ReadProblem.EMPTY), None]
    two = Copied(text="212-555-0142 or 212-555-0143")
    board.texts = {Buffer.SELECTION: two}
    with qtbot.waitSignal(remote.copy_refused) as refused:
        assert ask(qtbot, remote, command="dial", source="selection")["problem"] == "input_several_numbers"
    assert refused.args is not None
    assert refused.args[0] == two
    assert refused.args[1].problem == "several_numbers"
    with qtbot.assertNotEmitted(remote.copy_refused):
        ask(qtbot, remote, command="dial", source="argument", target="no number")


def test_a_clipboard_that_the_command_read_is_no_typed_number(
    qtbot: QtBot, remote: Remote, board: Board, parts: Parts
) -> None:
    board.texts = {Buffer.CLIPBOARD: Copied(text="212-555-0143")}
    asked = ask(qtbot, remote, command="dial", source="clipboard", target="ring 212-555-0142")
    assert asked["dialed"] == "2125550142"
    assert parts.history.recent()[0].origin is Origin.CLIPBOARD
    code = ask(qtbot, remote, command="dial", source="clipboard", target="*21*5#")
    assert (code["outcome"], code["exit_code"]) == ("blocked", 7)


def test_a_link_is_taken_and_never_dialed_by_itself(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    with qtbot.waitSignal(remote.link_opened) as opened:
        assert ask(qtbot, remote, command="link", uri="tel:+1-212-555-0142", token="t1")["ok"] is True
    assert opened.args is not None
    assert opened.args[1] == "t1"
    assert opened.args[0].destination.dialed == "2125550142"
    assert parts.pbx.calls == ()
    refused = ask(qtbot, remote, command="link", uri="tel:*21*1%23")
    assert (refused["ok"], refused["exit_code"]) == (False, 7)
    bad = ask(qtbot, remote, command="link", uri="mailto:x@example.org")
    assert (bad["ok"], bad["exit_code"]) == (False, 2)


def test_the_dial_plan_in_force_counts(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    dialing = DialingSettings(rules=("+1212|NXXXXXX",), own_contexts=("example.com",))
    parts.session.use(replace(parts.session.settings, dialing=dialing), parts.session.region)
    answer = ask(qtbot, remote, command="dial", target="212 555 0142 ext. 48", source="argument")
    assert (answer["outcome"], answer["dialed"]) == ("requested", "5550142")
    assert str(answer["message"]).endswith("Once connected, dial the extension 48.")
    taken = ask(qtbot, remote, command="link", uri="tel:7042;phone-context=example.com")
    assert taken["ok"] is True
    foreign = ask(qtbot, remote, command="link", uri="tel:7042;phone-context=example.org")
    assert (foreign["ok"], foreign["exit_code"]) == (False, 2)
    assert "example.org" in str(foreign["message"])


def test_a_plan_that_can_not_write_the_number_is_explained(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    dialing = DialingSettings(rules=("2XY",))
    parts.session.use(replace(parts.session.settings, dialing=dialing), parts.session.region)
    answer = ask(qtbot, remote, command="dial", target="212 555 0142", source="argument")
    assert (answer["outcome"], answer["exit_code"], answer["problem"]) == ("blocked", 2, "input_rule_unreadable")
    assert "Rule 1 of the dial plan" in str(answer["message"])
    assert parts.pbx.calls == ()


def test_a_call_is_ended_with_the_account_that_placed_it(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    ask(qtbot, remote, command="dial", target="212 555 0142", source="argument", wait=5)
    parts.use_account(username="viewer", line="1234573")  # may not hang up
    ended = ask(qtbot, remote, command="hangup")
    assert (ended["outcome"], ended["callid"]) == ("requested", parts.pbx.calls[0].callid)


def test_the_latest_call_is_hung_up(qtbot: QtBot, remote: Remote) -> None:
    assert ask(qtbot, remote, command="hangup")["problem"] == "no_call"
    placed = ask(qtbot, remote, command="dial", target="212 555 0142", source="argument", wait=3)
    ended = ask(qtbot, remote, command="hangup")
    assert (ended["outcome"], ended["callid"]) == ("requested", placed["callid"])


def test_a_second_start_is_told_from_the_wish_for_the_dialog(qtbot: QtBot, remote: Remote) -> None:
    with qtbot.assertNotEmitted(remote.call_dialog_wanted), qtbot.waitSignal(remote.started_again) as again:
        assert ask(qtbot, remote, command="call_dialog", started_again=True, token="t1")["ok"] is True
    assert again.args == ["t1"]


def test_the_dialog_is_shown_when_asked_for(qtbot: QtBot, remote: Remote) -> None:
    for token in ("", "t1"):
        with qtbot.waitSignal(remote.call_dialog_wanted) as wanted:
            assert ask(qtbot, remote, command="call_dialog", token=token)["ok"] is True
        assert wanted.args == [token]
    assert ask(qtbot, remote, command="ping")["profile"] == "p"
    with qtbot.waitSignal(remote.settings_changed):
        ask(qtbot, remote, command="settings_changed")


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"{", b'{"v":1}', b'{"v":2,"command":"dial"}', b'{"v":1,"command":"x"}', b"\xff"]
)
def test_what_is_no_request_is_answered_as_such(qtbot: QtBot, remote: Remote, line: bytes) -> None:
    answers: list[dict[str, object]] = []
    remote.handle(line, lambda answer: answers.append(json.loads(answer)))
    assert "error" in answers[0]


@pytest.mark.parametrize("line", [b"", b"dial 5550142", b"[]", b'"dial"', b"\xff", b"[" * 60_000])
def test_a_line_that_is_no_request_is_refused_and_calls_nobody(remote: Remote, parts: Parts, line: bytes) -> None:
    answers: list[bytes] = []
    remote.handle(line, answers.append)
    assert [json.loads(answer) for answer in answers] == [{"v": 1, "error": "malformed"}]
    assert parts.pbx.calls == ()


@pytest.mark.parametrize(
    "fields", [{"v": 2, "command": "dial"}, {"command": "dial"}, {"v": 1, "command": "fly"}, {"v": 1}]
)
def test_a_request_of_another_version_is_refused_and_calls_nobody(
    remote: Remote, parts: Parts, fields: dict[str, object]
) -> None:
    answers: list[bytes] = []
    remote.handle(json.dumps({"target": "5550142", **fields}).encode(), answers.append)
    assert [json.loads(answer) for answer in answers] == [{"v": 1, "error": "unsupported"}]
    assert parts.pbx.calls == ()


def test_a_risky_number_is_asked_about_where_it_was_typed(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    london = {"command": "dial", "target": "+44 20 7946 0018", "source": "argument"}
    with qtbot.assertNotEmitted(parts.caller.question):
        answer = ask(qtbot, remote, **london)
    assert (answer["outcome"], answer["problem"], answer["exit_code"]) == ("blocked", "unconfirmed", 7)
    assert answer["question"] == ("Another country, and you never called this number before. Call +44 20 7946 0018?")
    assert parts.pbx.calls == ()
    yes = ask(qtbot, remote, **london, yes=True)
    assert (yes["outcome"], yes["dialed"]) == ("requested", "011442079460018")


def test_a_key_of_the_desktops_is_asked_on_the_screen(
    qtbot: QtBot, remote: Remote, board: Board, parts: Parts
) -> None:
    board.texts = {Buffer.SELECTION: Copied(text="ring +44 20 7946 0018")}
    with qtbot.waitSignal(parts.caller.question):
        remote.handle(json.dumps({"v": 1, "command": "dial", "source": "selection"}).encode(), lambda _line: None)
    assert parts.pbx.calls == ()


def test_while_the_screen_is_locked_links_and_commands_are_refused(
    qtbot: QtBot, remote: Remote, parts: Parts
) -> None:
    parts.locked = True
    with qtbot.assertNotEmitted(remote.link_opened):
        link = ask(qtbot, remote, command="link", uri="tel:+1-212-555-0142")
    assert (link["ok"], link["exit_code"]) == (False, 7)
    assert "screen is locked" in str(link["message"])
    answer = ask(qtbot, remote, command="dial", target="212 555 0142", source="argument", yes=True)
    assert (answer["problem"], answer["exit_code"]) == ("gate_locked", 7)
    assert parts.pbx.calls == ()
