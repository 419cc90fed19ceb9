"""Sentences about hotkeys, for the tray, `ringbridge hotkey` and `ringbridge doctor`. No Qt."""

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.ports import HotkeyCondition, HotkeyState
from ringbridge.ui.translation import fill, tr


def action_name(action: HotkeyAction) -> str:
    """What a key does, in the words that desktops and the menu show."""
    return {
        HotkeyAction.DIAL_SELECTION: tr("Call the selected number", "what a key does"),
        HotkeyAction.QUICK_DIAL: tr("Call number…"),
        HotkeyAction.HANG_UP: tr("Hang up", "what a key does"),
        HotkeyAction.REDIAL: tr("Redial", "what a key does"),
    }[action]


def state_words(state: HotkeyState, combination: str) -> str:
    """Where a key stands, in a few words.

    Args:
        state: What the desktop says.
        combination: What the settings ask for.
    """
    if state.condition is HotkeyCondition.BOUND:
        if state.keys in {"", combination}:
            return combination
        return fill(tr("{keys}, as chosen in the desktop's settings"), keys=state.keys)
    if state.condition is HotkeyCondition.TAKEN:
        if state.holder:
            return fill(tr("“{holder}” uses {keys}"), holder=state.holder, keys=combination)
        return fill(tr("another program uses {keys}"), keys=combination)
    return {
        HotkeyCondition.WAITING: tr("the desktop has not answered yet"),
        HotkeyCondition.INVALID: fill(tr("this keyboard can't type {keys}"), keys=combination),
        HotkeyCondition.NO_KEY: tr("no key assigned"),
        HotkeyCondition.DENIED: tr("you said no when the desktop asked"),
        HotkeyCondition.UNAVAILABLE: tr("not available"),
    }[state.condition]


def state_remedy(state: HotkeyState, combination: str) -> str:
    """What helps where a key does not work, or empty."""
    if state.condition in {HotkeyCondition.TAKEN, HotkeyCondition.INVALID}:
        return tr("Choose another key combination.")
    if state.condition is HotkeyCondition.NO_KEY:
        if state.holder:
            return fill(tr("“{holder}” uses {keys}: choose another key in System Settings, Shortcuts."),
                holder=state.holder, keys=combination)  # fmt: skip
        return tr("Choose one in System Settings, Shortcuts: Ringbridge.")
    if state.condition is HotkeyCondition.DENIED:
        return tr("Allow it with “Choose the keys…” in the tray menu, or take the hotkey out of the settings.")
    return ""


def problem_of(action: HotkeyAction, state: HotkeyState, combination: str, mechanism: str) -> str:
    """A sentence on a key that does not work, or empty where it does or the desktop is still being asked."""
    if state.condition in {HotkeyCondition.BOUND, HotkeyCondition.WAITING}:
        return ""
    if state.condition is HotkeyCondition.UNAVAILABLE:
        from ringbridge.ui.wording import availability_sentence  # only problems need it, and the start does not

        name = tr("Hotkeys") if mechanism == "none" else fill(tr("Hotkeys ({mechanism})"), mechanism=mechanism)
        return availability_sentence(name, state.availability)
    template = tr("Hotkey “{action}”: {state}.", "such as: Hotkey “Redial”: another program uses Ctrl+Alt+R.")
    said = fill(template, action=action_name(action), state=state_words(state, combination))
    remedy = state_remedy(state, combination)
    return f"{said} {remedy}" if remedy else said
