"""Copies in other programs: whether they are looked at now, and which of them are worth a closer look."""

from typing import TYPE_CHECKING

from ringbridge.core.settings import with_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringbridge.desktop.ports import ClipboardBackend, Copied
    from ringbridge.ui.parts_on_use import PartsOnUse
    from ringbridge.ui.session import Session
    from ringbridge.ui.tray import Tray

KEY = "clipboard.watch"
_LOOKED_AT = 4096  # characters; as in core.detection, which is not loaded just to see that there are no digits
_MIN_DIGITS = 4  # of 1-800-FLOWERS


class CopyWatch:
    """Watches the clipboard as settings, menu and pause say, and hands on what may hold a number. GUI thread.

    Args:
        session: The settings in force.
        clipboard: Tells of copies; closed by whoever made it.
        tray: Its menu pauses and resumes.
        parts: Where copies go.
        save: Writes whether copies are watched into the settings file, off the GUI thread.
    """

    def __init__(
        self,
        *,
        session: "Session",
        clipboard: "ClipboardBackend",
        tray: "Tray",
        parts: "PartsOnUse",
        save: "Callable[[bool], None]",
    ) -> None:
        self._session = session
        self._clipboard = clipboard
        self._tray = tray
        self._parts = parts
        self._save = save

    def apply(self) -> None:
        """Look at copies, or do not: as the settings say, but for a pause that came by itself."""
        paused = self._parts.made is not None and self._parts.made.offer_pause.paused
        watch = self._session.settings.clipboard.watch and not paused
        self._tray.set_pause_locked(KEY in self._session.locked)
        self._tray.set_paused(not watch)
        self._clipboard.unwatch()
        if watch:
            self._clipboard.watch(self._copied)

    def pause(self, paused: bool) -> None:  # noqa: FBT001 - a signal's value
        """A person wants copies looked at no more, or again."""
        if not paused and self._parts.made is not None:
            self._parts.made.offer_pause.resume()
        if self._session.settings.clipboard.watch is not paused:
            return
        settings = with_value(self._session.settings, KEY, not paused)
        self._session.use(settings, self._session.region)
        self._save(not paused)

    def _copied(self, copied: "Copied") -> None:
        """Something was copied in another program: most of it has hardly a digit and ends here."""
        if copied.problem is not None or sum(map(str.isdigit, copied.text[:_LOOKED_AT])) < _MIN_DIGITS:
            return
        muted = self._session.settings.clipboard.muted_apps
        if muted:
            from ringbridge.ui.muted_programs import is_muted

            if is_muted(copied.programs, muted):
                return
        program = next(iter(copied.programs), "")
        self._parts.use(lambda parts: parts.coordinator.copied(copied.text, program))
