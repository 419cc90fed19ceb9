"""The functions around a call, against the training PBX, and against answers no real PBX should give."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ringbridge.core.calls import Login
from ringbridge.core.errors import AnswerNotUnderstood, InvalidInput, NotFound, RequestInvalid, RoleForbids
from ringbridge.core.settings import AccountSettings
from ringbridge.services.pbx import (
    CallerId,
    Capabilities,
    Colleague,
    LineState,
    MakeCall,
    PbxClient,
)
from ringbridge.training.server import DEMO_LINE, TrainingPbx
from ringbridge.training.states import CallPhase
from support.pbx_server import PbxServer, envelope
from training.asking import Watcher

USER = Login(username="user", password="password")
LEVELS = ("seed", "4.1", "4.4")


@pytest.fixture(params=LEVELS)
def pbx(request: pytest.FixtureRequest) -> Iterator[TrainingPbx]:
    with TrainingPbx(level=request.param, scenario="auto", pace=0.05) as pbx:
        yield pbx


@pytest.fixture
def client(pbx: TrainingPbx) -> Iterator[PbxClient]:
    client = PbxClient(AccountSettings(url=pbx.url))
    yield client
    client.close()


def person(username: str) -> Login:
    return Login(username=username, password="password")


def connected(pbx: TrainingPbx, client: PbxClient, login: Login = USER, line: str = DEMO_LINE) -> str:
    watcher = Watcher(pbx)
    placed = client.make_call(login, MakeCall(stype="phone", snumber=line, cnumber="2125550142", wait=5))
    watcher.phase(CallPhase.CONNECTED)
    return placed.callid


def asked(server: PbxServer) -> list[str]:
    return [request.target for request in server.requests]


def test_the_legs_of_a_call_are_listed(pbx: TrainingPbx, client: PbxClient) -> None:
    callid = connected(pbx, client)
    other = connected(pbx, client)
    legs = client.active_legs(USER, callid)
    assert {leg.callid for leg in legs} == {callid}
    assert sorted(leg.rings for leg in legs) == [DEMO_LINE, "2125550142"]
    assert all(leg.uniqueid and leg.started_at_s and leg.answered_at_s >= leg.started_at_s for leg in legs)
    assert {leg.source for leg in legs} == {DEMO_LINE}
    assert {leg.callid for leg in client.active_legs(USER)} == {callid, other}


def test_a_role_with_the_panel_only_sees_the_lighter_list(client_for: Callable[..., PbxClient], login: Login) -> None:
    with PbxServer() as server:
        row = {"uniqueid": 1234567890.000002, "start": 1234567890, "answered": 0}
        server.answer_next(envelope(402))
        server.answer_next(envelope(200, data=[row, "nonsense", {}, {"start": 5}]))
        client = client_for(server)
        (leg,) = client.active_legs(login, "1.2")
        assert (leg.started_at_s, leg.answered_at_s, leg.callid) == (1234567890, 0, "")
        server.answer_next(envelope(200, data=[]))
        assert client.active_legs(login, "1.2") == ()  # the fuller list is not asked a second time
        assert [target.removeprefix("/local/api/json/calls/active/") for target in asked(server)] == [
            "list/", "list/panel/", "list/panel/",
        ]  # fmt: skip


def test_a_call_ends_by_callid_or_by_the_uniqueid_of_a_leg(pbx: TrainingPbx, client: PbxClient) -> None:
    admin = person("admin")  # at the seed level nobody else may
    for by_leg in (False, True):
        callid = connected(pbx, client, admin, "1234579")
        watcher = Watcher(pbx)
        if by_leg:
            client.hang_up(admin, uniqueid=client.active_legs(admin, callid)[0].uniqueid)
        else:
            client.hang_up(admin, callid)
        assert watcher.finished().callid == callid


def test_a_refused_function_is_remembered_for_all_clients_of_the_account(pbx: TrainingPbx) -> None:
    capabilities = Capabilities()
    clients = [PbxClient(AccountSettings(url=pbx.url), capabilities=capabilities) for _ in range(2)]
    viewer = person("viewer")
    with pytest.raises(RoleForbids):
        clients[0].hang_up(viewer, "1.2")
    assert not clients[1].capabilities.allow("calls/hangup")
    assert clients[1].capabilities.allow("calls/active/list")
    capabilities.forget()
    assert clients[1].capabilities.allow("calls/hangup")


@pytest.mark.parametrize(("code", "error"), [(402, RoleForbids), (404, NotFound)])
def test_a_refused_list_is_asked_for_once(
    server: PbxServer, client_for: Callable[..., PbxClient], login: Login, code: int, error: type[Exception]
) -> None:
    client = client_for(server)
    for look in (client.caller_ids, client.colleagues, lambda who: client.finished_legs(who, "1.2")):
        server.answer_next(envelope(code))
        with pytest.raises(error):
            look(login)
        with pytest.raises(RoleForbids):
            look(login)
    assert len(server.requests) == 3


def test_a_call_is_passed_on(pbx: TrainingPbx, client: PbxClient) -> None:
    callid = connected(pbx, client)
    legs = client.active_legs(USER, callid)
    watcher = Watcher(pbx)
    client.redirect(USER, legs[0].uniqueid, "100")
    watcher.wait(lambda event: event.leg is not None and event.leg.dnumber == "100")
    with pytest.raises(NotFound):
        client.redirect(USER, "1.2", "100")
    with pytest.raises(InvalidInput):
        client.redirect(USER, legs[0].uniqueid, "not a number")


def test_finished_legs_tell_how_a_call_went(pbx: TrainingPbx, client: PbxClient) -> None:
    callid = connected(pbx, client)
    watcher = Watcher(pbx)
    pbx.hang_up(callid)
    watcher.finished()
    legs = client.finished_legs(USER, callid)
    assert {leg.rings: leg.status for leg in legs} == {DEMO_LINE: "answer", "2125550142": "answer"}
    assert all(leg.callid == callid and leg.ended_at_s >= leg.started_at_s for leg in legs)
    assert client.finished_legs(USER, "1.2") == ()


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("1234567", LineState.ONLINE),
        ("1234571", LineState.OFFLINE),
        ("1234568", LineState.ONLINE),
        ("9999999", LineState.UNKNOWN),
        ("7654321", LineState.UNKNOWN),
    ],
)
def test_a_line_is_online_offline_or_unknown(client: PbxClient, line: str, state: LineState) -> None:
    found = client.phones_registrations(USER, line)
    assert found.state is state
    assert bool(found.registrations) is (state is LineState.ONLINE)
    assert all(phone.line == line and phone.contact.startswith("sip:") for phone in found.registrations)


def test_registrations_a_role_may_not_see_are_unknown_and_not_asked_for_again(
    server: PbxServer, client_for: Callable[..., PbxClient], login: Login
) -> None:
    client = client_for(server)
    server.answer_next(envelope(402))
    for _ in range(2):
        assert client.phones_registrations(login, "1234567").state is LineState.UNKNOWN
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("data", "state"),
    [
        ([], LineState.OFFLINE),
        (None, LineState.UNKNOWN),
        ({}, LineState.UNKNOWN),
        ([{}], LineState.UNKNOWN),
        ([{"id": 5}], LineState.ONLINE),
        ({"id": "5", "contact": "sip:a@b"}, LineState.ONLINE),
        ([{"username": "1234568"}], LineState.UNKNOWN),
        ([{"username": 1234567}], LineState.ONLINE),
    ],
)
def test_only_an_empty_array_says_offline(
    server: PbxServer, client_for: Callable[..., PbxClient], login: Login, data: Any, state: LineState
) -> None:
    server.answer_next(envelope(200, data=data))
    assert client_for(server).phones_registrations(login, "1234567").state is state


def test_caller_ids_are_those_that_may_be_presented(client: PbxClient) -> None:
    assert client.caller_ids(USER) == (
        CallerId(number="2125550100", description="Number 1"),
        CallerId(number="2125550101", description="Number 2"),
    )


def test_colleagues_are_people_who_can_be_called(client: PbxClient) -> None:
    found = client.colleagues(USER)
    assert Colleague(name="Dana Höfler", extension="202", telephone="2125550102") in found
    assert not any(person.name.startswith(("Nils", "Otto")) for person in found)  # no number; another customer


def test_a_line_says_whether_it_rejects_calls(client: PbxClient) -> None:
    quiet = {line.name: line.do_not_disturb for line in client.list_lines(USER)}
    assert quiet == {"1234567": False, "1234569": False, "1234570": True, "1234571": False}


@pytest.mark.parametrize("data", ["text", True, 5])
def test_what_is_no_list_is_not_understood(
    server: PbxServer, client_for: Callable[..., PbxClient], login: Login, data: Any
) -> None:
    server.answer_next(envelope(200, data=data))
    with pytest.raises(AnswerNotUnderstood):
        client_for(server).active_legs(login)


@pytest.mark.parametrize("field", ["1e999", "nan", "-5", None, [], {}, "later", 1e300, True])
def test_a_time_that_is_none_is_no_time(
    server: PbxServer, client_for: Callable[..., PbxClient], login: Login, field: Any
) -> None:
    server.answer_next(envelope(200, data=[{"callid": "1.2", "start": field, "answered": field}]))
    (leg,) = client_for(server).active_legs(login)
    assert (leg.started_at_s, leg.answered_at_s) == (0, 0)


@pytest.mark.parametrize("bad", ["", "1\n2", "1" * 201])
def test_a_wrong_identifier_is_not_sent(
    server: PbxServer, client_for: Callable[..., PbxClient], login: Login, bad: str
) -> None:
    client = client_for(server)
    for ask in (
        lambda: client.hang_up(login, bad),
        lambda: client.hang_up(login, uniqueid=bad),
        lambda: client.redirect(login, bad, "100"),
        lambda: client.redirect(login, "1.2", bad),
        lambda: client.finished_legs(login, bad),
    ):
        with pytest.raises(RequestInvalid):
            ask()
    assert server.requests == []
