import re
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QEnterEvent, QGuiApplication, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from ringbridge.ui import translation
from ringbridge.ui.card import MAX_CHOICES, Card
from ringbridge.ui.choice import Choice
from ringbridge.ui.look import Tone, country_name, muted_color, tone_color
from support.desktop import Desktop

ADA = Choice(display="+1 212-555-1234", region="US", kind="mobile")
BOB = Choice(display="+44 20 7946 0958", region="GB", kind="fixed", extension="212")
MANY = tuple(Choice(display=f"+1 212-555-000{digit}") for digit in range(8))


@pytest.fixture
def card(qtbot: QtBot) -> Card:
    card = Card(guard_ms=0)
    qtbot.addWidget(card)
    return card


def button(card: Card, name: str) -> QAbstractButton:
    found = [each for each in card.findChildren(QAbstractButton, name) if each.isVisible()]
    assert len(found) == 1, (name, found)
    return found[0]


def texts(card: Card) -> list[str]:
    """All visible texts, from top to bottom."""
    labels = [label for label in card.findChildren(QLabel) if label.isVisible()]
    return [label.text() for label in sorted(labels, key=lambda label: label.mapTo(card, QPoint()).y())]


def visible_buttons(card: Card) -> set[str]:
    return {each.objectName() for each in card.findChildren(QAbstractButton) if each.isVisible()}


def click(card: Card, name: str) -> None:
    QTest.mouseClick(button(card, name), Qt.MouseButton.LeftButton)


def test_one_number_shows_all_there_is_to_know(card: Card) -> None:
    card.offer((BOB,), seconds=0)
    assert texts(card) == [
        "Call this number?",
        "+44 20 7946 0958",
        "United Kingdom ·\u00a0landline ·\u00a0extension 212",
    ]
    assert button(card, "call").accessibleName() == "Call +44 20 7946 0958"


def test_a_code_shows_itself_alone(card: Card) -> None:
    card.offer((Choice(display="*97"),), seconds=0)
    assert texts(card) == ["Call this number?", "*97"]


def test_an_expensive_number_is_marked(card: Card) -> None:
    card.offer((Choice(display="+1 900-555-1234", region="US", kind="premium"),), seconds=0)
    assert "Premium rate, may be expensive." in texts(card)


@pytest.fixture
def screen_reader(qapp: QApplication) -> Generator[None]:
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.mark.usefixtures("screen_reader")
def test_a_screen_reader_learns_what_the_card_says(card: Card) -> None:
    card.offer((ADA, BOB), seconds=0)
    assert card.accessibleName() == "Call one of these numbers? Call +1 212-555-1234 Call +44 20 7946 0958"
    card.status("Not called", "The PBX can't be reached.", good=False)
    assert card.accessibleName() == "Not called The PBX can't be reached."


def test_a_click_calls(card: Card, qtbot: QtBot) -> None:
    card.offer((ADA,), seconds=0)
    with qtbot.waitSignal(card.call_wanted) as wanted:
        click(card, "call")
    assert wanted.args == [0]


def test_one_offer_makes_one_call_however_often_it_is_clicked(card: Card) -> None:
    wanted: list[int] = []
    card.call_wanted.connect(wanted.append)
    card.offer((ADA, BOB), seconds=0)
    for name in ("call_1", "call_1", "call_0"):
        click(card, name)
        button(card, name).click()
    assert wanted == [1]
    card.offer((BOB,), seconds=0)
    click(card, "call")
    assert wanted == [1, 0]


def test_each_of_several_numbers_has_its_button(card: Card, qtbot: QtBot) -> None:
    card.offer((ADA, BOB), seconds=0)
    assert "+1 212-555-1234" in texts(card)
    with qtbot.waitSignal(card.call_wanted) as wanted:
        click(card, "call_1")
    assert wanted.args == [1]


def test_many_numbers_are_cut_and_the_card_says_so(card: Card) -> None:
    card.offer(MANY, seconds=0)
    assert texts(card)[0] == "The first 5 numbers"
    assert len([text for text in texts(card) if text.startswith("+1")]) == MAX_CHOICES


def test_a_later_offer_leaves_nothing_of_the_earlier_one(card: Card) -> None:
    card.offer(MANY, seconds=0)
    tall = card.height()
    card.offer((ADA,), seconds=0)
    assert texts(card) == ["Call this number?", "+1 212-555-1234", "United States ·\u00a0mobile"]
    assert card.height() < tall / 2
    card.status("Not called", "Sorry.", good=False)
    assert texts(card) == ["Not called", "Sorry."]


def test_closing_is_told(card: Card, qtbot: QtBot) -> None:
    card.offer((ADA,), seconds=0)
    with qtbot.waitSignal(card.dismissed), qtbot.assertNotEmitted(card.call_wanted):
        click(card, "dismiss")
    assert not card.isVisible()


def test_a_click_right_after_the_card_changed_is_ignored(qtbot: QtBot) -> None:
    card = Card(guard_ms=150)
    qtbot.addWidget(card)
    wanted: list[int] = []
    dismissed: list[None] = []
    card.call_wanted.connect(wanted.append)
    card.dismissed.connect(lambda: dismissed.append(None))
    card.offer((ADA,), seconds=0)
    click(card, "call")
    click(card, "dismiss")
    assert (wanted, dismissed) == ([], [])
    assert card.isVisible()
    qtbot.waitUntil(lambda: (click(card, "call"), wanted)[1] == [0], timeout=2000)


def test_the_offer_goes_by_itself(card: Card, qtbot: QtBot) -> None:
    card.offer((ADA,), seconds=1)
    with qtbot.waitSignal(card.expired, timeout=3000), qtbot.assertNotEmitted(card.dismissed):
        pass
    assert not card.isVisible()


def enter(card: Card) -> None:
    QApplication.sendEvent(card, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(card.pos() + QPoint(5, 5))))


def test_the_pointer_stops_the_time(card: Card, qtbot: QtBot) -> None:
    card.offer((ADA,), seconds=1)
    enter(card)
    assert not card._timer.isActive()
    QApplication.sendEvent(card, QEvent(QEvent.Type.Leave))
    assert card._timer.remainingTime() > 900
    with qtbot.waitSignal(card.expired, timeout=3000):
        pass


def test_nothing_ticks_while_the_card_is_away(card: Card) -> None:
    card.offer((ADA,), seconds=1)
    click(card, "dismiss")
    QApplication.sendEvent(card, QEvent(QEvent.Type.Leave))
    assert not card._timer.isActive()
    card.offer((ADA,), seconds=0)
    QApplication.sendEvent(card, QEvent(QEvent.Type.Leave))
    assert not card._timer.isActive()


def test_a_question_waits_for_its_answer(card: Card, qtbot: QtBot) -> None:
    card.ask(Choice(display="+972 3-123-4567", region="IL", title="A link asks to call this number"))
    assert texts(card) == ["A link asks to call this number", "+972 3-123-4567", "Israel"]
    assert not card._timer.isActive()
    with qtbot.waitSignal(card.call_wanted) as wanted:
        click(card, "call")
    assert wanted.args == [0]


def test_no_is_an_answer(card: Card, qtbot: QtBot) -> None:
    card.ask(ADA)
    with qtbot.waitSignal(card.dismissed), qtbot.assertNotEmitted(card.call_wanted):
        click(card, "dont_call")
    assert not card.isVisible()


def test_news_waits_behind_a_question(card: Card) -> None:
    card.ask(ADA)
    card.status("Not called", "The PBX can't be reached.", good=False)
    assert texts(card)[0] == "Call this number?"
    click(card, "dont_call")
    assert texts(card) == ["Not called", "The PBX can't be reached."]


def test_news_after_a_yes_are_of_the_new_call(card: Card) -> None:
    card.ask(ADA)
    card.status("Not called", "Old news.", good=False)
    click(card, "call")
    card.status("Calling…", "Asking the PBX.", good=True)
    assert texts(card) == ["Calling…", "Asking the PBX."]


def test_good_news_go_and_bad_news_stay(card: Card, qtbot: QtBot) -> None:
    card.status("Calling", "Your phone is ringing.", good=True, seconds=1)
    with qtbot.waitSignal(card.expired, timeout=3000):
        pass
    card.status("Not called", "The PBX can't be reached.", good=False)
    assert not card._timer.isActive()
    assert card.isVisible()
    with qtbot.waitSignal(card.dismissed):
        click(card, "dismiss")


def test_an_extension_is_copied_for_dialing_it_once_connected(card: Card) -> None:
    card.status("Calling", "Your phone is ringing.", good=True, extension="212")
    assert button(card, "copy_extension").text() == "Copy extension 212"
    click(card, "copy_extension")
    assert QGuiApplication.clipboard().text() == "212"
    assert button(card, "copy_extension").text() == "Copied: 212"
    card.status("Calling", "Your phone is ringing.", good=True)
    assert visible_buttons(card) == {"dismiss"}
    card.status("Calling", "Your phone is ringing.", good=True, extension="7")
    card.offer((ADA,), seconds=0)
    assert visible_buttons(card) == {"dismiss", "call"}


def test_an_extension_waits_behind_a_question_with_its_news(card: Card) -> None:
    card.ask(ADA)
    card.status("Calling", "Your phone is ringing.", good=True, extension="212")
    assert visible_buttons(card) == {"call", "dont_call"}
    click(card, "dont_call")
    assert button(card, "copy_extension").text() == "Copy extension 212"


def test_words_from_elsewhere_are_never_markup(card: Card) -> None:
    card.status("<b>bold</b>", '<img src="x"><a href="http://evil">click</a>', good=False)
    card.offer((Choice(display="<h1>1</h1>", note="<i>note</i>"),), seconds=0)
    assert {label.textFormat() for label in card.findChildren(QLabel)} == {Qt.TextFormat.PlainText}
    assert not any(label.openExternalLinks() for label in card.findChildren(QLabel))


def test_a_long_sentence_wraps_inside_the_card(card: Card) -> None:
    card.status("Not called", "word " * 100 + "https://" + "x" * 400, good=False)
    sentence = card.findChild(QLabel, "sentence")
    assert isinstance(sentence, QLabel)
    assert card.rect().contains(sentence.geometry())
    assert sentence.height() >= sentence.heightForWidth(sentence.width())
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert screen.contains(card.geometry())


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("choices", [(BOB,), (ADA, BOB), MANY], ids=["one", "two", "many"])
def test_no_text_is_cut_off(card: Card, scale: float, choices: tuple[Choice, ...]) -> None:
    font = card.font()
    font.setPointSizeF(font.pointSizeF() * scale)
    card.setFont(font)
    QApplication.processEvents()
    card.offer(choices, seconds=0)
    for label in card.findChildren(QLabel):
        if label.isVisible():
            needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            assert label.height() >= needed, label.text()
            assert label.wordWrap() or label.width() >= label.sizeHint().width(), label.text()


@pytest.mark.parametrize("corner", ["top_right", "bottom_right", "top_left", "bottom_left"])
def test_the_card_stands_in_its_corner(card: Card, corner: str) -> None:
    card.offer((ADA,), seconds=0, corner=corner)
    room = QGuiApplication.primaryScreen().availableGeometry()
    left, top = card.x() - room.x(), card.y() - room.y()
    right, bottom = room.right() - card.geometry().right(), room.bottom() - card.geometry().bottom()
    vertical, _, horizontal = corner.partition("_")
    assert {"left": left, "right": right}[horizontal] == 16
    assert {"top": top, "bottom": bottom}[vertical] == 16
    card.status("Calling…", "Asking.", good=True)
    assert {"left": card.x() - room.x(), "right": room.right() - card.geometry().right()}[horizontal] == 16


def test_by_keyboard_enter_calls_and_escape_closes(card: Card, qtbot: QtBot) -> None:
    card.offer((ADA, BOB), seconds=5, focusable=True)
    assert not card.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert not card._timer.isActive()
    qtbot.waitUntil(lambda: button(card, "call_0").hasFocus())
    QTest.keyClick(card.focusWidget(), Qt.Key.Key_Tab)
    assert button(card, "call_1").hasFocus()
    with qtbot.waitSignal(card.call_wanted) as wanted:
        QTest.keyClick(card.focusWidget(), Qt.Key.Key_Return)
    assert wanted.args == [1]
    card.offer((ADA,), seconds=5, focusable=True)
    with qtbot.waitSignal(card.dismissed):
        QTest.keyClick(card, Qt.Key.Key_Escape)


def test_by_keyboard_a_question_starts_at_no(card: Card, qtbot: QtBot) -> None:
    card.ask(ADA, focusable=True)
    qtbot.waitUntil(lambda: button(card, "dont_call").hasFocus())


def test_after_the_keyboard_the_card_is_quiet_again(card: Card) -> None:
    card.offer((ADA,), seconds=0, focusable=True)
    click(card, "dismiss")
    card.offer((BOB,), seconds=0)
    assert card.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert card.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert card.isVisible()


def test_closing_the_window_is_no_yes(card: Card, qtbot: QtBot) -> None:
    card.ask(ADA)
    with qtbot.waitSignal(card.dismissed), qtbot.assertNotEmitted(card.call_wanted):
        card.close()
    with qtbot.assertNotEmitted(card.dismissed):
        card.close()


@pytest.fixture
def right_to_left(qapp: QApplication) -> Generator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.usefixtures("right_to_left")
def test_right_to_left_mirrors_the_card_and_isolates_the_number(card: Card) -> None:
    card.offer((ADA,), seconds=0)
    call = button(card, "call")
    number = next(label for label in card.findChildren(QLabel, "number") if label.isVisible())
    assert call.mapTo(card, QPoint()).x() < number.mapTo(card, QPoint()).x()
    assert number.text() == "\u2068+1 212-555-1234\u2069"


@pytest.fixture
def shouted() -> Generator[None]:
    translation.install_translator(
        lambda text, _note: re.sub(r"(?<!{)\b\w+\b(?!})", lambda word: word[0].upper(), text)
    )
    yield
    translation.install_translator(None)


@pytest.mark.usefixtures("shouted")
def test_every_text_of_the_card_is_translated(qtbot: QtBot) -> None:
    card = Card(guard_ms=0)
    qtbot.addWidget(card)
    card.offer((Choice(display="1", kind="premium", extension="2"),), seconds=0)
    card_texts = texts(card)
    card.ask(Choice(display="1", kind="fixed"))
    card_texts += [*texts(card), button(card, "dont_call").text(), button(card, "call").text()]
    assert [text for text in card_texts if text != text.upper()] == []


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.2, definition of contrast ratio."""

    def luminance(color: QColor) -> float:
        channels = [color.redF(), color.greenF(), color.blueF()]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("window", "ink"), [("#ffffff", "#000000"), ("#efefef", "#000000"), ("#2b2b2b", "#eeeeee")])
def test_every_colour_of_text_has_enough_contrast(qtbot: QtBot, window: str, ink: str) -> None:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, QColor(window))
    palette.setColor(QPalette.ColorRole.WindowText, QColor(ink))
    colors = [muted_color(palette), *(tone_color(tone, palette) for tone in Tone)]
    assert [color.name() for color in colors if contrast(color, QColor(window)) < 4.5] == []


def test_the_card_follows_a_dark_theme_while_it_runs(card: Card, qapp: QApplication) -> None:
    before = qapp.palette()
    card.offer((BOB,), seconds=0)
    detail = next(label for label in card.findChildren(QLabel, "detail") if label.isVisible())
    dark = QPalette(before)
    dark.setColor(QPalette.ColorRole.Window, QColor("#2b2b2b"))
    dark.setColor(QPalette.ColorRole.WindowText, QColor("#eeeeee"))
    qapp.setPalette(dark)
    try:
        qapp.processEvents()
        for label in (detail, card.findChild(QLabel, "title")):
            assert isinstance(label, QLabel)
            assert contrast(label.palette().windowText().color(), QColor("#2b2b2b")) >= 4.5
        middle = card.grab().toImage().pixelColor(card.width() // 2, 3)
        assert middle == QColor("#2b2b2b")
    finally:
        qapp.setPalette(before)


def test_countries_are_named(qtbot: QtBot) -> None:
    assert [country_name(code) for code in ("US", "IL", "", "XX", "001")] == ["United States", "Israel", "", "", ""]


PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from ringbridge.ui.card import Card
from ringbridge.ui.choice import Choice

application = QApplication([])
application.setQuitOnLastWindowClosed(False)
card = Card(guard_ms=0)
card.call_wanted.connect(lambda index: print("call", index, flush=True))
card.dismissed.connect(lambda: print("dismissed", flush=True))
choices = (Choice(display="+1 212-555-1234", region="US"), Choice(display="+49 30 901820", region="DE"))
def show():
    card.offer(choices, seconds=0, corner="top_left", focusable="focusable" in sys.argv)
    for row in card._rows[:2]:
        center = row.button.mapToGlobal(row.button.rect().center())
        print("button", center.x(), center.y(), flush=True)
QTimer.singleShot(0, show)
application.exec()
"""


def start(desktop: Desktop, *arguments: str) -> list[tuple[int, int]]:
    """Show the card; return where its buttons are, once it is on the screen."""
    desktop.spawn([sys.executable, "-c", PROGRAM, *arguments])
    desktop.wait_for(lambda: log(desktop).count("button") >= 2, what="the card")
    desktop.window("^Ringbridge$")
    return [(int(x), int(y)) for x, y in (line.split()[1:] for line in lines(desktop) if line.startswith("button"))]


def log(desktop: Desktop) -> str:
    return desktop.log(Path(sys.executable).name)


def lines(desktop: Desktop) -> list[str]:
    return log(desktop).splitlines()


@pytest.fixture
def fresh_desktop() -> Generator[Desktop]:
    from support.desktop import require_desktop

    require_desktop(tray="none")
    with Desktop(tray="none") as desktop:
        yield desktop


def test_typing_goes_on_while_the_card_shows_and_is_clicked(fresh_desktop: Desktop) -> None:
    desktop = fresh_desktop
    typed = desktop.home / "typed"
    desktop.spawn(
        ["xterm", "-fa", "DejaVu Sans Mono", "-T", "typing", "-geometry", "60x10+300+400", "-e", f"cat > {typed}"]
    )
    terminal = desktop.window("^typing$")
    desktop.focus(terminal)
    desktop.type_keys("before ")
    buttons = start(desktop)
    desktop.type_keys("while ")
    focused = desktop.focused_window()
    assert focused is not None
    assert focused.title == "typing"
    desktop.wait_for(lambda: (desktop.click(*buttons[1]), "call 1" in lines(desktop))[1], what="the click to arrive")
    desktop.type_keys("after")
    desktop.press("Return")
    desktop.wait_for(lambda: typed.exists() and typed.read_text().endswith("\n"), what="the typed line")
    assert typed.read_text() == "before while after\n"
    assert lines(desktop).count("call 1") == 1
    assert "call 0" not in lines(desktop)


def test_by_keyboard_the_card_gets_the_keys_and_gives_them_back(fresh_desktop: Desktop) -> None:
    desktop = fresh_desktop
    desktop.spawn(["xterm", "-fa", "DejaVu Sans Mono", "-T", "typing", "-e", "cat"])
    desktop.focus(desktop.window("^typing$"))
    start(desktop, "focusable")
    desktop.wait_for(lambda: has_focus(desktop, "Ringbridge"), what="the card to get the keys")
    desktop.press("Tab", "Return")
    desktop.wait_for(lambda: "call 1" in lines(desktop), what="the call")
    desktop.press("Escape")
    desktop.wait_for(lambda: "dismissed" in lines(desktop), what="the card to close")
    desktop.wait_for(lambda: has_focus(desktop, "typing"), what="the terminal to get the keys back")


def has_focus(desktop: Desktop, title: str) -> bool:
    window = desktop.focused_window()
    return window is not None and title in window.title


def test_a_question_is_no_wider_than_it_must_be_after_a_wide_one(card: Card) -> None:
    narrow = Choice(display="911", title="Emergency call?", note="Really.")
    card.ask(narrow)
    before = card.width()
    card.ask(Choice(display="+1 212-555-0142", alternative="Ring " + "the very private mobile phone " * 2))
    assert card.width() > before
    card.ask(narrow)
    assert card.width() == before
