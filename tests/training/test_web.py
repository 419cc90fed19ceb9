"""Paths, methods, parameters and faults over real HTTP."""

import json
import socket
import threading
import time
from collections.abc import Generator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import requests

from ringbridge.training.server import TrainingPbx
from ringbridge.training.states import CallPhase
from training.asking import CALL, LOGIN, Watcher, ask, code, encoded, key, raw, raw_json


@pytest.fixture(scope="module")
def served() -> Generator[TrainingPbx]:
    with TrainingPbx(scenario="auto", pace=0.02, seed=1) as pbx:
        yield pbx


@pytest.fixture
def pbx(served: TrainingPbx) -> Generator[TrainingPbx]:
    yield served
    served.set_faults()


@pytest.mark.parametrize("base", ["/local/api/json/", "/api/json/"])
@pytest.mark.parametrize("slash", ["/", ""])
@pytest.mark.parametrize("separator", [";", "&"])
def test_both_bases_answer_with_and_without_slash_and_with_either_separator(
    pbx: TrainingPbx, base: str, slash: str, separator: str
):
    assert code(raw_json(pbx, f"{base}calls/make{slash}?{encoded(CALL, separator)}")) == "204"


@pytest.mark.parametrize(
    "path",
    [
        "/local/api/json/calls/make/?auth_username=user;auth_password=password;stype=phone;snumber=1234567;cnumber=1234568",
        "/local/api/json/calls/make/?auth_username=user;auth_password=password;stype=phone;snumber=1234567;cnumber=2125551234",
        "/local/api/json/calls/make/?auth_username=user;auth_password=password;stype=;snumber=2125551234;cnumber=100",
    ],
)
def test_the_documented_examples_get_the_documented_answer(pbx: TrainingPbx, path: str):
    assert raw_json(pbx, path) == {"responses": [{"code": "204", "key": "", "message": "OK"}]}


def test_the_documented_example_with_wait_gets_server_and_callid_byte_for_byte(pbx: TrainingPbx):
    pbx.set_faults("trailing_comma")
    path = (
        "/local/api/json/calls/make/?auth_username=user;auth_password=password;stype=phone;snumber=1234567;"
        "cnumber=2125551234;wait=5"
    )
    status, body = raw(pbx, path)
    callid = pbx.calls[-1].callid
    assert (status, body.decode()) == (
        200,
        '{ "responses":[ { "code":"200", "key":"", "message":"OK" } ], '
        f'"data":{{ "server":"server01", "callid":"{callid}" }}, }}',
    )


def test_query_and_body_are_merged(pbx: TrainingPbx):
    body = encoded(CALL).encode()
    form = "application/x-www-form-urlencoded; charset=utf-8"
    answer = raw_json(pbx, "/api/json/calls/make/?cnumber=nonsense", "POST", body, Content_Type=form)
    assert (code(answer), key(answer)) == ("400", "cnumber")
    assert code(raw_json(pbx, "/api/json/calls/make/?x=1", "POST", body, Content_Type=form)) == "204"
    assert code(raw_json(pbx, f"/api/json/calls/make/?{encoded(CALL)}", "POST", b"")) == "204"


def test_a_request_that_ends_in_its_body_places_no_call_and_is_no_bug(pbx: TrainingPbx):
    calls, address = len(pbx.calls), urlsplit(pbx.url)
    body = encoded(CALL).encode()
    head = f"POST {address.path}calls/make/ HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    for size in (0, 1, len(body) - 1):
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(head + body[:size])
            client.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                assert client.recv(1) == b""
    assert len(pbx.calls) == calls


def test_a_password_full_of_separators_arrives(pbx: TrainingPbx):
    account = next(account for account in pbx.accounts if account.username == "special")
    login = {"auth_username": account.username, "auth_password": account.password}
    assert code(ask(pbx, "user/login", login)) == "200"
    assert code(raw_json(pbx, f"/api/json/user/login/?{encoded(login, ';')}")) == "200"
    unescaped = f"/api/json/user/login/?auth_username=special&auth_password={account.password}"
    assert code(raw_json(pbx, unescaped.replace(" ", "+").replace("ö", "%C3%B6").partition("#")[0])) == "401"


def test_a_json_body_is_not_read(pbx: TrainingPbx):
    body = json.dumps(CALL).encode()
    assert code(raw_json(pbx, "/api/json/calls/make/", "POST", body, Content_Type="application/json")) == "401"


def test_a_chunked_body_is_read(pbx: TrainingPbx):
    form = encoded(CALL).encode()
    answer = requests.post(
        f"{pbx.url}calls/make/",
        data=iter([form[:20], form[20:]]),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=5,
    )
    assert code(answer.json()) == "204"


def test_everything_else_is_the_portals_login(pbx: TrainingPbx):
    for path in ("/", "/local/api/json", "/index.html", "/json/calls/make/"):
        answer = requests.get(pbx.url.partition("/local")[0] + path, timeout=5, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (301, "/auth.php")
    for path in ("/auth.php", "/local/api/json/", "/local/api/json/calls/fly/", "/local/api/json/calls"):
        status, body = raw(pbx, path)
        assert status == 200
        assert body.startswith(b"<!DOCTYPE html>")


def test_other_methods_are_not_allowed(pbx: TrainingPbx):
    for method in ("PUT", "DELETE", "HEAD", "PATCH"):
        assert raw(pbx, f"/api/json/calls/make/?{encoded(CALL)}", method)[0] == 405


def test_an_overlong_body_is_refused(pbx: TrainingPbx):
    status, _ = raw(pbx, "/api/json/calls/make/", "POST", b"a=" + b"x" * 1_000_001)
    assert status == 413


def test_unknown_parameters_are_ignored(pbx: TrainingPbx):
    assert code(ask(pbx, "calls/make", CALL, nonsense="1", cdialplan="nonsense", validation="1")) == "204"


def test_http_status_is_always_200_unless_asked_otherwise(pbx: TrainingPbx):
    assert code(ask(pbx, "phones/list", {})) == "401"
    pbx.set_faults("http_status")
    answer = requests.post(f"{pbx.url}phones/list/", timeout=5)
    assert (answer.status_code, code(answer.json())) == (401, "401")
    answer = requests.post(f"{pbx.url}calls/make/", CALL, timeout=5)
    assert (answer.status_code, answer.content) == (204, b"")


# ---------------------------------------------------------------------- faults


def calls_after(pbx: TrainingPbx, fault: str, timeout: float = 5) -> int:
    """How many calls were placed by a request that this fault broke."""
    before = len(pbx.calls)
    pbx.set_faults(f"{fault}:calls/make:1")
    with pytest.raises(requests.exceptions.RequestException):
        requests.post(f"{pbx.url}calls/make/", CALL, timeout=timeout)
    return len(pbx.calls) - before


def test_cut_before_places_no_call_and_cut_after_does(pbx: TrainingPbx):
    assert calls_after(pbx, "cut_before") == 0
    assert calls_after(pbx, "cut_after") == 1
    assert code(ask(pbx, "calls/make", CALL)) == "204"


def test_a_cut_connection_is_reset(pbx: TrainingPbx):
    pbx.set_faults("cut_after")
    parts = urlsplit(pbx.url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=5) as connection:
        connection.sendall(f"GET /api/json/user/login/?{encoded(LOGIN)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_stall_places_the_call_and_never_answers(pbx: TrainingPbx):
    assert calls_after(pbx, "stall", timeout=0.3) == 1


def test_a_half_answer_comes_after_the_call_was_placed(pbx: TrainingPbx):
    assert calls_after(pbx, "half_answer") == 1


def test_a_wrong_length_hides_the_end_of_the_answer(pbx: TrainingPbx):
    pbx.set_faults("wrong_length")
    status, body = raw(pbx, f"/api/json/calls/make/?{encoded(CALL)}")
    assert status == 200
    assert body.startswith(b"{ ")
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_slow_answers_late():
    with TrainingPbx(pace=0.05, faults=["slow"]) as slow:
        began = time.monotonic()
        assert code(ask(slow, "user/login")) == "200"
        assert time.monotonic() - began >= 0.15


@pytest.mark.parametrize(
    ("fault", "status", "placed"),
    [("html", 200, 0), ("http_500", 500, 1), ("http_502", 502, 1), ("http_503", 503, 0), ("refuse_post", 405, 0)],
)
def test_html_comes_instead_of_json(pbx: TrainingPbx, fault: str, status: int, placed: int):
    before = len(pbx.calls)
    pbx.set_faults(fault)
    answer = requests.post(f"{pbx.url}calls/make/", CALL, timeout=5)
    assert (answer.status_code, answer.text[:15]) == (status, "<!DOCTYPE html>")
    assert len(pbx.calls) - before == placed


def test_where_post_is_refused_get_works(pbx: TrainingPbx):
    pbx.set_faults("refuse_post")
    assert code(raw_json(pbx, f"/api/json/calls/make/?{encoded(CALL)}")) == "204"


def test_redirect_leads_elsewhere_without_the_parameters(pbx: TrainingPbx):
    pbx.set_faults("redirect")
    answer = requests.get(f"{pbx.url}calls/make/", CALL, timeout=5, allow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://elsewhere.invalid/local/api/json/calls/make/"


def test_the_body_may_begin_with_a_byte_order_mark_or_be_latin_1(pbx: TrainingPbx):
    pbx.set_faults("bom")
    assert raw(pbx, "/api/json/phones/list/")[1].startswith(b"\xef\xbb\xbf{ ")
    pbx.set_faults("latin1")
    body = raw(pbx, "/api/json/phones/list/")[1]
    with pytest.raises(UnicodeDecodeError):
        body.decode()
    assert code(json.loads(body.decode("latin-1"))) == "401"


def test_a_fault_strikes_its_function_so_many_times(pbx: TrainingPbx):
    pbx.set_faults("html:calls/make:1")
    assert code(ask(pbx, "user/login")) == "200"
    assert raw(pbx, f"/api/json/calls/make/?{encoded(CALL)}")[1].startswith(b"<!DOCTYPE")
    assert code(raw_json(pbx, f"/api/json/calls/make/?{encoded(CALL)}")) == "204"


def test_a_huge_list_is_huge(pbx: TrainingPbx):
    pbx.set_faults("huge_list")
    assert len(ask(pbx, "phones/list")["data"]) == 20_000


def test_many_clients_at_once_get_a_call_each(pbx: TrainingPbx):
    watcher, before = Watcher(pbx), len(pbx.calls)
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(code(ask(pbx, "calls/make", CALL)))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["204"] * 10
    assert len(pbx.calls) - before == 10
    watcher.phase(CallPhase.CONNECTED)
    assert len({call.callid for call in pbx.calls}) == len(pbx.calls)
