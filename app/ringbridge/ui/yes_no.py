"""A question about the program itself, in a corner of the screen: it takes no focus, and waits for a click."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QFont, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ringbridge.ui.corner import BAR, QUIET, paint_frame, put_in_corner
from ringbridge.ui.look import FlatButton, Tone, plain_label, scaled_font
from ringbridge.ui.translation import tr


class YesNo(QWidget):
    """Made for one question and thrown away with its answer. GUI thread.

    Args:
        title: A few words.
        sentence: What is asked.

    Signals:
        answered: Yes or no, once; not when it is closed at the program's end.
    """

    answered = Signal(bool)

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__(None, QUIET)
        self.setObjectName("question")
        self.setWindowTitle(title)
        self.setAccessibleName(f"{title} {sentence}")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self._title = plain_label(wrap=True)
        self._title.setText(title)
        text = plain_label(wrap=True)
        text.setText(sentence)
        no = FlatButton(tr("No"), filled=False, parent=self)
        no.setObjectName("no")
        no.clicked.connect(partial(self._answer, False))
        yes = FlatButton(tr("Yes"), filled=True, parent=self)
        yes.setObjectName("yes")
        yes.clicked.connect(partial(self._answer, True))
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 6, 0, 0)
        buttons.setSpacing(10)
        buttons.addStretch(1)
        buttons.addWidget(no)
        buttons.addWidget(yes)
        self._column = column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # as `put_in_corner` wants it
        column.setContentsMargins(BAR + 14, 12, 14, 14)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(text)
        column.addLayout(buttons)
        self._restyle()

    def present(self, corner: str) -> None:
        """Show it in a corner (`ringbridge.core.settings.CardSettings`)."""
        put_in_corner(self, self._column, corner)
        self.show()

    def _answer(self, yes: bool, _checked: object = None) -> None:  # noqa: FBT001 - a signal's value
        if self.isVisible():
            self.hide()
            self.answered.emit(yes)

    def _restyle(self) -> None:
        self._title.setFont(scaled_font(self.font(), 1, QFont.Weight.DemiBold))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closed by a person through the window manager: that is a no. The end of the program is none."""
        if event.spontaneous():
            self._answer(False)
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the desktop's fonts while it runs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and argument
        """Draw the background, a thin border and the coloured edge."""
        paint_frame(self, Tone.CALL)
