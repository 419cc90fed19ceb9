"""`ringbridge account`."""

import io
import subprocess
import sys
from typing import Any

import keyring.errors
import pytest

from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx
from support.command_line import Home
from support.desktop import Desktop, require_desktop
from support.fake_program import FakeProgram, answer
from support.pbx_server import PbxServer, envelope

SECRET = 'p&ä;+ #%="'
SET = ("account", "set", "--url", "https://pbx.example.com/local/api/json", "--username", "anna", "--line", "201")


def everything_on_disk(home: Home) -> bytes:
    folder = home.paths.config_dir.parents[1]
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_an_account_is_stored_and_its_password_only_in_the_keyring(home: Home) -> None:
    ran = home.run(*SET, "--password-stdin", stdin=f"{SECRET}\n".encode())
    assert ran.code == 0, ran.err
    shown = home.run("account", "show", "--json")
    assert shown.json == {
        "url": "https://pbx.example.com/local/api/json/", "username": "anna", "line": "201", "password": "saved",
    }  # fmt: skip
    assert list(home.keyring.items.values()) == [SECRET]
    assert SECRET.encode() not in everything_on_disk(home)
    assert SECRET not in ran.out + ran.err + shown.out


@pytest.mark.parametrize("line_end", [b"", b"\n", b"\r\n", b"\nsecond line\n"])
def test_the_password_is_the_first_line_of_stdin(home: Home, line_end: bytes) -> None:
    assert home.run(*SET, "--password-stdin", stdin=b" se cret " + line_end).code == 0
    assert list(home.keyring.items.values()) == [" se cret "]


@pytest.mark.parametrize("given", [b"", b"\n", b"\xff\n", b"a\x00b\n", b"a\x1bb\n", b"x" * 1001])
def test_a_password_that_can_not_be_one_stores_nothing(home: Home, given: bytes) -> None:
    ran = home.run(*SET, "--password-stdin", stdin=given)
    assert (ran.code, ran.out) == (2, "")
    assert home.keyring.items == {}
    assert not home.paths.settings_file.exists()


def test_without_a_terminal_the_password_must_be_piped(home: Home) -> None:
    ran = home.run(*SET)
    assert ran.code == 2
    assert "--password-stdin" in ran.err


@pytest.mark.parametrize("missing", ["--url", "--username", "--line"])
def test_what_is_missing_is_named(home: Home, missing: str) -> None:
    position = SET.index(missing)
    ran = home.run(*SET[:position], *SET[position + 2 :], "--password-stdin", stdin=b"x\n")
    assert ran.code == 2
    assert missing in ran.err


@pytest.mark.parametrize(
    "url",
    [
        "pbx.example.com", "ftp://pbx.example.com", "https://", "https://anna:pw@pbx.example.com/",
        "https://pbx.example.com/?auth_password=x", "http://pbx.example.com/", "https://pbx\x1b.example.com/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_or_not_safe_is_refused(home: Home, url: str) -> None:
    ran = home.run("account", "set", "--url", url, *SET[4:], "--password-stdin", stdin=b"x\n")
    assert (ran.code, ran.out) == (2, "")
    assert "\x1b" not in ran.err
    assert home.keyring.items == {}


def test_without_a_keyring_the_rest_is_kept(home: Home) -> None:
    home.keyring.error = keyring.errors.NoKeyringError("none")
    ran = home.run(*SET, "--password-stdin", stdin=f"{SECRET}\n".encode())
    assert (ran.code, ran.out) == (8, "")
    assert "no keyring" in ran.err
    assert home.run("config", "get", "account.username").out == "anna\n"
    assert home.run("account", "show", "--json").json["password"] == "unknown"
    assert SECRET.encode() not in everything_on_disk(home)


def test_one_part_is_changed_and_the_password_kept(home: Home) -> None:
    home.run(*SET, "--password-stdin", stdin=b"x\n")
    ran = home.run("account", "set", "--line", "202")
    assert ran.code == 0
    assert home.run("account", "show", "--json").json["line"] == "202"
    assert list(home.keyring.items.values()) == ["x"]


def test_another_login_needs_its_password_and_the_old_one_goes(home: Home) -> None:
    home.run(*SET, "--password-stdin", stdin=b"x\n")
    assert home.run("account", "set", "--username", "berta").code == 2
    assert home.run("account", "set", "--username", "berta", "--password-stdin", stdin=b"y\n").code == 0
    assert list(home.keyring.items.values()) == ["y"]


def test_at_a_terminal_the_password_is_asked_for(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    asked: list[str] = []

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return "typed"

    monkeypatch.setattr("getpass.getpass", getpass)
    monkeypatch.setattr("support.command_line.io.TextIOWrapper", Terminal)
    assert home.run(*SET).code == 0
    assert list(home.keyring.items.values()) == ["typed"]
    assert asked == ["Password: "]


def test_a_running_program_hears_of_the_change(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "ok": True})) as program:
        home.run(*SET, "--password-stdin", stdin=b"x\n")
        home.run("account", "forget")
    assert [request["command"] for request in program.requests] == ["settings_changed"] * 2


def test_forgetting_removes_account_and_password(home: Home) -> None:
    home.run(*SET, "--password-stdin", stdin=b"x\n")
    with home.paths.settings_file.open("a") as file:
        file.write("allow_plain_http = true\n[card]\nseconds = 7\n")
    assert home.run("account", "forget").code == 0
    assert home.keyring.items == {}
    shown = home.run("account", "show", "--json").json
    assert shown == {"url": "", "username": "", "line": "", "password": "none"}
    assert home.run("config", "get", "card.seconds").out == "7\n"
    assert home.run("config", "get", "account.allow_plain_http").out == "yes\n"  # by hand only
    assert home.run("account", "forget").code == 0


def test_an_account_is_not_forgotten_while_its_password_can_not_be(home: Home) -> None:
    home.run(*SET, "--password-stdin", stdin=b"x\n")
    home.keyring.error = keyring.errors.KeyringLocked("locked")
    ran = home.run("account", "forget")
    assert (ran.code, ran.out) == (8, "")
    assert home.run("config", "get", "account.username").out == "anna\n"


def test_an_account_can_be_forgotten_where_there_is_no_keyring(home: Home) -> None:
    home.run(*SET, "--password-stdin", stdin=b"x\n")
    home.keyring.error = keyring.errors.NoKeyringError("none")
    assert "no keyring" in home.run("account", "show").out
    ran = home.run("account", "forget")
    assert ran.code == 0
    assert "There is no keyring here." in ran.err
    assert home.run("config", "get", "account.username").out == "\n"


def test_showing_for_people_holds_no_password(home: Home) -> None:
    assert "not set" in home.run("account", "show").out
    home.run(*SET, "--password-stdin", stdin=f"{SECRET}\n".encode())
    out = home.run("account", "show").out
    assert "in the keyring" in out
    assert SECRET not in out


def test_a_right_login_shows_the_lines(account: Home, pbx: PbxServer) -> None:
    pbx.people["anna"].lines = [{"name": "201", "description": "Desk"}, {"name": "202"}]
    ran = account.run("account", "test", "--json")
    assert ran.code == 0
    assert (ran.json["ok"], ran.json["line_found"]) == (True, True)
    assert [line["name"] for line in ran.json["lines"]] == ["201", "202"]
    plain = account.run("account", "test")
    assert (plain.code, plain.err) == (0, "")
    assert "201: Desk" in plain.out
    assert pbx.placed == []


def test_a_line_of_somebody_else_is_noticed(account: Home, pbx: PbxServer) -> None:
    pbx.people["anna"].lines = [{"name": "777"}]
    ran = account.run("account", "test", "--json")
    assert (ran.code, ran.json["line_found"]) == (0, False)
    assert "201 is not among" in ran.json["message"]


@pytest.mark.parametrize(
    ("behaviours", "code", "exit_code"),
    [
        ([envelope("401", "no")], 401, 4),
        ([envelope("202", "code")], None, 4),
        ([envelope("402", "role"), envelope("402", "role")], None, 3),
        ([envelope("500", "?"), envelope("500", "?")], 500, 6),
    ],
)
def test_what_the_test_finds_decides_the_exit_code(
    account: Home, pbx: PbxServer, behaviours: list[Any], code: int | None, exit_code: int
) -> None:
    pbx.answer_next(*behaviours)
    ran = account.run("account", "test", "--json")
    assert (ran.code, ran.json["ok"], ran.json["code"]) == (exit_code, False, code)
    pbx.answer_next(*behaviours)
    plain = account.run("account", "test")
    assert (plain.code, plain.out) == (exit_code, "")
    assert SECRET not in plain.err


def test_a_role_that_may_not_list_lines_is_fine(account: Home, pbx: PbxServer) -> None:
    pbx.answer_next(envelope("200", data={}), envelope("402", "role"))
    ran = account.run("account", "test", "--json")
    assert (ran.code, ran.json["ok"], ran.json["line_found"]) == (0, True, None)


def test_testing_without_account_keyring_or_pbx(home: Home, pbx: PbxServer) -> None:
    assert home.run("account", "test").code == 8
    home.set_account(pbx.url, username="anna", password="x", line="201")
    home.keyring.error = keyring.errors.KeyringLocked("locked")
    assert home.run("account", "test").code == 8
    home.keyring.error = None
    pbx.stop_listening()
    assert home.run("account", "test").code == 5


def test_the_training_pbx_takes_the_login(home: Home, training: TrainingPbx) -> None:
    home.set_account(training.url, username=DEMO_LOGIN.username, password=DEMO_LOGIN.password, line=DEMO_LINE)
    ran = home.run("account", "test", "--json")
    assert (ran.code, ran.json["line_found"]) == (0, True), ran
    assert "sip-secret" not in ran.out
    home.set_account(training.url, username=DEMO_LOGIN.username, password="wrong", line=DEMO_LINE)
    assert home.run("account", "test").code == 4


@pytest.mark.parametrize("arguments", [("account",), ("account", "steal"), ("account", "show", "--xml")])
def test_a_bad_command_line_ends_with_2(home: Home, arguments: tuple[str, ...]) -> None:
    ran = home.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "usage: ringbridge account" in ran.err
    as_json = home.run(*arguments, "--json")
    assert list(as_json.json) == ["error", "message"]


@pytest.mark.parametrize("order", [0, 1, 2])
def test_the_profile_may_stand_anywhere(home: Home, order: int) -> None:
    words = ["account", "show", "--json"]
    words[order:order] = ["--profile", "work"]
    home.run("--profile", "work", "config", "set", "account.username", "berta")
    assert home.run(*words).json["username"] == "berta"
    assert home.run("account", "show", "--json").json["username"] == ""


@pytest.mark.parametrize("arguments", [("account", "--help"), ("account", "set", "-h"), ("config", "-h")])
def test_help_is_printed(home: Home, arguments: tuple[str, ...]) -> None:
    ran = home.run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("usage: ringbridge")


@pytest.mark.desktop
def test_a_real_keyring_holds_the_password(pbx: PbxServer) -> None:
    require_desktop(tray="none", wm="none", keyring="unlocked")
    with Desktop(tray="none", wm="none", keyring="unlocked") as desktop:

        def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "ringbridge", *arguments],
                env=desktop.env, input=stdin, capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip

        done = run(
            *("account", "set", "--url", pbx.url, "--username", "anna", "--line", "201", "--password-stdin"),
            stdin=f"{SECRET}\n",
        )
        assert done.returncode == 0, done.stderr
        assert '"password": "saved"' in run("account", "show", "--json").stdout
        called = run("dial", "+12125551234", "--json")
        assert called.returncode == 0, called.stderr
        assert pbx.placed[0]["cnumber"]
        assert run("account", "forget").returncode == 0
        assert '"password": "none"' in run("account", "show", "--json").stdout
