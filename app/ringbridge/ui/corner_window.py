"""What card and strip have in common: windows in a corner that leave the focus alone unless asked to take it."""

import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLayout, QVBoxLayout, QWidget

from ringbridge.ui.corner import BAR, FOCUSABLE, QUIET, paint_frame, put_in_corner
from ringbridge.ui.look import CloseButton, Tone

GUARD_MS = 300
"""A click or key that comes sooner after the window changed was meant for what was there before; it is ignored."""


class CornerWindow(QWidget):
    """A frame with a coloured edge, a close button, and a guard against clicks that come too soon. GUI thread.

    Args:
        parent: As for any widget.
        name: The object's name.
        title: For window managers and screen readers; nobody else sees it.
        guard_ms: See `GUARD_MS`.
    """

    def __init__(self, parent: QWidget | None, *, name: str, title: str, guard_ms: int) -> None:
        super().__init__(parent, QUIET)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self._guard_s = guard_ms / 1000
        self._changed_at = 0.0
        self._focusable = False
        self._tone = Tone.CALL
        self._corner = "bottom_right"
        self._beside: QWidget | None = None
        self._close_button = CloseButton(self)
        self._column = QVBoxLayout(self)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # as `put_in_corner` wants it
        self._column.setSpacing(6)

    def _leave_margins(self, *, top: int, bottom: int) -> None:
        self._column.setContentsMargins(BAR + 14, top, 12, bottom)

    def _make_close_button(self, name: str, text: str) -> None:
        self._close_button.setObjectName(name)
        self._close_button.setAccessibleName(text)
        self._close_button.setToolTip(text)

    def _restyle(self) -> None:
        """Take colours and fonts from the application, now and whenever it changes them."""
        raise NotImplementedError

    def _escape(self) -> None:
        """Escape was pressed."""
        raise NotImplementedError

    # ------------------------------------------------------------ on the screen

    def _place(self) -> None:
        """Size the window for its content and move it to its corner, on the screen with the pointer."""
        put_in_corner(self, self._column, self._corner, beside=self._beside)

    def _set_focusable(self, *, focusable: bool) -> None:
        """Take the focus or leave it alone from now on; a change hides the window."""
        if focusable != self._focusable:
            self._focusable = focusable
            self.setWindowFlags(FOCUSABLE if focusable else QUIET)
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not focusable)

    def _announce(self, *texts: str) -> None:
        """Let a screen reader say what stands here: without the focus it would stay silent."""
        self.setAccessibleName(" ".join(text for text in texts if text))
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.accessibleName()))

    # ------------------------------------------------------------ clicks that come too soon

    def _begin_guard(self) -> None:
        self._changed_at = time.monotonic()

    def _is_settled(self) -> bool:
        return time.monotonic() - self._changed_at >= self._guard_s

    # ------------------------------------------------------------ events

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape leaves; Enter presses the button with the focus."""
        if event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            focused = self.focusWidget()
            if isinstance(focused, QAbstractButton) and not event.isAutoRepeat():
                focused.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the desktop's colours and fonts while it runs."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and argument
        """Draw the background, a thin border and the coloured edge."""
        paint_frame(self, self._tone)
