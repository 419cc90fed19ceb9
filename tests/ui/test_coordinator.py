from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallOutcome, CallRecord, Destination, Origin, Outcome
from ringbridge.core.errors import InputError
from ringbridge.core.settings import AccountSettings, CallSettings, DialingSettings
from ringbridge.core.targets import Target
from ringbridge.desktop.ports import Copied, ReadProblem, Way
from ringbridge.ui.calling import Wish
from ringbridge.ui.notices import Notices, Topic

from .conftest import NUMBER, Desk, offered, wait_for_row

LONDON = "call +44 20 7946 0018 today"


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


def test_a_recent_call_is_made_again_from_the_menu(qtbot: QtBot, desk: Desk) -> None:
    record = CallRecord(
        request_id="1",
        requested_at=datetime.now(UTC),
        origin=Origin.CARD,
        outcome=Outcome.REQUESTED,
        destination=Destination(dialed="2125550142", e164="+12125550142", display="+1 212-555-0142"),
    )
    desk.coordinator.recent.add_earlier((record,))
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
    desk.coordinator.recent.add_earlier((replace(first, request_id="earlier"),))
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
    with qtbot.waitSignal(desk.coordinator.news.settings_wanted):
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


def test_the_card_says_how_the_call_would_go(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(phones__own=["Desk|phone|1234567"], account__caller_id="2125550100")
    offered(qtbot, desk, LONDON)
    text = desk.texts()
    assert "United Kingdom · landline · " in text
    assert " there" in text or "It is night there" in text
    assert "Dialed as 011442079460018, rings Desk 1234567, they see 2125550100" in text


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


def test_an_emergency_number_is_never_offered_from_a_copy(qtbot: QtBot, desk: Desk) -> None:
    desk.coordinator.copied("in an emergency dial 112 or 911, else 212-555-0142")
    qtbot.waitUntil(desk.card.isVisible)
    assert "Call this number?" in desk.texts()
    assert "+1 212-555-0142" in desk.texts()


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
