"""Asking a desktop portal: its answer comes as a signal of a request object, often after a dialog.

Interface `org.freedesktop.portal.Request`: the object's path is known before the call, from our own name on the bus
and a token of ours, so that its signal is subscribed before the call and no answer is missed.
"""

import itertools
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ringbridge.desktop.dbus.values import NO_REPLY, BusSignal, Place, Reply, plain

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus, Subscription

PORTAL = "org.freedesktop.portal.Desktop"
PORTAL_PATH = "/org/freedesktop/portal/desktop"
REQUEST = "org.freedesktop.portal.Request"

MALFORMED = "org.freedesktop.DBus.Error.InvalidArgs"

_numbers = itertools.count(1)


class PortalAnswer(NamedTuple):
    """What a portal said.

    Attributes:
        error: The D-Bus error's name where the call failed, or empty.
        code: 0: done, 1: the person said no, 2: it ended in another way.
        results: By name, still with their variants.
    """

    error: str
    code: int
    results: Mapping[str, Any]

    def text(self, name: str) -> str:
        """One result as text, or empty."""
        value = plain(self.results.get(name, ("s", "")))
        return value if isinstance(value, str) else ""


class PortalRequest:
    """One call and its answer. GUI thread.

    Args:
        bus: Where the portal is.
        interface: Such as ``org.freedesktop.portal.GlobalShortcuts``.
        method: Its name.
        signature: Of the values, without the options at the end.
        values: One for each type of the signature.
        options: What goes into the options besides the token.
        answered: Called once, also where nobody answers within `timeout_s`; never after `cancel`.
        timeout_s: How long it may take in all.
    """

    def __init__(
        self,
        bus: "Bus",
        interface: str,
        method: str,
        signature: str = "",
        *values: Any,  # noqa: ANN401 - what the signature says
        options: Mapping[str, Any],
        answered: Callable[[PortalAnswer], None],
        timeout_s: float,
    ) -> None:
        from PySide6.QtCore import QTimer

        token = f"ringbridge_{os.getpid()}_{next(_numbers)}"
        self._bus = bus
        self._answered: Callable[[PortalAnswer], None] | None = answered
        self._paths = [f"{PORTAL_PATH}/request/{bus.unique_name[1:].replace('.', '_')}/{token}"]
        self._heard: list[Subscription] = [self._listen(self._paths[0])]
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._late)
        self._timer.start(int(timeout_s * 1000))
        bus.call(
            Place(PORTAL, PORTAL_PATH, interface), method, f"{signature}a{{sv}}", *values,
            {**options, "handle_token": ("s", token)},
            answered=self._taken, timeout_s=timeout_s, start=True,
        )  # fmt: skip

    def cancel(self) -> None:
        """Hear no answer, and take a dialog off the screen. Safe to call twice."""
        if self._end() is not None:
            self._dismiss()

    def _listen(self, path: str) -> "Subscription":
        return self._bus.listen(Place(PORTAL, path, REQUEST), "Response", self._response)

    def _taken(self, reply: Reply) -> None:
        if reply.error:
            self._finish(PortalAnswer(reply.error, 2, {}))
        elif self._answered is not None and reply.values and reply.values[0] not in self._paths:
            self._paths.append(str(reply.values[0]))  # a portal that makes a path of its own
            self._heard.append(self._listen(self._paths[-1]))

    def _response(self, signal: BusSignal) -> None:
        code, results = (*signal.values, None, None)[:2]
        if isinstance(code, int) and isinstance(results, dict):
            self._finish(PortalAnswer("", code, cast("dict[str, Any]", results)))
        else:
            self._finish(PortalAnswer(MALFORMED, 2, {}))

    def _late(self) -> None:
        answered = self._end()
        if answered is not None:
            self._dismiss()
            answered(PortalAnswer(NO_REPLY, 2, {}))

    def _finish(self, answer: PortalAnswer) -> None:
        answered = self._end()
        if answered is not None:
            answered(answer)

    def _end(self) -> Callable[[PortalAnswer], None] | None:
        answered, self._answered = self._answered, None
        self._timer.stop()
        for heard in self._heard:
            heard.close()
        self._heard.clear()
        return answered

    def _dismiss(self) -> None:
        self._bus.call(Place(PORTAL, self._paths[-1], REQUEST), "Close")
