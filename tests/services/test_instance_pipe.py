"""The named pipe on Windows: its name everywhere, the connection where there are pipes."""

import re
import subprocess
import sys
from collections.abc import Generator

import pytest

from ringbridge.core.pipe_name import pipe_name
from ringbridge.services import instance_client
from ringbridge.services.instance_client import NoProgram, ProgramLost

SOCKET = r"C:\Users\anna\AppData\Local\Temp\ringbridge\instance.socket"

SERVER = """
import json, sys
from PySide6.QtCore import QCoreApplication
from PySide6.QtNetwork import QLocalServer
application = QCoreApplication([])
server = QLocalServer()
server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
assert server.listen(sys.argv[1]), server.errorString()
peers = []
def connected():
    peer = server.nextPendingConnection()
    peers.append(peer)
    def read():
        target = json.loads(bytes(peer.readLine()))["target"]
        if target == "close":
            peer.abort()
        elif target != "silence":
            answer = {"v": 1, "outcome": "requested", "exit_code": 0, "message": target}
            peer.write(json.dumps(answer).encode() + b"\\n")
            peer.flush()
            peer.disconnectFromServer()
    peer.readyRead.connect(read)
server.newConnection.connect(connected)
print("ready", flush=True)
application.exec()
"""

on_windows = pytest.mark.skipif(sys.platform != "win32", reason="named pipes of Windows")


def test_each_profile_has_a_pipe_of_its_own() -> None:
    assert pipe_name(SOCKET) != pipe_name(SOCKET.replace("anna", "berta"))
    assert pipe_name(SOCKET) == pipe_name(SOCKET.upper())  # paths of Windows know no case


def test_a_pipes_name_is_one_that_windows_takes() -> None:
    assert re.fullmatch(r"\\\\\.\\pipe\\ringbridge-[0-9a-f]{32}", pipe_name(SOCKET))


@pytest.fixture
def server() -> Generator[None]:
    with subprocess.Popen([sys.executable, "-c", SERVER, pipe_name(SOCKET)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"ready"
        yield
        process.kill()


def dial(target: str) -> str:
    answer = instance_client.dial(
        SOCKET,
        target=target,
        source="argument",
        line=None,
        caller_id=None,
        wait=None,
        said_yes=False,
        patience_s=lambda: 0.2,
    )
    return answer.message


@on_windows
@pytest.mark.usefixtures("server")
def test_a_request_and_its_answer_pass() -> None:
    assert dial("+12125551234 שלום") == "+12125551234 שלום"
    assert dial("again") == "again"


@on_windows
@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("target", ["silence", "close"])
def test_a_lost_answer_is_lost(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    monkeypatch.setattr(instance_client, "QUICK_DEADLINE_S", 0.1)
    with pytest.raises(ProgramLost):
        dial(target)


@on_windows
def test_no_pipe_is_no_program() -> None:
    with pytest.raises(NoProgram):
        dial("+12125551234")
