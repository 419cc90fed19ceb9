"""The demo: the training PBX in this process, a desk phone on the screen, and an account that needs no setting up."""

import os
from pathlib import Path

from PySide6.QtCore import QObject

from ringbridge.core.settings import AccountSettings
from ringbridge.training.desk_phone import DeskPhoneWindow
from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx
from ringbridge.ui.tray_icon import TrayState, tray_icon

JOURNAL_VARIABLE = "RINGBRIDGE_TRAINING_JOURNAL"
"""Names a file for the training PBX's journal; the tour and tests read it."""


class Demo(QObject):
    """A PBX that rings nobody.

    Attributes:
        account: How to reach it.
        password: Its password; invented, and of use nowhere else.
    """

    def __init__(self) -> None:
        super().__init__()
        # level 4.1: there the owner of a line may hang up; no journal by default, for it holds whole numbers
        journal = os.environ.get(JOURNAL_VARIABLE)
        self._pbx = TrainingPbx(level="4.1", journal=Path(journal) if journal else None)
        self._pbx.start()
        self._phone = DeskPhoneWindow(self._pbx)
        self._phone.setWindowIcon(tray_icon(TrayState.IDLE))
        self.account = AccountSettings(url=self._pbx.url, username=DEMO_LOGIN.username, line=DEMO_LINE)
        self.password = DEMO_LOGIN.password

    def show(self) -> None:
        """Put the desk phone on the screen."""
        self._phone.show()

    def close(self) -> None:
        """Hang up everything and stop. Safe to call twice."""
        self._phone.close()
        self._pbx.stop()
