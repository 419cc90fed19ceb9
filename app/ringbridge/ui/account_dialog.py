"""“Settings…”: the account at the PBX, the own phone, the country, and whether copied numbers are offered."""

from collections.abc import Callable

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ringbridge.core.calls import Line
from ringbridge.core.errors import SettingError
from ringbridge.core.settings import Settings, plain_http_allowed, with_value
from ringbridge.ui.look import (
    Label,
    Tone,
    breakable,
    country_name,
    heading,
    muted_color,
    plain_label,
)
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import setting_name, setting_sentence

_WIDE_CHARS = 46
_CHECKED = {False: Qt.CheckState.Unchecked, True: Qt.CheckState.Checked}


class AccountDialog(QDialog):
    """Made when it is opened, thrown away when it is closed.

    Args:
        settings: What stands in it at first; fields it does not show are kept.
        password_saved: Whether a password is saved; None when that is not known.
        locked: Settings that the company's policy locks: they are shown, and can't be changed.
        switches: It has the switches that the desktop keeps; tell how they stand with `show_switch`.

    Signals:
        test_wanted: `AccountSettings` and the typed password (empty = the saved one); answer with
            `show_test_result`, and `show_lines` where there are any.
        save_wanted: `Settings` and the typed password (empty = unchanged); answer with `accept` or `show_error`.
        capabilities_wanted: Somebody wants to know what works on this computer.
    """

    test_wanted = Signal(object, str)
    save_wanted = Signal(object, str)
    capabilities_wanted = Signal()

    def __init__(
        self,
        settings: Settings,
        parent: QWidget | None = None,
        *,
        password_saved: bool | None = None,
        locked: frozenset[str] = frozenset[str](),
        switches: bool = True,
    ) -> None:
        super().__init__(parent)
        self._has_switches = switches
        self.setWindowTitle(tr("Settings"))
        self._settings = settings
        self._readers: dict[str, Callable[[], object]] = {}
        self._editors: dict[str, QWidget] = {}
        self._error_labels: dict[str, Label] = {}
        self._cells: dict[str, QVBoxLayout] = {}
        self._switches: dict[str, QCheckBox] = {}
        self._shown_switches: dict[str, Qt.CheckState] = {}
        self._build()
        self._fill(settings)
        self.set_password_saved(password_saved)
        for key in locked & self._editors.keys():
            self._lock(key)

    # ------------------------------------------------------------ what it is told

    def set_password_saved(self, saved: bool | None) -> None:  # noqa: FBT001 - a setter of one flag
        """Say beside the empty password field that one is saved; None = not known."""
        if saved is None:
            known = bool(self._settings.account.username)
            self._password.setPlaceholderText(tr("Leave empty to keep it as it is") if known else "")
        else:
            self._password.setPlaceholderText(tr("Saved. Leave empty to keep it.") if saved else "")

    def lock_account(self, sentence: str) -> None:
        """Show the account without letting it be changed, and say why."""
        for key, editor in self._editors.items():
            if key.startswith("account.") or key == "password":
                editor.setEnabled(False)
        self._test_button.setEnabled(False)
        self._say(self._result, sentence, None)

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Offer these lines of the user's; what stands in the field stays, or becomes the only line there is."""
        typed = self._line.currentText()
        self._line.clear()
        for line in lines:
            words = [line.name, line.display, line.description]
            self._line.addItem(" — ".join(dict.fromkeys(word for word in words if word)), line.name)
        self._line.setCurrentIndex(-1)
        self._line.setEditText(lines[0].name if len(lines) == 1 and not typed.strip() else typed)

    def show_test_result(self, text: str, ok: bool) -> None:  # noqa: FBT001 - reads well at the call
        """Say what testing the login came to."""
        self._say(self._result, text, Tone.CALL if ok else Tone.BAD)

    def show_error(self, field_key: str, sentence: str) -> None:
        """Show a sentence beside a field and put the focus there.

        Args:
            field_key: A dotted setting or ``password``; anything else: at the foot of the dialog.
            sentence: What to do.
        """
        self._say(self._error_labels.get(field_key, self._foot), sentence, Tone.BAD)
        editor = self._editors.get(field_key)
        if editor is not None:
            editor.setAccessibleDescription(sentence)
            editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self._area.ensureWidgetVisible(self._error_labels[field_key])
            self._area.ensureWidgetVisible(editor)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a setter of one flag
        """While an answer is awaited nothing can be changed; Cancel still works."""
        if busy:
            self._focused = self.focusWidget()
        self._form.setEnabled(not busy)
        self._save_button.setEnabled(not busy)
        if not busy and self._focused is not None:
            self._focused.setFocus(Qt.FocusReason.OtherFocusReason)
            self._focused = None

    # ------------------------------------------------------------ building

    def show_switch(self, name: str, on: bool | None, sentence: str = "", *, usable: bool = True) -> None:  # noqa: FBT001 - reads well at the call
        """Show how a switch of the desktop stands.

        Args:
            name: ``autostart`` or ``links``.
            on: None where nobody knows.
            sentence: What there is to say about it, or empty.
            usable: It can be changed.
        """
        box = self._switches[name]
        box.setTristate(on is None)
        box.setCheckState(Qt.CheckState.PartiallyChecked if on is None else _CHECKED[on])
        box.setEnabled(usable)
        self._shown_switches[name] = box.checkState()
        if sentence:
            self._say(self._error_labels[name], sentence, None)

    def changed_switches(self) -> dict[str, bool]:
        """The switches that a person changed, and to what."""
        return {
            name: self._switches[name].checkState() is Qt.CheckState.Checked
            for name, shown in self._shown_switches.items()
            if self._switches[name].checkState() not in {shown, Qt.CheckState.PartiallyChecked}
        }

    def _build(self) -> None:
        self._focused: QWidget | None = None
        self._form = QWidget()
        self._rows = QFormLayout(self._form)
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._rows.setHorizontalSpacing(14)
        self._rows.setVerticalSpacing(9)
        self._build_account()
        self._build_phone()
        self._build_calls()
        self._build_computer()
        self._build_keys()
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        # it would be first in the tab order, and what is typed right after opening would go nowhere
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._form)
        self._foot = plain_label(wrap=True)
        self._foot.setObjectName("error")
        self._foot.setVisible(False)
        buttons = QDialogButtonBox()
        works = buttons.addButton(tr("What works here…"), QDialogButtonBox.ButtonRole.ResetRole)
        works.setObjectName("capabilities")
        works.setAutoDefault(False)
        works.clicked.connect(self.capabilities_wanted)
        self._save_button = buttons.addButton(tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._save_button.setObjectName("save")
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setText(tr("Cancel"))
        cancel.setIcon(QIcon())  # some styles add one, and only here
        cancel.setObjectName("cancel")
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._area, 1)
        column.addWidget(self._foot)
        column.addWidget(buttons)
        self._save_button.setDefault(True)  # only within the dialog; else Enter goes to the first button
        hint = self._form.sizeHint()
        width = max(hint.width(), self.fontMetrics().averageCharWidth() * _WIDE_CHARS * 2)
        self.resize(self._fitting(width + 50, hint.height() + 150))

    def _build_account(self) -> None:
        self._rows.addRow(heading(tr("Your PBX")))
        self._url = self._text_field("account.url", "https://pbx.example.com/local/api/json/")
        self._username = self._text_field("account.username", "")
        self._password = QLineEdit()
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._add("password", tr("Password"), self._password, None)
        self._test_button = QPushButton(tr("Test login"))
        self._test_button.setObjectName("test")
        self._test_button.setAutoDefault(False)
        self._test_button.clicked.connect(self._test)
        self._result = plain_label(wrap=True)
        self._result.setObjectName("test_result")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._test_button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._result, 1)
        self._rows.addRow("", row)

    def _build_phone(self) -> None:
        self._rows.addRow(heading(tr("Your phone, which rings first")))
        self._line = QComboBox()
        self._line.setEditable(True)
        self._line.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        edit = self._line.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(tr("Type it, or test the login and choose"))
        self._line.setCompleter(None)  # type: ignore[arg-type]  # Qt takes a null pointer; the stub does not say so
        self._line.activated.connect(self._line_chosen)
        self._add("account.line", setting_name("account.line"), self._line, self._line.currentText)
        self._kind = QComboBox()
        self._kind.addItem(tr("A line of the PBX"), "phone")
        self._kind.addItem(tr("Another number, such as a mobile"), "number")
        self._add("account.line_kind", setting_name("account.line_kind"), self._kind, self._kind.currentData)
        self._caller_id = self._text_field("account.caller_id", tr("As the PBX sets it"))

    def _build_calls(self) -> None:
        self._auto_answer = QCheckBox(tr("My phone answers by itself: calls go out without my lifting the handset"))
        self._add("options.auto_answer", "", self._auto_answer, self._auto_answer.isChecked)
        self._show_number = QCheckBox(tr("My phone shows the number I call"))
        self._add("options.show_number", "", self._show_number, self._show_number.isChecked)

    def _build_computer(self) -> None:
        self._rows.addRow(heading(tr("On this computer")))
        self._region = QComboBox()
        self._region.addItem(tr("As this computer is set up"), "")
        for name, code in _countries():
            self._region.addItem(fill(tr("{country} ({code})"), country=name, code=code), code)
        self._region.setToolTip(tr("Numbers without a country code are read as numbers of this country."))
        self._add("region", setting_name("region"), self._region, self._region.currentData)
        self._watch = QCheckBox(tr("Offer to call phone numbers that I copy"))
        self._add("clipboard.watch", "", self._watch, self._watch.isChecked)
        self._show_as = QComboBox()
        self._show_as.addItem(tr("What suits this desktop"), "automatic")
        self._show_as.addItem(tr("A card in a corner"), "card")
        self._show_as.addItem(tr("The desktop's notifications"), "notification")
        self._add("card.show_as", setting_name("card.show_as"), self._show_as, self._show_as.currentData)
        self._theme = QComboBox()
        for text, theme in ((tr("As the desktop"), "system"), (tr("Light"), "light"), (tr("Dark"), "dark")):
            self._theme.addItem(text, theme)
        self._add("look.theme", setting_name("look.theme"), self._theme, self._theme.currentData)
        if self._has_switches:
            self._add_switch("autostart", tr("Start Ringbridge when I log in"))
            self._add_switch("links", tr("Open phone links of other programs"))

    def _build_keys(self) -> None:
        self._rows.addRow(heading(tr("Keys that work in every program")))
        for key, value in self._settings.hotkeys._asdict().items():
            self._text_field(f"hotkeys.{key}", tr("None; such as Ctrl+Alt+C")).setText(value)

    def _add_switch(self, name: str, text: str) -> None:
        """What the desktop knows, and the settings file does not: shown once that is looked up."""
        box = self._switches[name] = QCheckBox(text)
        box.setEnabled(False)
        self._add(name, "", box, None)

    def _text_field(self, key: str, placeholder: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setPlaceholderText(placeholder)
        self._add(key, setting_name(key), edit, lambda: edit.text().strip())  # a paste may end with a line break
        return edit

    def _add(self, key: str, title: str, editor: QWidget, read: Callable[[], object] | None) -> None:
        """One row: a title, the editor, and below it room for a sentence."""
        editor.setObjectName(key)
        self._editors[key] = editor
        if read is not None:
            self._readers[key] = read
        error = plain_label(wrap=True)
        error.setObjectName(f"{key}:error")
        error.setVisible(False)
        self._error_labels[key] = error
        cell = QVBoxLayout()
        cell.setSpacing(3)
        cell.addWidget(editor)
        cell.addWidget(error)
        self._cells[key] = cell
        label = plain_label()
        label.setText(title)
        label.setBuddy(editor)
        editor.setAccessibleName(editor.text() if isinstance(editor, QCheckBox) else title)
        self._rows.addRow(label, cell)

    def _lock(self, key: str) -> None:
        sentence = tr("Set by your company.")
        editor = self._editors[key]
        editor.setEnabled(False)
        editor.setAccessibleDescription(sentence)
        self._readers.pop(key, None)
        note = plain_label()
        note.setObjectName(f"{key}:locked")
        note.setText(sentence)
        note.set_ink(muted_color)
        cell = self._cells[key]
        cell.insertWidget(cell.indexOf(editor) + 1, note)

    def _fill(self, settings: Settings) -> None:
        account = settings.account
        self._url.setText(account.url)
        self._username.setText(account.username)
        self._line.setEditText(account.line)
        self._kind.setCurrentIndex(max(self._kind.findData(account.line_kind), 0))
        self._caller_id.setText(account.caller_id)
        self._auto_answer.setChecked(settings.options.auto_answer)
        self._show_number.setChecked(settings.options.show_number)
        if self._region.findData(settings.region) < 0:
            self._region.addItem(settings.region, settings.region)
        self._region.setCurrentIndex(self._region.findData(settings.region))
        self._watch.setChecked(settings.clipboard.watch)
        self._show_as.setCurrentIndex(max(self._show_as.findData(settings.card.show_as), 0))
        self._theme.setCurrentIndex(max(self._theme.findData(settings.look.theme), 0))

    def _fitting(self, width: int, height: int) -> QSize:
        room = self.screen().availableGeometry()
        return QSize(min(width, room.width() - 80), min(height, room.height() - 80))

    # ------------------------------------------------------------ what people do

    def _line_chosen(self, index: int) -> None:
        self._line.setEditText(self._line.itemData(index))
        self._kind.setCurrentIndex(self._kind.findData("phone"))

    def _collect(self) -> Settings | None:
        """The settings as they stand in the fields, or None with a sentence beside every field that is wrong."""
        self._forget_messages()
        settings, problems = self._settings, list[SettingError]()
        for key in self._readers:
            if key.startswith("hotkeys."):  # two actions may change their keys with each other
                settings = with_value(settings, key, "")
        for key, read in self._readers.items():
            try:
                settings = with_value(settings, key, read())
            except SettingError as error:
                problems.append(error)
        if not plain_http_allowed(settings.account):
            problems.append(SettingError("account.url", "plain_http"))
        for problem in reversed(problems):  # the first field gets the focus
            self.show_error(problem.key, setting_sentence(problem))
        return None if problems else settings

    def _test(self, _checked: object = None) -> None:
        settings = self._collect()
        if settings is None:
            return
        for key, value in (("account.username", settings.account.username), ("account.url", settings.account.url)):
            if not value:
                self.show_error(key, fill(tr("{name}: fill this in first."), name=setting_name(key)))
                settings = None
        if settings is not None:
            self._say(self._result, tr("Asking the PBX…"), None)
            self.test_wanted.emit(settings.account, self._typed_password())

    def _save(self) -> None:
        settings = self._collect()
        if settings is not None:
            self.save_wanted.emit(settings, self._typed_password())

    def _typed_password(self) -> str:
        return self._password.text().strip("\r\n")

    def _forget_messages(self) -> None:
        for key, label in (("", self._result), ("", self._foot), *self._error_labels.items()):
            if key in self._switches:
                continue  # what is said there is no error
            label.clear()
            label.setVisible(label is self._result)
        for editor in self._editors.values():
            editor.setAccessibleDescription("")

    def _say(self, label: Label, text: str, tone: Tone | None) -> None:
        label.set_tone(tone)
        label.setText(breakable(text))
        label.setVisible(True)


def _countries() -> list[tuple[str, str]]:
    """All countries Qt names, with their two letters, in the order of their names."""
    codes = {QLocale.territoryToCode(territory) for territory in QLocale.Country}
    named = [(country_name(code), code) for code in codes if len(code) == 2 and code.isalpha()]  # noqa: PLR2004
    return sorted(pair for pair in named if pair[0])
