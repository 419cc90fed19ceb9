"""The card in a corner of the screen: offers copied numbers, asks about links, tells how a call goes.

It never takes the focus, so typing goes on in the program the number came from; the same card can be asked to take
it, for people who work by keyboard.
"""

import time
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QCloseEvent,
    QEnterEvent,
    QFont,
    QKeyEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from ringbridge.ui.choice import Choice
from ringbridge.ui.choice_row import ChoiceRow
from ringbridge.ui.corner import BAR, FOCUSABLE, QUIET, paint_frame, put_in_corner
from ringbridge.ui.look import (
    CloseButton,
    FlatButton,
    Tone,
    breakable,
    muted_color,
    plain_label,
    scaled_font,
    set_text_color,
)
from ringbridge.ui.translation import fill, tr

MAX_CHOICES = 5
GUARD_MS = 300
"""A click or key that comes sooner after the card changed was meant for something else; it is ignored."""


class Card(QWidget):
    """One card, built once and shown again and again. GUI thread.

    Signals:
        call_wanted: A person wants to call the choice with this index; once for each offer or question.
        dismissed: A person closed the card, or said no to the question.
        expired: An offer's or a message's time was over; nobody touched it.
    """

    call_wanted = Signal(int)
    dismissed = Signal()
    expired = Signal()

    def __init__(self, parent: QWidget | None = None, *, guard_ms: int = GUARD_MS) -> None:
        super().__init__(parent, QUIET)
        self.setObjectName("card")
        self.setWindowTitle(tr("Ringbridge"))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self._guard_s = guard_ms / 1000
        self._changed_at = 0.0
        self._focusable = False
        self._open = False  # an offer or question stands here that nobody has answered
        self._asking = False
        self._held: tuple[str, str, bool, int] | None = None
        self._tone = Tone.CALL
        self._corner = "bottom_right"
        self._seconds = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._expire)
        self._build()
        self._restyle()

    # ------------------------------------------------------------ faces

    def offer(self, choices: tuple[Choice, ...], *, seconds: int, corner: str = "", focusable: bool = False) -> None:
        """Offer to call one of these numbers; at most `MAX_CHOICES` are shown.

        Args:
            choices: At least one.
            seconds: The card goes by itself after so many seconds without the pointer on it; 0 = it stays.
            corner: As in `ringbridge.core.settings.CardSettings`; empty = where it was.
            focusable: Take the focus, to be used by keyboard; then it stays until it is answered.
        """
        shown = choices[:MAX_CHOICES]
        several = len(shown) > 1
        self._show_rows(shown, buttons=True)
        title = tr("Call one of these numbers?") if several else tr("Call this number?")
        if len(choices) > len(shown):
            title = fill(tr("The first {count} numbers"), count=len(shown))
        self._set_face(title=title, tone=Tone.CALL, closable=True)
        self._asking, self._held = False, None
        self._open = True
        self._present(seconds=0 if focusable else seconds, corner=corner, focusable=focusable)
        if focusable:
            self._rows[0].button.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def ask(self, choice: Choice, *, corner: str = "", focusable: bool = False) -> None:
        """Ask whether to call a number that somebody else chose, such as a link; stays until answered.

        Args:
            choice: The number; its note says who asks, and becomes the title.
            corner: As in `offer`.
            focusable: As in `offer`.
        """
        self._show_rows((replace(choice, note=""),), buttons=False)
        title = choice.note.rstrip(".") or tr("Call this number?")
        self._set_face(title=title, tone=Tone.CAUTION, closable=False, question=True)
        self._asking, self._held = True, None
        self._open = True
        self._present(seconds=0, corner=corner, focusable=focusable)
        if focusable:
            self._no.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def status(self, title: str, sentence: str, *, good: bool, seconds: int = 0) -> None:
        """Tell how a call goes. While a question waits for its answer, this waits behind it.

        Args:
            title: A few words.
            sentence: What happened and what to do, plain text.
            good: Good news, or something to look at.
            seconds: As in `offer`.
        """
        if self._asking and self.isVisible():
            self._held = (title, sentence, good, seconds)
            return
        self._show_rows((), buttons=False)
        self._set_face(title=title, tone=Tone.CALL if good else Tone.BAD, closable=True, sentence=sentence)
        self._open = False
        self._present(seconds=seconds, corner="", focusable=self._focusable and self.isVisible())
        if self._focusable:
            self._close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def prepare(self) -> None:
        """Make the window ahead of its first use, so that the first card shows as fast as the others."""
        self.ensurePolished()
        self.winId()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self._title = plain_label(wrap=True)
        self._title.setObjectName("title")
        self._close_button = CloseButton(self)
        self._close_button.setObjectName("dismiss")
        self._close_button.setAccessibleName(tr("Close"))
        self._close_button.setToolTip(tr("Close"))
        self._close_button.clicked.connect(self._dismiss)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._sentence = plain_label(wrap=True)
        self._sentence.setObjectName("sentence")
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._rows = [ChoiceRow(self) for _ in range(MAX_CHOICES)]
        self._no = FlatButton(tr("Don't call"), filled=False, parent=self)
        self._no.setObjectName("dont_call")
        self._no.clicked.connect(self._dismiss)
        self._yes = FlatButton(tr("Call", "a button"), filled=True, parent=self)
        self._yes.setObjectName("call")
        self._yes.clicked.connect(partial(self._call, 0))
        self._answers = QWidget(self)
        answers = QHBoxLayout(self._answers)
        answers.setContentsMargins(0, 6, 0, 0)
        answers.setSpacing(10)
        answers.addStretch(1)
        answers.addWidget(self._no)
        answers.addWidget(self._yes)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(BAR + 14, 10, 12, 14)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._sentence)
        for index, row in enumerate(self._rows):
            row.button.clicked.connect(partial(self._call, index))
            column.addWidget(row)
        column.addWidget(self._answers)

    def _restyle(self) -> None:
        """Take colours and fonts from the application, now and whenever it changes them."""
        self._title.setFont(scaled_font(self.font(), 1, QFont.Weight.DemiBold))
        set_text_color(self._title, muted_color(self.palette()))

    def _show_rows(self, choices: tuple[Choice, ...], *, buttons: bool) -> None:
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(choices))
            if index < len(choices):
                row.show_choice(choices[index], large=len(choices) == 1, callable_=buttons)
                row.button.setObjectName(f"call_{index}" if len(choices) > 1 or not buttons else "call")

    def _set_face(
        self, *, title: str, tone: Tone, closable: bool, question: bool = False, sentence: str = ""
    ) -> None:
        self._tone = tone
        self._title.setText(breakable(title))
        self._sentence.setText(breakable(sentence))
        self._sentence.setVisible(bool(sentence))
        self._close_button.setVisible(closable)
        self._answers.setVisible(question)
        self._yes.setObjectName("call" if question else "yes")
        for button in (self._yes, *(row.button for row in self._rows)):
            button.setEnabled(True)

    # ------------------------------------------------------------ on the screen

    def _present(self, *, seconds: int, corner: str, focusable: bool) -> None:
        self._changed_at = time.monotonic()
        self._corner = corner or self._corner
        self._seconds = seconds
        if focusable != self._focusable:
            self._focusable = focusable
            self.setWindowFlags(FOCUSABLE if focusable else QUIET)  # hides the window
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not focusable)
        self._place()
        self.show()
        if focusable:
            self.activateWindow()
        self.update()
        self._announce()
        self._count_down()

    def _announce(self) -> None:
        """Let a screen reader say what the card says: without the focus it would stay silent."""
        numbers = [row.button.accessibleName() for row in self._rows if not row.isHidden()]
        self.setAccessibleName(
            " ".join(part for part in (self._title.text(), self._sentence.text(), *numbers) if part)
        )
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.accessibleName()))

    def _place(self) -> None:
        """Size the card for its content and move it to its corner, on the screen with the pointer."""
        for row in self._rows:
            row.forget_size()
        put_in_corner(self, self._column, self._corner)

    def _count_down(self) -> None:
        if self._seconds and not self.underMouse():
            self._timer.start(self._seconds * 1000)
        else:
            self._timer.stop()

    def _expire(self) -> None:
        self._open = False
        self.hide()
        self.expired.emit()

    # ------------------------------------------------------------ answers

    def _is_settled(self) -> bool:
        return time.monotonic() - self._changed_at >= self._guard_s

    def _call(self, index: int, _checked: object = None) -> None:
        if not self._open or not self._is_settled():
            return
        self._open = self._asking = False
        self._held = None
        self._timer.stop()
        for button in (self._yes, *(row.button for row in self._rows)):
            button.setEnabled(False)
        self.call_wanted.emit(index)

    def _dismiss(self, _checked: object = None) -> None:
        if not self._is_settled():
            return
        self._leave()

    def _leave(self) -> None:
        held, self._held = self._held, None
        self._open = self._asking = False
        self._timer.stop()
        self.hide()
        self.dismissed.emit()
        if held is not None and not self.isVisible():
            title, sentence, good, seconds = held
            self.status(title, sentence, good=good, seconds=seconds)

    # ------------------------------------------------------------ events

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """The pointer is on the card: it stays."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """The pointer is gone: the time runs anew."""
        if self.isVisible() and self._seconds:
            self._timer.start(self._seconds * 1000)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape closes; Enter presses the button with the focus."""
        if event.key() == Qt.Key.Key_Escape:
            self._dismiss()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            focused = self.focusWidget()
            if isinstance(focused, QAbstractButton) and not event.isAutoRepeat():
                focused.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closed by the window manager or at the program's end: nobody said yes."""
        if self.isVisible():
            self._held = None
            self._leave()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the desktop's colours and fonts while it runs."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and argument
        """Draw the background, a thin border and the coloured edge."""
        paint_frame(self, self._tone)
