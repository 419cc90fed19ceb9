"""What the parts do together when the way to the PBX changes."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallState, Origin, Outcome
from ringbridge.core.targets import Target
from ringbridge.desktop.null import ClipboardNull, LinksNull
from ringbridge.services.call_facts import FactFinder
from ringbridge.services.settings_file import SettingsFile
from ringbridge.ui.buses import Buses
from ringbridge.ui.calling import Wish
from ringbridge.ui.hotkey_binding import HotkeyReport
from ringbridge.ui.notices import Notices
from ringbridge.ui.notify import Notify
from ringbridge.ui.parts import Parts as ProgramParts
from ringbridge.ui.tray import Tray

from .conftest import Parts

NUMBER = Target(e164="+12125550142")


@pytest.fixture
def program(qtbot: QtBot, parts: Parts, tmp_path: Path) -> Iterator[ProgramParts]:
    tray = Tray()
    finder = FactFinder(lambda: parts.history, now=lambda: parts.now)
    buses = Buses(parts.invoker)
    made = ProgramParts(
        session=parts.session,
        tray=tray,
        notices=Notices(tray),
        notify=Notify(buses),
        in_force=lambda: (parts.session.settings, parts.session.region),
        clipboard=ClipboardNull(),
        settings_file=SettingsFile(tmp_path / "settings.toml"),
        credentials=parts.credentials,
        dialer=parts.dialer,
        tracker=lambda: parts.tracker,
        calls_lane=parts.calls_lane,
        live_lane=parts.live_lane,
        work_lane=parts.work_lane,
        slow_lane=parts.work_lane,
        facts=lambda: finder,
        locked=lambda: parts.locked,
        stop_key=lambda _pressed: None,
        hotkeys=lambda: HotkeyReport("none", {}),
        recent=(),
        profile="",
        links=LinksNull("test"),
        buses=buses,
        demo=True,
    )
    yield made
    made.close()


def settle(qtbot: QtBot, parts: Parts) -> None:
    """All that was queued on the calls lane is done."""
    done: list[object] = []
    parts.calls_lane.submit(lambda: None, done.append, done.append)
    qtbot.waitUntil(lambda: bool(done))


def test_the_kept_connection_is_dropped_and_opened_with_the_next_wish(
    qtbot: QtBot, program: ProgramParts, parts: Parts
) -> None:
    dialer: Any = parts.dialer()
    program.reconnect(slept=True)
    settle(qtbot, parts)
    assert dialer._client is None
    program.caller.warm_up()
    settle(qtbot, parts)
    kept = dialer._client
    assert kept is not None
    program.reconnect(slept=False)
    settle(qtbot, parts)
    assert dialer._client is None
    outcomes: list[Outcome] = []
    program.caller.want(
        Wish(target=NUMBER, origin=Origin.CARD, said_yes=True), lambda outcome: outcomes.append(outcome.outcome)
    )
    qtbot.waitUntil(lambda: bool(outcomes), timeout=10_000)
    assert outcomes == [Outcome.REQUESTED]
    assert dialer._client is not kept
    assert len(parts.pbx.calls) == 1


def test_a_request_under_way_is_neither_cut_off_nor_sent_again(
    qtbot: QtBot, program: ProgramParts, parts: Parts
) -> None:
    outcomes: list[Outcome] = []
    parts.use_account(wait_s=2)  # the PBX takes its time
    program.caller.want(
        Wish(target=NUMBER, origin=Origin.CARD, said_yes=True), lambda outcome: outcomes.append(outcome.outcome)
    )
    qtbot.waitUntil(lambda: program.caller.busy)
    for _ in range(3):
        program.reconnect(slept=True)
    qtbot.waitUntil(lambda: bool(outcomes), timeout=10_000)
    assert outcomes == [Outcome.REQUESTED]
    assert len(parts.pbx.calls) == 1


def test_a_living_call_is_looked_at_at_once(qtbot: QtBot, program: ProgramParts, parts: Parts) -> None:
    program.caller.want(Wish(target=NUMBER, origin=Origin.CARD, said_yes=True))
    qtbot.waitUntil(
        lambda: any(call.track.state is CallState.CONNECTED for call in program.live.calls), timeout=10_000
    )
    live: Any = program.live
    qtbot.waitUntil(lambda: not live._looking)
    live._due_s = dict.fromkeys(live._due_s, time.monotonic() + 1000)  # no look would come by itself
    live._set_timer()
    looks: list[object] = []
    looked = live._looked
    live._looked = lambda result: (looks.append(result), looked(result))
    program.reconnect(slept=True)
    qtbot.waitUntil(lambda: bool(looks), timeout=10_000)


def test_without_a_call_nothing_is_looked_at(program: ProgramParts, parts: Parts) -> None:
    program.reconnect(slept=True)
    assert parts.live_lane._thread is None


def test_an_overdue_call_is_asked_about_on_the_screen(qtbot: QtBot, program: ProgramParts, parts: Parts) -> None:
    later: Any = program.later
    asked: list[tuple[str, ...]] = []
    program.caller.question.connect(lambda judged, _done: asked.append(judged.findings.verdict.reasons))
    from ringbridge.core.calls import Destination

    destination = Destination(dialed="2125550142", display="+1 212-555-0142", e164="+12125550142")
    wish = Wish(target=NUMBER, origin=Origin.TYPED, counted_down=True)
    program.later.add(wish, destination, 300)
    later._wall_s = lambda: 2e9 * 2
    parts.locked = True
    program.reconnect(slept=True)
    assert asked == []
    parts.locked = False
    program.later.ask_overdue()  # the screen was unlocked
    qtbot.waitUntil(lambda: bool(asked))
    assert asked[0][0] == "overdue"
    assert parts.pbx.calls == ()
