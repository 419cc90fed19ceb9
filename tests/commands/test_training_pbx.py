"""`ringbridge training-pbx`, in a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN
from support.command_line import run_process


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_takes_calls_until_it_is_told_to_end(tmp_path: Path, end: signal.Signals) -> None:
    journal = tmp_path / "journal.jsonl"
    with subprocess.Popen(
        [sys.executable, "-m", "ringbridge", "training-pbx", "--scenario", "busy", "--journal", str(journal)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "NO_PROXY": "*"},
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().decode().split()[-1]
        fields = {
            "auth_username": DEMO_LOGIN.username,
            "auth_password": DEMO_LOGIN.password,
            "stype": "phone",
            "snumber": DEMO_LINE,
            "ctype": "",
            "cnumber": "12125551234",
        }
        body = urllib.parse.urlencode(fields).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url}calls/make/", body, timeout=30) as answer:
            assert json.load(answer)["responses"][0]["code"] in {"204", "200"}
        process.send_signal(end)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert journal.read_text().count("\n") >= 1
    assert DEMO_LOGIN.password not in journal.read_text().replace("auth_password", "")


@pytest.mark.parametrize(
    "arguments", [("--scenario", "nonsense"), ("--level", "9"), ("--fault", "nonsense"), ("--port", "70000"), ("x",)]
)
def test_a_bad_command_line_ends_with_2(arguments: tuple[str, ...]) -> None:
    done = run_process("training-pbx", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Traceback" not in done.stderr


def test_a_port_that_is_taken_ends_with_7() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run_process("training-pbx", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 7
    assert b"can't start" in done.stderr


def test_help_lists_scenarios_and_faults() -> None:
    done = run_process("training-pbx", "--help")
    assert done.returncode == 0
    assert b"no_answer" in done.stdout
    assert b"Faults" in done.stdout
