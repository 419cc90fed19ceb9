"""What an installer of such keys does; each desktop's way lives in a file of its own."""

from collections.abc import Collection
from typing import NamedTuple, Protocol

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.ports import Availability


class ShortcutWish(NamedTuple):
    """A key that is to run a command.

    Attributes:
        action: What it is for.
        combination: Such as ``Ctrl+Alt+D``.
        name: What it does, in people's words: the desktop's settings show it.
        command: What is run, the program first.
    """

    action: HotkeyAction
    combination: str
    name: str
    command: tuple[str, ...]


class ShortcutTaken(Exception):
    """Somebody else has the combination; nothing was changed.

    Attributes:
        holder: Who, in the desktop's words.
    """

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class ShortcutsUnreachable(Exception):
    """The desktop's settings can't be reached or changed. The text says why, for people."""


class ShortcutInstaller(Protocol):
    """Enters keys into the settings of one desktop, under names of our own; what others entered stays.

    Every method waits for the desktop: not for the GUI thread. All of them raise `ShortcutsUnreachable`.

    Attributes:
        name: The desktop's, for people.
    """

    name: str

    def availability(self) -> Availability:
        """Look, change nothing."""
        ...

    def installed(self) -> dict[HotkeyAction, str]:
        """Our keys that the desktop has now, as it writes them."""
        ...

    def holder(self, combination: str) -> str:
        """Who has this combination, in the desktop's words; empty where nobody has, or we do."""
        ...

    def install(self, wish: ShortcutWish) -> None:
        """Enter a key, in the place of the one this action had.

        Raises:
            ShortcutTaken: Somebody else has it.
        """
        ...

    def remove(self, *, but: Collection[HotkeyAction] = ()) -> tuple[HotkeyAction, ...]:
        """Take our keys out again, but for those of some actions; returns which were taken out."""
        ...
