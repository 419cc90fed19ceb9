"""What the keys do, with a PBX that rings nobody: each press once, and all through the gate."""

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallOutcome, Origin, Outcome
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.core.targets import Target
from ringbridge.training.states import CallPhase
from ringbridge.ui import key_actions
from ringbridge.ui.calling import Wish
from ringbridge.ui.key_actions import KeyActions

from .conftest import Desk, wait_for_row

TARGET = Target(e164="+12125550142")


@pytest.fixture
def opened() -> list[bool]:
    return []


@pytest.fixture
def keys(desk: Desk, opened: list[bool]) -> KeyActions:
    return KeyActions(
        caller=desk.parts.caller, coordinator=desk.coordinator, open_call_number=lambda: opened.append(True)
    )


def call(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.use(calls__repeat_guard_s=0)
    desk.parts.caller.want(Wish(target=TARGET, origin=Origin.CARD, wait_s=3))
    wait_for_row(qtbot, desk, 1, Outcome.REQUESTED)


@pytest.fixture
def hung_up(desk: Desk) -> list[CallOutcome]:
    """What became of each wish to hang up."""
    outcomes: list[CallOutcome] = []
    desk.parts.caller.hung_up.connect(outcomes.append)
    return outcomes


def test_quick_dial_opens_the_dialog(keys: KeyActions, opened: list[bool]) -> None:
    keys.act(HotkeyAction.QUICK_DIAL)
    assert opened == [True]


def test_redial_calls_the_last_party_again_through_the_gate(qtbot: QtBot, desk: Desk, keys: KeyActions) -> None:
    call(qtbot, desk)
    qtbot.waitUntil(lambda: desk.entry("recent_0") is not None)
    keys.act(HotkeyAction.REDIAL)
    row = wait_for_row(qtbot, desk, 2, Outcome.REQUESTED)
    assert (row.origin, row.destination.dialed) == (Origin.REDIAL, "2125550142")
    assert len(desk.parts.pbx.calls) == 2


def test_redial_while_the_screen_is_locked_calls_nobody(qtbot: QtBot, desk: Desk, keys: KeyActions) -> None:
    call(qtbot, desk)
    qtbot.waitUntil(lambda: desk.entry("recent_0") is not None)
    desk.parts.locked = True
    keys.act(HotkeyAction.REDIAL)
    qtbot.waitUntil(lambda: "locked" in desk.texts())
    assert len(desk.parts.pbx.calls) == 1


def test_redial_without_a_call_says_so(desk: Desk, keys: KeyActions) -> None:
    keys.act(HotkeyAction.REDIAL)
    assert "There is no call yet" in desk.texts()
    assert desk.parts.pbx.calls == ()


def test_hang_up_ends_the_call_once(qtbot: QtBot, desk: Desk, keys: KeyActions, hung_up: list[CallOutcome]) -> None:
    call(qtbot, desk)
    for _ in range(3):
        keys.act(HotkeyAction.HANG_UP)
    qtbot.waitUntil(lambda: "The PBX ends the call" in desk.texts())
    keys.act(HotkeyAction.HANG_UP)  # a moment later it would be the call before
    qtbot.waitUntil(lambda: desk.parts.pbx.calls[0].phase is CallPhase.ENDED)
    assert [outcome.outcome for outcome in hung_up] == [Outcome.REQUESTED]


def test_hang_up_without_a_call_says_so(qtbot: QtBot, desk: Desk, keys: KeyActions) -> None:
    keys.act(HotkeyAction.HANG_UP)
    qtbot.waitUntil(lambda: "There is no call to hang up" in desk.texts())


def test_hang_up_stops_a_countdown_instead(
    qtbot: QtBot, desk: Desk, keys: KeyActions, hung_up: list[CallOutcome]
) -> None:
    desk.parts.use(confirm__countdown_s=30)
    desk.parts.caller.want(Wish(target=TARGET, origin=Origin.MENU))
    qtbot.waitUntil(desk.card.isVisible)
    keys.act(HotkeyAction.HANG_UP)
    qtbot.waitUntil(lambda: not desk.card.isVisible())
    assert desk.parts.pbx.calls == ()
    assert hung_up == []


def test_a_press_later_is_another_wish(
    qtbot: QtBot, desk: Desk, keys: KeyActions, hung_up: list[CallOutcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_actions, "_ONE_PRESS_S", 0.0)
    call(qtbot, desk)
    for count in (1, 2):
        keys.act(HotkeyAction.HANG_UP)
        qtbot.waitUntil(lambda count=count: len(hung_up) == count)
    assert hung_up[0].outcome is Outcome.REQUESTED


def test_a_new_call_is_hung_up_however_soon_after_the_one_before(
    qtbot: QtBot, desk: Desk, keys: KeyActions, hung_up: list[CallOutcome]
) -> None:
    call(qtbot, desk)
    keys.act(HotkeyAction.HANG_UP)
    qtbot.waitUntil(lambda: len(hung_up) == 1)
    desk.parts.caller.want(Wish(target=TARGET, origin=Origin.CARD, wait_s=3))
    wait_for_row(qtbot, desk, 2, Outcome.REQUESTED)
    keys.act(HotkeyAction.HANG_UP)
    qtbot.waitUntil(lambda: len(hung_up) == 2)
    assert hung_up[1].callid == desk.parts.pbx.calls[1].callid
