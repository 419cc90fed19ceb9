"""The tray icon and its menu: the program's face while nothing else is open.

It comes up before anything else of the program is imported, so this module and what it imports at the top stay light:
Qt, and nothing of Ringbridge but `translation` and `tray_icon`.
"""

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from ringbridge.ui.translation import fill, tr
from ringbridge.ui.tray_icon import TrayState, tray_icon

if TYPE_CHECKING:
    from ringbridge.core.calls import CallRecord
    from ringbridge.ui.choice import Choice

MAX_RECENT = 8
MAX_OFFERED = 5
_MAX_STATUS = 72
_MAX_NAME = 40  # characters; longer names make a menu as wide as the screen
_MIN_TOGGLE_S = 0.4  # a double click's second half must not undo the first


class Tray(QObject):
    """A `QSystemTrayIcon` and its `QMenu`: shows what it is told, says what people want, does nothing itself.

    Entries are changed when the data changes: panels that draw the menu themselves (StatusNotifierItem) show late
    what is filled in while the menu opens.

    Signals:
        activated: The icon was clicked.
        call_number_wanted: “Call number…” was chosen.
        offer_wanted: The number with this index of the offer is to be called.
        offer_shown_wanted: The offer's card is to be shown, to be used by keyboard.
        mute_wanted: The copies of this program are not to be offered any more.
        redial_wanted: The call with this request id is to be made again.
        phone_wanted: The own phone with this index is to ring first from now on.
        pause_toggled: Clipboard watching is to pause (True) or go on; only when a person asked.
        settings_wanted: “Settings…” was chosen.
        quit_wanted: “Quit” was chosen.
        capabilities_wanted: “What works here…” was chosen.
        appearance_changed: The icon or what it says is another; read `icon` and `words`.
    """

    activated = Signal()
    call_number_wanted = Signal()
    offer_wanted = Signal(int)
    offer_shown_wanted = Signal()
    mute_wanted = Signal(str)
    redial_wanted = Signal(str)
    phone_wanted = Signal(int)
    pause_toggled = Signal(bool)
    settings_wanted = Signal()
    quit_wanted = Signal()
    capabilities_wanted = Signal()
    appearance_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[TrayState, QIcon] = {}
        self._state = TrayState.IDLE
        self._status = ""
        self._activity = ""
        self._paused = False
        self._recent: tuple[CallRecord, ...] = ()
        self._recent_actions: dict[str, QAction] = {}
        self._offer_actions: list[QAction] = []
        self._offer_menu: QMenu | None = None
        self._phone_menu: QMenu | None = None
        self._clicked_at = 0.0
        self.menu = QMenu()
        self._build_menu()
        self.icon = self._new_icon()

    def show(self) -> None:
        """Put the icon into the tray."""
        self.icon.show()

    def close(self) -> None:
        """Take the icon out of the tray. Safe to call twice."""
        self.icon.hide()

    def remake(self) -> None:
        """Make the icon anew, after a tray appeared late: an icon made before stays invisible in it."""
        old, self.icon = self.icon, self._new_icon()
        old.hide()
        old.deleteLater()
        self.icon.show()

    @property
    def words(self) -> tuple[str, str]:
        """What the icon says: what the program is doing, and what needs attention or empty."""
        states = {TrayState.CALLING, TrayState.PAUSED}
        state = self._shown_state()
        doing = state if state in states else TrayState.PAUSED if self._paused else TrayState.IDLE
        return self._state_words(doing), self._status

    def set_state(self, state: TrayState) -> None:
        """Show what the program is doing. Paused watching and a status that needs attention show while it is idle."""
        self._state = state
        self._refresh_icon()

    def set_activity(self, sentence: str) -> None:
        """Show that a call is under way and where it stands, or, when empty, that there is none."""
        self._activity = sentence
        self.set_state(TrayState.CALLING if sentence else TrayState.IDLE)

    def set_status(self, sentence: str) -> None:
        """Show a line that needs attention at the head of the menu, or, when empty, none."""
        self._status = sentence
        self._status_action.setText(_label(_shortened(sentence)))
        self._status_action.setVisible(bool(sentence))
        self._status_separator.setVisible(bool(sentence))
        self._refresh_icon()

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - a setter of one flag
        """Show whether clipboard watching is paused; emits nothing."""
        self._paused = paused
        self._pause_action.setChecked(paused)
        self._refresh_icon()

    def set_pause_locked(self, locked: bool) -> None:  # noqa: FBT001 - a setter of one flag
        """Show that the company's policy says whether the clipboard is watched."""
        self._pause_action.setEnabled(not locked)

    def set_phones(self, names: "tuple[str, ...]", first: int, *, locked: bool = False) -> None:
        """Offer the own phones, of which one rings first; with less than two there is nothing to choose.

        Args:
            names: As people know them.
            first: The index of the one that rings first, or -1 for another one.
            locked: It can't be changed.
        """
        if self._phone_menu is not None:
            self.menu.removeAction(self._phone_menu.menuAction())
            self._phone_menu.deleteLater()
            self._phone_menu = None
        if (len(names) < 2 and first != -1) or not names:  # noqa: PLR2004 - a choice
            return
        current = names[first] if first >= 0 else tr("another phone")
        title = _label(fill(tr("Ring first: {phone}", "an own phone: Desk 1001"), phone=current))
        submenu = self._phone_menu = QMenu(title, self.menu)
        submenu.menuAction().setObjectName("phones")
        submenu.setEnabled(not locked)
        for index, name in enumerate(names):
            action = submenu.addAction(_label(name))
            action.setObjectName(f"phone_{index}")
            action.setCheckable(True)
            action.setChecked(index == first)
            action.triggered.connect(partial(self._want_phone, index))
        self.menu.insertMenu(self._pause_action, submenu)

    def set_offer(self, choices: "tuple[Choice, ...]", program: str = "") -> None:
        """Offer the copied numbers at the head of the menu: one as an entry, several in a submenu, none at all.

        Args:
            choices: The numbers.
            program: Where they were copied, to be muted; empty = not known, or not to be changed.
        """
        kept = self._offer_menu.menuAction() if self._offer_menu is not None else None
        for action in self._offer_actions:
            self.menu.removeAction(action)
            if action is not kept:
                action.deleteLater()
        self._offer_actions = []
        if self._offer_menu is not None:
            self._offer_menu.menuAction().setObjectName("")
            for action in self._offer_menu.actions():
                self._offer_menu.removeAction(action)
                action.deleteLater()
        if len(choices) == 1:
            self._offer_actions.append(self._call_action(choices[0], 0, "offer", self.menu))
        elif choices:
            if self._offer_menu is None:  # one for good: on X11 each menu that is made anew leaves 1.6 KB behind
                self._offer_menu = QMenu(tr("Call a copied number"), self.menu)
            submenu = self._offer_menu
            for index, choice in enumerate(choices[:MAX_OFFERED]):
                submenu.addAction(self._call_action(choice, index, f"offer_{index}", submenu))
            submenu.menuAction().setObjectName("offer")
            self._offer_actions.append(submenu.menuAction())
        if choices:
            show = QAction(tr("Show the copied number…"), self.menu)
            if len(choices) > 1:
                show.setText(tr("Show the copied numbers…"))
            show.setObjectName("show_offer")
            show.triggered.connect(self._emit_offer_shown_wanted)
            self._offer_actions.append(show)
        if choices and program:
            name = _one_line(program)
            mute = QAction(_label(fill(tr("Don't offer copies from {program}"), program=name)), self.menu)
            mute.setObjectName("mute_program")
            mute.triggered.connect(partial(self._want_mute, program))
            self._offer_actions.append(mute)
        self.menu.insertActions(self._offer_separator, self._offer_actions)
        self._offer_separator.setVisible(bool(choices))

    def set_recent(self, records: "tuple[CallRecord, ...]") -> None:
        """List the latest calls, newest first; at most `MAX_RECENT` are shown.

        An entry stays with its call: panels show the menu as it was when it was opened, and a click there calls whom
        the entry names, whatever was called meanwhile.
        """
        self._recent = records[:MAX_RECENT]
        for request_id in self._recent_actions.keys() - {record.request_id for record in self._recent}:
            action = self._recent_actions.pop(request_id)
            self.menu.removeAction(action)
            action.setObjectName("")
            action.deleteLater()
        below = self._recent_separator
        for index, record in reversed(tuple(enumerate(self._recent))):
            action = self._recent_actions.get(record.request_id) or self._recent_action(record.request_id)
            action.setObjectName(f"recent_{index}")
            entries = self.menu.actions()
            if action not in entries or entries[entries.index(action) + 1] != below:
                self.menu.insertAction(below, action)
            below = action
        self._refresh_recent()

    def _build_menu(self) -> None:
        menu = self.menu
        self._status_action = self._entry("status", "", None)
        self._status_action.setEnabled(False)
        self._status_separator = menu.addSeparator()
        self._offer_separator = menu.addSeparator()
        self._entry("call_number", tr("Call number…"), self._emit_call_number_wanted)
        # A partial, so that this object lives as long as its menu: PySide6 6.11 crashes where a menu is freed while
        # actions taken out of it wait for their deferred deletion.
        self._redial_action = self._entry("redial", tr("Redial"), partial(self._redial_latest))
        menu.addSeparator()
        self._recent_heading = self._entry("recent_heading", tr("Recent calls: choose one to call again"), None)
        self._recent_heading.setEnabled(False)
        self._recent_separator = menu.addSeparator()
        self._pause_action = self._entry("pause", tr("Pause clipboard watching"), self._pause_triggered)
        self._pause_action.setCheckable(True)
        self._entry("settings", tr("Settings…"), self._emit_settings_wanted)
        self._entry("capabilities", tr("What works here…"), self._emit_capabilities_wanted)
        menu.addSeparator()
        self._entry("quit", tr("Quit"), self._emit_quit_wanted)
        for action in (self._status_action, self._status_separator, self._offer_separator, self._recent_heading):
            action.setVisible(False)
        self._recent_separator.setVisible(False)
        self._redial_action.setEnabled(False)

    def _entry(self, name: str, text: str, triggered: object) -> QAction:
        action = self.menu.addAction(text)
        action.setObjectName(name)
        if triggered is not None:
            action.triggered.connect(triggered)
        return action

    def _call_action(self, choice: "Choice", index: int, name: str, parent: QMenu) -> QAction:
        action = QAction(_label(fill(tr("Call {number}"), number=choice.display)), parent)
        action.setObjectName(name)
        action.triggered.connect(partial(self._want_offer, index))
        return action

    def _recent_action(self, request_id: str) -> QAction:
        action = self._recent_actions[request_id] = QAction(self.menu)
        action.triggered.connect(partial(self._want_redial, request_id))
        return action

    def _new_icon(self) -> QSystemTrayIcon:
        icon = QSystemTrayIcon(self._icon_for(self._shown_state()), self)
        icon.setContextMenu(self.menu)
        icon.setToolTip(_without_markup(self._tool_tip()))
        icon.activated.connect(self._icon_activated)
        return icon

    def _icon_for(self, state: TrayState) -> QIcon:
        if state not in self._icons:
            self._icons[state] = tray_icon(state)
        return self._icons[state]

    def _shown_state(self) -> TrayState:
        if self._state is not TrayState.IDLE:
            return self._state
        if self._status:
            return TrayState.ATTENTION
        return TrayState.PAUSED if self._paused else TrayState.IDLE

    def _tool_tip(self) -> str:
        state = self._shown_state()
        if state is TrayState.ATTENTION and self._status:
            return f"Ringbridge: {self._status}"
        return self._state_words(state)

    def _state_words(self, state: TrayState) -> str:
        if state is TrayState.CALLING and self._activity:
            return f"Ringbridge: {self._activity}"
        return {
            TrayState.IDLE: tr("Ringbridge: copy a phone number to call it"),
            TrayState.CALLING: tr("Ringbridge: placing a call…"),
            TrayState.PAUSED: tr("Ringbridge: clipboard watching is paused"),
            TrayState.ATTENTION: tr("Ringbridge needs your attention"),
        }[state]

    def _refresh_icon(self) -> None:
        self.icon.setIcon(self._icon_for(self._shown_state()))
        self.icon.setToolTip(_without_markup(self._tool_tip()))
        self.appearance_changed.emit()

    def _refresh_recent(self) -> None:
        shown = bool(self._recent)
        self._recent_heading.setVisible(shown)
        self._recent_separator.setVisible(shown)
        self._redial_action.setEnabled(shown)
        if not shown:
            self._redial_action.setText(tr("Redial"))
            return
        from datetime import UTC, datetime  # with `wording`: loaded long after the icon shows

        from ringbridge.ui.moment_words import moment_text
        from ringbridge.ui.progress_words import record_word

        now = datetime.now(UTC)
        for record in self._recent:
            action = self._recent_actions[record.request_id]
            text = fill(
                tr("{who} — {when}, {outcome}", "a call in the menu: Ada — Wed 14:05, requested"),
                who=_who(record),
                when=moment_text(record.requested_at, now),
                outcome=record_word(record),
            )
            if action.text() != _label(text):
                action.setText(_label(text))
        text = _label(fill(tr("Redial {who}"), who=_who(self._recent[0])))
        if self._redial_action.text() != text:
            self._redial_action.setText(text)

    def _redial_latest(self, _checked: object = None) -> None:
        if self._recent:
            self._want_redial(self._recent[0].request_id)

    def _want_redial(self, request_id: str, _checked: object = None) -> None:
        self.redial_wanted.emit(request_id)

    def _want_offer(self, index: int, _checked: object = None) -> None:
        self.offer_wanted.emit(index)

    def _want_mute(self, program: str, _checked: object = None) -> None:
        self.mute_wanted.emit(program)

    def _want_phone(self, index: int, _checked: object = None) -> None:
        self.phone_wanted.emit(index)

    @Slot(bool)
    def _pause_triggered(self, checked: bool) -> None:  # noqa: FBT001 - Qt's signature
        self._paused = checked
        self._refresh_icon()
        self.pause_toggled.emit(checked)

    @Slot(QSystemTrayIcon.ActivationReason)
    def _icon_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        wanted = (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick)
        if reason not in wanted:
            return
        now = time.monotonic()
        if now - self._clicked_at < _MIN_TOGGLE_S:
            return
        self._clicked_at = now
        self.activated.emit()

    @Slot()
    def _emit_call_number_wanted(self) -> None:
        self.call_number_wanted.emit()

    @Slot()
    def _emit_offer_shown_wanted(self) -> None:
        self.offer_shown_wanted.emit()

    @Slot()
    def _emit_settings_wanted(self) -> None:
        self.settings_wanted.emit()

    @Slot()
    def _emit_capabilities_wanted(self) -> None:
        self.capabilities_wanted.emit()

    @Slot()
    def _emit_quit_wanted(self) -> None:
        self.quit_wanted.emit()


def _without_markup(text: str) -> str:
    """Text for a tool tip: Qt takes what looks like HTML for HTML there, and some panels do."""
    return text.replace("<", "‹").replace("&lt;", "‹")


def _shortened(sentence: str) -> str:
    """As much as a menu has room for; the tool tip has it all."""
    return sentence if len(sentence) <= _MAX_STATUS else sentence[: _MAX_STATUS - 1].rstrip() + "…"


def _who(record: "CallRecord") -> str:
    """The other party as people know it: a name or a formatted number, not too long."""
    return _one_line(record.name or record.destination.display or record.destination.dialed)


def _one_line(name: str) -> str:
    name = "".join(character if character.isprintable() else " " for character in name)
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"


def _label(text: str) -> str:
    """Text for a menu: an ampersand would underline the next letter, and an underscore does so in panels' menus.

    Qt 6.11 hands ``_`` to StatusNotifierItem panels unescaped; doubled, it would show twice in Qt's own menus.
    """
    return text.replace("&", "&&").replace("_", " ")
