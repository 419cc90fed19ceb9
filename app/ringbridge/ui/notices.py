"""What needs attention, from several sides: the tray shows the most pressing, and what is settled makes room."""

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringbridge.ui.tray import Tray


class Topic(IntEnum):
    """Who has something to say; the lowest number is shown first."""

    START = 1
    CALL = 2
    ACCOUNT = 3
    PASSWORD = 4
    HOTKEY = 5


class Notices:
    """One sentence a topic, and one of them in the tray. GUI thread.

    Args:
        tray: Shows it.
    """

    def __init__(self, tray: "Tray") -> None:
        self._tray = tray
        self._sentences: dict[Topic, str] = {}

    def set(self, topic: Topic, sentence: str) -> None:
        """Say something about a topic, or, with an empty sentence, that it is settled."""
        if self._sentences.get(topic, "") == sentence:
            return
        self._sentences[topic] = sentence
        standing = [said for _, said in sorted(self._sentences.items()) if said]
        self._tray.set_status(standing[0] if standing else "")
