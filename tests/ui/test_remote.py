import json
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.ports import Availability, Buffer, Copied, ReadProblem
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
    return Remote(caller=parts.caller, reader=parts.reader, clipboard=board, profile="p", demo=False)


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


def test_options_of_the_request_count(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    request = {"command": "dial", "target": "212 555 0142", "source": "argument"}
    refused = ask(qtbot, remote, **request, options={"record_group": 99})
    assert (refused["outcome"], refused["key"]) == ("refused", "recordgroup")
    strange = ask(qtbot, remote, **request, options={"record_group": "99x"})
    assert (strange["outcome"], strange["problem"]) == ("not_sent", "invalid_request")
    assert ask(qtbot, remote, **request, options=[])["outcome"] == "requested"
    assert len(parts.pbx.calls) == 1


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


def test_a_link_is_taken_and_never_dialed_by_itself(qtbot: QtBot, remote: Remote, parts: Parts) -> None:
    with qtbot.waitSignal(remote.link_opened) as opened:
        assert ask(qtbot, remote, command="link", uri="tel:+1-212-555-0142")["ok"] is True
    assert opened.args is not None
    assert opened.args[0].destination.dialed == "2125550142"
    assert parts.pbx.calls == ()
    refused = ask(qtbot, remote, command="link", uri="tel:*21*1%23")
    assert (refused["ok"], refused["exit_code"]) == (False, 7)
    bad = ask(qtbot, remote, command="link", uri="mailto:x@example.org")
    assert (bad["ok"], bad["exit_code"]) == (False, 2)


def test_the_latest_call_is_hung_up(qtbot: QtBot, remote: Remote) -> None:
    assert ask(qtbot, remote, command="hangup")["problem"] == "no_call"
    placed = ask(qtbot, remote, command="dial", target="212 555 0142", source="argument", wait=3)
    ended = ask(qtbot, remote, command="hangup")
    assert (ended["outcome"], ended["callid"]) == ("requested", placed["callid"])


def test_a_second_start_opens_the_dialog(qtbot: QtBot, remote: Remote) -> None:
    with qtbot.waitSignal(remote.call_dialog_wanted):
        assert ask(qtbot, remote, command="call_dialog")["ok"] is True
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
