"""Notifications through ``org.freedesktop.Notifications`` (Desktop Notifications Specification 1.3).

The server may be missing, hang, die, answer late, send each signal twice (GNOME), or show no buttons; who asked hears
of it within a deadline and can say it in another way.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from ringbridge.desktop.dbus.values import Place
from ringbridge.desktop.notify_ports import (
    DEFAULT_ACTION,
    NOTICE_DEADLINE_S,
    Notice,
    NoticeEnd,
    NoticeListener,
)
from ringbridge.desktop.ports import Availability

if TYPE_CHECKING:
    from PySide6.QtCore import QTimer

    from ringbridge.desktop.dbus.bus import Bus, Subscription
    from ringbridge.desktop.dbus.values import BusSignal, Reply

_log = logging.getLogger(__name__)

SERVER = Place("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
DESKTOP_ENTRY = "ringbridge"
_LATE_S = 60.0
"""So long an answer is still looked for, to take away what came after its deadline."""
_EXPIRED, _DISMISSED = 1, 2
_SHOWS_DEFAULT = {"Xfce Notify Daemon"}
"""They draw the action ``default`` as a button, so a second one for the same would be one too many."""
_GNOME, _GNOME_REDRAWS = "gnome-shell", 46
"""Before this version (43 was tried) it draws no buttons where a notification replaces one that is on the screen."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MAX_TOKEN = 4096
_KEPT = 16
"""So many numbers that are gone are remembered: servers have histories, and not all take away what they should."""


class _Shown:
    """One notification on its way or on the screen."""

    def __init__(self, notice: Notice, listener: NoticeListener, replaces: int) -> None:
        self.notice = notice
        self.listener: NoticeListener | None = listener
        self.replaces = replaces
        self.number = 0
        self.token = ""
        self.deadline: QTimer | None = None

    def settle(self) -> "NoticeListener | None":
        """Nothing more will be heard of it: takes the listener out."""
        listener, self.listener = self.listener, None
        if self.deadline is not None:
            self.deadline.stop()
        return listener


class NotifierFdo:
    """A `Notifier`.

    Args:
        bus: The session bus; listens to the server, and to nobody else, from now on.
    """

    name = "freedesktop"

    def __init__(self, bus: "Bus") -> None:
        self._bus = bus
        self._slots: dict[str, _Shown] = {}
        self._gone: dict[int, NoticeListener] = {}
        self._capabilities: frozenset[str] | None = None
        self._server = ""
        self._loses_buttons = False
        self._owner: str | None = None
        self._waiting: list[Callable[[], None]] = []
        self._availability = Availability(usable=True)
        self._subscriptions: list[Subscription] = [
            bus.listen(SERVER, "ActionInvoked", self._action_invoked),
            bus.listen(SERVER, "ActivationToken", self._activation_token),
            bus.listen(SERVER, "NotificationClosed", self._closed),
            bus.watch_owner(SERVER.name, self._owner_changed),
        ]

    def availability(self) -> Availability:
        """Usable until a server is known to be missing, silent or without buttons."""
        return self._availability

    def show(self, slot: str, notice: Notice, listener: NoticeListener) -> None:
        """Show it in this slot, in the place of what stands there."""
        from PySide6.QtCore import QTimer

        before = self._slots.get(slot)
        replaces = before.number if before is not None else 0
        if before is not None:
            before.settle()
        shown = self._slots[slot] = _Shown(notice, listener, replaces)
        shown.deadline = QTimer()
        shown.deadline.setSingleShot(True)
        shown.deadline.timeout.connect(lambda: self._fail(slot, shown))
        shown.deadline.start(int(NOTICE_DEADLINE_S * 1000))
        self._when_known(lambda: self._send(slot, shown))

    def withdraw(self, slot: str) -> None:
        """Take away what stands in the slot."""
        shown = self._slots.pop(slot, None)
        if shown is not None:
            self._remember(shown.number, shown.settle())
            self._take_away(shown)

    def close(self) -> None:
        """Withdraw all and listen no more. Safe to call twice."""
        for slot in tuple(self._slots):
            self.withdraw(slot)
        for subscription in self._subscriptions:
            subscription.close()
        self._subscriptions.clear()
        self._waiting.clear()
        self._gone.clear()

    # ------------------------------------------------------------ the server

    def _when_known(self, go_on: Callable[[], None]) -> None:
        """Ask what the server can, once for each server, and go on with the answer."""
        if self._capabilities is not None:
            go_on()
            return
        self._waiting.append(go_on)
        if len(self._waiting) > 1:
            return

        def named(reply: "Reply") -> None:
            said = [] if reply.error else [str(each) for each in cast("list[object]", list(reply.values))]
            self._server, _, version = (*said, "", "", "")[:3]
            major = version.partition(".")[0]
            self._loses_buttons = self._server == _GNOME and major.isdecimal() and int(major) < _GNOME_REDRAWS

        def took(reply: "Reply") -> None:
            if reply.error:
                _log.info("no notifications: %s", reply.error)
                self._refuse("no_server", "install_notifications")
                return
            said = cast("list[object]", reply.values[0]) if reply.values else []
            self._capabilities = frozenset(str(each) for each in said)
            if "actions" not in self._capabilities:
                self._refuse("no_buttons", "install_notifications")
                return
            self._availability = Availability(usable=True)
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                each()

        self._bus.call(SERVER, "GetServerInformation", answered=named, start=True, timeout_s=NOTICE_DEADLINE_S)
        self._bus.call(SERVER, "GetCapabilities", answered=took, start=True, timeout_s=NOTICE_DEADLINE_S)

    def _refuse(self, reason: str, remedy: str) -> None:
        self._availability = Availability(usable=False, reason=reason, remedy=remedy)
        self._capabilities = None  # whoever wants the next one asks again: the server may be another by then
        self._waiting.clear()
        for slot, shown in tuple(self._slots.items()):
            if not shown.number:
                self._fail(slot, shown)

    def _owner_changed(self, owner: str) -> None:
        """Another server, or none: it knows nothing of what was shown."""
        before, self._owner = self._owner, owner
        if before in {None, owner}:
            return
        self._capabilities = None
        self._gone.clear()
        if not before:
            return  # there was none: what is on its way is for the new one
        for slot, shown in tuple(self._slots.items()):
            if shown.number:
                self._end(slot, shown, NoticeEnd.LOST)

    # ------------------------------------------------------------ one notification

    def _send(self, slot: str, shown: _Shown) -> None:
        if shown.listener is None:
            return  # replaced, withdrawn or given up while the server was asked
        notice, capabilities = shown.notice, self._capabilities or frozenset()
        body = notice.body.translate(_ESCAPES) if "body-markup" in capabilities else notice.body
        actions: list[str] = []
        default = next((action.label for action in notice.actions if action.key == DEFAULT_ACTION), "")
        for action in notice.actions:
            same = action.key != DEFAULT_ACTION and action.label == default and self._server in _SHOWS_DEFAULT
            if not same:
                actions += [action.key, action.label]
        hints = {
            "desktop-entry": ("s", DESKTOP_ENTRY),
            "image-path": ("s", notice.icon),
            "urgency": ("y", 2 if notice.urgent else 1),
        }
        if notice.category:
            hints["category"] = ("s", notice.category)
        expires_ms = notice.seconds * 1000 if notice.seconds >= 0 else -1
        if shown.replaces and actions and self._loses_buttons:
            self._bus.call(SERVER, "CloseNotification", "u", shown.replaces)
            shown.replaces = 0

        def answered(reply: "Reply") -> None:
            number = reply.values[0] if not reply.error and reply.values else 0
            self._take_number(slot, shown, number if isinstance(number, int) else 0)

        self._bus.call(
            SERVER, "Notify", "susssasa{sv}i",
            "Ringbridge", shown.replaces, "ringbridge", notice.title, body, actions, hints, expires_ms,
            answered=answered, timeout_s=_LATE_S,
        )  # fmt: skip

    def _take_number(self, slot: str, shown: _Shown, number: int) -> None:
        shown.number = number
        self._gone.pop(number, None)  # the server gives it to another one
        if not number:
            self._fail(slot, shown)
        elif shown.listener is None:
            now = self._slots.get(slot)
            if now is None:
                self._take_away(shown)  # too late: it was said in another way meanwhile, or is true no more
            elif now is not shown and number not in {now.number, now.replaces}:
                self._take_away(shown)  # the one that stands in its place did not know its number yet
        elif shown.deadline is not None:
            shown.deadline.stop()

    def _take_away(self, shown: _Shown) -> None:
        number, shown.number = shown.number, 0
        if number:
            self._bus.call(SERVER, "CloseNotification", "u", number)

    def _fail(self, slot: str, shown: _Shown) -> None:
        listener = shown.settle()
        if self._slots.get(slot) is shown:
            del self._slots[slot]
        if listener is not None:
            listener.failed()

    def _end(self, slot: str, shown: _Shown, why: NoticeEnd) -> None:
        del self._slots[slot]
        number, shown.number = shown.number, 0
        listener = shown.settle()
        if listener is not None:
            self._remember(number, listener)
            listener.ended(why)

    def _remember(self, number: int, listener: "NoticeListener | None") -> None:
        if number and listener is not None:
            self._gone[number] = listener
            while len(self._gone) > _KEPT:
                del self._gone[next(iter(self._gone))]

    def _find(self, number: object) -> "tuple[str, _Shown] | None":
        return next((item for item in self._slots.items() if item[1].number and item[1].number == number), None)

    # ------------------------------------------------------------ signals

    def _activation_token(self, signal: "BusSignal") -> None:
        found = self._find(signal.values[0] if signal.values else 0)
        token = signal.values[1] if len(signal.values) > 1 else ""
        if found is not None and isinstance(token, str) and len(token) <= _MAX_TOKEN and "\0" not in token:
            found[1].token = token

    def _action_invoked(self, signal: "BusSignal") -> None:
        """A number acts once: it is forgotten with the first signal, and GNOME sends a second."""
        if len(signal.values) < len(("number", "key")):
            return
        found, key = self._find(signal.values[0]), signal.values[1]
        late = self._gone.pop(signal.values[0], None) if found is None else None
        if late is not None:
            late.late()
        if found is None or key not in {action.key for action in found[1].notice.actions}:
            return
        slot, shown = found
        del self._slots[slot]
        listener = shown.settle()
        self._take_away(shown)  # not every server does so by itself
        if listener is not None:
            listener.acted(str(key), shown.token)

    def _closed(self, signal: "BusSignal") -> None:
        found = self._find(signal.values[0] if signal.values else 0)
        if found is None:
            return
        reason = signal.values[1] if len(signal.values) > 1 else 0
        why = {_EXPIRED: NoticeEnd.EXPIRED, _DISMISSED: NoticeEnd.DISMISSED}.get(reason, NoticeEnd.LOST)
        self._end(*found, why)
