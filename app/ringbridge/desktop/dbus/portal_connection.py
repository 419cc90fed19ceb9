"""A connection to the desktop's portals that is ours alone, and whether they are there."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ringbridge.desktop.dbus.portal import PORTAL, PORTAL_PATH
from ringbridge.desktop.dbus.values import BUS, NO_REPLY, Place, Reply

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus, Subscription

_log = logging.getLogger(__name__)

REGISTRY = Place(PORTAL, PORTAL_PATH, "org.freedesktop.host.portal.Registry")
UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"

_MAX_STARTS = 3

Connect = Callable[[Callable[["Bus | None"], None]], None]
"""Makes a connection to the session bus that nobody else uses, and hands it over on the GUI thread."""


class PortalConnection:
    """Connects, starts the portal where it does not run, and follows it when it restarts. GUI thread.

    It has to be our own connection: a portal knows a program by its connection, and the program's name has to be said
    before anything else is asked on it.

    Args:
        connect: Makes the connection.
        app_id: The program's name: that of its .desktop file.
        answer_s: How long the start of the portal may take.
        opened: Told once for each connection, before anything is asked on it.
        came: A portal is there: another one than before, if there was one.
        left: The portal there was is there no more; it may come again.
        gone: There is none, with a short stable name of why not.

    Attributes:
        bus: The connection, or None.
        is_nameless: The portal did not take our name, so this connection gets none any more.
    """

    def __init__(
        self,
        connect: Connect,
        app_id: str,
        *,
        answer_s: float,
        opened: "Callable[[Bus], None]",
        came: Callable[[], None],
        left: Callable[[], None],
        gone: Callable[[str], None],
    ) -> None:
        self._connect = connect
        self._app_id = app_id
        self._answer_s = answer_s
        self._opened = opened
        self._came = came
        self._left = left
        self._gone = gone
        self.bus: Bus | None = None
        self.is_nameless = False
        self._wanted = False
        self._connecting = False
        self._watch: Subscription | None = None
        self._owner: str | None = None
        self._named_to: str | None = ""
        self._starts = 0

    @property
    def is_there(self) -> bool:
        """Whether the portal is there."""
        return self.bus is not None and bool(self._owner)

    def open(self) -> None:
        """Connect, if there is no connection yet."""
        self._wanted = True
        if self.bus is None and not self._connecting:
            self._connecting = True
            self._connect(self._connected)

    def close(self) -> None:
        """Hang up; what the portal holds for us ends with it. Safe to call twice."""
        self._wanted = False
        if self._watch is not None:
            self._watch.close()
        bus = self._forget()
        if bus is not None:
            bus.close()

    def say_name(self, said: Callable[[bool], None], timeout_s: float) -> None:
        """Tell the portal who we are, once; `said` is told whether it answers at all.

        A portal before 1.19.4 does not want to know, and one without our .desktop file can't: it goes on without.
        """
        bus, owner = self.bus, self._owner
        if bus is None:
            return
        if self._named_to == owner:
            said(True)
            return

        def registered(reply: Reply) -> None:
            if reply.error and reply.error != NO_REPLY:
                _log.info("the portal did not take our name: %s", reply.error)
            self.is_nameless = reply.error not in {"", UNKNOWN_METHOD}
            self._named_to = "" if self.is_nameless else owner
            said(reply.error != NO_REPLY)

        no_options: dict[str, Any] = {}
        bus.call(REGISTRY, "Register", "sa{sv}", self._app_id, no_options, answered=registered, timeout_s=timeout_s)

    def settled(self) -> None:
        """All went well: the next time the portal is away it is started anew."""
        self._starts = 0

    def _connected(self, bus: "Bus | None") -> None:
        self._connecting = False
        if bus is None:
            self._gone("no_session_bus")
            return
        if not self._wanted:
            bus.close()
            return
        self.bus = bus
        bus.run(self._lost)
        self._opened(bus)
        self._watch = bus.watch_owner(PORTAL, self._owner_changed)

    def _lost(self) -> None:
        """The bus ended; it is connected to anew with the next `open`."""
        self._forget()
        self._left()
        self._gone("gone")

    def _forget(self) -> "Bus | None":
        bus, self.bus, self._watch = self.bus, None, None
        self._owner, self._named_to, self.is_nameless = None, "", False
        return bus

    def _owner_changed(self, owner: str) -> None:
        bus = self.bus
        if owner == self._owner or bus is None:
            return
        before, self._owner = self._owner, owner
        if before:
            self._left()
        if owner:
            self._came()
            return
        reason = "portal_gone" if before else "no_shortcut_portal"
        if self._starts >= _MAX_STARTS:
            self._gone(reason)
            return
        self._starts += 1

        def started(reply: Reply) -> None:
            if reply.error and not self._owner:
                self._gone(reason)

        bus.call(BUS, "StartServiceByName", "su", PORTAL, 0, answered=started, timeout_s=self._answer_s)
