"""Which copies are looked at, and when none is."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.settings import Settings, with_value
from ringbridge.desktop.null import ClipboardNull
from ringbridge.desktop.ports import Copied, ReadProblem
from ringbridge.ui.copy_watch import CopyWatch
from ringbridge.ui.offer_pause import OfferPause
from ringbridge.ui.parts_on_use import PartsOnUse
from ringbridge.ui.session import Session
from ringbridge.ui.tray import Tray

NUMBER = Copied(text="call 212-555-0142", programs=("Notes", "notes-bin"))


class Clipboard(ClipboardNull):
    """One in which the test copies."""

    watcher: Callable[[Copied], None] | None = None

    def watch(self, copied: Callable[[Copied], None]) -> None:
        self.watcher = copied

    def unwatch(self) -> None:
        self.watcher = None


class Desk:
    """Somebody who copies, and what comes of it."""

    def __init__(self) -> None:
        self.tray = Tray()
        self.clipboard = Clipboard()
        self.session = Session(Settings(), "US")
        self.offer_pause = OfferPause(self.session)
        self.heard: list[tuple[str, str]] = []
        self.saved: list[bool] = []
        coordinator = SimpleNamespace(copied=lambda text, program: self.heard.append((text, program)))
        parts = PartsOnUse(lambda: None)
        parts.take(cast("Any", SimpleNamespace(coordinator=coordinator, offer_pause=self.offer_pause)))
        self.watch = CopyWatch(
            session=self.session,
            clipboard=self.clipboard,
            tray=self.tray,
            parts=parts,
            save=self.saved.append,
        )
        self.session.changed.connect(self.watch.apply)
        self.offer_pause.changed.connect(self.watch.apply)
        self.watch.apply()

    def use(self, key: str, value: object) -> None:
        self.session.use(with_value(self.session.settings, key, value), "US")

    def copy(self, copied: Copied = NUMBER) -> list[tuple[str, str]]:
        if self.clipboard.watcher is not None:
            self.clipboard.watcher(copied)
        return self.heard


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.tray.close()


def test_a_copy_with_a_number_is_handed_on_with_its_program(desk: Desk) -> None:
    assert desk.copy() == [("call 212-555-0142", "Notes")]


@pytest.mark.parametrize(
    "copied",
    [Copied(text="room 101"), Copied(problem=ReadProblem.EMPTY), Copied(text="x" * 4096 + "212-555-0142")],
)
def test_what_has_hardly_a_digit_ends_here(desk: Desk, copied: Copied) -> None:
    assert desk.copy(copied) == []


def test_a_muted_program_is_not_heard_by_any_of_its_names(desk: Desk) -> None:
    desk.use("clipboard.muted_apps", ["Notes-Bin"])
    assert desk.copy() == []


def test_a_pause_from_the_menu_counts_at_once_and_is_saved(desk: Desk) -> None:
    desk.watch.pause(True)
    assert (desk.copy(), desk.saved) == ([], [False])
    desk.watch.pause(True)
    assert desk.saved == [False]
    desk.watch.pause(False)
    assert (len(desk.copy()), desk.saved) == (1, [False, True])


def test_a_pause_that_came_by_itself_ends_from_the_menu_and_changes_no_setting(desk: Desk) -> None:
    desk.use("clipboard.pause_after", 1)
    desk.offer_pause.shown(True)
    desk.offer_pause.left()
    assert desk.copy() == []
    desk.watch.pause(False)
    assert (len(desk.copy()), desk.saved) == (1, [])
