"""The calls in the tray's menu: those of earlier starts, those of this one, and what becomes of them."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ringbridge.ui.session import MAX_RECENT

if TYPE_CHECKING:
    from ringbridge.core.calls import CallProgress, CallRecord
    from ringbridge.ui.tray import Tray


class RecentCalls:
    """The latest calls, newest first, in memory: nobody reads the history back. GUI thread.

    Args:
        tray: Its menu lists them.
    """

    def __init__(self, tray: "Tray") -> None:
        self._tray = tray
        self._records: tuple[CallRecord, ...] = ()

    @property
    def latest(self) -> "CallRecord | None":
        """The newest call, or None: there is none yet."""
        return self._records[0] if self._records else None

    def find(self, request_id: str) -> "CallRecord | None":
        """The call of this request, while the menu lists it."""
        return next((record for record in self._records if record.request_id == request_id), None)

    def add_earlier(self, records: "tuple[CallRecord, ...]") -> None:
        """Take the calls of earlier starts in, newest first; all of them are older than what is here."""
        known = {record.request_id for record in self._records}
        older = tuple(record for record in records if record.request_id not in known)
        self._show((self._records + older)[:MAX_RECENT])

    def remember(self, record: "CallRecord") -> None:
        """Put a call at the top, in the place of what was known of it."""
        others = tuple(other for other in self._records if other.request_id != record.request_id)
        self._show((record, *others)[:MAX_RECENT])

    def forget(self, request_id: str) -> None:
        """Take a call out again: it never got a row."""
        self._show(tuple(record for record in self._records if record.request_id != request_id))

    def progressed(
        self, request_id: str, *, progress: "CallProgress | None" = None, callid: str = "", note: str | None = None
    ) -> None:
        """More is known of a call; None and empty change nothing."""
        updated = tuple(
            replace(
                record,
                progress=progress or record.progress,
                callid=callid or record.callid,
                note=record.note if note is None else note,
            )
            if record.request_id == request_id
            else record
            for record in self._records
        )
        if updated != self._records:
            self._show(updated)

    def _show(self, records: "tuple[CallRecord, ...]") -> None:
        self._records = records
        self._tray.set_recent(records)
