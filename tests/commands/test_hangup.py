"""`ringbridge hangup` through a running program; without one it is in test_alone.py."""

import pytest

from ringbridge.services import instance_client
from support.command_line import Home
from support.fake_program import REQUESTED, FakeProgram, answer, close


def test_the_running_program_is_asked_to_hang_up(home: Home) -> None:
    with FakeProgram(
        home.paths.instance_socket, answer({**REQUESTED, "message": "The PBX ends the call."})
    ) as program:
        ran = home.run("hangup")
    assert (ran.code, ran.out) == (0, "The PBX ends the call.\n")
    assert program.requests == [{"v": 1, "command": "hangup"}]


def test_a_program_that_goes_away_leaves_the_call_going_on(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, close):
        plain = home.run("hangup")
        ran = home.run("hangup", "--json")
    assert (ran.code, ran.json["outcome"]) == (6, "unknown")
    assert plain.err == f"{ran.json['message']}\n"
    assert "The call may go on" in plain.err
    assert "may have rung" not in plain.err


def test_a_silent_program_is_given_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_client, "QUICK_DEADLINE_S", 0.05)
    monkeypatch.setattr("ringbridge.commands.hangup._PATIENCE_S", 0.1)
    with FakeProgram(home.paths.instance_socket) as program:
        program.behave(program.silence)
        ran = home.run("hangup")
    assert ran.code == 6
    assert "closed" not in ran.err  # it may well go on


def test_a_program_of_another_version_does_nothing(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "error": "unsupported"})):
        ran = home.run("hangup")
    assert ran.code == 7
    assert "another version" in ran.err
