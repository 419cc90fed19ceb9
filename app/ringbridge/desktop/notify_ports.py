"""What Ringbridge wants of a desktop's notifications; beside `ports`, as the start does not need it."""

from enum import StrEnum
from typing import NamedTuple, Protocol

from ringbridge.desktop.ports import Availability


class NoticeAction(NamedTuple):
    """A button of a notification.

    Attributes:
        key: What `Notifier` calls back with; ``default`` stands for a click on the notification itself.
        label: What the button says.
    """

    key: str
    label: str


DEFAULT_ACTION = "default"


class Notice(NamedTuple):
    """What a notification shows.

    Attributes:
        title: A few words, plain text.
        body: A sentence or two, plain text.
        actions: Its buttons, the most wanted first; at most three are shown everywhere.
        icon: A name of the desktop's icon theme.
        category: As the Desktop Notifications Specification names them.
        urgent: It may break through "do not disturb".
        seconds: It goes by itself after so many seconds; 0: it stays; -1: as the desktop thinks fit.
    """

    title: str
    body: str = ""
    actions: tuple[NoticeAction, ...] = ()
    icon: str = "call-start"
    category: str = ""
    urgent: bool = False
    seconds: int = -1


class NoticeEnd(StrEnum):
    """Why a notification is no longer to be seen."""

    EXPIRED = "expired"
    DISMISSED = "dismissed"
    LOST = "lost"


class NoticeListener(Protocol):
    """Who has shown a notification hears what becomes of it, on the GUI thread."""

    def acted(self, action: str, token: str) -> None:
        """A button was pressed, once at most: its key, and what lets the next window take the focus, or empty."""
        ...

    def ended(self, why: NoticeEnd) -> None:
        """It is gone, and nobody pressed anything."""
        ...

    def late(self) -> None:
        """A button was pressed after it was withdrawn or had ended: nothing may come of it, but people are told."""
        ...

    def failed(self) -> None:
        """It was not shown, or nobody can tell; to be said in another way. Within `NOTICE_DEADLINE_S`."""
        ...


NOTICE_DEADLINE_S = 1.5


class Notifier(Protocol):
    """Shows the desktop's own notifications, with buttons. GUI thread.

    Each stands in a slot, such as ``offer``: what is shown in a slot replaces what stood there.
    """

    name: str

    def availability(self) -> Availability:
        """What is known by now; usable while nobody has said otherwise."""
        ...

    def show(self, slot: str, notice: Notice, listener: NoticeListener) -> None:
        """Show it; the listener of what stood in the slot before hears nothing any more but `late`."""
        ...

    def withdraw(self, slot: str) -> None:
        """Take it away; its listener hears nothing any more but `late`. Safe to call for an empty slot."""
        ...

    def close(self) -> None:
        """Withdraw all. Safe to call twice."""
        ...
