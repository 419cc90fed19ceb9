"""Text selected in other people's programs, the hotkey, and the own phone rings: on each kind of X11 desktop."""

import os
import re
from collections.abc import Iterator
from itertools import count

import pytest

from support import other_programs
from support.desktop import Desktop, require_desktop
from support.workplace import LAUNCHER, Workplace

DESKTOPS = [(wm, tray) for wm in ("openbox", "xfwm4") for tray in ("sni", "xembed", "none")]
NUMBERS = count(100)

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module", params=DESKTOPS, ids="-".join)
def place(request: pytest.FixtureRequest) -> Iterator[Workplace]:
    wm, tray = request.param
    require_desktop(wm=wm, tray=tray, keyring="unlocked")
    with Desktop(wm=wm, tray=tray, keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start()
        if tray == "none":
            desktop.window(LAUNCHER)  # it comes by itself, with the focus
        yield place


@pytest.mark.parametrize("name", list(other_programs.PROGRAMS))
def test_the_selected_number_rings_the_own_phone_once(place: Workplace, name: str) -> None:
    if package := other_programs.missing(name):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"not installed: {package}")
    desktop = place.desktop
    assert isinstance(desktop, Desktop)
    number = f"2125550{next(NUMBERS)}"
    written = f"Call us at ({number[:3]}) {number[3:6]}-{number[6:]} today"
    with other_programs.running(desktop, name, written) as other:

        def selected() -> bool:
            other.select()  # a window that has just come may not take clicks yet
            return desktop.selection_owner("PRIMARY") != 0 and written in desktop.paste("primary")

        desktop.wait_for(selected, 15, "the selection")
        place.press_until_it_rings(number)
        focused = desktop.focused_window()
        assert focused is not None
        assert re.search("^Other|other-note", focused.title)
        assert place.asked()[number] == place.rung()[number] == 1
    (row,) = [row for row in place.recent() if row["dialed"] == number]
    assert (row["origin"], row["outcome"]) == ("hotkey", "requested")
