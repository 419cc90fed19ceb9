"""At most once, and an error that says whether anything left: the connection in all its ways of breaking."""

import gzip
import socket
import time
from collections.abc import Callable
from http.client import NotConnected
from pathlib import Path

import pytest

from ringbridge.core.calls import Login
from ringbridge.core.errors import AnswerLost, AnswerNotUnderstood, PbxError, TlsFailed, Unreachable
from ringbridge.services.pbx import Limits, MakeCall, PbxClient, wire
from support.pbx_server import (
    OK_204,
    Behaviour,
    PbxServer,
    RawRequest,
    close_at_once,
    drip,
    envelope,
    http,
    reply,
    reset,
    send,
    silence,
)

Clients = Callable[..., PbxClient]
QUICK = Limits(placing_margin_s=0.3)
WHOLE = http(OK_204, headers=("Content-Type: application/json",))


def fail(client: PbxClient, login: Login, call: MakeCall) -> PbxError:
    with pytest.raises(PbxError) as caught:
        client.make_call(login, call)
    return caught.value


# Before the request


def test_a_refused_connection_sends_nothing(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    client = client_for(either_server)
    either_server.stop_listening()
    error = fail(client, login, call)
    assert type(error) is Unreachable
    assert "refused" in str(error)
    assert either_server.connections == 0


def test_an_unknown_name_sends_nothing(server: PbxServer, client_for: Clients, login: Login, call: MakeCall) -> None:
    error = fail(client_for(server, url="https://no-such-host.invalid/api/json/"), login, call)
    assert type(error) is Unreachable


def test_no_connection_in_time_sends_nothing(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        started = time.monotonic()
        error = fail(client_for(server, url=f"http://127.0.0.1:{address[1]}/", connect_timeout_s=1), login, call)
        assert type(error) is Unreachable
        assert "timed out" in str(error)
        assert time.monotonic() - started < 3
        for one in waiting:
            one.close()


def test_a_connection_closed_in_the_handshake_sends_nothing(
    tls_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    tls_server.refuse_next()
    assert type(fail(client_for(tls_server), login, call)) is TlsFailed
    assert not tls_server.requests


def test_a_handshake_without_an_answer_sends_nothing(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    # the plain server waits for the end of a line, the client for a ServerHello
    error = fail(client_for(server, url=f"https://127.0.0.1:{server.port}/", connect_timeout_s=1), login, call)
    assert type(error) is Unreachable
    assert "timed out" in str(error)


def test_after_nothing_was_sent_the_same_client_can_try_again(
    tls_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    client = client_for(tls_server)
    tls_server.refuse_next()
    fail(client, login, call)
    assert client.make_call(login, call).code == 204


# In the request and after it


def test_a_plain_connection_closed_unread_may_have_taken_the_request(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    server.refuse_next()
    assert type(fail(client_for(server), login, call)) is AnswerLost
    assert server.connections == 1


@pytest.mark.parametrize("size", [1, 60, 250])
def test_a_request_cut_half_way_may_have_been_taken(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall, size: int
) -> None:
    either_server.take_only(size)
    assert type(fail(client_for(either_server), login, call)) is AnswerLost
    assert [len(piece) for piece in either_server.pieces] == [size]
    assert either_server.connections == 1


def test_a_request_that_could_not_be_written_to_its_end_may_have_been_taken(
    server: PbxServer, client_for: Clients, call: MakeCall
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client = client_for(server, url=f"http://127.0.0.1:{deaf.getsockname()[1]}/", connect_timeout_s=1)
        long = Login(username="anna", password="x" * 6_000_000)  # more than the system's buffers take
        assert type(fail(client, long, call)) is AnswerLost


def test_a_connection_is_never_opened_in_the_middle_of_a_request(server: PbxServer) -> None:
    connection = wire.WatchedConnection("127.0.0.1", server.port)
    connection.begin(wire.Exchange(connect_timeout_s=1, answer_timeout_s=1, idle_s=1))
    with pytest.raises(NotConnected):
        connection.request("GET", "/")
    assert connection.exchange.stage is wire.Stage.SENT  # when in doubt, it may have left


@pytest.mark.parametrize("behaviour", [close_at_once, reset, silence, drip(WHOLE, every_s=0.02)])
def test_no_answer_after_the_request_is_lost_and_nothing_is_sent_again(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall, behaviour: Behaviour
) -> None:
    either_server.answer_next(behaviour)
    started = time.monotonic()
    assert type(fail(client_for(either_server, limits=QUICK), login, call)) is AnswerLost
    assert time.monotonic() - started < 2
    assert (len(either_server.requests), either_server.connections) == (1, 1)


def test_what_went_wrong_before_the_request_is_not_told_of_it(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, tmp_path: Path
) -> None:
    client = client_for(server)
    try:
        (tmp_path / "socket").stat()  # as where no program runs, and the command calls alone
    except FileNotFoundError:
        server.answer_next(send(b"SSH-2.0-server\r\n"), send(WHOLE[:-5]))
        assert str(fail(client, login, call)) == "the answer is no HTTP (BadStatusLine)"
        assert str(fail(client, login, call)) == "the answer ended too early"


@pytest.mark.parametrize("method", ["post", "get"])
def test_every_cut_in_the_answer_is_neither_success_nor_refusal(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, method: str
) -> None:
    client = client_for(server, method=method)
    for size in range(len(WHOLE)):
        server.answer_next(send(WHOLE[:size]))
        error = fail(client, login, call)
        assert type(error) in {AnswerLost, AnswerNotUnderstood}, size
    assert len(server.requests) == len(WHOLE)
    assert client.make_call(login, call).code == 204


def test_a_dripping_body_does_not_outlast_the_time_for_the_answer(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    def behave(connection: socket.socket, request: RawRequest) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        return drip(b" " * 1000, every_s=0.02)(connection, request)

    either_server.answer_next(behave)
    started = time.monotonic()
    error = fail(client_for(either_server, limits=QUICK), login, call)
    assert type(error) is AnswerLost
    assert "timed out" in str(error)
    assert 0.25 < time.monotonic() - started < 2


def test_endless_interim_answers_do_not_outlast_it_either(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    server.answer_next(drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 40, every_s=0.001))
    assert type(fail(client_for(server, limits=Limits(placing_margin_s=0.2)), login, call)) is AnswerLost


def test_wait_and_delay_lengthen_the_time_for_the_answer(
    server: PbxServer, client_for: Clients, login: Login
) -> None:
    def late(connection: socket.socket, _request: RawRequest) -> bool:
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.sendall(WHOLE)
        return True

    client = client_for(server, limits=Limits(placing_margin_s=0.1))
    for call in (MakeCall(snumber="1", cnumber="2", wait=3), MakeCall(snumber="1", cnumber="2", delay=3)):
        server.answer_next(late)
        assert client.make_call(login, call).code == 204


@pytest.mark.parametrize(
    "garbage", [b"204 OK\r\n\r\n", b"\x00" * 50 + b"\r\n", b"HTTP/1.1 abc\r\n\r\n", b"x" * 70_000]
)
def test_an_answer_that_is_no_http_is_not_understood(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, garbage: bytes
) -> None:
    server.answer_next(send(garbage))
    assert type(fail(client_for(server), login, call)) is AnswerNotUnderstood


@pytest.mark.parametrize("status", ["503 Busy", "429 Slow down", "413 Large"])
def test_retry_after_is_not_followed(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, status: str
) -> None:
    server.answer_next(reply(b"<html>", status=status, headers=("Retry-After: 0",)))
    error = fail(client_for(server), login, call)
    assert isinstance(error, AnswerNotUnderstood)
    assert error.http_status == int(status[:3])
    assert len(server.requests) == 1


# Wrong framing


def test_a_whole_envelope_in_a_body_announced_too_long_is_an_answer(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    either_server.answer_next(send(http(OK_204, length=len(OK_204) + 9)))
    assert client_for(either_server).make_call(login, call).code == 204


def test_half_an_envelope_in_a_body_announced_too_long_is_lost(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    server.answer_next(send(http(OK_204[:-1], length=len(OK_204) + 9)))
    assert type(fail(client_for(server), login, call)) is AnswerLost


def test_a_body_announced_too_short_is_not_understood_and_its_rest_answers_nothing(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    client = client_for(either_server)
    either_server.answer_next(reply(OK_204 + b" " * 9000 + http(OK_204), length=20))
    assert type(fail(client, login, call)) is AnswerNotUnderstood
    either_server.answer_next(envelope(200))
    assert client.make_call(login, call).code == 200


@pytest.mark.parametrize("pieces", [1, 7, 1000])
def test_a_chunked_answer_is_read(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, pieces: int
) -> None:
    chunks = [OK_204[at : at + pieces] for at in range(0, len(OK_204), pieces)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    server.answer_next(send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body, then_close=False))
    client = client_for(server)
    assert client.make_call(login, call).code == 204
    client.make_call(login, call)
    assert server.connections == 1


def test_an_answer_without_a_length_ends_with_its_connection(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    server.answer_next(send(b"HTTP/1.0 200 OK\r\n\r\n" + OK_204))
    client = client_for(server)
    assert client.make_call(login, call).code == 204
    assert client.make_call(login, call).code == 204
    assert server.connections == 2


def test_a_compressed_answer_is_read_though_none_was_asked_for(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    server.answer_next(reply(gzip.compress(OK_204), headers=("Content-Encoding: gzip",)))
    assert client_for(server).make_call(login, call).code == 204


@pytest.mark.parametrize("packed", [False, True])
def test_too_long_an_answer_is_not_read_to_its_end(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, packed: bool
) -> None:
    long = OK_204 + b" " * 5_000_000
    if packed:
        server.answer_next(reply(gzip.compress(long), headers=("Content-Encoding: gzip",)))
    else:
        server.answer_next(reply(long))
    client = client_for(server, limits=Limits(placing_margin_s=5))
    error = fail(client, login, call)
    assert isinstance(error, AnswerNotUnderstood)
    assert "too long" in str(error)
    assert client.make_call(login, call).code == 204
