"""calls/make and its sisters over real HTTP, under a clock turned by hand where time matters."""

import threading
from collections.abc import Generator
from typing import Any

import pytest

from ringbridge.training.clock import ManualClock
from ringbridge.training.exchange import TIMES
from ringbridge.training.server import TrainingPbx
from ringbridge.training.states import CallPhase, Cause
from training.asking import CALL, LOGIN, ask, code, key, login


class Turned:
    """A PBX whose clock stands still, and a way to ask it something that is held back."""

    def __init__(self, level: str = "seed", scenario: str = "normal") -> None:
        self.clock = ManualClock()
        self.pbx = TrainingPbx(clock=self.clock, level=level, scenario=scenario, seed=1)

    def ring(self, parameters: dict[str, str] = CALL) -> str:
        assert code(ask(self.pbx, "calls/make", parameters)) == "204"
        self.clock.advance(TIMES.start)
        return self.pbx.calls[-1].callid

    def connect(self, parameters: dict[str, str] = CALL) -> str:
        callid = self.ring(parameters)
        assert self.pbx.answer(callid)
        self.clock.advance(TIMES.other_answer)
        return callid

    def ask_held(self, timers: int, **more: str) -> "Held":
        """Ask for a call with `wait`; returns when `timers` actions wait for their time."""
        held = Held(self.pbx, more)
        assert self.clock.wait_for_timers(timers)
        return held


class Held:
    def __init__(self, pbx: TrainingPbx, more: dict[str, str]) -> None:
        self.answer: dict[str, Any] = {}
        self._thread = threading.Thread(target=lambda: self.answer.update(ask(pbx, "calls/make", CALL | more)))
        self._thread.start()

    @property
    def pending(self) -> bool:
        self._thread.join(0.1)
        return self._thread.is_alive()

    def result(self) -> dict[str, Any]:
        self._thread.join(5)
        assert not self._thread.is_alive()
        return self.answer


@pytest.fixture
def turned() -> Generator[Turned]:
    one = Turned()
    with one.pbx:
        yield one


@pytest.fixture(params=["4.1", "4.4"])
def newer(request: pytest.FixtureRequest) -> Generator[Turned]:
    one = Turned(level=request.param)
    with one.pbx:
        yield one


# ---------------------------------------------------------------------- wait and delay


def test_without_wait_the_answer_comes_before_the_call(turned: Turned):
    assert ask(turned.pbx, "calls/make", CALL) == {"responses": [{"code": "204", "key": "", "message": "OK"}]}
    assert turned.pbx.calls[0].phase is CallPhase.REQUESTED


def test_with_wait_the_answer_is_held_back_until_the_call_is_known(turned: Turned):
    held = turned.ask_held(3, wait="5")  # the hold, the start of the call, the news of it
    turned.clock.advance(TIMES.start - 0.1)
    assert held.pending
    turned.clock.advance(0.1)
    answer = held.result()
    assert (code(answer), answer["data"]) == ("200", {"server": "server01", "callid": turned.pbx.calls[0].callid})


def test_full_wait_answers_after_the_whole_time(turned: Turned):
    turned.pbx.set_faults("full_wait")
    held = turned.ask_held(3, wait="5")
    turned.clock.advance(4.9)
    assert held.pending
    turned.clock.advance(0.1)
    assert code(held.result()) == "200"


def test_a_call_that_is_not_known_in_time_is_204_and_goes_on(turned: Turned):
    held = turned.ask_held(3, wait="2", delay="3")
    turned.clock.advance(2)
    assert code(held.result()) == "204"
    turned.clock.advance(1 + TIMES.start)
    assert turned.pbx.calls[0].phase is CallPhase.RINGING_A


def test_wait_that_is_not_greater_than_delay_is_204(turned: Turned):
    held = turned.ask_held(3, wait="3", delay="3")
    turned.clock.advance(3)
    assert code(held.result()) == "204"


def test_wait_greater_than_delay_is_200(turned: Turned):
    held = turned.ask_held(3, wait="6", delay="3")
    turned.clock.advance(3)
    assert held.pending
    turned.clock.advance(TIMES.start)
    assert code(held.result()) == "200"


def test_an_offline_phone_is_204_after_the_whole_wait(turned: Turned):
    turned.pbx.set_scenario("own_offline")
    held = turned.ask_held(3, wait="5")
    turned.clock.advance(4)
    assert held.pending
    turned.clock.advance(1)
    assert code(held.result()) == "204"
    assert turned.pbx.calls[0].cause is Cause.OFFLINE


def test_stopping_lets_go_what_is_held_back():
    one = Turned()
    one.pbx.start()
    held = one.ask_held(3, wait="3000")
    one.pbx.stop()
    assert code(held.result()) == "204"


def test_the_same_request_twice_is_two_calls(turned: Turned):
    assert turned.ring() != turned.ring()
    assert len(turned.pbx.calls) == 2


def test_the_order_carries_every_parameter(turned: Turned):
    ask(
        turned.pbx, "calls/make", CALL, callerid1="Ada L.", callerid2="2125550101", answer1="1", answer2="1",
        delay="2", recordgroup="7", card="CARD-1", customer="10", screen1="1", screen2="1", warn1="0", warn2="0",
    )  # fmt: skip
    order = turned.pbx.calls[0].order
    assert (order.stype, order.snumber, order.ctype, order.cnumber) == ("phone", "1234567", "", "2125551234")
    assert (order.callerid1, order.callerid2) == ("Ada L.", "2125550101")
    assert (order.answer1, order.answer2, order.delay_s) == (True, True, 2)
    assert order.customer == 10


def test_a_line_dialed_as_a_number_rings_it_all_the_same(turned: Turned):
    turned.ring(CALL | {"stype": ""})
    assert turned.pbx.calls[0].order.stype == ""
    assert turned.pbx.calls[0].legs[0].dtype == "phone"


# ---------------------------------------------------------------------- checks


@pytest.mark.parametrize(
    ("changes", "bad"),
    [
        ({"stype": "mobile"}, "stype"),
        ({"snumber": ""}, "snumber"),
        ({"snumber": "9999999"}, "snumber"),
        ({"snumber": "7654321"}, "snumber"),
        ({"stype": "", "snumber": "+4930123"}, "snumber"),
        ({"ctype": "nonsense"}, "ctype"),
        ({"cnumber": ""}, "cnumber"),
        ({"cnumber": "212 555 1234"}, "cnumber"),
        ({"cnumber": "+12125551234"}, "cnumber"),
        ({"cnumber": "2125557400"}, "cnumber"),
        ({"cnumber": "1" * 33}, "cnumber"),
        ({"ctype": "phone", "cnumber": "2125551234"}, "cnumber"),
        ({"card": "CARD-2"}, "card"),
        ({"customer": "20"}, "customer"),
        ({"answer1": "2"}, "answer1"),
        ({"answer2": "yes"}, "answer2"),
        ({"recordgroup": "8"}, "recordgroup"),
        ({"screen1": "2"}, "screen1"),
        ({"screen2": "2"}, "screen2"),
        ({"warn1": "2"}, "warn1"),
        ({"warn2": "2"}, "warn2"),
        ({"delay": "-1"}, "delay"),
        ({"wait": "3601"}, "wait"),
        ({"wait": "1.5", "snumber": "9999999", "cnumber": "x"}, "snumber"),
    ],
)
def test_the_first_bad_parameter_of_the_table_is_named(turned: Turned, changes: dict[str, str], bad: str):
    answer = ask(turned.pbx, "calls/make", CALL | changes)
    assert (code(answer), key(answer)) == ("400", bad)
    assert "data" not in answer
    assert turned.pbx.calls == ()


def test_every_complaint_is_shown_when_asked_for(turned: Turned):
    turned.pbx.set_faults("several_entries")
    answer = ask(turned.pbx, "calls/make", CALL | {"cnumber": "x", "wait": "x"})
    assert [entry["key"] for entry in answer["responses"]] == ["cnumber", "wait"]


@pytest.mark.parametrize("good", [{"ctype": "phone", "cnumber": "1234568"}, {"cnumber": "*97"}, {"cnumber": "1#2"}])
def test_what_can_be_dialed_is_taken(turned: Turned, good: dict[str, str]):
    assert code(ask(turned.pbx, "calls/make", CALL | good)) == "204"


@pytest.mark.parametrize(
    ("who", "changes", "expected"),
    [
        ({}, {}, "401"),
        ({"auth_username": "user"}, {}, "401"),
        (login("user", "wrong"), {}, "401"),
        (login("nobody", ""), {}, "401"),
        (login("", ""), {}, "401"),
        (login("office"), {}, "401"),
        (login("viewer"), {}, "402"),
        (login("noplan"), {"snumber": "1234575"}, "403"),
        (login("nohistory"), {"snumber": "1234574"}, "204"),
        (LOGIN, {"cnumber": "2125557403"}, "403"),
        # each check comes before all later ones
        (login("viewer", "wrong"), {"cnumber": "7403"}, "401"),
        (login("viewer"), {"cnumber": "7403", "stype": "x"}, "402"),
        (login("noplan"), {"snumber": "", "cnumber": ""}, "403"),
    ],
)
def test_login_role_rate_plan_and_input_are_checked_in_this_order(
    turned: Turned, who: dict[str, str], changes: dict[str, str], expected: str
):
    call = {name: value for name, value in CALL.items() if not name.startswith("auth_")}
    answer = ask(turned.pbx, "calls/make", call | who | changes)
    assert code(answer) == expected
    assert key(answer) == ""
    assert len(turned.pbx.calls) == (1 if expected == "204" else 0)


def test_at_the_seed_level_any_line_of_the_company_may_be_rung_and_no_caller_id_is_refused(turned: Turned):
    assert code(ask(turned.pbx, "calls/make", CALL | {"snumber": "1234568", "callerid2": "999"})) == "204"
    assert turned.pbx.calls[0].order.callerid2 == "2125550100"


def test_later_levels_want_the_own_line_and_an_own_caller_id(newer: Turned):
    assert code(ask(newer.pbx, "calls/make", CALL | {"snumber": "1234568"})) == "402"
    assert code(ask(newer.pbx, "calls/make", CALL | {"snumber": "1234599"})) == "204"
    assert code(ask(newer.pbx, "calls/make", CALL | {"snumber": "7654321"})) == "400"
    assert code(ask(newer.pbx, "calls/make", CALL | login("admin") | {"snumber": "1234568"})) == "204"
    assert key(ask(newer.pbx, "calls/make", CALL | {"callerid2": "999"})) == "callerid2"


def test_later_levels_convert_the_dial_plan(newer: Turned):
    assert code(ask(newer.pbx, "calls/make", CALL | {"cnumber": "+972501234567", "cdialplan": "auto"})) == "204"
    assert newer.pbx.calls[0].order.cnumber == "00972501234567"
    assert key(ask(newer.pbx, "calls/make", CALL | {"cdialplan": "e164"})) == "cdialplan"
    assert key(ask(newer.pbx, "calls/make", CALL | {"cnumber": "+972501234567"})) == "cnumber"


# ---------------------------------------------------------------------- calls/active/list


def rows(turned: Turned, function: str = "calls/active/list", **more: str) -> list[dict[str, Any]]:
    answer = ask(turned.pbx, function, LOGIN, **more)
    assert code(answer) == "200"
    return answer["data"]


def test_each_leg_is_a_row_under_one_callid(turned: Turned):
    assert rows(turned) == []
    callid = turned.connect()
    own, other = sorted(rows(turned, callid=callid), key=lambda row: row["uniqueid"])
    assert own["callid"] == other["callid"] == callid
    assert len({own["uniqueid"], other["uniqueid"], callid}) == 3
    assert (own["dtype"], own["dnumber"], own["direction"]) == ("phone", "1234567", "internal")
    assert (other["dtype"], other["dnumber"], other["direction"]) == ("number", "2125551234", "out")
    assert (own["snumber"], own["cnumber"], own["stype"]) == ("1234567", "2125551234", "phone")
    assert (own["answered"], other["answered"]) == ("1234567890", "1234567893")
    turned.pbx.hang_up(callid)
    assert rows(turned, callid=callid) == []


def test_a_ringing_leg_is_not_answered(turned: Turned):
    turned.ring()
    assert [row["answered"] for row in rows(turned)] == ["0"]
    turned.pbx.answer(turned.pbx.calls[0].callid)
    assert sorted(row["answered"] for row in rows(turned)) == ["0", "1234567890"]


def test_active_calls_can_be_filtered_and_sorted(turned: Turned):
    first, second = turned.connect(), turned.connect(CALL | {"cnumber": "1234568"})
    assert {row["callid"] for row in rows(turned, callid=second)} == {second}
    assert len(rows(turned, direction="out")) == len(rows(turned, direction="in_out")) == 1
    assert len(rows(turned, direction="internal")) == 3
    assert rows(turned, direction="in") == []
    dialed = [row["dnumber"] for row in rows(turned, sort="dnumber", descending="1")]
    assert dialed == sorted(dialed, reverse=True)
    assert [row["callid"] for row in rows(turned, callid=first, names="1") if row["dnumber_name"] == "Robin Trainer"]
    assert code(ask(turned.pbx, "calls/active/list", LOGIN, direction="up")) == "400"
    assert code(ask(turned.pbx, "calls/active/list", LOGIN, customer="all")) == "400"


def test_only_the_own_companys_calls_are_seen(turned: Turned):
    turned.connect()
    assert ask(turned.pbx, "calls/active/list", login("outsider"))["data"] == []
    assert code(ask(turned.pbx, "calls/active/list", login("billing"))) == "402"


def test_the_panel_shows_less_and_wants_its_own_privilege(turned: Turned):
    turned.ring()
    (row,) = rows(turned, "calls/active/list/panel")
    assert row["state"] == "ringing"
    assert "callerid_external" not in row
    assert code(ask(turned.pbx, "calls/active/list/panel", login("viewer"))) == "402"


def test_newer_levels_count_and_filter_by_phone():
    one = Turned(level="4.4")
    with one.pbx:
        one.connect()
        assert rows(one, count="1") == {"count": 2}
        assert len(rows(one, phone="1234567")) == 2
        assert rows(one, phone="1234569") == []
        assert isinstance(rows(one)[0]["answered"], int)


# ---------------------------------------------------------------------- calls/hangup, calls/redirect


def test_at_the_seed_level_only_administrators_hang_up(turned: Turned):
    callid = turned.connect()
    assert code(ask(turned.pbx, "calls/hangup", LOGIN, callid=callid)) == "402"
    assert code(ask(turned.pbx, "calls/hangup", login("admin"), callid=callid)) == "204"
    turned.clock.advance(TIMES.hangup - 0.1)
    assert turned.pbx.calls[0].phase is CallPhase.CONNECTED
    turned.clock.advance(0.1)
    assert turned.pbx.calls[0].phase is CallPhase.ENDED


def test_later_levels_let_the_owner_hang_up_by_callid_or_uniqueid(newer: Turned):
    callid = newer.connect()
    assert code(ask(newer.pbx, "calls/hangup", LOGIN, callid=callid)) == "204"
    newer.clock.advance(TIMES.hangup)
    assert newer.pbx.calls[0].phase is CallPhase.ENDED
    newer.connect()
    assert code(ask(newer.pbx, "calls/hangup", LOGIN, uniqueid=newer.pbx.calls[1].legs[1].uniqueid)) == "204"
    newer.clock.advance(TIMES.hangup)
    assert newer.pbx.calls[1].phase is CallPhase.ENDED


def test_hanging_up_wants_exactly_one_name_of_a_call_that_is_yours_and_lasts(newer: Turned):
    callid = newer.connect()
    uniqueid = newer.pbx.calls[0].legs[0].uniqueid
    assert code(ask(newer.pbx, "calls/hangup", LOGIN)) == "400"
    assert code(ask(newer.pbx, "calls/hangup", LOGIN, callid=callid, uniqueid=uniqueid)) == "400"
    assert code(ask(newer.pbx, "calls/hangup", LOGIN, uniqueid=callid)) == "404"
    assert code(ask(newer.pbx, "calls/hangup", LOGIN, callid="1.2")) == "404"
    assert code(ask(newer.pbx, "calls/hangup", login("colleague"), callid=callid)) == "404"
    assert code(ask(newer.pbx, "calls/hangup", login("outsider"), callid=callid)) == "404"
    assert code(ask(newer.pbx, "calls/hangup", login("viewer"), callid=callid)) == "402"
    newer.pbx.hang_up(callid)
    assert code(ask(newer.pbx, "calls/hangup", LOGIN, callid=callid)) == "404"


def test_the_owner_of_a_line_involved_may_hang_up_too(newer: Turned):
    callid = newer.connect(CALL | {"cnumber": "1234568"})
    assert code(ask(newer.pbx, "calls/hangup", login("colleague"), callid=callid)) == "204"


def test_redirect_connects_another_number(turned: Turned):
    turned.connect()
    uniqueid = turned.pbx.calls[0].legs[1].uniqueid
    assert code(ask(turned.pbx, "calls/redirect", LOGIN, uniqueid=uniqueid, cnumber="1234568")) == "204"
    turned.clock.advance(TIMES.other_answer)
    assert turned.pbx.calls[0].legs[-1].dnumber == "1234568"
    assert turned.pbx.calls[0].phase is CallPhase.CONNECTED


@pytest.mark.parametrize(
    ("who", "changes", "expected"),
    [
        (LOGIN, {"uniqueid": ""}, "400"),
        (LOGIN, {"cnumber": "x"}, "400"),
        (LOGIN, {"channel": "3"}, "400"),
        (LOGIN, {"uniqueid": "1.2"}, "404"),
        (LOGIN, {"cnumber": "7403"}, "403"),
        (login("viewer"), {}, "402"),
        (login("outsider"), {}, "404"),
    ],
)
def test_redirect_is_refused(turned: Turned, who: dict[str, str], changes: dict[str, str], expected: str):
    turned.connect()
    parameters = who | {"uniqueid": turned.pbx.calls[0].legs[0].uniqueid, "cnumber": "1234568"} | changes
    assert code(ask(turned.pbx, "calls/redirect", parameters)) == expected
    assert turned.pbx.calls[0].phase is CallPhase.CONNECTED


def test_redirecting_a_side_that_is_not_there_is_404(turned: Turned):
    turned.ring()
    uniqueid = turned.pbx.calls[0].legs[0].uniqueid
    parameters = LOGIN | {"uniqueid": uniqueid, "cnumber": "1234568", "channel": "2"}
    assert code(ask(turned.pbx, "calls/redirect", parameters)) == "404"
