"""What Ringbridge wants a desktop to tell: wake-ups, other networks, and what windows are to look like.

Beside `ports`, as the start does not need it.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol

from ringbridge.desktop.ports import Availability


class PowerWatch(Protocol):
    """Tells when the computer wakes up; by events. GUI thread."""

    name: str

    def watch(self, resumed: Callable[[], None], told: Callable[[Availability], None]) -> None:
        """Call `resumed` at each wake-up, and `told` once, when it is known whether anybody tells."""
        ...

    def close(self) -> None:
        """Listen no more. Safe to call twice."""
        ...


class NetworkWatch(Protocol):
    """Tells when the way to other computers is another one; by events. GUI thread."""

    name: str

    def watch(self, changed: Callable[[], None], told: Callable[[Availability], None]) -> None:
        """Call `changed` at each change, and `told` once, when it is known whether anybody tells."""
        ...

    def close(self) -> None:
        """Listen no more. Safe to call twice."""
        ...


class Scheme(StrEnum):
    """Whether a desktop wants dark windows."""

    UNKNOWN = "unknown"
    LIGHT = "light"
    DARK = "dark"


class Appearance(NamedTuple):
    """What a desktop wants windows to look like.

    Attributes:
        scheme: Light or dark.
        accent: Red, green and blue from 0 to 1, or None: no wish.
        high_contrast: More contrast than usual.
    """

    scheme: Scheme = Scheme.UNKNOWN
    accent: tuple[float, float, float] | None = None
    high_contrast: bool = False


class AppearanceWatch(Protocol):
    """Tells what the desktop wants windows to look like, now and whenever that changes. GUI thread."""

    name: str

    def watch(self, changed: Callable[[Appearance | None], None]) -> None:
        """Call `changed` soon, and at each change; with None where nobody tells."""
        ...

    def close(self) -> None:
        """Listen no more. Safe to call twice."""
        ...
