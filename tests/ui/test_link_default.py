"""The question whether phone links are to open here: asked once, and only where there is something to ask."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from ringbridge.core.errors import StorageUnavailable
from ringbridge.core.settings import AccountSettings, CardSettings, LinkSettings, Settings
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.registration_ports import LinkState, Registration
from ringbridge.services.settings_file import SettingsFile
from ringbridge.ui.buses import Buses
from ringbridge.ui.link_default import LinkDefault
from ringbridge.ui.notify import Notify
from ringbridge.ui.session import Session
from ringbridge.ui.tasks import GuiInvoker, Lane
from ringbridge.ui.yes_no import YesNo
from support.lock_bus import LockBus
from support.notification_server import NotificationServer

SOFTPHONE = {"tel": "Softphone", "callto": "", "sip": "Softphone"}
READY = replace(Settings(), account=AccountSettings(url="https://pbx.example.com/"))


class Handler:
    """A `LinkHandler` that remembers what it was told."""

    name = "test"

    def __init__(self) -> None:
        self.ours: frozenset[str] = frozenset()
        self.usable = True
        self.registered: list[bool] = []
        self.error: Exception | None = None
        self.looked = 0

    def availability(self) -> Availability:
        return Availability(self.usable)

    def state(self) -> LinkState:
        self.looked += 1
        return LinkState(Registration.NONE, SOFTPHONE, self.ours)

    def register(self, *, default: bool) -> None:
        if self.error is not None:
            raise self.error
        self.registered.append(default)

    def unregister(self) -> None:
        raise AssertionError


class Bench:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.handler = Handler()
        self.file = SettingsFile(folder / "settings.toml")
        invoker = GuiInvoker()
        self.lane = Lane("slow", invoker)
        self.session = Session(READY, "US")
        self.links: LinkDefault | None = None
        self.failures: list[object] = []
        self.buses = Buses(invoker)
        self.notify = Notify(self.buses)

    def start(self) -> LinkDefault:
        self.links = LinkDefault(
            session=self.session,
            handler=self.handler,
            settings_file=self.file,
            lane=self.lane,
            notify=self.notify,
        )
        self.links.settings_saved.connect(lambda settings: self.session.use(settings, "US"))
        self.links.failed.connect(self.failures.append)
        return self.links

    def settle(self) -> None:
        done: list[object] = []
        self.lane.submit(lambda: None, done.append, done.append)
        self.qtbot.waitUntil(lambda: bool(done))

    def question(self) -> YesNo | None:
        return next((widget for widget in QApplication.topLevelWidgets() if isinstance(widget, YesNo)
            and widget.isVisible()), None)  # fmt: skip

    def answer(self, name: str) -> None:
        self.qtbot.waitUntil(lambda: self.question() is not None)
        question = self.question()
        assert question is not None
        button = question.findChild(QPushButton, name)
        assert button is not None
        button.click()
        self.settle()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(qtbot, tmp_path)
    yield bench
    if bench.links is not None:
        bench.links.close()
        bench.links.close()
    bench.notify.close()
    bench.buses.close()
    assert bench.lane.close(5)


@pytest.mark.parametrize(("name", "registered"), [("yes", [True]), ("no", [])])
def test_the_answer_counts_for_good(bench: Bench, name: str, registered: list[bool]) -> None:
    bench.start()
    bench.answer(name)
    assert bench.handler.registered == registered
    assert not bench.file.load().settings.links.ask
    assert not bench.session.settings.links.ask
    bench.start()
    bench.settle()
    assert bench.question() is None


@pytest.mark.parametrize(("how", "registered"), [("yes", [True]), ("no", []), ("dismissed", [])])
def test_where_windows_take_the_focus_the_desktop_asks(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, how: str, registered: list[bool]
) -> None:
    bench.session.use(replace(READY, card=CardSettings(show_as="notification")), "US")
    with LockBus() as bus, NotificationServer(bus.address) as server:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        bench.start()
        bench.qtbot.waitUntil(lambda: any(call.member == "Notify" for call in server.calls))
        actions = server.shown().values[5]
        assert [actions[0], actions[2]] == ["yes", "no"]
        bench.settle()
        if how == "dismissed":
            server.end(server.count, 2)
        else:
            server.act(server.count, how)
        bench.qtbot.waitUntil(lambda: not bench.session.settings.links.ask)
        bench.settle()
    assert bench.handler.registered == registered
    assert bench.question() is None


def test_a_failure_is_told_and_the_question_does_not_come_back(bench: Bench) -> None:
    bench.handler.error = StorageUnavailable("mimeapps.list", "read-only")
    bench.start()
    bench.answer("yes")
    bench.qtbot.waitUntil(lambda: bench.failures == [bench.handler.error])
    assert not bench.file.load().settings.links.ask


def _ours(bench: Bench) -> None:
    bench.handler.ours = frozenset(SOFTPHONE)


def _sandboxed(bench: Bench) -> None:
    bench.handler.usable = False


def _asked(bench: Bench) -> None:
    bench.session.use(replace(READY, links=LinkSettings(ask=False)), "US")


def _locked(bench: Bench) -> None:
    bench.session.use(READY, "US", frozenset({"links.ask"}))


@pytest.mark.parametrize("settled", [_ours, _sandboxed, _asked, _locked])
def test_where_there_is_nothing_to_ask_nobody_is_asked(bench: Bench, settled: Callable[[Bench], None]) -> None:
    settled(bench)
    bench.start()
    bench.settle()
    assert bench.question() is None
    assert bench.handler.registered == []


def test_it_waits_for_an_account(bench: Bench) -> None:
    bench.session.use(Settings(), "US")
    bench.start()
    bench.settle()
    assert bench.handler.looked == 0
    bench.session.use(READY, "US")
    bench.qtbot.waitUntil(lambda: bench.question() is not None)
    bench.session.use(replace(READY, region="DE"), "DE")
    bench.settle()
    assert bench.handler.looked == 1
