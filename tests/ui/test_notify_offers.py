"""Offers on notifications, against real buses and servers that behave well and badly."""

from collections.abc import Generator, Iterator

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import Origin, Outcome
from ringbridge.core.targets import Target
from ringbridge.desktop.ports import Copied
from ringbridge.ui import notify_offers
from ringbridge.ui.buses import Buses
from ringbridge.ui.calling import Wish
from ringbridge.ui.choice import Choice
from ringbridge.ui.notify import Notify, NotifyRules
from ringbridge.ui.notify_offers import OfferNotices, offer_notice
from support.lock_bus import LockBus
from support.notification_server import NotificationServer

from .conftest import NUMBER, Desk, Parts, wait_for_row


@pytest.fixture
def lock_bus(monkeypatch: pytest.MonkeyPatch) -> Generator[LockBus]:
    with LockBus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        yield bus


class NoticeDesk(Desk):
    """A desk whose offers go to the notification server."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.screen_locked = False
        self.buses = Buses(parts.invoker)
        self.notify = Notify(self.buses)
        parts.use(card__show_as="notification")
        self.coordinator.offers = OfferNotices(
            notify=self.notify,
            rules=NotifyRules(session=parts.session, screen_locked=lambda: self.screen_locked),
            session=parts.session,
            coordinator=self.coordinator,
        )

    def close(self) -> None:
        self.coordinator.close()
        self.notify.close()
        self.buses.close()
        self.tray.close()


@pytest.fixture
def desk(parts: Parts, lock_bus: LockBus, monkeypatch: pytest.MonkeyPatch) -> Iterator[NoticeDesk]:
    monkeypatch.setattr(notify_offers, "_GUARD_S", 0)
    desk = NoticeDesk(parts)
    yield desk
    desk.close()


@pytest.fixture
def server(lock_bus: LockBus) -> Iterator[NotificationServer]:
    with NotificationServer(lock_bus.address) as server:
        yield server


def shown(qtbot: QtBot, server: NotificationServer, count: int = 1) -> None:
    qtbot.waitUntil(lambda: sum(call.member == "Notify" for call in server.calls) == count)
    qtbot.wait(50)  # until its number has come back; a click before would be nobody's


def rest(qtbot: QtBot, desk: Desk) -> None:
    """Wait until everything under way has come to its end."""
    done: list[bool] = []
    for lane in (desk.parts.work_lane, desk.parts.calls_lane):
        done.clear()
        lane.submit(lambda: None, lambda _: done.append(True), lambda _: None)
        qtbot.waitUntil(lambda: bool(done))


def test_call_on_the_notification_calls_once_as_on_the_card(
    qtbot: QtBot, desk: NoticeDesk, server: NotificationServer
) -> None:
    desk.coordinator.copied(NUMBER)
    shown(qtbot, server)
    assert not desk.card.isVisible()
    assert desk.entry("offer") is not None
    server.act(1, "call_0", times=2)
    server.act(1, "call_0")
    row = wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert (row.origin, row.destination.dialed) == (Origin.CARD, "2125550142")
    rest(qtbot, desk)
    assert len(desk.parts.pbx.calls) == 1
    assert len(desk.parts.history.recent()) == 1


@pytest.mark.parametrize("key", ["default", "details"])
def test_a_click_on_the_notification_shows_the_card_and_calls_nobody(
    qtbot: QtBot, desk: NoticeDesk, server: NotificationServer, key: str
) -> None:
    desk.coordinator.copied(NUMBER)
    shown(qtbot, server)
    server.act(1, key, token="t")
    qtbot.waitUntil(desk.card.isVisible)
    assert "+1 212-555-0142" in desk.texts()
    assert desk.parts.pbx.calls == ()


def test_a_click_right_after_the_change_shows_the_card_instead(
    qtbot: QtBot, desk: NoticeDesk, server: NotificationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify_offers, "_GUARD_S", 60)
    desk.coordinator.copied(NUMBER)
    shown(qtbot, server)
    server.act(1, "call_0")
    qtbot.waitUntil(desk.card.isVisible)
    rest(qtbot, desk)
    assert desk.parts.pbx.calls == ()


def test_a_click_never_answers_the_question_that_came_meanwhile(
    qtbot: QtBot, desk: NoticeDesk, server: NotificationServer
) -> None:
    desk.coordinator.copied(NUMBER)
    shown(qtbot, server)
    desk.parts.caller.want(Wish(target=Target(e164="+12125550199"), origin=Origin.LINK))
    qtbot.waitUntil(desk.card.isVisible)
    assert "555-0199" in desk.texts()
    qtbot.waitUntil(lambda: any(call.member == "CloseNotification" for call in server.calls))
    server.act(1, "call_0")  # on its way already
    qtbot.wait(100)
    rest(qtbot, desk)
    assert desk.parts.pbx.calls == ()
    assert "555-0199" in desk.texts()


def test_an_offer_called_from_the_menu_takes_its_notification_away_and_a_late_click_is_told(
    qtbot: QtBot, desk: NoticeDesk, server: NotificationServer
) -> None:
    desk.coordinator.copied(NUMBER)
    shown(qtbot, server)
    offer = desk.entry("offer")
    assert offer is not None
    offer.trigger()
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    qtbot.waitUntil(lambda: any(call.member == "CloseNotification" for call in server.calls))
    server.act(1, "call_0")
    qtbot.waitUntil(lambda: any("no longer offered" in str(call.values) for call in server.calls))
    rest(qtbot, desk)
    assert len(desk.parts.pbx.calls) == 1


def test_an_expired_offer_is_told_and_not_called(qtbot: QtBot, desk: NoticeDesk, server: NotificationServer) -> None:
    """GNOME keeps what has expired in its list, buttons and all."""
    desk.coordinator.copied(NUMBER)
    shown(qtbot, server)
    offers = desk.coordinator.offers
    assert offers is not None
    assert offers._timer.isActive()
    offers._timer.timeout.emit()
    qtbot.waitUntil(lambda: any(call.member == "CloseNotification" for call in server.calls))
    assert desk.entry("offer") is not None  # the menu keeps it
    server.act(1, "call_0")
    qtbot.waitUntil(lambda: any("no longer offered" in str(call.values) for call in server.calls))
    rest(qtbot, desk)
    assert desk.parts.pbx.calls == ()


@pytest.mark.parametrize("how", ["by the server", "by us"])
def test_an_offer_that_expires_counts_as_unused_at_once(
    qtbot: QtBot, desk: NoticeDesk, server: NotificationServer, how: str
) -> None:
    desk.coordinator.copied(NUMBER)
    shown(qtbot, server)
    offers = desk.coordinator.offers
    assert offers is not None
    with qtbot.waitSignal(desk.coordinator.offer_left):
        if how == "by the server":
            server.end(1, 1)
        else:
            offers._timer.timeout.emit()
    assert desk.entry("offer") is not None  # the menu keeps it


@pytest.mark.parametrize("how", ["by the server", "by us", "by the lock"])
def test_the_hotkey_shows_an_offer_anew_that_can_not_be_seen_any_more(
    qtbot: QtBot, desk: NoticeDesk, server: NotificationServer, how: str
) -> None:
    """The second press calls, and it must not be one of an hour later."""
    desk.coordinator.selected(Copied(text=NUMBER))
    shown(qtbot, server)
    offers = desk.coordinator.offers
    assert offers is not None
    if how == "by the server":
        server.end(1, 1)
        qtbot.waitUntil(lambda: not offers._timer.isActive())
    elif how == "by us":
        offers._timer.timeout.emit()
    else:
        desk.coordinator.screen_locked()
    desk.coordinator.selected(Copied(text=NUMBER))
    shown(qtbot, server, 2)
    rest(qtbot, desk)
    assert desk.parts.pbx.calls == ()
    desk.coordinator.selected(Copied(text=NUMBER))
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert len(desk.parts.pbx.calls) == 1


def test_a_dismissed_notification_forgets_the_offer(
    qtbot: QtBot, desk: NoticeDesk, server: NotificationServer
) -> None:
    desk.coordinator.copied(NUMBER)
    shown(qtbot, server)
    server.end(1, 2)
    qtbot.waitUntil(lambda: desk.entry("offer") is None)


def test_a_locked_screen_shows_no_offers(qtbot: QtBot, desk: NoticeDesk, server: NotificationServer) -> None:
    desk.screen_locked = True
    desk.coordinator.copied(NUMBER)
    qtbot.waitUntil(lambda: desk.entry("offer") is not None)
    desk.screen_locked = False
    desk.coordinator.copied(NUMBER.replace("0142", "0143"))
    shown(qtbot, server)
    assert not desk.card.isVisible()
    desk.coordinator.screen_locked()
    assert server.asked("CloseNotification").values == (1,)
    assert desk.entry("offer") is not None


def test_without_a_server_the_card_offers(qtbot: QtBot, desk: NoticeDesk) -> None:
    desk.coordinator.copied(NUMBER)
    qtbot.waitUntil(desk.card.isVisible)
    assert "+1 212-555-0142" in desk.texts()


def test_a_silent_server_leaves_the_offer_to_the_card(qtbot: QtBot, desk: NoticeDesk, lock_bus: LockBus) -> None:
    with NotificationServer(lock_bus.address, Notify=lambda _: None):
        desk.coordinator.copied(NUMBER)
        qtbot.waitUntil(desk.card.isVisible)
        desk.press("call")
        wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)
    assert len(desk.parts.pbx.calls) == 1


def test_a_server_that_dies_leaves_the_offer_to_the_card(qtbot: QtBot, desk: NoticeDesk, lock_bus: LockBus) -> None:
    with NotificationServer(lock_bus.address) as server:
        desk.coordinator.copied(NUMBER)
        shown(qtbot, server)
    qtbot.waitUntil(desk.card.isVisible)


def test_what_went_wrong_is_told_there_too(qtbot: QtBot, desk: NoticeDesk, server: NotificationServer) -> None:
    desk.coordinator.tell("The disk is full & <b>so</b>.")
    shown(qtbot, server)
    call = server.shown()
    assert call.values[3:5] == ("Ringbridge", "The disk is full &amp; &lt;b&gt;so&lt;/b&gt;.")
    assert call.values[5] == []


def test_the_setting_decides(qtbot: QtBot, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = NotifyRules(session=parts.session, screen_locked=lambda: False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":1")
    assert not rules.replaces_windows
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland")
    assert rules.replaces_windows
    parts.use(card__show_as="card")
    assert not rules.replaces_windows
    parts.use(card__show_as="notification")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    assert rules.replaces_windows


def test_a_notification_says_no_more_than_the_card() -> None:
    choice = Choice(
        display="+44 20 7946 0958", region="GB", clock="Wed 17:05", route="sends 004420, desk phone rings"
    )
    notice = offer_notice((choice,), seconds=20)
    assert notice.title == "Call +44 20 7946 0958?"
    assert notice.body.replace("\u00a0", " ") == "United Kingdom · Wed 17:05 there"
    assert [action.key for action in notice.actions] == ["default", "call_0", "details"]


def test_several_numbers_are_told_apart_on_the_buttons() -> None:
    choices = tuple(Choice(display=f"+1 212-555-01{index:02}") for index in range(7))
    notice = offer_notice(choices, seconds=20)
    assert notice.body.splitlines() == [choice.display for choice in choices[:5]]
    labels = {action.key: action.label for action in notice.actions}
    assert labels["call_1"] == "Call +1 212-555-0101"
    assert "call_2" not in labels
