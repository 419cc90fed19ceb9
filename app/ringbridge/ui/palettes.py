"""Palettes for light and dark windows, with an accent colour, and with more contrast.

Qt makes its own where the platform's theme knows how; on plain X11 and with the theme `gnome` it keeps light windows
whatever the desktop says (Qt 6.11), so they are made here.
"""

from typing import NamedTuple

from PySide6.QtGui import QColor, QPalette

Role, Group = QPalette.ColorRole, QPalette.ColorGroup


class _Colors(NamedTuple):
    window: str
    base: str
    alternate: str
    button: str
    text: str
    faint: str
    link: str
    highlight: str
    light: str
    dark: str


_LIGHT = _Colors(
    window="#efefef", base="#ffffff", alternate="#f7f7f7", button="#efefef", text="#1b1b1b", faint="#767676",
    link="#0b57a4", highlight="#2a6fb0", light="#ffffff", dark="#9f9f9f",
)  # fmt: skip
_DARK = _Colors(
    window="#2b2b2b", base="#3a3a3a", alternate="#333333", button="#3f3f3f", text="#f0f0f0", faint="#9a9a9a",
    link="#7db8f5", highlight="#2f78bd", light="#4a4a4a", dark="#141414",
)  # fmt: skip
_LIGHT_CONTRAST = _LIGHT._replace(
    window="#ffffff", alternate="#ffffff", button="#ffffff", text="#000000", faint="#555555", link="#00408a",
    highlight="#003f87", dark="#000000",
)  # fmt: skip
_DARK_CONTRAST = _DARK._replace(
    window="#000000", base="#1c1c1c", alternate="#1c1c1c", button="#1c1c1c", text="#ffffff", faint="#c0c0c0",
    link="#9fd0ff", highlight="#9fd0ff", light="#ffffff", dark="#808080",
)  # fmt: skip

_DARK_BELOW = 128
_READABLE = 4.5
"""Contrast of text to its background (WCAG 2.2, 1.4.3)."""


def made_palette(*, dark: bool, high_contrast: bool) -> QPalette:
    """A palette of ours; one with high contrast is known by its lines (`has_high_contrast`)."""
    contrasting = (_LIGHT_CONTRAST, _DARK_CONTRAST)
    colors = (contrasting if high_contrast else (_LIGHT, _DARK))[dark]
    palette = QPalette(QColor(colors.button), QColor(colors.window))
    every = {
        Role.Window: colors.window, Role.Base: colors.base, Role.AlternateBase: colors.alternate,
        Role.Button: colors.button, Role.WindowText: colors.text, Role.Text: colors.text,
        Role.ButtonText: colors.text, Role.BrightText: colors.text, Role.ToolTipBase: colors.base,
        Role.ToolTipText: colors.text, Role.PlaceholderText: colors.faint, Role.Link: colors.link,
        Role.LinkVisited: colors.link, Role.Light: colors.light, Role.Midlight: colors.button,
        Role.Mid: colors.text if high_contrast else colors.faint, Role.Dark: colors.dark, Role.Shadow: "#000000",
    }  # fmt: skip
    for role, color in every.items():
        palette.setColor(role, QColor(color))
    for role in (Role.WindowText, Role.Text, Role.ButtonText, Role.PlaceholderText):
        palette.setColor(Group.Disabled, role, QColor(colors.faint))
    return with_accent(palette, QColor(colors.highlight))


def is_dark(palette: QPalette) -> bool:
    """Whether windows are dark."""
    return palette.color(Role.Window).lightness() < _DARK_BELOW


def has_high_contrast(palette: QPalette) -> bool:
    """Whether lines are as strong as text there."""
    return palette.color(Role.Mid) == palette.color(Role.WindowText)


def with_accent(palette: QPalette, accent: QColor) -> QPalette:
    """The palette with selections and marks in another colour; what is written on it stays readable."""
    changed = QPalette(palette)
    ink = (
        QColor("white") if contrast(QColor("white"), accent) >= contrast(QColor("black"), accent) else QColor("black")
    )
    for role in (Role.Accent, Role.Highlight):
        changed.setColor(role, accent)
    changed.setColor(Role.HighlightedText, ink)
    disabled = palette.color(Group.Disabled, Role.Text)
    changed.setColor(Group.Disabled, Role.Highlight, disabled)
    changed.setColor(Group.Disabled, Role.Accent, disabled)
    return changed


def readable_on(color: QColor, background: QColor, ink: QColor) -> QColor:
    """The colour, as much darker or lighter towards `ink` as its contrast to the background needs."""
    for share in range(11):
        mixed = QColor.fromRgbF(
            color.redF() + (ink.redF() - color.redF()) * share / 10,
            color.greenF() + (ink.greenF() - color.greenF()) * share / 10,
            color.blueF() + (ink.blueF() - color.blueF()) * share / 10,
        )
        if contrast(mixed, background) >= _READABLE:
            return mixed
    return ink


def contrast(one: QColor, other: QColor) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())
