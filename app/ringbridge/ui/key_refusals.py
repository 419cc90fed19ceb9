"""The hotkeys that a person refused, from one start to the next."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ringbridge.desktop.ports import HotkeyWish
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)


class KeyRefusals:
    """`ringbridge.desktop.hotkey_refusals.Refusals` in a file. GUI thread; the file is the lane's.

    Args:
        path: Of the file.
        lane: Where it is written.
    """

    def __init__(self, path: "Path", lane: "Lane") -> None:
        self._path = path
        self._lane = lane
        self._refused: dict[str, str] = {}

    def read(self) -> dict[str, str]:
        """What the file says, for `take`; blocking. One that can't be read says nothing."""
        from ringbridge.core.errors import StorageUnavailable
        from ringbridge.services.key_refusals_file import read_refusals

        try:
            return read_refusals(self._path)
        except StorageUnavailable as error:
            _log.info("which hotkeys were refused is not known: %s", error)
            return {}

    def take(self, refused: dict[str, str]) -> None:
        """What `read` found counts from now on."""
        self._refused = refused

    def covers(self, wishes: "Sequence[HotkeyWish]") -> bool:
        """Whether each of these was refused, with the same keys."""
        return bool(wishes) and all(self._refused.get(wish.action) == wish.combination for wish in wishes)

    def keep(self, wishes: "Sequence[HotkeyWish]") -> None:
        """These are refused now, and no others."""
        refused = {str(wish.action): wish.combination for wish in wishes}
        if refused == self._refused:
            return
        self._refused = refused
        self._lane.submit(partial(_write, self._path, refused), lambda _: None, _not_kept)


def _write(path: "Path", refused: dict[str, str]) -> None:
    from ringbridge.services.key_refusals_file import write_refusals

    write_refusals(path, refused)


def _not_kept(error: Exception) -> None:
    _log.warning("that a hotkey was refused could not be kept, so the next start asks again: %s", error)
