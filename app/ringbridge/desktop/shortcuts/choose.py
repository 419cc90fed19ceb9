"""Which desktop keeps its keys how."""

import os
from collections.abc import Collection

from ringbridge.core.hotkey_spellings import readable_trigger
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.ports import Availability
from ringbridge.desktop.shortcuts.port import ShortcutInstaller, ShortcutsUnreachable, ShortcutWish

_GNOME_LIKE = {"GNOME", "Unity", "Budgie", "Pantheon", "GNOME-Classic", "GNOME-Flashback"}


class NoShortcuts:
    """A `ShortcutInstaller` for desktops that no program can give keys to."""

    name = "none"

    def availability(self) -> Availability:
        """Never usable."""
        return Availability(usable=False, reason="no_shortcut_settings")

    def installed(self) -> dict[HotkeyAction, str]:
        """None."""
        return {}

    def holder(self, combination: str) -> str:  # noqa: ARG002 - the protocol's
        """Nobody knows."""
        return ""

    def install(self, wish: ShortcutWish) -> None:  # noqa: ARG002 - the protocol's
        """Say that it is not possible.

        Raises:
            ShortcutsUnreachable: Always.
        """
        raise ShortcutsUnreachable("this desktop lets no program enter keys")

    def remove(self, *, but: Collection[HotkeyAction] = ()) -> tuple[HotkeyAction, ...]:  # noqa: ARG002 - the protocol's
        """There are none."""
        return ()


def shortcut_installer(profile: str = "") -> ShortcutInstaller:
    """The installer of the desktop that runs, by `XDG_CURRENT_DESKTOP`; loads nothing of the others.

    Args:
        profile: The profile's name.
    """
    names = set(os.environ.get("XDG_CURRENT_DESKTOP", "").split(":"))
    if "KDE" in names:
        from ringbridge.desktop.shortcuts.kde import KdeShortcuts

        return KdeShortcuts(profile)
    if "XFCE" in names:
        from ringbridge.desktop.shortcuts.xfce import XfceShortcuts

        return XfceShortcuts(profile)
    if names & {"X-Cinnamon", "Cinnamon"}:
        from ringbridge.desktop.shortcuts.gsettings import CINNAMON, GsettingsShortcuts

        return GsettingsShortcuts(CINNAMON, profile)
    if names & _GNOME_LIKE:
        from ringbridge.desktop.shortcuts.gsettings import GNOME, GsettingsShortcuts

        return GsettingsShortcuts(GNOME, profile)
    return NoShortcuts()


def kept_keys(profile: str) -> dict[HotkeyAction, str]:
    """The keys that the desktop keeps for us, as people write them; waits for the desktop."""
    installer = shortcut_installer(profile)
    try:
        kept = installer.installed() if installer.availability().usable else {}
    except ShortcutsUnreachable:
        return {}
    return {action: readable_trigger(keys) for action, keys in kept.items()}


def holder_of(combination: str) -> str:
    """Who has a combination as far as the desktop's own settings tell, or empty; waits for the desktop."""
    installer = shortcut_installer()
    try:
        return installer.holder(combination) if installer.availability().usable else ""
    except ShortcutsUnreachable:
        return ""
