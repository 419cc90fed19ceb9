"""`ringbridge dial` through a running program."""

import json
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from ringbridge.desktop.ports import Copied, ReadProblem
from ringbridge.services import instance_client
from ringbridge.ui import wording
from support.command_line import FIELDS, Home, run_process
from support.fake_program import REQUESTED, FakeProgram, answer, close


def test_a_call_goes_through_the_running_program(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket) as program:
        ran = home.run(
            *("dial", "+1 212 555 1234", "--line", "201", "--caller-id", "+1 212 555 0000", "--wait", "3", "--yes"),
            *("--auto-answer", "--record-group", "7", "--card", "C 1"),
        )
    assert (ran.code, ran.out, ran.err) == (0, "Your phone is ringing.\n", "")
    assert program.requests == [
        {
            "v": 1, "command": "dial", "target": "+1 212 555 1234", "source": "argument", "line": "201",
            "caller_id": "+12125550000", "wait": 3, "yes": True, "explain": False,
            "options": {"auto_answer": True, "record_group": 7, "card": "C 1"},
        }
    ]  # fmt: skip
    assert not home.paths.history_file.exists()  # one history, and the program writes it


def test_json_is_one_object_with_seven_fields(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket):
        ran = home.run("dial", "2125551234", "--json")
    assert list(ran.json) == FIELDS
    assert ran.json == {field: REQUESTED[field] for field in FIELDS}


@pytest.mark.parametrize(
    ("outcome", "exit_code"),
    [("refused", 3), ("wrong_login", 4), ("not_sent", 5), ("unknown", 6), ("blocked", 7), ("no_account", 8)],
)
def test_what_went_wrong_is_said_on_stderr_with_its_exit_code(home: Home, outcome: str, exit_code: int) -> None:
    fields = {**REQUESTED, "outcome": outcome, "exit_code": exit_code, "message": "So it went."}
    with FakeProgram(home.paths.instance_socket, answer(fields)):
        ran = home.run("dial", "2125551234")
        as_json = home.run("dial", "2125551234", "--json")
    assert (ran.code, ran.out, ran.err) == (exit_code, "", "So it went.\n")
    assert (as_json.code, as_json.json["outcome"], as_json.err) == (exit_code, outcome, "")


@pytest.mark.parametrize("profile_last", [True, False])
def test_the_profile_may_stand_before_and_behind_the_command(home: Home, *, profile_last: bool) -> None:
    socket_path = home.paths.runtime_dir / "profiles" / "work" / "instance.socket"
    with FakeProgram(socket_path) as program:
        arguments = ("dial", "1", "--profile", "work") if profile_last else ("--profile", "work", "dial", "1")
        assert home.run(*arguments).code == 0
    assert len(program.requests) == 1


def test_a_copied_number_is_read_by_the_running_program(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket) as program:
        home.run("dial", "--clipboard")
        home.run("dial", "--selection")
    assert [(request["target"], request["source"]) for request in program.requests] == [
        ("", "clipboard"),
        ("", "selection"),
    ]


UNSUPPORTED = {
    **REQUESTED, "outcome": "blocked", "problem": "read_unsupported", "exit_code": 7, "message": "Can't read.",
}  # fmt: skip


@pytest.mark.parametrize(
    ("copied", "asked", "code"),
    [
        (Copied(text="call 212-555-0142"), ["", "call 212-555-0142"], 7),
        (Copied(problem=ReadProblem.EMPTY), [""], 7),
        (Copied(problem=ReadProblem.UNSUPPORTED), [""], 7),
        (Copied(text="1" * 401), [""], 7),
    ],
)
def test_a_clipboard_that_the_running_program_can_not_read_is_read_by_the_command(
    home: Home, monkeypatch: pytest.MonkeyPatch, copied: Copied, asked: list[str], code: int
) -> None:
    monkeypatch.setattr("ringbridge.commands.copied.read_copied", lambda _source: copied)
    with FakeProgram(home.paths.instance_socket, answer(UNSUPPORTED)) as program:
        assert home.run("dial", "--clipboard").code == code
        home.run("dial", "--selection")
    wanted = [(text, "clipboard") for text in asked]
    assert [(each["target"], each["source"]) for each in program.requests] == [*wanted, ("", "selection")]


@pytest.mark.parametrize("target", ["-5551234", "+12125551234", "*97", "#31#", "-(212) 555", "- 1"])
def test_numbers_that_look_like_options_are_targets(home: Home, target: str) -> None:
    with FakeProgram(home.paths.instance_socket) as program:
        assert home.run("dial", target, "--json").code == 0
        assert home.run("dial", "--json", "--", target).code == 0
    assert [request["target"] for request in program.requests] == [target, target]


def test_a_word_behind_two_dashes_is_a_target(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket) as program:
        home.run("dial", "--", "--json")
    assert program.requests[0]["target"] == "--json"


def test_a_killed_program_leaves_the_call_unknown_and_nobody_calls_again(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, close) as program:
        ran = home.run("dial", "2125551234", "--json")
        assert len(program.requests) == 1
    assert (ran.code, ran.json["outcome"], ran.json["code"]) == (6, "unknown", None)
    assert "may have rung" in ran.json["message"]
    assert not home.paths.history_file.exists()


def test_the_account_says_how_long_to_wait_for_a_silent_program(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.run("config", "set", "account.wait_s", "11")
    home.run("config", "set", "account.connect_timeout_s", "7")
    waited: list[float] = []

    def dial(path: str, **wish: Any) -> None:
        waited.append(wish["patience_s"]())
        raise instance_client.ProgramLost

    monkeypatch.setattr(instance_client, "dial", dial)
    home.run("dial", "2125551234")
    home.run("dial", "2125551234", "--wait", "0")
    assert waited == [11 + 7 + 150, 7 + 150]


def test_ctrl_c_while_the_program_works_leaves_the_call_unknown(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_client, "QUICK_DEADLINE_S", 0.05)

    def interrupt(*_: object) -> float:
        raise KeyboardInterrupt

    monkeypatch.setattr("ringbridge.commands.dial._patience_s", interrupt)
    with FakeProgram(home.paths.instance_socket) as program:
        program.behave(program.silence)
        ran = home.run("dial", "2125551234", "--json")
    assert (ran.code, ran.json["outcome"]) == (6, "unknown")


def test_a_second_ctrl_c_does_not_deny_what_was_handed_over(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> str:
        signal.raise_signal(signal.SIGINT)
        return "It is not known."

    monkeypatch.setattr(wording, "outcome_sentence", interrupted)
    handler = signal.getsignal(signal.SIGINT)
    with FakeProgram(home.paths.instance_socket, close):
        ran = home.run("dial", "2125551234")
    assert (ran.code, ran.err) == (6, "It is not known.\n")
    assert signal.getsignal(signal.SIGINT) == handler


def test_ctrl_c_before_anything_is_handed_over_ends_with_130(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_path: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(instance_client, "_connect", interrupt)
    assert home.run("dial", "2125551234").code == 130


def test_a_program_of_another_version_blocks_the_call(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "error": "unsupported"})):
        ran = home.run("dial", "2125551234", "--json")
    assert (ran.code, ran.json["outcome"]) == (7, "blocked")
    assert "another version" in ran.json["message"]


def test_the_words_of_a_pbx_reach_no_terminal_raw(home: Home) -> None:
    fields = {**REQUESTED, "outcome": "refused", "exit_code": 3, "message": "No \x1b[31m\x07way\r\n\u2028\ud800."}
    with FakeProgram(home.paths.instance_socket, answer(fields)):
        ran = home.run("dial", "2125551234")
        as_json = home.run("dial", "2125551234", "--json")
    assert ran.err == "No �[31m�way����.\n"
    assert as_json.out.isascii()
    assert as_json.json["message"] == fields["message"]


@pytest.mark.parametrize(
    "target", ["1" * 10_000, "\x1b[31m212", "212\n555", "\ud800212", "212\x00555", "212\x7f", "\u2028", "\x9b31m"]
)
def test_what_no_number_holds_is_refused_before_it_is_handed_over(home: Home, target: str) -> None:
    with FakeProgram(home.paths.instance_socket) as program:
        ran = home.run("dial", target)
        as_json = home.run("dial", "--json", target)
        assert program.requests == []
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert ran.err[:-1].isprintable()
    assert len(ran.err) < 200
    assert (as_json.code, as_json.json["outcome"], as_json.json["code"]) == (2, "blocked", None)
    assert f"{as_json.json['message']}\n" == ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("212", "--clipboard"),
        ("--clipboard", "--selection"),
        ("212", "213"),
        ("212", "--wait", "61"),
        ("212", "--wait", "-1"),
        ("212", "--wait", "five"),
        ("212", "--line", "me\x1b"),
        ("212", "--line", ""),
        ("212", "--caller-id", "anonymous"),
        ("212", "--nonsense"),
        ("212", "--jso"),
        ("212", "--wait"),
    ],
)
def test_a_bad_command_line_ends_with_2_and_asks_nobody(home: Home, arguments: tuple[str, ...]) -> None:
    with FakeProgram(home.paths.instance_socket) as program:
        ran = home.run("dial", *arguments)
        as_json = home.run("dial", "--json", *arguments)
        assert program.requests == []
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: ringbridge dial")
    assert "\x1b" not in ran.err
    assert (as_json.code, as_json.err) == (2, "")
    assert list(as_json.json) == FIELDS
    assert as_json.json["outcome"] == "blocked"


def test_a_bad_profile_is_a_usage_error(home: Home) -> None:
    ran = home.run("dial", "212", "--profile", "../other", "--json")
    assert (ran.code, ran.json["outcome"]) == (2, "blocked")


def test_help_explains_the_exit_codes(home: Home) -> None:
    ran = home.run("dial", "--help")
    assert ran.code == 0
    assert "TARGET" in ran.out
    assert "6  the answer was lost" in ran.out


def test_a_result_that_can_not_be_printed_keeps_its_exit_code(home: Home) -> None:
    """In a process of its own, because the file behind stdout is what is full."""
    with FakeProgram(home.paths.instance_socket), Path("/dev/full").open("wb") as full:
        done = run_process("dial", "212", stdout=full)
    assert done.returncode == 0
    assert b"could not be printed" in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_answer_that_comes_late_still_counts(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_client, "QUICK_DEADLINE_S", 0.05)
    asked = threading.Event()

    def late(connection: socket.socket, _request: dict[str, Any]) -> None:
        asked.wait(20)
        connection.sendall(json.dumps(REQUESTED).encode() + b"\n")

    def patience(*_: object) -> float:
        asked.set()
        return 20.0

    monkeypatch.setattr("ringbridge.commands.dial._patience_s", patience)
    with FakeProgram(home.paths.instance_socket, late):
        assert home.run("dial", "212").code == 0
