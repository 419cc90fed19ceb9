import runpy
import sys
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtWidgets import QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import CallRecord, Destination, Origin, Outcome
from ringbridge.ui import translation
from ringbridge.ui.choice import Choice
from ringbridge.ui.tray import MAX_RECENT, Tray
from ringbridge.ui.tray_icon import SIZES, TrayState, tray_icon
from support.desktop import Desktop

ADA = Choice(display="+1 212-555-1234")
BOB = Choice(display="+49 30 901820")


@pytest.fixture
def tray(qtbot: QtBot) -> Tray:
    return Tray()


def action(tray: Tray, name: str) -> QAction:
    found = tray.menu.findChild(QAction, name)
    assert isinstance(found, QAction)
    return found


def visible(tray: Tray) -> list[str]:
    return [entry.text() for entry in tray.menu.actions() if entry.isVisible() and not entry.isSeparator()]


def clock(*, minutes: int = 0) -> str:
    """As the menu writes when a call of `record` was made."""
    local = datetime.now().astimezone() - timedelta(minutes=minutes, seconds=5)
    return f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[local.weekday()]} {local:%H:%M}"


def record(number: int, *, minutes: int = 5, name: str = "", outcome: Outcome = Outcome.REQUESTED) -> CallRecord:
    return CallRecord(
        request_id=f"r{number}",
        requested_at=datetime.now(UTC) - timedelta(minutes=minutes, seconds=5),
        origin=Origin.CARD,
        outcome=outcome,
        destination=Destination(dialed=f"212555{number:04}", display=f"+1 212-555-{number:04}"),
        name=name,
    )


def test_a_fresh_menu_is_short(tray: Tray) -> None:
    assert visible(tray) == [
        "Call number…",
        "Redial",
        "Pause clipboard watching",
        "Settings…",
        "What works here…",
        "Quit",
    ]
    assert not action(tray, "redial").isEnabled()


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("call_number", "call_number_wanted"),
        ("settings", "settings_wanted"),
        ("capabilities", "capabilities_wanted"),
        ("quit", "quit_wanted"),
    ],
)
def test_entries_say_what_is_wanted(tray: Tray, qtbot: QtBot, name: str, signal: str) -> None:
    with qtbot.waitSignal(getattr(tray, signal)):
        action(tray, name).trigger()


def test_one_offered_number_is_one_click_away(tray: Tray, qtbot: QtBot) -> None:
    tray.set_offer((ADA,))
    assert visible(tray)[:2] == ["Call +1 212-555-1234", "Show the copied number…"]
    with qtbot.waitSignal(tray.offer_wanted) as wanted:
        action(tray, "offer").trigger()
    assert wanted.args == [0]
    with qtbot.waitSignal(tray.offer_shown_wanted):
        action(tray, "show_offer").trigger()


def test_several_offered_numbers_are_in_a_submenu(tray: Tray, qtbot: QtBot) -> None:
    tray.set_offer((ADA, BOB))
    submenu = tray.menu.findChild(QMenu)
    assert isinstance(submenu, QMenu)
    assert submenu.menuAction() is action(tray, "offer")
    assert [entry.text() for entry in submenu.actions()] == ["Call +1 212-555-1234", "Call +49 30 901820"]
    with qtbot.waitSignal(tray.offer_wanted) as wanted:
        action(tray, "offer_1").trigger()
    assert wanted.args == [1]


def test_an_offer_goes_away(tray: Tray) -> None:
    before = visible(tray)
    for choices in ((ADA,), (ADA, BOB), (BOB,), ()):
        tray.set_offer(choices, program="Calc")
    assert visible(tray) == before


def test_the_program_of_an_offer_can_be_muted(tray: Tray, qtbot: QtBot) -> None:
    tray.set_offer((ADA, BOB), program="R&D_Calc\n")
    assert visible(tray)[1:3] == ["Show the copied numbers…", "Don't offer copies from R&&D Calc "]
    with qtbot.waitSignal(tray.mute_wanted) as wanted:
        action(tray, "mute_program").trigger()
    assert wanted.args == ["R&D_Calc\n"]
    tray.set_offer((ADA,))
    assert visible(tray)[1:3] == ["Show the copied number…", "Call number…"]


def test_recent_calls_are_listed_newest_first(tray: Tray) -> None:
    tray.set_recent((record(1, name="Ada & Söhne"), record(2, minutes=0, outcome=Outcome.UNKNOWN)))
    assert visible(tray) == [
        "Call number…",
        "Redial Ada && Söhne",
        "Recent calls: choose one to call again",
        f"Ada && Söhne — {clock(minutes=5)}, requested",
        f"+1 212-555-0002 — {clock()}, unknown",
        "Pause clipboard watching",
        "Settings…",
        "What works here…",
        "Quit",
    ]


def test_a_recent_call_is_called_again(tray: Tray, qtbot: QtBot) -> None:
    tray.set_recent((record(1), record(2)))
    for name, expected in (("recent_1", "r2"), ("recent_0", "r1"), ("redial", "r1")):
        with qtbot.waitSignal(tray.redial_wanted) as wanted:
            action(tray, name).trigger()
        assert wanted.args == [expected]


def test_an_entry_calls_whom_it_named_when_the_menu_was_opened(tray: Tray, qtbot: QtBot) -> None:
    tray.set_recent((record(2), record(1)))
    seen = action(tray, "recent_1")
    tray.set_recent((record(3), record(2), record(1)))  # a call from elsewhere, while the menu is open
    with qtbot.waitSignal(tray.redial_wanted) as wanted:
        seen.trigger()
    assert wanted.args == ["r1"]


@pytest.mark.parametrize(
    "numbers", [(2, 1), (3, 2, 1), (1, 2, 3), (2, 3, 1), tuple(range(30)), (9, 8), tuple(range(30, 0, -1)), (), (1,)]
)
def test_recent_calls_stand_in_their_order_whatever_stood_there(tray: Tray, numbers: tuple[int, ...]) -> None:
    for before in ((3, 2, 1), (), (2, 1)):
        tray.set_recent(tuple(record(number) for number in before))
        tray.set_recent(tuple(record(number) for number in numbers))
        shown = [text.partition(" — ")[0][-4:] for text in visible(tray) if " — " in text]
        assert shown == [f"{number:04}" for number in numbers[:MAX_RECENT]]


def test_the_list_of_recent_calls_grows_and_shrinks(tray: Tray) -> None:
    for count in (3, 20, 1, 0):
        tray.set_recent(tuple(record(number) for number in range(count)))
        shown = [text for text in visible(tray) if " — " in text]
        assert len(shown) == min(count, MAX_RECENT)
        assert action(tray, "redial").isEnabled() == bool(count)
    assert visible(tray) == [
        "Call number…",
        "Redial",
        "Pause clipboard watching",
        "Settings…",
        "What works here…",
        "Quit",
    ]


def test_a_hostile_name_stays_one_short_line(tray: Tray) -> None:
    tray.set_recent((record(1, name="A\n\tB\u202e" + "x" * 500),))
    assert action(tray, "recent_0").text().startswith("A  B x")
    assert len(action(tray, "recent_0").text()) < 80


def test_opening_the_menu_changes_nothing_in_it(tray: Tray) -> None:
    """Panels that draw the menu themselves would show late what is changed while it opens."""
    tray.set_recent((record(1, minutes=5),))
    before = visible(tray)
    tray.menu.aboutToShow.emit()
    assert visible(tray) == before


def test_pausing_is_told_only_when_a_person_asks(tray: Tray, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(tray.pause_toggled):
        tray.set_paused(True)
    assert action(tray, "pause").isChecked()
    with qtbot.waitSignal(tray.pause_toggled) as toggled:
        action(tray, "pause").trigger()
    assert toggled.args == [False]


def test_what_needs_attention_stands_at_the_head(tray: Tray) -> None:
    tray.set_status("No keyring: the password is kept until you quit")
    assert visible(tray)[0] == "No keyring: the password is kept until you quit"
    assert not action(tray, "status").isEnabled()
    tray.set_status("")
    assert visible(tray)[0] == "Call number…"


def picture(tray: Tray) -> QImage:
    return tray.icon.icon().pixmap(QSize(64, 64)).toImage()


def looks_like(tray: Tray, state: TrayState) -> bool:
    return picture(tray) == tray_icon(state).pixmap(QSize(64, 64)).toImage()


def test_the_icon_follows_what_happens(tray: Tray) -> None:
    assert looks_like(tray, TrayState.IDLE)
    tray.set_paused(True)
    assert looks_like(tray, TrayState.PAUSED)
    assert "paused" in tray.icon.toolTip()
    tray.set_status("No keyring")
    assert looks_like(tray, TrayState.ATTENTION)
    assert tray.icon.toolTip() == "Ringbridge: No keyring"
    tray.set_state(TrayState.CALLING)
    assert looks_like(tray, TrayState.CALLING)
    tray.set_state(TrayState.IDLE)
    tray.set_status("")
    tray.set_paused(False)
    assert looks_like(tray, TrayState.IDLE)


def test_the_states_differ_in_shape_not_only_in_colour(qtbot: QtBot) -> None:
    """In grey, at the smallest size, at least one pixel in seven differs clearly between any two states."""
    greys = {state: tray_icon(state).pixmap(QSize(16, 16)).toImage() for state in TrayState}
    flat = {
        state: [
            image.pixelColor(x, y).lightness() * image.pixelColor(x, y).alpha() // 255
            for x in range(16)
            for y in range(16)
        ]
        for state, image in greys.items()
    }
    states = list(TrayState)
    for index, one in enumerate(states):
        for other in states[index + 1 :]:
            differing = sum(abs(a - b) > 40 for a, b in zip(flat[one], flat[other], strict=True))
            assert differing >= 36, (one, other, differing)


@pytest.mark.parametrize("state", list(TrayState))
def test_every_state_has_every_size(qtbot: QtBot, state: TrayState) -> None:
    sizes = tray_icon(state).availableSizes()
    assert sorted((size.width(), size.height()) for size in sizes) == [(size, size) for size in SIZES]


PANELS = ("#ffffff", "#f0f0f0", "#2d2d2d", "#000000")


def luminance(color: QColor) -> float:
    """Relative luminance as WCAG 2.2 defines it."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", list(TrayState))
def test_the_icon_is_readable_on_every_panel(qtbot: QtBot, state: TrayState, size: int, panel: str) -> None:
    """Its outline stands out 3:1 from the panel, and its signs 3:1 from what they stand on."""
    image = tray_icon(state).pixmap(QSize(size, size)).toImage()
    solid = {(x, y): image.pixelColor(x, y) for x in range(size) for y in range(size)
             if image.pixelColor(x, y).alpha() > 250}  # fmt: skip
    signs = {place for place, color in solid.items() if luminance(color) > 0.8}
    ground = [color for color in solid.values() if luminance(color) < 0.5]  # with the soft edges of the signs
    assert len(signs) >= size * size // 20, "a handset is to be seen"
    assert len(ground) >= size * size // 3
    white = QColor("white")
    readable = sum(contrast(color, QColor(panel)) >= 3 <= contrast(color, white) for color in ground)
    assert readable >= 0.85 * len(ground), (readable, len(ground))
    # no sign touches the panel: white on white would eat the handset's shape
    edge = [(x, y) for x, y in signs for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
            if image.pixelColor(x + dx, y + dy).alpha() < 40]  # fmt: skip
    assert len(edge) <= len(signs) // 8, edge


@pytest.mark.parametrize("state", list(TrayState))
def test_the_pictures_are_what_the_drawing_gives(qtbot: QtBot, state: TrayState) -> None:
    script = Path(__file__).parents[2] / "packaging" / "draw_tray_icons.py"
    drawn: QImage = runpy.run_path(str(script))["draw_strip"](state)
    kept = QImage(str(script.parents[1] / "resources" / "icons" / f"tray-{state}.png"))
    assert kept.size() == drawn.size()
    worst = max(
        abs(a - b)
        for x in range(drawn.width())
        for y in range(drawn.height())
        for a, b in zip(kept.pixelColor(x, y).getRgb(), drawn.pixelColor(x, y).getRgb(), strict=True)  # type: ignore[arg-type]
    )
    assert worst <= 40  # another Qt may draw edges a little differently


def test_a_click_on_the_icon_activates_once(tray: Tray, qtbot: QtBot) -> None:
    reasons = QSystemTrayIcon.ActivationReason
    activations: list[None] = []
    tray.activated.connect(lambda: activations.append(None))
    for reason in (reasons.Context, reasons.MiddleClick, reasons.Trigger, reasons.DoubleClick):
        tray.icon.activated.emit(reason)
    assert len(activations) == 1


@pytest.mark.qt_log_ignore("systemTrayWindowChanged")  # offscreen has no tray, and says so in its own way
def test_a_new_icon_keeps_menu_and_state(tray: Tray, qtbot: QtBot) -> None:
    tray.set_status("No keyring")
    old = tray.icon
    with qtbot.waitSignal(old.destroyed):
        tray.remake()
    assert tray.icon is not old
    assert tray.icon.contextMenu() is tray.menu
    assert looks_like(tray, TrayState.ATTENTION)
    with qtbot.waitSignal(tray.activated):
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)


@pytest.fixture
def shouted() -> Generator[None]:
    translation.install_translator(lambda text, _note: text.upper())
    yield
    translation.install_translator(None)


@pytest.mark.usefixtures("shouted")
def test_every_text_of_the_menu_is_translated(qtbot: QtBot) -> None:
    tray = Tray()
    tray.set_recent(())
    texts = [*visible(tray), tray.icon.toolTip()]
    assert [text for text in texts if text != text.upper()] == []


PROGRAM = """
import sys
from datetime import UTC, datetime
from PySide6.QtWidgets import QApplication
from ringbridge.core.calls import CallRecord, Destination, Origin, Outcome
from ringbridge.ui.choice import Choice
from ringbridge.ui.tray import Tray

application = QApplication([])
application.setQuitOnLastWindowClosed(False)
tray = Tray()
for name in ("activated", "call_number_wanted", "redial_wanted", "offer_wanted", "pause_toggled"):
    getattr(tray, name).connect(lambda *values, name=name: print(name, *values, flush=True))
tray.quit_wanted.connect(application.quit)
tray.show()
tray.set_offer((Choice(display="+1 212-555-1234"), Choice(display="+49 30 901820")))
tray.set_recent((CallRecord(request_id="r1", requested_at=datetime.now(UTC), origin=Origin.CARD,
    outcome=Outcome.REQUESTED, destination=Destination(dialed="1"), name="Ada & Bob_Co"),))
if "remake" in sys.argv:
    tray.remake()
sys.exit(application.exec())
"""


@pytest.mark.parametrize("how", ["", "remake"])
def test_a_real_panel_shows_the_menu_and_clicks_arrive(desktop: Desktop, how: str) -> None:
    program = desktop.spawn([sys.executable, "-c", PROGRAM, how])
    desktop.wait_for(lambda: any("Ada" in entry.label for entry in flat(desktop)), what="the menu")
    desktop.click_tray_entry("Call +49 30 901820")
    entry = next(entry.label for entry in flat(desktop) if entry.label.startswith("Ada & Bob Co — "))
    assert entry.endswith(", requested")
    desktop.click_tray_entry(entry)
    desktop.click_tray_entry("Pause clipboard watching")
    desktop.activate_tray()
    log = Path(sys.executable).name
    expected = ["offer_wanted 1", "redial_wanted r1", "pause_toggled True", "activated"]
    desktop.wait_for(lambda: all(line in desktop.log(log).splitlines() for line in expected), what=f"{expected}")
    desktop.click_tray_entry("Quit")
    assert program.wait(10) == 0
    desktop.wait_for(lambda: not desktop.tray_items(), what="the icon to go")


def flat(desktop: Desktop) -> list[Any]:
    return [entry for top in desktop.tray_menu() for entry in top.flat()]


def test_the_phone_that_rings_first_is_chosen_in_the_menu(tray: Tray, qtbot: QtBot) -> None:
    tray.set_phones(("Desk 1001", "Mobile +49 171 1"), 0)
    assert "Ring first: Desk 1001" in visible(tray)
    assert [action(tray, f"phone_{index}").isChecked() for index in range(2)] == [True, False]
    with qtbot.waitSignal(tray.phone_wanted) as wanted:
        action(tray, "phone_1").trigger()
    assert wanted.args == [1]
    tray.set_phones(("Desk 1001", "Mobile +49 171 1"), 1)
    assert "Ring first: Mobile +49 171 1" in visible(tray)
    tray.set_phones(("Desk 1001",), -1)
    assert "Ring first: another phone" in visible(tray)


@pytest.mark.parametrize(("names", "first"), [((), -1), (("Desk 1001",), 0)])
def test_with_one_phone_there_is_nothing_to_choose(tray: Tray, names: tuple[str, ...], first: int) -> None:
    tray.set_phones(("Desk 1001", "Mobile 2"), 0)
    tray.set_phones(names, first)
    assert not any("Ring first" in text for text in visible(tray))


def test_what_the_company_sets_can_be_seen_and_not_changed(tray: Tray) -> None:
    tray.set_phones(("Desk 1001", "Mobile 2"), 0, locked=True)
    tray.set_pause_locked(True)
    assert not action(tray, "phones").isEnabled()
    assert not action(tray, "pause").isEnabled()
