"""A desk phone on the screen: rings when the training PBX rings the own phone, and is answered by hand.

It never takes the focus by itself; it shows itself beside whatever the person works with. Nothing in it wakes up
while nothing rings and nobody talks.
"""

from PySide6.QtCore import (
    QCoreApplication,
    QEasingCurve,
    QElapsedTimer,
    QEvent,
    Qt,
    QTimeLine,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QCloseEvent,
    QHideEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ringbridge.training.phone_display import (
    Mood,
    call_display,
    idle_display,
    more_text,
    numbers_text,
    talk_text,
)
from ringbridge.training.phone_screen import Screen
from ringbridge.training.server import DEMO_LINE, TrainingPbx
from ringbridge.training.states import Call, CallPhase, Event, EventKind

MINIMUM_WIDTH = 280
MARGIN = 14
_NARROWEST_CHARS = 40
"""Of the user's font: so wide that a note of two lines stays one of two lines."""
ENDED_SHOWN_MS = 6000
PULSE_MS = 1500
PULSE_STEP_MS = 40

_BUTTON = (
    "QPushButton {{ background: {base}; color: #ffffff; border: 2px solid {base}; border-radius: 10px;"
    " padding: 9px 12px; font-weight: 600; }}"
    " QPushButton:hover {{ background: {hover}; border-color: {hover}; }}"
    " QPushButton:pressed {{ background: {pressed}; border-color: {pressed}; }}"
    " QPushButton:focus {{ border-color: palette(text); }}"
)
_GREEN = _BUTTON.format(base="#1a7f45", hover="#1f924f", pressed="#15693a")
_RED = _BUTTON.format(base="#bf2f2b", hover="#d23833", pressed="#a12724")


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("DeskPhone", text)


class DeskPhoneWindow(QWidget):
    """The own phone of the training PBX as a small window.

    Signals:
        event_came: An `Event`, from the PBX's thread; handled on the GUI thread.

    Args:
        pbx: The PBX whose phone this is; it outlives the window or stops before it goes.
        line: The line shown while nothing happens.
    """

    event_came = Signal(object)

    def __init__(self, pbx: TrainingPbx, line: str = DEMO_LINE) -> None:
        super().__init__(
            None,
            Qt.WindowType.Window
            | Qt.WindowType.CustomizeWindowHint
            | Qt.WindowType.WindowTitleHint
            | Qt.WindowType.WindowCloseButtonHint
            | Qt.WindowType.WindowMinimizeButtonHint,
        )
        self._pbx = pbx
        self._line = line
        self._live: dict[str, Call] = {}
        self._ended: Call | None = None
        self._mood = Mood.IDLE
        self._note = ""
        self.setObjectName("desk_phone")
        self.setWindowTitle(tr("Desk phone"))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self._build()
        self._pulse = QTimeLine(PULSE_MS, self)
        self._pulse.setLoopCount(0)
        self._pulse.setUpdateInterval(PULSE_STEP_MS)
        self._pulse.setEasingCurve(QEasingCurve.Type.Linear)
        self._pulse.valueChanged.connect(self._screen.picture.set_pulse)
        self._talk = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show_talk)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(ENDED_SHOWN_MS)
        self._forget.timeout.connect(self._forget_ended)
        self._refresh()
        self.event_came.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(pbx.subscribe(self.event_came.emit))

    def _build(self) -> None:
        self._screen = Screen(self)
        self._screen.setObjectName("display")
        self._buttons = QStackedWidget(self)
        self._buttons.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.answer_button = self._button("answer", tr("&Answer"), _GREEN)
        self.decline_button = self._button("decline", tr("&Decline"), _RED)
        self.hang_up_button = self._button("hang_up", tr("&Hang up"), _RED)
        hints = self._label("try", numbers_text(tr))
        self._buttons.addWidget(hints)
        for buttons in ((self.answer_button, self.decline_button), (self.hang_up_button,)):
            page = QWidget(self._buttons)
            row = QHBoxLayout(page)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(10)
            for button in buttons:
                row.addWidget(button)
            self._buttons.addWidget(page)
        minimum_width = max(MINIMUM_WIDTH, self.fontMetrics().averageCharWidth() * _NARROWEST_CHARS)
        narrowest = minimum_width - 2 * MARGIN
        self._buttons.setFixedHeight(max(hints.heightForWidth(narrowest), self._buttons.sizeHint().height()))
        self.answer_button.clicked.connect(self._answer)
        self.decline_button.clicked.connect(self._decline)
        self.hang_up_button.clicked.connect(self._hang_up)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, 10)
        layout.setSpacing(10)
        layout.addWidget(self._screen, 1)
        layout.addWidget(self._buttons)
        layout.addWidget(self._label("hint", tr("Training PBX: nobody real is called")))
        self.setMinimumWidth(minimum_width)
        self.resize(minimum_width + 20, 420)

    def _label(self, name: str, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        return label

    def _button(self, name: str, text: str, style: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setStyleSheet(style)
        button.setAutoDefault(True)
        return button

    # ------------------------------------------------------------------ what the PBX tells

    @Slot(object)
    def _take(self, event: Event) -> None:
        """One event, on the GUI thread."""
        call = event.call
        if call.phase is CallPhase.ENDED:
            if event.kind is EventKind.FINISHED:
                self._live.pop(call.callid, None)
                self._ended = call
                self._forget.start()
        elif call.legs:
            self._live[call.callid] = call
            if event.kind is EventKind.RINGING and call.phase is CallPhase.RINGING_A:
                self._appear()
        self._refresh()

    def _appear(self) -> None:
        """Be there when it rings, without taking the focus from anybody."""
        if not self.isVisible():
            self.show()
        elif self.isMinimized() or not self.isActiveWindow():
            QApplication.alert(self, ENDED_SHOWN_MS)

    @Slot()
    def _forget_ended(self) -> None:
        self._ended = None
        self._refresh()

    # ------------------------------------------------------------------ what is shown

    @property
    def _front(self) -> Call | None:
        """The call the buttons are about: the oldest that lasts."""
        return next(iter(self._live.values()), None)

    def _refresh(self) -> None:
        call = self._front or self._ended
        display = (call_display(call, tr) if call else None) or idle_display(self._line, tr)
        before, self._mood = self._mood, display.mood
        self._note = display.note
        self._screen.show_display(display)
        if more := more_text(len(self._live) - 1 if self._live else 0, tr):
            self._note = more
            self._screen.show_note(more, talking=False)
        if display.mood is Mood.CONNECTED and (before is not Mood.CONNECTED or not self._talk.isValid()):
            self._talk.start()
        if display.mood is not Mood.CONNECTED:
            self._talk.invalidate()
        self._show_buttons()
        self._show_talk()
        self._move()

    def _show_buttons(self) -> None:
        page = {Mood.RINGING: 1, Mood.DIALING: 2, Mood.CONNECTED: 2, Mood.FAILED: 2}.get(self._mood, 0)
        if page == self._buttons.currentIndex():
            return
        self._buttons.setCurrentIndex(page)
        if page:  # inside this window only: it does not come to the front by it
            (self.answer_button if page == 1 else self.hang_up_button).setFocus()

    def _show_talk(self) -> None:
        if self._mood is Mood.CONNECTED and not more_text(len(self._live) - 1, tr):
            self._screen.show_note(talk_text(self._talk.elapsed() // 1000), talking=True)

    def _move(self) -> None:
        """Let pulse and timer run only while there is something to see."""
        seen = self.isVisible() and not self.isMinimized()
        pulse = seen and self._mood is Mood.RINGING
        running = self._pulse.state() is QTimeLine.State.Running
        if pulse and not running:
            self._pulse.start()
        elif not pulse and running:
            self._pulse.stop()
        if not pulse:
            self._screen.picture.set_pulse(-1)
        if seen and self._mood is Mood.CONNECTED:
            if not self._tick.isActive():
                self._tick.start()
        else:
            self._tick.stop()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Move again."""
        super().showEvent(event)
        self._show_talk()
        self._move()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Rest."""
        super().hideEvent(event)
        self._move()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Rest while minimised."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self._move()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Only go out of sight: it comes back when it rings."""
        event.accept()

    # ------------------------------------------------------------------ what the person does

    @Slot()
    def _answer(self) -> None:
        if self._front is not None:
            self._pbx.answer(self._front.callid)

    @Slot()
    def _decline(self) -> None:
        if self._front is not None:
            self._pbx.decline(self._front.callid)

    @Slot()
    def _hang_up(self) -> None:
        if self._front is not None:
            self._pbx.hang_up(self._front.callid)
