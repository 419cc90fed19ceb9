"""Which of the PBX's optional functions this account may not use: learned from its refusals, kept for the session."""

from threading import Lock

from ringbridge.core.errors import RoleForbids


class Capabilities:
    """What the PBX refused to one account; shared by all its clients. Any thread.

    Only what Ringbridge can do without is remembered here: a refused function is not asked again, and whoever would
    show it hides it. Placing calls is none of these.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._refused: set[str] = set()

    def allow(self, function: str) -> bool:
        """Whether nothing speaks against asking for `function`, such as ``calls/hangup``."""
        with self._lock:
            return function not in self._refused

    def check(self, function: str) -> None:
        """Stop before a question whose answer is known.

        Raises:
            RoleForbids: The PBX refused this function before.
        """
        if not self.allow(function):
            raise RoleForbids(402)

    def refuse(self, function: str) -> None:
        """The PBX said that `function` is not for this account, or not there."""
        with self._lock:
            self._refused.add(function)

    def forget(self) -> None:
        """Ask everything anew: the account may be another one now, or its role larger."""
        with self._lock:
            self._refused.clear()
