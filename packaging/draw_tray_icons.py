"""Draws `resources/icons/tray-*.png`: a strip for each state, with one icon a size.

Run it after changing the drawing: ``QT_QPA_PLATFORM=offscreen python packaging/draw_tray_icons.py``. The tray reads
them because that is the cheapest start: drawing makes PySide build all 150 enumerations of `Qt` (18 ms), and one SVG
loads a plugin. The handset is the one of `resources/icons/ringbridge.svg`.
"""

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt  # noqa: TID251 - it draws
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPainterPath, QPen  # noqa: TID251

from ringbridge.ui.tray_icon import SIZES, TrayState, left_of

ICONS = Path(__file__).parents[1] / "resources" / "icons"
GRID = 24.0  # drawing units a side, as in the SVG
COLORS = {
    TrayState.IDLE: "#198a43",
    TrayState.CALLING: "#3f78e0",
    TrayState.PAUSED: "#6d7a90",
    TrayState.ATTENTION: "#198a43",
}
"""Mid tones, for nobody tells an icon whether its panel is light or dark: with a luminance (WCAG 2) between 0.18
and 0.25 the tile stands out 3:1 from white and from a dark grey of #2d2d2d, and the white signs 3:1 from the tile."""
WARNING = "#c2600f"
PAUSE = "#6d7a90"
INK = "white"


def draw_strip(state: TrayState) -> QImage:
    """One state in all sizes, from left to right."""
    strip = QImage(sum(SIZES), max(SIZES), QImage.Format.Format_ARGB32_Premultiplied)
    strip.fill(Qt.GlobalColor.transparent)
    painter = QPainter(strip)
    for size in SIZES:
        painter.drawImage(left_of(size), 0, draw(state, size))
    painter.end()
    return strip


def draw(state: TrayState, size: int) -> QImage:
    """One icon, `size` pixels a side."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / GRID, size / GRID)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLORS[state]))
    painter.drawRoundedRect(QRectF(0.5, 0.5, 23, 23), 6, 6)
    _draw_handset(painter)
    if state is TrayState.CALLING:
        _draw_waves(painter)
    elif state is TrayState.PAUSED:
        _draw_badge(painter, PAUSE)
        # whole pixels at 16 and 32
        painter.fillRect(QRectF(15, 15, 1.5, 6), QColor(INK))
        painter.fillRect(QRectF(19.5, 15, 1.5, 6), QColor(INK))
    elif state is TrayState.ATTENTION:
        _draw_badge(painter, WARNING)
        painter.fillRect(QRectF(16.5, 13.5, 3, 5), QColor(INK))
        painter.fillRect(QRectF(16.5, 19.5, 3, 2.5), QColor(INK))
    painter.end()
    return image


def _draw_handset(painter: QPainter) -> None:
    handle = QPainterPath(QPointF(6.9, 7.6))
    handle.cubicTo(7.6, 12.6, 11.4, 16.4, 16.4, 17.1)
    painter.strokePath(handle, QPen(QColor("white"), 2.8))
    painter.setPen(QPen(QColor("white"), 4.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(7, 6.6), QPointF(7.9, 8.8))
    painter.drawLine(QPointF(15.2, 16.1), QPointF(17.4, 17))


def _draw_waves(painter: QPainter) -> None:
    for radius in (3.6, 7.4):
        around = QRectF(12.6 - radius, 11.4 - radius, 2 * radius, 2 * radius)
        wave = QPainterPath()
        wave.arcMoveTo(around, 5)
        wave.arcTo(around, 5, 80)
        painter.strokePath(wave, QPen(QColor("white"), 2))


def _draw_badge(painter: QPainter, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("black"))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.drawEllipse(QPointF(18, 18), 7.2, 7.2)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(QColor(color))
    painter.drawEllipse(QPointF(18, 18), 6, 6)


if __name__ == "__main__":
    application = QGuiApplication([])
    for each in TrayState:
        path = ICONS / f"tray-{each}.png"
        if not draw_strip(each).save(str(path), quality=0):
            raise SystemExit(f"{path} can't be written")
