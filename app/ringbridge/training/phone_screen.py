"""The lit display of the desk phone's window."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from ringbridge.training.phone_display import Display, Mood, initials

# The display is a lit screen of its own: dark in every theme.
_SCREEN_TOP, _SCREEN_BOTTOM = QColor("#16303b"), QColor("#0d1e26")
_TEXT, _DIM = QColor("#f2f7f5"), QColor("#a9c0bd")
_ACCENTS = {
    Mood.IDLE: QColor("#7fa3a0"),
    Mood.RINGING: QColor("#4fdc92"),
    Mood.DIALING: QColor("#6cc4f5"),
    Mood.CONNECTED: QColor("#4fdc92"),
    Mood.FAILED: QColor("#ffb454"),
    Mood.ENDED: QColor("#7fa3a0"),
}


def _isolated(text: str) -> str:
    """Keep a number readable from left to right inside text of any direction (Unicode, LRI and PDI)."""
    return f"\u2066{text}\u2069" if text else ""


def _scaled(font: QFont, scale: float) -> QFont:
    larger = QFont(font)
    larger.setPointSizeF(font.pointSizeF() * scale)
    return larger


class _Picture(QWidget):
    """A round picture with initials; rings go out from it while the phone rings."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(128)
        self._letters = ""
        self._accent = _ACCENTS[Mood.IDLE]
        self._pulse = -1.0

    def show_person(self, letters: str, accent: QColor) -> None:
        """Show someone's initials, or a handset when there are none."""
        self._letters, self._accent = letters, accent
        self.update()

    def set_pulse(self, value: float) -> None:
        """How far the rings have gone, 0 to 1; below 0: none."""
        self._pulse = value
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Paint rings, disc and letters."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, radius = QPointF(self.width() / 2, self.height() / 2), 38.0
        if self._pulse >= 0:
            for lag in (0.0, 0.5):
                reach = (self._pulse + lag) % 1.0
                colour = QColor(self._accent)
                colour.setAlphaF(0.55 * (1 - reach))
                painter.setPen(QPen(colour, 3))
                painter.drawEllipse(middle, radius + 25 * reach, radius + 25 * reach)
        disc = QColor(self._accent)
        disc.setAlphaF(0.22)
        painter.setBrush(disc)
        painter.setPen(QPen(self._accent, 2))
        painter.drawEllipse(middle, radius, radius)
        if not self._letters:
            self._paint_handset(painter, middle)
            return
        font = QFont(self.font())
        font.setPixelSize(28)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(_TEXT)
        area = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._letters)

    def _paint_handset(self, painter: QPainter, middle: QPointF) -> None:
        painter.translate(middle)
        painter.rotate(-45)
        bow = QPainterPath()
        bow.moveTo(-15, 5)
        bow.cubicTo(-15, -11, 15, -11, 15, 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._accent, 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawPath(bow)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._accent)
        for left in (-21.0, 9.0):
            painter.drawRoundedRect(QRectF(left, 2, 12, 10), 3.5, 3.5)


class Screen(QWidget):
    """The display: heading, picture, name, number and a note."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._accent = _ACCENTS[Mood.IDLE]
        self._heading = self._line("heading", scale=1.0, bold=True)
        self.picture = _Picture(self)
        self._name = self._line("name", scale=1.45, bold=True)
        self._number = self._line("number", scale=1.1)
        self._note = self._line("note", scale=1.0)
        self._note_font, self._talk_font = self._note.font(), _scaled(self._note.font(), 1.35)
        self._note.setFixedHeight(self._note.fontMetrics().lineSpacing() * 2 + 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 16, 14, 14)
        layout.setSpacing(4)
        layout.addWidget(self._heading)
        layout.addStretch(1)
        for widget in (self.picture, self._name, self._number):
            layout.addWidget(widget)
        layout.addSpacing(6)
        layout.addWidget(self._note)
        layout.addStretch(1)

    def _line(self, name: str, *, scale: float, bold: bool = False) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = _scaled(label.font(), scale)
        if bold:
            font.setWeight(QFont.Weight.DemiBold)
        label.setFont(font)
        return label

    def show_display(self, display: Display) -> None:
        """Show all of it."""
        self._accent = _ACCENTS[display.mood]
        at_call = display.mood is not Mood.IDLE
        self.picture.show_person(initials(display.name) if at_call else "", self._accent)
        for label, text, colour in (
            (self._heading, display.heading, self._accent),
            (self._name, display.name, _TEXT),
            (self._number, _isolated(display.number), _DIM),
        ):
            label.setText(text)
            self._colour(label, colour)
        self.show_note(display.note, talking=display.mood is Mood.CONNECTED)
        said = " ".join(filter(None, (display.heading, display.name, display.number, display.note)))
        self.setAccessibleName(said)
        self.update()

    def show_note(self, text: str, *, talking: bool) -> None:
        """Show the last line; the length of a talk stands out."""
        self._note.setFont(self._talk_font if talking else self._note_font)
        self._note.setText(_isolated(text) if talking else text)
        self._colour(self._note, _TEXT if talking else _DIM)

    def _colour(self, label: QLabel, colour: QColor) -> None:
        palette = QPalette(label.palette())
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        label.setPalette(palette)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Paint the lit screen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        light = QLinearGradient(0, 0, 0, self.height())
        light.setColorAt(0, _SCREEN_TOP)
        light.setColorAt(1, _SCREEN_BOTTOM)
        edge = QColor(self._accent)
        edge.setAlphaF(0.6)
        painter.setBrush(light)
        painter.setPen(QPen(edge, 1.5))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 14, 14)
