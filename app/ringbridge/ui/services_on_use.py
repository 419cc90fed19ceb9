"""The services behind the tray program, each made by the first lane that wants it, so that the start loads none."""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringbridge.core.settings import AccountSettings
    from ringbridge.services.call_facts import FactFinder
    from ringbridge.services.credentials import Credentials
    from ringbridge.services.dialer import Dialer
    from ringbridge.services.history import History
    from ringbridge.services.paths import Paths
    from ringbridge.services.tracker import Tracker


class ServicesOnUse:
    """One of each for the whole program; any thread, but the dialer, the facts and the tracker keep to one lane each.

    Args:
        paths: Of the profile.
        account: An account whose password is known (the demo's), or None.
        password: Of that account.
    """

    def __init__(self, paths: "Paths", *, account: "AccountSettings | None", password: str) -> None:
        self._paths = paths
        self._account = account
        self._password = password
        self._history: History | None = None
        self._history_lock = Lock()
        self.credentials = cache(self._make_credentials)
        self.dialer = cache(self._make_dialer)
        self.facts = cache(self._make_facts)
        self.tracker = cache(self._make_tracker)

    def history(self) -> "History":
        """The one history of this process."""
        from ringbridge.services.history import History

        with self._history_lock:
            if self._history is None:
                self._history = History(self._paths.history_file, held=True)
            return self._history

    def close(self) -> None:
        """Close the history, once the lanes are at rest. Safe to call twice."""
        if self._history is not None:
            self._history.close()

    def _make_credentials(self) -> "Credentials":
        from ringbridge.services.credentials import Credentials

        credentials = Credentials(self._paths.profile)
        if self._account is not None:
            credentials.keep_in_memory(self._account, self._password)
        return credentials

    def _make_dialer(self) -> "Dialer":
        from ringbridge.services.dialer import Dialer

        # not opened here: `begin` does it, and says what is wrong before anything is sent
        return Dialer(history=self.history(), credentials=self.credentials())

    def _make_facts(self) -> "FactFinder":
        from ringbridge.services.call_facts import FactFinder

        return FactFinder(self.history)

    def _make_tracker(self) -> "Tracker":
        from ringbridge.services.tracker import Tracker

        return Tracker(history=self.history(), credentials=self.credentials())
