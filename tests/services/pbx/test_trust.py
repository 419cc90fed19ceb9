"""Whose certificates are believed."""

import ssl
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests.adapters

from ringbridge.core.calls import Login
from ringbridge.core.errors import PbxError, RequestInvalid, TlsFailed
from ringbridge.services.pbx import MakeCall, PbxClient
from ringbridge.services.pbx.trust import SystemTrust, tls_context
from support.pbx_server import PbxServer

Clients = Callable[..., PbxClient]


@pytest.fixture
def only_trusts(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """The system trusts the roots in one file and nothing else."""
    return lambda file: monkeypatch.setenv("SSL_CERT_FILE", str(file))


def fail(client: PbxClient, login: Login, call: MakeCall) -> PbxError:
    with pytest.raises(PbxError) as caught:
        client.make_call(login, call)
    return caught.value


def test_an_unknown_issuer_is_not_believed(
    tls_server: PbxServer, client_for: Clients, login: Login, call: MakeCall, only_trusts: Any, strangers: Path
) -> None:
    only_trusts(strangers)
    error = fail(client_for(tls_server, ca_file=""), login, call)
    assert isinstance(error, TlsFailed)
    assert "unable to get local issuer certificate" in error.detail
    assert not tls_server.requests


def test_a_company_root_of_the_system_is_believed(
    tls_server: PbxServer, client_for: Clients, login: Login, call: MakeCall, only_trusts: Any, certificates: Any
) -> None:
    only_trusts(certificates.file)
    assert client_for(tls_server, ca_file="").make_call(login, call).code == 204


def test_a_company_root_in_a_file_is_believed_beside_the_systems(
    tls_server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    only_trusts: Any,
    strangers: Path,
    certificates: Any,
) -> None:
    only_trusts(strangers)
    assert client_for(tls_server, ca_file=str(certificates.file)).make_call(login, call).code == 204
    only_trusts(certificates.file)
    assert client_for(tls_server, ca_file=str(strangers)).make_call(login, call).code == 204


def test_the_file_may_stand_in_the_home_folder(
    tls_server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    certificates: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(certificates.file.parent))
    monkeypatch.setenv("USERPROFILE", str(certificates.file.parent))
    assert client_for(tls_server, ca_file="~/ca.pem").make_call(login, call).code == 204


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_variables_of_requests_and_curl_change_nothing(
    tls_server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    only_trusts: Any,
    strangers: Path,
    certificates: Any,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    only_trusts(strangers)
    monkeypatch.setenv(variable, str(certificates.file))
    assert isinstance(fail(client_for(tls_server, ca_file=""), login, call), TlsFailed)
    monkeypatch.setenv(variable, str(strangers))
    assert client_for(tls_server).make_call(login, call).code == 204


def test_the_roots_that_requests_brings_are_not_believed(
    tls_server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    only_trusts: Any,
    strangers: Path,
    certificates: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only_trusts(strangers)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(certificates.file))
    assert isinstance(fail(client_for(tls_server, ca_file=""), login, call), TlsFailed)


@pytest.mark.parametrize(
    ("names", "expired", "words"),
    [(("other.test",), False, "mismatch"), ((), True, "expired"), (("*.0.0.1",), False, "mismatch")],
)
def test_a_certificate_for_another_name_or_time_is_not_believed(
    client_for: Clients, login: Login, call: MakeCall, certificates: Any, names: tuple[str], expired: bool, words: str
) -> None:
    with PbxServer(tls=certificates.server(*names, expired=expired)) as server:
        error = fail(client_for(server), login, call)
        assert isinstance(error, TlsFailed)
        assert words in error.detail
        with pytest.raises(TlsFailed):
            client_for(server).connect()
        assert not server.requests


def test_old_versions_of_tls_are_refused(
    client_for: Clients, login: Login, call: MakeCall, certificates: Any
) -> None:
    old = certificates.server()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with PbxServer(tls=old) as server:
        assert isinstance(fail(client_for(server), login, call), TlsFailed)
        assert not server.requests
    assert tls_context("").minimum_version is ssl.TLSVersion.TLSv1_2


def test_names_and_certificates_are_always_checked() -> None:
    context = tls_context("")
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_after_a_failure_the_roots_are_looked_up_anew(
    tls_server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    only_trusts: Any,
    strangers: Path,
    certificates: Any,
) -> None:
    client = client_for(tls_server, ca_file="")
    only_trusts(strangers)
    assert isinstance(fail(client, login, call), TlsFailed)
    only_trusts(certificates.file)
    assert client.make_call(login, call).code == 204


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nx\n"])
def test_a_file_of_roots_that_can_not_be_used_is_told(
    tls_server: PbxServer, client_for: Clients, login: Login, call: MakeCall, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "roots.pem"
    if content is not None:
        file.write_bytes(content)
    error = fail(client_for(tls_server, ca_file=str(file)), login, call)
    assert isinstance(error, RequestInvalid)
    assert error.parameter == "ca_file"
    assert error.detail
    assert tls_server.connections == 0


@pytest.mark.parametrize("name", ["no\x00name", "~no-such-user/ca.pem", "."])
def test_a_file_name_that_can_not_be_used_is_told(name: str) -> None:
    with pytest.raises(RequestInvalid) as caught:
        tls_context(name)
    assert caught.value.parameter == "ca_file"
    assert caught.value.__context__ is None


def test_roots_are_read_once_for_all_connections(
    tls_server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[object] = []
    real = ssl.SSLContext.set_default_verify_paths
    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", lambda self: (read.append(self), real(self)))
    client = client_for(tls_server)
    for _ in range(3):
        client.make_call(login, call)
        tls_server.close_connections()
    assert tls_server.connections == 3
    assert len(read) == 1


def test_the_context_is_truststores() -> None:
    import truststore

    assert issubclass(SystemTrust, truststore.SSLContext)
