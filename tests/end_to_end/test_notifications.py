"""Offers and calls on real notifications: the real program, real servers, real clicks."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.desktop import Desktop, require_desktop
from support.wayland_desktop import WaylandDesktop, require_wayland
from support.workplace import CARD, LAUNCHER, Workplace

NUMBER, TEXT = "+1 212-555-0142", "Call us at (212) 555-0142"
DIALED = "2125550142"
PERSON_S = 0.6  # until a person has moved the pointer: clicks right after a notification changed do not count

pytestmark = pytest.mark.desktop


class Xfce:
    """What xfce4-notifyd shows: small windows in the upper right corner, the buttons at their lower edge."""

    def __init__(self, desktop: Desktop, place: Workplace) -> None:
        self.desktop = desktop
        self.place = place

    def places(self) -> list[tuple[int, int, int, int]]:
        """X, y, width and height of each notification that can be seen."""
        found = self.desktop.run(["xdotool", "search", "--onlyvisible", "--class", "xfce4-notifyd"]).stdout.split()
        places: list[tuple[int, int, int, int]] = []
        for window_id in found:
            said = self.desktop.run(["xwininfo", "-id", window_id]).stdout
            values = dict(re.findall(r"^  ([A-Z][^:]*): +(-?\d+)$", said, re.MULTILINE))
            if values and int(values["Width"]) > 100:
                x, y = int(values["Absolute upper-left X"]), int(values["Absolute upper-left Y"])
                places.append((x, y, int(values["Width"]), int(values["Height"])))
        return places

    def click_button(self, from_right: int) -> None:
        """Click a button of the only notification: 0 is the rightmost."""
        self.desktop.wait_for(lambda: len(self.places()) == 1, 10, "one notification")
        ((x, y, width, height),) = self.places()
        self.desktop.click(x + width - 60 - 92 * from_right, y + height - 32)

    def click_until(self, from_right: int, came: str, reached: Callable[[], object]) -> None:
        """Click until something came of it: a notification fades in, and takes no clicks meanwhile."""
        self.desktop.wait_for(lambda: len(self.places()) == 1, 10, "one notification")
        time.sleep(PERSON_S)

        def try_it() -> bool:
            if not reached() and len(self.places()) == 1:
                self.click_button(from_right)
            return bool(reached())

        self.desktop.wait_for(try_it, 15, came)


@pytest.fixture
def xfce() -> Iterator[Xfce]:
    require_desktop(notify="xfce4", keyring="unlocked")
    with (
        Desktop(notify="xfce4", keyring="unlocked") as desktop,
        Workplace(desktop, {"card.show_as": "notification"}) as place,
    ):
        place.start()
        yield Xfce(desktop, place)


def test_a_click_on_call_calls_once_and_the_call_is_hung_up_there_too(xfce: Xfce, tmp_path: Path) -> None:
    desktop, place = xfce.desktop, xfce.place
    desktop.copy(TEXT)
    place.wait_for_offer(NUMBER)
    xfce.click_until(0, "the own phone to ring", lambda: place.rung()[DIALED])
    desktop.wait_for(lambda: any(label.startswith("Hang up") for label in place.menu_labels()), 10, "the call")
    assert not desktop.windows(CARD)
    desktop.wait_for(lambda: len(xfce.places()) == 1, 10, "the call's notification")
    desktop.screenshot(tmp_path / "call.png")
    over = lambda: not any(label.startswith("Hang up") for label in place.menu_labels())  # noqa: E731
    xfce.click_until(0, "the call to end", over)
    assert place.asked()[DIALED] == 1
    assert place.recent()[0]["state"] == "ended"


def test_details_shows_the_card_and_calls_nobody(xfce: Xfce) -> None:
    desktop, place = xfce.desktop, xfce.place
    desktop.copy(TEXT)
    place.wait_for_offer(NUMBER)
    xfce.click_until(1, "the card", lambda: desktop.windows(CARD))
    desktop.wait_for(lambda: not xfce.places(), 10, "the notification to go")
    desktop.wait_for(lambda: (focused := desktop.focused_window()) and focused.title == "Ringbridge", 5, "the focus")
    assert place.asked() == {}
    time.sleep(PERSON_S)
    desktop.press("Escape")
    desktop.wait_for(lambda: not desktop.windows(CARD), 10, "the card to go")


def test_a_later_copy_takes_the_place_of_the_one_before(xfce: Xfce) -> None:
    desktop, place = xfce.desktop, xfce.place
    for number in range(3):
        desktop.copy(f"(212) 555-015{number}")
        place.wait_for_offer(f"+1 212-555-015{number}")
    xfce.click_until(0, "the own phone to ring", lambda: place.rung()["2125550152"])
    assert set(place.asked()) == {"2125550152"}


def test_a_server_that_dies_leaves_the_offer_to_the_card(xfce: Xfce) -> None:
    desktop, place = xfce.desktop, xfce.place
    desktop.copy(TEXT)
    desktop.wait_for(xfce.places, 10, "the notification")
    desktop.end_part("notify")
    place.card()
    desktop.copy("(212) 555-0143")
    place.wait_for_offer("+1 212-555-0143")
    place.card()
    assert place.asked() == {}


def test_at_login_without_a_tray_a_notification_opens_the_window(tmp_path: Path) -> None:
    require_desktop(tray="none", notify="xfce4", keyring="unlocked")
    with Desktop(tray="none", notify="xfce4", keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start(at_login=True)
        xfce = Xfce(desktop, place)
        desktop.wait_for(xfce.places, 25, "the notification")
        desktop.screenshot(tmp_path / "no_tray.png")
        assert not desktop.windows(LAUNCHER)
        xfce.click_until(0, "the window", lambda: desktop.windows(LAUNCHER))


@pytest.fixture
def sway() -> Iterator[tuple[WaylandDesktop, Workplace]]:
    require_wayland("sway", keyring="unlocked")
    with WaylandDesktop("sway", keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start()
        yield desktop, place


def answer(desktop: WaylandDesktop, action: str) -> None:
    """Press an action of the newest notification once there is one that has it."""
    desktop.wait_for(
        lambda: f'"{action}":' in desktop.run(["makoctl", "list"]).stdout, 10, f"a notification with {action}"
    )
    time.sleep(PERSON_S)
    desktop.answer_notification(action)


def test_on_sway_the_offer_is_a_notification_whose_call_rings_once(
    sway: tuple[WaylandDesktop, Workplace], tmp_path: Path
) -> None:
    desktop, place = sway
    desktop.copy(TEXT)
    place.wait_for_offer(NUMBER)
    desktop.wait_for(lambda: '"id"' in desktop.run(["makoctl", "list"]).stdout, 10, "the notification")
    desktop.screenshot(tmp_path / "mako.png")
    assert not desktop.windows(CARD)
    answer(desktop, "call_0")
    desktop.wait_for(lambda: place.rung()[DIALED] == 1, 10, "the own phone to ring")
    answer(desktop, "hang_up")
    desktop.wait_for(lambda: place.recent()[0]["state"] == "ended", 10, "the end of the call")
    assert place.asked()[DIALED] == 1


def test_on_sway_a_click_on_the_notification_shows_the_card_and_calls_nobody(
    sway: tuple[WaylandDesktop, Workplace],
) -> None:
    desktop, place = sway
    desktop.copy(TEXT)
    place.wait_for_offer(NUMBER)
    answer(desktop, "default")
    place.card()
    assert place.asked() == {}


def test_on_gnome_a_call_is_hung_up_from_its_notification() -> None:
    require_wayland("gnome", keyring="unlocked")
    with WaylandDesktop("gnome", keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start()
        assert place.run("dial", DIALED, "--yes").returncode == 0
        found = (
            "Main.messageTray.getSources().flatMap(source => source.notifications)"
            ".flatMap(notification => notification.actions || []).find(action => action.label == 'Hang up')"
        )
        desktop.wait_for(lambda: desktop.gnome(f"!!({found})"), 15, "the notification of the call")
        time.sleep(PERSON_S)
        # drawn as well, also where a state of the call followed another on the screen
        drawn = "(Main.messageTray._banner && Main.messageTray._banner._buttonBox?.get_n_children()) || 0"
        desktop.wait_for(lambda: desktop.gnome(drawn) == 2, 5, "the buttons")

        def hung_up() -> bool:  # the notification is another one whenever the call goes on to its next state
            desktop.gnome(f"(() => {{ const action = {found}; if (action) action.callback(); return true; }})()")
            return place.recent()[0]["state"] == "ended"

        desktop.wait_for(hung_up, 15, "the end of the call")
        assert place.asked()[DIALED] == 1
