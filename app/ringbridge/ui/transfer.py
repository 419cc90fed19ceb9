"""“Transfer…”: whom a call is passed on to, chosen among colleagues or typed."""

import logging
import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ringbridge.core.calls import Origin
from ringbridge.ui.calling import Wish
from ringbridge.ui.look import Tone, breakable, leading_alignment, plain_label
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import error_sentence, gate_sentences, outcome_sentence

if TYPE_CHECKING:
    from ringbridge.core.calls import Destination
    from ringbridge.services.pbx import Colleague
    from ringbridge.ui.calling import Caller, Judged
    from ringbridge.ui.live_calls import LiveCall, LiveCalls
    from ringbridge.ui.reading import Reader, Reading

_log = logging.getLogger(__name__)

MAX_TYPED = 500  # characters; as in the dialog for calls
GUARD_MS = 300
"""A second click that comes sooner after a question is no answer to it."""
_SHOWN_ROWS = 8


class TransferDialog(QDialog):
    """A line to search or type in, and the colleagues that fit it. It reads nothing itself: it is told.

    Signals:
        transfer_wanted: A number as text: a colleague's, or what was typed; and whether the question about exactly
            this one was answered with yes.
    """

    transfer_wanted = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None, *, guard_ms: int = GUARD_MS) -> None:
        super().__init__(parent)
        self._guard_s = guard_ms / 1000
        self._asked_about = ""
        self._asked_at = 0.0
        self.setWindowTitle(tr("Transfer call"))
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self._heading = plain_label(wrap=True)
        label = self._label = plain_label()
        label.setText(tr("Colleague or &number:"))
        self._line = QLineEdit()
        self._line.setObjectName("target")
        self._line.setMaxLength(MAX_TYPED)
        self._line.setClearButtonEnabled(True)
        self._line.textChanged.connect(self._edited)
        label.setBuddy(self._line)
        self._list = QListWidget()
        self._list.setObjectName("colleagues")
        self._list.setUniformItemSizes(True)
        self._list.itemActivated.connect(self._accepted)
        self._list.currentRowChanged.connect(self._refresh)
        self._message = plain_label(wrap=True)
        self._message.setObjectName("message")
        buttons = QDialogButtonBox()
        self._ok = buttons.addButton(tr("Transfer", "a button"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._ok.setObjectName("transfer")
        self._ok.setDefault(True)
        cancel = self._cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setText(tr("Cancel"))
        cancel.setIcon(QIcon())
        cancel.setObjectName("cancel")
        buttons.accepted.connect(self._accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        for widget in (self._heading, label, self._line, self._list, self._message, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 52)
        self._list.setMinimumHeight(self._list.fontMetrics().lineSpacing() * _SHOWN_ROWS)

    def begin(self, who: str) -> None:
        """Show the dialog for the call with `who`."""
        self._heading.setText(
            fill(tr("{who} is connected with the person you choose, and your phone is let go."), who=who)
        )
        for label in (self._heading, self._label, self._message):
            label.setAlignment(leading_alignment())
        self._line.clear()
        self._list.clear()
        self._say("")
        self._refresh()
        self._line.setFocus()
        self._ok.setDefault(True)  # as in the dialog for calls
        self.show()
        self.activateWindow()

    def show_colleagues(self, colleagues: "tuple[Colleague, ...]") -> None:
        """List whom the PBX knows; each number is an entry."""
        self._list.clear()
        for person in colleagues:
            for number in dict.fromkeys((person.extension, person.telephone, person.mobile)):
                if number:
                    item = QListWidgetItem(f"{person.name} — {number}")
                    item.setData(Qt.ItemDataRole.UserRole, number)
                    self._list.addItem(item)
        self._search()

    def show_error(self, sentence: str) -> None:
        """Show why the call can't be transferred there; it can be corrected and tried again."""
        self._say(sentence)
        self._refresh()

    def ask(self, target: str, why: str) -> None:
        """Ask whether to transfer to this number all the same: a click on “Transfer” is the yes, Enter is a no."""
        self._say(fill(tr("{why} Click “Transfer” once more to transfer the call all the same."), why=why))
        self._message.set_tone(Tone.CAUTION)
        self._asked_about, self._asked_at = target, time.monotonic()
        self._cancel.setDefault(True)
        self._refresh()

    def _edited(self, _text: str) -> None:
        self._say("")
        self._search()

    def _search(self) -> None:
        wanted = self._line.text().casefold().split()
        first = None
        for row in range(self._list.count()):
            item = self._list.item(row)
            fits = all(word in item.text().casefold() for word in wanted)
            item.setHidden(not fits)
            first = row if fits and first is None else first
        # a typed name means the first that fits; digits may be a number of their own
        self._list.setCurrentRow(first if first is not None and wanted and not self._is_number() else -1)
        self._refresh()

    def _is_number(self) -> bool:
        text = self._line.text()
        return any(map(str.isdigit, text)) and not any(map(str.isalpha, text))

    def _target(self) -> str:
        if self._list.currentRow() >= 0 and not (item := self._list.currentItem()).isHidden():
            return str(item.data(Qt.ItemDataRole.UserRole))
        return " ".join(self._line.text().split()) if self._is_number() else ""

    def _accepted(self, _item: object = None) -> None:
        target = self._target()
        said_yes = bool(target) and target == self._asked_about
        if said_yes and time.monotonic() - self._asked_at < self._guard_s:
            return
        if target and self._ok.isEnabled():
            self._ok.setEnabled(False)  # one wish at a time: enabled again by an error or another text
            self.transfer_wanted.emit(target, said_yes)

    def _refresh(self, _row: int = 0) -> None:
        self._ok.setEnabled(bool(self._target()))

    def _say(self, sentence: str) -> None:
        self._asked_about = ""
        self._ok.setDefault(True)
        self._message.set_tone(Tone.BAD)
        self._message.setText(breakable(sentence))
        column = self.layout()
        needed = column.totalHeightForWidth(self.width()) if column is not None else 0
        if self.isVisible() and needed > self.height():  # several lines would run into the list
            self.resize(self.width(), needed)


class Transfer(QObject):
    """Opens the dialog and does what it asks for.

    Args:
        live: The calls under way.
        reader: Reads the number, as for any call.
        caller: Has the gate, as for any call.
    """

    def __init__(self, *, live: "LiveCalls", reader: "Reader", caller: "Caller") -> None:
        super().__init__()
        self._live = live
        self._caller = caller
        self._reader = reader
        self._request_id = ""
        self._dialog: TransferDialog | None = None
        live.ended.connect(self._over)

    def open(self, request_id: str) -> None:
        """Ask whom this call is to be passed on to."""
        call = self._live.find(request_id)
        if call is None:
            return
        if self._dialog is None:
            self._dialog = TransferDialog()
            self._dialog.transfer_wanted.connect(self._pass_on)
        self._request_id = request_id
        destination = call.request.destination
        self._dialog.begin(call.request.name or destination.display or destination.dialed)
        self._live.list_colleagues(request_id, partial(self._listed, request_id), self._not_listed)

    def close(self) -> None:
        """Close the dialog. Safe to call twice."""
        if self._dialog is not None:
            self._dialog.close()

    def _listed(self, request_id: str, colleagues: "tuple[Colleague, ...]") -> None:
        if self._dialog is not None and request_id == self._request_id and self._dialog.isVisible():
            self._dialog.show_colleagues(colleagues)

    def _not_listed(self, error: Exception) -> None:
        """Nobody to choose from: a number can be typed all the same."""
        _log.info("colleagues are not listed: %s", type(error).__name__)

    def _over(self, call: "LiveCall") -> None:
        if call.request.request_id == self._request_id:
            self.close()

    def _pass_on(self, text: str, said_yes: bool) -> None:  # noqa: FBT001 - a signal's value
        request_id, dialog = self._request_id, self._dialog
        if dialog is None:
            return

        def allowed(destination: "Destination") -> None:
            if dialog.isVisible() and request_id == self._request_id:
                dialog.accept()
                self._live.pass_on(request_id, destination.dialed)

        def asked(judged: "Judged") -> None:
            dialog.ask(text, gate_sentences(judged.findings.verdict.reasons))

        def read(reading: "Reading") -> None:
            wish = Wish(
                target=reading.target, destination=reading.destination, origin=Origin.TYPED, said_yes=said_yes
            )
            self._caller.want_passed_on(
                wish, allowed, asked, lambda outcome: dialog.show_error(outcome_sentence(outcome))
            )

        self._reader.read(text, read, lambda error: dialog.show_error(error_sentence(error)))
