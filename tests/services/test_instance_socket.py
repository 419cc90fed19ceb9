"""Whom the command line's connection trusts and waits for, over real sockets."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ringbridge.services import instance_socket

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="AF_UNIX sockets; Windows has pipes")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    return folder / "instance.socket"


def test_a_read_without_an_answer_ends_in_time(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        connection = instance_socket.SocketConnection(str(path))
        peer = listener.accept()[0]
        connection.send_line(b"hello\n")
        assert peer.recv(100) == b"hello\n"
        with pytest.raises(TimeoutError):
            connection.receive(0.01)
        peer.sendall(b"late")
        assert connection.receive(5.0) == b"late"
        peer.close()
        assert connection.receive(5.0) == b""
        connection.close()


def test_a_folder_where_others_can_write_is_not_trusted(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        path.parent.chmod(0o777)
        with pytest.raises(PermissionError, match="others can write"):
            instance_socket.SocketConnection(str(path))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue looks like nobody")
def test_a_program_that_is_busy_is_waited_for_and_not_taken_for_absent(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(path))
        busy.listen(0)
        with socket.socket(socket.AF_UNIX) as waiting:
            waiting.connect(str(path))  # the queue has room for this one
            check = instance_socket._check_peer

            def connected(connection: socket.socket) -> None:
                check(connection)
                raise PermissionError("far enough")

            monkeypatch.setattr(instance_socket, "_check_peer", connected)

            def accept() -> None:
                busy.accept()[0].close()

            accepting = threading.Timer(0.3, accept)
            accepting.start()
            with pytest.raises(PermissionError, match="far enough"):
                instance_socket.SocketConnection(str(path))
            accepting.join()


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="needs root, to listen as another user")
def test_a_socket_of_another_user_is_not_trusted(path: Path) -> None:
    code = (
        "import os, socket, sys\n"
        "s = socket.socket(fileno=0)\n"
        "os.setuid(65534)\n"
        "s.listen()\n"  # SO_PEERCRED tells who called listen
        "print('ready', flush=True)\n"
        "sys.stdin = None\n"
        "s.accept()\n"
    )
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        other = subprocess.Popen([sys.executable, "-c", code], stdin=listener.fileno(), stdout=subprocess.PIPE)
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == b"ready\n"
            with pytest.raises(PermissionError, match="another user"):
                instance_socket.SocketConnection(str(path))
        finally:
            other.terminate()
            other.wait(20)
            assert other.stdout is not None
            other.stdout.close()
