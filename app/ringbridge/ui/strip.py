"""The call strip: one call as it goes, in a corner of the screen, with what can be done about it.

Like the card it never takes the focus, unless somebody asks for it: to use it by keyboard, or to write a note.
"""

import time
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import (
    QCloseEvent,
    QFont,
    QHideEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ringbridge.ui.corner_window import GUARD_MS, CornerWindow
from ringbridge.ui.look import (
    FlatButton,
    LineField,
    Tone,
    breakable,
    leading_alignment,
    muted_color,
    number_text,
    plain_label,
    scaled_font,
    set_text_color,
    tone_color,
)
from ringbridge.ui.progress_words import clock_text
from ringbridge.ui.translation import fill, tr

MAX_NOTE = 500  # characters
_TICK_MS = 1000


class StripFace(NamedTuple):
    """What the strip shows.

    Attributes:
        title: Where the call stands.
        tone: The colour of the edge.
        name: The other party's name, or empty.
        number: Its number as people write it.
        detail: What else is known of it, or empty.
        since_s: When the talk began, on `time.monotonic`'s clock: a running time is shown; or None.
        until_s: When the call will be placed, on the same clock: a countdown is shown; or None.
        message: Something that did not work, or empty.
        note: What was noted, or empty.
        extension: Digits to dial once connected, or empty.
        can_hang_up: Show “Hang up”.
        can_pass_on: Show “Transfer…”.
        can_note: Show “Note”.
        over: The call is over.
    """

    title: str
    tone: Tone = Tone.CALL
    name: str = ""
    number: str = ""
    detail: str = ""
    since_s: float | None = None
    until_s: float | None = None
    message: str = ""
    note: str = ""
    extension: str = ""
    can_hang_up: bool = False
    can_pass_on: bool = False
    can_note: bool = True
    over: bool = False


class Strip(CornerWindow):
    """One strip, built once and shown again and again. GUI thread. It does nothing itself but tick while it must.

    Signals:
        hang_up_wanted: “Hang up” was chosen.
        transfer_wanted: “Transfer…” was chosen.
        copy_wanted: A text to put on the clipboard.
        note_written: A note about this call, as it is to be kept.
        call_now_wanted: The countdown is to be cut short.
        cancel_wanted: The countdown is to end without a call.
        hidden: The strip was closed by a person.
    """

    hang_up_wanted = Signal()
    transfer_wanted = Signal()
    copy_wanted = Signal(str)
    note_written = Signal(str)
    call_now_wanted = Signal()
    cancel_wanted = Signal()
    hidden = Signal()

    def __init__(self, parent: QWidget | None = None, *, guard_ms: int = GUARD_MS) -> None:
        super().__init__(parent, name="strip", title=tr("Ringbridge: call"), guard_ms=guard_ms)
        self._face = StripFace(title="")
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_time)
        self._build()
        self._restyle()

    @property
    def face(self) -> StripFace:
        """What is shown."""
        return self._face

    def show_face(self, face: StripFace) -> None:
        """Show this; whether the strip is on the screen stays as it is."""
        before, self._face = self._face, face
        self._tone = face.tone
        if _call_of(before) != _call_of(face):
            self._begin_guard()
        _set(self._title, breakable(face.title))
        _set(self._who, face.name or number_text(face.number).replace(" ", "\u00a0"))
        _set(self._detail, breakable(face.detail))
        _set(self._message, breakable(face.message))
        _set(self._noted, breakable(face.note) if self._note.isHidden() else "")
        for label in (self._title, self._who, self._detail, self._message, self._noted):
            label.setAlignment(leading_alignment())
        counting = face.until_s is not None
        self._hang_up.setVisible(face.can_hang_up)
        self._cancel.setVisible(counting)
        self._call_now.setVisible(counting)
        self._transfer.setVisible(face.can_pass_on)
        self._write.setVisible(face.can_note and not counting)
        self._copy_number.setVisible(bool(face.number))
        self._copy_extension.setVisible(bool(face.extension))
        self._copy_extension.setText(fill(tr("Copy ext. {digits}"), digits=face.extension))
        self._hang_up.setAccessibleName(
            fill(tr("Hang up the call with {who}"), who=face.name or face.number) if face.can_hang_up else ""
        )
        self._show_time()
        self._tick_or_rest()
        self.update()
        if self.isVisible():
            self._place()
            if (before.title, before.message) != (face.title, face.message):
                self._read_out()

    def present(self, *, corner: str, beside: QWidget | None = None, focusable: bool = False) -> None:
        """Put the strip on the screen.

        Args:
            corner: As in `ringbridge.core.settings.CardSettings`.
            beside: The card, which stands in the same corner.
            focusable: Take the focus, to be used by keyboard.
        """
        self._corner, self._beside = corner, beside
        if not self.isVisible():
            self._begin_guard()
        self._set_focusable(focusable=focusable)
        self._place()
        self.show()
        if focusable:
            self.activateWindow()
            first = next((button for button in self._buttons() if not button.isHidden()), self._close_button)
            first.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        self._read_out()

    def make_room(self, beside: QWidget) -> None:
        """What stands in the same corner came, went or changed its size."""
        self._beside = beside
        if self.isVisible():
            self._place()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self._make_labels()
        self._make_buttons()
        self._make_note()
        head, main, words, more = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(), QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._time)
        head.addWidget(self._close_button, 0, Qt.AlignmentFlag.AlignTop)
        words.setSpacing(2)
        words.addWidget(self._who)
        words.addWidget(self._detail)
        main.setSpacing(12)
        main.addLayout(words, 1)
        for button in (self._cancel, self._call_now, self._hang_up):
            main.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        more.setSpacing(8)
        for button in (self._copy_number, self._copy_extension, self._write, self._transfer):
            button.setFont(scaled_font(self.font(), 0.9))
            more.addWidget(button)
        more.addStretch(1)
        self._leave_margins(top=8, bottom=12)
        column = self._column
        column.addLayout(head)
        column.addLayout(main)
        for widget in (self._message, self._noted, self._note):
            column.addWidget(widget)
        column.addLayout(more)

    def _make_labels(self) -> None:
        self._time = self._label("time", wrap=False)
        self._title, self._who, self._detail = self._label("title"), self._label("who"), self._label("detail")
        self._message, self._noted = self._label("message"), self._label("noted")

    def _make_buttons(self) -> None:
        self._make_close_button("hide", tr("Hide: the call goes on"))
        self._close_button.clicked.connect(self._leave)
        self._hang_up = self._button("hang_up", tr("Hang up"), filled=True, tone=Tone.BAD)
        self._hang_up.clicked.connect(lambda: self._want(self.hang_up_wanted))
        self._call_now = self._button("call_now", tr("Call now"), filled=True)
        self._call_now.clicked.connect(lambda: self._want(self.call_now_wanted))
        self._cancel = self._button("cancel", tr("Don't call"))
        self._cancel.clicked.connect(lambda: self._want(self.cancel_wanted))
        self._copy_number = self._button("copy_number", tr("Copy number"))
        self._copy_number.clicked.connect(lambda: self.copy_wanted.emit(self._face.number))
        self._copy_extension = self._button("copy_extension", "")
        self._copy_extension.clicked.connect(lambda: self.copy_wanted.emit(self._face.extension))
        self._write = self._button("note", tr("Note", "a button: write something down about the call"))
        self._write.clicked.connect(self._begin_note)
        self._transfer = self._button("transfer", tr("Transfer…"))
        self._transfer.clicked.connect(lambda: self._want(self.transfer_wanted))

    def _make_note(self) -> None:
        self._note = LineField(self)
        self._note.setObjectName("note_text")
        self._note.setMaxLength(MAX_NOTE)
        self._note.setPlaceholderText(tr("A note about this call; Enter keeps it"))
        self._note.setAccessibleName(tr("Note about this call"))
        self._note.returnPressed.connect(self._keep_note)
        self._note.hide()

    def _label(self, name: str, *, wrap: bool = True) -> QLabel:
        label = plain_label(wrap=wrap)
        label.setObjectName(name)
        return label

    def _button(self, name: str, text: str, *, filled: bool = False, tone: Tone = Tone.CALL) -> FlatButton:
        button = FlatButton(text, filled=filled, parent=self, tone=tone)
        button.setObjectName(name)
        return button

    def _buttons(self) -> tuple[FlatButton, ...]:
        return (
            self._hang_up, self._call_now, self._cancel, self._transfer, self._write, self._copy_number,
        )  # fmt: skip

    def _restyle(self) -> None:
        self._title.setFont(scaled_font(self.font(), 1, QFont.Weight.DemiBold))
        self._time.setFont(scaled_font(self.font(), 1, QFont.Weight.DemiBold))
        self._who.setFont(scaled_font(self.font(), 1.3, QFont.Weight.DemiBold))
        muted = muted_color(self.palette())
        for label in (self._title, self._time, self._detail, self._noted):
            set_text_color(label, muted)
        set_text_color(self._message, tone_color(Tone.BAD, self.palette()))

    # ------------------------------------------------------------ time

    def _show_time(self) -> None:
        face, now_s = self._face, time.monotonic()
        text = ""
        if face.since_s is not None:
            text = clock_text(max(0, int(now_s - face.since_s)))
        elif face.until_s is not None:
            text = clock_text(max(0, round(face.until_s - now_s)))
        self._time.setText(text)
        self._time.setVisible(bool(text))

    def _tick_or_rest(self) -> None:
        running = self.isVisible() and (self._face.since_s is not None or self._face.until_s is not None)
        if running and not self._tick.isActive():
            self._tick.start()
        elif not running:
            self._tick.stop()

    # ------------------------------------------------------------ on the screen

    def _set_focusable(self, *, focusable: bool) -> None:
        shown = self.isVisible()
        super()._set_focusable(focusable=focusable)
        if shown:
            self.show()

    def _read_out(self) -> None:
        self._announce(self._face.title, self._face.name, self._face.number, self._face.message)

    # ------------------------------------------------------------ what people do

    def _want(self, signal: SignalInstance) -> None:
        if self._is_settled():
            signal.emit()

    def _begin_note(self) -> None:
        """The one thing that needs the keyboard: the focus comes here until the note is kept or left."""
        self._note.setText(self._face.note)
        self._note.show()
        self._noted.hide()
        self._set_focusable(focusable=True)
        self._place()
        self.activateWindow()
        self._note.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep_note(self) -> None:
        note = " ".join(self._note.text().split())
        self._end_note()
        self.show_face(self._face._replace(note=note))
        self.note_written.emit(note)

    def finish_note(self) -> None:
        """Another call is about to be shown: what was written about this one is kept."""
        if self.is_writing and self._note.text().split() != self._face.note.split():
            self._keep_note()
        elif self.is_writing:
            self._end_note()

    def _end_note(self) -> None:
        self._note.hide()
        _set(self._noted, breakable(self._face.note))
        self._set_focusable(focusable=False)
        self._place()

    @property
    def is_writing(self) -> bool:
        """Whether somebody writes a note."""
        return not self._note.isHidden()

    def _leave(self) -> None:
        if self._is_settled():
            self._note.hide()
            self.hide()
            self.hidden.emit()

    def _escape(self) -> None:
        """Escape leaves the note, then hides the strip."""
        if self.is_writing:
            self._end_note()
        else:
            self._leave()

    # ------------------------------------------------------------ events

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """On the screen: the time runs."""
        super().showEvent(event)
        self._show_time()
        self._tick_or_rest()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Off the screen: nothing ticks."""
        super().hideEvent(event)
        self._tick.stop()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closed by the window manager: the call goes on all the same."""
        if self.isVisible():
            self._note.hide()
            self.hide()
            self.hidden.emit()
        super().closeEvent(event)


def _call_of(face: StripFace) -> tuple[object, ...]:
    """What makes two faces faces of the same call, in the same part of its life: before and after it is placed."""
    return face.name, face.number, face.until_s is None


def _set(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
