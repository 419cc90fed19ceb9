"""How people see the program where no tray shows its icon."""

from collections.abc import Generator, Iterator

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.notify_ports import Notice
from ringbridge.ui import tray_presence
from ringbridge.ui.buses import Buses
from ringbridge.ui.face import Face
from ringbridge.ui.notify import Listener
from ringbridge.ui.tasks import GuiInvoker
from ringbridge.ui.tray import Tray
from support.lock_bus import LockBus
from support.notification_server import NotificationServer

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise|systemTrayWindowChanged")


@pytest.fixture
def lock_bus(monkeypatch: pytest.MonkeyPatch) -> Generator[LockBus]:
    with LockBus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        yield bus


class Seen:
    def __init__(self, *, at_login: bool) -> None:
        self.buses = Buses(GuiInvoker())
        self.started_again: list[bool] = []
        self.face = Face(
            tray=Tray(), buses=self.buses, at_login=at_login, started_again=lambda: self.started_again.append(True)
        )

    @property
    def launcher_is_up(self) -> bool:
        return self.face._launcher is not None and self.face._launcher.isVisible()

    def close(self, qtbot: QtBot) -> None:
        qtbot.waitUntil(lambda: not self.buses._waiting)  # a connection on its way would be left open
        self.face.close()
        self.face.close()
        self.buses.close()


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tray_presence, "BY_HAND_MS", 50)
    monkeypatch.setattr(tray_presence, "AT_LOGIN_MS", 50)


@pytest.fixture
def by_hand(qtbot: QtBot, lock_bus: LockBus, patience: None) -> Iterator[Seen]:
    seen = Seen(at_login=False)
    yield seen
    seen.close(qtbot)


@pytest.fixture
def at_login(qtbot: QtBot, lock_bus: LockBus, patience: None) -> Iterator[Seen]:
    seen = Seen(at_login=True)
    yield seen
    seen.close(qtbot)


def test_who_starts_it_by_hand_sees_a_window(qtbot: QtBot, by_hand: Seen) -> None:
    by_hand.face.watch_tray(had_host=False)
    qtbot.waitUntil(lambda: by_hand.launcher_is_up)


def test_at_login_a_notification_opens_the_window(qtbot: QtBot, at_login: Seen, lock_bus: LockBus) -> None:
    with NotificationServer(lock_bus.address) as server:
        at_login.face.watch_tray(had_host=False)
        qtbot.waitUntil(lambda: any(call.member == "Notify" for call in server.calls))
        qtbot.wait(50)
        assert not at_login.launcher_is_up
        server.act(1, "open", token="t")
        qtbot.waitUntil(lambda: at_login.launcher_is_up)


def test_whoever_has_the_window_is_not_told_how_to_open_it(qtbot: QtBot, at_login: Seen, lock_bus: LockBus) -> None:
    with NotificationServer(lock_bus.address) as server:
        at_login.face.watch_tray(had_host=False)
        at_login.face.start_again()
        presence = at_login.face._presence
        assert presence is not None
        with qtbot.waitSignal(presence.missing):
            pass
        at_login.face.notify.show("other", Notice(title="behind it", body=""), Listener())
        qtbot.waitUntil(lambda: any(call.member == "Notify" for call in server.calls))
        assert [call.values[3] for call in server.calls if call.member == "Notify"] == ["behind it"]


def test_the_notification_goes_once_the_window_is_there(qtbot: QtBot, at_login: Seen, lock_bus: LockBus) -> None:
    with NotificationServer(lock_bus.address) as server:
        at_login.face.watch_tray(had_host=False)
        qtbot.waitUntil(lambda: any(call.member == "Notify" for call in server.calls))
        at_login.face.start_again()
        assert at_login.launcher_is_up
        qtbot.waitUntil(lambda: any(call.member == "CloseNotification" for call in server.calls))


def test_at_login_without_notifications_the_window_is_minimised(qtbot: QtBot, at_login: Seen) -> None:
    at_login.face.watch_tray(had_host=False)
    qtbot.waitUntil(lambda: at_login.face._launcher is not None)
    launcher = at_login.face._launcher
    assert launcher is not None
    assert launcher.isMinimized()


def test_a_second_start_shows_the_window_from_the_first_moment_on(qtbot: QtBot, at_login: Seen) -> None:
    at_login.face.watch_tray(had_host=False)
    at_login.face.start_again()
    assert at_login.launcher_is_up
    assert at_login.started_again == []


def test_as_long_as_the_icon_may_be_seen_a_second_start_does_what_it_always_did(qtbot: QtBot, by_hand: Seen) -> None:
    by_hand.face.watch_tray(had_host=True)
    by_hand.face.start_again()
    assert by_hand.started_again == [True]
    assert not by_hand.launcher_is_up
    presence = by_hand.face._presence
    assert presence is not None
    qtbot.waitUntil(lambda: presence.visible is False)  # the bus said that there is nobody
    by_hand.face.start_again()
    assert by_hand.launcher_is_up


def test_what_helps_is_said_once(qtbot: QtBot, by_hand: Seen) -> None:
    by_hand.face.watch_tray(had_host=False)
    qtbot.waitUntil(lambda: by_hand.launcher_is_up)
    launcher = by_hand.face._launcher
    assert launcher is not None
    assert "AppIndicator and KStatusNotifierItem Support" in launcher._hint.text()
    launcher.close()
    by_hand.face.start_again()
    assert launcher._hint.isHidden()
