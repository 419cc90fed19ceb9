"""What Ringbridge registers with a desktop: phone links that open here, and a start at login.

Beside `ports`, as the start does not need it.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol

from ringbridge.desktop.ports import Availability


class Registration(StrEnum):
    """Whether the desktop knows that we can open phone links."""

    NONE = "none"
    USER = "user"
    """By a desktop entry in the user's own folder."""
    SYSTEM = "system"
    """By a package."""
    OTHER_COPY = "other_copy"
    """The user's own desktop entry starts another copy of Ringbridge."""
    BROKEN = "broken"
    """The user's own desktop entry starts what is not there any more."""


class LinkState(NamedTuple):
    """Who opens phone links.

    Attributes:
        registration: Whether the desktop knows that we can.
        openers: By scheme (``tel``, ``callto``, ``sip``) the program as people know it, or empty for none.
        ours: The schemes that we open.
    """

    registration: Registration
    openers: dict[str, str]
    ours: frozenset[str]


class LinkHandler(Protocol):
    """Makes the desktop send phone links here, and lets it be. Blocking; any thread."""

    name: str

    def availability(self) -> Availability:
        """Look, change nothing."""
        ...

    def state(self) -> LinkState:
        """Look who opens phone links.

        Raises:
            StorageUnavailable: That can't be read.
        """
        ...

    def register(self, *, default: bool) -> None:
        """Let the desktop know that we can open them; with `default`, that they are ours to open.

        Raises:
            StorageUnavailable: It can't be written.
        """
        ...

    def unregister(self) -> None:
        """Take all of it back. Safe to call where nothing is registered.

        Raises:
            StorageUnavailable: It can't be written.
        """
        ...


class AutostartState(NamedTuple):
    """Whether we start at login.

    Attributes:
        on: We do; None where the desktop does not tell.
        why: Why not, or who decides: ``off``, ``by_system`` (a package's entry starts us), ``switched_off`` (in
            the desktop's settings), ``switched_off_by_admin``, ``not_on_this_desktop``, ``broken`` (the entry starts
            what is not there), ``not_told``; empty where the user's own entry starts us.
    """

    on: bool | None
    why: str = ""


class Autostart(Protocol):
    """Starts us at login, or not.

    Attributes:
        blocking: Files are read and written: not for the GUI thread. Else for no other.
    """

    name: str
    blocking: bool

    def availability(self) -> Availability:
        """Look, change nothing."""
        ...

    def state(self) -> AutostartState:
        """Look whether we start at login.

        Raises:
            StorageUnavailable: That can't be read.
        """
        ...

    def set(self, on: bool, done: Callable[[AutostartState], None]) -> None:  # noqa: FBT001 - reads well at the call
        """Switch it; `done` gets what came of it, once: a desktop may ask its user, who may say no.

        Raises:
            StorageUnavailable: It can't be written.
        """
        ...
