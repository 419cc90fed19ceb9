"""The functions of the PBX, against a server written from the manual."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from ringbridge import __version__
from ringbridge.core.calls import Line, Login
from ringbridge.core.errors import (
    AnswerNotUnderstood,
    InvalidInput,
    LoginCodeNeeded,
    NoAccount,
    NotFound,
    PbxError,
    RatePlanForbids,
    RequestInvalid,
    RoleForbids,
    WrongLogin,
)
from ringbridge.core.settings import AccountSettings
from ringbridge.services.pbx import LoginCheck, LoginFinding, MakeCall, PbxClient, Placed
from support.pbx_server import Behaviour, PbxServer, envelope, reply

Clients = Callable[..., PbxClient]


def test_a_call_is_placed(either_server: PbxServer, client_for: Clients, login: Login, call: MakeCall) -> None:
    assert client_for(either_server).make_call(login, call) == Placed(code=204, message="OK")
    assert [placed["cnumber"] for placed in either_server.placed] == ["2125551234"]


def test_a_call_that_waits_is_named(server: PbxServer, client_for: Clients, login: Login) -> None:
    call = MakeCall(stype="phone", snumber="1234567", cnumber="2125551234", wait=5)
    placed = client_for(server).make_call(login, call)
    assert placed == Placed(code=200, message="OK", server="server01", callid="1234567890.000001")


def test_a_post_has_the_parameters_in_its_body_and_the_password_nowhere_else(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    client_for(server).make_call(login, call)
    (request,) = server.requests
    assert request.line == "POST /local/api/json/calls/make/ HTTP/1.1"
    assert request.header("Content-Type") == "application/x-www-form-urlencoded"
    assert request.body == (
        b"auth_username=anna&auth_password=p%26%C3%A4%3B%2B%20%23%25%3D%22"
        b"&stype=phone&snumber=1234567&ctype=&cnumber=2125551234"
    )
    assert "p%26" not in str(request.headers)
    assert request.header("User-Agent") == f"ringbridge/{__version__}"
    assert request.header("Accept-Encoding") == "identity"


def test_get_puts_them_into_the_query_with_semicolons(
    either_server: PbxServer, client_for: Clients, login: Login
) -> None:
    call = MakeCall(stype="phone", snumber="1234567", cnumber="+1.2", callerid2="a b&c;d+e")
    client_for(either_server, method="get").make_call(login, call)
    (request,) = either_server.requests
    assert request.line == (
        "GET /local/api/json/calls/make/?auth_username=anna;auth_password=p%26%C3%A4%3B%2B%20%23%25%3D%22"
        ";stype=phone;snumber=1234567;ctype=;cnumber=%2B1.2;callerid2=a%20b%26c%3Bd%2Be HTTP/1.1"
    )
    assert request.body == b""
    assert request.parameters["auth_password"] == login.password


@pytest.mark.parametrize("method", ["post", "get"])
def test_all_parameters_arrive_as_they_were_meant(
    server: PbxServer, client_for: Clients, login: Login, method: str
) -> None:
    call = MakeCall(
        stype="phone", snumber="12", ctype="peer", cnumber="*9#", cdialplan="auto", card="C&1", customer=3, answer1=1,
        answer2=1, callerid1="Zoë; 100 %", callerid2="+49", recordgroup=2, screen1=1, screen2=1, warn1=0, warn2=0,
        delay=1, wait=2,
    )  # fmt: skip
    client_for(server, method=method).make_call(login, call)
    (request,) = server.requests
    assert request.pairs == [
        ("auth_username", login.username),
        ("auth_password", login.password),
        *call.parameters(),
    ]
    assert len(request.pairs) == 20  # the 19 documented ones and cdialplan


@pytest.mark.parametrize("url_tail", ["/local/api/json", "/local/api/json/", "/api/json/"])
def test_the_base_url_keeps_its_prefix_and_gets_its_slash(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, url_tail: str
) -> None:
    server.answer_next(envelope(204))
    client_for(server, url=f"http://127.0.0.1:{server.port}{url_tail}").make_call(login, call)
    assert server.requests[0].target == f"{url_tail.removesuffix('/')}/calls/make/"


@pytest.mark.parametrize("data", [{}, {"data": None}, {"data": []}, {"data": {}}, {"data": {"callid": None}}])
def test_success_without_identifiers_is_success(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall, data: dict[str, Any]
) -> None:
    server.answer_next(envelope(200, **data))
    assert client_for(server).make_call(login, call) == Placed(code=200, message="OK")


def test_a_numeric_identifier_keeps_its_digits(
    server: PbxServer, client_for: Clients, login: Login, call: MakeCall
) -> None:
    server.answer_next(
        reply(b'{"responses": {"code": 200}, "data": {"server": 1, "callid": 12345678901234567890.1234560}}')
    )
    placed = client_for(server).make_call(login, call)
    assert (placed.server, placed.callid) == ("1", "12345678901234567890.1234560")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, InvalidInput),
        (401, WrongLogin),
        (402, RoleForbids),
        (403, RatePlanForbids),
        (404, NotFound),
        (202, LoginCodeNeeded),
        (500, AnswerNotUnderstood),
    ],
)
@pytest.mark.parametrize("status", ["200 OK", "401 Unauthorized", "500 Oops"])
def test_every_code_has_its_error(
    server: PbxServer,
    client_for: Clients,
    login: Login,
    call: MakeCall,
    code: int,
    kind: type[PbxError],
    status: str,
) -> None:
    body = json.dumps({"responses": [{"code": str(code), "key": "cnumber", "message": "No"}]}).encode()
    server.answer_next(reply(body, status=status))
    with pytest.raises(PbxError) as caught:
        client_for(server).make_call(login, call)
    assert type(caught.value) is kind
    assert len(server.requests) == 1


@pytest.mark.parametrize(("username", "password"), [("anna", "wrong"), ("nobody", 'p&ä;+ #%="')])
def test_a_wrong_login_is_told(
    server: PbxServer, client_for: Clients, call: MakeCall, username: str, password: str
) -> None:
    with pytest.raises(WrongLogin):
        client_for(server).make_call(Login(username=username, password=password), call)
    assert not server.placed


def test_an_incomplete_account_sends_nothing(server: PbxServer, client_for: Clients, call: MakeCall) -> None:
    login = Login(username="anna", password="x")
    for client, who, missing in (
        (PbxClient(AccountSettings()), login, "url"),
        (client_for(server), Login(username="", password="x"), "username"),
        (client_for(server), Login(username="anna", password=""), "password"),
    ):
        with pytest.raises(NoAccount) as caught:
            client.make_call(who, call)
        assert caught.value.missing == missing
    assert server.connections == 0


def test_a_right_login_is_found_right(server: PbxServer, client_for: Clients, login: Login) -> None:
    assert client_for(server).check_login(login) == LoginCheck(finding=LoginFinding.RIGHT, function="user/login")


def test_a_login_with_a_code_is_found(server: PbxServer, client_for: Clients, login: Login) -> None:
    server.people["anna"].two_step = True
    assert client_for(server).check_login(login).finding is LoginFinding.CODE_NEEDED


def test_a_wrong_login_is_found_wrong_at_once(server: PbxServer, client_for: Clients) -> None:
    with pytest.raises(WrongLogin):
        client_for(server).check_login(Login(username="anna", password="wrong"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("privileges", "finding"),
    [({"residential"}, LoginFinding.RIGHT), ({"actions"}, LoginFinding.ROLE_TOO_SMALL)],
)
def test_a_small_role_still_proves_the_login(
    server: PbxServer, client_for: Clients, login: Login, privileges: set[str], finding: LoginFinding
) -> None:
    server.people["anna"].privileges = privileges
    assert client_for(server).check_login(login) == LoginCheck(finding=finding, function="phones/list")
    assert server.requests[1].parameters["count"] == "1"


@pytest.mark.parametrize("absent", [envelope(404), reply(b"<html>Log in</html>"), reply(b"", status="404 Not Found")])
def test_an_older_pbx_is_asked_for_lines_instead(
    server: PbxServer, client_for: Clients, login: Login, absent: Behaviour
) -> None:
    server.answer_next(absent)
    assert client_for(server).check_login(login) == LoginCheck(finding=LoginFinding.RIGHT, function="phones/list")
    assert [request.target.split("json/")[1] for request in server.requests] == ["user/login/", "phones/list/"]


def test_a_wrong_login_at_an_older_pbx_is_found_wrong(server: PbxServer, client_for: Clients) -> None:
    server.functions.discard("user/login")
    with pytest.raises(WrongLogin):
        client_for(server).check_login(Login(username="anna", password="wrong"))


def test_a_small_role_is_told_where_lines_can_not_be_asked(
    server: PbxServer, client_for: Clients, login: Login
) -> None:
    server.answer_next(envelope(402), envelope(404))
    assert client_for(server).check_login(login).finding is LoginFinding.ROLE_TOO_SMALL


def test_a_code_asked_for_lines_is_found(server: PbxServer, client_for: Clients, login: Login) -> None:
    server.answer_next(envelope(404), envelope(202))
    assert client_for(server).check_login(login).finding is LoginFinding.CODE_NEEDED


def test_a_web_page_is_no_login_test(server: PbxServer, client_for: Clients, login: Login) -> None:
    client = client_for(server, url=f"http://127.0.0.1:{server.port}/elsewhere/")
    with pytest.raises(AnswerNotUnderstood):
        client.check_login(login)


def test_people_get_is_never_asked(server: PbxServer, client_for: Clients, login: Login) -> None:
    server.answer_next(envelope(404), envelope(404))
    with pytest.raises(NotFound):
        client_for(server).check_login(login)
    assert not any("people" in request.target for request in server.requests)


def test_lines_come_in_order_without_their_passwords(server: PbxServer, client_for: Clients, login: Login) -> None:
    server.people["anna"].lines = [
        {"id": "1", "name": "1234568", "display": "Desk", "description": "Room 5", "password": "line-secret"},
        {"id": 2, "name": 1234567, "display": None, "description": 12, "Password": "line-secret"},
        {"id": 3, "display": "no name"},
        {"name": "", "display": "empty name"},
    ]
    lines = client_for(server).list_lines(login)
    assert lines == (
        Line(name="1234568", display="Desk", description="Room 5"),
        Line(name="1234567", display="", description="12"),
    )
    assert "line-secret" not in repr(lines)


@pytest.mark.parametrize("more", [{"data": []}, {"data": None}, {}, {"data": {}}, {"data": ["7", None]}])
def test_no_lines_is_an_answer(server: PbxServer, client_for: Clients, login: Login, more: dict[str, Any]) -> None:
    server.answer_next(envelope(200, **more))
    assert client_for(server).list_lines(login) == ()


def test_a_single_line_may_come_without_its_list(server: PbxServer, client_for: Clients, login: Login) -> None:
    server.answer_next(envelope(200, data={"name": "7"}))
    assert client_for(server).list_lines(login) == (Line(name="7"),)


def test_a_list_of_lines_that_is_none_is_not_understood(server: PbxServer, client_for: Clients, login: Login) -> None:
    server.answer_next(envelope(200, data="7"))
    with pytest.raises(AnswerNotUnderstood):
        client_for(server).list_lines(login)


def test_a_call_is_hung_up_by_its_identifier(server: PbxServer, client_for: Clients, login: Login) -> None:
    client = client_for(server)
    placed = client.make_call(login, MakeCall(snumber="1", cnumber="2", wait=5))
    client.hang_up(login, placed.callid)
    assert not server.calls
    assert server.requests[1].parameters.keys() == {"auth_username", "auth_password", "callid"}
    with pytest.raises(NotFound):
        client.hang_up(login, placed.callid)


@pytest.mark.parametrize("callid", ["", "1\n2", "\x00", "1" * 201])
def test_what_is_no_identifier_is_not_sent(server: PbxServer, client_for: Clients, login: Login, callid: str) -> None:
    with pytest.raises(RequestInvalid) as caught:
        client_for(server).hang_up(login, callid)
    assert caught.value.parameter == "callid"
    assert server.connections == 0


def test_importing_and_building_a_client_loads_no_http_library() -> None:
    code = (
        "import sys; from ringbridge.services.pbx import PbxClient, MakeCall; "
        "from ringbridge.core.settings import AccountSettings; "
        "PbxClient(AccountSettings(url='https://pbx.test/')).close(); MakeCall(snumber='1', cnumber='2'); "
        "print([name for name in ('requests', 'urllib3', 'truststore', 'ssl', 'http.client') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
