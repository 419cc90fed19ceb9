"""“What works here…”: each mechanism of this desktop, how it is done, and what to do about what does not work."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ringbridge.ui.capability_words import (
    capability_sentence,
    capability_title,
    mechanism_words,
    reason_sentence,
    remedy_command,
    remedy_sentence,
    state_word,
)
from ringbridge.ui.look import Tone, breakable, leading_alignment, plain_label, tone_color
from ringbridge.ui.translation import tr

if TYPE_CHECKING:
    from ringbridge.core.capability import Capability
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)

_WIDE_CHARS = 84
_LINES = 37


class CapabilityPage(QDialog):
    """The list, and below it what is to be said about the row with the focus. It looks at nothing itself.

    Signals:
        refresh_wanted: Look again; answer with `show_capabilities`.
    """

    refresh_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What works here"))
        self._capabilities: tuple[Capability, ...] = ()
        self._build()
        self.show_busy()

    def show_busy(self) -> None:
        """Somebody looks; what was found before stays."""
        self._refresh.setEnabled(False)
        if not self._capabilities:
            self._words.setText(tr("Looking…"))

    def show_capabilities(self, capabilities: "tuple[Capability, ...]") -> None:
        """Show what was found; the row with the focus keeps it."""
        current = self._list.currentItem()
        kept = str(current.data(0, Qt.ItemDataRole.UserRole)) if current is not None else ""  # pyright: ignore[reportUnnecessaryComparison] - None without rows
        self._capabilities = capabilities
        self._list.clear()
        metrics = self._list.fontMetrics()
        for capability in capabilities:
            item = QTreeWidgetItem(
                [capability_title(capability.name), state_word(capability), mechanism_words(capability.mechanism)]
            )
            for section in range(self._list.columnCount()):
                wide = metrics.horizontalAdvance(item.text(section)) + 2 * metrics.height()
                item.setSizeHint(section, QSize(wide, round(1.7 * metrics.height())))
            item.setData(0, Qt.ItemDataRole.UserRole, capability.name)
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, capability_sentence(capability))
            self._list.addTopLevelItem(item)
            if capability.name == kept:
                self._list.setCurrentItem(item)
        self._color_states()
        if not kept and capabilities:
            worst = next((index for index, each in enumerate(capabilities) if not each.usable), 0)
            item = self._list.topLevelItem(worst)
            if item is not None:
                self._list.setCurrentItem(item)
        self._refresh.setEnabled(True)
        self._copy_all.setEnabled(bool(capabilities))
        if not capabilities:
            self._words.setText(tr("This could not be looked at. The log file says why."))
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self._words.text()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Dark or light: the states are to be read on either."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_list"):
            self._color_states()

    def _color_states(self) -> None:
        for index, capability in enumerate(self._capabilities):
            item = self._list.topLevelItem(index)
            if item is not None:
                item.setForeground(1, tone_color(_tone(capability), self.palette()))

    def _build_list(self) -> None:
        self._list = QTreeWidget()
        self._list.setObjectName("capabilities")
        self._list.setAccessibleName(tr("What works here"))
        self._list.setHeaderLabels([tr("What"), tr("State"), tr("How", "by which mechanism")])
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setAllColumnsShowFocus(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self._list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._list.setIndentation(0)
        header.setStretchLastSection(True)
        self._list.currentItemChanged.connect(self._show_words)

    def _build(self) -> None:
        self._build_list()
        self._words = plain_label(wrap=True)
        self._words.setObjectName("words")
        self._words.setAlignment(leading_alignment() | Qt.AlignmentFlag.AlignTop)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._words.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self._command = QLineEdit()
        self._command.setObjectName("command")
        self._command.setReadOnly(True)
        self._command.setAccessibleName(tr("Command that helps"))
        self._copy = QPushButton(tr("Copy command"))
        self._copy.setObjectName("copy_command")
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(self._copy_command)
        row = QHBoxLayout()
        row.addWidget(self._command, 1)
        row.addWidget(self._copy)
        buttons = QDialogButtonBox()
        self._refresh = buttons.addButton(tr("Look again"), QDialogButtonBox.ButtonRole.ActionRole)
        self._refresh.setObjectName("refresh")
        self._copy_all = buttons.addButton(tr("Copy report"), QDialogButtonBox.ButtonRole.ActionRole)
        self._copy_all.setObjectName("copy_report")
        self._copy_all.setEnabled(False)
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setText(tr("Close"))
        close.setIcon(QIcon())  # some styles add one, and only here
        for button in (self._refresh, self._copy_all):
            button.setAutoDefault(False)
        close.setObjectName("close")
        self._refresh.clicked.connect(self._want_refresh)
        self._copy_all.clicked.connect(self._copy_report)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        column.setSpacing(10)
        column.addWidget(self._list, 1)
        column.addWidget(self._words)
        column.addLayout(row)
        column.addWidget(buttons)
        close.setDefault(True)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * _WIDE_CHARS, metrics.lineSpacing() * _LINES)
        self._show_command("")
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_words(self, item: QTreeWidgetItem | None, _before: object = None) -> None:
        name = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else ""
        found = next((capability for capability in self._capabilities if capability.name == name), None)
        if found is None:
            return
        parts = [reason_sentence(found), remedy_sentence(found)]
        text = " ".join(part for part in parts if part) or tr("Nothing is to be done here.")
        self._words.setText(breakable(text))
        self._show_command(remedy_command(found))

    def _show_command(self, command: str) -> None:
        self._command.setText(command)
        self._command.setCursorPosition(0)
        self._copy.setText(tr("Copy command"))
        for widget in (self._command, self._copy):
            widget.setEnabled(bool(command))

    def _want_refresh(self) -> None:
        self.show_busy()
        self.refresh_wanted.emit()

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self._command.text())
        self._copy.setText(tr("Copied"))

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(map(capability_sentence, self._capabilities)))


class Capabilities(QObject):
    """Opens the page, and looks for it off the GUI thread.

    Args:
        look: Looks at everything; called on `lane`.
        lane: Where that waits.
    """

    def __init__(self, *, look: "Callable[[], tuple[Capability, ...]]", lane: "Lane") -> None:
        super().__init__()
        self._look = look
        self._lane = lane
        self._page: CapabilityPage | None = None

    def open(self) -> None:
        """Show the page, or bring it to the front; each time it is opened it looks again."""
        if self._page is None:
            self._page = CapabilityPage()
            self._page.refresh_wanted.connect(self._refresh)
        if not self._page.isVisible():
            self._page.show_busy()
            self._refresh()
        self._page.show()
        self._page.raise_()
        self._page.activateWindow()

    def close(self) -> None:
        """Close the page. Safe to call twice."""
        if self._page is not None:
            self._page.close()

    def _refresh(self) -> None:
        self._lane.submit(self._look, self._show, self._fail)

    def _fail(self, error: Exception) -> None:
        _log.error("what works here could not be looked at", exc_info=error)
        if self._page is not None:
            self._page.show_capabilities(())

    def _show(self, capabilities: "tuple[Capability, ...]") -> None:
        if self._page is not None:
            self._page.show_capabilities(capabilities)


def _tone(capability: "Capability") -> Tone:
    if capability.reason == "not_set_up" or capability.limited:
        return Tone.CAUTION
    return Tone.CALL if capability.usable else Tone.BAD
