"""Calls on notifications: the training PBX's, against a real bus."""

from collections.abc import Generator, Iterator

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.training.server import TrainingPbx
from ringbridge.ui import notify_calls
from ringbridge.ui.buses import Buses
from ringbridge.ui.look import Tone
from ringbridge.ui.notify import Notify, NotifyRules
from ringbridge.ui.notify_calls import CallNotices, call_notice
from ringbridge.ui.strip import StripFace
from support.bus_peer import Asked
from support.lock_bus import LockBus
from support.notification_server import NotificationServer

from .conftest import Parts
from .test_call_strip import Screen


@pytest.fixture
def pbx() -> Iterator[TrainingPbx]:
    with TrainingPbx(level="4.1", pace=0.3) as pbx:
        yield pbx


@pytest.fixture
def lock_bus(monkeypatch: pytest.MonkeyPatch) -> Generator[LockBus]:
    with LockBus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        yield bus


@pytest.fixture
def screen(parts: Parts, lock_bus: LockBus, monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    monkeypatch.setattr(notify_calls, "_GUARD_S", 0)
    parts.use(card__show_as="notification")
    screen = Screen(parts)
    buses = Buses(parts.invoker)
    notify = Notify(buses)
    screen.flow.notices = CallNotices(
        notify=notify,
        rules=NotifyRules(session=parts.session, screen_locked=lambda: False),
        hang_up=screen.live.hang_up,
        show_strip=lambda key, focusable: screen.flow.show_noticed(key, focusable=focusable),
        put_away=screen.flow.put_away,
    )
    yield screen
    screen.close()
    notify.close()
    buses.close()


@pytest.fixture
def server(lock_bus: LockBus) -> Iterator[NotificationServer]:
    with NotificationServer(lock_bus.address) as server:
        yield server


def latest(server: NotificationServer) -> Asked | None:
    return next((call for call in reversed(server.calls) if call.member == "Notify"), None)


def title(server: NotificationServer) -> str:
    call = latest(server)
    return call.values[3] if call is not None else ""


def actions(server: NotificationServer) -> list[str]:
    call = latest(server)
    return call.values[5][::2] if call is not None else []


def test_a_call_is_followed_and_hung_up_on_its_notification(
    qtbot: QtBot, screen: Screen, server: NotificationServer
) -> None:
    screen.call()
    qtbot.waitUntil(lambda: title(server).startswith("Your phone is ringing"))
    qtbot.waitUntil(lambda: "hang_up" in actions(server))
    assert not screen.strip.isVisible()
    screen.answer()
    qtbot.waitUntil(lambda: title(server) == "Connected")
    qtbot.wait(50)
    server.act(server.count, "hang_up", times=2)
    qtbot.waitUntil(lambda: title(server).startswith("Answered"))
    assert actions(server) == []
    assert not screen.strip.isVisible()


def test_details_shows_the_strip_and_takes_the_notification_away(
    qtbot: QtBot, screen: Screen, server: NotificationServer
) -> None:
    screen.call()
    qtbot.waitUntil(lambda: "details" in actions(server))
    qtbot.wait(50)
    server.act(server.count, "details", token="t")
    qtbot.waitUntil(lambda: screen.title().startswith("Your phone is ringing"))
    shown = sum(call.member == "Notify" for call in server.calls)
    screen.answer()
    qtbot.waitUntil(lambda: screen.title() == "Connected")
    assert sum(call.member == "Notify" for call in server.calls) == shown


def test_a_dismissed_notification_puts_the_call_away(
    qtbot: QtBot, screen: Screen, server: NotificationServer
) -> None:
    screen.call()
    qtbot.waitUntil(lambda: "hang_up" in actions(server))
    qtbot.wait(50)
    server.end(server.count, 2)
    shown = sum(call.member == "Notify" for call in server.calls)
    screen.answer()
    qtbot.waitUntil(lambda: "connected" in screen.entry_text("live_0"))
    assert sum(call.member == "Notify" for call in server.calls) == shown
    assert not screen.strip.isVisible()


def test_without_a_server_the_strip_shows_the_call(qtbot: QtBot, screen: Screen) -> None:
    screen.call()
    qtbot.waitUntil(lambda: screen.title().startswith("Your phone is ringing"))


def test_the_second_half_of_a_double_click_does_not_hang_up(
    qtbot: QtBot, screen: Screen, server: NotificationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify_calls, "_GUARD_S", 60)
    screen.call()
    qtbot.waitUntil(lambda: "hang_up" in actions(server))
    qtbot.wait(50)
    before = server.count
    server.act(server.count, "hang_up")
    qtbot.waitUntil(lambda: server.count > before and "hang_up" in actions(server))
    screen.answer()
    qtbot.waitUntil(lambda: title(server) == "Connected")


def test_how_a_call_ended_is_told_by_its_category() -> None:
    over = StripFace(title="No answer", number="+1", over=True, tone=Tone.CAUTION)
    assert call_notice(over).category == "call.unanswered"
    assert call_notice(over).actions == ()
    assert call_notice(over._replace(tone=Tone.CALL)).category == "call.ended"
    assert call_notice(over._replace(over=False)).seconds == 0
