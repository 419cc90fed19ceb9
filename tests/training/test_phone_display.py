"""What the desk phone says, without a window."""

from dataclasses import replace

import pytest

from ringbridge.training.clock import ManualClock
from ringbridge.training.exchange import TIMES, Exchange
from ringbridge.training.people import CUSTOMER
from ringbridge.training.phone_display import (
    Display,
    Mood,
    call_display,
    idle_display,
    initials,
    more_text,
    numbers_text,
    talk_text,
)
from ringbridge.training.scenarios import read_scenario
from ringbridge.training.states import Call, Order

ORDER = Order(person=1, customer=CUSTOMER, stype="phone", snumber="1234567", ctype="", cnumber="2125551234")


class Phone:
    def __init__(self, scenario: str = "normal") -> None:
        self.clock = ManualClock()
        self.exchange = Exchange(self.clock, read_scenario(scenario))
        self.callid = self.exchange.place(ORDER, known=lambda: None)

    @property
    def call(self) -> Call:
        return self.exchange.calls()[0]

    def shown(self) -> Display:
        display = call_display(self.call, str)
        assert display is not None
        return display


def test_an_idle_phone_says_whose_it_is():
    shown = idle_display("1234567", str)
    assert (shown.mood, shown.name, shown.number) == (Mood.IDLE, "Robin Trainer", "1234567")


def test_the_display_follows_a_call():
    phone = Phone()
    assert call_display(phone.call, str) is None
    phone.clock.advance(TIMES.start)
    ringing = phone.shown()
    assert (ringing.mood, ringing.heading) == (Mood.RINGING, "Incoming: calling you back for")
    assert (ringing.name, ringing.number) == ("Dana Jansen", "2125551234")
    phone.exchange.answer(phone.callid)
    assert (phone.shown().mood, phone.shown().heading) == (Mood.DIALING, "Calling…")
    phone.clock.advance(TIMES.other_answer)
    assert (phone.shown().mood, phone.shown().heading) == (Mood.CONNECTED, "Connected")
    phone.exchange.hang_up(phone.callid)
    assert (phone.shown().mood, phone.shown().note) == (Mood.ENDED, "You hung up.")


def test_the_caller_id_for_the_own_phone_is_shown():
    phone = Phone()
    phone.clock.advance(TIMES.start)
    shown = call_display(replace(phone.call, order=replace(ORDER, callerid1="Ada")), str)
    assert shown is not None
    assert shown.note == "Caller ID: Ada"


@pytest.mark.parametrize(
    ("scenario", "after_s", "heading"),
    [
        ("busy", TIMES.refuse, "Busy"),
        ("no_answer", TIMES.other_ring, "No answer"),
        ("reject", TIMES.reject, "Rejected"),
        ("unreachable", TIMES.refuse, "Number does not exist"),
    ],
)
def test_the_display_says_why_the_other_party_can_not_be_had(scenario: str, after_s: float, heading: str):
    phone = Phone(scenario)
    phone.clock.advance(TIMES.start)
    phone.exchange.answer(phone.callid)
    phone.clock.advance(after_s)
    assert (phone.shown().mood, phone.shown().heading) == (Mood.FAILED, heading)
    phone.clock.advance(TIMES.tone)
    assert (phone.shown().mood, phone.shown().note) == (Mood.ENDED, heading)


@pytest.mark.parametrize(
    ("scenario", "note"),
    [
        ("own_offline", "This phone is offline: it could not ring."),
        ("own_busy", "This phone was busy."),
        ("own_dnd", "This phone rejected the call."),
        ("own_no_answer", "Nobody answered this phone."),
        ("hangup_a", "You hung up."),
        ("hangup_b", "The other side hung up."),
    ],
)
def test_the_display_says_how_a_call_ended(scenario: str, note: str):
    phone = Phone(scenario)
    phone.clock.advance(TIMES.start)
    phone.exchange.answer(phone.callid) if scenario.startswith("hangup") else None
    phone.clock.advance(100)
    assert phone.shown().note == note


def test_the_display_says_when_the_api_ended_the_call():
    phone = Phone()
    phone.clock.advance(TIMES.start)
    phone.exchange.hang_up_later(phone.callid)
    phone.clock.advance(TIMES.hangup)
    assert phone.shown().note == "The call was taken back."
    phone = Phone()
    phone.clock.advance(TIMES.start)
    phone.exchange.answer(phone.callid)
    phone.exchange.hang_up_later(phone.callid)
    phone.clock.advance(TIMES.hangup)
    assert phone.shown().note == "Ringbridge hung up."


def test_every_text_goes_through_the_translator():
    phone = Phone()
    phone.clock.advance(TIMES.start)

    def shout(text: str) -> str:
        return text.upper()

    for display in (call_display(phone.call, shout), idle_display("1234567", shout)):
        assert display is not None
        assert display.heading.isupper()
        assert display.note.isupper()
    assert (more_text(0, str), more_text(1, str), more_text(2, str)) == (
        "", "One more call waits.", "2 more calls wait.",
    )  # fmt: skip
    assert "7701 (busy)" in numbers_text(str)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Dana Jansen", "DJ"),
        ("Ada", "A"),
        ("Anna Maria von Ax", "AA"),
        ("", ""),
        ("100 Sales", "S"),
        ("זהר כץ", "זכ"),
    ],
)
def test_initials(name: str, letters: str):
    assert initials(name) == letters


@pytest.mark.parametrize(("seconds", "text"), [(-1, "0:00"), (7, "0:07"), (754, "12:34"), (3600, "1:00:00")])
def test_talk_lengths(seconds: int, text: str):
    assert talk_text(seconds) == text
