import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.instance import MAX_LINE, InstanceServer
from ringbridge.desktop.instance_pipe import InstancePipeServer


class Ear:
    """Keeps what came in, and answers when the test says so."""

    def __init__(self) -> None:
        self.requests: list[tuple[bytes, Callable[[bytes], None]]] = []

    def handle(self, line: bytes, send: Callable[[bytes], None]) -> None:
        self.requests.append((line, send))


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "instance.socket"


@pytest.fixture(params=["socket", "pipe"])
def server(
    request: pytest.FixtureRequest, qtbot: QtBot, ear: Ear, path: Path
) -> Iterator[InstanceServer | InstancePipeServer]:
    """Both ears; where there are no named pipes, Qt's local server is a socket too."""
    pipe = request.param == "pipe"
    server = InstancePipeServer(str(path), ear.handle) if pipe else InstanceServer(path, ear.handle)
    server.listen()
    yield server
    server.close()


def connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(5)
    connection.connect(str(path))
    return connection


def test_a_line_is_handed_over_and_answered_later(qtbot: QtBot, server: object, ear: Ear, path: Path) -> None:
    with connect(path) as first, connect(path) as second:
        first.sendall(b'{"v"')
        second.sendall(b"two\n")
        qtbot.waitUntil(lambda: len(ear.requests) == 1)
        first.sendall(b": 1}\n")
        qtbot.waitUntil(lambda: len(ear.requests) == 2)
        assert [line for line, _ in ear.requests] == [b"two", b'{"v": 1}']
        ear.requests[1][1](b"one answered")
        ear.requests[0][1](b"two answered")
        assert first.recv(100) == b"one answered\n"
        assert second.recv(100) == b"two answered\n"
        assert first.recv(100) == b""


def test_only_the_user_can_reach_it(server: object, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_peer_that_is_gone_is_no_trouble(qtbot: QtBot, server: object, ear: Ear, path: Path) -> None:
    connection = connect(path)
    connection.sendall(b"hello\n")
    qtbot.waitUntil(lambda: len(ear.requests) == 1)
    connection.close()
    ear.requests[0][1](b"nobody hears this")
    with connect(path) as silent:
        silent.shutdown(socket.SHUT_WR)
        assert_closed(qtbot, silent)


def test_a_line_without_end_is_dropped(qtbot: QtBot, server: object, ear: Ear, path: Path) -> None:
    with connect(path) as connection:
        connection.setblocking(False)
        sent = 0

        def pour() -> bool:
            nonlocal sent
            try:
                sent += connection.send(b"x" * 8192)
            except BlockingIOError:
                return False
            except OSError:
                return True
            return sent > 4 * MAX_LINE

        qtbot.waitUntil(pour)
        assert sent <= 4 * MAX_LINE
    assert ear.requests == []


def test_a_dead_programs_socket_is_replaced(qtbot: QtBot, ear: Ear, path: Path) -> None:
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path))
    stale.close()
    server = InstanceServer(path, ear.handle)
    server.listen()
    with connect(path) as connection:
        connection.sendall(b"hello\n")
        qtbot.waitUntil(lambda: len(ear.requests) == 1)
    server.close()
    server.close()
    assert not path.exists()


def assert_closed(qtbot: QtBot, connection: socket.socket) -> None:
    connection.setblocking(False)

    def closed() -> bool:
        try:
            return connection.recv(10) == b""
        except BlockingIOError:
            return False

    qtbot.waitUntil(closed)
