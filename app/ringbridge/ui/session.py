"""What the parts of the tray program share: the settings in force and the region they mean."""

from PySide6.QtCore import QObject, Signal

from ringbridge.core.settings import Settings

MAX_RECENT = 20
"""So many of the latest calls are kept at hand; the menu shows the first of them."""


class Session(QObject):
    """The settings in force.

    Signals:
        changed: The settings are others now; read `settings`.
    """

    changed = Signal()

    def __init__(self, settings: Settings, region: str) -> None:
        super().__init__()
        self.settings = settings
        self.region = region

    def use(self, settings: Settings, region: str) -> None:
        """Put other settings in force. GUI thread."""
        if (settings, region) != (self.settings, self.region):
            self.settings, self.region = settings, region
            self.changed.emit()
