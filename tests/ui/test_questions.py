"""Questions and countdowns on a real card, with a PBX that rings nobody."""

import os
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import Origin, Outcome
from ringbridge.core.dialing.gate import PhoneState
from ringbridge.core.targets import Target
from ringbridge.desktop.ports import Copied
from ringbridge.ui.calling import Wish
from ringbridge.ui.reading import Reading

from .conftest import NUMBER, Desk, choose_from_menu, offered, wait_for_row

LONDON = "call +44 20 7946 0018 today"
MIDNIGHT = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # in New York


def known(desk: Desk, e164: str = "+12125550142") -> None:
    desk.parts.use(confirm__known=[e164])


def counting(desk: Desk) -> bool:
    return "Calling in" in desk.texts()


def start_countdown(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(confirm__countdown_s=30)
    offered(qtbot, desk, NUMBER)
    choose_from_menu(qtbot, desk)
    qtbot.waitUntil(lambda: counting(desk))


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


def test_escape_is_taken_for_the_countdown_only(qtbot: QtBot, desk: Desk) -> None:
    taken: list[object] = []
    desk.coordinator._questions._stop_key = taken.append
    start_countdown(qtbot, desk)
    assert len(taken) == 1
    stop = taken[0]
    assert callable(stop)
    stop()
    assert taken[1:] == [None]
    assert not desk.card.isVisible()
    assert desk.parts.history.recent() == ()


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
