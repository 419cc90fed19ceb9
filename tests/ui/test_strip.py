"""The strip as a widget: what it shows, when it ticks, and that it leaves the focus alone."""

import time
from collections.abc import Generator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ringbridge.ui.look import Tone
from ringbridge.ui.strip import Strip, StripFace
from ringbridge.ui.translation import install_translator

CALL = StripFace(
    title="Connected",
    name="Ada Example",
    number="+1 212-555-0142",
    detail="+1 212-555-0142 · United States",
    extension="12",
    can_hang_up=True,
    can_pass_on=True,
)


@pytest.fixture
def strip(qtbot: QtBot) -> Strip:
    strip = Strip(guard_ms=0)
    qtbot.addWidget(strip)
    return strip


def shown(strip: Strip) -> set[str]:
    return {
        widget.objectName()
        for widget in strip.findChildren(QWidget)
        if widget.objectName() and widget.isVisibleTo(strip) and isinstance(widget, (QAbstractButton, QLineEdit))
    }


def texts(strip: Strip) -> list[str]:
    return [label.text() for label in strip.findChildren(QLabel) if label.isVisibleTo(strip)]


def click(strip: Strip, name: str) -> None:
    button = strip.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton)
    assert button.isVisibleTo(strip), name
    button.click()


def press(strip: Strip, key: Qt.Key) -> None:
    strip.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def present(strip: Strip, face: StripFace = CALL, *, focusable: bool = False) -> None:
    strip.show_face(face)
    strip.present(corner="bottom_right", focusable=focusable)


def test_a_call_shows_who_it_is_and_what_can_be_done(strip: Strip) -> None:
    present(strip)
    assert {"Connected", "Ada Example", "+1 212-555-0142 · United States"} <= set(texts(strip))
    assert shown(strip) == {"hang_up", "transfer", "note", "copy_number", "copy_extension", "hide"}


def test_what_can_not_be_done_is_not_there(strip: Strip) -> None:
    present(strip, StripFace(title="Requested", number="202"))
    assert shown(strip) == {"note", "copy_number", "hide"}
    assert "202" in texts(strip)


@pytest.mark.parametrize(
    ("button", "signal"), [("hang_up", "hang_up_wanted"), ("transfer", "transfer_wanted"), ("hide", "hidden")]
)
def test_buttons_say_what_is_wanted(strip: Strip, qtbot: QtBot, button: str, signal: str) -> None:
    present(strip)
    with qtbot.waitSignal(getattr(strip, signal)):
        click(strip, button)


@pytest.mark.parametrize(("button", "text"), [("copy_number", "+1 212-555-0142"), ("copy_extension", "12")])
def test_what_is_copied_is_what_people_write(strip: Strip, qtbot: QtBot, button: str, text: str) -> None:
    present(strip)
    with qtbot.waitSignal(strip.copy_wanted, check_params_cb=lambda copied: copied == text):
        click(strip, button)


def test_a_click_right_after_the_strip_appeared_hangs_up_nobody(qtbot: QtBot) -> None:
    strip = Strip(guard_ms=60_000)
    qtbot.addWidget(strip)
    present(strip)
    with qtbot.assertNotEmitted(strip.hang_up_wanted), qtbot.assertNotEmitted(strip.hidden):
        click(strip, "hang_up")
        click(strip, "hide")
    assert strip.isVisible()


def test_the_time_runs_only_while_it_is_seen(strip: Strip, qtbot: QtBot) -> None:
    present(strip)
    assert not strip._tick.isActive()
    strip.show_face(CALL._replace(since_s=time.monotonic() - 3725))
    assert strip._tick.isActive()
    assert "1:02:05" in texts(strip)
    strip._tick.setInterval(5)
    strip.show_face(strip.face._replace(since_s=time.monotonic() - 59.95))
    qtbot.waitUntil(lambda: "1:00" in texts(strip))
    strip.hide()
    assert not strip._tick.isActive()
    strip.present(corner="bottom_right")
    assert strip._tick.isActive()
    strip.show_face(CALL)
    assert not strip._tick.isActive()


def test_a_countdown_runs_down_and_offers_two_ways_out(strip: Strip, qtbot: QtBot) -> None:
    present(strip, StripFace(title="Calling in", number="202", until_s=time.monotonic() + 28, can_note=False))
    assert "0:28" in texts(strip)
    assert shown(strip) == {"call_now", "cancel", "copy_number", "hide"}
    with qtbot.waitSignal(strip.call_now_wanted):
        click(strip, "call_now")
    with qtbot.waitSignal(strip.cancel_wanted):
        click(strip, "cancel")


def test_a_note_is_written_on_request_and_only_then_takes_the_focus(strip: Strip, qtbot: QtBot) -> None:
    present(strip)
    assert strip.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    click(strip, "note")
    assert strip.is_writing
    assert not strip.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    field = strip.findChild(QLineEdit, "note_text")
    assert isinstance(field, QLineEdit)
    field.setText("  call back\ton Monday ")
    with qtbot.waitSignal(strip.note_written, check_params_cb=lambda note: note == "call back on Monday"):
        field.returnPressed.emit()
    assert strip.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert strip.isVisible()
    assert "call back on Monday" in texts(strip)
    click(strip, "note")
    assert field.text() == "call back on Monday"
    with qtbot.assertNotEmitted(strip.note_written), qtbot.assertNotEmitted(strip.hidden):
        press(strip, Qt.Key.Key_Escape)
    assert not strip.is_writing
    with qtbot.waitSignal(strip.hidden):
        press(strip, Qt.Key.Key_Escape)


def test_the_enter_that_keeps_a_note_presses_no_button(strip: Strip, qtbot: QtBot) -> None:
    present(strip)
    click(strip, "note")
    field = strip.findChild(QLineEdit, "note_text")
    assert isinstance(field, QLineEdit)
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "call back on Monday")
    with qtbot.assertNotEmitted(strip.hidden), qtbot.assertNotEmitted(strip.hang_up_wanted):
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert strip.isVisible()
    assert "call back on Monday" in texts(strip)


def test_the_call_may_change_while_a_note_is_written(strip: Strip) -> None:
    present(strip)
    click(strip, "note")
    strip.show_face(CALL._replace(title="The call has ended", can_hang_up=False))
    assert strip.is_writing


def test_by_keyboard_the_strip_takes_the_focus_and_enter_presses(strip: Strip, qtbot: QtBot) -> None:
    present(strip, focusable=True)
    assert not strip.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    button = strip.findChild(QAbstractButton, "hang_up")
    assert isinstance(button, QAbstractButton)
    button.setFocus()
    with qtbot.waitSignal(strip.hang_up_wanted):
        press(strip, Qt.Key.Key_Return)
    present(strip)
    assert strip.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus


def test_closing_the_window_is_no_hang_up(strip: Strip, qtbot: QtBot) -> None:
    present(strip)
    with qtbot.assertNotEmitted(strip.hang_up_wanted), qtbot.waitSignal(strip.hidden):
        strip.close()


@pytest.mark.parametrize("corner", ["top_right", "bottom_right", "top_left", "bottom_left"])
def test_beside_the_card_nothing_overlaps(strip: Strip, qtbot: QtBot, corner: str) -> None:
    from ringbridge.ui.card import Card
    from ringbridge.ui.choice import Choice

    card = Card(guard_ms=0)
    qtbot.addWidget(card)
    strip.show_face(CALL)
    strip.present(corner=corner, beside=card)
    alone = strip.geometry()
    card.offer((Choice(display="+1 212-555-0199"),), seconds=0, corner=corner)
    strip.make_room(card)
    assert not strip.geometry().intersects(card.geometry())
    card.hide()
    strip.make_room(card)
    assert strip.geometry() == alone


def test_words_from_elsewhere_are_never_markup(strip: Strip) -> None:
    present(strip, CALL._replace(name="<b>bold</b>", message="<i>no</i>", note="<u>no</u>"))
    for label in strip.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_long_words_wrap_inside_the_strip(strip: Strip) -> None:
    present(strip, CALL._replace(message="x" * 300, detail="y" * 300))
    assert strip.width() < 800
    for label in strip.findChildren(QLabel):
        if label.isVisibleTo(strip) and label.text():
            assert label.height() >= label.heightForWidth(label.width()) or not label.wordWrap()


def test_a_screen_reader_learns_what_the_strip_says(strip: Strip) -> None:
    present(strip)
    assert strip.accessibleName() == "Connected Ada Example +1 212-555-0142"
    button = strip.findChild(QAbstractButton, "hang_up")
    assert isinstance(button, QAbstractButton)
    assert button.accessibleName() == "Hang up the call with Ada Example"
    for each in strip.findChildren(QAbstractButton):
        if each.isVisibleTo(strip):
            assert each.accessibleName() or each.text()


@pytest.fixture
def shouted() -> Generator[None]:
    install_translator(lambda text, _note: f"«{text}»")
    yield
    install_translator(None)


@pytest.mark.usefixtures("shouted")
def test_every_text_of_the_strip_is_translated(qtbot: QtBot) -> None:
    strip = Strip(guard_ms=0)
    qtbot.addWidget(strip)
    present(strip)
    for button in strip.findChildren(QAbstractButton):
        assert "«" in (button.text() or button.accessibleName()), button.objectName()
    for name in ("hang_up", "hide"):
        button = strip.findChild(QAbstractButton, name)
        assert isinstance(button, QAbstractButton)
        assert button.accessibleName().startswith("«")


@pytest.fixture
def right_to_left(qapp: QApplication) -> Generator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.usefixtures("right_to_left")
def test_right_to_left_mirrors_the_strip_and_isolates_the_number(qtbot: QtBot) -> None:
    strip = Strip(guard_ms=0)
    qtbot.addWidget(strip)
    present(strip, CALL._replace(name=""))
    button = strip.findChild(QAbstractButton, "hang_up")
    who = strip.findChild(QLabel, "who")
    assert isinstance(button, QAbstractButton)
    assert isinstance(who, QLabel)
    assert button.geometry().right() < who.geometry().left()
    assert who.text() == "\u2068+1\u00a0212-555-0142\u2069"


def test_the_strip_follows_a_dark_theme_while_it_runs(strip: Strip, qapp: QApplication) -> None:
    present(strip, CALL._replace(tone=Tone.CALL))
    before = QPalette(qapp.palette())
    try:
        qapp.setPalette(QPalette(QColor("#3b3b3b"), QColor("#2b2b2b")))
        qapp.processEvents()
        image = strip.grab().toImage()
        assert image.pixelColor(1, 20) == QColor("#4ade80")
        assert image.pixelColor(image.width() - 3, image.height() - 3).lightness() < 60
    finally:
        qapp.setPalette(before)
