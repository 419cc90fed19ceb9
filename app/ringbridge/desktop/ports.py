"""What Ringbridge wants of a desktop.

Each mechanism lives in a file of its own and says whether it can work here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from ringbridge.core.hotkeys import HotkeyAction

REMEDY_COMMAND = "bind_dial_command"
"""Let the desktop's own shortcut settings run ``ringbridge dial --selection``."""

REMEDY_KEYS = "let_desktop_keep_keys"
"""Let the desktop's own shortcut settings run the commands of `ringbridge.core.hotkeys.COMMANDS`."""


class Availability(NamedTuple):
    """Whether a mechanism works on this desktop.

    Attributes:
        usable: It can be started.
        reason: A short stable name of why not, such as ``no_display`` or ``no_library``; of a usable one, what
            limits it, such as ``only_when_focused``; else empty.
        remedy: A short stable name of what helps, such as ``install_libxcb``; empty when nothing does.
    """

    usable: bool
    reason: str = ""
    remedy: str = ""


class Buffer(StrEnum):
    """Which of the desktop's two texts is meant."""

    CLIPBOARD = "clipboard"
    SELECTION = "selection"


class Way(StrEnum):
    """How a selected text was had."""

    PRIMARY = "primary"
    ACCESSIBILITY = "accessibility"
    SIMULATED_COPY = "simulated_copy"


class ReadProblem(StrEnum):
    """Why a text could not be read."""

    EMPTY = "empty"
    SECRET = "secret"  # noqa: S105 - a password manager marked it; nothing was read
    TOO_LONG = "too_long"
    NO_TEXT = "no_text"
    NO_ANSWER = "no_answer"
    UNSUPPORTED = "unsupported"
    CLIPBOARD_KEPT = "clipboard_kept"
    """A copy would have had to be made, and would have lost what is on the clipboard."""
    KEYS_HELD = "keys_held"
    """Likewise, and the keys of the hotkey were not released in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A text that another program copied or selected.

    Attributes:
        text: The text, without NUL; never logged, never stored.
        problem: Why there is none, or None.
        programs: Names of the program it was copied in, the one for people first; empty where that is not known.
        way: How a selected text was had.
    """

    text: str = field(default="", repr=False)
    problem: ReadProblem | None = None
    programs: tuple[str, ...] = ()
    way: Way = Way.PRIMARY


class ClipboardBackend(Protocol):
    """Tells of each copy made anywhere on the desktop, by events, and reads both texts on demand.

    Formats are looked at before any text is fetched: what password managers mark as secret is never read,
    and neither is more than the size cap. A hanging owner is given up after a deadline; the GUI thread never waits.
    """

    name: str

    def availability(self) -> Availability:
        """Look, change nothing. Any thread."""
        ...

    def watch(self, copied: Callable[[Copied], None]) -> None:
        """Call `copied` on the GUI thread for each copy from now on (CLIPBOARD only, never the selection)."""
        ...

    def unwatch(self) -> None:
        """Stop telling; reading on demand still works. Safe to call twice."""
        ...

    def read(self, buffer: Buffer, done: Callable[[Copied], None]) -> None:
        """Fetch one text; `done` is called once, on the GUI thread, within the deadline (0.6 s)."""
        ...

    def close(self) -> None:
        """Give everything back. Safe to call twice."""
        ...


class SelectionSource(Protocol):
    """One way to the text that is selected in another program.

    Attributes:
        way: Its name.
    """

    way: Way

    def availability(self) -> Availability:
        """Look, change nothing. GUI thread."""
        ...

    def read(self, done: Callable[[Copied], None]) -> None:
        """Fetch the text; `done` is called once, on the GUI thread, within the way's deadline."""
        ...


class HotkeyWish(NamedTuple):
    """A key that is wanted.

    Attributes:
        action: What it is for.
        combination: Such as ``Ctrl+Alt+D``; where the desktop keeps the keys, only a proposal.
        description: What it does, in people's words: desktops show it.
    """

    action: HotkeyAction
    combination: str
    description: str


class HotkeyCondition(StrEnum):
    """What became of a wish for a key."""

    WAITING = "waiting"
    """The desktop has not answered yet; it may ask the person first."""
    BOUND = "bound"
    TAKEN = "taken"
    """Another program holds the combination."""
    INVALID = "invalid"
    """This keyboard has no such key."""
    NO_KEY = "no_key"
    """The desktop knows the action and has given it no key."""
    DENIED = "denied"
    """The person said no when the desktop asked."""
    UNAVAILABLE = "unavailable"


class HotkeyState(NamedTuple):
    """Where one key stands.

    Attributes:
        condition: What became of the wish.
        keys: What is to be pressed, as this desktop writes it; of a bound one.
        holder: Who holds the combination, in the desktop's words, or empty: then it is not known.
        availability: Why it is unavailable, and what helps.
    """

    condition: HotkeyCondition
    keys: str = ""
    holder: str = ""
    availability: Availability = Availability(usable=True)


Pressed = Callable[[HotkeyAction], None]
Told = Callable[[HotkeyAction, HotkeyState], None]


class HotkeyBackend(Protocol):
    """Calls back when one of several keys is pressed anywhere on the desktop. GUI thread, but for `availability`."""

    name: str

    def availability(self) -> Availability:
        """Look, change nothing. Any thread; it may take a moment, so not the GUI thread where a bus is asked."""
        ...

    def bind(self, wishes: Sequence[HotkeyWish], pressed: Pressed, told: Told) -> None:
        """Hold exactly these keys from now on; what was held before and is not among them is given back.

        Args:
            wishes: One for each action; none: give everything back.
            pressed: Gets the action at each first press of its key, whoever has the focus.
            told: Gets the state of each action: within a deadline, and again whenever it changes.
        """
        ...

    def configure(self) -> bool:
        """Let the desktop show where its keys are chosen; False where it has no such place."""
        ...

    def hold_stop_key(self, pressed: Callable[[], None] | None) -> bool:
        """Hold Escape for a few seconds, or give it back (None); False where that is not possible here."""
        ...

    def close(self) -> None:
        """Give everything back. Safe to call twice."""
        ...


class ScreenLock(Protocol):
    """Knows whether the screen is locked; tells by events, never by looking again and again."""

    name: str

    def availability(self) -> Availability:
        """Look, change nothing."""
        ...

    @property
    def locked(self) -> bool:
        """Whether the screen is locked, as far as this desktop tells."""
        ...

    def watch(self, changed: Callable[[bool], None], known: Callable[[], None]) -> None:
        """Listen from now on; both are called on the GUI thread.

        Args:
            changed: Whenever the screen is locked (True) or unlocked (False).
            known: Once, as soon as `locked` is what this desktop tells: at once, or with the first answers.
        """
        ...

    def close(self) -> None:
        """Give everything back. Safe to call twice."""
        ...
