"""Small windows in a corner of the screen that leave the focus alone: their flags, their place, their frame."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor, QGuiApplication, QPainter, QPalette, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ringbridge.ui.look import Tone, line_color, tone_color

BAR = 4
"""Pixels: the coloured edge."""

_MARGIN = 16  # pixels to the edges of the screen
_GAP = 8  # pixels between two of them
_WIDE_CHARS = 54

# Proven to leave the focus alone on openbox and xfwm4, also when the window is clicked.
QUIET = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowDoesNotAcceptFocus
)
FOCUSABLE = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint


def put_in_corner(window: QWidget, column: QVBoxLayout, corner: str, *, beside: QWidget | None = None) -> None:
    """Size a window for its content and move it to its corner, on the screen with the pointer.

    What is too large for the screen is made smaller than its content: texts are cut off then, buttons stay.

    Args:
        window: The window.
        column: Its layout, which must not constrain the window's size.
        corner: As in `ringbridge.core.settings.CardSettings`.
        beside: Another such window; while it is on the screen, this one stands next to it, above or below.
    """
    screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
    room = screen.availableGeometry().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    column.invalidate()
    column.activate()
    wanted = max(_WIDE_CHARS * window.fontMetrics().averageCharWidth(), column.minimumSize().width())
    width = min(wanted, room.width())
    height = column.heightForWidth(width) if column.hasHeightForWidth() else column.sizeHint().height()
    taken = beside.height() + _GAP if beside is not None and beside.isVisible() else 0
    left_over = max(room.height() - taken, column.minimumSize().height())  # below that the buttons would suffer
    window.resize(width, min(height, left_over, room.height()))
    vertical, _, horizontal = corner.partition("_")
    left = room.left() if horizontal == "left" else room.right() + 1 - window.width()
    top = room.top() + taken if vertical == "top" else room.bottom() + 1 - window.height() - taken
    lowest = room.bottom() + 1 - window.height()
    window.move(QPoint(left, max(room.top(), min(top, lowest))))


def paint_frame(window: QWidget, tone: Tone) -> None:
    """Draw the background, a thin border and the coloured edge; while the window paints itself."""
    painter = QPainter(window)
    palette = window.palette()
    painter.fillRect(window.rect(), palette.color(QPalette.ColorRole.Window))
    painter.setPen(QPen(line_color(palette), 1))
    painter.drawRect(window.rect().adjusted(0, 0, -1, -1))
    left = window.width() - BAR if window.layoutDirection() is Qt.LayoutDirection.RightToLeft else 0
    painter.fillRect(left, 0, BAR, window.height(), tone_color(tone, palette))
    painter.end()
