"""The tray icon in each state. Light: it shows before anything else of the program loads.

`packaging/draw_tray_icons.py` draws the pictures and says why they are PNGs.
"""

from enum import StrEnum

from PySide6.QtCore import QRect
from PySide6.QtGui import QIcon, QPixmap

from ringbridge.assets import find_resource

SIZES = (16, 22, 24, 32, 48, 64)
"""Pixels a side; a panel takes the nearest."""


class TrayState(StrEnum):
    """What the icon tells; each state has a shape of its own, as colours alone can't be told apart by everybody."""

    IDLE = "idle"
    CALLING = "calling"
    PAUSED = "paused"
    ATTENTION = "attention"


def left_of(size: int) -> int:
    """Where the icon of this size begins in the strip of its state, in pixels."""
    return sum(SIZES[: SIZES.index(size)])


def tray_icon(state: TrayState) -> QIcon:
    """The icon in all `SIZES`; needs a QGuiApplication.

    Raises:
        FileNotFoundError: The program is installed incompletely.
    """
    with open(find_resource(f"icons/tray-{state}.png"), "rb") as file:  # noqa: PTH123 - pathlib is not loaded yet
        strip = QPixmap()
        strip.loadFromData(file.read(), "PNG")
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(strip.copy(QRect(left_of(size), 0, size, size)))
    return icon
