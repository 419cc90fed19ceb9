"""The real program on sway, KWin and GNOME Shell: it starts, is in the tray, hears of copies, and calls."""

import contextlib
import random
import string
import sys
import time
from collections.abc import Iterator

import pytest

from support import qt_text
from support.wayland_desktop import Compositor, DesktopError, WaylandDesktop, require_wayland
from support.workplace import LAUNCHER, Workplace

COMPOSITORS: tuple[Compositor, ...] = ("sway", "kwin", "gnome")
WITH_DATA_CONTROL: tuple[Compositor, ...] = ("sway", "kwin")
DIALOG = "^Call number"
KEYSTROKES = 300
PERSON_S = 0.6  # until a person has moved the pointer: what is clicked sooner is shown, not called

pytestmark = pytest.mark.desktop


def workplace(compositor: Compositor, *, tray: bool = True) -> Iterator[tuple[WaylandDesktop, Workplace]]:
    require_wayland(compositor, keyring="unlocked")
    with (
        WaylandDesktop(compositor, tray=tray, keyring="unlocked") as desktop,
        Workplace(desktop) as place,
    ):
        place.start()
        yield desktop, place


@pytest.fixture(scope="module", params=COMPOSITORS)
def everywhere(request: pytest.FixtureRequest) -> Iterator[tuple[WaylandDesktop, Workplace]]:
    yield from workplace(request.param)


@pytest.fixture(scope="module", params=COMPOSITORS)
def without_tray(request: pytest.FixtureRequest) -> Iterator[tuple[WaylandDesktop, Workplace]]:
    yield from workplace(request.param, tray=False)


@pytest.fixture(scope="module", params=WITH_DATA_CONTROL)
def with_data_control(request: pytest.FixtureRequest) -> Iterator[tuple[WaylandDesktop, Workplace]]:
    yield from workplace(request.param)


def type_a_number(desktop: WaylandDesktop, place: Workplace, number: str) -> None:
    """Into “Call number”, which is open and must have the keys; Enter calls."""
    desktop.window(DIALOG)
    desktop.wait_for(
        lambda: (focused := desktop.focused_window()) and "Call number" in focused.title, 10, "the focus"
    )
    desktop.type_keys(number)
    desktop.press("return")
    desktop.wait_for(lambda: place.rung()[number] == 1, 10, "the own phone to ring")
    desktop.wait_for(lambda: not desktop.windows(DIALOG), 10, "the dialog to close")


def click_the_icon(desktop: WaylandDesktop) -> None:
    """Until “Call number” opens: an icon that has just come may be made anew by then."""

    def opened() -> bool:
        desktop.activate_tray()
        with contextlib.suppress(DesktopError):
            desktop.window(DIALOG, 2)
        return bool(desktop.windows(DIALOG))

    desktop.wait_for(opened, 10, "the click's answer")


def test_the_icon_is_in_the_tray_and_a_click_leads_to_a_call(everywhere: tuple[WaylandDesktop, Workplace]) -> None:
    desktop, place = everywhere
    item = desktop.tray_item()
    assert (item.item_id, item.status) == ("ringbridge", "Active")
    desktop.activate_tray(item)
    type_a_number(desktop, place, "2125550142")
    assert place.asked()["2125550142"] == 1


def test_the_menu_of_the_icon_leads_to_a_call(everywhere: tuple[WaylandDesktop, Workplace]) -> None:
    desktop, place = everywhere
    desktop.click_tray_entry("Call number…")
    type_a_number(desktop, place, "2125550143")


def test_a_tray_that_goes_and_comes_back_has_the_icon_again(everywhere: tuple[WaylandDesktop, Workplace]) -> None:
    desktop, place = everywhere
    for number in ("2125550147", "2125550148"):
        desktop.end_tray()
        assert desktop.tray_items() == ()
        desktop.start_tray()
        click_the_icon(desktop)
        type_a_number(desktop, place, number)


def test_a_link_asks_and_dials_nothing_without_a_yes(everywhere: tuple[WaylandDesktop, Workplace]) -> None:
    _desktop, place = everywhere
    assert place.run("link", "tel:+1-212-555-0144").returncode == 0
    place.card()
    assert place.asked()["2125550144"] == 0


def test_without_a_tray_a_second_start_shows_the_window_that_leads_to_a_call(
    without_tray: tuple[WaylandDesktop, Workplace],
) -> None:
    desktop, place = without_tray
    assert place.run().returncode == 0
    desktop.window(LAUNCHER)
    desktop.wait_for(
        lambda: (focused := desktop.focused_window()) and "Click to call" in focused.title, 10, "the focus"
    )
    desktop.press("return")  # the button with the focus
    type_a_number(desktop, place, "2125550145")
    tray = next(line for line in place.run("doctor").stdout.splitlines() if line.split()[1:2] == ["tray"])
    assert tray.split()[0] != "ok"
    if desktop.compositor == "gnome":
        assert "AppIndicator" in place.run("doctor").stdout


def test_a_tray_that_comes_late_gets_the_icon(without_tray: tuple[WaylandDesktop, Workplace]) -> None:
    desktop, place = without_tray
    desktop.start_tray()
    click_the_icon(desktop)
    type_a_number(desktop, place, "2125550149")


def offered(desktop: WaylandDesktop, number: str) -> bool:
    return any(number in title for title, _actions in desktop.notifications())


def test_copies_are_offered_while_somebody_types_and_not_one_key_is_lost(
    with_data_control: tuple[WaylandDesktop, Workplace],
) -> None:
    desktop, place = with_data_control
    kept = desktop.home / "kept"
    desktop.spawn([sys.executable, qt_text.__file__, "Other editor", "", str(kept)])
    editor = desktop.window("^Other editor$")
    desktop.focus(editor)
    text = "".join(random.Random(7).choices(string.ascii_lowercase + string.digits + " .,", k=KEYSTROKES))
    typist = desktop.type_meanwhile(text)
    for number in range(4):
        desktop.copy(f"Call us at (212) 555-0{150 + number}!")
        desktop.wait_for(lambda number=number: offered(desktop, f"212-555-0{150 + number}"), 10, "the offer")
        assert typist.is_alive(), "the offers are to come while somebody types"
        focused = desktop.focused_window()
        assert focused is not None
        assert focused.window_id == editor.window_id
    typist.join(60)
    desktop.wait_for(lambda: len(kept.read_text()) >= KEYSTROKES, 10, "the last key")
    assert kept.read_text() == text
    assert not [number for number in place.asked() if number.startswith("212555015")]


def test_the_button_of_the_notification_rings_the_own_phone_once(
    with_data_control: tuple[WaylandDesktop, Workplace],
) -> None:
    desktop, place = with_data_control
    desktop.copy("212-555-0156")
    desktop.wait_for(lambda: offered(desktop, "212-555-0156"), 10, "the offer")

    time.sleep(PERSON_S)
    desktop.answer_notification("call_0")
    desktop.wait_for(lambda: place.rung()["2125550156"] == 1, 10, "the own phone to ring")
    assert place.asked()["2125550156"] == 1


def test_gnome_is_told_what_to_do_about_copies() -> None:
    for desktop, place in workplace("gnome"):
        desktop.copy("(212) 555-0160")
        doctor = place.run("doctor").stdout
        (clipboard,) = [line for line in doctor.splitlines() if line.split()[1:2] == ["clipboard"]]
        assert "only when focused" in clipboard
        assert "ringbridge dial --selection" in doctor


def test_on_gnome_an_offer_that_was_closed_does_not_come_back_with_the_next_window() -> None:
    shown = "Main.messageTray.getSources().flatMap(source => source.notifications.map(each => each.title))"
    require_wayland("gnome", keyring="unlocked")
    with WaylandDesktop("gnome", keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start()
        desktop.copy("(212) 555-0161")
        desktop.click_tray_entry("Call number…")
        desktop.wait_for(lambda: "0161" in str(desktop.gnome(shown)), 10, "the offer")
        desktop.press("escape")
        desktop.gnome("(Main.messageTray.getSources().forEach(source => source.notifications[0].destroy(2)), 1)")
        desktop.wait_for(lambda: not any("0161" in label for label in place.menu_labels()), 10, "the offer to go")
        desktop.click_tray_entry("Call number…")
        type_a_number(desktop, place, "2125550162")  # the dialog has had the focus, and the clipboard been told
        assert "0161" not in str(desktop.gnome(shown))


def test_under_kde_the_program_outlives_a_crash_of_kwin() -> None:
    require_wayland("kwin", keyring="unlocked")
    with WaylandDesktop("kwin", keyring="unlocked") as desktop, Workplace(desktop) as place:
        desktop.env["QT_WAYLAND_RECONNECT"] = "1"  # as KDE's session does
        place.start()
        desktop.restart_compositor()

        def is_offered() -> bool:
            desktop.copy("212-555-0163")
            return offered(desktop, "212-555-0163")

        desktop.wait_for(is_offered, 15, "an offer")
        click_the_icon(desktop)
        type_a_number(desktop, place, "2125550164")
        assert place.asked()["2125550164"] == 1


def test_on_gnome_what_is_copied_now_is_called_and_not_what_was_copied_when_we_had_the_focus() -> None:
    require_wayland("gnome", keyring="unlocked")
    with WaylandDesktop("gnome", keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start()
        desktop.copy("212-555-0165")
        desktop.click_tray_entry("Call number…")
        desktop.window(DIALOG)
        desktop.wait_for(lambda: any("0165" in label for label in place.menu_labels()), 10, "the offer")
        desktop.press("escape")
        desktop.wait_for(lambda: not desktop.windows(DIALOG), 10, "the dialog to close")
        desktop.copy("212-555-0166")
        assert place.run("dial", "--clipboard", "--yes").returncode == 0
        desktop.wait_for(lambda: place.rung()["2125550166"] == 1, 10, "the own phone to ring")
        assert place.asked()["2125550165"] == 0
        selected = place.run("dial", "--selection", "--yes")
        assert selected.returncode != 0
        assert "does not let Ringbridge read" in selected.stderr
