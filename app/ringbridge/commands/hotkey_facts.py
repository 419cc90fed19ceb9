"""How the hotkeys stand: what the settings want, what the running program says, what the desktop keeps."""

from typing import NamedTuple

from ringbridge.core.hotkey_spellings import readable_trigger
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.core.settings import Settings
from ringbridge.desktop.choose import hotkey_backends
from ringbridge.desktop.ports import Availability, HotkeyCondition, HotkeyState
from ringbridge.desktop.shortcuts.choose import shortcut_installer
from ringbridge.desktop.shortcuts.port import ShortcutInstaller, ShortcutsUnreachable
from ringbridge.services import instance_client
from ringbridge.services.paths import Paths


class HotkeyFacts(NamedTuple):
    """All of it.

    Attributes:
        mechanism: How Ringbridge takes keys here, such as ``x11`` or ``portal``, or ``none``.
        availability: Whether that works.
        running: The program runs and tells; not asked where no hotkey is set.
        combinations: What the settings want.
        states: What the running program says of each.
        installer: How this desktop is given keys of its own.
        can_install: That works here.
        installed: Keys that the desktop keeps for us.
    """

    mechanism: str
    availability: Availability
    running: bool
    combinations: dict[HotkeyAction, str]
    states: dict[HotkeyAction, HotkeyState]
    installer: ShortcutInstaller
    can_install: bool
    installed: dict[HotkeyAction, str]

    @property
    def works(self) -> bool:
        """Whether Ringbridge takes the keys itself here, as far as is known."""
        unavailable = [state for state in self.states.values() if state.condition is HotkeyCondition.UNAVAILABLE]
        return self.availability.usable and not unavailable


def find_facts(paths: Paths, settings: Settings) -> HotkeyFacts:
    """Look everywhere; changes nothing.

    Args:
        paths: Of the profile.
        settings: In force.
    """
    backends = [(backend.name, backend.availability()) for backend in hotkey_backends()]
    mechanism, availability = next((found for found in backends if found[1].usable), backends[0])
    named = {HotkeyAction(name): combination for name, combination in settings.hotkeys._asdict().items()}
    answer = _ask_program(paths) if any(named.values()) else None
    installer = shortcut_installer(paths.profile)
    can_install = installer.availability().usable
    return HotkeyFacts(
        mechanism=(answer.mechanism if answer is not None else "") or mechanism,
        availability=availability,
        running=answer is not None,
        combinations={action: combination for action, combination in named.items() if combination},
        states=_states_of(answer) if answer is not None else {},
        installer=installer,
        can_install=can_install,
        installed=_installed(installer) if can_install else {},
    )


def _ask_program(paths: Paths) -> "instance_client.HotkeyAnswer | None":
    try:
        return instance_client.hotkeys(str(paths.instance_socket))
    except (instance_client.NoProgram, instance_client.ProgramLost, instance_client.OtherVersion):
        return None  # `doctor` has a check of its own for these


def _states_of(answer: "instance_client.HotkeyAnswer") -> dict[HotkeyAction, HotkeyState]:
    states: dict[HotkeyAction, HotkeyState] = {}
    for row in answer.rows:
        if row["action"] in set(HotkeyAction) and row["condition"] in set(HotkeyCondition):
            condition = HotkeyCondition(row["condition"])
            availability = Availability(condition is not HotkeyCondition.UNAVAILABLE, row["reason"], row["remedy"])
            state = HotkeyState(condition, row["keys"], row["holder"], availability)
            states[HotkeyAction(row["action"])] = state
    return states


def _installed(installer: ShortcutInstaller) -> dict[HotkeyAction, str]:
    try:
        return {action: readable_trigger(keys) for action, keys in installer.installed().items()}
    except ShortcutsUnreachable:
        return {}
