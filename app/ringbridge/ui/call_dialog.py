"""“Call number…”: type or paste a number, see how it is read, call it."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from ringbridge.ui.call_options import CallOptionsPanel
from ringbridge.ui.look import (
    Tone,
    breakable,
    leading_alignment,
    plain_label,
    scaled_font,
    set_text_color,
    tone_color,
)
from ringbridge.ui.translation import tr

MAX_TYPED = 500  # characters; more than any number, so that a long paste is refused with a sentence and not cut


class CallDialog(QDialog):
    """A line to type in, and below it what it means. It reads nothing itself: it is told.

    Attributes:
        options: The options of this call, folded away at first.

    Signals:
        text_edited: The text changed; answer with `show_reading` or `show_error`.
        call_wanted: A person wants to call what stands in the line; answer with `accept` or `show_error`.
    """

    text_edited = Signal(str)
    call_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Call number"))
        label = plain_label()
        label.setText(tr("Phone &number, extension or code:"))
        self._line = QLineEdit()
        self._line.setObjectName("number")
        self._line.setMaxLength(MAX_TYPED)
        self._line.setClearButtonEnabled(True)
        self._line.setFont(scaled_font(self.font(), 1.25))
        self._line.textChanged.connect(self._edited)
        label.setBuddy(self._line)
        self._message = plain_label(wrap=True)
        self._message.setObjectName("reading")
        self.options = CallOptionsPanel()
        self.options.hide()
        buttons = QDialogButtonBox()
        self._unfold = buttons.addButton(tr("Options"), QDialogButtonBox.ButtonRole.ResetRole)
        self._unfold.setObjectName("unfold")
        self._unfold.setCheckable(True)
        self._unfold.setAutoDefault(False)
        self._unfold.toggled.connect(self._fold)
        self._call_button = buttons.addButton(tr("Call", "a button"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._call_button.setObjectName("call")
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setText(tr("Cancel"))
        cancel.setIcon(QIcon())  # some styles add one, and only here
        cancel.setObjectName("cancel")
        buttons.accepted.connect(self._want_call)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        for widget in (label, self._line, self._message, self.options):
            column.addWidget(widget)
        column.addStretch(1)
        column.addWidget(buttons)
        # only within the dialog; else Enter goes to the first button, and GNOME, XFCE and macOS put Cancel there
        self._call_button.setDefault(True)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 52)
        # room for two lines of message, so that the dialog does not jump while typing
        self._message.setMinimumHeight(2 * self._message.fontMetrics().lineSpacing())
        self._refresh_button()

    def begin(self, text: str = "") -> None:
        """Show the dialog in front, with this text to start from; an open one keeps what was typed."""
        if self.isVisible():
            self.raise_()
        else:
            self._line.setText(text)
            self._say("", bad=False)
            self._refresh_button()
            self._unfold.setChecked(False)
            self._line.selectAll()
            self._line.setFocus()
            # the button that was clicked last would keep Enter to itself, even “Cancel”: hidden, it lost no focus
            self._call_button.setDefault(True)
            self.show()
        self.activateWindow()

    @property
    def text(self) -> str:
        """What stands in the line; line breaks that came with a paste are spaces."""
        return " ".join(self._line.text().split())

    def show_reading(self, text: str) -> None:
        """Show how the line is read, or nothing."""
        self._say(text, bad=False)

    def show_error(self, sentence: str) -> None:
        """Show why the line can't be called; it can be corrected and tried again."""
        self._say(sentence, bad=True)
        self._refresh_button()
        self._line.setFocus()

    def _fold(self, unfolded: bool) -> None:  # noqa: FBT001 - Qt's signature
        if unfolded:
            self.options.open()
        else:
            self.options.hide()
        self.adjustSize()
        self._stay_on_screen()

    def _stay_on_screen(self) -> None:
        """Grown downwards on a small screen, its buttons would be out of reach."""
        room, frame = self.screen().availableGeometry(), self.frameGeometry()
        if frame.bottom() > room.bottom():
            self.move(self.x(), self.y() - min(frame.bottom() - room.bottom(), frame.top() - room.top()))

    def _edited(self, _text: str) -> None:
        self._say("", bad=False)
        self._refresh_button()
        self.text_edited.emit(self.text)

    def _want_call(self) -> None:
        if self._call_button.isEnabled():
            self._call_button.setEnabled(False)  # one wish at a time: enabled again by an error or another text
            self.call_wanted.emit(self.text)

    def _refresh_button(self) -> None:
        self._call_button.setEnabled(bool(self.text))

    def _say(self, text: str, *, bad: bool) -> None:
        palette = self.palette()
        color = tone_color(Tone.BAD, palette) if bad else palette.windowText().color()
        set_text_color(self._message, color)
        self._message.setText(breakable(text))
        self._message.setAlignment(leading_alignment())
        self._line.setAccessibleDescription(text)
