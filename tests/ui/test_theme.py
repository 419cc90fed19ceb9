"""Light and dark windows, the accent colour and contrast, by the user's word and the desktop's."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ringbridge.desktop.event_ports import Appearance, Scheme
from ringbridge.ui.look import FlatButton, Tone, line_color, muted_color, plain_label, tone_color
from ringbridge.ui.palettes import contrast, has_high_contrast, is_dark, made_palette, readable_on, with_accent
from ringbridge.ui.theme import Theme

ORANGE = (0.9, 0.35, 0.1)


class Teller:
    """An `AppearanceWatch` in a test's hand."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tell: Callable[[Appearance | None], None] = lambda _appearance: None
        self.is_open = True

    def watch(self, changed: Callable[[Appearance | None], None]) -> None:
        self.tell = changed

    def close(self) -> None:
        self.is_open = False


@pytest.fixture
def portal() -> Teller:
    return Teller("portal")


@pytest.fixture
def xfconf() -> Teller:
    return Teller("xfconf")


@pytest.fixture
def theme(qapp: QApplication, portal: Teller, xfconf: Teller) -> Iterator[Theme]:
    theme = Theme(qapp)
    theme.follow([portal, xfconf])
    yield theme
    theme.close()
    qapp.setPalette(QPalette())


def is_dark_now() -> bool:
    return is_dark(QApplication.palette())


def test_windows_follow_the_desktop_live(theme: Theme, portal: Teller) -> None:
    assert not is_dark_now()
    portal.tell(Appearance(scheme=Scheme.DARK))
    assert is_dark_now()
    portal.tell(Appearance(scheme=Scheme.LIGHT))
    assert not is_dark_now()
    portal.tell(Appearance(scheme=Scheme.DARK))
    portal.tell(Appearance())
    assert not is_dark_now()


def test_the_users_word_comes_first(theme: Theme, portal: Teller) -> None:
    portal.tell(Appearance(scheme=Scheme.DARK, accent=ORANGE))
    theme.use("light")
    assert not is_dark_now()
    portal.tell(Appearance(scheme=Scheme.DARK))
    assert not is_dark_now()
    theme.use("dark")
    assert is_dark_now()
    portal.tell(Appearance(scheme=Scheme.LIGHT))
    assert is_dark_now()
    theme.use("system")
    assert not is_dark_now()


def test_who_has_no_wish_leaves_it_to_the_next(theme: Theme, portal: Teller, xfconf: Teller) -> None:
    assert theme.availability().reason == "only_qt"
    portal.tell(None)
    xfconf.tell(Appearance(scheme=Scheme.DARK))
    assert is_dark_now()
    portal.tell(Appearance(scheme=Scheme.UNKNOWN, accent=ORANGE))
    assert theme.appearance == Appearance(scheme=Scheme.DARK, accent=ORANGE)
    portal.tell(Appearance(scheme=Scheme.LIGHT))
    assert not is_dark_now()
    assert theme.availability() == (True, "", "")


def test_the_accent_colour_marks_selections_and_goes_with_it(theme: Theme, portal: Teller) -> None:
    plain = QApplication.palette().color(QPalette.ColorRole.Highlight)
    portal.tell(Appearance(accent=ORANGE))
    palette = QApplication.palette()
    orange = QColor.fromRgbF(*ORANGE)
    assert palette.color(QPalette.ColorRole.Accent).name() == orange.name()
    assert palette.color(QPalette.ColorRole.Highlight).name() == orange.name()
    assert contrast(palette.color(QPalette.ColorRole.HighlightedText), orange) >= 4.5
    portal.tell(Appearance())
    assert QApplication.palette().color(QPalette.ColorRole.Highlight) == plain


def test_high_contrast_makes_lines_and_lesser_texts_as_strong_as_text(theme: Theme, portal: Teller) -> None:
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        portal.tell(Appearance(scheme=scheme, high_contrast=True))
        palette = QApplication.palette()
        text, window = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
        assert contrast(text, window) > 20
        assert line_color(palette) == muted_color(palette) == text


def test_nobody_is_heard_after_the_end(theme: Theme, portal: Teller) -> None:
    theme.close()
    theme.close()
    assert not portal.is_open


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("high_contrast", [False, True])
def test_every_text_can_be_read(dark: bool, high_contrast: bool) -> None:
    palette = made_palette(dark=dark, high_contrast=high_contrast)
    assert is_dark(palette) is dark
    assert has_high_contrast(palette) is high_contrast
    role = QPalette.ColorRole
    for ink, paper in (
        (role.WindowText, role.Window), (role.Text, role.Base), (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button), (role.HighlightedText, role.Highlight), (role.Link, role.Window),
        (role.ToolTipText, role.ToolTipBase),
    ):  # fmt: skip
        assert contrast(palette.color(ink), palette.color(paper)) >= 4.5, (ink, paper)
    window = palette.color(role.Window)
    assert contrast(muted_color(palette), window) >= 4.5
    for tone in Tone:
        assert contrast(tone_color(tone, palette), window) >= 4.5


@pytest.mark.parametrize("color", ["#ffff00", "#000080", "#808080", "#ff0000", "#ffffff", "#000000"])
@pytest.mark.parametrize("dark", [False, True])
def test_any_accent_can_be_seen_and_written_on(color: str, dark: bool) -> None:
    palette = with_accent(made_palette(dark=dark, high_contrast=False), QColor(color))
    role = QPalette.ColorRole
    assert contrast(palette.color(role.HighlightedText), palette.color(role.Highlight)) >= 4.5
    window, ink = palette.color(role.Window), palette.color(role.WindowText)
    assert contrast(readable_on(QColor(color), window, ink), window) >= 4.5


def test_a_coloured_label_follows_the_windows_while_it_shows(qtbot: QtBot, theme: Theme, portal: Teller) -> None:
    button = FlatButton("", filled=False)  # some window to stand in
    qtbot.addWidget(button)
    label = plain_label()
    label.setParent(button)
    button.show()
    label.set_tone(Tone.BAD)
    for scheme in (Scheme.DARK, Scheme.LIGHT, Scheme.DARK):
        portal.tell(Appearance(scheme=scheme))
        wanted = tone_color(Tone.BAD, QApplication.palette())
        qtbot.waitUntil(lambda color=wanted: label.palette().windowText().color() == color)
    label.set_tone(None)
    assert label.palette().windowText().color() == QApplication.palette().windowText().color()
