"""`ringbridge dial` and `hangup` where no program runs."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import keyring.errors
import pytest

from ringbridge.commands import alone, copied, question, wish
from ringbridge.core.calls import Origin, Outcome
from ringbridge.desktop.ports import Copied, ReadProblem
from ringbridge.services.history import History
from ringbridge.services.pbx import PbxClient
from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx
from support.command_line import FIELDS, Home
from support.pbx_server import PbxServer, RawRequest, close_at_once, envelope, silence


def test_a_call_is_placed_and_remembered(account: Home, pbx: PbxServer) -> None:
    ran = account.run("dial", "(212) 555-1234", "--wait", "1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "Your phone is ringing. Answer it, and the PBX calls +1 212-555-1234.\n"
    assert [(call["snumber"], call["cnumber"], call["wait"]) for call in pbx.placed] == [("201", "2125551234", "1")]
    (row,) = History(account.paths.history_file).recent()
    assert (row.outcome, row.origin, row.line) == (Outcome.REQUESTED, Origin.COMMAND_LINE, "201")


def test_json_names_the_call(account: Home) -> None:
    ran = account.run("dial", "+44 20 7946 0018", "--json", "--yes")
    assert list(ran.json) == FIELDS
    assert re.fullmatch("[0-9a-f-]{36}", ran.json.pop("request_id"))
    assert ran.json["outcome"] == "requested"
    assert (ran.json["code"], ran.json["server"], ran.json["callid"]) == (200, "server01", "1234567890.000001")
    assert ran.json["dialed"] == "011442079460018"


def test_the_pbx_is_sent_what_the_rules_make(account: Home, pbx: PbxServer) -> None:
    account.run("config", "set", "dialing.rules", "+1212|NXXXXXX", "2XX => 8")
    assert account.run("dial", "(212) 555-1234").code == 0
    assert account.run("dial", "205").code == 0
    assert [call["cnumber"] for call in pbx.placed] == ["5551234", "8205"]


def test_an_extension_is_said_and_not_sent(account: Home, pbx: PbxServer) -> None:
    ran = account.run("dial", "tel:+1-212-555-1234;ext=48", "--yes")
    assert ran.code == 0
    assert ran.out.endswith("the PBX calls +1 212-555-1234. Once connected, dial the extension 48.\n")
    assert [call["cnumber"] for call in pbx.placed] == ["2125551234"]


def test_line_and_caller_id_are_for_this_call(account: Home, pbx: PbxServer) -> None:
    account.run("dial", "*97", "--line", "202", "--caller-id", "+12125550000")
    (call,) = pbx.placed
    assert (call["snumber"], call["cnumber"], call["callerid2"]) == ("202", "*97", "+12125550000")


def test_options_are_for_this_call_and_settings_for_all(account: Home, pbx: PbxServer) -> None:
    assert account.run("config", "set", "options.screen_own", "yes").code == 0
    account.run("dial", "*97", "--auto-answer", "--record-group", "7", "--card", "C 1", "--customer", "5")
    account.run("dial", "*98")
    first, second = pbx.placed
    names = ("answer1", "recordgroup", "card", "customer", "screen1")
    assert [first.get(name) for name in names] == ["1", "7", "C 1", "5", "1"]
    assert [second.get(name) for name in names] == [None, None, None, None, "1"]


def test_what_the_company_locks_is_no_option_of_one_call(
    account: Home, pbx: PbxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "company" / "ringbridge" / "policy.toml"
    policy.parent.mkdir(parents=True)
    policy.write_text('locked = ["options.record_group"]\n[options]\nrecord_group = 7\n')
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(policy.parents[1]))
    ran = account.run("dial", "*97", "--record-group", "0")
    assert ran.code == 7
    assert "set by your company" in ran.err
    assert pbx.placed == []
    assert account.run("dial", "*97", "--record-group", "7").code == 0
    assert [call["recordgroup"] for call in pbx.placed] == ["7"]


def test_an_option_that_can_not_be_is_refused(account: Home, pbx: PbxServer) -> None:
    ran = account.run("dial", "*97", "--card", "C" * 200)
    assert (ran.code, pbx.placed) == (2, [])
    assert "Card" in ran.err


@pytest.mark.parametrize(("locked_meanwhile", "code", "placed"), [(True, 7, 0), (False, 0, 1)])
def test_a_yes_to_the_question_is_judged_as_things_are_by_then(
    account: Home,
    pbx: PbxServer,
    monkeypatch: pytest.MonkeyPatch,
    locked_meanwhile: bool,
    code: int,
    placed: int,
) -> None:
    locked = [False]
    asked: list[str] = []

    def ask(text: str) -> bool:
        asked.append(text)
        locked[0] = locked_meanwhile
        return True

    monkeypatch.setattr(alone, "screen_is_locked", lambda: locked[0])
    monkeypatch.setattr(question, "can_ask", lambda: True)
    monkeypatch.setattr(question, "ask", ask)
    ran = account.run("dial", "+44 20 7946 0018")
    assert (ran.code, len(pbx.placed), len(asked)) == (code, placed, 1)
    assert ("screen is locked" in ran.err) is locked_meanwhile


def test_the_same_number_twice_in_a_row_is_blocked(account: Home, pbx: PbxServer) -> None:
    assert account.run("dial", "2125551234").code == 0
    ran = account.run("dial", "+1 212 555 1234", "--json")
    assert (ran.code, ran.json["outcome"]) == (7, "blocked")
    assert len(pbx.placed) == 1


@pytest.mark.parametrize(
    ("behaviour", "outcome", "code", "exit_code"),
    [
        (envelope("400", "Bad", "cnumber"), "refused", 400, 3),
        (envelope("401", "Who?"), "wrong_login", 401, 4),
        (envelope("402", "Role"), "refused", 402, 3),
        (envelope("403", "Plan"), "refused", 403, 3),
        (close_at_once, "unknown", None, 6),
    ],
)
def test_what_the_pbx_says_decides_the_exit_code(
    account: Home, pbx: PbxServer, behaviour: Any, outcome: str, code: int | None, exit_code: int
) -> None:
    pbx.answer_next(behaviour)
    ran = account.run("dial", "2125551234", "--json")
    assert (ran.code, ran.json["outcome"], ran.json["code"]) == (exit_code, outcome, code)
    assert pbx.people["anna"].password not in ran.out + ran.err


def test_a_pbx_that_is_not_there_ends_with_5(account: Home, pbx: PbxServer) -> None:
    pbx.stop_listening()
    ran = account.run("dial", "2125551234")
    assert (ran.code, ran.out) == (5, "")
    assert "No call was placed." in ran.err


def test_without_an_account_nothing_is_sent(home: Home) -> None:
    ran = home.run("dial", "2125551234", "--json")
    assert (ran.code, ran.json["outcome"]) == (8, "no_account")


@pytest.mark.parametrize("error", [keyring.errors.KeyringLocked, keyring.errors.NoKeyringError])
def test_a_keyring_that_gives_nothing_ends_with_8(
    account: Home, pbx: PbxServer, error: type[keyring.errors.KeyringError]
) -> None:
    account.keyring.error = error("no")
    ran = account.run("dial", "2125551234", "--json")
    assert (ran.code, ran.json["outcome"]) == (8, "no_account")
    assert pbx.requests == []


def test_a_history_of_a_newer_version_forbids_calls(account: Home, pbx: PbxServer) -> None:
    import sqlite3

    account.paths.data_dir.mkdir(parents=True)
    with sqlite3.connect(account.paths.history_file) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    ran = account.run("dial", "2125551234", "--json")
    assert (ran.code, ran.json["outcome"]) == (5, "not_sent")
    assert pbx.requests == []


@pytest.mark.parametrize(
    ("target", "exit_code"),
    [
        ("hello", 2),
        ("", 2),
        ("2125551234 or 2125551235", 2),
        ("mailto:anna@example.com", 2),
        ("tel:", 2),
        ("tel:*21*2125551234%23", 7),
        ("tel:%2A97", 7),
        ("sip:*97@pbx.example.com", 7),
        ("callto:#31#", 7),
    ],
)
def test_what_can_not_be_called_is_not(account: Home, pbx: PbxServer, target: str, exit_code: int) -> None:
    ran = account.run("dial", target, "--json", "--yes")
    assert (ran.code, ran.json["outcome"], ran.json["code"], ran.err) == (exit_code, "blocked", None, "")
    assert ran.json["message"].endswith(".")
    assert pbx.requests == []
    plain = account.run("dial", target, "--yes")
    assert (plain.code, plain.out, plain.err) == (exit_code, "", f"{ran.json['message']}\n")


def test_a_link_that_a_person_brings_is_dialed(account: Home, pbx: PbxServer) -> None:
    assert account.run("dial", "tel:+1-212-555-1234", "--yes").code == 0
    assert pbx.placed[0]["cnumber"] == "2125551234"


@pytest.mark.parametrize("source", ["clipboard", "selection"])
def test_copied_numbers_are_dialed(
    account: Home, pbx: PbxServer, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setattr(
        wish, "read_copied", lambda asked: Copied(text="call 212-555-1234") if asked == source else None
    )
    assert account.run("dial", f"--{source}", "--yes").code == 0
    assert pbx.placed[0]["cnumber"] == "2125551234"
    (row,) = History(account.paths.history_file).recent()
    assert row.origin == source


@pytest.mark.parametrize("text", ["*97", "#31#", "nothing", "2125551234 2125551235", "x" * 5000])
def test_copied_texts_that_are_no_number_are_blocked(
    account: Home, pbx: PbxServer, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(wish, "read_copied", lambda _source: Copied(text=text))
    ran = account.run("dial", "--clipboard", "--json")
    assert (ran.code, ran.json["outcome"]) == (7, "blocked")
    assert pbx.requests == []


@pytest.mark.parametrize("problem", list(ReadProblem))
def test_a_text_that_can_not_be_read_is_said(
    account: Home, monkeypatch: pytest.MonkeyPatch, problem: ReadProblem
) -> None:
    monkeypatch.setattr(wish, "read_copied", lambda _source: Copied(problem=problem))
    ran = account.run("dial", "--selection")
    assert (ran.code, ran.out) == (7, "")
    assert ran.err.endswith(".\n")


def test_without_a_display_nothing_is_copied(account: Home) -> None:
    assert account.run("dial", "--selection").code == 7
    assert account.run("dial", "--clipboard").code == 7


def test_pyperclip_reads_the_clipboard_where_no_x_server_is(
    account: Home, pbx: PbxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyperclip

    monkeypatch.setattr(pyperclip, "paste", lambda: "212-555-1234\n")
    assert account.run("dial", "--clipboard", "--yes").code == 0
    assert pbx.placed[0]["cnumber"] == "2125551234"


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), ReadProblem.NO_TEXT),
        (OSError("no"), ReadProblem.UNSUPPORTED),
    ],
)
def test_what_pyperclip_can_not_read_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, error: Exception, problem: ReadProblem
) -> None:
    import pyperclip

    def paste() -> str:
        raise error

    monkeypatch.setattr(pyperclip, "paste", paste)
    assert copied.read_copied("clipboard").problem is problem


def test_a_clipboard_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyperclip

    over = threading.Event()
    monkeypatch.setattr(copied, "_DEADLINE_S", 0.05)
    monkeypatch.setattr(pyperclip, "paste", lambda: str(over.wait(20)))
    assert copied.read_copied("clipboard").problem is ReadProblem.NO_ANSWER
    over.set()


def test_ctrl_c_after_the_request_left_is_unknown(account: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: PbxClient, *_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(PbxClient, "make_call", interrupted)
    ran = account.run("dial", "2125551234", "--json")
    assert (ran.code, ran.json["outcome"], ran.json["dialed"]) == (6, "unknown", "2125551234")
    (row,) = History(account.paths.history_file).recent()
    assert (row.outcome, row.request_id) == (Outcome.UNKNOWN, ran.json["request_id"])


def test_ctrl_c_while_the_keyring_asks_sends_nothing(
    account: Home, pbx: PbxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ringbridge.services.credentials import Credentials

    def interrupted(self: Credentials, *_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Credentials, "read", interrupted)
        ran = account.run("dial", "2125551234", "--json")
    assert (ran.code, ran.json["outcome"]) == (130, "blocked")
    assert pbx.requests == []
    (row,) = History(account.paths.history_file).recent()
    assert row.outcome is Outcome.BLOCKED
    assert account.run("dial", "2125551234").code == 0  # the repeat guard holds nothing against it


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_real_ctrl_c_while_the_pbx_is_silent(account: Home, pbx: PbxServer) -> None:
    """In a process of its own, with the real signal, while the request lies at the PBX."""
    came = threading.Event()

    def hold(connection: socket.socket, request: RawRequest) -> bool:
        came.set()
        return silence(connection, request)

    pbx.answer_next(hold)
    code = (
        "import sys\n"
        "from keyring.backend import KeyringBackend\n"
        "from ringbridge.services import credentials\n"
        "class Store(KeyringBackend):\n"
        "    priority = 1\n"
        "    def get_password(self, *_): return sys.stdin.readline()[:-1]\n"
        "    def set_password(self, *_): pass\n"
        "credentials.desktop_backend = Store\n"
        "credentials._has_secret_service = lambda: False\n"
        "from ringbridge.cli import main\n"
        "sys.exit(main(['dial', '2125551234', '--json']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, **account.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(pbx.people["anna"].password + "\n")
        process.stdin.flush()
        assert came.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 6, err
    assert '"outcome": "unknown"' in out
    assert "Traceback" not in err


def test_settings_that_can_not_be_used_are_said_and_the_call_goes_on(account: Home) -> None:
    with account.paths.settings_file.open("a") as file:
        file.write("[card]\nseconds = 'soon'\n")
    ran = account.run("dial", "2125551234", "--json")
    assert ran.code == 0
    assert ran.json["outcome"] == "requested"
    assert "soon" in ran.err


def test_the_log_holds_no_whole_number_and_no_password(account: Home, pbx: PbxServer) -> None:
    account.run("dial", "2125551234")
    log = account.paths.log_file.read_text()
    assert "requested" in log
    assert "2125551234" not in log
    assert pbx.people["anna"].password not in log


def test_the_latest_named_call_is_hung_up(account: Home, pbx: PbxServer) -> None:
    account.run("dial", "2125551234", "--wait", "1")
    ran = account.run("hangup", "--json")
    assert (ran.code, ran.json["outcome"], ran.json["callid"]) == (0, "requested", "1234567890.000001")
    assert pbx.requests[-1].parameters["callid"] == "1234567890.000001"
    again = account.run("hangup")
    assert (again.code, again.out) == (7, "")
    assert "no call to hang up" in again.err


def test_nothing_to_hang_up_is_said(account: Home) -> None:
    ran = account.run("hangup", "--json")
    assert (ran.code, ran.json["outcome"]) == (7, "blocked")


def test_hanging_up_says_so(account: Home) -> None:
    account.run("dial", "2125551234", "--wait", "1")
    assert account.run("hangup").out == "The PBX ends the call.\n"


def test_the_training_pbx_takes_the_call(home: Home, training: TrainingPbx) -> None:
    home.set_account(training.url, username=DEMO_LOGIN.username, password=DEMO_LOGIN.password, line=DEMO_LINE)
    ran = home.run("dial", "+12125557720", "--wait", "2", "--json")
    assert (ran.code, ran.json["outcome"]) == (0, "requested"), ran
    assert ran.json["callid"]
    refused = home.run("dial", "2125557400", "--json")
    assert (refused.code, refused.json["code"]) == (3, 400)
    plan = home.run("dial", "2125557403", "--json")
    assert (plan.code, plan.json["code"]) == (3, 403)


def test_nothing_of_qt_is_loaded(account: Home, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from ringbridge.cli import main\n"
        "main(['dial', '2125551234'])\n"
        "print([name for name in sys.modules if name.startswith(('PySide6', 'shiboken6'))])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **account.environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
