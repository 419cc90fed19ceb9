"""The card in a corner of the screen: offers copied numbers, asks, counts down, tells how a call goes.

It never takes the focus, so typing goes on in the program the number came from; the same card can be asked to take
it, for people who work by keyboard.
"""

from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QEnterEvent,
    QFont,
    QGuiApplication,
    QMouseEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ringbridge.ui.choice import Choice
from ringbridge.ui.choice_row import ChoiceRow
from ringbridge.ui.corner_window import GUARD_MS, CornerWindow
from ringbridge.ui.look import (
    FlatButton,
    Tone,
    breakable,
    leading_alignment,
    muted_color,
    plain_label,
    scaled_font,
    set_text_color,
)
from ringbridge.ui.translation import fill, tr

MAX_CHOICES = 5
_SMALL = 0.92


class Card(CornerWindow):
    """One card, built once and shown again and again. GUI thread.

    Signals:
        call_wanted: A person wants to call the choice with this index; once for each offer, question or countdown.
        alternative_wanted: A person wants to call, and another own phone to ring; once, as `call_wanted`.
        counted_down: The countdown is over and nobody stopped it; once, as `call_wanted`.
        action_wanted: The button of a message was pressed.
        dismissed: A person closed the card, said no to the question, or stopped the countdown.
        expired: An offer's or a message's time was over; nobody touched it.
    """

    call_wanted = Signal(int)
    alternative_wanted = Signal()
    counted_down = Signal()
    action_wanted = Signal()
    dismissed = Signal()
    expired = Signal()

    def __init__(self, parent: QWidget | None = None, *, guard_ms: int = GUARD_MS) -> None:
        super().__init__(parent, name="card", title=tr("Ringbridge"), guard_ms=guard_ms)
        self._open = False  # an offer or question stands here that nobody has answered
        self._asking = False
        self._counting = False
        self._seconds_left = 0
        self._held: tuple[str, str, bool, int, str, str] | None = None
        self._seconds = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._expire)
        self._ticks = QTimer(self)
        self._ticks.setInterval(1000)
        self._ticks.setTimerType(Qt.TimerType.PreciseTimer)
        self._ticks.timeout.connect(self._tick)
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
        self._set_face(title=title, tone=Tone.CALL, closable=True, route=shown[0].route)
        self._asking, self._held = False, None
        self._open = True
        self._present(seconds=0 if focusable else seconds, corner=corner, focusable=focusable)
        if focusable:
            self._rows[0].button.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def ask(self, choice: Choice, *, corner: str = "", focusable: bool = False) -> None:
        """Ask whether to call a number; stays until answered.

        Args:
            choice: The number, with the title and the note that say why this is asked.
            corner: As in `offer`.
            focusable: As in `offer`.
        """
        self._show_rows((choice,), buttons=False)
        title = choice.title or tr("Call this number?")
        self._set_face(title=title, tone=Tone.CAUTION, closable=False, question=True, route=choice.route)
        self._label_answers(no=tr("Don't call"), yes=tr("Call", "a button"), alternative=choice.alternative)
        self._asking, self._held = True, None
        self._open = True
        self._present(seconds=0, corner=corner, focusable=focusable)
        if focusable:
            self._no.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def count_down(self, choice: Choice, seconds: int, *, corner: str = "") -> None:
        """Say that a number is called in a moment; a click on the card, or `stop`, stops it.

        Args:
            choice: The number.
            seconds: From now on, at least 1.
            corner: As in `offer`.
        """
        self._show_rows((choice,), buttons=False)
        self._set_face(title="", tone=Tone.CALL, closable=False, question=True, route=choice.route)
        self._label_answers(no=tr("Stop"), yes=tr("Call now"))
        self._asking, self._held = True, None
        self._open = self._counting = True
        self._seconds_left = seconds
        self._say_seconds()
        self._present(seconds=0, corner=corner, focusable=False)
        self._ticks.start()

    def stop(self) -> None:
        """End the countdown without a call, as a click does."""
        if self._counting:
            self._leave()

    def skip(self) -> None:
        """Call now instead of counting on, as “Call now” does."""
        if self._counting:
            self._call(0)

    def status(
        self, title: str, sentence: str, *, good: bool, seconds: int = 0, extension: str = "", action: str = ""
    ) -> None:
        """Tell how a call goes. While a question waits for its answer, this waits behind it.

        Args:
            title: A few words.
            sentence: What happened and what to do, plain text.
            good: Good news, or something to look at.
            seconds: As in `offer`.
            extension: Digits to dial once connected, which a button copies; or empty.
            action: What a button says that emits `action_wanted` and closes the card; or empty.
        """
        if self._asking and self.isVisible():
            self._held = (title, sentence, good, seconds, extension, action)
            return
        self._show_rows((), buttons=False)
        self._set_face(title=title, tone=Tone.CALL if good else Tone.BAD, closable=True, sentence=sentence)
        self._offer_copy(extension)
        self._action.setText(action)
        self._action.setVisible(bool(action))
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
        self._make_close_button("dismiss", tr("Close"))
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
        self._other = FlatButton("", filled=False, parent=self)
        self._other.setObjectName("alternative")
        self._other.clicked.connect(self._call_alternative)
        self._copy = FlatButton("", filled=False, parent=self)
        self._copy.setObjectName("copy_extension")
        self._copy.clicked.connect(self._copy_extension)
        self._action = FlatButton("", filled=False, parent=self)
        self._action.setObjectName("action")
        self._action.clicked.connect(self._act)
        self._answers = QWidget(self)
        answers = self._answers_row = QHBoxLayout(self._answers)
        answers.setContentsMargins(0, 6, 0, 0)
        answers.setSpacing(10)
        answers.addStretch(1)
        for button in (self._no, self._other, self._yes):
            answers.addWidget(button)
        self._route = plain_label(wrap=True)
        self._route.setObjectName("route")
        self._leave_margins(top=10, bottom=14)
        column = self._column
        column.addLayout(head)
        column.addWidget(self._sentence)
        column.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self._action, 0, Qt.AlignmentFlag.AlignRight)
        for index, row in enumerate(self._rows):
            row.button.clicked.connect(partial(self._call, index))
            column.addWidget(row)
        column.addWidget(self._route)
        column.addWidget(self._answers)

    def _restyle(self) -> None:
        self._title.setFont(scaled_font(self.font(), 1, QFont.Weight.DemiBold))
        self._route.setFont(scaled_font(self.font(), _SMALL))
        for label in (self._title, self._route):
            set_text_color(label, muted_color(self.palette()))

    def _show_rows(self, choices: tuple[Choice, ...], *, buttons: bool) -> None:
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(choices))
            if index < len(choices):
                row.show_choice(choices[index], large=len(choices) == 1, callable_=buttons)
                row.button.setObjectName(f"call_{index}" if len(choices) > 1 or not buttons else "call")

    def _set_face(
        self,
        *,
        title: str,
        tone: Tone,
        closable: bool,
        question: bool = False,
        sentence: str = "",
        route: str = "",
    ) -> None:
        self._tone = tone
        self._ticks.stop()
        self._counting = False
        self._title.setText(breakable(title))
        self._sentence.setText(breakable(sentence))
        self._sentence.setVisible(bool(sentence))
        self._route.setText(breakable(route))
        for label in (self._title, self._sentence, self._route):
            label.setAlignment(leading_alignment())
        self._route.setVisible(bool(route))
        self._close_button.setVisible(closable)
        self._answers.setVisible(question)
        self._offer_copy("")
        self._action.setVisible(False)
        self._yes.setObjectName("call" if question else "yes")
        for button in (self._yes, self._other, *(row.button for row in self._rows)):
            button.setEnabled(True)

    def _label_answers(self, *, no: str, yes: str, alternative: str = "") -> None:
        for button, text in ((self._no, no), (self._yes, yes), (self._other, alternative)):
            button.setText(text)
            button.updateGeometry()
        self._other.setVisible(bool(alternative))
        self._answers_row.invalidate()
        self._answers.updateGeometry()

    def _say_seconds(self) -> None:
        self._title.setText(fill(tr("Calling in {seconds} s…"), seconds=self._seconds_left))

    def _tick(self) -> None:
        self._seconds_left -= 1
        if self._seconds_left > 0:
            self._say_seconds()
            return
        self._answered()
        self.counted_down.emit()

    def _offer_copy(self, extension: str) -> None:
        self._extension = extension
        self._copy.setText(fill(tr("Copy extension {digits}"), digits=extension))
        self._copy.setVisible(bool(extension))

    # ------------------------------------------------------------ on the screen

    def _present(self, *, seconds: int, corner: str, focusable: bool) -> None:
        self._begin_guard()
        self._corner = corner or self._corner
        self._seconds = seconds
        self._set_focusable(focusable=focusable)
        self._place()
        self.show()
        if focusable:
            self.activateWindow()
        self.update()
        self._announce(self._title.text(), self._sentence.text(), *self._read_out())
        self._count_down()

    def _read_out(self) -> list[str]:
        """The numbers and their notes, for a screen reader."""
        numbers = [row.button.accessibleName() for row in self._rows if not row.isHidden()]
        notes = [row.note for row in self._rows if not row.isHidden()]
        return [*numbers, *notes]

    def _place(self) -> None:
        for row in self._rows:
            row.forget_size()
        super()._place()

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

    def _call(self, index: int, _checked: object = None) -> None:
        if self._open and self._is_settled():
            self._answered()
            self.call_wanted.emit(index)

    def _call_alternative(self, _checked: object = None) -> None:
        if self._open and self._is_settled():
            self._answered()
            self.alternative_wanted.emit()

    def _answered(self) -> None:
        """What stands here is done with: it makes one call."""
        self._open = self._asking = self._counting = False
        self._held = None
        self._timer.stop()
        self._ticks.stop()
        for button in (self._yes, self._other, *(row.button for row in self._rows)):
            button.setEnabled(False)

    def _copy_extension(self, _checked: object = None) -> None:
        """For pasting into the phone's own program, or for reading once the call is connected."""
        QGuiApplication.clipboard().setText(self._extension)
        self._copy.setText(fill(tr("Copied: {digits}"), digits=self._extension))

    def _act(self, _checked: object = None) -> None:
        if self._is_settled():
            self._leave()
            self.action_wanted.emit()

    def _dismiss(self, _checked: object = None) -> None:
        if not self._is_settled():
            return
        self._leave()

    def _escape(self) -> None:
        self._dismiss()

    def _leave(self) -> None:
        held, self._held = self._held, None
        self._open = self._asking = self._counting = False
        self._timer.stop()
        self._ticks.stop()
        self.hide()
        self.dismissed.emit()
        if held is not None and not self.isVisible():
            title, sentence, good, seconds, extension, action = held
            self.status(title, sentence, good=good, seconds=seconds, extension=extension, action=action)

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

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click beside the buttons stops the countdown: whoever is surprised by it clicks anywhere."""
        if self._counting:
            self._dismiss()
        else:
            super().mousePressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closed by the window manager or at the program's end: nobody said yes."""
        if self.isVisible():
            self._held = None
            self._leave()
        super().closeEvent(event)
