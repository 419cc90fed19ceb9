"""The tray program's parts around a real PBX that rings nobody."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallRecord, Outcome
from ringbridge.core.dialing.gate import PhoneState
from ringbridge.core.settings import AccountSettings, Settings, with_value
from ringbridge.services.call_facts import FactFinder
from ringbridge.services.credentials import Credentials
from ringbridge.services.dialer import Dialer
from ringbridge.services.history import History
from ringbridge.services.tracker import Tracker
from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx
from ringbridge.ui.calling import Caller
from ringbridge.ui.card import Card
from ringbridge.ui.coordinator import Coordinator
from ringbridge.ui.notices import Notices
from ringbridge.ui.reading import Reader
from ringbridge.ui.session import Session
from ringbridge.ui.tasks import GuiInvoker, Lane
from ringbridge.ui.tray import Tray

NUMBER = "call +1 212 555 0142 today"


class Parts:
    """Session, reader and caller on lanes of their own, and the history they write."""

    def __init__(self, pbx: TrainingPbx, folder: Path) -> None:
        self.pbx = pbx
        account = AccountSettings(url=pbx.url, username=DEMO_LOGIN.username, line=DEMO_LINE, wait_s=0)
        self.session = Session(replace(Settings(), account=account), "US")
        self.use(confirm__countdown_s=0)  # most tests are about something else
        self.credentials = Credentials()
        self.credentials.keep_in_memory(account, DEMO_LOGIN.password)
        self.history = History(folder / "history.db")
        self.invoker = GuiInvoker()
        self.calls_lane = Lane("calls", self.invoker)
        self.live_lane = Lane("live", self.invoker)
        self.work_lane = Lane("work", self.invoker)
        self.now = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)  # noon in New York
        finder = FactFinder(lambda: self.history, now=lambda: self.now)
        self.reader = Reader(
            in_force=lambda: (self.session.settings, self.session.region),
            lane=self.work_lane,
            facts=lambda: finder,
        )
        dialer = Dialer(history=self.history, credentials=self.credentials)
        self.dialer: Callable[[], Dialer] = lambda: dialer
        self.locked = False
        self.phone = PhoneState.UNKNOWN
        self.caller = Caller(
            session=self.session,
            reader=self.reader,
            dialer=self.dialer,
            lane=self.calls_lane,
            locked=lambda: self.locked,
            phone=lambda: self.phone,
        )
        self.tracker = Tracker(history=self.history, credentials=self.credentials)

    def use(self, **values: object) -> None:
        """Put settings in force: `confirm__countdown_s=0`."""
        settings = self.session.settings
        for key, value in values.items():
            settings = with_value(settings, key.replace("__", "."), value)
        self.session.use(settings, self.session.region)

    def use_account(self, **changes: object) -> None:
        """Put another account in force; the password is the same for everybody there."""
        account = replace(self.session.settings.account, **changes)  # pyright: ignore[reportArgumentType] - a test's shorthand
        self.credentials.keep_in_memory(account, DEMO_LOGIN.password)
        self.session.use(replace(self.session.settings, account=account), "US")

    def close(self) -> None:
        for lane in (self.calls_lane, self.live_lane, self.work_lane):
            assert lane.close(timeout_s=10)
        self.dialer().close()
        self.tracker.rest()


@pytest.fixture
def pbx() -> Iterator[TrainingPbx]:
    with TrainingPbx(level="4.1", scenario="auto", pace=0.02) as pbx:
        yield pbx


@pytest.fixture
def parts(qtbot: QtBot, pbx: TrainingPbx, tmp_path: Path) -> Iterator[Parts]:
    parts = Parts(pbx, tmp_path)
    yield parts
    parts.close()


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
        self.card.alternative_wanted.connect(self.coordinator._questions.choose_alternative)
        self.card.counted_down.connect(self.coordinator._questions.counted_down)
        self.card.dismissed.connect(self.coordinator._card_dismissed)
        self.card.expired.connect(self.coordinator._card_expired)
        self.tray.redial_wanted.connect(self.coordinator.redial)

    def entry(self, name: str) -> QAction | None:
        return next((a for a in self.tray.menu.actions() if a.objectName() == name and a.isVisible()), None)

    def press(self, name: str) -> None:
        button = next(b for b in self.card.findChildren(QWidget, name) if b.isVisibleTo(self.card))
        button.click()  # type: ignore[attr-defined]

    def texts(self) -> str:
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


def offered(qtbot: QtBot, desk: Desk, text: str) -> None:
    desk.coordinator.copied(text)
    qtbot.waitUntil(desk.card.isVisible)


def choose_from_menu(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: desk.entry("offer") is not None)
    entry = desk.entry("offer")
    assert entry is not None
    entry.trigger()
