"""How Ringbridge's own widgets look: colours from the palette, fonts relative to the user's, buttons and a field."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from ringbridge.ui.palettes import has_high_contrast, is_dark, readable_on
from ringbridge.ui.translation import isolated

RADIUS = 6.0
_LONG_WORD = re.compile(r"(\S{40})(?=\S)")
_INK_ON_TONE = {"call": "#052e16", "caution": "#451a03", "bad": "#450a0a"}  # on the tones for dark windows


class Tone(StrEnum):
    """What a coloured part says."""

    CALL = "call"
    CAUTION = "caution"
    BAD = "bad"


# Each pair is for light and dark backgrounds; contrast to white and to #2b2b2b is at least 4.5 (WCAG 2.2, 1.4.3).
_TONES = {
    Tone.CALL: ("#137333", "#4ade80"),
    Tone.CAUTION: ("#a8480c", "#fbbf24"),
    Tone.BAD: ("#b91c1c", "#fca5a5"),
}


def tone_color(tone: Tone, palette: QPalette) -> QColor:
    """The colour of a tone, readable on the palette's windows."""
    return QColor(_TONES[tone][is_dark(palette)])


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """`one` with a `share` of `other`, from 0 to 1."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


def muted_color(palette: QPalette) -> QColor:
    """For text that matters less; still with a contrast of 4.5 on ordinary palettes, and no less on high contrast."""
    share = 0.0 if has_high_contrast(palette) else 0.3
    return mixed(palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window), share)


def line_color(palette: QPalette) -> QColor:
    """For borders."""
    share = 0.0 if has_high_contrast(palette) else 0.72
    return mixed(palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window), share)


def focus_color(palette: QPalette) -> QColor:
    """For the mark of what has the keyboard: the desktop's accent, strong enough to be seen."""
    ink, window = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
    return readable_on(palette.color(QPalette.ColorRole.Accent), window, ink)


def scaled_font(font: QFont, factor: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The user's font, larger or smaller."""
    scaled = QFont(font)
    if font.pixelSize() > 0:
        scaled.setPixelSize(round(font.pixelSize() * factor))
    else:
        scaled.setPointSizeF(font.pointSizeF() * factor)
    scaled.setWeight(weight)
    return scaled


def set_text_color(widget: QWidget, color: QColor) -> None:
    """Colour a label's text and leave the rest of its palette alone."""
    palette = QPalette(widget.palette())
    palette.setColor(QPalette.ColorRole.WindowText, color)
    widget.setPalette(palette)


class Label(QLabel):
    """A label whose colour follows the desktop's while it stands on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._ink: Callable[[QPalette], QColor] | None = None
        self._inking = False

    def set_ink(self, ink: Callable[[QPalette], QColor] | None) -> None:
        """Write in the colour that `ink` makes of a window's palette; None: as everywhere."""
        self._ink = ink
        self._take_ink()

    def set_tone(self, tone: Tone | None) -> None:
        """Write in the colour of a tone; None: as everywhere."""
        self.set_ink(None if tone is None else partial(tone_color, tone))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another palette: the colour is made anew."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._ink is not None:
            self._take_ink()

    def _take_ink(self) -> None:
        if self._inking:
            return
        self._inking = True  # setting a palette tells of a change as well
        palette = QPalette()
        if self._ink is not None:  # the window around may learn of the change after this label
            palette.setColor(QPalette.ColorRole.WindowText, self._ink(QGuiApplication.palette()))
        self.setPalette(palette)
        self._inking = False


def plain_label(*, wrap: bool = False) -> Label:
    """A label that never takes its text for markup: texts may come from elsewhere."""
    label = Label()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    return label


def breakable(text: str) -> str:
    """The text with places to break in words longer than any of ours: a window becomes as wide as its longest."""
    return _LONG_WORD.sub("\\1\u200b", text)


def unbroken(text: str) -> str:
    """A short text that stays on one line, such as a time of day."""
    return text.replace(" ", "\u00a0")


def dotted(*parts: str) -> str:
    """Short pieces of information in a row, the empty ones left out; a line breaks before a dot, never after it."""
    return " ·\u00a0".join(part for part in parts if part)


def heading(text: str) -> QLabel:
    """The title of a group of fields."""
    label = plain_label()
    label.setText(text)
    label.setFont(scaled_font(label.font(), 1.1, QFont.Weight.DemiBold))
    label.setContentsMargins(0, 10, 0, 2)
    return label


def number_text(number: str) -> str:
    """A number to stand by itself: right-to-left windows would turn `+1 212` into `212 1+`."""
    if QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        return isolated(number)
    return number


def leading_alignment() -> Qt.AlignmentFlag:
    """Where lines begin. Qt aligns by the letters of a text, and a number has none."""
    if QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def country_name(region: str) -> str:
    """The name of a country as Qt knows it, or empty.

    Args:
        region: Two letters of ISO 3166.
    """
    territory = QLocale.codeToTerritory(region)
    if territory in {QLocale.Country.AnyCountry, QLocale.Country.World}:
        return ""
    return QLocale.territoryToString(territory)


class FlatButton(QPushButton):
    """A calm button: filled when it does what the card is for, an outline otherwise. Follows the palette."""

    def __init__(self, text: str, *, filled: bool, parent: QWidget | None = None, tone: Tone = Tone.CALL) -> None:
        super().__init__(text, parent)
        self._filled = filled
        self._tone = tone
        self.setFont(scaled_font(self.font(), 1, QFont.Weight.DemiBold))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the text and a comfortable target around it."""
        metrics = QFontMetrics(self.font())
        em = metrics.height()
        return QSize(max(metrics.horizontalAdvance(self.text()) + round(1.9 * em), 4 * em), round(1.95 * em))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Never smaller than its text needs."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and argument
        """Draw the button."""
        palette = self.palette()
        window, ink = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        fill, text = window, ink
        if self._filled:
            fill = tone_color(self._tone, palette)
            text = QColor(_INK_ON_TONE[self._tone]) if is_dark(palette) else QColor("white")
        if not self.isEnabled():
            fill, text = mixed(fill, window, 0.6), mixed(text, window, 0.3)
        elif self.isDown():
            fill = mixed(fill, ink, 0.22)
        elif self.underMouse():
            fill = mixed(fill, ink, 0.1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen if self._filled else QPen(line_color(palette), 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(text if self._filled else focus_color(palette), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -3), RADIUS - 2, RADIUS - 2)
        painter.setPen(text)
        painter.setFont(self.font())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic), self.text())
        painter.end()


class CloseButton(FlatButton):
    """A small cross, drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", filled=False, parent=parent)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A square."""
        side = round(1.6 * QFontMetrics(self.font()).height())
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and argument
        """Draw a cross, and a background under the pointer."""
        palette = self.palette()
        window, ink = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse() or self.isDown():
            painter.setBrush(mixed(window, ink, 0.2 if self.isDown() else 0.1))
            painter.drawRoundedRect(QRectF(self.rect()), RADIUS - 2, RADIUS - 2)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(focus_color(palette), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS - 2, RADIUS - 2)
        painter.setPen(QPen(muted_color(palette), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        center, arm = QRectF(self.rect()).center(), self.width() * 0.17
        for slope in (1, -1):
            reach = QPointF(arm, slope * arm)
            painter.drawLine(center - reach, center + reach)
        painter.end()


class LineField(QLineEdit):
    """Keeps Enter to itself: once Qt passed it on to the window, the focus may be on a button there."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Write, and end there."""
        super().keyPressEvent(event)
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()
