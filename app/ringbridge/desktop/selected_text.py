"""The text that is selected in another program, by the first way that gives one."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from ringbridge.desktop.ports import (
    Availability,
    Buffer,
    ClipboardBackend,
    Copied,
    ReadProblem,
    SelectionSource,
    Way,
)

_log = logging.getLogger(__name__)

_FINAL = {ReadProblem.SECRET, ReadProblem.TOO_LONG}
"""Something is selected, and it is not for us: no other way may get round that."""

_TELLING = {ReadProblem.CLIPBOARD_KEPT, ReadProblem.KEYS_HELD}
"""Problems of a later way that say more than that nothing is selected."""


class PrimarySelection:
    """A `SelectionSource`: what X11 and Wayland keep as the selection, for a middle click to paste."""

    way = Way.PRIMARY

    def __init__(self, clipboard: ClipboardBackend) -> None:
        self._clipboard = clipboard

    def availability(self) -> Availability:
        """That of the clipboard."""
        return self._clipboard.availability()

    def read(self, done: Callable[[Copied], None]) -> None:
        """Fetch it."""
        self._clipboard.read(Buffer.SELECTION, done)


class SelectedText:
    """Asks one way after the other; says which one gave the text. GUI thread.

    What is selected and is no text for us (a password, too long) ends it: the other ways would only get round that.

    Args:
        sources: The ways, best first.
    """

    def __init__(self, sources: Sequence[SelectionSource]) -> None:
        self._sources = tuple(sources)
        self._waiting: list[Callable[[Copied], None]] = []

    def read(self, done: Callable[[Copied], None]) -> None:
        """Fetch the text; `done` is called once. Who asks while somebody waits gets the same answer."""
        self._waiting.append(done)
        if len(self._waiting) == 1:
            self._try(0, ReadProblem.UNSUPPORTED)

    def _try(self, index: int, problem: ReadProblem) -> None:
        while index < len(self._sources):
            source = self._sources[index]
            availability = source.availability()
            if availability.usable:
                source.read(partial(self._take, index, problem))
                return
            _log.debug("no selected text by %s: %s", source.way, availability.reason)
            index += 1
        self._answer(Copied(problem=problem))

    def _take(self, index: int, problem: ReadProblem, copied: Copied) -> None:
        way = self._sources[index].way
        if copied.problem is None and copied.text.strip():
            _log.debug("the selected text came by %s", way)
            self._answer(replace(copied, way=way))
            return
        found = copied.problem or ReadProblem.EMPTY
        _log.debug("no selected text by %s: %s", way, found)
        if found in _FINAL:
            self._answer(Copied(problem=found, way=way))
        else:
            says_more = problem is ReadProblem.UNSUPPORTED or found in _TELLING
            self._try(index + 1, found if says_more else problem)

    def _answer(self, copied: Copied) -> None:
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done(copied)
