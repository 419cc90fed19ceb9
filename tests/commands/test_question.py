"""The question at a terminal: a real terminal, the real command in a process of its own."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from ringbridge.services.history import History
from support.command_line import Home, Ran
from support.fake_program import FakeProgram, answer
from support.pbx_server import PbxServer

LONDON = "+44 20 7946 0018"
WHY = "Another country, and you never called this number before. Call +44 20 7946 0018? [y/N]"


class Terminal:
    """A command at a terminal."""

    def __init__(self, home: Home, arguments: Sequence[str], env: dict[str, str] | None = None) -> None:
        main, far = pty.openpty()
        self._main = main
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ringbridge", *arguments],
            stdin=far,
            stdout=far,
            stderr=far,
            env=os.environ | home.environment | (env or {}),
            start_new_session=True,
        )
        os.close(far)
        self.seen = ""

    def wait_for(self, text: str, timeout_s: float = 30) -> None:
        until = time.monotonic() + timeout_s
        while text not in self.seen:
            assert time.monotonic() < until, self.seen
            if select.select([self._main], [], [], 0.5)[0]:
                try:
                    data = os.read(self._main, 4096)
                except OSError:  # the command has ended
                    data = b""
                assert data or text in self.seen, self.seen
                self.seen += data.decode().replace("\r\n", "\n")

    def type_line(self, text: str) -> None:
        os.write(self._main, f"{text}\n".encode())

    def end(self) -> int:
        code = self.process.wait(30)
        while select.select([self._main], [], [], 0)[0]:
            try:
                self.seen += os.read(self._main, 4096).decode().replace("\r\n", "\n")
            except OSError:
                break
        os.close(self._main)
        return code


@pytest.mark.parametrize("word", ["", "n", "no", "maybe", "yess"])
def test_anything_but_a_yes_is_a_no(account: Home, pbx: PbxServer, word: str) -> None:
    terminal = Terminal(account, ("dial", LONDON))
    terminal.wait_for(WHY)
    terminal.type_line(word)
    assert terminal.end() == 7
    assert "You chose not to call." in terminal.seen
    assert pbx.requests == []
    assert History(account.paths.history_file).recent() == ()


@pytest.mark.parametrize("word", ["y", "yes", "Y"])
def test_a_yes_goes_on_to_the_call(account: Home, word: str) -> None:
    terminal = Terminal(account, ("dial", LONDON))
    terminal.wait_for(WHY)
    terminal.type_line(word)
    assert terminal.end() == 8  # it came as far as the keyring, and this process has none
    assert "keyring" in terminal.seen


def without_a_terminal(home: Home, *arguments: str) -> Ran:
    return home.run("dial", *arguments)


def test_without_a_terminal_a_risky_call_is_blocked(account: Home, pbx: PbxServer) -> None:
    ran = without_a_terminal(account, LONDON, "--json")
    assert (ran.code, ran.json["outcome"]) == (7, "blocked")
    assert "Say it with --yes." in ran.json["message"]
    assert pbx.placed == []
    assert without_a_terminal(account, LONDON, "--yes").code == 0
    assert len(pbx.placed) == 1


def test_a_number_that_was_called_before_is_not_asked_about(account: Home, pbx: PbxServer) -> None:
    account.run("config", "set", "calls.repeat_guard_s", "0")
    assert without_a_terminal(account, LONDON, "--yes").code == 0
    assert without_a_terminal(account, LONDON).code == 0
    assert len(pbx.placed) == 2


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("+1 900 555 1234", "Premium rate"),
        ("+881 6 12345678", "satellite"),
        ("112", "place of your desk phone"),
        ("tel:+12125551234", "A link asks"),
        ("123456789", "Unusually long"),
    ],
)
def test_each_risk_has_its_words(account: Home, pbx: PbxServer, target: str, words: str) -> None:
    ran = without_a_terminal(account, target)
    assert (ran.code, ran.out) == (7, "")
    assert words in ran.err
    assert pbx.placed == []


def test_an_emergency_number_is_called_with_a_yes_and_as_it_stands(account: Home, pbx: PbxServer) -> None:
    account.run("config", "set", "dialing.outside_prefix", "9")
    account.run("config", "set", "guards.never_call", "112, 1*")
    assert without_a_terminal(account, "112", "--yes").code == 0
    assert [call["cnumber"] for call in pbx.placed] == ["112"]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("guards.never_call", "+4420*", "never called"),
        ("guards.allowed_countries", "US", "Only numbers of some countries"),
        ("guards.refused_countries", "GB", "Numbers of this country are not called"),
        ("guards.foreign", "refuse", "Numbers of other countries are not called"),
    ],
)
def test_a_yes_opens_no_guard(account: Home, pbx: PbxServer, key: str, value: str, words: str) -> None:
    account.run("config", "set", key, value)
    ran = without_a_terminal(account, LONDON, "--yes")
    assert (ran.code, ran.out) == (7, "")
    assert words in ran.err
    assert pbx.placed == []


def test_so_many_calls_in_a_minute_and_no_more(account: Home, pbx: PbxServer) -> None:
    account.run("config", "set", "guards.calls_per_minute", "2")
    codes = [without_a_terminal(account, f"212555000{digit}").code for digit in range(3)]
    assert codes == [0, 0, 7]
    assert len(pbx.placed) == 2


def test_while_the_screen_is_locked_a_command_calls_nobody(
    account: Home, pbx: PbxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ringbridge.commands import alone

    monkeypatch.setattr(alone, "screen_is_locked", lambda: True)
    ran = without_a_terminal(account, "2125551234", "--yes")
    assert (ran.code, pbx.placed) == (7, [])
    assert "The screen is locked" in ran.err
    account.run("config", "set", "guards.screen_lock", "no")
    assert without_a_terminal(account, "2125551234", "--yes").code == 0


def test_one_of_the_own_phones_rings_as_what_it_is(account: Home, pbx: PbxServer) -> None:
    account.run("config", "set", "phones.own", "Desk|phone|201, Mobile|number|2125550199")
    without_a_terminal(account, "2125551234", "--line", "2125550199")
    without_a_terminal(account, "2125551235", "--line", "202")
    assert [(call.get("stype"), call["snumber"]) for call in pbx.placed] == [("", "2125550199"), ("phone", "202")]


UNCONFIRMED = {
    "v": 1, "outcome": "blocked", "code": None, "key": "", "message": "Why. Nobody said yes.", "server": "",
    "callid": "", "dialed": "1", "request_id": "", "problem": "unconfirmed", "exit_code": 7,
    "question": "Why. Call 1?",
}  # fmt: skip


def test_the_running_programs_question_is_asked_at_the_terminal(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, answer(UNCONFIRMED)) as program:
        terminal = Terminal(home, ("dial", "1"))
        terminal.wait_for("Why. Call 1? [y/N]")
        terminal.type_line("y")
        assert terminal.end() == 7  # this program asks each time
        assert [request["yes"] for request in program.requests] == [False, True]
        terminal = Terminal(home, ("dial", "1"))
        terminal.wait_for("Why. Call 1? [y/N]")
        terminal.type_line("n")
        assert terminal.end() == 7
        assert [request["yes"] for request in program.requests] == [False, True, False]


def test_the_running_programs_question_without_a_terminal_is_a_no(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, answer(UNCONFIRMED)) as program:
        ran = home.run("dial", "1")
        assert (ran.code, ran.out, ran.err) == (7, "", "Why. Nobody said yes.\n")
        assert len(program.requests) == 1


@pytest.fixture
def policy(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "xdg" / "ringbridge" / "policy.toml"
    path.parent.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "xdg"))
    return path


def test_what_the_company_locks_is_not_changed_from_the_command_line(home: Home, policy: Path) -> None:
    policy.write_text('locked = ["guards.premium"]\n[guards]\npremium = "refuse"\n')
    ran = home.run("config", "set", "guards.premium", "allow")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "Premium-rate numbers: set by your company, so it can't be changed here.\n"
    assert home.run("config", "get", "guards.premium").out == "refuse\n"
    ran = home.run("dial", "+1 900 555 1234", "--yes", "--json")
    assert (ran.code, ran.json["outcome"]) == (7, "blocked")


def test_a_damaged_policy_is_said_at_every_command(home: Home, policy: Path) -> None:
    policy.write_text("locked = [")
    ran = home.run("config", "get", "guards.premium")
    assert (ran.code, ran.out) == (0, "refuse\n")
    assert str(policy) in ran.err
    assert "Tell your administrator." in ran.err
    assert home.run("config", "set", "guards.premium", "allow").code == 2


def test_a_policy_sets_lists_too(home: Home, policy: Path) -> None:
    policy.write_text('[guards]\nnever_call = ["+1900*", "0900*"]\n')
    listed = json.loads(home.run("config", "list", "--json").out)
    assert listed["guards.never_call"] == ["+1900*", "0900*"]
