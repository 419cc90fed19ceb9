"""`ringbridge redial` and `ringbridge show`."""

import pytest

from support.command_line import Home
from support.fake_program import REQUESTED, FakeProgram, answer, close
from support.pbx_server import PbxServer


def test_the_running_program_is_asked_to_redial(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, answer(REQUESTED)) as program:
        ran = home.run("redial", "--json")
    assert (ran.code, ran.json["outcome"]) == (0, "requested")
    assert program.requests == [{"v": 1, "command": "redial"}]


def test_a_program_that_goes_away_may_have_called_and_nothing_is_sent_again(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, close) as program:
        ran = home.run("redial")
    assert ran.code == 6
    assert "may have rung" in ran.err
    assert len(program.requests) == 1


def test_a_program_of_another_version_does_nothing(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "error": "unsupported"})):
        ran = home.run("redial")
    assert ran.code == 7
    assert "another version" in ran.err


def test_alone_it_makes_the_latest_call_again(account: Home, pbx: PbxServer) -> None:
    assert account.run("config", "set", "calls.repeat_guard_s", "0").code == 0
    assert account.run("dial", "(212) 555-1234", "--yes").code == 0
    assert account.run("dial", "*97").code == 0
    ran = account.run("redial")
    assert ran.code == 0, ran.err
    assert [call["cnumber"] for call in pbx.placed] == ["2125551234", "*97", "*97"]


def test_alone_it_passes_the_gate(account: Home, pbx: PbxServer) -> None:
    assert account.run("config", "set", "calls.repeat_guard_s", "0").code == 0
    assert account.run("dial", "(212) 555-1234", "--yes").code == 0
    assert account.run("config", "set", "guards.never_call", "+1212*").code == 0
    ran = account.run("redial")
    assert ran.code == 7
    assert len(pbx.placed) == 1


def test_without_a_call_there_is_nothing_to_redial(account: Home, pbx: PbxServer) -> None:
    ran = account.run("redial")
    assert (ran.code, ran.err) == (7, "There is no call yet that could be made again.\n")
    assert pbx.placed == []


def test_the_running_program_shows_its_dialog(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "ok": True})) as program:
        assert home.run("show").code == 0
    assert program.requests == [{"v": 1, "command": "call_dialog"}]


def test_a_program_that_does_not_answer_is_said(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, close):
        ran = home.run("show")
    assert ran.code == 7
    assert "does not answer" in ran.err


def test_show_starts_the_program_with_its_dialog(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, object]] = []

    def run_tray(**options: object) -> int:
        started.append(options)
        return 0

    monkeypatch.setattr("ringbridge.main.run_tray", run_tray)
    assert home.run("--profile", "work", "show").code == 0
    assert started == [{"profile": "work", "show": True}]


@pytest.mark.parametrize("command", ["redial", "show", "hangup"])
def test_what_is_no_option_is_refused(home: Home, command: str) -> None:
    assert home.run(command, "now").code == 2
    assert home.run(command, "--help").code == 0
