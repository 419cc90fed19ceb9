"""What the parts of the tray program share: the settings in force and the region they mean."""

from PySide6.QtCore import QObject, Signal

from ringbridge.core.settings import Settings

MAX_RECENT = 20
"""So many of the latest calls are kept at hand; the menu shows the first of them."""


class Session(QObject):
    """The settings in force.

    Attributes:
        settings: All of them.
        region: Two letters of ISO 3166 for numbers without a country code.
        locked: Keys that the company's policy locks.

    Signals:
        changed: The settings are others now; read `settings`.
    """

    changed = Signal()

    def __init__(self, settings: Settings, region: str, locked: frozenset[str] = frozenset[str]()) -> None:
        super().__init__()
        self.settings = settings
        self.region = region
        self.locked: frozenset[str] = locked

    def use(self, settings: Settings, region: str, locked: frozenset[str] | None = None) -> None:
        """Put other settings in force; `locked` stays as it is where none is given. GUI thread."""
        locked = self.locked if locked is None else locked
        if (settings, region, locked) != (self.settings, self.region, self.locked):
            self.settings, self.region, self.locked = settings, region, locked
            self.changed.emit()
