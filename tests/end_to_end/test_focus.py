"""Cards come while a person types in another program: the focus never moves, and no keystroke is lost."""

import random
import string
import subprocess
from collections.abc import Iterator

import pytest

from support.desktop import Desktop, Window, require_desktop
from support.workplace import Workplace

KEYSTROKES = 500
CARDS = 6
GAP_MS = 12  # a quick typist has 60 or more

pytestmark = pytest.mark.desktop


class Typing:
    """A terminal that keeps every key, and a program that watches the clipboard."""

    def __init__(self, desktop: Desktop, place: Workplace) -> None:
        self.desktop, self.place = desktop, place
        self._kept = desktop.home / "typed"
        desktop.run(["xset", "r", "off"], check=True)  # on a busy machine a key may stay down for long
        keep = f"stty raw -echo; exec cat > {self._kept}"
        desktop.spawn(["xterm", "-T", "typing", "-geometry", "60x10+80+300", "-e", "sh", "-c", keep])
        self.terminal = desktop.window("^typing$")
        desktop.wait_for(self._kept.exists, 10, "the terminal to listen")
        desktop.focus(self.terminal)

    def kept(self) -> str:
        return self._kept.read_text()

    def has_focus(self) -> bool:
        focused = self.desktop.focused_window()
        return focused is not None and focused.window_id == self.terminal.window_id

    def begin(self, text: str) -> "subprocess.Popen[bytes]":
        return self.desktop.spawn(["xdotool", "type", "--delay", str(GAP_MS), "--", text])

    def card_for(self, number: str) -> Window:
        """Copy a number, and wait for its card; the focus is looked at all the while."""
        self.desktop.copy(number)
        assert self.has_focus()
        self.place.wait_for_offer(f"+1 {number}")
        card = self.place.card()
        assert self.has_focus()
        return card


@pytest.fixture(scope="module", params=["openbox", "xfwm4"])
def typing(request: pytest.FixtureRequest) -> Iterator[Typing]:
    require_desktop(wm=request.param, keyring="unlocked")
    with Desktop(wm=request.param, keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start()
        yield Typing(desktop, place)


def test_not_one_of_500_keystrokes_is_lost_while_cards_come_and_go(typing: Typing) -> None:
    letters = string.ascii_letters + string.digits + " .,;/-+()#"
    text = "".join(random.Random(7).choices(letters, k=KEYSTROKES))
    before = typing.kept()
    typist = typing.begin(text)
    shown = {typing.card_for(f"212-555-0{200 + number}").window_id for number in range(CARDS)}
    assert typist.poll() is None, "the cards are to come while somebody types"
    while typist.poll() is None:
        assert typing.has_focus()
    assert typist.returncode == 0
    typing.desktop.wait_for(lambda: len(typing.kept()) >= len(before) + KEYSTROKES, 5, "the last key")
    assert typing.kept() == before + text
    assert len(shown) == 1
    assert typing.place.asked() == {}


def test_a_card_that_is_clicked_calls_and_leaves_the_focus_where_it_is(typing: Typing) -> None:
    before = typing.kept()
    card = typing.card_for("212-555-0300")

    def clicked() -> bool:  # a click right after the card came does not count
        typing.desktop.click(card.x + card.width - 40, card.y + card.height - 60)
        return typing.place.asked()["2125550300"] > 0

    typing.desktop.wait_for(clicked, 10, "the call")
    assert typing.has_focus()
    typing.desktop.type_keys("still here")
    typing.desktop.wait_for(lambda: typing.kept() == before + "still here", 5, "the keys")
    assert typing.place.asked() == {"2125550300": 1}
