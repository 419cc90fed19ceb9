"""One connection, kept as long as it is good and no longer."""

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ringbridge.core.calls import Login
from ringbridge.core.errors import AnswerLost, PbxError, Unreachable
from ringbridge.services.pbx import Limits, MakeCall, PbxClient, wire
from support.pbx_server import OK_204, PbxServer, RawRequest, envelope, http, reply, reset

Clients = Callable[..., PbxClient]
WHOLE = http(OK_204, headers=("Content-Type: application/json",))


def fail(client: PbxClient, login: Login, call: MakeCall) -> PbxError:
    with pytest.raises(PbxError) as caught:
        client.make_call(login, call)
    return caught.value


def test_one_connection_serves_one_request_after_another(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    client = client_for(either_server)
    for _ in range(3):
        client.make_call(login, call)
    client.list_lines(login)
    assert either_server.connections == 1


def test_a_connection_opened_ahead_is_the_one_that_is_used(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    # with TLS 1.3 the server's session tickets lie in it unread
    client = client_for(either_server)
    client.connect()
    client.connect()
    assert not either_server.requests
    client.make_call(login, call)
    client.connect()
    client.make_call(login, call)
    assert (either_server.connections, len(either_server.requests)) == (1, 2)


def test_connecting_ahead_fails_as_a_request_would(server: PbxServer, client_for: Clients) -> None:
    client = client_for(server)
    server.stop_listening()
    with pytest.raises(Unreachable):
        client.connect()


@pytest.mark.parametrize("ahead", [False, True])
def test_a_connection_that_the_server_closed_is_replaced_before_anything_is_sent(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall, ahead: bool
) -> None:
    client = client_for(either_server)
    if ahead:
        client.connect()
    else:
        client.make_call(login, call)
    either_server.wait_for_connections(1)
    either_server.close_connections()
    assert client.make_call(login, call).code == 204
    assert either_server.connections == 2
    either_server.close_connections()
    client.connect()
    either_server.wait_for_connections(3)


def test_a_kept_connection_that_breaks_while_it_is_used_loses_the_answer(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    client = client_for(either_server)
    client.make_call(login, call)
    either_server.answer_next(reset)
    assert type(fail(client, login, call)) is AnswerLost
    assert (len(either_server.requests), either_server.connections) == (2, 1)


def test_a_kept_connection_with_an_unasked_answer_is_not_used(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    client = client_for(either_server)
    either_server.answer_next(reply(OK_204 + b" " * 20_000 + http(OK_204), length=len(OK_204)))
    client.make_call(login, call)
    either_server.answer_next(envelope(200))
    assert client.make_call(login, call).code == 200
    assert either_server.connections == 2


def test_a_connection_idle_for_too_long_is_replaced(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    client = client_for(either_server, limits=Limits(idle_s=0.0))
    client.connect()
    client.make_call(login, call)
    client.connect()
    either_server.wait_for_connections(3)


def test_a_connection_in_use_now_and_then_is_not_idle(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(wire, "_clocks", lambda: (now, now))
    client = client_for(server)
    client.connect()
    for now in (59.0, 118.0, 177.0):  # noqa: B007 - the clock reads it
        client.make_call(login, call)
    assert server.connections == 1
    now = 237.5
    client.make_call(login, call)
    assert server.connections == 2


@pytest.mark.parametrize("jump_s", [61, -61])
def test_a_connection_that_slept_with_the_computer_is_replaced(
    server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    monkeypatch: pytest.MonkeyPatch,
    jump_s: int,
) -> None:
    client = client_for(server)
    client.make_call(login, call)
    client.make_call(login, call)
    assert server.connections == 1
    real = time.time
    monkeypatch.setattr(wire.time, "time", lambda: real() + jump_s)
    client.make_call(login, call)
    assert server.connections == 2


def test_a_closed_client_opens_anew(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    client = client_for(either_server)
    client.close()
    client.make_call(login, call)
    client.close()
    client.close()
    client.make_call(login, call)
    assert either_server.connections == 2


def test_a_request_is_written_in_one_piece(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    real = wire.HTTPConnection.send

    def send_and_note(self: wire.HTTPConnection, data: bytes) -> None:
        written.append(data)
        real(self, data)

    monkeypatch.setattr(wire.HTTPConnection, "send", send_and_note)
    client_for(server).make_call(login, call)
    (whole,) = written
    assert whole.endswith(b"cnumber=2125551234")


def test_threads_take_turns(server: PbxServer, client_for: Clients, login: Login, call: MakeCall) -> None:
    client = client_for(server)
    with ThreadPoolExecutor(4) as threads:
        codes = [placed.code for placed in threads.map(lambda _: client.make_call(login, call), range(12))]
    assert codes == [204] * 12
    assert (len(server.placed), server.connections) == (12, 1)


def test_closing_does_not_wait_for_a_request_under_way(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def held(connection: socket.socket, _request: RawRequest) -> bool:
        reached.set()
        assert go_on.wait(20)
        connection.sendall(WHOLE)
        return True

    server.answer_next(held)
    client = client_for(server)
    with ThreadPoolExecutor(1) as threads:
        placing = threads.submit(client.make_call, login, call)
        assert reached.wait(20)
        client.close()
        go_on.set()
        assert placing.result(20).code == 204
    client.make_call(login, call)
    assert server.connections == 2
