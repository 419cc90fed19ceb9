"""The keys of the settings, held by whatever this desktop has, and what is said about them."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.choose import hotkey_backend
from ringbridge.desktop.ports import HotkeyCondition, HotkeyState, HotkeyWish
from ringbridge.ui.hotkey_words import action_name, problem_of, state_words
from ringbridge.ui.key_refusals import KeyRefusals
from ringbridge.ui.notices import Notices, Topic
from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QMenu

    from ringbridge.core.settings import HotkeySettings
    from ringbridge.desktop.dbus.bus import Bus
    from ringbridge.desktop.ports import HotkeyBackend
    from ringbridge.ui.hotkey_menu import HotkeyMenu
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)


class HotkeyReport(NamedTuple):
    """How the keys stand, for `ringbridge doctor`.

    Attributes:
        mechanism: The backend's name, or empty while none is chosen.
        states: Of each action that has a combination.
    """

    mechanism: str
    states: Mapping[HotkeyAction, HotkeyState]


class HotkeyBinding:
    """Keeps the desktop's keys as the settings want them. GUI thread; what waits runs on the lane.

    Args:
        lane: Where connecting waits.
        notices: Says what does not work.
        menu: The tray's, which shows the keys.
        act: Does what an action is for.
        profile: The profile's name.
        refusals: The file that keeps what a person says no to.
    """

    def __init__(
        self,
        *,
        lane: "Lane",
        notices: Notices,
        menu: "QMenu",
        act: Callable[[HotkeyAction], None],
        profile: str,
        refusals: "Path",
    ) -> None:
        self._lane = lane
        self._notices = notices
        self._menu = menu
        self._act = act
        self._profile = profile
        self._refusals = KeyRefusals(refusals, lane)
        self._backend: HotkeyBackend | None = None
        self._closed = False
        self._combinations: dict[HotkeyAction, str] = {}
        self._states: dict[HotkeyAction, HotkeyState] = {}
        self._hotkey_menu: HotkeyMenu | None = None

    @property
    def report(self) -> HotkeyReport:
        """How the keys stand now."""
        return HotkeyReport(self._backend.name if self._backend is not None else "", dict(self._states))

    def apply(self, hotkeys: "HotkeySettings") -> None:
        """Hold these keys from now on; what was taken is tried again."""
        named = {HotkeyAction(name): combination for name, combination in hotkeys._asdict().items()}
        self._combinations = {action: combination for action, combination in named.items() if combination}
        self._states = {action: state for action, state in self._states.items() if action in self._combinations}
        if self._backend is not None or self._combinations:
            self._bind(self._the_backend())

    def hold_stop_key(self, pressed: Callable[[], None] | None) -> None:
        """Escape stops a countdown whatever has the focus, where the desktop lets us hold it for these seconds."""
        if self._backend is None and pressed is None:
            return
        if not self._the_backend().hold_stop_key(pressed) and pressed is not None:
            _log.info("Escape can't stop the countdown here; a click can")

    def close(self) -> None:
        """Give all keys back. Safe to call twice."""
        self._closed = True
        if self._backend is not None:
            self._backend.close()

    def _the_backend(self) -> "HotkeyBackend":
        if self._backend is None:
            self._backend = hotkey_backend(self._connect, self._profile, self._refusals)
        return self._backend

    def _connect(self, use: "Callable[[Bus | None], None]") -> None:
        def failed(error: Exception) -> None:
            _log.info("the session bus can't be used for hotkeys: %s", error)
            use(None)

        def connected(result: "tuple[Bus, dict[str, str]]") -> None:
            bus, refused = result
            self._refusals.take(refused)
            use(bus)

        self._lane.submit(lambda: (_connect_to_session(), self._refusals.read()), connected, failed)

    def _bind(self, backend: "HotkeyBackend") -> None:
        wishes = [
            HotkeyWish(action, combination, action_name(action)) for action, combination in self._combinations.items()
        ]
        backend.bind(wishes, self._pressed, self._told)
        self._show()

    def _pressed(self, action: HotkeyAction) -> None:
        if action in self._combinations and not self._closed:
            self._act(action)

    def _told(self, action: HotkeyAction, state: HotkeyState) -> None:
        if action not in self._combinations:
            return
        self._states[action] = state
        if state.condition is HotkeyCondition.UNAVAILABLE:
            self._look_for_kept_key(action, state)
        if state.condition in {HotkeyCondition.TAKEN, HotkeyCondition.NO_KEY} and not state.holder:
            self._look_for_holder(action, self._combinations[action], state)
        self._show()

    def _look_for_kept_key(self, action: HotkeyAction, state: HotkeyState) -> None:
        """The desktop may keep the key itself, after “ringbridge hotkey install”: then all is well."""

        def found(keys: str) -> None:
            if keys and self._states.get(action) == state:
                self._states[action] = HotkeyState(HotkeyCondition.BOUND, keys=keys)
                self._show()

        def unknown(error: Exception) -> None:
            _log.info("whether the desktop keeps a key is not known: %s", type(error).__name__)

        self._lane.submit(partial(_kept_key_of, action, self._profile), found, unknown)

    def _look_for_holder(self, action: HotkeyAction, combination: str, state: HotkeyState) -> None:
        """Who has the key the desktop may know, if it keeps keys itself; that takes a moment."""

        def found(holder: str) -> None:
            if holder and self._states.get(action) == state and self._combinations.get(action) == combination:
                self._states[action] = state._replace(holder=holder)
                self._show()

        def unknown(error: Exception) -> None:
            _log.info("who holds %s is not known: %s", combination, type(error).__name__)

        self._lane.submit(partial(_holder_of, combination), found, unknown)

    def _show(self) -> None:
        if self._closed:
            return
        mechanism = self._backend.name if self._backend is not None else ""
        problems = [
            problem_of(action, state, self._combinations[action], mechanism) for action, state in self._states.items()
        ]
        self._notices.set(Topic.HOTKEY, " ".join(dict.fromkeys(filter(None, problems))))
        lines = [
            fill(
                tr("{action}: {keys}", "an entry of the menu, such as Redial: Ctrl+Alt+R"),
                action=action_name(action),
                keys=state_words(state, self._combinations[action]),
            )
            for action, state in self._states.items()
        ]
        if lines and self._hotkey_menu is None:
            from ringbridge.ui.hotkey_menu import HotkeyMenu

            self._hotkey_menu = HotkeyMenu(self._menu)
            self._hotkey_menu.choice_wanted.connect(self._let_choose)
        if self._hotkey_menu is not None:
            self._hotkey_menu.show(lines, can_choose=mechanism == "portal")

    def _let_choose(self) -> None:
        if self._backend is not None and not self._backend.configure():
            _log.info("the desktop shows no place for its keys now")


def _connect_to_session() -> "Bus":
    from ringbridge.desktop.dbus.connect import connect

    return connect("SESSION")


def _kept_key_of(action: HotkeyAction, profile: str) -> str:
    from ringbridge.desktop.shortcuts.choose import kept_keys

    return kept_keys(profile).get(action, "")


def _holder_of(combination: str) -> str:
    from ringbridge.desktop.shortcuts.choose import holder_of

    return holder_of(combination)
