"""When the PBX is asked whether the own phone would ring."""

from dataclasses import replace
from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallOutcome, Outcome
from ringbridge.core.dialing.gate import PhoneState
from ringbridge.core.settings import AccountSettings, Settings, with_value
from ringbridge.ui.own_phone import OwnPhone
from ringbridge.ui.session import Session
from ringbridge.ui.tasks import GuiInvoker, Lane


class Pbx:
    """Answers as the test says, and counts."""

    def __init__(self) -> None:
        self.state = PhoneState.READY
        self.asked: list[str] = []
        self.error: Exception | None = None

    def ask(self, account: AccountSettings) -> PhoneState:
        self.asked.append(account.line)
        if self.error is not None:
            raise self.error
        return self.state


class Bench:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.pbx = Pbx()
        self.now = 1000.0
        self.day = date(2026, 11, 25)
        self.session = Session(replace(Settings(), account=AccountSettings(line="1001")), "US")
        self.lane = Lane("slow", GuiInvoker())
        self.phone = OwnPhone(
            session=self.session,
            check=lambda: self.pbx,  # type: ignore[arg-type, return-value]
            lane=self.lane,
            clock=lambda: self.now,
            today=lambda: self.day,
        )

    def look(self) -> PhoneState:
        self.phone.look()
        self.qtbot.waitUntil(lambda: not self.phone._asking)
        return self.phone.state()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_nothing_is_known_before_the_first_answer(bench: Bench) -> None:
    assert bench.phone.state() is PhoneState.UNKNOWN


def test_good_news_are_asked_for_once_a_day(bench: Bench) -> None:
    assert bench.look() is PhoneState.READY
    bench.now += 3600
    bench.look()
    assert bench.pbx.asked == ["1001"]
    bench.day = date(2026, 11, 26)
    bench.look()
    assert bench.pbx.asked == ["1001", "1001"]


def test_bad_news_are_looked_into_again_and_grow_old(bench: Bench) -> None:
    bench.pbx.state = PhoneState.OFFLINE
    assert bench.look() is PhoneState.OFFLINE
    bench.now += 10
    bench.look()
    assert len(bench.pbx.asked) == 1
    bench.now += 111
    assert bench.phone.state() is PhoneState.UNKNOWN  # somebody may have plugged it in
    bench.pbx.state = PhoneState.READY
    assert bench.look() is PhoneState.READY


@pytest.mark.parametrize(
    ("outcome", "asks"), [(Outcome.UNKNOWN, True), (Outcome.REFUSED, True), (Outcome.REQUESTED, False)]
)
def test_a_call_that_went_wrong_is_a_reason_to_ask_again(bench: Bench, outcome: Outcome, asks: bool) -> None:
    bench.look()
    bench.phone.call_finished(None, CallOutcome(request_id="r", outcome=outcome))
    bench.now += 21
    bench.look()
    assert (len(bench.pbx.asked) == 2) is asks


def test_another_phone_is_another_question(bench: Bench) -> None:
    bench.pbx.state = PhoneState.OFFLINE
    bench.look()
    bench.session.use(with_value(bench.session.settings, "account.line", "1002"), "US")
    assert bench.phone.state() is PhoneState.UNKNOWN
    bench.look()
    assert bench.pbx.asked == ["1001", "1002"]


def test_who_does_not_want_it_is_not_asked_for(bench: Bench) -> None:
    bench.session.use(with_value(bench.session.settings, "phones.check", False), "US")
    bench.pbx.state = PhoneState.OFFLINE
    assert bench.look() is PhoneState.UNKNOWN
    assert bench.pbx.asked == []


def test_our_own_mistake_holds_no_call_back(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.pbx.error = RuntimeError("a bug")
    assert bench.look() is PhoneState.UNKNOWN
    assert "unexpected error" in caplog.text


def test_after_sleep_or_in_another_network_it_is_asked_anew(bench: Bench) -> None:
    bench.pbx.state = PhoneState.OFFLINE
    bench.look()
    bench.phone.forget()
    assert bench.phone.state() is PhoneState.UNKNOWN
    bench.pbx.state = PhoneState.READY
    assert bench.look() is PhoneState.READY
    assert bench.pbx.asked == ["1001", "1001"]
