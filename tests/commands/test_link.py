"""`ringbridge link` and the start of the tray program. Nothing here ever dials by itself."""

from typing import Any

import pytest

import ringbridge.main
from support.command_line import Home
from support.fake_program import FakeProgram, answer, close
from support.pbx_server import PbxServer

URI = "tel:+1-212-555-1234"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the tray program would have been started with."""
    starts: list[dict[str, Any]] = []

    def run_tray(**how: Any) -> int:
        starts.append(how)
        return 0

    monkeypatch.setattr(ringbridge.main, "run_tray", run_tray)
    return starts


def test_the_running_program_gets_the_link(home: Home, started: list[dict[str, Any]]) -> None:
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "ok": True})) as program:
        ran = home.run("link", URI)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert program.requests == [{"v": 1, "command": "link", "uri": URI}]
    assert started == []


@pytest.mark.parametrize("exit_code", [2, 7])
def test_what_the_running_program_refuses_is_said(home: Home, started: list[dict[str, Any]], exit_code: int) -> None:
    fields = {"v": 1, "ok": False, "message": "No\x1b such link.", "exit_code": exit_code}
    with FakeProgram(home.paths.instance_socket, answer(fields)):
        ran = home.run("link", "tel:x")
    assert (ran.code, ran.err) == (exit_code, "No� such link.\n")
    assert started == []


@pytest.mark.parametrize("behaviour", [close, answer({"v": 1, "error": "unsupported"})])
def test_a_program_that_does_not_take_it_is_said(home: Home, started: list[dict[str, Any]], behaviour: Any) -> None:
    with FakeProgram(home.paths.instance_socket, behaviour):
        ran = home.run("link", URI)
    assert ran.code == 7
    assert "Quit it" in ran.err
    assert started == []


def test_without_a_program_one_is_started_with_the_question(
    account: Home, pbx: PbxServer, started: list[dict[str, Any]]
) -> None:
    ran = account.run("--profile", "", "link", URI)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert started == [{"profile": "", "demo": False, "link": URI}]
    assert pbx.requests == []


@pytest.mark.parametrize(
    ("uri", "exit_code"),
    [
        ("tel:", 2),
        ("tel:nobody", 2),
        ("mailto:anna@example.com", 2),
        ("+12125551234", 2),
        ("javascript:alert(1)", 2),
        ("tel:" + "1" * 10_000, 2),
        ("tel:+1212\x1b[31m", 2),
        ("tel:+1212%0d%0a555", 2),
        ("tel:\ud800", 2),
        ("tel:*21*2125551234%23", 7),
        ("tel:%2a97", 7),
    ],
)
def test_a_bad_link_starts_nothing(home: Home, started: list[dict[str, Any]], uri: str, exit_code: int) -> None:
    ran = home.run("link", uri)
    assert (ran.code, ran.out) == (exit_code, "")
    assert ran.err.endswith(".\n")
    assert ran.err[:-1].isprintable()
    assert started == []


@pytest.mark.parametrize("uri", ["tel:" + "1" * 10_000, "tel:\x1b[31m"])
def test_what_no_link_holds_is_not_even_handed_over(home: Home, uri: str) -> None:
    with FakeProgram(home.paths.instance_socket) as program:
        assert home.run("link", uri).code == 2
        assert program.requests == []


@pytest.mark.parametrize("arguments", [(), ("a", "b"), ("--yes", URI)])
def test_a_bad_command_line_ends_with_2(
    home: Home, started: list[dict[str, Any]], arguments: tuple[str, ...]
) -> None:
    assert home.run("link", *arguments).code == 2
    assert started == []


def test_without_a_command_the_tray_program_starts(home: Home, started: list[dict[str, Any]]) -> None:
    home.run()
    home.run("--demo")
    home.run("--profile", "work")
    home.run("--profile=work", "--demo")
    assert started == [
        {"profile": None, "demo": False, "background": False},
        {"profile": None, "demo": True, "background": False},
        {"profile": "work", "demo": False, "background": False},
        {"profile": "work", "demo": True, "background": False},
    ]


def test_a_second_start_says_that_it_is_one(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "ok": True})) as program:
        assert home.run().code == 0
    assert program.requests == [{"v": 1, "command": "call_dialog", "started_again": True}]


def test_a_profile_that_is_none_starts_nothing(home: Home) -> None:
    ran = home.run("--profile", "a/b")
    assert (ran.code, ran.out) == (2, "")
    assert "Profile" in ran.err
