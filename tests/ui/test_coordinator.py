import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallOutcome, CallRecord, Destination, Origin, Outcome
from ringbridge.core.dialing.gate import PhoneState
from ringbridge.core.errors import InputError
from ringbridge.core.settings import AccountSettings, CallSettings, DialingSettings
from ringbridge.core.targets import Target
from ringbridge.desktop.ports import Copied, ReadProblem, Way
from ringbridge.ui.calling import Wish
from ringbridge.ui.card import Card
from ringbridge.ui.coordinator import Coordinator
from ringbridge.ui.notices import Notices, Topic
from ringbridge.ui.reading import Reading
from ringbridge.ui.tray import Tray

from .conftest import Parts

NUMBER = "call +1 212 555 0142 today"


class Desk:
    """A coordinator with a real tray and card, and what a person sees of them."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.tray = Tray()
        self.coordinator = Coordinator(
            session=parts.session,
            reader=parts.reader,
            caller=parts.caller,
            tray=self.tray,
            notices=Notices(self.tray),
        )
        self.coordinator._made_card = self.card = Card(guard_ms=0)
        self.card.call_wanted.connect(self.coordinator._card_called)
        self.card.alternative_wanted.connect(self.coordinator._alternative_chosen)
        self.card.counted_down.connect(self.coordinator._counted_down)
        self.card.dismissed.connect(self.coordinator._card_dismissed)
        self.card.expired.connect(self.coordinator._card_expired)
        self.tray.redial_wanted.connect(self.coordinator.redial)

    def entry(self, name: str) -> QAction | None:
        return next((a for a in self.tray.menu.actions() if a.objectName() == name and a.isVisible()), None)

    def press(self, name: str) -> None:
        button = next(b for b in self.card.findChildren(QWidget, name) if b.isVisibleTo(self.card))
        button.click()  # type: ignore[attr-defined]

    def texts(self) -> str:
        from PySide6.QtWidgets import QLabel

        labels = [label.text() for label in self.card.findChildren(QLabel) if label.isVisibleTo(self.card)]
        return " | ".join(labels).replace("\u00a0", " ")


@pytest.fixture
def desk(parts: Parts) -> Iterator[Desk]:
    desk = Desk(parts)
    yield desk
    desk.coordinator.close()
    desk.tray.close()


def wait_for_row(qtbot: QtBot, desk: Desk, count: int, outcome: Outcome) -> CallRecord:
    def settled() -> bool:
        rows = desk.parts.history.recent()
        return len(rows) == count and rows[0].outcome is outcome

    qtbot.waitUntil(settled)
    return desk.parts.history.recent()[0]


def test_a_copied_number_is_offered_and_called_on_a_click(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.copied(NUMBER)
    qtbot.waitUntil(desk.card.isVisible)
    assert "+1 212-555-0142" in desk.texts()
    assert desk.parts.pbx.calls == ()
    assert desk.entry("offer") is not None
    desk.press("call")
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert (row.origin, row.destination.dialed) == (Origin.CARD, "2125550142")
    assert len(desk.parts.pbx.calls) == 1
    qtbot.waitUntil(lambda: desk.entry("offer") is None)
    qtbot.waitUntil(lambda: "Your phone is ringing" in desk.texts())
    recent = desk.entry("recent_0")
    assert recent is not None
    assert "+1 212-555-0142" in recent.text()


@pytest.mark.parametrize("text", ["hello", "", "12:30", "Total 1,234.56"])
def test_other_texts_show_nothing(qtbot: QtBot, desk: Desk, text: str) -> None:
    desk.coordinator.copied(text)
    desk.coordinator.copied(NUMBER)  # in order: when this one shows, the other had its turn
    qtbot.waitUntil(desk.card.isVisible)
    assert "212-555-0142" in desk.texts()
    assert desk.parts.pbx.calls == ()


def test_a_dismissed_offer_calls_nobody(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.copied(NUMBER)
    qtbot.waitUntil(desk.card.isVisible)
    desk.press("dismiss")
    assert not desk.card.isVisible()
    assert desk.entry("offer") is None
    assert desk.parts.pbx.calls == ()


def test_of_several_numbers_the_chosen_one_is_called(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.copied("office 212-555-0142, mobile 212-555-0199")
    qtbot.waitUntil(desk.card.isVisible)
    desk.press("call_1")
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert row.destination.dialed == "2125550199"


def test_the_offer_is_reached_from_the_tray_menu(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.copied(NUMBER)
    qtbot.waitUntil(lambda: desk.entry("offer") is not None)
    offer = desk.entry("offer")
    assert offer is not None
    offer.trigger()
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert row.origin is Origin.MENU


def test_an_entry_of_the_menu_is_no_answer_to_a_question(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.copied(NUMBER)
    qtbot.waitUntil(lambda: desk.entry("offer") is not None)
    desk.parts.caller.want(Wish(target=Target(e164="+19005550199"), origin=Origin.LINK))
    qtbot.waitUntil(lambda: "A link asks" in desk.texts())
    offer = desk.entry("offer")
    assert offer is not None
    with qtbot.assertNotEmitted(desk.parts.caller.started, wait=200):
        offer.trigger()
    assert "A link asks" in desk.texts()
    assert not desk.card.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    desk.press("call")
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)


def test_a_recent_call_is_made_again_from_the_menu(qtbot: QtBot, desk: Desk) -> None:
    record = CallRecord(
        request_id="1",
        requested_at=datetime.now(UTC),
        origin=Origin.CARD,
        outcome=Outcome.REQUESTED,
        destination=Destination(dialed="2125550142", e164="+12125550142", display="+1 212-555-0142"),
    )
    desk.coordinator.show_recent((record,))
    redial = desk.entry("redial")
    assert redial is not None
    redial.trigger()
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert (row.origin, row.destination.e164) == (Origin.REDIAL, "+12125550142")


def test_a_redialed_code_goes_through_the_rules_once(qtbot: QtBot, desk: Desk) -> None:
    settings = desk.parts.session.settings
    desk.parts.session.use(replace(settings, dialing=DialingSettings(rules=("X! => 8",))), desk.parts.session.region)
    desk.parts.caller.want(Wish(target=Target(code="205"), origin=Origin.TYPED, said_yes=True))
    first = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert (first.destination.dialed, first.destination.display) == ("8205", "205")
    desk.coordinator.show_recent((replace(first, request_id="earlier"),))
    settings = desk.parts.session.settings
    desk.parts.session.use(replace(settings, calls=CallSettings(repeat_guard_s=0)), desk.parts.session.region)
    desk.coordinator.redial("earlier")
    assert wait_for_row(qtbot, desk, 2, Outcome.REQUESTED).destination.dialed == "8205"


def test_a_number_the_plan_can_not_write_is_explained(qtbot: QtBot, desk: Desk) -> None:
    settings = desk.parts.session.settings
    desk.parts.session.use(replace(settings, dialing=DialingSettings(rules=("2XY",))), desk.parts.session.region)
    desk.coordinator.copied(NUMBER)
    qtbot.waitUntil(desk.card.isVisible)
    assert "Rule 1 of the dial plan can't be read" in desk.texts()
    outcomes: list[CallOutcome] = []
    desk.parts.caller.want(Wish(target=Target(code="205"), origin=Origin.TYPED, said_yes=True), outcomes.append)
    qtbot.waitUntil(lambda: bool(outcomes))
    assert (outcomes[0].problem, outcomes[0].detail) == ("input_rule_unreadable", "1")
    assert desk.parts.pbx.calls == ()


def test_an_extension_stays_on_the_card_until_it_is_wanted(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.copied("call 212-555-0142 ext. 48")
    qtbot.waitUntil(desk.card.isVisible)
    desk.press("call")
    qtbot.waitUntil(lambda: "Once connected, dial the extension 48." in desk.texts())
    assert not desk.card._timer.isActive()
    desk.press("copy_extension")
    assert QGuiApplication.clipboard().text() == "48"


def test_a_link_waits_for_a_yes(qtbot: QtBot, desk: Desk) -> None:
    outcomes: list[Outcome] = []
    wish = Wish(target=Target(e164="+12125550142", from_uri=True), origin=Origin.LINK)
    desk.parts.caller.want(wish, lambda outcome: outcomes.append(outcome.outcome))
    qtbot.waitUntil(desk.card.isVisible)
    assert outcomes == []
    assert desk.parts.pbx.calls == ()
    desk.press("dont_call")
    assert outcomes == [Outcome.BLOCKED]
    desk.parts.caller.want(wish, lambda outcome: outcomes.append(outcome.outcome))
    qtbot.waitUntil(desk.card.isVisible)
    desk.press("call")
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert row.origin is Origin.LINK
    qtbot.waitUntil(lambda: outcomes == [Outcome.BLOCKED, Outcome.REQUESTED])


def test_a_copied_service_code_is_never_dialed(qtbot: QtBot, desk: Desk) -> None:
    outcomes: list[str] = []
    wish = Wish(target=Target(code="*21*5550142#"), origin=Origin.CLIPBOARD, said_yes=True)
    desk.parts.caller.want(wish, lambda outcome: outcomes.append(outcome.problem))
    assert outcomes == ["input_code_copied"]
    assert desk.parts.history.recent() == ()


def test_many_triggers_at_once_ring_once(qtbot: QtBot, desk: Desk) -> None:
    outcomes: list[Outcome] = []
    wish = Wish(target=Target(e164="+12125550142"), origin=Origin.HOTKEY, said_yes=True)
    for _ in range(10):
        desk.parts.caller.want(wish, lambda outcome: outcomes.append(outcome.outcome))
    qtbot.waitUntil(lambda: len(outcomes) == 10)
    assert sorted(outcomes) == [Outcome.BLOCKED] * 9 + [Outcome.REQUESTED]
    assert len(desk.parts.pbx.calls) == 1


def test_a_wrong_login_stays_on_the_screen_and_in_the_tray(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.credentials.keep_in_memory(desk.parts.session.settings.account, "wrong")
    desk.parts.caller.want(Wish(target=Target(e164="+12125550142"), origin=Origin.CARD, said_yes=True))
    wait_for_row(qtbot, desk, 1, Outcome.WRONG_LOGIN)
    qtbot.waitUntil(lambda: desk.entry("status") is not None)
    assert "user name or password" in desk.texts()


def test_the_second_press_of_the_hotkey_calls_the_selected_number(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.selected(Copied(text="212 555 0142"))
    qtbot.waitUntil(desk.card.isVisible)
    assert desk.parts.pbx.calls == ()
    desk.coordinator.selected(Copied(text="212 555 0142"))
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert row.origin is Origin.HOTKEY


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (Way.PRIMARY, ""),
        (Way.ACCESSIBILITY, "Read the way screen readers do."),
        (Way.SIMULATED_COPY, "Copied for you with Ctrl+C; the clipboard is as it was."),
    ],
)
def test_the_card_says_how_a_selected_number_was_had(qtbot: QtBot, desk: Desk, way: Way, said: str) -> None:
    desk.coordinator.selected(Copied(text="212 555 0142", way=way))
    qtbot.waitUntil(desk.card.isVisible)
    assert said in desk.texts()
    assert ("screen readers" in desk.texts(), "Ctrl+C" in desk.texts()) == ("screen" in said, "Ctrl" in said)
    assert desk.parts.pbx.calls == ()


def test_offers_tell_what_becomes_of_them(qtbot: QtBot, desk: Desk) -> None:
    told: list[object] = []
    desk.coordinator.offer_shown.connect(told.append)
    desk.coordinator.offer_left.connect(lambda: told.append("left"))
    desk.coordinator.offer_used.connect(lambda: told.append("used"))
    desk.coordinator.copied(NUMBER)
    qtbot.waitUntil(desk.card.isVisible)
    desk.press("dismiss")
    desk.coordinator.selected(Copied(text="212 555 0142"))
    qtbot.waitUntil(desk.card.isVisible)
    desk.card._expire()
    show = desk.entry("show_offer")
    assert show is not None
    show.trigger()
    desk.press("call")
    assert told == [True, "left", False, "left", "used", "used"]
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)


def test_the_program_of_a_copy_can_be_muted_unless_the_policy_fixes_the_list(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.copied(NUMBER, "Calc")
    qtbot.waitUntil(lambda: desk.entry("mute_program") is not None)
    desk.parts.session.locked = frozenset({"clipboard.muted_apps"})
    desk.coordinator.copied("call +1 212 555 0143 today", "Calc")
    qtbot.waitUntil(lambda: "0143" in desk.texts())
    assert desk.entry("mute_program") is None


def test_a_message_can_have_a_button(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.inform("Offers are paused", "Resume here.", "Resume")
    assert "Offers are paused | Resume here." in desk.texts()
    with qtbot.waitSignal(desk.card.action_wanted):
        desk.press("action")
    assert not desk.card.isVisible()
    desk.coordinator.inform("Ringbridge", "No button here.")
    assert not any(button.isVisibleTo(desk.card) for button in desk.card.findChildren(QWidget, "action"))


def test_buttons_have_names_for_screen_readers(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.copied(NUMBER)
    qtbot.waitUntil(desk.card.isVisible)
    for button in desk.card.findChildren(QPushButton):
        if button.isVisibleTo(desk.card):
            assert button.accessibleName() or button.text()


def test_the_hotkey_never_answers_the_question_of_a_link(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.selected(Copied(text="212 555 0142"))
    qtbot.waitUntil(desk.card.isVisible)
    desk.parts.caller.want(Wish(target=Target(e164="+12125550199", from_uri=True), origin=Origin.LINK))
    qtbot.waitUntil(lambda: "A link asks" in desk.texts())
    desk.coordinator.selected(Copied(text="212 555 0142"))
    with qtbot.assertNotEmitted(desk.parts.caller.started, wait=100):
        pass
    assert desk.parts.pbx.calls == ()


def test_after_the_card_has_gone_the_hotkey_shows_it_again_before_it_calls(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.selected(Copied(text="212 555 0142"))
    qtbot.waitUntil(desk.card.isVisible)
    desk.card._expire()
    desk.coordinator.selected(Copied(text="212 555 0142"))
    qtbot.waitUntil(desk.card.isVisible)
    assert desk.parts.pbx.calls == ()


def test_of_several_selected_numbers_a_person_chooses_and_no_key_calls_one(qtbot: QtBot, desk: Desk) -> None:
    for _ in range(3):
        desk.coordinator.selected(Copied(text="office 212-555-0142, mobile 212-555-0199"))
        qtbot.waitUntil(lambda: "+1 212-555-0199" in desk.texts())
    assert desk.parts.pbx.calls == ()
    desk.press("call_1")
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert row.destination.dialed == "2125550199"


def test_a_selected_text_without_a_number_is_said_to_have_none(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.selected(Copied(text="see you on Monday"))
    qtbot.waitUntil(desk.card.isVisible)
    assert "There is no phone number in this text." in desk.texts()


def test_nothing_of_a_selected_text_is_said_while_the_screen_is_locked(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.locked = True
    desk.coordinator.selected(Copied(text="office 212-555-0142, mobile 212-555-0199"))
    qtbot.waitUntil(lambda: "The screen is locked" in desk.texts())
    assert "555" not in desk.texts()


def test_what_is_copied_while_the_screen_is_locked_stands_in_the_menu_only(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.locked = True
    with qtbot.assertNotEmitted(desk.coordinator.offer_shown):
        desk.coordinator.copied(NUMBER)
        qtbot.waitUntil(lambda: desk.entry("offer") is not None)
    assert not desk.card.isVisible()


def test_a_copy_that_a_command_could_not_call_is_explained_on_the_card(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.explain_copy(Copied(problem=ReadProblem.EMPTY), None)
    assert "No text is copied or selected." in desk.texts()
    two = Copied(text="office 212-555-0142, mobile 212-555-0199")
    desk.coordinator.explain_copy(two, InputError("several_numbers", "…"))
    qtbot.waitUntil(lambda: "+1 212-555-0199" in desk.texts())
    assert desk.parts.pbx.calls == ()


def test_redial_of_a_command_without_a_call_is_said_on_the_card_too(desk: Desk) -> None:
    told: list[CallOutcome] = []
    desk.coordinator.redial_latest(told.append)
    assert [outcome.problem for outcome in told] == ["no_redial"]
    assert "There is no call yet" in desk.texts()


def test_a_selected_service_code_is_refused_at_once(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.selected(Copied(text="*21*2125550142#"))
    qtbot.waitUntil(desk.card.isVisible)
    assert "* or #" in desk.texts()
    assert desk.entry("offer") is None


def test_a_wish_that_got_no_row_does_not_stand_in_the_menu(qtbot: QtBot, desk: Desk) -> None:
    parts = desk.parts
    parts.session.use(replace(parts.session.settings, account=AccountSettings()), "US")
    with qtbot.waitSignal(desk.coordinator.settings_wanted):
        parts.caller.want(Wish(target=Target(e164="+12125550142"), origin=Origin.CARD, said_yes=True))
    assert desk.entry("recent_0") is None
    assert parts.history.recent() == ()


def test_the_most_pressing_notice_shows_and_makes_room_when_it_is_settled(desk: Desk) -> None:
    notices = Notices(desk.tray)

    def shown() -> str:
        entry = desk.entry("status")
        return entry.text() if entry else ""

    notices.set(Topic.PASSWORD, "kept until you quit")
    notices.set(Topic.CALL, "wrong login")
    assert shown() == "wrong login"
    notices.set(Topic.CALL, "")
    assert shown() == "kept until you quit"
    notices.set(Topic.PASSWORD, "")
    assert shown() == ""


def test_offers_in_a_row_warm_up_once(qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    warmed: list[object] = []
    monkeypatch.setattr(desk.parts.dialer(), "warm_up", warmed.append)
    for _ in range(5):
        desk.parts.caller.warm_up()
    outcomes: list[Outcome] = []
    wish = Wish(target=Target(e164="+12125550142"), origin=Origin.CARD, said_yes=True)
    desk.parts.caller.want(wish, lambda outcome: outcomes.append(outcome.outcome))
    qtbot.waitUntil(lambda: outcomes == [Outcome.REQUESTED])
    assert len(warmed) == 1


def test_a_target_that_cannot_be_written_is_answered(
    qtbot: QtBot, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes: list[Outcome] = []
    wish = Wish(target=Target(e164="nonsense"), origin=Origin.REDIAL, said_yes=True)
    desk.parts.caller.want(wish, lambda outcome: outcomes.append(outcome.outcome))
    qtbot.waitUntil(lambda: outcomes == [Outcome.BLOCKED])
    assert "unexpected error" in caplog.text


MIDNIGHT = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # in New York
LONDON = "call +44 20 7946 0018 today"


def offered(qtbot: QtBot, desk: Desk, text: str) -> None:
    desk.coordinator.copied(text)
    qtbot.waitUntil(desk.card.isVisible)


def known(desk: Desk, e164: str = "+12125550142") -> None:
    desk.parts.use(confirm__known=[e164])


def test_the_card_says_how_the_call_would_go(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(phones__own=["Desk|phone|1234567"], account__caller_id="2125550100")
    offered(qtbot, desk, LONDON)
    text = desk.texts()
    assert "United Kingdom · landline · " in text
    assert " there" in text or "It is night there" in text
    assert "Dialed as 011442079460018, rings Desk 1234567, they see 2125550100" in text


def test_a_risky_click_asks_once_on_the_same_card(qtbot: QtBot, desk: Desk) -> None:
    offered(qtbot, desk, LONDON)
    desk.press("call")
    qtbot.waitUntil(lambda: "Really call this number?" in desk.texts())
    assert "you never called this number before" in desk.texts()
    assert desk.parts.pbx.calls == ()
    desk.press("call")
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert (row.origin, row.destination.dialed) == (Origin.CARD, "011442079460018")


def test_a_no_on_the_card_calls_nobody(qtbot: QtBot, desk: Desk) -> None:
    offered(qtbot, desk, LONDON)
    desk.press("call")
    qtbot.waitUntil(lambda: "Really call" in desk.texts())
    desk.press("dont_call")
    assert not desk.card.isVisible()
    assert desk.parts.history.recent() == ()


def test_at_night_a_click_asks(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.now = MIDNIGHT
    known(desk)
    offered(qtbot, desk, NUMBER)
    desk.press("call")
    qtbot.waitUntil(lambda: "It is night there. Call all the same?" in desk.texts())
    assert "It is night there: Wed 00:00." in desk.texts()
    desk.press("call")
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)


def choose_from_menu(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: desk.entry("offer") is not None)
    entry = desk.entry("offer")
    assert entry is not None
    entry.trigger()


def counting(desk: Desk) -> bool:
    return "Calling in" in desk.texts()


def test_a_first_call_from_the_menu_is_counted_down(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(confirm__countdown_s=2)
    offered(qtbot, desk, NUMBER)
    choose_from_menu(qtbot, desk)
    qtbot.waitUntil(lambda: "Calling in 2 s…" in desk.texts())
    assert desk.parts.pbx.calls == ()
    qtbot.waitUntil(lambda: "Calling in 1 s…" in desk.texts())
    assert desk.parts.pbx.calls == ()
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert row.origin is Origin.MENU
    assert len(desk.parts.pbx.calls) == 1


def test_a_known_number_from_the_menu_is_called_at_once(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(confirm__countdown_s=30)
    known(desk)
    offered(qtbot, desk, NUMBER)
    choose_from_menu(qtbot, desk)
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)


def start_countdown(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(confirm__countdown_s=30)
    offered(qtbot, desk, NUMBER)
    choose_from_menu(qtbot, desk)
    qtbot.waitUntil(lambda: counting(desk))


def test_the_countdown_can_be_stopped(qtbot: QtBot, desk: Desk) -> None:
    start_countdown(qtbot, desk)
    desk.press("dont_call")
    assert not desk.card.isVisible()
    with qtbot.assertNotEmitted(desk.parts.caller.started, wait=100):
        pass
    assert desk.parts.history.recent() == ()


def test_a_click_anywhere_on_the_card_stops_the_countdown(qtbot: QtBot, desk: Desk) -> None:
    from PySide6.QtCore import QPoint, Qt

    start_countdown(qtbot, desk)
    qtbot.mouseClick(desk.card, Qt.MouseButton.LeftButton, pos=QPoint(12, 8))
    assert not desk.card.isVisible()
    assert desk.parts.history.recent() == ()


def test_the_countdown_can_be_skipped(qtbot: QtBot, desk: Desk) -> None:
    start_countdown(qtbot, desk)
    desk.press("call")
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)


@pytest.mark.parametrize(("waited", "takes_the_keys"), [(False, True), (True, False)])
def test_a_question_takes_the_keys_of_its_own_dialog_only(
    qtbot: QtBot, desk: Desk, *, waited: bool, takes_the_keys: bool
) -> None:
    wish = Wish(target=Target(e164="+19005550142"), origin=Origin.TYPED, counted_down=waited)
    desk.parts.caller.want(wish)
    qtbot.waitUntil(desk.card.isVisible)
    accepts = not desk.card.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert accepts is takes_the_keys


def test_the_same_wish_again_skips_the_countdown_and_rings_once(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(confirm__countdown_s=30)
    outcomes: list[str] = []
    wish = Wish(target=Target(e164="+12125550142"), origin=Origin.TYPED)
    desk.parts.caller.want(wish, lambda outcome: outcomes.append(outcome.problem))
    qtbot.waitUntil(lambda: counting(desk))
    desk.parts.caller.want(wish, lambda outcome: outcomes.append(outcome.problem))
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    qtbot.waitUntil(lambda: len(outcomes) == 2)
    assert outcomes == ["repeated", ""]
    assert len(desk.parts.pbx.calls) == 1


def test_many_triggers_of_one_moment_do_not_skip_the_countdown(qtbot: QtBot, desk: Desk) -> None:
    desk.card._guard_s = 5.0
    desk.parts.use(confirm__countdown_s=30)
    outcomes: list[str] = []
    for _ in range(5):
        wish = Wish(target=Target(e164="+12125550142"), origin=Origin.TYPED)
        desk.parts.caller.want(wish, lambda outcome: outcomes.append(outcome.problem))
    qtbot.waitUntil(lambda: outcomes == ["repeated"] * 4)
    assert counting(desk)
    assert desk.parts.pbx.calls == ()


def test_the_hotkey_starts_and_then_skips_the_countdown(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(confirm__countdown_s=30)
    for _ in range(2):
        desk.coordinator.selected(Copied(text="212 555 0142"))
        qtbot.waitUntil(desk.card.isVisible)
    qtbot.waitUntil(lambda: counting(desk))
    desk.coordinator.selected(Copied(text="212 555 0199"))  # another number skips nothing
    desk.coordinator.selected(Copied(text="212 555 0142"))
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert (row.origin, row.destination.dialed) == (Origin.HOTKEY, "2125550142")


def test_a_link_brings_what_lets_its_question_take_the_focus(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []
    show = desk.card.show
    monkeypatch.setattr(desk.card, "show", lambda: (seen.append(os.environ.get("XDG_ACTIVATION_TOKEN")), show()))
    readings: list[Reading] = []
    desk.parts.reader.read("tel:+12125550142", readings.append, lambda _error: None)
    qtbot.waitUntil(lambda: bool(readings))
    desk.coordinator.ask_about_link(readings[0], "token-1")
    qtbot.waitUntil(desk.card.isVisible)
    assert seen == ["token-1"]
    assert "XDG_ACTIVATION_TOKEN" not in os.environ


def test_a_link_never_speeds_a_countdown_up(qtbot: QtBot, desk: Desk) -> None:
    start_countdown(qtbot, desk)
    desk.parts.caller.want(Wish(target=Target(e164="+12125550142", from_uri=True), origin=Origin.LINK))
    qtbot.waitUntil(lambda: "A link asks" in desk.texts())
    assert not counting(desk)
    assert desk.parts.pbx.calls == ()


def test_locking_the_screen_ends_a_countdown_and_nothing_is_dialed_later(qtbot: QtBot, desk: Desk) -> None:
    start_countdown(qtbot, desk)
    desk.parts.locked = True
    desk.coordinator.screen_locked()
    assert not desk.card.isVisible()
    desk.parts.locked = False
    with qtbot.assertNotEmitted(desk.parts.caller.started, wait=200):
        pass
    assert desk.parts.history.recent() == ()


@pytest.mark.parametrize("origin", [origin for origin in Origin if origin is not Origin.COMMAND_LINE])
def test_while_the_screen_is_locked_nothing_is_called(qtbot: QtBot, desk: Desk, origin: Origin) -> None:
    desk.parts.locked = True
    outcomes: list[str] = []
    wish = Wish(target=Target(e164="+12125550142"), origin=origin, said_yes=True)
    desk.parts.caller.want(wish, lambda outcome: outcomes.append(outcome.problem))
    qtbot.waitUntil(lambda: outcomes == ["gate_locked"])
    assert "The screen is locked, so nothing is called." in desk.texts()
    assert desk.parts.pbx.calls == ()


def test_while_the_screen_is_locked_the_hotkey_offers_nothing(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.locked = True
    desk.coordinator.selected(Copied(text="212 555 0142"))
    qtbot.waitUntil(lambda: "screen is locked" in desk.texts())
    assert desk.entry("offer") is None


def test_escape_is_taken_for_the_countdown_only(qtbot: QtBot, desk: Desk) -> None:
    taken: list[object] = []
    desk.coordinator._stop_key = taken.append
    start_countdown(qtbot, desk)
    assert len(taken) == 1
    stop = taken[0]
    assert callable(stop)
    stop()
    assert taken[1:] == [None]
    assert not desk.card.isVisible()
    assert desk.parts.history.recent() == ()


def test_an_emergency_number_is_never_offered_from_a_copy(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.copied("in an emergency dial 112 or 911, else 212-555-0142")
    qtbot.waitUntil(desk.card.isVisible)
    assert "Call this number?" in desk.texts()
    assert "+1 212-555-0142" in desk.texts()


def test_a_selected_emergency_number_is_asked_about_with_the_reason(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.selected(Copied(text="112"))
    qtbot.waitUntil(lambda: "Emergency call?" in desk.texts())
    assert "reports the place of your desk phone" in desk.texts()
    assert desk.parts.pbx.calls == ()
    desk.press("call")
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert row.destination.dialed == "112"


def test_an_offline_phone_is_said_and_the_mobile_rings_instead(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(phones__own=["Desk|phone|1234567", "Mobile|number|2125550199"])
    desk.parts.phone = PhoneState.OFFLINE
    offered(qtbot, desk, NUMBER)
    desk.press("call")
    qtbot.waitUntil(lambda: "Your phone is offline" in desk.texts())
    desk.press("alternative")
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    (call,) = desk.parts.pbx.calls
    assert (call.order.stype, call.order.snumber) == ("", "2125550199")


def test_an_offline_phone_without_another_one_still_waits_for_a_yes(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.phone = PhoneState.REJECTS
    offered(qtbot, desk, NUMBER)
    desk.press("call")
    qtbot.waitUntil(lambda: "do not disturb" in desk.texts())
    assert not any(b.isVisibleTo(desk.card) for b in desk.card.findChildren(QPushButton, "alternative"))
    desk.press("call")
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)


def test_always_asking_counts_the_click_on_the_card_as_the_yes(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(confirm__ask="always")
    offered(qtbot, desk, NUMBER)
    choose_from_menu(qtbot, desk)
    qtbot.waitUntil(lambda: "Every call is asked about here." in desk.texts())
    desk.press("dont_call")
    offered(qtbot, desk, NUMBER)
    desk.press("call")
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"guards__never_call": ["+1212*"]}, "on the list of numbers that are never called"),
        ({"guards__allowed_countries": ["IL"]}, "Only numbers of some countries are called"),
    ],
)
def test_what_is_refused_is_said_on_the_card(
    qtbot: QtBot, desk: Desk, settings: dict[str, object], sentence: str
) -> None:
    desk.parts.use(**settings)
    offered(qtbot, desk, NUMBER)
    desk.press("call")
    qtbot.waitUntil(lambda: sentence in desk.texts())
    assert "No call was placed." in desk.texts()
    assert desk.parts.history.recent() == ()


def test_a_call_that_goes_on_is_shown(qtbot: QtBot, desk: Desk) -> None:
    offered(qtbot, desk, NUMBER)
    desk.press("call")
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    outcomes: list[CallOutcome] = []
    desk.parts.caller.want(Wish(target=Target(e164="+12125550142"), origin=Origin.MENU), outcomes.append)
    qtbot.waitUntil(lambda: len(outcomes) == 1)
    assert (outcomes[0].problem, outcomes[0].request_id) == ("repeated", row.request_id)
    assert "Already calling" in desk.texts()
    assert len(desk.parts.pbx.calls) == 1
