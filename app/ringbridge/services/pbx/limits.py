"""How long and how much the client waits for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one request.

    The time to connect is the account's own setting; looking up a name takes as long as the system's resolver does.

    Attributes:
        placing_margin_s: ``calls/make`` may take `wait` + `delay` and so many seconds more, from the moment the
            request leaves to the last byte of the answer.
        answer_s: The same for every other function, in seconds.
        idle_s: A kept connection that was idle for longer is replaced before use, in seconds.
        answer_bytes: A longer answer is not read to its end.
    """

    placing_margin_s: float = 10.0
    answer_s: float = 15.0
    idle_s: float = 60.0
    answer_bytes: int = 4 * 1024 * 1024
