"""The parts are made for the first wish: wishes wait here, in order, until there is somebody to take them."""

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringbridge.ui.parts import Parts

_log = logging.getLogger(__name__)


class PartsOnUse:
    """The parts, or the wishes that wait for them. GUI thread.

    Args:
        fetch: Begins to make the parts, and ends with `take` or `give_up`.

    Attributes:
        made: The parts, or None: nobody wanted anything yet, or they are on their way.
    """

    def __init__(self, fetch: "Callable[[], None]") -> None:
        self._fetch = fetch
        self._waiting: list[Callable[[Parts], None]] = []
        self._can_be_made = False
        self.made: Parts | None = None

    def use(self, action: "Callable[[Parts], None]") -> None:
        """Do something with the parts as soon as there are any."""
        if self.made is not None:
            action(self.made)
            return
        self._waiting.append(action)
        if self._can_be_made and len(self._waiting) == 1:
            self._fetch()

    def can_be_made(self) -> None:
        """All that the parts need is there from now on."""
        self._can_be_made = True
        if self._waiting:  # a menu entry was quicker than the settings, or a notice waits
            self._fetch()

    def take(self, parts: "Parts") -> None:
        """These are the parts: what waited comes first."""
        self.made = parts
        waiting, self._waiting = self._waiting, []
        for action in waiting:
            try:
                action(parts)
            except Exception:  # noqa: BLE001 - a slot's border: the wishes behind this one are others
                _log.exception("a wish failed")

    def give_up(self) -> None:
        """They could not be made: what waited is dropped, so that the next wish tries again."""
        self._waiting.clear()
