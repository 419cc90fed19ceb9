"""Light or dark windows, the accent colour and contrast: as the user says, else as the desktop does, live."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QPalette

from ringbridge.desktop.event_ports import Appearance, Scheme
from ringbridge.desktop.ports import Availability
from ringbridge.ui.palettes import is_dark, made_palette, with_accent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from ringbridge.desktop.event_ports import AppearanceWatch


class Theme(QObject):
    """Gives the application its colours. GUI thread.

    Qt is told the scheme first, since on Windows, macOS and KDE it has fitting colours of its own; where its windows
    stay light (or dark) all the same, they get ours.

    Args:
        application: Qt's application.
    """

    def __init__(self, application: "QApplication") -> None:
        super().__init__()
        self._application = application
        self._wish = "system"
        self._watches: Sequence[AppearanceWatch] = ()
        self._told: dict[str, Appearance | None] = {}
        self._made = False
        self._asked_of_qt = Scheme.UNKNOWN
        self._applying = False
        application.styleHints().colorSchemeChanged.connect(self._qt_changed)

    def use(self, wish: str) -> None:
        """Take the setting ``look.theme``: ``system``, ``light`` or ``dark``."""
        if wish != self._wish:
            self._wish = wish
            self._apply()

    def follow(self, watches: "Sequence[AppearanceWatch]") -> None:
        """Listen to who knows what the desktop wants, the most trusted first."""
        self._watches = watches
        for watch in watches:
            watch.watch(lambda appearance, name=watch.name: self._take(name, appearance))

    def availability(self) -> Availability:
        """Who tells, as far as anybody has; Qt knows what the platform says by itself where nobody else does."""
        telling = [watch.name for watch in self._watches if self._told.get(watch.name) is not None]
        return Availability(usable=True, reason="" if telling else "only_qt")

    def close(self) -> None:
        """Listen no more. Safe to call twice."""
        for watch in self._watches:
            watch.close()
        self._watches = ()

    @property
    def appearance(self) -> Appearance:
        """What is wanted now: the user's word, then what the desktop tells, each wish from the first who has one."""
        told = [told for told in map(self._told.get, (watch.name for watch in self._watches)) if told is not None]
        scheme = next((one.scheme for one in told if one.scheme is not Scheme.UNKNOWN), Scheme.UNKNOWN)
        return Appearance(
            scheme=scheme if self._wish == "system" else Scheme(self._wish),
            accent=next((one.accent for one in told if one.accent is not None), None),
            high_contrast=any(one.high_contrast for one in told),
        )

    def _take(self, name: str, appearance: Appearance | None) -> None:
        if self._told.get(name) != appearance or name not in self._told:
            self._told[name] = appearance
            self._apply()

    def _qt_changed(self, _scheme: object) -> None:
        if not self._applying:
            self._apply()

    def _apply(self) -> None:
        self._applying = True
        try:
            self._give_colours(self.appearance)
        finally:
            self._applying = False

    def _give_colours(self, wanted: Appearance) -> None:
        hints = self._application.styleHints()
        asked = wanted.scheme if self._wish != "system" else Scheme.UNKNOWN
        if asked is not self._asked_of_qt:
            self._asked_of_qt = asked
            hints.setColorScheme(_color_scheme(asked))
        if self._made:  # what Qt would take by itself
            self._application.setPalette(QPalette())
        palette = own = self._application.palette()
        dark = is_dark(palette) if wanted.scheme is Scheme.UNKNOWN else wanted.scheme is Scheme.DARK
        if dark is not is_dark(palette) or wanted.high_contrast:
            palette = made_palette(dark=dark, high_contrast=wanted.high_contrast)
        if wanted.accent is not None:
            palette = with_accent(palette, QColor.fromRgbF(*wanted.accent))
        self._made = palette is not own
        if self._made:
            self._application.setPalette(palette)


def _color_scheme(scheme: Scheme) -> "Qt.ColorScheme":
    from PySide6.QtCore import Qt  # its enumerations take 18 ms, and most people say nothing here

    return {Scheme.LIGHT: Qt.ColorScheme.Light, Scheme.DARK: Qt.ColorScheme.Dark}.get(scheme, Qt.ColorScheme.Unknown)
