import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core import hotkey_spellings as spellings
from ringbridge.core.hotkeys import _NAMED_KEYS, MODIFIERS, format_hotkey

KEYS = [*_NAMED_KEYS.values(), *"ADZ059"]
COMBINATIONS = st.builds(
    lambda modifiers, key: format_hotkey(tuple(modifiers), key),
    st.sets(st.sampled_from(MODIFIERS)).map(lambda some: some | {"Ctrl"}),
    st.sampled_from(KEYS),
)


@pytest.mark.parametrize(
    ("combination", "portal", "gtk", "sway", "hyprland", "labwc"),
    [
        ("Ctrl+Alt+D", "CTRL+ALT+d", "<Primary><Alt>d", "Ctrl+Mod1+d", "CTRL ALT, D", "C-A-d"),
        ("Shift+Super+PageUp", "SHIFT+LOGO+Page_Up", "<Shift><Super>Page_Up", "Shift+Mod4+Page_Up",
            "SHIFT SUPER, Page_Up", "S-W-Page_Up"),
        ("F8", "F8", "F8", "F8", ", F8", "F8"),
    ],
)  # fmt: skip
def test_each_desktop_gets_its_own_spelling(
    combination: str, portal: str, gtk: str, sway: str, hyprland: str, labwc: str
) -> None:
    assert spellings.portal_trigger(combination) == portal
    assert spellings.gtk_accelerator(combination) == gtk
    assert spellings.sway_keys(combination) == sway
    assert spellings.hyprland_keys(combination) == hyprland
    assert spellings.labwc_keys(combination) == labwc


@given(COMBINATIONS)
def test_what_qt_counts_is_written_back(combination: str) -> None:
    assert spellings.written_qt_key(spellings.qt_key(combination)) == combination


def test_qt_counts_as_its_documentation_says() -> None:
    assert spellings.qt_key("Ctrl+Alt+D") == 0x04000000 | 0x08000000 | 0x44
    assert spellings.qt_key("Shift+Super+F1") == 0x02000000 | 0x10000000 | 0x01000030


@given(COMBINATIONS)
def test_an_accelerator_is_itself_however_it_is_written(combination: str) -> None:
    accelerator = spellings.gtk_accelerator(combination)
    assert spellings.same_accelerator(accelerator, accelerator.replace("<Primary>", "<control>").upper())
    assert not spellings.same_accelerator(accelerator, f"<Hyper>{accelerator}")


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Ctrl+Alt+D", "Ctrl+Alt+D"),
        ("Press <Shift><Control>d", "Shift+Ctrl+D"),
        ("<Super>F5 drücken", "Super+F5"),
        ("", ""),
        (" ", ""),
        ("<", ""),
    ],
)
def test_what_a_portal_says_is_read_as_people_write_it(said: str, read: str) -> None:
    assert spellings.readable_trigger(said) == read


@given(st.text())
def test_whatever_a_portal_says_is_a_text(said: str) -> None:
    assert isinstance(spellings.readable_trigger(said), str)
