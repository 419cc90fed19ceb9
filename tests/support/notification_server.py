"""A notification server on a test's private bus, which behaves as badly as it is told."""

from typing import Any

from support.bus_peer import Answer, Asked, BusPeer

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
CAPABILITIES = ("actions", "body", "body-markup", "persistence")


class NotificationServer(BusPeer):
    """Answers as a good one; `answers` may be changed, by member's name.

    Args:
        address: Of the bus.
        capabilities: What it says it can.
        server: What it calls itself.
        version: And its version.
    """

    def __init__(
        self,
        address: str,
        *,
        capabilities: tuple[str, ...] = CAPABILITIES,
        server: str = "mako",
        version: str = "1",
        **answers: Answer,
    ) -> None:
        self.count = 0
        good: dict[str, Answer] = {
            "GetCapabilities": lambda _: ("as", (list(capabilities),)),
            "GetServerInformation": lambda _: ("ssss", (server, "test", version, "1.2")),
            "Notify": self._notify,
            "CloseNotification": lambda _: ("", ()),
        }
        super().__init__(address, NAME, good | answers)

    def _notify(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        return "u", (self.number_for(call),)

    def number_for(self, call: Asked) -> int:
        """The number that a good server gives this one."""
        if call.values[1]:
            return int(call.values[1])
        self.count += 1
        return self.count

    def shown(self) -> Asked:
        """Wait for the next one to be shown."""
        return self.asked("Notify")

    def act(self, number: int, key: str, *, token: str = "", times: int = 1) -> None:
        """Do what a click on a button does."""
        if token:
            self.emit(PATH, NAME, "ActivationToken", "us", number, token)
        for _ in range(times):
            self.emit(PATH, NAME, "ActionInvoked", "us", number, key)

    def end(self, number: int, reason: int) -> None:
        """Say that it is gone: 1 expired, 2 dismissed."""
        self.emit(PATH, NAME, "NotificationClosed", "uu", number, reason)


class Heard:
    """A `NoticeListener` that keeps what it hears."""

    def __init__(self) -> None:
        self.all: list[tuple[str, ...]] = []

    def acted(self, action: str, token: str) -> None:
        self.all.append(("acted", action, token))

    def ended(self, why: str) -> None:
        self.all.append(("ended", str(why)))

    def failed(self) -> None:
        self.all.append(("failed",))

    def late(self) -> None:
        self.all.append(("late",))
