"""Phone links that other programs open: the desktop brings them to the program, which asks and never just calls."""

from collections.abc import Iterator

import pytest

from support.desktop import Desktop, require_desktop
from support.workplace import Workplace

YES = "^Call( \\+1|$)"
NO = "^Don't call$"

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module", params=["openbox", "xfwm4"])
def place(request: pytest.FixtureRequest) -> Iterator[Workplace]:
    require_desktop(wm=request.param, keyring="unlocked")
    with Desktop(wm=request.param, keyring="unlocked", accessibility=True) as desktop, Workplace(desktop) as place:
        done = place.run("link", "register", "--default")
        assert done.returncode == 0, done.stderr
        place.start()
        yield place


def open_link(place: Workplace, link: str) -> None:
    """As a browser or a mail program does."""
    done = place.desktop.run(["xdg-open", link])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("link", "number"),
    [
        ("tel:+1-212-555-0180", "2125550180"),
        ("TEL:+1-212-555-0181", "2125550181"),
        ("callto:+12125550182", "2125550182"),
    ],
)
def test_a_link_asks_and_only_a_yes_rings(place: Workplace, link: str, number: str) -> None:
    open_link(place, link)
    place.card()
    place.desktop.widget(NO, "push button")
    assert place.asked()[number] == 0

    def answered() -> bool:  # a click right after the card came does not count
        place.desktop.click_widget(YES)
        return place.rung()[number] > 0

    place.desktop.wait_for(answered, 10, "the own phone to ring")
    assert place.asked()[number] == place.rung()[number] == 1


def test_a_no_dials_nothing(place: Workplace) -> None:
    open_link(place, "tel:+1-212-555-0183")

    def refused() -> bool:
        place.desktop.click_widget(NO)
        return not place.cards()

    place.desktop.wait_for(refused, 10, "the card to go")
    assert place.asked()["2125550183"] == 0


def test_a_page_that_opens_many_links_rings_nobody(place: Workplace) -> None:
    before = place.asked()
    openers = [place.desktop.spawn(["xdg-open", f"tel:+1-212-555-{190 + number:04}"]) for number in range(8)]
    assert all(opener.wait(30) in {0, 4} for opener in openers)  # 4: the action failed
    place.card()
    assert place.asked() == before


def test_a_link_finds_a_program_that_does_not_run_yet(place: Workplace) -> None:
    place.quit()
    place.desktop.wait_for(lambda: not place.desktop.tray_items(), 10, "the icon to go")
    before = place.asked()
    opener = place.desktop.spawn(["xdg-open", "tel:+1-212-555-0184"])  # which becomes the program
    place.desktop.widget(NO, "push button", timeout_s=20)
    assert place.asked() == before
    assert opener.poll() is None
