"""The options of one call, as “Call number…” shows them: folded away until somebody wants them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QSpinBox, QWidget

from ringbridge.core.call_options import CallOptions
from ringbridge.core.setting_checks import MAX_CARD, MAX_ID
from ringbridge.ui.look import Tone, leading_alignment, plain_label
from ringbridge.ui.setting_words import setting_name
from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from ringbridge.core.settings import Settings
    from ringbridge.services.pbx import CallerId

_IN_A_WHILE_S = (0, 30, 60, 300, 600)
_MINUTE_S = 60


class CallOptionsPanel(QWidget):
    """Fields that begin with what the settings say. It reads nothing itself: it is told.

    Signals:
        caller_ids_wanted: The panel is looked at for the first time: `show_caller_ids` may help.
    """

    caller_ids_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("options")
        self._defaults = CallOptions()
        self._asked = False
        self._caller_id = QComboBox()
        self._caller_id.setObjectName("caller_id")
        self._caller_id.setEditable(True)
        self._caller_id.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._caller_id.setCompleter(None)  # type: ignore[arg-type]  # Qt takes a null pointer; the stub does not say so
        self._caller_id.activated.connect(self._caller_id_chosen)
        self._when = QComboBox()
        self._when.setObjectName("when")
        for seconds in _IN_A_WHILE_S:
            self._when.addItem(_when_text(seconds), seconds)
        self._auto_answer = self._box("auto_answer", tr("My phone answers by itself"))
        self._warning = plain_label(wrap=True)
        self._warning.setObjectName("auto_answer_warning")
        self._warning.setText(
            tr("The PBX then calls the number without your lifting the handset: no second chance to let it be.")
        )
        self._warning.setVisible(False)
        self._auto_answer.toggled.connect(self._warning.setVisible)
        self._show_number = self._box("show_number", tr("My phone shows the number I call"))
        self._screen_own = self._box("screen_own", setting_name("options.screen_own"))
        self._screen_other = self._box("screen_other", setting_name("options.screen_other"))
        self._warn_own = self._box("warn_own", setting_name("options.warn_own"))
        self._warn_other = self._box("warn_other", setting_name("options.warn_other"))
        self._record_group, self._customer = QSpinBox(), QSpinBox()
        self._record_group.setObjectName("record_group")
        self._customer.setObjectName("customer")
        for box, nothing in ((self._record_group, tr("none", "no record group")), (self._customer, tr("my own"))):
            box.setRange(0, MAX_ID)
            box.setSpecialValueText(nothing)
        self._card = QLineEdit()
        self._card.setObjectName("card")
        self._card.setMaxLength(MAX_CARD)
        self._editors: dict[str, QWidget] = {
            "account.caller_id": self._caller_id,
            "options.auto_answer": self._auto_answer,
            "options.show_number": self._show_number,
            "options.record_group": self._record_group,
            "options.screen_own": self._screen_own,
            "options.screen_other": self._screen_other,
            "options.warn_own": self._warn_own,
            "options.warn_other": self._warn_other,
            "options.card": self._card,
            "options.customer": self._customer,
        }
        rows = QFormLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, editor in (
            (tr("Call"), self._when),
            (setting_name("account.caller_id"), self._caller_id),
            ("", self._auto_answer),
            ("", self._warning),
            ("", self._show_number),
            (setting_name("options.record_group"), self._record_group),
            ("", self._screen_own),
            ("", self._screen_other),
            ("", self._warn_own),
            ("", self._warn_other),
            (setting_name("options.card"), self._card),
            (setting_name("options.customer"), self._customer),
        ):
            label = plain_label()
            label.setText(title)
            label.setBuddy(editor)
            if title:
                editor.setAccessibleName(title)
            rows.addRow(label, editor)

    def begin(self, settings: "Settings", locked: frozenset[str] = frozenset[str]()) -> None:
        """Start from what the settings say; what the company's policy locks can't be changed here, either."""
        for key, editor in self._editors.items():
            editor.setEnabled(key not in locked)
            editor.setToolTip(tr("Set by your company.") if key in locked else "")
            editor.setAccessibleDescription(editor.toolTip())
        options = self._defaults = settings.options
        edit = self._caller_id.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(settings.account.caller_id or tr("As the PBX sets it"))
        self._caller_id.setCurrentIndex(-1)
        self._caller_id.setEditText("")
        self._when.setCurrentIndex(0)
        self._auto_answer.setChecked(options.auto_answer)
        self._warning.setVisible(options.auto_answer)
        self._show_number.setChecked(options.show_number)
        self._screen_own.setChecked(options.screen_own)
        self._screen_other.setChecked(options.screen_other)
        self._warn_own.setChecked(options.warn_own)
        self._warn_other.setChecked(options.warn_other)
        self._record_group.setValue(options.record_group)
        self._customer.setValue(options.customer)
        self._card.setText(options.card)
        self._warning.set_tone(Tone.CAUTION)
        self._warning.setAlignment(leading_alignment())

    def open(self) -> None:
        """Fold it out."""
        self.show()
        if not self._asked:
            self._asked = True
            self.caller_ids_wanted.emit()

    def show_caller_ids(self, numbers: "tuple[CallerId, ...]") -> None:
        """Offer these numbers to present; any other can still be typed."""
        typed = self._caller_id.currentText()
        self._caller_id.clear()
        for number in numbers:
            words = f"{number.number} — {number.description}" if number.description else number.number
            self._caller_id.addItem(words, number.number)
        self._caller_id.setCurrentIndex(-1)
        self._caller_id.setEditText(typed)

    @property
    def caller_id(self) -> str:
        """The caller ID for this call, or empty where the account's own is meant."""
        return "".join(self._caller_id.currentText().split())

    @property
    def in_s(self) -> int:
        """Seconds until the call is to be placed; 0 = now."""
        return int(self._when.currentData())

    @property
    def changed(self) -> dict[str, object]:
        """The options in which this call differs from the settings, by their names in `CallOptions`."""
        chosen = CallOptions(
            auto_answer=self._auto_answer.isChecked(),
            show_number=self._show_number.isChecked(),
            record_group=self._record_group.value(),
            screen_own=self._screen_own.isChecked(),
            screen_other=self._screen_other.isChecked(),
            warn_own=self._warn_own.isChecked(),
            warn_other=self._warn_other.isChecked(),
            card=self._card.text().strip(),
            customer=self._customer.value(),
        )
        before = self._defaults._asdict()
        return {name: value for name, value in chosen._asdict().items() if value != before[name]}

    def _caller_id_chosen(self, index: int) -> None:
        self._caller_id.setEditText(self._caller_id.itemData(index))

    @staticmethod
    def _box(name: str, text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setObjectName(name)
        return box


def _when_text(seconds: int) -> str:
    if not seconds:
        return tr("now", "when to call")
    if seconds < _MINUTE_S:
        return fill(tr("in {seconds} seconds"), seconds=seconds)
    if seconds == _MINUTE_S:
        return tr("in a minute")
    return fill(tr("in {minutes} minutes"), minutes=seconds // _MINUTE_S)
