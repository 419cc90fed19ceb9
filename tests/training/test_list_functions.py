"""The functions that only look, over real HTTP."""

from collections.abc import Generator
from typing import Any

import pytest

from ringbridge.training.clock import ManualClock
from ringbridge.training.exchange import TIMES
from ringbridge.training.server import TrainingPbx
from training.asking import CALL, LOGIN, ask, code, key, login, raw_json


def serve(level: str) -> TrainingPbx:
    return TrainingPbx(level=level, clock=ManualClock(), seed=1)


@pytest.fixture(scope="module")
def seed() -> Generator[TrainingPbx]:
    with serve("seed") as pbx:
        yield pbx


@pytest.fixture(scope="module")
def newest() -> Generator[TrainingPbx]:
    with serve("4.4") as pbx:
        yield pbx


def names(envelope: dict[str, Any], field: str = "name") -> list[str]:
    assert code(envelope) == "200"
    return [row[field] for row in envelope["data"]]


# ---------------------------------------------------------------------- logins


def test_login_tells_who_one_is_and_never_the_password(seed: TrainingPbx):
    data = ask(seed, "user/login")["data"]
    assert (data["id"], data["username"], data["customer"]) == ("1", "user", "10")
    assert not {"password", "auth_token"} & set(data)
    assert "auth_token" not in ask(seed, "user/login", LOGIN, token="1")["data"]
    assert code(ask(seed, "user/login", login("user", "x"))) == "401"
    assert code(ask(seed, "user/login", login("office"))) == "401"
    assert code(ask(seed, "user/login", login("billing"))) == "402"
    assert code(ask(seed, "user/login", login("twostep"))) == "200"


def test_a_token_stands_for_name_and_password_until_it_expires():
    clock = ManualClock()
    with TrainingPbx(level="4.1", clock=clock) as pbx:
        data = ask(pbx, "user/login", login("token"), token="1")["data"]
        assert (data["auth_token_expiry"], data["auth_token_expires"]) == (5, int(clock.now()) + 5)
        token = {"auth_token": data["auth_token"]}
        assert names(ask(pbx, "phones/list", token)) == ["1234578"]
        assert (
            code(ask(pbx, "calls/make", token | {"stype": "phone", "snumber": "1234578", "cnumber": "100"})) == "204"
        )
        assert code(ask(pbx, "phones/list", {"auth_token": data["auth_token"][:-2]})) == "401"
        clock.advance(5)
        assert code(ask(pbx, "phones/list", token)) == "401"
        again = ask(pbx, "user/login", login("token"), token="1")["data"]["auth_token"]
        assert code(ask(pbx, "phones/list", {"auth_token": again})) == "200"
        pbx.expire_tokens()
        assert code(ask(pbx, "phones/list", {"auth_token": again})) == "401"


def test_the_seed_level_knows_no_tokens(seed: TrainingPbx):
    assert code(ask(seed, "phones/list", LOGIN | {"auth_token": "x"})) == "200"


def test_a_two_step_login_wants_a_code():
    clock = ManualClock()
    with TrainingPbx(level="4.4", clock=clock) as pbx:
        person = login("twostep")
        first = ask(pbx, "user/login", person, token="1")
        assert code(first) == "202"
        assert first["data"]["totp_required"] is True
        assert first["data"]["username"] == "twostep"
        second = {"totp_token": first["data"]["totp_token"], "token": "1"}
        assert code(ask(pbx, "user/login", second, auth_code="000000")) == "401"
        data = ask(pbx, "user/login", second, auth_code=pbx.totp_code("twostep"))["data"]
        assert code(ask(pbx, "phones/list", {"auth_token": data["auth_token"]})) == "200"
        assert code(ask(pbx, "phones/list", person)) == "401"
        assert code(ask(pbx, "user/login", person, auth_code=pbx.totp_code("twostep"))) == "200"
        assert code(ask(pbx, "user/login", person, auth_code="1")) == "401"
        assert code(ask(pbx, "user/login", login("twostep", "x"))) == "401"
        clock.advance(120)
        assert code(ask(pbx, "user/login", second, auth_code=pbx.totp_code("twostep"))) == "401"
        assert code(ask(pbx, "user/login", {"totp_token": data["auth_token"]}, auth_code="1")) == "401"


# ---------------------------------------------------------------------- people


def test_asking_whether_a_person_exists_proves_nothing_of_the_login(seed: TrainingPbx):
    assert code(raw_json(seed, "/api/json/people/get/?check=1;username=user")) == "200"
    assert code(ask(seed, "people/get", {"check": "1", "username": "user", "auth_password": "wrong"})) == "200"
    assert code(ask(seed, "people/get", {"check": "1", "username": "nobody"})) == "404"
    assert code(ask(seed, "people/get", {"check": "0", "username": "user"})) == "401"


def test_people_are_found_in_the_own_company(seed: TrainingPbx):
    assert ask(seed, "people/get", LOGIN, username="user")["data"]["surname"] == "Trainer"
    assert ask(seed, "people/get", LOGIN, id="2", username="user")["data"]["username"] == "colleague"
    assert ask(seed, "people/get", LOGIN, email="viewer@training.invalid")["data"]["id"] == "3"
    assert code(ask(seed, "people/get", LOGIN, username="outsider")) == "404"
    assert code(ask(seed, "people/get", LOGIN)) == "400"


def test_the_company_is_listed_without_passwords(seed: TrainingPbx):
    envelope = ask(seed, "people/list")
    assert names(envelope, "username") == sorted(names(envelope, "username"))
    assert "outsider" not in names(envelope, "username")
    assert not any("password" in row or "totp_secret" in row for row in envelope["data"])
    assert code(ask(seed, "people/list", LOGIN, customer="20")) == "400"


# ---------------------------------------------------------------------- lines


def test_lines_are_the_own_ones_and_the_seed_level_leaks_their_passwords(seed: TrainingPbx):
    envelope = ask(seed, "phones/list")
    assert names(envelope) == ["1234567", "1234569", "1234570", "1234571"]
    assert all(row["password"].startswith("sip-secret") for row in envelope["data"])
    assert envelope["data"][0]["display"] == "1234567 Robin's desk"
    assert envelope["data"][0]["id"] == "1"
    assert len(names(ask(seed, "phones/list", login("admin")))) == 13


def test_lists_are_counted_cut_and_paged(seed: TrainingPbx):
    assert ask(seed, "phones/list", LOGIN, count="1")["data"] == {"count": "4"}
    assert names(ask(seed, "phones/list", LOGIN, limit="2")) == ["1234567", "1234569"]
    assert names(ask(seed, "phones/list", LOGIN, limit="2", offset="1")) == ["1234569", "1234570"]
    assert names(ask(seed, "phones/list", LOGIN, offset="9")) == []
    assert set(ask(seed, "phones/list", LOGIN, pages="1")["data"][0]) == {"id", "name", "display"}
    assert key(ask(seed, "phones/list", LOGIN, limit="many")) == "limit"


def test_what_later_levels_brought_is_ignored_at_the_seed(seed: TrainingPbx):
    assert names(ask(seed, "phones/list", LOGIN, descending="1", owner="-1")) == names(ask(seed, "phones/list"))


def test_later_levels_sort_ask_for_owners_and_keep_passwords_to_themselves(newest: TrainingPbx):
    assert names(ask(newest, "phones/list", LOGIN, descending="1"))[0] == "1234571"
    assert names(ask(newest, "phones/list", LOGIN, sort="description"))[0] == "1234567"
    assert len(names(ask(newest, "phones/list", LOGIN, owner="-1"))) == 13
    assert names(ask(newest, "phones/list", LOGIN, owner="2")) == ["1234568"]
    assert not any("password" in row for row in ask(newest, "phones/list")["data"])
    shown = ask(newest, "phones/list", LOGIN, owner="-1", password="1")["data"]
    assert {row["name"] for row in shown if "password" in row} == {"1234567", "1234569", "1234570", "1234571"}
    assert ask(newest, "phones/list")["data"][0]["id"] == 1


def test_a_role_without_lines_is_told_so_and_the_login_is_right_all_the_same(seed: TrainingPbx):
    assert code(ask(seed, "phones/list", login("billing"), count="1")) == "402"


def test_one_line_can_be_looked_at(seed: TrainingPbx):
    assert ask(seed, "phones/get", LOGIN, name="1234570")["data"]["dnd"] == "1"
    assert "password" not in ask(seed, "phones/get", LOGIN, name="1234567")["data"]
    assert "password" in ask(seed, "phones/get", LOGIN, name="1234567", password="1")["data"]
    assert code(ask(seed, "phones/get", LOGIN, name="7654321")) == "404"
    assert code(ask(seed, "phones/get", LOGIN)) == "404"


def test_an_offline_phone_has_no_registration(seed: TrainingPbx, newest: TrainingPbx):
    assert ask(seed, "phones/registrations/list", LOGIN, name="1234567")["data"][0]["contact"].startswith(
        "sip:1234567@"
    )
    assert ask(seed, "phones/registrations/list", LOGIN, name="1234571") == {
        "responses": [{"code": "200", "key": "", "message": "OK"}],
        "data": [],
    }
    assert code(ask(seed, "phones/registrations/list", LOGIN, name="0")) == "404"
    assert code(ask(seed, "phones/registrations/list", LOGIN)) == "404"
    assert len(ask(newest, "phones/registrations/list", LOGIN)["data"]) == 3


def test_the_panel_shows_who_is_online(seed: TrainingPbx):
    online = {row["name"]: row["registered"] for row in ask(seed, "phones/list/panel")["data"]}
    assert (online["1234567"], online["1234571"]) == ("1", "0")
    assert code(ask(seed, "phones/list/panel", login("viewer"))) == "402"


def test_caller_ids_are_the_numbers_that_may_be_shown(seed: TrainingPbx):
    assert names(ask(seed, "numbers/list", LOGIN, callerid="1"), "number") == ["2125550100", "2125550101"]
    assert len(names(ask(seed, "numbers/list"), "number")) == 3


# ---------------------------------------------------------------------- history


@pytest.fixture(scope="module", params=["seed", "4.4"])
def told(request: pytest.FixtureRequest) -> Generator[TrainingPbx]:
    """A PBX with four finished calls: talked for a minute, busy, cancelled, own phone not answered."""
    clock = ManualClock()
    with TrainingPbx(level=request.param, clock=clock) as pbx:
        for cnumber, talk_s in (("2125551234", 60), ("2125557701", 20), ("2125557702", 1), ("2125551111", None)):
            ask(pbx, "calls/make", CALL | {"cnumber": cnumber})
            clock.advance(TIMES.start)
            callid = pbx.calls[-1].callid
            if talk_s is None:
                clock.advance(TIMES.own_ring)
            else:
                pbx.answer(callid)
                clock.advance(TIMES.other_answer if talk_s == 60 else 0)
                clock.advance(talk_s)
                pbx.hang_up(callid)
        yield pbx


def number(value: str | int) -> int:
    return int(value)


def test_finished_calls_become_rows_with_their_times(told: TrainingPbx):
    call = told.calls[0]
    own, other = ask(told, "cdrs/list", LOGIN, callid=call.callid)["data"]
    assert (own["callid"], other["callid"]) == (call.callid, call.callid)
    assert (own["status"], other["status"]) == ("answer", "answer")
    assert number(own["talktime"]) == 63
    assert (number(other["talktime"]), number(other["totaltime"])) == (60, 63)
    assert other["dnumber_display"] == f"2125551234 {call.name}"
    assert own["snumber_display"] == "1234567 Robin Trainer"
    assert ask(told, "cdrs/get", LOGIN, uniqueid=other["uniqueid"])["data"] == other
    assert code(ask(told, "cdrs/get", LOGIN, uniqueid="1.2")) == "404"
    assert key(ask(told, "cdrs/get", LOGIN)) == "uniqueid"


def test_rows_say_how_a_leg_ended(told: TrainingPbx):
    def statuses(index: int) -> list[str]:
        return names(ask(told, "cdrs/list", LOGIN, callid=told.calls[index].callid), "status")

    assert statuses(1) == ["answer", "other"]
    assert statuses(2) == ["answer", "cancel"]
    assert statuses(3) == ["other"]
    (row,) = ask(told, "cdrs/list", LOGIN, callid=told.calls[3].callid)["data"]
    assert (number(row["talktime"]), number(row["totaltime"])) == (0, 60)


def test_history_is_filtered(told: TrainingPbx):
    first = int(told.calls[0].legs[0].started_at)
    assert len(ask(told, "cdrs/list")["data"]) == 7
    assert len(ask(told, "cdrs/list", LOGIN, start=str(first), end=str(first))["data"]) == 2
    assert len(ask(told, "cdrs/list", LOGIN, status="cancel")["data"]) == 1
    assert len(ask(told, "cdrs/list", LOGIN, direction="out")["data"]) == 3
    assert len(ask(told, "cdrs/list", LOGIN, talktime_minimum="60")["data"]) == 2
    assert len(ask(told, "cdrs/list", LOGIN, talktime_maximum="0")["data"]) == 3
    assert ask(told, "cdrs/list", LOGIN, phone="1234568")["data"] == []
    assert len(ask(told, "cdrs/list", LOGIN, limit="2", offset="1")["data"]) == 2
    assert ask(told, "cdrs/list", login("outsider"))["data"] == []
    assert code(ask(told, "cdrs/list", login("nohistory"))) == "402"


def test_only_44_knows_rows_of_whole_calls(told: TrainingPbx):
    rows = ask(told, "cdrs/list", LOGIN, detail="call")["data"]
    newest = isinstance(rows[0]["start"], int)
    assert len(rows) == (4 if newest else 7)


# ---------------------------------------------------------------------- the rest


def test_the_address_book_of_codes_and_speed_dials(seed: TrainingPbx):
    assert names(ask(seed, "codes/list"), "code") == ["*97", "100", "101"]
    assert names(ask(seed, "speeddials/list"), "sdial") == ["01", "02"]
    assert code(ask(seed, "speeddials/list", LOGIN, stype="x")) == "400"


def test_prices_are_for_administrators_and_an_unroutable_number_is_404(seed: TrainingPbx):
    assert code(ask(seed, "outcosts/customer/list", LOGIN, destination="2125551234")) == "402"
    admin = login("admin")
    assert names(ask(seed, "outcosts/customer/list", admin, destination="2125551234"), "cost") == ["0.0000"]
    assert code(ask(seed, "outcosts/customer/list", admin, destination="2125557704")) == "404"
    assert code(ask(seed, "outcosts/customer/list", admin, destination="abc")) == "404"
    assert key(ask(seed, "outcosts/customer/list", admin, destination="1", search="2")) == "search"


def test_the_own_customer_can_be_looked_at(seed: TrainingPbx):
    assert ask(seed, "customers/get", LOGIN, id="10")["data"]["name"] == "Training & Söhne"
    assert ask(seed, "customers/get", LOGIN, name="Training & Söhne")["data"]["currency"] == "USD"
    assert code(ask(seed, "customers/get", LOGIN, id="20")) == "404"
    assert code(ask(seed, "customers/get", LOGIN)) == "400"
    assert code(ask(seed, "customers/get", {"check": "1", "id": "20"})) == "200"
    assert code(ask(seed, "customers/get", {"id": "10"})) == "401"
