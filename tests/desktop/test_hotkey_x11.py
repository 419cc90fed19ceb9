"""Global hotkeys on a real X server; keys come from xdotool, as from a keyboard."""

from collections.abc import Generator

import pytest

from ringbridge.desktop.hotkey_x11 import HotkeyX11
from support.desktop import Desktop
from support.json_process import JsonProcess

NUM_LOCK, CAPS_LOCK = "Num_Lock", "Caps_Lock"


def bind(driver: JsonProcess, *, expect: str | None = "bound", **keys: str) -> None:
    """Hold exactly these keys, and wait for what became of them."""
    driver.send(do="bind", keys=keys)
    for action in keys if expect is not None else ():
        assert driver.next(event="state", action=action)["condition"] == expect
    driver.next(event="done", did="bind")


def press(screen: Desktop, *keys: str) -> None:
    screen.run(["xdotool", "key", *keys], check=True)


def layout(screen: Desktop, *arguments: str) -> None:
    screen.run(["setxkbmap", *arguments], check=True)


@pytest.fixture
def us_layout(screen: Desktop) -> Generator[None]:
    layout(screen, "us")
    yield
    layout(screen, "us")


@pytest.fixture
def other(screen: Desktop) -> Generator[JsonProcess]:
    """A second program of the same kind."""
    other = JsonProcess(screen, "clipboard_driver.py")
    other.next(event="ready", timeout_s=20)
    yield other
    other.end()


def test_a_hotkey_fires_once_for_each_press(screen: Desktop, driver: JsonProcess) -> None:
    bind(driver, dial_selection="Ctrl+Alt+D")
    for _ in range(3):
        press(screen, "ctrl+alt+d")
        driver.next(event="pressed")
    driver.quiet_for(0.2, event="pressed")


@pytest.mark.parametrize("locks", [(NUM_LOCK,), (CAPS_LOCK,), (NUM_LOCK, CAPS_LOCK)])
def test_locks_do_not_matter(screen: Desktop, driver: JsonProcess, locks: tuple[str, ...]) -> None:
    bind(driver, dial_selection="Ctrl+Alt+D")
    press(screen, *locks)
    try:
        press(screen, "ctrl+alt+d")
        driver.next(event="pressed")
    finally:
        press(screen, *locks)


def test_other_combinations_do_not_fire_it(screen: Desktop, driver: JsonProcess) -> None:
    bind(driver, dial_selection="Ctrl+Alt+D")
    press(screen, "ctrl+d", "alt+d", "ctrl+alt+shift+d", "ctrl+alt+e", "d")
    driver.quiet_for(0.3, event="pressed")


@pytest.mark.parametrize(
    ("combination", "keys"),
    [
        ("F8", "F8"),
        ("Shift+F9", "shift+F9"),
        ("Super+Space", "super+space"),
        ("Ctrl+Alt+7", "ctrl+alt+7"),
        ("Ctrl+Plus", "ctrl+plus"),
        ("ctrl + shift + PageUp", "ctrl+shift+Prior"),
        ("Ctrl+Alt+Delete", "ctrl+alt+Delete"),
    ],
)
def test_keys_of_each_kind_fire(screen: Desktop, driver: JsonProcess, combination: str, keys: str) -> None:
    bind(driver, dial_selection=combination)
    press(screen, keys)
    driver.next(event="pressed", action="dial_selection")


def test_holding_the_key_fires_once(screen: Desktop, driver: JsonProcess) -> None:
    bind(driver, dial_selection="Ctrl+Alt+D")
    screen.run(["xset", "r", "rate", "100", "50"], check=True)
    screen.run(["xdotool", "keydown", "ctrl", "keydown", "alt", "keydown", "d"], check=True)
    try:
        driver.next(event="pressed")
        driver.quiet_for(0.6, event="pressed")
    finally:
        screen.run(["xdotool", "keyup", "d", "keyup", "alt", "keyup", "ctrl"], check=True)
        screen.run(["xset", "r", "rate"], check=True)
    press(screen, "ctrl+alt+d")
    driver.next(event="pressed")


def test_several_actions_have_keys_of_their_own(screen: Desktop, driver: JsonProcess) -> None:
    bind(driver, dial_selection="Ctrl+Alt+D", redial="Ctrl+Alt+R", hang_up="Super+F4", quick_dial="Ctrl+Alt+N")
    for keys, action in (("ctrl+alt+r", "redial"), ("super+F4", "hang_up"), ("ctrl+alt+n", "quick_dial")):
        press(screen, keys)
        driver.next(event="pressed", action=action)
    driver.quiet_for(0.2, event="pressed")


def test_a_combination_of_another_program_is_taken_and_the_others_are_not(
    screen: Desktop, driver: JsonProcess, other: JsonProcess
) -> None:
    bind(other, dial_selection="Ctrl+Alt+D")
    driver.send(do="bind", keys={"dial_selection": "Ctrl+Alt+D", "redial": "Ctrl+Alt+R"})
    driver.next(event="state", action="dial_selection", condition="taken")
    driver.next(event="state", action="redial", condition="bound", keys="Ctrl+Alt+R")
    press(screen, "ctrl+alt+d")
    other.next(event="pressed")
    driver.quiet_for(0.2, event="pressed")


def test_a_key_that_becomes_free_is_had_with_the_next_change_of_the_settings(
    screen: Desktop, driver: JsonProcess, other: JsonProcess
) -> None:
    bind(other, dial_selection="Ctrl+Alt+D")
    bind(driver, expect="taken", dial_selection="Ctrl+Alt+D")
    bind(other)
    bind(driver, dial_selection="Ctrl+Alt+D")
    press(screen, "ctrl+alt+d")
    driver.next(event="pressed")


@pytest.mark.usefixtures("us_layout")
def test_a_key_that_becomes_free_is_had_with_the_next_change_of_the_keyboard(
    screen: Desktop, driver: JsonProcess, other: JsonProcess
) -> None:
    bind(other, dial_selection="Ctrl+Alt+D")
    bind(driver, expect="taken", dial_selection="Ctrl+Alt+D")
    bind(other)
    layout(screen, "de")
    driver.next(event="state", condition="bound")
    press(screen, "ctrl+alt+d")
    driver.next(event="pressed")


def test_what_was_grabbed_before_a_conflict_is_given_back(
    screen: Desktop, driver: JsonProcess, other: JsonProcess
) -> None:
    # Somebody holds only one of the variants (Num Lock on); the others must not stay with us.
    holder = JsonProcess(screen, "key_holder.py", "mod2+control", "d")
    holder.next(holds=True, timeout_s=20)
    try:
        bind(driver, expect="taken", dial_selection="Ctrl+D")
    finally:
        holder.end()
    bind(other, dial_selection="Ctrl+D")
    press(screen, "ctrl+d")
    other.next(event="pressed")


def test_what_is_wanted_no_more_is_given_back(screen: Desktop, driver: JsonProcess, other: JsonProcess) -> None:
    bind(driver, dial_selection="Ctrl+Alt+D", redial="Ctrl+Alt+E")
    bind(driver, redial="Ctrl+Alt+E")
    bind(other, dial_selection="Ctrl+Alt+D")
    press(screen, "ctrl+alt+d", "ctrl+alt+e")
    driver.next(event="pressed", action="redial")
    other.next(event="pressed", action="dial_selection")
    driver.quiet_for(0.2, event="pressed")


def test_two_actions_change_their_keys_with_each_other(screen: Desktop, driver: JsonProcess) -> None:
    bind(driver, dial_selection="Ctrl+Alt+D", redial="Ctrl+Alt+R")
    bind(driver, dial_selection="Ctrl+Alt+R", redial="Ctrl+Alt+D")
    press(screen, "ctrl+alt+d")
    driver.next(event="pressed", action="redial")
    driver.quiet_for(0.2, event="pressed")


def test_binding_again_is_no_conflict(screen: Desktop, driver: JsonProcess) -> None:
    bind(driver, dial_selection="Ctrl+Alt+D")
    bind(driver, dial_selection="Ctrl+Alt+D")
    press(screen, "ctrl+alt+d")
    driver.next(event="pressed")
    driver.quiet_for(0.2, event="pressed")


@pytest.mark.parametrize("combination", ["D", "Ctrl+", "Ctrl+Ö", "nonsense"])
def test_what_is_no_combination_is_invalid(driver: JsonProcess, combination: str) -> None:
    bind(driver, expect="invalid", dial_selection=combination)


def test_escape_is_held_only_as_long_as_it_is_wanted(
    screen: Desktop, driver: JsonProcess, other: JsonProcess
) -> None:
    bind(driver, dial_selection="Ctrl+Alt+D")
    driver.send(do="stop_key")
    driver.next(event="stop_key", held=True)
    press(screen, "Escape")
    driver.next(event="stop")
    other.send(do="stop_key")
    other.next(event="stop_key", held=False)
    driver.send(do="stop_key", wanted=False)
    driver.next(event="done", did="stop_key")
    other.send(do="stop_key")
    other.next(event="stop_key", held=True)
    press(screen, "Escape", "ctrl+alt+d")
    other.next(event="stop")
    driver.next(event="pressed", action="dial_selection")
    driver.quiet_for(0.1, event="stop")


@pytest.mark.usefixtures("us_layout")
def test_a_hotkey_follows_its_letter_to_another_layout(screen: Desktop, driver: JsonProcess) -> None:
    bind(driver, redial="Ctrl+Alt+Z", dial_selection="Ctrl+Alt+D")
    layout(screen, "de")  # Z and Y change places, D stays
    screen.wait_for(lambda: fires(screen, driver, "ctrl+alt+z"), 5, "the hotkey to move")
    driver.quiet_for(0.1)
    driver.seen.clear()
    press(screen, "ctrl+alt+y")
    press(screen, "ctrl+alt+d")
    driver.next(event="pressed", action="dial_selection")
    assert [line["action"] for line in driver.seen] == ["dial_selection"]


@pytest.mark.usefixtures("us_layout")
def test_a_latin_letter_is_found_beside_another_script(screen: Desktop, driver: JsonProcess) -> None:
    layout(screen, "ru,us")
    bind(driver, dial_selection="Ctrl+Alt+D")
    press(screen, "ctrl+alt+d")
    driver.next(event="pressed")


@pytest.mark.usefixtures("us_layout")
def test_a_letter_that_the_keyboard_lacks_is_invalid_until_it_comes_back(
    screen: Desktop, driver: JsonProcess
) -> None:
    bind(driver, dial_selection="Ctrl+Alt+D")
    layout(screen, "ru")
    driver.next(event="state", action="dial_selection", condition="invalid")
    bind(driver, expect="invalid", dial_selection="Ctrl+Alt+D", redial="Ctrl+Alt+E")
    layout(screen, "us")
    driver.next(event="state", action="dial_selection", condition="bound")
    screen.wait_for(lambda: fires(screen, driver, "ctrl+alt+d"), 5, "the hotkey to come back")


@pytest.mark.usefixtures("us_layout")
def test_a_digit_means_its_key_where_it_takes_shift(screen: Desktop, driver: JsonProcess) -> None:
    layout(screen, "fr")
    bind(driver, dial_selection="Ctrl+Alt+1")
    press(screen, "ctrl+alt+ampersand")  # what the key of the 1 writes without Shift
    driver.next(event="pressed")


def fires(screen: Desktop, driver: JsonProcess, keys: str) -> bool:
    press(screen, keys)
    try:
        driver.next(event="pressed", timeout_s=0.2)
    except AssertionError:
        return False
    return True


def test_without_an_x_server_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    availability = HotkeyX11().availability()
    assert (availability.usable, availability.reason) == (False, "no_display")


def test_with_an_x_server_it_is_usable(screen: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", screen.display)
    assert HotkeyX11().availability().usable
