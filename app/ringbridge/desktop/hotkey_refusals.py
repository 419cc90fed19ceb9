"""What a person said when the desktop asked about our keys: a no is one also at the next start."""

from collections.abc import Sequence
from typing import Protocol

from ringbridge.desktop.ports import HotkeyWish


class Refusals(Protocol):
    """Keeps the no. GUI thread; it is read before the first connection to the desktop stands."""

    def covers(self, wishes: Sequence[HotkeyWish]) -> bool:
        """Whether each of these was refused, with the same keys: other keys are another question."""
        ...

    def keep(self, wishes: Sequence[HotkeyWish]) -> None:
        """These are refused now, and no others."""
        ...


class Forgotten:
    """`Refusals` that keep nothing."""

    def covers(self, wishes: Sequence[HotkeyWish]) -> bool:  # noqa: ARG002 - the protocol's
        """No."""
        return False

    def keep(self, wishes: Sequence[HotkeyWish]) -> None:
        """Nothing happens."""
