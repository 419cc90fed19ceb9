"""Whether the screen is locked, on Linux: logind's `LockedHint` and the desktops' `ActiveChanged`, by their signals.

Several may be there, and not every locker tells each of them: the screen counts as locked while one says so.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from ringbridge.desktop.dbus.values import BusSignal, Place, Reply
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.screen_lock_names import (
    AUTO_SESSION,
    LOGIND,
    LOGIND_PATH,
    MANAGER,
    PROPERTIES,
    SAVERS,
    SESSION,
    Saver,
)

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus, HandOut, Subscription

_log = logging.getLogger(__name__)

_HEEDED_MS = 10_000
"""logind's `Lock` only asks a locker to lock. It counts at once, and no longer than so unless a locker confirms it:
there are lockers that never say when they unlock."""
_ASKED_TO_LOCK = "asked to lock"
_SYSTEM_BUS, _SESSION_BUS = "the system bus", "the session bus"
_LOGIND_SESSION = Place(LOGIND, "", SESSION)


class ScreenLockDBus:
    """A `ScreenLock` that listens; GUI thread.

    Args:
        system: Hands out the system's bus, or None where there is none; a bus that hangs is not waited for here.
        session: The bus of the user's session, likewise.
    """

    name = "dbus"

    def __init__(self, system: "HandOut", session: "HandOut") -> None:
        self._buses = {_SYSTEM_BUS: system, _SESSION_BUS: session}
        self._missing: set[str] = set()
        self._session_path = ""
        self._locked_by: set[str] = set()
        self._changed: Callable[[bool], None] | None = None
        self._known: Callable[[], None] | None = None
        self._unanswered: set[str] = set()
        self._subscriptions: list[Subscription] = []
        self._heeded = QTimer()
        self._heeded.setSingleShot(True)
        self._heeded.setInterval(_HEEDED_MS)
        self._heeded.timeout.connect(partial(self._say, _ASKED_TO_LOCK, False))

    def availability(self) -> Availability:
        """Usable unless both buses are missing; whether a locker tells on one is only known once it does."""
        if self._missing == set(self._buses):
            return Availability(usable=False, reason="no_bus")
        return Availability(usable=True)

    @property
    def locked(self) -> bool:
        """Whether the screen is locked, as far as anybody has told."""
        return bool(self._locked_by)

    def watch(self, changed: Callable[[bool], None], known: Callable[[], None]) -> None:
        """Call `changed` whenever the screen is locked or unlocked, `known` once all have answered or failed to."""
        self._changed, self._known = changed, known
        self._unanswered = set(self._buses)
        for name, hand_out in self._buses.items():
            hand_out(partial(self._take_bus, name))

    def close(self) -> None:
        """Listen no more. Safe to call twice."""
        self._changed = self._known = None
        self._heeded.stop()
        for subscription in self._subscriptions:
            subscription.close()
        self._subscriptions.clear()

    def _take_bus(self, name: str, bus: "Bus | None") -> None:
        if self._changed is None:  # closed meanwhile
            return
        if bus is None:
            self._missing.add(name)
        elif name == _SYSTEM_BUS:
            self._watch_logind(bus)
        else:
            for saver in SAVERS:
                self._watch_saver(bus, saver)
        self._answered(name)

    # ------------------------------------------------------------ logind

    def _watch_logind(self, bus: "Bus") -> None:
        changed = partial(self._session_changed, bus)
        self._subscriptions += (
            bus.listen(_LOGIND_SESSION._replace(interface=PROPERTIES), "PropertiesChanged", changed, first=SESSION),
            bus.listen(_LOGIND_SESSION, "Lock", self._lock_asked),
            bus.listen(_LOGIND_SESSION, "Unlock", self._unlock_asked),
        )
        self._watch_end(bus, LOGIND)
        bus.get(_LOGIND_SESSION._replace(path=AUTO_SESSION), "Id", partial(self._take_id, bus))
        self._ask_hint(bus, AUTO_SESSION)

    def _take_id(self, bus: "Bus", session_id: object) -> None:
        if isinstance(session_id, str):
            manager = Place(LOGIND, LOGIND_PATH, MANAGER)
            bus.call(manager, "GetSession", "s", session_id, answered=self._take_path)

    def _take_path(self, reply: Reply) -> None:
        if not reply.error and reply.values:
            self._session_path = str(reply.values[0])

    def _is_mine(self, signal: BusSignal) -> bool:
        # until logind has said which session is ours, each may be
        return self._session_path in {"", signal.path} and signal.path != LOGIND_PATH

    def _ask_hint(self, bus: "Bus", path: str) -> None:
        self._unanswered.add(LOGIND)
        bus.get(_LOGIND_SESSION._replace(path=path), "LockedHint", partial(self._take_answer, LOGIND))

    def _session_changed(self, bus: "Bus", signal: BusSignal) -> None:
        # while each session may be ours, what the signal says may be another's; so ours is asked
        if self._is_mine(signal):
            self._ask_hint(bus, self._session_path or AUTO_SESSION)

    def _lock_asked(self, signal: BusSignal) -> None:
        if self._is_mine(signal):
            self._say(_ASKED_TO_LOCK, True)
            self._heeded.start()

    def _unlock_asked(self, signal: BusSignal) -> None:
        """Whether it is unlocked, the locker says."""
        if self._is_mine(signal):
            self._heeded.stop()
            self._say(_ASKED_TO_LOCK, False)

    # ------------------------------------------------------------ screen savers

    def _watch_saver(self, bus: "Bus", saver: Saver) -> None:
        anywhere = Place(saver.name, "", saver.name)
        self._subscriptions.append(bus.listen(anywhere, "ActiveChanged", self._saver_changed))
        self._watch_end(bus, saver.name)
        self._unanswered.add(saver.name)

        def took(reply: Reply) -> None:
            answer = None if reply.error or not reply.values else reply.values[0]
            self._take_answer(saver.name, answer)

        bus.call(anywhere._replace(path=saver.path), "GetActive", answered=took)

    def _saver_changed(self, signal: BusSignal) -> None:
        self._say(signal.interface, signal.values[:1] == (True,))

    # ------------------------------------------------------------ both

    def _say(self, who: str, locked: bool) -> None:  # noqa: FBT001 - reads well at the call
        before = self.locked
        (self._locked_by.add if locked else self._locked_by.discard)(who)
        if self.locked != before:
            _log.debug("the screen is %s (%s)", "locked" if self.locked else "unlocked", who)
            if self._changed is not None:
                self._changed(self.locked)

    def _watch_end(self, bus: "Bus", name: str) -> None:
        """A locker that is gone locks nothing: without this a crashed one would bar calls for ever."""

        def owned(unique: str) -> None:
            if not unique:
                self._say(name, False)

        self._subscriptions.append(bus.watch_owner(name, owned))

    def _take_answer(self, who: str, answer: object) -> None:
        """No answer, or an error, changes nothing, and is an end too."""
        if answer is not None:
            self._say(who, answer is True)
        self._answered(who)

    def _answered(self, who: str) -> None:
        self._unanswered.discard(who)
        if not self._unanswered and self._known is not None:
            known, self._known = self._known, None
            known()
