"""Hotkeys through the portal: what no real desktop does on demand, with a fake portal on a real bus."""

import os
from collections.abc import Callable, Generator, Sequence
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.dbus.bus import Bus
from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.hotkey_portal import HotkeyPortal, PortalLimits
from ringbridge.desktop.ports import REMEDY_KEYS, HotkeyCondition, HotkeyState, HotkeyWish
from support.bus_peer import BusPeer
from support.fake_portal import PATH, SHORTCUTS, FakePortal
from support.lock_bus import LockBus

DIAL, REDIAL = HotkeyAction.DIAL_SELECTION, HotkeyAction.REDIAL
WISHES = (HotkeyWish(DIAL, "Ctrl+Alt+D", "Dial the selected number"), HotkeyWish(REDIAL, "Super+PageUp", "Redial"))
QUICK = PortalLimits(answer_s=0.4, dialog_s=0.4)


class Told(list[HotkeyAction]):
    """Does something whenever an action is added."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act = act

    def append(self, action: HotkeyAction) -> None:
        super().append(action)
        self._act()


class Program:
    """The backend, and what it told."""

    def __init__(self, address: str, qtbot: QtBot, **options: Any) -> None:
        self.address = address
        self.qtbot = qtbot
        self.told: list[tuple[HotkeyAction, HotkeyState]] = []
        self.presses: list[HotkeyAction] = []
        self.portal = HotkeyPortal(self._connect, **options)

    def _connect(self, use: Callable[[Bus | None], None]) -> None:
        use(connect(self.address))

    def bind(self, *wishes: HotkeyWish) -> None:
        told = self.told
        self.portal.bind(wishes, self.presses.append, lambda action, state: told.append((action, state)))

    def state(self, action: HotkeyAction = DIAL) -> HotkeyState | None:
        return next((state for told, state in reversed(self.told) if told is action), None)

    def becomes(self, condition: HotkeyCondition, action: HotkeyAction = DIAL) -> HotkeyState:
        def is_so() -> bool:
            state = self.state(action)
            return state is not None and state.condition is condition

        self.qtbot.waitUntil(is_so)
        state = self.state(action)
        assert state is not None
        return state

    def pressed(self, count: int) -> None:
        self.qtbot.waitUntil(lambda: len(self.presses) >= count)
        assert len(self.presses) == count


@pytest.fixture
def lock_bus() -> Generator[LockBus]:
    with LockBus() as bus:
        yield bus


@pytest.fixture
def program(lock_bus: LockBus, qtbot: QtBot) -> Generator[Callable[..., Program]]:
    made: list[Program] = []

    def make(**options: Any) -> Program:
        made.append(Program(lock_bus.address, qtbot, **options))
        return made[-1]

    yield make
    for each in made:
        each.portal.close()


def test_keys_are_asked_for_bound_and_pressed(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program()
    with FakePortal(lock_bus.address) as portal:
        mine.bind(*WISHES)
        assert mine.becomes(HotkeyCondition.BOUND) == HotkeyState(HotkeyCondition.BOUND, keys="CTRL+ALT+d")
        assert mine.becomes(HotkeyCondition.BOUND, REDIAL).keys == "LOGO+Page_Up"
        portal.activate("redial")
        portal.activate("dial_selection")
        mine.pressed(2)
    assert mine.presses == [REDIAL, DIAL]
    assert portal.asked() == ["CreateSession", "ListShortcuts", "BindShortcuts"]
    first = portal.peer.calls[0]
    assert (first.interface, first.member, first.values) == (
        "org.freedesktop.host.portal.Registry", "Register", ("ringbridge", {})
    )  # fmt: skip


def test_a_portal_that_takes_no_names_is_none_the_worse(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program()
    with FakePortal(lock_bus.address, takes_names=False):
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND)


def test_a_program_that_was_not_installed_is_known_with_the_next_wish(
    lock_bus: LockBus, program: Callable[..., Program]
) -> None:
    mine = program()
    with FakePortal(lock_bus.address, knows_us=False) as portal:
        mine.bind(*WISHES)
        assert mine.becomes(HotkeyCondition.UNAVAILABLE).availability.reason == "portal_refused"
        portal.knows_us = True  # its .desktop file was installed meanwhile
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND)


def test_gnome_says_it_failed_and_lists_the_keys_all_the_same(
    lock_bus: LockBus, program: Callable[..., Program]
) -> None:
    mine = program()
    with FakePortal(lock_bus.address, {"dial_selection": "Press <Shift><Control>d"}, bind_code=2) as portal:
        mine.bind(WISHES[0])
        assert mine.becomes(HotkeyCondition.BOUND).keys == "Shift+Ctrl+D"
        portal.activate("dial_selection")
        mine.pressed(1)


@pytest.mark.parametrize("lists_known", [True, False])
def test_the_next_start_asks_nobody(lock_bus: LockBus, program: Callable[..., Program], lists_known: bool) -> None:
    with FakePortal(lock_bus.address, lists_known=lists_known) as portal:
        for _ in range(2):
            mine = program()
            mine.bind(*WISHES)
            mine.becomes(HotkeyCondition.BOUND)
            mine.portal.close()
    binds = portal.asked().count("BindShortcuts")
    assert binds == (1 if lists_known else 2)  # a bind of what GNOME knows shows no dialog
    assert {session.rpartition("/")[2] for session in portal.sessions} == {"ringbridge"}


def test_what_is_bound_and_not_told_is_looked_up(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program()
    with FakePortal(lock_bus.address, tells_bound=False) as portal:
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND)
    assert portal.asked() == ["CreateSession", "ListShortcuts", "BindShortcuts", "ListShortcuts"]


def test_a_person_who_says_no_is_not_asked_again(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program()
    with FakePortal(lock_bus.address, bind_code=1, binds=False) as portal:
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.DENIED)
        mine.becomes(HotkeyCondition.DENIED, REDIAL)
        mine.bind(*WISHES)
        assert mine.state() == HotkeyState(HotkeyCondition.DENIED)
        assert portal.asked().count("BindShortcuts") == 1
        assert mine.portal.configure()  # now the person wants it
        mine.qtbot.waitUntil(lambda: portal.asked().count("BindShortcuts") == 2)


class Kept:
    """`Refusals` in memory."""

    def __init__(self) -> None:
        self.wishes: tuple[HotkeyWish, ...] = ()

    def covers(self, wishes: Sequence[HotkeyWish]) -> bool:
        return bool(wishes) and set(wishes) <= set(self.wishes)

    def keep(self, wishes: Sequence[HotkeyWish]) -> None:
        self.wishes = tuple(wishes)


@pytest.mark.parametrize("version", [1, 2])
def test_a_no_holds_at_the_next_start_until_the_person_wants_the_keys(
    lock_bus: LockBus, program: Callable[..., Program], version: int
) -> None:
    kept = Kept()
    with FakePortal(lock_bus.address, bind_code=1, binds=False, version=version) as portal:
        first = program(refusals=kept)
        first.bind(*WISHES)
        first.becomes(HotkeyCondition.DENIED)
        first.portal.close()
        mine = program(refusals=kept)
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.DENIED)
        mine.becomes(HotkeyCondition.DENIED, REDIAL)
        assert portal.asked().count("BindShortcuts") == 1
    with FakePortal(lock_bus.address, version=version) as portal:  # started anew; now the person says yes
        mine.qtbot.waitUntil(lambda: portal.asked() == ["CreateSession", "ListShortcuts"])
        mine.becomes(HotkeyCondition.DENIED)
        assert mine.portal.configure()
        mine.becomes(HotkeyCondition.BOUND)
        mine.becomes(HotkeyCondition.BOUND, REDIAL)
    assert kept.wishes == ()


def test_other_keys_are_another_question(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    kept = Kept()
    kept.keep(WISHES[:1])
    mine = program(refusals=kept)
    with FakePortal(lock_bus.address) as portal:
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND)
        assert portal.asked().count("BindShortcuts") == 1


@pytest.mark.parametrize("portal", [{"bind_code": 2, "binds": False}, {"silent": ("BindShortcuts",)}])
def test_only_a_no_is_kept(lock_bus: LockBus, program: Callable[..., Program], portal: dict[str, Any]) -> None:
    kept = Kept()
    mine = program(refusals=kept, limits=QUICK)
    with FakePortal(lock_bus.address, **portal):
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.UNAVAILABLE)
    assert kept.wishes == ()


def test_a_refusal_is_no_hotkey(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program()
    with FakePortal(lock_bus.address, bind_code=2, binds=False):
        mine.bind(*WISHES)
        state = mine.becomes(HotkeyCondition.UNAVAILABLE)
    assert (state.availability.reason, state.availability.remedy) == ("portal_refused", REMEDY_KEYS)


@pytest.mark.parametrize("member", ["Register", "Get", "CreateSession", "ListShortcuts", "BindShortcuts"])
def test_a_portal_that_never_answers_is_given_up(
    lock_bus: LockBus, program: Callable[..., Program], member: str
) -> None:
    mine = program(limits=QUICK)
    with FakePortal(lock_bus.address, silent=(member,)):
        mine.bind(*WISHES)
        state = mine.becomes(HotkeyCondition.UNAVAILABLE)
    assert state.availability.reason == "portal_silent"


def test_a_session_without_the_interface_says_so(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program()
    with FakePortal(lock_bus.address, version=0):
        mine.bind(*WISHES)
        assert mine.becomes(HotkeyCondition.UNAVAILABLE).availability.reason == "no_global_shortcuts"


def test_a_bus_without_a_portal_says_so_and_one_that_comes_is_used(
    lock_bus: LockBus, program: Callable[..., Program]
) -> None:
    mine = program()
    mine.bind(*WISHES)
    assert mine.becomes(HotkeyCondition.UNAVAILABLE).availability.reason == "no_shortcut_portal"
    with FakePortal(lock_bus.address):
        mine.becomes(HotkeyCondition.BOUND)


def test_no_bus_at_all_says_so(qtbot: QtBot) -> None:
    told: list[HotkeyState] = []
    portal = HotkeyPortal(lambda use: use(None))
    portal.bind(WISHES, lambda _action: None, lambda _action, state: told.append(state))
    assert [state.availability.reason for state in told] == ["", "", "no_session_bus", "no_session_bus"]


def test_a_shortcut_without_a_key_wants_one(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program()
    with FakePortal(lock_bus.address, gives_key=False, version=2) as portal:
        mine.bind(WISHES[0])
        mine.becomes(HotkeyCondition.NO_KEY)
        assert mine.portal.configure()
        asked = portal.peer.asked("ConfigureShortcuts")
        assert asked.values == (portal.session, "", {})
        portal.change({"dial_selection": "Meta+F1"})
        assert mine.becomes(HotkeyCondition.BOUND).keys == "Meta+F1"
        portal.activate("dial_selection")
        mine.pressed(1)


def test_an_old_portal_is_asked_again_where_a_key_is_to_be_chosen(
    lock_bus: LockBus, program: Callable[..., Program]
) -> None:
    mine = program()
    with FakePortal(lock_bus.address, {"dial_selection": ""}, lists_known=True) as portal:
        mine.bind(WISHES[0])
        mine.becomes(HotkeyCondition.NO_KEY)
        assert "BindShortcuts" not in portal.asked()  # KDE would open its settings at each start
        assert mine.portal.configure()
        mine.qtbot.waitUntil(lambda: "BindShortcuts" in portal.asked())


def test_the_first_answer_of_kde_is_not_believed(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program(confirms=True)
    with FakePortal(lock_bus.address, registers_at_once=True, lists_known=True) as portal:
        portal.taken_by_others.add("dial_selection")
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.NO_KEY)
        mine.becomes(HotkeyCondition.BOUND, REDIAL)
    assert portal.asked() == ["CreateSession", "ListShortcuts"] * 2
    assert [state.condition for action, state in mine.told if action is DIAL] == ["waiting", "no_key"]


def test_another_session_is_made_for_other_wishes_and_none_for_the_same(
    lock_bus: LockBus, program: Callable[..., Program]
) -> None:
    mine = program()
    with FakePortal(lock_bus.address) as portal:
        mine.bind(WISHES[0])
        mine.becomes(HotkeyCondition.BOUND)
        mine.bind(WISHES[0])
        assert portal.asked().count("CreateSession") == 1
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND, REDIAL)
        assert portal.asked().count("CreateSession") == 2
        mine.bind()
        mine.qtbot.waitUntil(lambda: portal.session in portal.closed)
        portal.activate("redial")
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND, REDIAL)
    assert mine.presses == []


def test_wishes_that_change_while_a_session_is_made_wait_for_it(
    lock_bus: LockBus, program: Callable[..., Program]
) -> None:
    mine = program(limits=QUICK)
    with FakePortal(lock_bus.address, hold_sessions=True) as portal:
        mine.bind(WISHES[0])
        mine.qtbot.waitUntil(lambda: portal.asked() == ["CreateSession"])
        mine.bind(*WISHES)
        mine.bind(WISHES[1])
        portal.let_sessions_go()
        mine.becomes(HotkeyCondition.BOUND, REDIAL)
        assert portal.asked() == ["CreateSession", "CreateSession", "ListShortcuts", "BindShortcuts"]
        assert list(portal.keys) == ["redial"]


def test_a_portal_that_ends_each_session_is_given_up(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program()
    with FakePortal(lock_bus.address) as portal:
        mine.bind(WISHES[0])
        for count in range(1, 5):
            mine.qtbot.waitUntil(lambda count=count: portal.asked().count("BindShortcuts") == count)
            mine.becomes(HotkeyCondition.BOUND)
            portal.closed.add(portal.session)
            portal.end_session()
        assert mine.becomes(HotkeyCondition.UNAVAILABLE).availability.reason == "portal_gone"


@pytest.mark.parametrize("early", [True, False])
def test_a_response_before_the_call_returns_is_not_missed(
    lock_bus: LockBus, program: Callable[..., Program], early: bool
) -> None:
    mine = program(limits=QUICK)
    with FakePortal(lock_bus.address, early=early):
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND)


def test_a_portal_that_goes_and_comes_back_is_bound_anew(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program()
    with FakePortal(lock_bus.address) as portal:
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND)
    assert mine.becomes(HotkeyCondition.UNAVAILABLE).availability.reason == "portal_gone"
    with FakePortal(lock_bus.address, portal.keys, lists_known=True) as next_one:
        mine.becomes(HotkeyCondition.BOUND)
        next_one.activate("dial_selection")
        mine.pressed(1)


def test_a_session_that_the_portal_ends_is_made_anew(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program()
    with FakePortal(lock_bus.address) as portal:
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND)
        portal.closed.add(portal.session)
        portal.end_session()
        mine.qtbot.waitUntil(lambda: len(portal.sessions) == 2)
        mine.qtbot.waitUntil(lambda: portal.asked()[-1] == "BindShortcuts")


def test_the_end_of_the_bus_is_told_and_the_next_wish_connects_anew(
    lock_bus: LockBus, program: Callable[..., Program]
) -> None:
    mine = program()
    with FakePortal(lock_bus.address):
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND)
        lock_bus.end("bus")
        assert mine.becomes(HotkeyCondition.UNAVAILABLE).availability.reason == "gone"
    with LockBus() as other, FakePortal(other.address):
        mine.address = other.address
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND)


def test_a_press_that_is_told_twice_or_repeats_counts_once(
    lock_bus: LockBus, program: Callable[..., Program]
) -> None:
    mine = program(limits=PortalLimits(twice_s=0.2, repeat_s=5))
    with FakePortal(lock_bus.address) as portal:
        mine.bind(*WISHES)
        mine.becomes(HotkeyCondition.BOUND)
        for _ in range(2):  # GNOME tells some signals twice
            portal.activate("dial_selection")
            portal.release("dial_selection")
        for _ in range(5):  # a held key repeats
            portal.activate("redial")
        portal.release("redial")
        mine.pressed(2)
        mine.qtbot.wait(250)
        portal.activate("redial")
        mine.pressed(3)
    assert mine.presses == [DIAL, REDIAL, REDIAL]


def test_signals_of_strangers_and_of_other_sessions_are_ignored(
    lock_bus: LockBus, program: Callable[..., Program]
) -> None:
    mine = program()
    with FakePortal(lock_bus.address) as portal, BusPeer(lock_bus.address) as stranger:
        mine.bind(WISHES[0])
        mine.becomes(HotkeyCondition.BOUND)
        body = (portal.session, "dial_selection", 0, {})
        stranger.emit(PATH, SHORTCUTS, "Activated", "osta{sv}", *body, to=portal._client)
        stranger.emit(PATH, SHORTCUTS, "Activated", "osta{sv}", *body)
        portal.activate("dial_selection", session=f"{PATH}/session/1_1/other")
        portal.activate("hang_up")
        portal.activate("nonsense")
        portal.change({"dial_selection": ""}, session=f"{PATH}/session/1_1/other")
        portal.peer.emit(PATH, SHORTCUTS, "Activated", "s", "malformed", to=portal._client)
        portal.peer.emit(PATH, SHORTCUTS, "ShortcutsChanged", "s", "malformed", to=portal._client)
        portal.activate("dial_selection")
        mine.pressed(1)
    assert HotkeyCondition.NO_KEY not in [state.condition for _, state in mine.told]


def test_each_profile_has_keys_of_its_own(lock_bus: LockBus, program: Callable[..., Program]) -> None:
    mine = program(profile="work-2")
    with FakePortal(lock_bus.address) as portal:
        mine.bind(WISHES[0])
        mine.becomes(HotkeyCondition.BOUND)
        portal.activate("dial_selection")
        portal.activate("dial_selection_work_2")
        mine.pressed(1)
    assert portal.session.endswith("/ringbridge_work_2")


def test_the_token_that_lets_a_window_have_the_focus_is_there_for_it(
    lock_bus: LockBus, program: Callable[..., Program]
) -> None:
    mine = program()
    tokens: list[str | None] = []
    mine.presses = Told(lambda: tokens.append(os.environ.get("XDG_ACTIVATION_TOKEN")))
    with FakePortal(lock_bus.address) as portal:
        mine.bind(HotkeyWish(HotkeyAction.QUICK_DIAL, "Ctrl+Alt+N", "Call number"))
        mine.becomes(HotkeyCondition.BOUND, HotkeyAction.QUICK_DIAL)
        portal.activate("quick_dial", options={"activation_token": ("s", "token-1")})
        mine.pressed(1)
    assert (tokens, os.environ.get("XDG_ACTIVATION_TOKEN")) == (["token-1"], None)


@pytest.mark.parametrize(("version", "reason"), [(1, ""), (0, "no_global_shortcuts")])
def test_looking_changes_nothing(
    lock_bus: LockBus, monkeypatch: pytest.MonkeyPatch, version: int, reason: str
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", lock_bus.address)
    with FakePortal(lock_bus.address, version=version) as portal:
        availability = HotkeyPortal(lambda use: use(None)).availability()
    assert (availability.usable, availability.reason) == (not reason, reason)
    assert portal.asked() == []


def test_looking_without_a_portal_or_a_bus_says_so(lock_bus: LockBus, monkeypatch: pytest.MonkeyPatch) -> None:
    for address, reason in ((lock_bus.address, "no_shortcut_portal"), ("unix:path=/nowhere", "no_session_bus")):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert HotkeyPortal(lambda use: use(None)).availability().reason == reason


def test_escape_is_never_asked_for(qtbot: QtBot) -> None:
    assert not HotkeyPortal(lambda use: use(None)).hold_stop_key(lambda: None)
