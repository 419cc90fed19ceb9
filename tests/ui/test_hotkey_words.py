import pytest

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop.ports import REMEDY_KEYS, Availability, HotkeyCondition, HotkeyState
from ringbridge.ui.hotkey_words import action_name, problem_of, state_remedy, state_words

KEYS = "Ctrl+Alt+R"
REDIAL = HotkeyAction.REDIAL


def problem(condition: HotkeyCondition, **more: object) -> str:
    return problem_of(REDIAL, HotkeyState(condition, **more), KEYS, "portal")  # type: ignore[arg-type]


def test_every_action_has_a_name() -> None:
    assert len({action_name(action) for action in HotkeyAction}) == len(HotkeyAction)


def test_what_works_or_is_being_asked_for_is_no_problem() -> None:
    assert problem(HotkeyCondition.BOUND, keys="F1") == ""
    assert problem(HotkeyCondition.WAITING) == ""


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            HotkeyState(HotkeyCondition.TAKEN),
            "Hotkey “Redial”: another program uses Ctrl+Alt+R. Choose another key combination.",
        ),
        (
            HotkeyState(HotkeyCondition.TAKEN, holder="Xfce: move window"),
            "Hotkey “Redial”: “Xfce: move window” uses Ctrl+Alt+R. Choose another key combination.",
        ),
        (
            HotkeyState(HotkeyCondition.INVALID),
            "Hotkey “Redial”: this keyboard can't type Ctrl+Alt+R. Choose another key combination.",
        ),
        (
            HotkeyState(HotkeyCondition.NO_KEY),
            "Hotkey “Redial”: no key assigned. Choose one in System Settings, Shortcuts: Ringbridge.",
        ),
        (
            HotkeyState(HotkeyCondition.NO_KEY, holder="KRunner: Run"),
            "Hotkey “Redial”: no key assigned. “KRunner: Run” uses Ctrl+Alt+R: choose another key in System "
            "Settings, Shortcuts.",
        ),
    ],
)
def test_what_does_not_work_is_said_with_what_helps(state: HotkeyState, said: str) -> None:
    assert problem_of(REDIAL, state, KEYS, "portal") == said


def test_who_said_no_is_told_the_way_back() -> None:
    assert "Choose the keys…" in problem(HotkeyCondition.DENIED)


def test_a_desktop_without_hotkeys_has_its_reason_and_the_command() -> None:
    availability = Availability(usable=False, reason="no_shortcut_portal", remedy=REMEDY_KEYS)
    said = problem(HotkeyCondition.UNAVAILABLE, availability=availability)
    assert said.startswith("Hotkeys (portal): no desktop portal runs.")
    assert "ringbridge hotkey install" in said


def test_the_key_that_the_person_chose_is_shown() -> None:
    chosen = HotkeyState(HotkeyCondition.BOUND, keys="Meta+F1")
    assert state_words(chosen, KEYS) == "Meta+F1, as chosen in the desktop's settings"
    assert state_words(chosen._replace(keys=KEYS), KEYS) == KEYS
    assert state_remedy(chosen, KEYS) == ""
