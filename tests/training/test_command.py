"""`ringbridge training-pbx` as a process."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from ringbridge.training.command import describe, serve
from ringbridge.training.faults import FAULTS
from ringbridge.training.people import PEOPLE
from ringbridge.training.scenarios import SCENARIOS
from training.asking import LOGIN, code

PROGRAM = "import sys; from ringbridge.training.command import serve; sys.exit(serve(tls=True, scenario='busy'))"


@pytest.mark.skipif(sys.platform == "win32", reason="signals can't be sent to one process there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_how_to_reach_it_serves_and_ends_on_a_signal(number: signal.Signals):
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(8)]
        url = said[0].split()[-1]
        ca_file = Path(next(line for line in said if "account.ca_file" in line).split()[-1])
        answer = requests.post(f"{url}user/login/", LOGIN, timeout=5, verify=str(ca_file))
        assert code(answer.json()) == "200"
        process.send_signal(number)
        assert process.wait(10) == 0
    assert f"account.url = {url}" in said[2]
    assert "account.line = 1234567" in "".join(said)
    assert "…7701 busy" in said[-1]
    assert not ca_file.exists()


def test_names_it_does_not_know_are_usage_errors(capsys: pytest.CaptureFixture[str]):
    assert serve(scenario="nonsense") == serve(fault=["nonsense"]) == serve(level="nonsense") == 2
    assert capsys.readouterr().err.count("There is no") == 3


def test_a_port_in_use_is_said(capsys: pytest.CaptureFixture[str]):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert serve(port=port) == 1
    assert f"can't start: 127.0.0.1:{port}: " in capsys.readouterr().err


def test_a_journal_that_can_not_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert serve(journal=tmp_path) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_the_description_names_everything():
    text = describe()
    for name in [*SCENARIOS, *FAULTS, *(person.username for person in PEOPLE)]:
        assert name in text
