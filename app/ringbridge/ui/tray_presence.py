"""Keeps the icon in a tray that shows it, whatever comes and goes, and says when there is none."""

import logging
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ringbridge.desktop.tray_host import TrayHosts, TrayHostWatcher

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus
    from ringbridge.ui.tray import Tray

_log = logging.getLogger(__name__)

SETTLE_MS = 300
"""Between a host that appears and a panel that is ready for icons (seen with xfce4-panel)."""
BY_HAND_MS = 3_000
AT_LOGIN_MS = 15_000
"""A panel that crashed or that starts with us at login has so long; then people are told."""


class _Made(StrEnum):
    UNKNOWN = "unknown"
    NOWHERE = "nowhere"
    NOTIFIER = "notifier"
    XEMBED = "xembed"


class TrayPresence(QObject):
    """Watches the hosts, and makes the icon anew where it is of the wrong kind. GUI thread; nothing ticks.

    Args:
        tray: Has the icon, which Qt has made for the hosts it knew then.
        had_host: There was a host when it was made.
        patience_ms: So long a host may be missing at first.

    Attributes:
        visible: A host shows the icon; None while that is not known.

    Signals:
        shown: The icon is in a tray, for the first time or again.
        missing: There has been no tray for a while, so nobody sees the icon.
    """

    shown = Signal()
    missing = Signal()

    def __init__(self, tray: "Tray", *, had_host: bool, patience_ms: int = BY_HAND_MS) -> None:
        super().__init__()
        self._tray = tray
        self._made = _Made.UNKNOWN if had_host else _Made.NOWHERE
        self._hosts = TrayHosts()
        self._remade_for = ""
        self.visible: bool | None = None if had_host else False
        self._watcher = TrayHostWatcher(self._hosts_changed)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._look)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(patience_ms)
        self._patience.timeout.connect(self.missing)

    def start(self, bus: "Bus | None") -> None:
        """Watch from now on; `bus` is the user's, or None."""
        if self.visible is False:
            self._patience.start()
        self._watcher.start(bus)

    def close(self) -> None:
        """Watch no more. Safe to call twice."""
        self._settle.stop()
        self._patience.stop()
        self._watcher.close()

    def _hosts_changed(self, hosts: TrayHosts) -> None:
        self._hosts = hosts
        if hosts.watcher and self._made is _Made.UNKNOWN:
            self._made = _Made.NOTIFIER
        self._settle.start()

    def _look(self) -> None:
        hosts = self._hosts
        if hosts.notifier:
            self._watcher.ask_registered(self._registered)
            return
        if hosts.any and self._made in {_Made.NOWHERE, _Made.NOTIFIER}:
            self._remake(_Made.XEMBED)
        self._set_visible(hosts.any)

    def _registered(self, registered: bool | None) -> None:  # noqa: FBT001 - what the watcher answers
        watcher = self._hosts.watcher
        if not self._hosts.notifier:
            return  # gone meanwhile; that is looked at, too
        if registered is False and watcher != self._remade_for:
            self._remade_for = watcher  # once for each host: what it does not take, it would not take again
            self._remake(_Made.NOTIFIER)
        elif registered:
            self._made = _Made.NOTIFIER
        self._set_visible(True)

    def _remake(self, kind: _Made) -> None:
        _log.info("a tray for icons of the kind %s has come: making the icon anew", kind)
        self._made = kind
        self._tray.remake()

    def _set_visible(self, visible: bool) -> None:  # noqa: FBT001 - a setter of one flag
        before, self.visible = self.visible, visible
        if visible == before:
            return
        if visible:
            self._patience.stop()
            self.shown.emit()
            return
        if before:  # it was there: a panel that crashed is started again, and nobody waits for us
            self._patience.setInterval(AT_LOGIN_MS)
        self._patience.start()
