"""Where requests go: addresses, redirections, proxies, and nothing that the environment slips in."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ringbridge.core.calls import Login
from ringbridge.core.errors import (
    AnswerLost,
    AnswerNotUnderstood,
    PbxError,
    ProxyFailed,
    RequestInvalid,
    TlsFailed,
    Unreachable,
)
from ringbridge.services.pbx import MakeCall, PbxClient
from support.pbx_server import OK_204, PbxServer, close_at_once, reply

Clients = Callable[..., PbxClient]
Proxies = Callable[..., Any]


def fail(client: PbxClient, login: Login, call: MakeCall) -> PbxError:
    with pytest.raises(PbxError) as caught:
        client.make_call(login, call)
    return caught.value


# Addresses


@pytest.mark.parametrize(
    "url",
    ["http://pbx.test/api/json/", "HTTP://pbx.test/", "http://127.0.0.1.evil.test/", "http://localhost@evil.test/"],
)
def test_plain_http_to_another_machine_is_refused_before_anything_is_looked_up(
    client_for: Clients,
    server: PbxServer,
    login: Login,
    call: MakeCall,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket, "getaddrinfo", never)
    client = client_for(server, url=url)
    error = fail(client, login, call)
    if "@" in url:
        assert isinstance(error, Unreachable)
    else:
        assert isinstance(error, RequestInvalid)
        assert error.parameter == "url"
    with pytest.raises((RequestInvalid, Unreachable)):
        client.connect()


def test_plain_http_that_was_allowed_by_hand_is_used(
    client_for: Clients, server: PbxServer, login: Login, call: MakeCall, names: None
) -> None:
    url = f"http://pbx.test:{server.port}/local/api/json/"
    assert client_for(server, url=url, allow_plain_http=True).make_call(login, call).code == 204
    assert server.requests[0].header("Host") == f"pbx.test:{server.port}"


@pytest.mark.parametrize(
    "url",
    [
        "https://pbx.test:99999/",
        "https://pbx.test:0/",
        "https://pbx.test:x/",
        "https:///api/",
        "https://[::1/",
        "ftp://pbx.test/",
        "pbx.test",
        "https://u:p@pbx.test/",
        "https://pbx.test/?a=b",
        "https://pbx.test/#a",
        "https://" + "x" * 70 + ".test/",
        "https://a..test/",
        "https://*.test/",
    ],
)
def test_an_address_that_can_not_be_used_sends_nothing(
    client_for: Clients, server: PbxServer, login: Login, call: MakeCall, url: str
) -> None:
    error = fail(client_for(server, url=url), login, call)
    assert type(error) is Unreachable
    assert str(error).startswith("the server's address is not a usable one")
    assert "pbx" not in str(error)
    assert "label" not in str(error)  # the library's words may hold the address


def test_an_ipv6_address_works(client_for: Clients, server: PbxServer) -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with listener:
        client_for(server, url=f"http://[::1]:{listener.getsockname()[1]}/").connect()
        listener.accept()[0].close()


# Redirections


@pytest.mark.parametrize("method", ["post", "get"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_is_not_followed(
    server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    status: int,
    method: str,
) -> None:
    with PbxServer() as elsewhere:
        location = f"Location: {elsewhere.url}auth.php?auth_password=p%26%C3%A4"
        server.answer_next(reply(OK_204, status=f"{status} Moved", headers=(location,)))
        error = fail(client_for(server, method=method), login, call)
        assert isinstance(error, AnswerNotUnderstood)
        assert error.http_status == status
        assert error.detail == "redirected to http://127.0.0.1"
        assert elsewhere.connections == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize("location", ["", "/auth.php", "https://[::1", "javascript:alert(1)", "//"])
def test_an_odd_redirection_is_not_understood_either(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, location: str
) -> None:
    server.answer_next(reply(b"", status="302 Found", headers=(f"Location: {location}",)))
    error = fail(client_for(server), login, call)
    assert isinstance(error, AnswerNotUnderstood)
    assert error.detail == "redirected"


# What the environment might slip in


def test_no_cookie_is_kept(server: PbxServer, client_for: Clients, login: Login, call: MakeCall) -> None:
    server.answer_next(reply(OK_204, headers=("Set-Cookie: session=1; Path=/",)))
    client = client_for(server)
    client.make_call(login, call)
    client.make_call(login, call)
    assert [request.header("Cookie") for request in server.requests] == [None, None]


def test_netrc_is_not_read(
    server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login x password y\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    client_for(server).make_call(login, call)
    assert server.requests[0].header("Authorization") is None


# Proxies


@pytest.fixture
def far(tls_server: PbxServer, names: None) -> dict[str, str]:
    """The account of a PBX that is not on this machine, as far as its name goes."""
    return {"url": f"https://pbx.test:{tls_server.port}/local/api/json/"}


def test_the_proxy_of_the_account_is_used(
    tls_server: PbxServer, client_for: Clients, proxy_for: Proxies, login: Login, call: MakeCall, far: dict[str, str]
) -> None:
    proxy = proxy_for(tls_server)
    client = client_for(tls_server, proxy=proxy.url, **far)
    client.connect()
    assert client.make_call(login, call).code == 204
    assert client.make_call(login, call).code == 204
    (connect,) = proxy.requests
    assert connect.startswith(b"CONNECT pbx.test:%d HTTP/1." % tls_server.port)
    assert b"auth" not in connect
    assert b"p%26" not in connect
    assert tls_server.connections == 1


def test_a_proxy_may_be_reached_by_tls(
    tls_server: PbxServer,
    client_for: Clients,
    proxy_for: Proxies,
    login: Login,
    call: MakeCall,
    far: dict[str, str],
    certificates: Any,
) -> None:
    proxy = proxy_for(tls_server, tls=certificates.server())
    client = client_for(tls_server, proxy=proxy.url, **far)
    client.connect()
    assert client.make_call(login, call).code == 204
    assert tls_server.connections == 1


def test_a_proxys_own_certificate_is_checked(
    tls_server: PbxServer,
    client_for: Clients,
    proxy_for: Proxies,
    login: Login,
    call: MakeCall,
    far: dict[str, str],
    certificates: Any,
) -> None:
    proxy = proxy_for(tls_server, tls=certificates.server("other.test"))
    error = fail(client_for(tls_server, proxy=proxy.url, **far), login, call)
    assert isinstance(error, ProxyFailed)
    assert not proxy.requests


def test_the_pbxs_certificate_is_checked_through_a_proxy(
    client_for: Clients, proxy_for: Proxies, login: Login, call: MakeCall, certificates: Any
) -> None:
    with PbxServer(tls=certificates.server("other.test")) as server:
        proxy = proxy_for(server)
        client = client_for(server, proxy=proxy.url, url=f"https://pbx.test:{server.port}/")
        assert isinstance(fail(client, login, call), TlsFailed)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used(
    tls_server: PbxServer,
    client_for: Clients,
    proxy_for: Proxies,
    login: Login,
    call: MakeCall,
    far: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    proxy = proxy_for(tls_server)
    monkeypatch.setenv(variable, proxy.url.replace("//", "//user:pr0xy-s%40cret@"))
    assert client_for(tls_server, **far).make_call(login, call).code == 204
    assert b"Proxy-Authorization: Basic dXNlcjpwcjB4eS1zQGNyZXQ=" in proxy.requests[0]
    assert "Basic" not in str(tls_server.requests)


@pytest.mark.parametrize("exception", ["pbx.test", ".test", "*", "a.test, pbx.test"])
def test_hosts_that_the_environment_excepts_are_reached_directly(
    tls_server: PbxServer,
    client_for: Clients,
    proxy_for: Proxies,
    login: Login,
    call: MakeCall,
    far: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    exception: str,
) -> None:
    proxy = proxy_for(tls_server)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", exception)
    assert client_for(tls_server, **far).make_call(login, call).code == 204
    assert not proxy.requests


def test_none_means_no_proxy(
    tls_server: PbxServer,
    client_for: Clients,
    proxy_for: Proxies,
    login: Login,
    call: MakeCall,
    far: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = proxy_for(tls_server)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    assert client_for(tls_server, proxy="none", **far).make_call(login, call).code == 204
    assert not proxy.requests


@pytest.fixture
def proxied_everywhere(
    either_server: PbxServer, proxy_for: Proxies, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a proxy that everything speaks for and nothing may go through."""
    proxy = proxy_for(either_server)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, proxy.url)
    yield proxy.url
    assert not proxy.requests


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_this_machine_is_never_reached_through_a_proxy(
    either_server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    proxied_everywhere: str,
    host: str,
) -> None:
    url = either_server.url.replace("127.0.0.1", host)
    assert client_for(either_server, proxy=proxied_everywhere, url=url).make_call(login, call).code == 204


@pytest.mark.parametrize("host", ["127.8.9.1", "[::1]", "pbx.localhost"])
def test_nor_by_any_other_of_its_addresses(
    either_server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    proxied_everywhere: str,
    host: str,
) -> None:
    client = client_for(either_server, proxy=proxied_everywhere, url=f"https://{host}:9/")
    assert not isinstance(fail(client, login, call), ProxyFailed)


@pytest.mark.parametrize("answer", [b"407 Proxy Authentication Required", b"502 Bad Gateway", b""])
def test_a_proxy_that_refuses_or_says_nothing_sends_nothing(
    tls_server: PbxServer,
    client_for: Clients,
    proxy_for: Proxies,
    login: Login,
    call: MakeCall,
    far: dict[str, str],
    answer: bytes,
) -> None:
    proxy = proxy_for(tls_server, answer=answer)
    error = fail(client_for(tls_server, proxy=proxy.url, connect_timeout_s=1, **far), login, call)
    assert isinstance(error, ProxyFailed)
    assert (answer.decode() or "timed out") in error.detail
    assert tls_server.connections == 0


def test_a_proxy_that_is_not_there_is_told(
    tls_server: PbxServer, client_for: Clients, login: Login, call: MakeCall, far: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    error = fail(client_for(tls_server, proxy=f"http://127.0.0.1:{port}", **far), login, call)
    assert isinstance(error, ProxyFailed)
    assert "refused" in error.detail


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://:3128", "http://[::1:3128", "gopher://x:1"])
def test_a_proxy_that_can_not_be_used_is_told(
    tls_server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    far: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    proxy: str,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    client = client_for(tls_server, **far)
    assert isinstance(fail(client, login, call), ProxyFailed)
    with pytest.raises(ProxyFailed):
        client.connect()
    assert tls_server.connections == 0


def test_an_answer_lost_behind_a_proxy_is_lost(
    tls_server: PbxServer, client_for: Clients, proxy_for: Proxies, login: Login, call: MakeCall, far: dict[str, str]
) -> None:
    tls_server.answer_next(close_at_once)
    proxy = proxy_for(tls_server)
    error = fail(client_for(tls_server, proxy=proxy.url, **far), login, call)
    assert type(error) is AnswerLost
    assert len(tls_server.requests) == 1


@pytest.mark.parametrize("method", ["post", "get"])
def test_plain_http_through_a_proxy_names_the_whole_address(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, method: str
) -> None:
    server.answer_next(reply(OK_204))
    client = client_for(
        server,
        url="http://pbx.test/api/json/",
        allow_plain_http=True,
        proxy=f"http://127.0.0.1:{server.port}",
        method=method,
    )
    client.connect()
    assert client.make_call(login, call).code == 204
    assert server.requests[0].target.partition("?")[0] == "http://pbx.test/api/json/calls/make/"
    assert server.requests[0].parameters["auth_password"] == login.password
    assert server.connections == 1
