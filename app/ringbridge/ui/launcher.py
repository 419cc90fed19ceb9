"""A small window with what the tray menu holds, for desktops that show no tray icon."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ringbridge.desktop.activation import activated_by
from ringbridge.ui.corner_window import GUARD_MS
from ringbridge.ui.look import (
    RADIUS,
    FlatButton,
    Tone,
    breakable,
    leading_alignment,
    mixed,
    muted_color,
    plain_label,
    scaled_font,
    set_text_color,
    tone_color,
)
from ringbridge.ui.translation import tr

if TYPE_CHECKING:
    from ringbridge.ui.tray import Tray

_ICON_SIDE = 32
_WIDE_CHARS = 64
_ROW_LEAST = 80
_SHORT_LINES = 8
_HEADINGS = {"recent_heading"}
_PRESSING = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Select}
_LEFT_OUT = {"status", "call_number"}
"""They stand at the head of the window."""


class Launcher(QWidget):
    """The tray's menu as a window: its entries, by the same actions, so that nothing is missing in it or different.

    Closing it ends nothing. GUI thread.

    Args:
        tray: Whose menu.
        guard_ms: So long after the entries changed nobody can use one: what somebody was about to press is elsewhere
            now, and a call may stand in its place.

    Signals:
        closed: A person closed it.
    """

    closed = Signal()

    def __init__(self, tray: "Tray", *, guard_ms: int = GUARD_MS) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("launcher")
        self.setWindowTitle(tr("Click to call"))  # Qt puts the program's name behind it
        self._tray = tray
        self._touched = False
        self._shown_rows: list[QWidget] = []
        self._guard_s = guard_ms / 1000
        self._changed_at = 0.0  # on the clock of `time.monotonic`
        self._rebuild_soon = QTimer(self)
        self._rebuild_soon.setSingleShot(True)
        self._rebuild_soon.setInterval(0)
        self._rebuild_soon.timeout.connect(self._rebuild)
        self._build()
        tray.menu.installEventFilter(self)
        tray.appearance_changed.connect(self._refresh_head)
        self._refresh_head()
        self._rebuild()

    # ------------------------------------------------------------ what it is told

    def present(self, token: str = "") -> None:
        """Show it in front.

        Args:
            token: Lets it take the focus under Wayland; or empty.
        """
        if not self.isVisible():
            self._fit()
        with activated_by(token):
            if self.isMinimized():
                self.showNormal()
            self.show()
            self.raise_()
            self.activateWindow()

    def present_quietly(self) -> None:
        """Let it stand in the task bar, without a window in anybody's face."""
        if not self.isVisible():
            self._fit()
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
            self.showMinimized()
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)

    def show_hint(self, sentence: str) -> None:
        """Say what would bring the icon into a tray; empty: nothing."""
        self._hint.setText(breakable(sentence))
        self._hint.setVisible(bool(sentence))

    def retire(self) -> None:
        """The icon is in a tray now: an untouched window goes, one in use stays and says so."""
        if not self._touched or self.isMinimized():
            self.hide()
        elif self.isVisible():
            self.show_hint(tr("The Ringbridge icon is in the tray now. You can close this window."))

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self._icon = QLabel()
        self._icon.setFixedSize(QSize(_ICON_SIDE, _ICON_SIDE))
        self._state = plain_label(wrap=True)
        self._state.setObjectName("state")
        self._attention = plain_label(wrap=True)
        self._attention.setObjectName("attention")
        self._hint = plain_label(wrap=True)
        self._hint.setObjectName("hint")
        self._hint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._hint.hide()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._state)
        words.addWidget(self._attention)
        head.addLayout(words, 1)
        call = FlatButton(tr("Call number…"), filled=True)
        call.setObjectName("call_number")
        call.clicked.connect(self._tray.call_number_wanted)
        call.installEventFilter(self)
        self._entries = QWidget()
        self._rows = QVBoxLayout(self._entries)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(1)
        self._rows.addStretch(1)
        area = self._area = QScrollArea()
        area.setWidget(self._entries)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._hint)
        column.addWidget(call)
        column.addWidget(area, 1)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDE_CHARS)
        self._restyle()
        call.setFocus(Qt.FocusReason.OtherFocusReason)

    def _restyle(self) -> None:
        self._state.setFont(scaled_font(self.font(), 1.05, QFont.Weight.DemiBold))
        set_text_color(self._attention, tone_color(Tone.BAD, self.palette()))
        set_text_color(self._hint, muted_color(self.palette()))

    def _refresh_head(self) -> None:
        self._icon.setPixmap(self._tray.icon.icon().pixmap(QSize(_ICON_SIDE, _ICON_SIDE)))
        state, attention = self._tray.words
        self._state.setText(breakable(state))
        self._attention.setText(breakable(attention))
        self._attention.setVisible(bool(attention))
        for label in (self._state, self._attention, self._hint):
            label.setAlignment(leading_alignment())

    def _rebuild(self) -> None:
        """Take the menu's entries over, in their order; the row of an action that stays keeps the focus."""
        focused = self.focusWidget()
        wanted = focused.defaultAction() if isinstance(focused, MenuRow) else None
        before = self._said()
        for row in self._shown_rows:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._shown_rows = []
        line_is_due = False  # no line at the head, and no two
        for action in self._tray.menu.actions():
            if action.isSeparator():
                line_is_due = bool(self._shown_rows)
            elif action.isVisible() and action.objectName() not in _LEFT_OUT:
                if line_is_due:
                    self._add(_line())
                    line_is_due = False
                row = self._row(action)
                self._add(row)
                if action is wanted:
                    row.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._said() != before:
            self._changed_at = time.monotonic()

    def _said(self) -> list[str]:
        """What the entries say, from top to bottom."""
        return [row.label for row in self._shown_rows if isinstance(row, MenuRow)]

    def _fit(self) -> None:
        """As tall as its entries want, and the screen has room for."""
        line = self.fontMetrics().height()
        entries = self._entries.sizeHint().height()
        self._area.setMinimumHeight(min(entries, _SHORT_LINES * line))
        width = self.minimumWidth()
        others = self._column.totalHeightForWidth(width) - self._area.sizeHint().height()
        room = self.screen().availableGeometry().height() * 9 // 10
        self.resize(width, min(others + entries + 1, room))

    def _add(self, row: QWidget) -> None:
        self._rows.insertWidget(len(self._shown_rows), row)
        self._shown_rows.append(row)

    def _row(self, action: QAction) -> QWidget:
        if action.isEnabled() or action.isCheckable() or action.objectName() not in _HEADINGS:
            row = MenuRow(action)
            row.installEventFilter(self)
            return row
        heading = plain_label(wrap=True)
        heading.setText(breakable(_plain(action.text())))
        heading.setAlignment(leading_alignment())
        heading.setContentsMargins(8, 6, 8, 2)
        set_text_color(heading, muted_color(self.palette()))
        return heading

    # ------------------------------------------------------------ events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The menu changed, or somebody uses an entry."""
        kind = event.type()
        if watched is self._tray.menu:
            if kind in {QEvent.Type.ActionAdded, QEvent.Type.ActionRemoved, QEvent.Type.ActionChanged}:
                self._rebuild_soon.start()
        elif kind == QEvent.Type.MouseButtonPress:
            self._touched = True
            return self._comes_too_soon(watched)
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._touched = True
            if event.key() in _PRESSING and self._comes_too_soon(watched):
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and isinstance(watched, QAbstractButton):
                watched.click()
                return True
        return False

    def _comes_too_soon(self, watched: QObject) -> bool:
        return isinstance(watched, MenuRow) and time.monotonic() - self._changed_at < self._guard_s

    def mousePressEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and argument
        """Somebody uses the window."""
        self._touched = True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape closes, as in a dialog."""
        self._touched = True
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """The program goes on."""
        super().closeEvent(event)
        self._touched = False
        self.closed.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the desktop's colours and fonts while it runs."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange} and hasattr(self, "_hint"):
            self._restyle()
            self._rebuild_soon.start()


class MenuRow(QToolButton):
    """One entry of the menu, drawn as in a menu; does what its action does.

    Attributes:
        label: The entry's text.
    """

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setDefaultAction(action)
        self.setObjectName(action.objectName())
        self.setToolTip("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # kept: the action may be gone before the rows are made anew
        self.label = _plain(action.text())
        self._sign = ""
        self.setAccessibleName(self.label)
        if isinstance(action.menu(), QMenu):
            self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            self._sign = "\u25be"  # a small triangle downwards
        elif action.isCheckable() and action.isChecked():
            self._sign = "\u2713"

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A comfortable target; long texts are cut off."""
        return QSize(_ROW_LEAST, round(1.8 * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As the hint."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and argument
        """Draw the entry."""
        palette = self.palette()
        window, ink = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isEnabled() and (self.isDown() or self.underMouse()):
            painter.setBrush(mixed(window, ink, 0.2 if self.isDown() else 0.1))
            painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)
        painter.setPen(ink if self.isEnabled() else muted_color(palette))
        inner = self.rect().adjusted(8, 0, -8, 0)
        room = inner.width() - 2 * self.fontMetrics().horizontalAdvance(self._sign)
        text = self.fontMetrics().elidedText(self.label, Qt.TextElideMode.ElideRight, room)
        right_to_left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # a text runs as its letters do
        painter.drawText(inner, int((right if right_to_left else left) | middle), text)
        painter.drawText(inner, int((left if right_to_left else right) | middle), self._sign)
        painter.end()


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line


def _plain(label: str) -> str:
    """A menu's label without the marks for keys."""
    return label.replace("&&", "\0").replace("&", "").replace("\0", "&")
