"""Asking the running program, over real sockets."""

import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ringbridge.services import instance_client
from ringbridge.services.instance_client import CallAnswer, NoProgram, OtherVersion, ProgramLost
from support.fake_program import REQUESTED, FakeProgram, answer, close, send

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="AF_UNIX sockets; Windows has pipes")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    return folder / "instance.socket"


def dial(path: Path, patience_s: Callable[[], float] = lambda: 0.0, **changes: Any) -> CallAnswer:
    wish: dict[str, Any] = {
        "target": "+12125551234", "source": "argument", "line": None, "caller_id": None, "wait": None,
        "said_yes": False, "patience_s": patience_s,
    }  # fmt: skip
    return instance_client.dial(str(path), **(wish | changes))


def test_the_whole_wish_is_handed_over(path: Path) -> None:
    with FakeProgram(path) as program:
        dial(path, line="201", caller_id="+1", wait=7, options={"card": "C"}, said_yes=True)
    assert program.requests == [
        {
            "v": 1, "command": "dial", "target": "+12125551234", "source": "argument", "line": "201",
            "caller_id": "+1", "wait": 7, "yes": True, "explain": False, "options": {"card": "C"},
        }
    ]  # fmt: skip


def test_the_answer_comes_back_whole(path: Path) -> None:
    with FakeProgram(path):
        found = dial(path)
    assert found.outcome == "requested"
    assert (found.code, found.server, found.callid, found.dialed) == (200, "server01", "1234.5", "2125551234")
    assert (found.message, found.request_id, found.exit_code) == ("Your phone is ringing.", "r-1", 0)


def test_an_absent_socket_is_no_program(path: Path) -> None:
    with pytest.raises(NoProgram):
        dial(path)


def test_the_socket_of_a_dead_program_is_no_program(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert path.exists()
    with pytest.raises(NoProgram):
        dial(path)


def test_a_path_too_long_for_a_socket_is_no_program(tmp_path: Path) -> None:
    with pytest.raises(NoProgram):
        dial(tmp_path / ("x" * 120))


def test_a_socket_where_others_can_write_is_not_trusted(path: Path) -> None:
    path.parent.chmod(0o777)
    with FakeProgram(path) as program:
        with pytest.raises(NoProgram):
            dial(path)
        assert program.requests == []


def test_a_program_that_goes_after_the_request_is_lost(path: Path) -> None:
    with FakeProgram(path, close) as program:
        with pytest.raises(ProgramLost):
            dial(path)
        assert len(program.requests) == 1


def test_silence_is_lost_after_the_patience_and_asked_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_client, "QUICK_DEADLINE_S", 0.05)
    asked: list[float] = []

    def patience_s() -> float:
        asked.append(0.1)
        return 0.1

    with FakeProgram(path) as program:
        program.behave(program.silence)
        with pytest.raises(ProgramLost):
            dial(path, patience_s)
        assert len(program.requests) == 1
    assert asked == [0.1]


def test_an_answer_within_the_patience_counts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_client, "QUICK_DEADLINE_S", 0.05)
    with FakeProgram(path) as program:

        def after_the_question(connection: socket.socket, request: dict[str, Any]) -> None:
            program.go_on.wait(20)
            answer(REQUESTED)(connection, request)

        def patience_s() -> float:
            program.go_on.set()
            return 20

        program.behave(after_the_question)
        assert dial(path, patience_s).outcome == "requested"


def test_an_answer_in_pieces_is_put_together(path: Path) -> None:
    def in_pieces(connection: socket.socket, request: dict[str, Any]) -> None:
        connection.sendall(b'{"v":1,"outcome":"refused",')
        connection.sendall(b'"exit_code":3}\nand more')

    with FakeProgram(path, in_pieces):
        assert dial(path).exit_code == 3


@pytest.mark.parametrize(
    "data",
    [
        b"\n",
        b"no json\n",
        b"[]\n",
        b"\xff\xfe\n",
        b'{"v":1}\n',
        b'{"v":1,"outcome":"requested","exit_code":"0"}\n',
        b'{"v":1,"outcome":"requested","exit_code":99}\n',
        b'{"v":1,"outcome":"requested","exit_code":true}\n',
        b'{"v":1,"outcome":"requested","exit_code":0}',
        b"[" * 60_000 + b"\n",
        b" " * 70_000 + b"\n",
    ],
)
def test_an_answer_that_is_none_leaves_the_call_unknown(path: Path, data: bytes) -> None:
    with FakeProgram(path, send(data)), pytest.raises(ProgramLost):
        dial(path)


@pytest.mark.parametrize("fields", [{"v": 1, "error": "unsupported"}, {"v": 2, "outcome": "requested"}, {}])
def test_a_program_of_another_version_did_nothing(path: Path, fields: dict[str, Any]) -> None:
    with FakeProgram(path, answer(fields)), pytest.raises(OtherVersion):
        dial(path)


def test_ctrl_c_after_handing_over_leaves_the_call_unknown(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_client, "QUICK_DEADLINE_S", 0.05)

    def interrupted() -> float:
        raise KeyboardInterrupt

    with FakeProgram(path) as program:
        program.behave(program.silence)
        with pytest.raises(ProgramLost):
            dial(path, interrupted)


def test_a_request_that_could_not_be_written_was_never_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that quits takes no more; what has no line end is no request."""
    monkeypatch.setattr(instance_client, "MAX_LINE", 8 * 1024 * 1024)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def quit_at_once() -> None:
            connection, _ = listener.accept()
            connection.close()

        thread = threading.Thread(target=quit_at_once)
        thread.start()
        with pytest.raises(NoProgram):
            dial(path, target="1" * 4 * 1024 * 1024)
        thread.join(20)


def test_a_request_longer_than_a_line_is_refused_here(path: Path) -> None:
    with FakeProgram(path) as program:
        with pytest.raises(ValueError, match="longer"):
            dial(path, target="1" * 70_000)
        assert program.requests == []


def test_text_of_any_script_survives(path: Path) -> None:
    with FakeProgram(path) as program:
        dial(path, target="\u200f050-123 4567\u00a0שלוחה 9 \U0001f4de")
    assert program.requests[0]["target"] == "\u200f050-123 4567\u00a0שלוחה 9 \U0001f4de"


def test_the_call_dialog_is_asked_for(path: Path) -> None:
    with FakeProgram(path, answer({"v": 1, "ok": True})) as program:
        instance_client.open_call_dialog(str(path))
        instance_client.open_call_dialog(str(path), started_again=True)
    assert program.requests == [
        {"v": 1, "command": "call_dialog"},
        {"v": 1, "command": "call_dialog", "started_again": True},
    ]


def test_a_link_is_taken_or_refused_with_a_reason(path: Path) -> None:
    with FakeProgram(path, answer({"v": 1, "ok": True})) as program:
        taken = instance_client.open_link(str(path), "tel:+12125551234")
        program.behave(answer({"v": 1, "ok": False, "message": "No.", "exit_code": 7}))
        refused = instance_client.open_link(str(path), "tel:*21*1#")
    assert (taken.taken, taken.message, taken.exit_code) == (True, "", 0)
    assert (refused.taken, refused.message, refused.exit_code) == (False, "No.", 7)


@pytest.mark.parametrize("exit_code", [None, 0, 44, "2"])
def test_a_refused_link_without_a_reason_is_no_answer(path: Path, exit_code: object) -> None:
    with FakeProgram(path, answer({"v": 1, "ok": False, "exit_code": exit_code})), pytest.raises(ProgramLost):
        instance_client.open_link(str(path), "tel:1")


def test_hanging_up_is_asked_for(path: Path) -> None:
    with FakeProgram(path) as program:
        assert instance_client.hang_up(str(path), patience_s=lambda: 0).outcome == "requested"
    assert program.requests == [{"v": 1, "command": "hangup"}]


def test_changed_settings_are_told_to_whoever_runs(path: Path) -> None:
    with FakeProgram(path, answer({"v": 1, "ok": True})) as program:
        instance_client.tell_settings_changed(str(path))
    assert program.requests == [{"v": 1, "command": "settings_changed"}]


def test_changed_settings_need_nobody_to_run(path: Path) -> None:
    instance_client.tell_settings_changed(str(path))


def test_who_runs_is_asked(path: Path) -> None:
    fields = {"v": 1, "ok": True, "pid": 42, "version": "0.1.0", "profile": "", "demo": True}
    with FakeProgram(path, answer(fields)):
        program = instance_client.ping(str(path))
    assert (program.pid, program.version, program.demo) == (42, "0.1.0", True)
