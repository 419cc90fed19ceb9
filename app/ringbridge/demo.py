"""The demo: the training PBX in this process, a desk phone on the screen, and an account that needs no setting up."""

from PySide6.QtCore import QObject

from ringbridge.core.settings import AccountSettings
from ringbridge.services.paths import find_paths
from ringbridge.training.desk_phone import DeskPhoneWindow
from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx


class Demo(QObject):
    """A PBX that rings nobody.

    Attributes:
        account: How to reach it.
        password: Its password; invented, and of use nowhere else.
    """

    def __init__(self, profile: str | None) -> None:
        super().__init__()
        paths = find_paths(profile)
        self._pbx = TrainingPbx(level="4.1", journal=paths.state_dir / "training-pbx.jsonl")
        self._pbx.start()
        self._phone = DeskPhoneWindow(self._pbx)
        self.account = AccountSettings(url=self._pbx.url, username=DEMO_LOGIN.username, line=DEMO_LINE)
        self.password = DEMO_LOGIN.password

    def show(self) -> None:
        """Put the desk phone on the screen."""
        self._phone.show()

    def close(self) -> None:
        """Hang up everything and stop. Safe to call twice."""
        self._phone.close()
        self._pbx.stop()
