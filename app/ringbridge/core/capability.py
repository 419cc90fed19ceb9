"""What works on this computer, as one list for people, administrators and scripts."""

from typing import NamedTuple


class Capability(NamedTuple):
    """One mechanism and how it does here.

    Attributes:
        name: A stable name: ``hotkeys``, ``tray``, ``keyring`` …
        usable: It works, perhaps within limits.
        mechanism: The way it is done, or would be: ``x11``, ``portal`` …; empty where there is none.
        reason: A stable name of why it does not work, or of what limits it; empty where all is well.
        remedy: A stable name of what helps, or empty.
    """

    name: str
    usable: bool
    mechanism: str = ""
    reason: str = ""
    remedy: str = ""

    @property
    def limited(self) -> bool:
        """It works, but not everywhere or not always."""
        return self.usable and bool(self.reason)
