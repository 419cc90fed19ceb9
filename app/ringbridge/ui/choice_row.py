"""One number on the card, with its button."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ringbridge.ui.choice import Choice
from ringbridge.ui.look import (
    FlatButton,
    Tone,
    country_name,
    dotted,
    leading_alignment,
    muted_color,
    number_text,
    plain_label,
    scaled_font,
    set_text_color,
    tone_color,
    unbroken,
)
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import kind_word


class ChoiceRow(QWidget):
    """A number, what is known of it, and its Call button; alone it is large, among others small."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._large = True
        self._number = plain_label()
        self._number.setObjectName("number")
        self._detail = plain_label(wrap=True)
        self._detail.setObjectName("detail")
        self._note = plain_label(wrap=True)
        self._note.setObjectName("note")
        self.button = FlatButton(tr("Call", "a button"), filled=True, parent=self)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._number, self._detail, self._note):
            words.addWidget(label)
        self._layout = row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._restyle()

    def forget_size(self) -> None:
        """Count the size anew, since labels came or went: Qt would do so in the next turn of the event loop."""
        self._layout.invalidate()
        self._layout.activate()

    def show_choice(self, choice: Choice, *, large: bool, callable_: bool) -> None:
        """Show one number, alone or as one of several."""
        if large != self._large:
            self._large = large
            self._restyle()
        detail, note = choice_words(choice)
        self._set(self._number, number_text(choice.display))
        for label in (self._number, self._detail, self._note):
            label.setAlignment(leading_alignment())
        self._set(self._detail, detail)
        self._set(self._note, note)
        self.button.setVisible(callable_)
        self.button.setAccessibleName(fill(tr("Call {number}"), number=choice.display))
        self.button.setAccessibleDescription(f"{self._detail.text()} {self._note.text()}".strip())

    @property
    def note(self) -> str:
        """What is to be minded about the number, or empty."""
        return self._note.text()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the desktop's colours and fonts while it runs."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self._restyle()

    def _restyle(self) -> None:
        size, weight = (1.55, QFont.Weight.DemiBold) if self._large else (1.15, QFont.Weight.DemiBold)
        self._number.setFont(scaled_font(self.font(), size, weight))
        set_text_color(self._detail, muted_color(self.palette()))
        set_text_color(self._note, tone_color(Tone.CAUTION, self.palette()))

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))


def choice_words(choice: Choice) -> tuple[str, str]:
    """What is known of a number, and what is to be minded about it; either may be empty."""
    kind = kind_word(choice.kind)
    warning = kind if choice.kind == "premium" else ""
    extension = fill(tr("extension {digits}"), digits=choice.extension) if choice.extension else ""
    there = fill(tr("{clock} there", "the time at the other end: Wed 14:05 there"), clock=choice.clock)
    clock = unbroken(there) if choice.clock and not choice.night else ""
    night = fill(tr("It is night there: {clock}."), clock=unbroken(choice.clock)) if choice.night else ""
    details = [country_name(choice.region), "" if warning else kind, extension, clock]
    notes = [warning[:1].upper() + warning[1:] + "." if warning else "", night, choice.note]
    return dotted(*details), " ".join(note for note in notes if note)
