"""Notifications out of a sandbox: ``org.freedesktop.portal.Notification`` (XDG Desktop Portal, version 1 and 2).

The portal says neither that a notification was shown nor that it went; it keeps them by a name of ours.
"""

import logging
from typing import TYPE_CHECKING, cast

from ringbridge.desktop.dbus.values import Place, plain
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

PORTAL = Place(
    "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Notification"
)
_MAX_TOKEN = 4096
_KEPT = 16
"""So many names that are gone are remembered: a click may be on its way."""


class _Added:
    def __init__(self, name: str, notice: Notice, listener: NoticeListener) -> None:
        self.name = name
        self.notice = notice
        self.listener: NoticeListener | None = listener
        self.timer: QTimer | None = None

    def settle(self) -> "NoticeListener | None":
        listener, self.listener = self.listener, None
        if self.timer is not None:
            self.timer.stop()
        return listener


class NotifierPortal:
    """A `Notifier` for sandboxes.

    Args:
        bus: The session bus; listens to the portal, and to nobody else, from now on.
    """

    name = "portal"

    def __init__(self, bus: "Bus") -> None:
        self._bus = bus
        self._slots: dict[str, _Added] = {}
        self._gone: dict[str, NoticeListener] = {}
        self._count = 0
        self._availability = Availability(usable=True)
        self._subscription: Subscription | None = bus.listen(PORTAL, "ActionInvoked", self._action_invoked)

    def availability(self) -> Availability:
        """Usable until the portal refused or did not answer."""
        return self._availability

    def show(self, slot: str, notice: Notice, listener: NoticeListener) -> None:
        """Show it in this slot, in the place of what stands there."""
        self.withdraw(slot)
        self._count += 1
        # another name each time: a click on the one before, on its way already, must not count for this one
        added = self._slots[slot] = _Added(f"{slot}-{self._count}", notice, listener)

        def answered(reply: "Reply") -> None:
            if not reply.error:
                self._availability = Availability(usable=True)
                self._expire_later(slot, added)
                return
            _log.info("no notifications: %s", reply.error)
            self._availability = Availability(usable=False, reason="no_portal", remedy="install_portal")
            if self._slots.get(slot) is added:
                del self._slots[slot]
            self._remove(added)
            waiting = added.settle()
            if waiting is not None:
                waiting.failed()

        self._bus.call(
            PORTAL, "AddNotification", "sa{sv}", added.name, _as_portal(notice),
            answered=answered, start=True, timeout_s=NOTICE_DEADLINE_S,
        )  # fmt: skip

    def withdraw(self, slot: str) -> None:
        """Take away what stands in the slot."""
        added = self._slots.pop(slot, None)
        if added is not None:
            self._remember(added.name, added.settle())
            self._remove(added)

    def close(self) -> None:
        """Withdraw all and listen no more. Safe to call twice."""
        for slot in tuple(self._slots):
            self.withdraw(slot)
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.close()

    def _expire_later(self, slot: str, added: _Added) -> None:
        """The portal knows no time limit: we take it away ourselves."""
        from PySide6.QtCore import QTimer

        if added.notice.seconds <= 0 or added.listener is None:
            return

        def expire() -> None:
            if self._slots.get(slot) is added:
                del self._slots[slot]
                self._remove(added)
                listener = added.settle()
                self._remember(added.name, listener)
                if listener is not None:
                    listener.ended(NoticeEnd.EXPIRED)

        added.timer = QTimer()
        added.timer.setSingleShot(True)
        added.timer.timeout.connect(expire)
        added.timer.start(added.notice.seconds * 1000)

    def _remember(self, name: str, listener: "NoticeListener | None") -> None:
        if listener is not None:
            self._gone[name] = listener
            while len(self._gone) > _KEPT:
                del self._gone[next(iter(self._gone))]

    def _remove(self, added: _Added) -> None:
        self._bus.call(PORTAL, "RemoveNotification", "s", added.name)

    def _action_invoked(self, signal: "BusSignal") -> None:
        if len(signal.values) < len(("name", "action", "parameter")):
            return
        name, action, parameter = signal.values[:3]
        found = next((item for item in self._slots.items() if item[1].name == name), None)
        late = self._gone.pop(name, None)
        if late is not None:
            late.late()
        if found is None or action not in {known.key for known in found[1].notice.actions}:
            return
        slot, added = found
        del self._slots[slot]
        self._remove(added)
        listener = added.settle()
        if listener is not None:
            listener.acted(str(action), _token_in(parameter))


def _as_portal(notice: Notice) -> dict[str, tuple[str, object]]:
    """The portal's vardict; its texts are plain, without markup."""
    buttons = [
        {"label": ("s", action.label), "action": ("s", action.key)}
        for action in notice.actions
        if action.key != DEFAULT_ACTION
    ]
    table: dict[str, tuple[str, object]] = {
        "title": ("s", notice.title),
        "body": ("s", notice.body),
        "icon": ("(sv)", ("themed", ("as", [notice.icon]))),
        "priority": ("s", "urgent" if notice.urgent else "normal"),
        "buttons": ("aa{sv}", buttons),
    }
    if any(action.key == DEFAULT_ACTION for action in notice.actions):
        table["default-action"] = ("s", DEFAULT_ACTION)
    return table


def _token_in(parameter: object) -> str:
    """Version 2 puts ``activation-token`` into a table behind the action's target."""
    values = cast("list[object]", plain(parameter)) if isinstance(parameter, list) else []
    for value in values:
        if isinstance(value, dict):
            token = cast("dict[object, object]", value).get("activation-token")
            if isinstance(token, str) and len(token) <= _MAX_TOKEN and "\0" not in token:
                return token
    return ""
