"""What `ringbridge doctor` says about hotkeys."""

from ringbridge.commands.doctor_checks import Check
from ringbridge.commands.hotkey_facts import find_facts
from ringbridge.core.settings import Settings
from ringbridge.desktop.ports import HotkeyCondition
from ringbridge.services.paths import Paths
from ringbridge.ui.hotkey_words import action_name, state_remedy, state_words
from ringbridge.ui.wording import availability_sentence


def check_hotkey(paths: Paths, settings: Settings) -> Check:
    """How keys are taken here, where each stands, and what helps.

    Args:
        paths: Of the profile.
        settings: In force.
    """
    name, facts = "hotkey", find_facts(paths, settings)
    if not facts.availability.usable and not facts.installed:
        return Check(name=name, ok=False, detail=availability_sentence(facts.mechanism, facts.availability))
    parts = [facts.mechanism if facts.availability.usable else facts.installer.name]
    remedies: list[str] = []
    good = True
    for action, combination in facts.combinations.items():
        state = facts.states.get(action)
        if action in facts.installed:
            words = f"{facts.installer.name} keeps {facts.installed[action]}"
        elif state is None:
            words = (
                f"{combination} (Ringbridge does not run)" if not facts.running else f"{combination} (not asked for)"
            )
        else:
            words = state_words(state, combination)
            good = good and state.condition in {HotkeyCondition.BOUND, HotkeyCondition.WAITING}
            remedies.append(state_remedy(state, combination))
            if state.condition is HotkeyCondition.UNAVAILABLE:
                remedies.append(availability_sentence(facts.mechanism, state.availability))
        parts.append(f"{action_name(action)}: {words}")
    detail = "; ".join(parts) if facts.combinations else f"{parts[0]}; none is set"
    return Check(name=name, ok=good, detail=detail, remedy=" ".join(dict.fromkeys(filter(None, remedies))))
