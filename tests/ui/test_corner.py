"""Windows in a corner of the screen: whatever the letters and the texts, their buttons can be clicked."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from ringbridge.ui.card import Card
from ringbridge.ui.look import breakable, dotted
from ringbridge.ui.strip import Strip, StripFace

LONG = StripFace(
    title="Your phone is ringing: answer it. " * 3,
    name="Somebody with quite a long name " * 4,
    number="+1 212-555-0142",
    detail="+1 212-555-0142 · United States of America · " * 4,
    message="The PBX did not end the call, and this is why. " * 6,
    note="A note that was written about this call. " * 10,
    can_hang_up=True,
    can_pass_on=True,
)


def whereabouts(window: QWidget, name: str) -> QRect:
    button = window.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton)
    assert button.isVisibleTo(window)
    return QRect(button.mapToGlobal(button.rect().topLeft()), button.size())


@pytest.mark.parametrize("corner", ["bottom_right", "top_right", "bottom_left", "top_left"])
@pytest.mark.parametrize("points", [10, 22, 34])
def test_every_button_stays_on_the_screen(qtbot: QtBot, corner: str, points: int) -> None:
    font = QFont()
    font.setPointSize(points)
    card, strip = Card(guard_ms=0), Strip(guard_ms=0)
    for window in (card, strip):
        qtbot.addWidget(window)
        window.setFont(font)
    card.status("Not called", "The PBX did not place the call, and this is why. " * 10, good=False, extension="12")
    card._corner = corner
    card._place()
    strip.show_face(LONG)
    strip.present(corner=corner, beside=card)
    screen = strip.screen().availableGeometry()
    for window, names in ((strip, ("hang_up", "transfer", "note", "hide")), (card, ("dismiss", "copy_extension"))):
        assert screen.contains(window.geometry())
        for name in names:
            place = whereabouts(window, name)
            assert screen.contains(place), name
            assert window.geometry().contains(place), name
            assert min(place.width(), place.height()) >= 16, name


def test_two_windows_stand_beside_each_other_where_there_is_room(qtbot: QtBot) -> None:
    card, strip = Card(guard_ms=0), Strip(guard_ms=0)
    for window in (card, strip):
        qtbot.addWidget(window)
    card.status("Called", "Answer your phone.", good=True)
    strip.show_face(LONG._replace(note="", message=""))
    strip.present(corner="bottom_right", beside=card)
    assert not strip.geometry().intersects(card.geometry())
    assert strip.geometry().bottom() < card.geometry().top()


def lines_of(text: str, width: int) -> list[str]:
    """How Qt breaks a text into lines."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout = QTextLayout(text, QFont())
    layout.setTextOption(option)
    layout.beginLayout()
    spans: list[tuple[int, int]] = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        spans.append((line.textStart(), line.textLength()))
    layout.endLayout()
    return [text[start : start + length].rstrip() for start, length in spans]


def test_no_line_ends_with_a_dot_between_two_pieces(qtbot: QtBot) -> None:
    text = dotted("United Kingdom", "", "landline", "extension 212", "Wed\u00a014:05\u00a0there")
    assert " ".join(text.split()) == "United Kingdom · landline · extension 212 · Wed 14:05 there"
    broken = [lines_of(breakable(text), width) for width in range(60, 500, 3)]
    assert {len(lines) for lines in broken} >= {1, 2, 3}
    assert [lines for lines in broken if any(line.endswith("·") for line in lines)] == []
