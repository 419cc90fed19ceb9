"""Start at login from a sandbox: the Background portal, which may ask the user.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Background.html
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ringbridge.desktop.dbus.portal import PortalAnswer, PortalRequest
from ringbridge.desktop.dbus.values import plain
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.registration_ports import AutostartState
from ringbridge.desktop.sandbox import in_sandbox

if TYPE_CHECKING:
    from ringbridge.desktop.dbus.bus import Bus

_PERSON_S = 120.0
"""For somebody to answer the desktop's question."""


class AutostartPortal:
    """An `Autostart` by the portal, which tells what it did and never what it did before. GUI thread.

    Args:
        bus: The session bus.
        command: What is to be started in the sandbox.
        reason: Said to the user by the desktop.
    """

    name = "portal"
    blocking = False

    def __init__(self, bus: "Bus", *, command: tuple[str, ...], reason: str) -> None:
        self._bus = bus
        self._command = command
        self._reason = reason

    def availability(self) -> Availability:
        """Usable in a sandbox; whether there is a portal, the first request tells."""
        return Availability(usable=True) if in_sandbox() else Availability(usable=False, reason="no_sandbox")

    def state(self) -> AutostartState:
        """Nobody tells."""
        return AutostartState(on=None, why="not_told")

    def set(self, on: bool, done: Callable[[AutostartState], None]) -> None:  # noqa: FBT001 - the protocol's
        """Ask the portal."""

        def answered(answer: PortalAnswer) -> None:
            if answer.error:
                done(AutostartState(on=None, why="no_portal"))
            elif answer.code > 1:
                done(AutostartState(on=None, why="not_told"))
            else:
                granted = answer.code == 0 and plain(answer.results.get("autostart", ("b", False))) is True
                refused = on and not granted
                done(AutostartState(on=granted, why="switched_off" if refused else "" if granted else "off"))

        PortalRequest(
            self._bus,
            "org.freedesktop.portal.Background",
            "RequestBackground",
            "s",
            "",  # no window of ours stands behind the question
            options={
                "reason": ("s", self._reason),
                "autostart": ("b", on),
                "commandline": ("as", list(self._command)),
                "dbus-activatable": ("b", False),
            },
            answered=answered,
            timeout_s=_PERSON_S,
        )
