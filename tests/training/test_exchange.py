"""The state machines of calls, under a clock turned by hand."""

from dataclasses import replace

import pytest

from ringbridge.training.clock import ManualClock
from ringbridge.training.exchange import TIMES, Exchange
from ringbridge.training.people import CUSTOMER
from ringbridge.training.scenarios import read_scenario
from ringbridge.training.states import Call, CallPhase, Cause, Event, EventKind, LegPhase, Order, Side

ORDER = Order(person=1, customer=CUSTOMER, stype="phone", snumber="1234567", ctype="", cnumber="2125551234")


class Phone:
    """An exchange, its clock, and everything that happens."""

    def __init__(self, scenario: str = "normal", pace: float = 1.0) -> None:
        self.clock = ManualClock()
        self.exchange = Exchange(self.clock, read_scenario(scenario), pace)
        self.events: list[Event] = []
        self.known: list[float] = []
        self.exchange.subscribe(self.events.append)

    def place(self, order: Order = ORDER) -> str:
        return self.exchange.place(order, known=lambda: self.known.append(self.clock.now()))

    def ring(self, order: Order = ORDER) -> str:
        callid = self.place(order)
        self.clock.advance(TIMES.start)
        return callid

    def connect(self, order: Order = ORDER) -> str:
        callid = self.ring(order)
        assert self.exchange.answer(callid)
        self.clock.advance(TIMES.other_answer)
        assert self.call.phase is CallPhase.CONNECTED
        return callid

    @property
    def call(self) -> Call:
        return self.exchange.calls()[-1]

    def story(self) -> list[str]:
        return [
            f"{event.leg.side.value} {event.kind.value}" if event.leg else event.kind.value for event in self.events
        ]

    def causes(self) -> dict[str, str]:
        return {leg.side.value: leg.cause.value for leg in self.call.legs}


def test_a_call_rings_the_own_phone_then_the_other_party_and_connects_them():
    phone = Phone()
    callid = phone.place()
    assert phone.call.phase is CallPhase.REQUESTED
    assert phone.call.legs == ()
    phone.clock.advance(TIMES.start - 0.01)
    assert phone.known == []
    phone.clock.advance(0.01)
    assert phone.known == [phone.clock.now()]
    assert phone.call.phase is CallPhase.RINGING_A
    assert phone.exchange.answer(callid)
    assert phone.call.phase is CallPhase.RINGING_B
    phone.clock.advance(TIMES.other_answer)
    assert phone.call.phase is CallPhase.CONNECTED
    own, other = phone.call.legs
    assert (own.side, own.dnumber, own.name) == (Side.A, "1234567", "Robin Trainer")
    assert (other.side, other.dnumber, other.dtype) == (Side.B, "2125551234", "number")
    assert len({own.uniqueid, other.uniqueid, callid}) == 3
    assert phone.exchange.hang_up(callid)
    phone.clock.advance()
    assert phone.story() == [
        "requested", "a ringing", "a answered", "b ringing", "b answered", "a ended", "b ended", "finished",
    ]  # fmt: skip
    assert phone.causes() == {"a": "hangup_a", "b": "other_side"}
    assert all(leg.ended_at == phone.clock.now() for leg in phone.call.legs)


def test_events_carry_the_call_as_it_stood_then():
    phone = Phone()
    phone.connect()
    phases = [event.call.phase for event in phone.events]
    assert phases == [
        CallPhase.REQUESTED, CallPhase.RINGING_A, CallPhase.RINGING_A, CallPhase.RINGING_B, CallPhase.CONNECTED,
    ]  # fmt: skip


def test_two_orders_are_two_calls():
    phone = Phone()
    assert phone.ring() != phone.ring()
    assert [call.phase for call in phone.exchange.calls()] == [CallPhase.RINGING_A] * 2


def test_the_delay_is_in_seconds_whatever_the_pace():
    phone = Phone(pace=0.1)
    phone.place(replace(ORDER, delay_s=10))
    phone.clock.advance(10)
    assert phone.call.phase is CallPhase.REQUESTED
    phone.clock.advance(TIMES.start * 0.1)
    assert phone.call.phase is CallPhase.RINGING_A


@pytest.mark.parametrize(
    ("scenario", "after_s", "cause", "legs"),
    [
        ("own_offline", 0, Cause.OFFLINE, {}),
        ("own_busy", TIMES.refuse, Cause.BUSY, {"a": "busy"}),
        ("own_dnd", TIMES.refuse, Cause.REJECTED, {"a": "rejected"}),
        ("own_no_answer", TIMES.own_ring_short, Cause.NO_ANSWER, {"a": "no_answer"}),
        ("normal", TIMES.own_ring, Cause.NO_ANSWER, {"a": "no_answer"}),
    ],
)
def test_the_own_phone_can_fail(scenario: str, after_s: float, cause: Cause, legs: dict[str, str]):
    phone = Phone(scenario)
    phone.place()
    phone.clock.advance(TIMES.start + after_s - 0.01)
    assert phone.call.phase is not CallPhase.ENDED
    phone.clock.advance(0.02)
    assert phone.call.phase is CallPhase.ENDED
    assert phone.call.cause is cause
    assert phone.causes() == legs
    assert bool(phone.known) == bool(legs)  # an offline phone never makes the callid known


@pytest.mark.parametrize(("line", "cause"), [("1234570", Cause.REJECTED), ("1234571", Cause.OFFLINE)])
def test_a_line_that_can_not_ring_decides_itself(line: str, cause: Cause):
    phone = Phone("auto")
    phone.place(replace(ORDER, snumber=line))
    phone.clock.advance(10)
    assert phone.call.cause is cause


@pytest.mark.parametrize(
    ("scenario", "after_s", "cause"),
    [
        ("busy", TIMES.refuse, Cause.BUSY),
        ("unreachable", TIMES.refuse, Cause.UNREACHABLE),
        ("reject", TIMES.reject, Cause.REJECTED),
        ("no_answer", TIMES.other_ring, Cause.NO_ANSWER),
    ],
)
def test_the_other_party_can_fail_and_the_own_phone_hears_it_for_a_moment(
    scenario: str, after_s: float, cause: Cause
):
    phone = Phone(scenario)
    phone.exchange.answer(phone.ring())
    phone.clock.advance(after_s)
    assert phone.call.phase is CallPhase.B_FAILED
    assert phone.call.cause is cause
    assert phone.call.legs[0].phase is LegPhase.ANSWERED
    phone.clock.advance(TIMES.tone)
    assert phone.call.phase is CallPhase.ENDED
    assert phone.call.cause is cause


@pytest.mark.parametrize(("line", "cause"), [("1234570", Cause.REJECTED), ("1234571", Cause.UNREACHABLE)])
def test_a_colleagues_line_that_can_not_ring_decides_itself(line: str, cause: Cause):
    phone = Phone()
    phone.exchange.answer(phone.ring(replace(ORDER, cnumber=line)))
    phone.clock.advance(TIMES.reject)
    assert phone.call.phase is CallPhase.B_FAILED
    assert phone.call.cause is cause


@pytest.mark.parametrize(
    ("scenario", "causes"),
    [
        ("hangup_a", {"a": "hangup_a", "b": "other_side"}),
        ("hangup_b", {"a": "other_side", "b": "hangup_b"}),
    ],
)
def test_either_side_hangs_up_by_itself_after_some_talk(scenario: str, causes: dict[str, str]):
    phone = Phone(scenario)
    phone.connect()
    phone.clock.advance(TIMES.talk)
    assert phone.call.phase is CallPhase.ENDED
    assert phone.causes() == causes


def test_phones_answer_by_themselves_when_asked_to():
    phone = Phone()
    phone.ring(replace(ORDER, answer1=True, answer2=True))
    phone.clock.advance(TIMES.asked_answer)
    assert phone.call.phase is CallPhase.RINGING_B
    phone.clock.advance(TIMES.asked_answer)
    assert phone.call.phase is CallPhase.CONNECTED


def test_a_phone_that_can_not_ring_does_not_answer_by_itself():
    phone = Phone("own_busy")
    phone.ring(replace(ORDER, answer1=True))
    phone.clock.advance(10)
    assert phone.call.cause is Cause.BUSY


def test_auto_answers_after_a_moment():
    phone = Phone("auto", pace=2)
    phone.place()
    phone.clock.advance(2 * (TIMES.start + TIMES.auto_answer))
    assert phone.call.phase is CallPhase.RINGING_B
    phone.clock.advance(2 * TIMES.other_answer)
    assert phone.call.phase is CallPhase.CONNECTED


def test_a_person_may_decline():
    phone = Phone()
    callid = phone.ring()
    assert phone.exchange.decline(phone.call.legs[0].uniqueid)
    assert phone.call.cause is Cause.REJECTED
    assert not phone.exchange.answer(callid)
    assert not phone.exchange.decline(callid)
    assert not phone.exchange.hang_up(callid)


def test_the_handset_can_be_lifted_once_and_put_down_while_the_other_phone_rings():
    phone = Phone("no_answer")
    callid = phone.ring()
    assert phone.exchange.answer(callid)
    assert not phone.exchange.answer(callid)
    assert not phone.exchange.decline(callid)
    assert phone.exchange.hang_up(callid)
    assert phone.causes() == {"a": "hangup_a", "b": "cancelled"}
    phone.clock.advance(100)
    assert phone.story()[-1] == "finished"
    assert phone.story().count("finished") == 1


def test_an_asked_for_hang_up_takes_a_second_or_two():
    phone = Phone()
    callid = phone.connect()
    phone.exchange.hang_up_later(callid)
    phone.clock.advance(TIMES.hangup - 0.01)
    assert phone.call.phase is CallPhase.CONNECTED
    phone.clock.advance(0.01)
    assert phone.causes() == {"a": "hangup_api", "b": "hangup_api"}


def test_a_call_ended_meanwhile_is_not_ended_again():
    phone = Phone()
    callid = phone.connect()
    phone.exchange.hang_up_later(callid)
    phone.exchange.hang_up(callid)
    phone.clock.advance(60)
    assert phone.story().count("finished") == 1
    assert phone.causes()["a"] == "hangup_a"


def test_calls_are_found_while_they_last_and_once_they_ring():
    phone = Phone()
    callid = phone.place()
    assert phone.exchange.find(callid=callid) is None
    phone.clock.advance(TIMES.start)
    assert phone.exchange.find(callid=callid) == phone.call
    assert phone.exchange.find(uniqueid=phone.call.legs[0].uniqueid) == phone.call
    assert phone.exchange.find(uniqueid=callid) is None
    assert phone.exchange.find() is None
    phone.exchange.hang_up(callid)
    assert phone.exchange.find(callid=callid) is None


def test_redirecting_the_calling_channel_puts_another_party_in_its_place():
    phone = Phone()
    callid = phone.connect()
    assert phone.exchange.redirect(phone.call.legs[1].uniqueid, "2125559999", 1)
    assert phone.call.phase is CallPhase.RINGING_B
    assert phone.call.legs[1].cause is Cause.REDIRECTED
    assert phone.call.legs[2].dnumber == "2125559999"
    phone.clock.advance(TIMES.other_answer)
    assert phone.call.phase is CallPhase.CONNECTED
    assert phone.exchange.find(callid=callid) is not None


def test_redirecting_the_called_channel_lets_the_own_phone_go():
    phone = Phone()
    phone.connect()
    assert phone.exchange.redirect(phone.call.legs[0].uniqueid, "1234568", 2)
    assert phone.call.legs[0].cause is Cause.REDIRECTED
    phone.clock.advance(TIMES.other_answer)
    assert phone.call.phase is CallPhase.CONNECTED
    assert [leg.dnumber for leg in phone.call.legs if leg.phase is LegPhase.ANSWERED] == ["2125551234", "1234568"]


def test_redirecting_a_call_that_still_rings_changes_where_it_goes():
    phone = Phone()
    callid = phone.ring()
    assert not phone.exchange.redirect(phone.call.legs[0].uniqueid, "1234568", 2)
    assert phone.exchange.redirect(phone.call.legs[0].uniqueid, "1234568", 1)
    phone.exchange.answer(callid)
    assert phone.call.legs[1].dnumber == "1234568"
    assert phone.call.name == "Dana Höfler"
    assert not phone.exchange.redirect(phone.call.legs[1].uniqueid, "1234568", 2)
    assert not phone.exchange.redirect("1.1", "1234568", 1)


def test_after_a_busy_party_a_redirect_keeps_the_call():
    phone = Phone("busy")
    phone.exchange.answer(phone.ring())
    phone.clock.advance(TIMES.refuse)
    phone.exchange.scenario = read_scenario("normal")
    assert phone.exchange.redirect(phone.call.legs[0].uniqueid, "2125551111", 1)
    phone.clock.advance(TIMES.tone + 1)
    assert phone.call.phase is CallPhase.CONNECTED
    assert phone.call.cause is Cause.NONE


def test_a_bad_listener_hides_nothing_from_the_others(caplog: pytest.LogCaptureFixture):
    phone = Phone()

    def bad(event: Event) -> None:
        raise KeyError(event.kind)

    end = phone.exchange.subscribe(bad)
    late: list[EventKind] = []
    phone.exchange.subscribe(lambda event: late.append(event.kind))
    phone.place()
    phone.clock.advance()
    assert late == [EventKind.REQUESTED]
    assert "a listener of the training PBX failed" in caplog.text
    caplog.clear()
    end()
    phone.clock.advance(TIMES.start)
    assert late == [EventKind.REQUESTED, EventKind.RINGING]
    assert not caplog.records


def test_only_the_last_finished_calls_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ringbridge.training.exchange.KEPT_CALLS", 3)
    phone = Phone("own_offline")
    callids = [phone.ring() for _ in range(5)]
    assert [call.callid for call in phone.exchange.calls()] == callids[-3:]
