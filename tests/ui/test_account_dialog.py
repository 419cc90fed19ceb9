from dataclasses import replace
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ringbridge.core.calls import Line
from ringbridge.core.settings import (
    AccountSettings,
    CardSettings,
    ClipboardSettings,
    DialingSettings,
    HotkeySettings,
    Settings,
)
from ringbridge.ui.account_dialog import AccountDialog

URL = "https://pbx.example.com/local/api/json/"
SETTINGS = Settings(
    region="DE",
    account=AccountSettings(
        url=URL, username="ada", line="1234567", line_kind="number", caller_id="5551234", wait_s=9
    ),
    dialing=DialingSettings(outside_prefix="0"),
    clipboard=ClipboardSettings(watch=False),
)
LINES = (Line(name="1234567", display="Ada", description="Front desk"), Line(name="1234568"))

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def dialog(qtbot: QtBot) -> AccountDialog:
    dialog = AccountDialog(SETTINGS)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def part(dialog: AccountDialog, kind: type[W], name: str) -> W:
    found = dialog.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def type_into(dialog: AccountDialog, name: str, text: str) -> None:
    edit = part(dialog, QLineEdit, name)
    edit.clear()
    QTest.keyClicks(edit, text)


def click(dialog: AccountDialog, name: str) -> None:
    QTest.mouseClick(part(dialog, QPushButton, name), Qt.MouseButton.LeftButton)


def error(dialog: AccountDialog, name: str) -> str:
    label = part(dialog, QLabel, f"{name}:error")
    return label.text() if label.isVisible() else ""


def saved(dialog: AccountDialog, qtbot: QtBot) -> tuple[Settings, str]:
    with qtbot.waitSignal(dialog.save_wanted) as wanted:
        click(dialog, "save")
    arguments: list[Any] = list(wanted.args or [])
    return arguments[0], arguments[1]


def test_saving_untouched_changes_nothing(dialog: AccountDialog, qtbot: QtBot) -> None:
    assert saved(dialog, qtbot) == (SETTINGS, "")
    assert dialog.isVisible()  # until the settings are on the disk


def test_every_field_is_saved(dialog: AccountDialog, qtbot: QtBot) -> None:
    type_into(dialog, "account.url", "https://other.example.com/api")
    type_into(dialog, "account.username", "bob")
    type_into(dialog, "password", "s3cret & <b>")
    part(dialog, QComboBox, "account.line").setEditText(" 12 34 ")
    part(dialog, QComboBox, "account.line_kind").setCurrentIndex(0)
    type_into(dialog, "account.caller_id", "")
    region = part(dialog, QComboBox, "region")
    region.setCurrentIndex(region.findData("IL"))
    part(dialog, QCheckBox, "clipboard.watch").setChecked(True)
    show_as = part(dialog, QComboBox, "card.show_as")
    show_as.setCurrentIndex(show_as.findData("notification"))
    settings, password = saved(dialog, qtbot)
    assert password == "s3cret & <b>"
    assert settings == Settings(
        region="IL",
        account=AccountSettings(
            url="https://other.example.com/api/", username="bob", line="1234", line_kind="phone", wait_s=9
        ),
        dialing=SETTINGS.dialing,
        clipboard=ClipboardSettings(watch=True),
        card=CardSettings(show_as="notification"),
    )


def test_it_leads_to_what_works_here(dialog: AccountDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.capabilities_wanted):
        click(dialog, "capabilities")


def test_a_wrong_value_is_explained_beside_its_field(dialog: AccountDialog, qtbot: QtBot) -> None:
    type_into(dialog, "account.caller_id", "Ada")
    type_into(dialog, "account.url", "pbx.example.com")
    with qtbot.assertNotEmitted(dialog.save_wanted):
        click(dialog, "save")
    assert error(dialog, "account.caller_id") == "Caller ID: use only digits, *, # and +."
    assert "https://" in error(dialog, "account.url")
    assert error(dialog, "account.username") == ""
    assert part(dialog, QLineEdit, "account.url").hasFocus()
    assert part(dialog, QLineEdit, "account.url").accessibleDescription() == error(dialog, "account.url")
    type_into(dialog, "account.caller_id", "")
    type_into(dialog, "account.url", URL)
    saved(dialog, qtbot)
    assert error(dialog, "account.url") == ""


def test_an_unencrypted_server_is_refused(dialog: AccountDialog, qtbot: QtBot) -> None:
    type_into(dialog, "account.url", "http://pbx.example.com/")
    with qtbot.assertNotEmitted(dialog.save_wanted), qtbot.assertNotEmitted(dialog.test_wanted):
        click(dialog, "save")
        click(dialog, "test")
    assert "use https://" in error(dialog, "account.url")
    type_into(dialog, "account.url", "http://localhost:8080/")
    assert saved(dialog, qtbot)[0].account.url == "http://localhost:8080/"


def test_a_login_is_tested_as_it_is_typed(dialog: AccountDialog, qtbot: QtBot) -> None:
    type_into(dialog, "account.username", "bob")
    type_into(dialog, "password", "s3cret")
    with qtbot.waitSignal(dialog.test_wanted) as wanted:
        click(dialog, "test")
    arguments: list[Any] = list(wanted.args or [])
    assert arguments[0].username == "bob"
    assert arguments[0].url == URL
    assert arguments[1] == "s3cret"
    result = part(dialog, QLabel, "test_result")
    assert result.text() == "Asking the PBX…"
    dialog.show_test_result("The login <b>works</b>.", True)
    assert result.text() == "The login <b>works</b>."
    assert result.textFormat() is Qt.TextFormat.PlainText


def test_there_is_nothing_to_test_without_server_and_name(qtbot: QtBot) -> None:
    dialog = AccountDialog(Settings())
    qtbot.addWidget(dialog)
    dialog.open()
    with qtbot.assertNotEmitted(dialog.test_wanted):
        click(dialog, "test")
    assert error(dialog, "account.url") == "Server address: fill this in first."
    assert error(dialog, "account.username") == "User name: fill this in first."
    assert dialog.focusWidget() is part(dialog, QLineEdit, "account.url")


def test_what_is_pasted_with_a_line_break_is_taken(dialog: AccountDialog, qtbot: QtBot) -> None:
    part(dialog, QLineEdit, "account.url").setText(f" {URL}\r\n")
    part(dialog, QLineEdit, "account.username").setText("ada\n")
    part(dialog, QLineEdit, "password").setText(" s3cret \n")
    assert saved(dialog, qtbot) == (SETTINGS, " s3cret ")


def test_lines_are_offered_and_chosen_by_name(dialog: AccountDialog, qtbot: QtBot) -> None:
    dialog.show_lines(LINES)
    box = part(dialog, QComboBox, "account.line")
    assert box.currentText() == "1234567"
    assert [box.itemText(index) for index in range(box.count())] == ["1234567 — Ada — Front desk", "1234568"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "1234567"
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "1234568"
    settings, _ = saved(dialog, qtbot)
    assert settings.account.line == "1234568"
    assert settings.account.line_kind == "phone"


def test_the_only_line_is_taken_where_none_was_typed(qtbot: QtBot) -> None:
    dialog = AccountDialog(Settings())
    qtbot.addWidget(dialog)
    dialog.show_lines(LINES)
    assert part(dialog, QComboBox, "account.line").currentText() == ""
    dialog.show_lines(LINES[:1])
    assert part(dialog, QComboBox, "account.line").currentText() == "1234567"


def test_an_error_without_a_field_stands_at_the_foot(dialog: AccountDialog) -> None:
    dialog.show_error("", "The file can't be used.")
    assert part(dialog, QLabel, "error").text() == "The file can't be used."
    assert part(dialog, QLabel, "error").isVisible()
    dialog.show_error("password", "Your password is missing.")
    assert error(dialog, "password") == "Your password is missing."
    assert part(dialog, QLineEdit, "password").hasFocus()


def test_nothing_can_be_pressed_twice_while_an_answer_is_awaited(dialog: AccountDialog, qtbot: QtBot) -> None:
    part(dialog, QLineEdit, "account.username").setFocus()
    dialog.set_busy(True)
    with qtbot.assertNotEmitted(dialog.save_wanted), qtbot.assertNotEmitted(dialog.test_wanted):
        click(dialog, "save")
        click(dialog, "test")
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    dialog.set_busy(False)
    assert part(dialog, QLineEdit, "account.username").hasFocus()
    saved(dialog, qtbot)
    dialog.set_busy(True)
    with qtbot.waitSignal(dialog.rejected):
        click(dialog, "cancel")


@pytest.mark.parametrize(
    ("saved_password", "settings", "placeholder"),
    [
        (True, SETTINGS, "Saved. Leave empty to keep it."),
        (False, SETTINGS, ""),
        (None, SETTINGS, "Leave empty to keep it as it is"),
        (None, Settings(), ""),
    ],
)
def test_the_empty_password_says_what_it_means(
    qtbot: QtBot, saved_password: bool | None, settings: Settings, placeholder: str
) -> None:
    dialog = AccountDialog(settings, password_saved=saved_password)
    qtbot.addWidget(dialog)
    assert part(dialog, QLineEdit, "password").placeholderText() == placeholder


def test_the_password_is_never_readable(dialog: AccountDialog) -> None:
    type_into(dialog, "password", "s3cret")
    edit = part(dialog, QLineEdit, "password")
    assert edit.echoMode() is QLineEdit.EchoMode.Password
    edit.selectAll()
    edit.copy()
    assert "s3cret" not in QApplication.clipboard().text()
    assert "s3cret" not in edit.displayText()


def test_countries_are_listed_by_name(dialog: AccountDialog) -> None:
    region = part(dialog, QComboBox, "region")
    names = [region.itemText(index) for index in range(region.count())]
    assert names[0] == "As this computer is set up"
    assert region.currentText() == "Germany (DE)"
    assert {"United States (US)", "Israel (IL)", "United Kingdom (GB)"} <= set(names)
    assert names[1:] == sorted(names[1:])
    assert 200 < len(names) < 280


def test_a_country_qt_does_not_know_is_kept(qtbot: QtBot) -> None:
    dialog = AccountDialog(Settings(region="XK"))
    qtbot.addWidget(dialog)
    dialog.open()
    assert saved(dialog, qtbot)[0].region == "XK"


def test_every_field_has_a_name_for_screen_readers(dialog: AccountDialog) -> None:
    editors = [
        *dialog.findChildren(QLineEdit),
        *dialog.findChildren(QComboBox),
        *dialog.findChildren(QCheckBox),
    ]
    inner = "qt_spinbox_lineedit"
    assert [
        e.objectName() for e in editors if e.objectName() and e.objectName() != inner and not e.accessibleName()
    ] == []


def test_the_dialog_fits_a_small_screen_and_scrolls(qtbot: QtBot) -> None:
    dialog = AccountDialog(SETTINGS)
    qtbot.addWidget(dialog)
    font = dialog.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    dialog.setFont(font)
    dialog.open()
    room = dialog.screen().availableGeometry()
    assert dialog.height() <= room.height()
    assert dialog.width() <= room.width()
    dialog.show_error("account.url", "Look here.")
    url = part(dialog, QLineEdit, "account.url")
    assert dialog.rect().contains(url.mapTo(dialog, url.rect().center()))


def test_what_is_typed_right_after_opening_goes_into_the_first_field(dialog: AccountDialog, qtbot: QtBot) -> None:
    url = part(dialog, QLineEdit, "account.url")
    qtbot.waitUntil(lambda: dialog.focusWidget() is url)


def test_the_page_is_no_stop_between_the_fields(dialog: AccountDialog) -> None:
    stop = part(dialog, QPushButton, "cancel").nextInFocusChain()
    while stop is not None and not stop.focusPolicy() & Qt.FocusPolicy.TabFocus:
        stop = stop.nextInFocusChain()
    assert stop is part(dialog, QLineEdit, "account.url")


def test_what_the_company_sets_is_shown_and_can_not_be_changed(qtbot: QtBot) -> None:
    dialog = AccountDialog(SETTINGS, locked=frozenset({"account.url", "region", "guards.premium"}))
    qtbot.addWidget(dialog)
    dialog.open()
    url = part(dialog, QLineEdit, "account.url")
    assert (url.isEnabled(), url.text()) == (False, URL)
    assert part(dialog, QLabel, "account.url:locked").text() == "Set by your company."
    assert url.accessibleDescription() == "Set by your company."
    assert not part(dialog, QComboBox, "region").isEnabled()
    assert part(dialog, QLineEdit, "account.username").isEnabled()
    type_into(dialog, "account.username", "bob")
    settings, _ = saved(dialog, qtbot)
    assert (settings.account.url, settings.account.username, settings.region) == (URL, "bob", "DE")


def test_switches_of_the_desktop_wait_until_they_are_known_and_tell_what_was_changed(dialog: AccountDialog) -> None:
    autostart, links = (part(dialog, QCheckBox, name) for name in ("autostart", "links"))
    assert not autostart.isEnabled()
    assert dialog.changed_switches() == {}
    dialog.show_switch("autostart", True)
    dialog.show_switch("links", False, "At present Softphone opens them.")
    assert (autostart.isChecked(), links.isChecked()) == (True, False)
    assert error(dialog, "links") == "At present Softphone opens them."
    autostart.click()
    assert dialog.changed_switches() == {"autostart": False}
    autostart.click()
    links.click()
    assert dialog.changed_switches() == {"links": True}


def test_a_switch_that_nobody_knows_is_turned_only_by_a_person(dialog: AccountDialog) -> None:
    box = part(dialog, QCheckBox, "autostart")
    dialog.show_switch("autostart", None)
    assert box.checkState() is Qt.CheckState.PartiallyChecked
    assert dialog.changed_switches() == {}
    box.click()
    assert dialog.changed_switches() == {"autostart": True}
    dialog.show_switch("autostart", None, "Not here.", usable=False)
    assert not box.isEnabled()


def test_the_colours_are_chosen(dialog: AccountDialog, qtbot: QtBot) -> None:
    box = part(dialog, QComboBox, "look.theme")
    assert box.currentData() == "system"
    box.setCurrentIndex(box.findData("dark"))
    assert saved(dialog, qtbot)[0].look.theme == "dark"


def test_the_keys_are_chosen_and_may_be_changed_with_each_other(qtbot: QtBot) -> None:
    keys = HotkeySettings(dial_selection="Ctrl+Alt+C", redial="Ctrl+Alt+R")
    dialog = AccountDialog(replace(SETTINGS, hotkeys=keys))
    qtbot.addWidget(dialog)
    dialog.open()
    type_into(dialog, "hotkeys.dial_selection", "ctrl+alt+r")
    type_into(dialog, "hotkeys.redial", "Ctrl+Alt+C")
    type_into(dialog, "hotkeys.hang_up", "shift+f9")
    assert saved(dialog, qtbot)[0].hotkeys == HotkeySettings(
        dial_selection="Ctrl+Alt+R", redial="Ctrl+Alt+C", hang_up="Shift+F9"
    )


@pytest.mark.parametrize(
    ("typed", "said"), [("Ctrl", "such as Ctrl+Alt+C"), ("C", "such as Ctrl+Alt+C"), ("Ctrl+Alt+C", "already")]
)
def test_keys_that_can_not_be_are_explained(qtbot: QtBot, typed: str, said: str) -> None:
    dialog = AccountDialog(replace(SETTINGS, hotkeys=HotkeySettings(dial_selection="Ctrl+Alt+C")))
    qtbot.addWidget(dialog)
    dialog.open()
    type_into(dialog, "hotkeys.redial", typed)
    with qtbot.assertNotEmitted(dialog.save_wanted):
        click(dialog, "save")
    assert said in error(dialog, "hotkeys.redial")


def test_a_key_that_the_company_chose_stays(qtbot: QtBot) -> None:
    keys = HotkeySettings(dial_selection="Ctrl+Alt+C")
    dialog = AccountDialog(replace(SETTINGS, hotkeys=keys), locked=frozenset({"hotkeys.dial_selection"}))
    qtbot.addWidget(dialog)
    dialog.open()
    assert part(dialog, QLineEdit, "hotkeys.dial_selection").text() == "Ctrl+Alt+C"
    assert not part(dialog, QLineEdit, "hotkeys.dial_selection").isEnabled()
    assert saved(dialog, qtbot)[0].hotkeys == keys


def test_without_a_desktop_to_ask_there_are_no_switches(qtbot: QtBot) -> None:
    dialog = AccountDialog(SETTINGS, switches=False)
    qtbot.addWidget(dialog)
    assert dialog.findChild(QCheckBox, "autostart") is None
    assert dialog.changed_switches() == {}
