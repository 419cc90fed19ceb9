"""Global hotkeys where the desktop keeps them: the portal `org.freedesktop.portal.GlobalShortcuts`, versions 1 and 2.

The desktop decides about the keys: it may ask the person, and remembers. What a portal answers differs between
desktops and versions (KDE 5.27 to 6.7 and GNOME 48 were tried), so only one thing is believed: a shortcut that is
listed with a key has it.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ringbridge.core.hotkey_spellings import portal_trigger
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.activation import activated_by
from ringbridge.desktop.dbus.portal import PORTAL, PORTAL_PATH, PortalAnswer, PortalRequest
from ringbridge.desktop.dbus.portal_connection import Connect, PortalConnection
from ringbridge.desktop.dbus.values import NO_REPLY, BusSignal, Place
from ringbridge.desktop.hotkey_portal_values import (
    DENIED,
    SHORTCUTS,
    Presses,
    activation_token,
    keys_of,
    look,
    state_of,
)
from ringbridge.desktop.hotkey_refusals import Forgotten, Refusals
from ringbridge.desktop.ports import (
    REMEDY_KEYS,
    Availability,
    HotkeyCondition,
    HotkeyState,
    HotkeyWish,
    Pressed,
    Told,
)

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus, Subscription

_log = logging.getLogger(__name__)

APP_ID = "ringbridge"
"""The name of our .desktop file. It never changes: desktops keep the keys under it."""

SESSION = "org.freedesktop.portal.Session"

_CAN_CONFIGURE = 2
_MAX_ENDS = 3
_LOOK_S = 3.0
_LEAST_S = 0.1


class PortalLimits(NamedTuple):
    """How long things may take, in seconds.

    Attributes:
        answer_s: Until a session stands, where nobody is asked.
        dialog_s: For the person whom the desktop asks.
        repeat_s: A key that is held repeats sooner than this.
        twice_s: The same press told twice comes sooner than this, and a second press later.
    """

    answer_s: float = 30.0
    dialog_s: float = 300.0
    repeat_s: float = 1.5
    twice_s: float = 0.05


USUAL_LIMITS = PortalLimits()


class HotkeyPortal:
    """A `HotkeyBackend` whose keys the desktop gives and keeps.

    Args:
        connect: Makes our connection.
        profile: The profile's name: each has keys of its own.
        confirms: The first answer may tell of a key that another program has (KDE), so look again in a new session.
        limits: How long things may take.
        refusals: Keep what the person says no to, so that the next start does not ask again.
    """

    name = "portal"

    def __init__(
        self,
        connect: Connect,
        *,
        profile: str = "",
        confirms: bool = False,
        limits: PortalLimits = USUAL_LIMITS,
        refusals: Refusals | None = None,
    ) -> None:
        self._link = PortalConnection(
            connect, APP_ID, answer_s=limits.answer_s,
            opened=self._listen, came=self._came, left=self._forget_session, gone=self._unavailable,
        )  # fmt: skip
        self._confirms = confirms
        self._limits = limits
        self._refusals = refusals or Forgotten()
        suffix = f"_{profile}".replace("-", "_") if profile else ""
        self._token = f"ringbridge{suffix}"
        self._ids = {f"{action}{suffix}": action for action in HotkeyAction}
        self._wishes: tuple[HotkeyWish, ...] = ()
        self._pressed: Pressed = lambda _action: None
        self._told: Told = lambda _action, _state: None
        self._states: dict[HotkeyAction, HotkeyState] = {}
        self._heard: list[Subscription] = []
        self._round = 0
        self._deadline_s = 0.0
        self._request: PortalRequest | None = None
        self._session = ""
        self._session_heard: Subscription | None = None
        self._version = 0
        self._is_confirmed = False
        self._code = 0
        self._asks_person = False
        self._is_creating = False
        self._once_created: Callable[[], None] | None = None
        self._ended = 0
        self._presses = Presses(twice_s=limits.twice_s, repeat_s=limits.repeat_s)

    def availability(self) -> Availability:
        """Ask the portal whether it has the interface, and wait for it: off the GUI thread."""
        return look(_LOOK_S)

    def bind(self, wishes: Sequence[HotkeyWish], pressed: Pressed, told: Told) -> None:
        """Have these shortcuts in a session; the same ones again change nothing."""
        before, self._wishes = self._wishes, tuple(wishes)
        self._pressed, self._told = pressed, told
        for action in self._states.keys() - {wish.action for wish in wishes}:
            del self._states[action]
        if not wishes:
            self._refusals.keep(())
            self._leave_session()
            return
        known = {action: state for action, state in self._states.items() if before == self._wishes}
        for wish in wishes:
            state = known.get(wish.action, HotkeyState(HotkeyCondition.WAITING))
            self._states[wish.action] = state
            told(wish.action, state)
        if self._link.is_nameless and not any(state.condition is HotkeyCondition.BOUND for state in known.values()):
            self._hang_up()  # a connection that was used without a name gets none any more
        if self._link.bus is None:
            self._link.open()
        elif before != self._wishes or not self._session:
            self._restart()

    def configure(self) -> bool:
        """Let the desktop show its dialog or its settings for our keys."""
        bus = self._link.bus
        if bus is None or not self._wishes or not self._link.is_there:
            return False
        was_refused = any(state.condition is HotkeyCondition.DENIED for state in self._states.values())
        if self._version >= _CAN_CONFIGURE and self._session and not was_refused:
            bus.call(_place(SHORTCUTS), "ConfigureShortcuts", "osa{sv}", self._session, "", _options())
        else:
            self._asks_person = True
            self._restart()
        return True

    def hold_stop_key(self, pressed: Callable[[], None] | None) -> bool:  # noqa: ARG002 - the protocol's
        """A desktop would ask the person about it each time: the card has its own way."""
        return False

    def close(self) -> None:
        """End the session and the connection. Safe to call twice."""
        self._wishes = ()
        self._states.clear()
        self._hang_up()

    def _hang_up(self) -> None:
        """The portal ends the session with the connection."""
        self._forget_session()
        for heard in self._heard:
            heard.close()
        self._heard.clear()
        self._link.close()

    def _listen(self, bus: "Bus") -> None:
        shortcuts = _place(SHORTCUTS)
        self._heard = [
            bus.listen(shortcuts, "Activated", self._activated),
            bus.listen(shortcuts, "Deactivated", self._deactivated),
            bus.listen(shortcuts, "ShortcutsChanged", self._shortcuts_changed),
        ]

    def _came(self) -> None:
        self._ended = 0
        self._restart()

    # ------------------------------------------------------------ the session

    def _restart(self) -> None:
        """Begin a session, with none of the answers to the one before."""
        if not self._link.is_there:
            return
        self._is_confirmed, self._code = not self._confirms, 0
        self._leave_session(self._begin)

    def _leave_session(self, then: Callable[[], None] = lambda: None) -> None:
        if self._is_creating:
            self._once_created = then  # all our sessions have one name: this one has to be there before it can go
            return
        session, bus = self._session, self._link.bus
        self._forget_session()
        if not session or bus is None:
            then()
            return
        round_ = self._round
        bus.call(
            Place(PORTAL, session, SESSION), "Close", timeout_s=self._limits.answer_s,
            answered=lambda _reply: then() if round_ == self._round else None,
        )  # fmt: skip

    def _forget_session(self) -> None:
        self._round += 1
        self._session, self._is_creating, self._once_created = "", False, None
        self._presses.clear()
        if self._session_heard is not None:
            self._session_heard.close()
            self._session_heard = None
        if self._request is not None:
            self._request.cancel()
            self._request = None

    def _begin(self) -> None:
        bus = self._link.bus
        if bus is None or not self._wishes:
            return
        round_ = self._round
        self._deadline_s = time.monotonic() + self._limits.answer_s

        def named(answers: bool) -> None:  # noqa: FBT001 - what `say_name` says
            if round_ != self._round:
                return
            if answers:
                bus.get(_place(SHORTCUTS), "version", versioned, timeout_s=self._rest_s())
            else:
                self._unavailable("portal_silent")

        def versioned(version: object) -> None:
            if round_ != self._round:
                return
            if not isinstance(version, int):
                self._unavailable("no_global_shortcuts" if self._rest_s() > _LEAST_S else "portal_silent")
                return
            self._version = version
            self._create()

        self._link.say_name(named, self._rest_s())

    def _rest_s(self) -> float:
        return max(self._deadline_s - time.monotonic(), _LEAST_S)

    def _ask(
        self,
        method: str,
        signature: str,
        *values: Any,  # noqa: ANN401 - what the signature says
        options: Mapping[str, Any] | None = None,
        answered: Callable[[PortalAnswer], None],
        timeout_s: float,
    ) -> None:
        bus = self._link.bus
        if bus is not None:
            self._request = PortalRequest(
                bus, SHORTCUTS, method, signature, *values,
                options=options or {}, answered=answered, timeout_s=timeout_s,
            )  # fmt: skip

    def _create(self) -> None:
        # KDE 5.27 takes the shortcuts, with the keys proposed for them, from here only; others do not look
        options = {"session_handle_token": ("s", self._token), "shortcuts": ("a(sa{sv})", self._shortcuts())}
        self._is_creating = True
        self._ask("CreateSession", "", options=options, answered=self._created, timeout_s=self._rest_s())

    def _shortcuts(self) -> list[tuple[str, dict[str, tuple[str, str]]]]:
        ids = {action: name for name, action in self._ids.items()}
        return [
            (
                ids[wish.action],
                {
                    "description": ("s", wish.description),
                    "preferred_trigger": ("s", portal_trigger(wish.combination)),
                },
            )
            for wish in self._wishes
        ]

    def _created(self, answer: PortalAnswer) -> None:
        self._is_creating = False
        self._session = answer.text("session_handle") if not answer.error and not answer.code else ""
        then, self._once_created = self._once_created, None
        if then is not None:  # other keys are wanted by now, or none
            self._leave_session(then)
            return
        bus = self._link.bus
        if not self._session or bus is None:
            self._refused(answer)
            return
        self._session_heard = bus.listen(Place(PORTAL, self._session, SESSION), "Closed", self._closed)
        self._ask("ListShortcuts", "o", self._session, answered=self._listed, timeout_s=self._rest_s())

    def _listed(self, answer: PortalAnswer) -> None:
        if answer.error == NO_REPLY:
            self._refused(answer)
            return
        found = keys_of(answer.results.get("shortcuts"))
        wanted = {name for name, _ in self._shortcuts()}
        if (wanted <= found.keys() or (self._confirms and self._is_confirmed)) and not self._asks_person:
            self._conclude(found, self._code)
            return
        if self._refusals.covers(self._wishes) and not self._asks_person:
            self._conclude(found, DENIED)
            return
        self._asks_person = False
        self._ask(
            "BindShortcuts", "oa(sa{sv})s", self._session, self._shortcuts(), "",
            answered=self._bound, timeout_s=self._limits.dialog_s,
        )  # fmt: skip

    def _bound(self, answer: PortalAnswer) -> None:
        found = keys_of(answer.results.get("shortcuts"))
        if answer.error or {name for name, _ in self._shortcuts()} <= found.keys():
            self._finish_binding(answer, found)
            return
        # not every portal says what it bound
        self._deadline_s = time.monotonic() + self._limits.answer_s
        self._ask(
            "ListShortcuts", "o", self._session, timeout_s=self._rest_s(),
            answered=lambda listed: self._finish_binding(answer, found | keys_of(listed.results.get("shortcuts"))),
        )  # fmt: skip

    def _finish_binding(self, answer: PortalAnswer, found: dict[str, str]) -> None:
        if answer.error and not found:
            self._refused(answer)
        else:
            self._refusals.keep(self._wishes if answer.code == DENIED and not found else ())
            self._conclude(found, answer.code)

    def _conclude(self, found: dict[str, str], code: int) -> None:
        self._request = None
        if not self._is_confirmed and any(found.values()):
            self._is_confirmed, self._code = True, code
            self._leave_session(self._begin)
            return
        self._link.settled()
        names = {action: name for name, action in self._ids.items()}
        for wish in self._wishes:
            self._tell(wish.action, state_of(found.get(names[wish.action]), code))

    def _refused(self, answer: PortalAnswer) -> None:
        self._request = None
        _log.info("the portal gives no hotkeys: %s", answer.error or f"code {answer.code}")
        self._unavailable("portal_silent" if answer.error == NO_REPLY else "portal_refused")

    def _unavailable(self, reason: str) -> None:
        availability = Availability(usable=False, reason=reason, remedy=REMEDY_KEYS)
        for wish in self._wishes:
            self._tell(wish.action, HotkeyState(HotkeyCondition.UNAVAILABLE, availability=availability))

    def _tell(self, action: HotkeyAction, state: HotkeyState) -> None:
        if self._states.get(action) != state:
            self._states[action] = state
            self._told(action, state)

    # ------------------------------------------------------------ what the portal tells

    def _closed(self, _signal: BusSignal) -> None:
        """The portal ended our session: what behind it does the work was restarted, say."""
        self._forget_session()
        if self._ended < _MAX_ENDS:
            self._ended += 1
            self._restart()
        else:
            self._unavailable("portal_gone")

    def _activated(self, signal: BusSignal) -> None:
        name = self._ours(signal)
        if name and self._presses.is_first(name):
            with activated_by(activation_token(signal)):
                self._pressed(self._ids[name])

    def _deactivated(self, signal: BusSignal) -> None:
        name = self._ours(signal)
        if name:
            self._presses.release(name)

    def _ours(self, signal: BusSignal) -> str:
        """The shortcut's name where it is one of ours, of our session; else empty."""
        session, name = (*signal.values, "", "")[:2]
        if not self._session or session != self._session or not isinstance(name, str):
            return ""
        return name if self._ids.get(name) in {wish.action for wish in self._wishes} else ""

    def _shortcuts_changed(self, signal: BusSignal) -> None:
        session, shortcuts = (*signal.values, "", "")[:2]
        if not self._session or session != self._session or self._request is not None:
            return
        for name, keys in keys_of(("a(sa{sv})", shortcuts)).items():
            if self._ids.get(name) in {wish.action for wish in self._wishes}:
                self._tell(self._ids[name], state_of(keys, 0))


def _place(interface: str) -> Place:
    return Place(PORTAL, PORTAL_PATH, interface)


def _options() -> dict[str, Any]:
    return {}
