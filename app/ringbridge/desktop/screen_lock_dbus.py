"""Whether the screen is locked, on Linux: logind's `LockedHint` and the desktops' `ActiveChanged`, by their signals.

Several may be there, and not every locker tells each of them: the screen counts as locked while one says so.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import SLOT, QObject, QTimer, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusServiceWatcher, QDBusVariant

from ringbridge.desktop.bus_answers import bus_hangs, session_bus_address, system_bus_address
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
    from collections.abc import Sequence

_log = logging.getLogger(__name__)

_ANSWER_MS = 2000
_BUS_S = 10.0
"""A bus that says nothing for so long is left out; at login a slow one takes a second or two."""
_HEEDED_MS = 10_000
"""logind's `Lock` only asks a locker to lock. It counts at once, and no longer than so unless a locker confirms it:
there are lockers that never say when they unlock."""
_ASKED_TO_LOCK = "asked to lock"


def connect() -> tuple[QDBusConnection, QDBusConnection]:
    """Connect to the system's and the session's bus; Qt keeps the connections. Any thread that may wait.

    Returns:
        Both; not connected where there is none, or one that does not answer.
    """
    system = _connected(system_bus_address(), QDBusConnection.systemBus)
    return system, _connected(session_bus_address(), QDBusConnection.sessionBus)


def _connected(address: str, connect_to: Callable[[], QDBusConnection]) -> QDBusConnection:
    if bus_hangs(address, patience_s=_BUS_S):
        _log.warning("a bus does not answer, so it can't tell when the screen is locked")
        return QDBusConnection("")
    return connect_to()


class ScreenLockDBus(QObject):
    """A `ScreenLock` that listens; GUI thread. To be made after start: it imports QtDBus.

    Args:
        system: The system's bus, as `connect` gives it.
        session: The bus of the user's session, likewise.
    """

    name = "dbus"

    def __init__(self, system: QDBusConnection, session: QDBusConnection) -> None:
        super().__init__()
        self._system = system
        self._session = session
        self._session_path = ""
        self._locked_by: set[str] = set()
        self._changed: Callable[[bool], None] | None = None
        self._known: Callable[[], None] | None = None
        self._unanswered: set[str] = set()
        self._vanished: list[QDBusServiceWatcher] = []
        self._heeded = QTimer(self)
        self._heeded.setSingleShot(True)
        self._heeded.setInterval(_HEEDED_MS)
        self._heeded.timeout.connect(partial(self._say, _ASKED_TO_LOCK, False))

    def availability(self) -> Availability:
        """Usable where there is a bus; whether a locker tells on it is only known once it does."""
        if self._system.isConnected() or self._session.isConnected():
            return Availability(usable=True)
        return Availability(usable=False, reason="no_bus")

    @property
    def locked(self) -> bool:
        """Whether the screen is locked, as far as anybody has told."""
        return bool(self._locked_by)

    def watch(self, changed: Callable[[bool], None], known: Callable[[], None]) -> None:
        """Call `changed` whenever the screen is locked or unlocked, `known` once all have answered or failed to."""
        self._changed, self._known = changed, known
        logind, savers = self._system.isConnected(), SAVERS if self._session.isConnected() else ()
        self._unanswered = {*(saver.name for saver in savers), *((LOGIND,) if logind else ())}
        if logind:
            self._watch_logind()
        for saver in savers:
            self._watch_saver(saver)
        self._tell_known()

    def close(self) -> None:
        """Listen no more. Safe to call twice."""
        self._changed = self._known = None
        self._heeded.stop()
        for watcher in self._vanished:
            watcher.setWatchedServices([])
        self._vanished.clear()

    # ------------------------------------------------------------ logind

    def _watch_logind(self) -> None:
        for interface, member, slot in (
            (PROPERTIES, "PropertiesChanged", "session_changed(QDBusMessage)"),
            (SESSION, "Lock", "lock_asked(QDBusMessage)"),
            (SESSION, "Unlock", "unlock_asked(QDBusMessage)"),
        ):
            self._system.connect(LOGIND, "", interface, member, self, SLOT(slot))  # pyright: ignore[reportArgumentType] - the stub wants bytes, PySide6 text
        self._watch_end(self._system, LOGIND)
        self._ask(self._system, _get(AUTO_SESSION, "Id"), self._take_id)
        self._ask_hint(AUTO_SESSION)

    def _take_id(self, session_id: object) -> None:
        self._ask(self._system, _call(LOGIND, LOGIND_PATH, MANAGER, "GetSession", session_id), self._take_path)

    def _take_path(self, path: Any) -> None:  # noqa: ANN401 - a QDBusObjectPath
        self._session_path = path.path()

    def _is_mine(self, message: QDBusMessage) -> bool:
        # until logind has said which session is ours, each may be
        return self._session_path in {"", message.path()} and message.path() != LOGIND_PATH

    def _ask_hint(self, path: str) -> None:
        # the signal holds the value in a form that PySide6 can't read, so it is asked for
        self._ask_whether(LOGIND, self._system, _get(path, "LockedHint"))

    @Slot(QDBusMessage)
    def session_changed(self, message: QDBusMessage) -> None:
        """Something of a session is different."""
        if self._is_mine(message):
            self._ask_hint(self._session_path or AUTO_SESSION)

    @Slot(QDBusMessage)
    def lock_asked(self, message: QDBusMessage) -> None:
        """Somebody wants the screen locked."""
        if self._is_mine(message):
            self._say(_ASKED_TO_LOCK, True)
            self._heeded.start()

    @Slot(QDBusMessage)
    def unlock_asked(self, message: QDBusMessage) -> None:
        """Somebody wants it unlocked; whether it is, the locker says."""
        if self._is_mine(message):
            self._heeded.stop()
            self._say(_ASKED_TO_LOCK, False)

    # ------------------------------------------------------------ screen savers

    def _watch_saver(self, saver: Saver) -> None:
        slot = SLOT("saver_changed(QDBusMessage)")
        self._session.connect(saver.name, "", saver.name, "ActiveChanged", self, slot)  # pyright: ignore[reportArgumentType] - likewise
        self._watch_end(self._session, saver.name)
        self._ask_whether(saver.name, self._session, _call(saver.name, saver.path, saver.name, "GetActive"))

    @Slot(QDBusMessage)
    def saver_changed(self, message: QDBusMessage) -> None:
        """A screen saver came or went."""
        values = message.arguments()
        self._say(message.interface(), bool(values) and values[0] is True)

    # ------------------------------------------------------------ both

    def _say(self, who: str, locked: bool) -> None:  # noqa: FBT001 - reads well at the call
        before = self.locked
        (self._locked_by.add if locked else self._locked_by.discard)(who)
        if self.locked != before:
            _log.debug("the screen is %s (%s)", "locked" if self.locked else "unlocked", who)
            if self._changed is not None:
                self._changed(self.locked)

    def _watch_end(self, bus: QDBusConnection, name: str) -> None:
        """A locker that is gone locks nothing: without this a crashed one would bar calls for ever."""
        watcher = QDBusServiceWatcher(name, bus, QDBusServiceWatcher.WatchModeFlag.WatchForUnregistration)
        watcher.serviceUnregistered.connect(partial(self._gone, name))
        self._vanished.append(watcher)

    def _gone(self, name: str, _name: object = None) -> None:
        self._say(name, False)

    def _tell_known(self) -> None:
        if not self._unanswered and self._known is not None:
            known, self._known = self._known, None
            known()

    def _ask_whether(self, who: str, bus: QDBusConnection, question: QDBusMessage) -> None:
        """Ask one who knows whether the screen is locked."""

        def ended() -> None:
            self._unanswered.discard(who)
            self._tell_known()

        self._ask(bus, question, lambda value: self._say(who, value is True), ended)

    def _ask(
        self,
        bus: QDBusConnection,
        message: QDBusMessage,
        answered: Callable[[Any], None],
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        """Ask without waiting; no answer, or an error, changes nothing, and is an end too."""
        message.setAutoStartService(False)
        watcher = QDBusPendingCallWatcher(bus.asyncCall(message, _ANSWER_MS), self)

        def finished(_watcher: object) -> None:
            watcher.deleteLater()
            values: Sequence[Any] = [] if watcher.isError() else watcher.reply().arguments()
            if values and self._changed is not None:
                answered(values[0].variant() if isinstance(values[0], QDBusVariant) else values[0])
            ended()

        watcher.finished.connect(finished)


def _get(path: str, name: str) -> QDBusMessage:
    return _call(LOGIND, path, PROPERTIES, "Get", SESSION, name)


def _call(service: str, path: str, interface: str, member: str, *arguments: object) -> QDBusMessage:
    message = QDBusMessage.createMethodCall(service, path, interface, member)
    message.setArguments(list(arguments))
    return message
