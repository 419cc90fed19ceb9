"""The password is where it must be, and nowhere else."""

import gc
import logging
import traceback
import types
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from ringbridge.core.calls import Login
from ringbridge.core.errors import PbxError
from ringbridge.services.pbx import Limits, MakeCall, PbxClient
from support.pbx_server import (
    OK_204,
    Behaviour,
    PbxServer,
    close_at_once,
    envelope,
    http,
    reply,
    reset,
    send,
    silence,
)

Clients = Callable[..., PbxClient]
PASSWORDS = ['p&ä;+ #%="', "secret%20word", "'; DROP TABLE", "日本語パスワード", "a\\nb{}%s"]


def forms(password: str) -> list[str]:
    lower = quote(password, safe="").lower()
    return [password, quote(password), quote(password, safe=""), quote_plus(password), lower, repr(password)[1:-1]]


def echo(connection: Any, request: Any) -> bool:
    """A server that repeats what it was sent."""
    sent = request.parameters["auth_password"]
    return envelope(400, f"auth_password {sent} = {quote(sent)} = {quote_plus(sent)}", sent)(connection, request)


def echo_page(connection: Any, request: Any) -> bool:
    body = (request.line + request.body.decode()).encode()
    return reply(body, status=f"500 {quote(request.parameters['auth_password'])}")(connection, request)


def echo_redirection(connection: Any, request: Any) -> bool:
    sent = quote(request.parameters["auth_password"])
    return reply(b"", status="302 Found", headers=(f"Location: https://{sent}@x.test/?{sent}",))(connection, request)


def bad_headers(connection: Any, request: Any) -> bool:
    return send(http(OK_204[:-3], headers=("broken header", ": x", "a b")))(connection, request)


FAILURES: dict[str, Behaviour] = {
    "closed": close_at_once,
    "reset": reset,
    "silence": silence,
    "garbage": send(b"garbage\r\n\r\n"),
    "cut": send(http(OK_204, length=500)[:-5]),
    "half": reply(OK_204[:-5]),
    "headers": bad_headers,
    "echo": echo,
    "page": echo_page,
    "redirection": echo_redirection,
    "401": envelope(401),
    "500": envelope(500),
}


def assert_absent(password: str, text: str) -> None:
    for form in forms(password):
        assert form not in text


@pytest.mark.parametrize("method", ["post", "get"])
@pytest.mark.parametrize("name", FAILURES)
def test_no_failure_and_no_log_shows_the_password(
    server: PbxServer,
    client_for: Clients,
    call: MakeCall,
    caplog: pytest.LogCaptureFixture,
    name: str,
    method: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3")  # which the program itself never hears
    for password in PASSWORDS:
        server.people["anna"].password = password
        login = Login(username="anna", password=password)
        client = client_for(server, method=method, limits=Limits(placing_margin_s=0.1 if name == "silence" else 10))
        server.answer_next(FAILURES[name])
        with pytest.raises(PbxError) as caught:
            client.make_call(login, call)
        check_error(password, caught.value)
        assert_absent(password, repr(client) + repr(login) + repr(vars(client)))
    assert caplog.records  # the libraries do log
    assert_absent_in_logs(caplog)


def check_error(password: str, error: BaseException) -> None:
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = "".join(traceback.format_exception(error))
    assert_absent(password, f"{shown} {error!s} {error!r} {error.args!r} {vars(error)!r}")


def assert_absent_in_logs(caplog: pytest.LogCaptureFixture) -> None:
    formatter = logging.Formatter()
    for record in caplog.records:
        for password in PASSWORDS:
            assert_absent(password, formatter.format(record) + repr(record.args))


@pytest.mark.parametrize("proxy_host", ["127.0.0.1:9", ":3128", "[::1", "a b"])
@pytest.mark.parametrize("method", ["post", "get"])
def test_failures_before_the_request_do_not_show_it_either(
    tls_server: PbxServer,
    client_for: Clients,
    call: MakeCall,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    proxy_host: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:pr0xy-secret@{proxy_host}")
    for password in PASSWORDS:
        login = Login(username="anna", password=password)
        accounts: tuple[dict[str, Any], ...] = (
            {"ca_file": ""},
            {"ca_file": "/no/such/file"},
            {"url": "https://127.0.0.1:9/"},
            {"url": "http://pbx.test/"},
            {"url": "https://pbx.invalid/"},
        )
        for account in accounts:
            with pytest.raises(PbxError) as caught:
                client_for(tls_server, method=method, **account).make_call(login, call)
            check_error(password, caught.value)
            assert "pr0xy-secret" not in "".join(traceback.format_exception(caught.value))
    assert_absent_in_logs(caplog)
    assert "pr0xy-secret" not in caplog.text


def reachable_texts(start: object) -> list[str]:
    """Every text that `start` keeps alive, not counting code."""
    seen: set[int] = set()
    ahead = [start]
    texts: list[str] = []
    while ahead:
        item = ahead.pop()
        if id(item) in seen or isinstance(item, (type, types.ModuleType, types.FunctionType, types.CodeType)):
            continue
        seen.add(id(item))
        if isinstance(item, str):
            texts.append(item)
        elif isinstance(item, (bytes, bytearray)):
            texts.append(item.decode("latin-1"))
        else:
            ahead += gc.get_referents(item)
    return texts


@pytest.mark.parametrize("method", ["post", "get"])
def test_nothing_that_the_client_keeps_holds_the_password(
    either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall, method: str
) -> None:
    client = client_for(either_server, method=method)
    client.make_call(login, call)
    either_server.answer_next(envelope(400))
    with pytest.raises(PbxError) as caught:
        client.make_call(login, call)
    kept = reachable_texts(client)
    assert any("/local/api/json/" in text for text in kept)  # the search does reach the account
    for text in (*kept, *reachable_texts(vars(caught.value))):
        assert "p%26" not in text
        assert login.password not in text


def test_line_passwords_are_dropped_on_receipt(
    server: PbxServer, client_for: Clients, login: Login, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.people["anna"].lines = [{"name": "1234567", "display": "Desk", "password": "line-secret"}]
    client = client_for(server)
    lines = client.list_lines(login)
    assert [line.name for line in lines] == ["1234567"]
    for text in (*reachable_texts(client), *reachable_texts(lines), caplog.text):
        assert "line-secret" not in text


def test_a_list_of_lines_that_is_no_json_shows_none_of_it(
    server: PbxServer, client_for: Clients, login: Login, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answer_next(reply(b'{"responses":[{"code":"200"}],"data":[{"name":"7","password":"line-secret"'))
    with pytest.raises(PbxError) as caught:
        client_for(server).list_lines(login)
    check_error("line-secret", caught.value)
    assert "line-secret" not in caplog.text
