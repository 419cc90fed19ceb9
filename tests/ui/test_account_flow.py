"""Settings… from the dialog to the file, the keyring and the PBX."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from ringbridge.core.errors import KeyringMissing
from ringbridge.core.settings import with_value
from ringbridge.services.credentials import Credentials
from ringbridge.services.settings_file import SettingsFile
from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN
from ringbridge.ui.account_dialog import AccountDialog
from ringbridge.ui.account_flow import AccountFlow

from .conftest import Parts


class Store(KeyringBackend):
    """A keyring that holds its items in this process."""

    priority = 1  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride] - a class property there

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.items[service, username]


class Desk:
    """A settings dialog around a real file and the training PBX."""

    def __init__(self, parts: Parts, folder: Path) -> None:
        self.parts = parts
        self.store: Store | None = Store()
        self.path = folder / "settings.toml"
        file = SettingsFile(self.path)
        file.save(parts.session.settings)
        self.credentials = Credentials(backend=self._backend)
        self.flow = AccountFlow(
            session=parts.session, settings_file=file, credentials=self.credentials, lane=parts.work_lane
        )
        self.notices: list[str] = []
        self.flow.notice.connect(self.notices.append)
        self.flow.saved.connect(lambda settings: parts.session.use(settings, "US"))
        self.file = file
        self.flow.open()

    def _backend(self) -> KeyringBackend:
        if self.store is None:
            raise KeyringMissing("none here")
        return self.store

    @property
    def dialog(self) -> AccountDialog | None:
        return self.flow._dialog

    def type_into(self, name: str, text: str) -> None:
        assert self.dialog is not None
        self.dialog.findChild(QLineEdit, name).setText(text)  # type: ignore[union-attr]

    def test_login(self, qtbot: QtBot) -> str:
        dialog = self.dialog
        assert dialog is not None
        dialog.findChild(QPushButton, "test").click()  # type: ignore[union-attr]
        result = dialog.findChild(QLabel, "test_result")
        assert result is not None
        qtbot.waitUntil(lambda: not result.text().startswith("Asking"))
        return result.text()

    def save(self, qtbot: QtBot) -> None:
        assert self.dialog is not None
        self.dialog.findChild(QPushButton, "save").click()  # type: ignore[union-attr]
        qtbot.waitUntil(lambda: self.dialog is None)

    @property
    def password(self) -> str:
        assert self.store is not None
        (password,) = self.store.items.values()
        return password


@pytest.fixture
def desk(parts: Parts, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(parts, tmp_path)
    yield desk
    desk.flow.close()
    QApplication.processEvents()


def test_what_is_entered_reaches_file_keyring_and_program(qtbot: QtBot, desk: Desk) -> None:
    desk.type_into("account.caller_id", "2125550100")
    desk.type_into("password", "secret")
    desk.save(qtbot)
    assert SettingsFile(desk.path).load().settings.account.caller_id == "2125550100"
    assert desk.parts.session.settings.account.caller_id == "2125550100"
    assert desk.password == "secret"
    assert "secret" not in desk.path.read_text()
    assert desk.notices == [""]


def test_without_a_password_the_keyring_is_left_alone(qtbot: QtBot, desk: Desk) -> None:
    desk.type_into("account.caller_id", "2125550100")
    desk.save(qtbot)
    assert desk.store is not None
    assert desk.store.items == {}


def test_without_a_keyring_the_password_is_kept_and_the_tray_says_so(qtbot: QtBot, desk: Desk) -> None:
    desk.store = None
    desk.type_into("password", "secret")
    desk.save(qtbot)
    assert desk.credentials.in_memory
    assert desk.credentials.read(desk.parts.session.settings.account) == "secret"
    assert "until you quit" in desk.notices[0]


def test_what_others_change_meanwhile_is_not_taken_back(qtbot: QtBot, desk: Desk) -> None:
    """The command line, and Pause in the tray, while the dialog stands open."""
    changed = desk.file.change("calls.repeat_guard_s", "30")
    desk.parts.session.use(with_value(changed, "clipboard.watch", "no"), "US")
    desk.file.change("clipboard.watch", "no")
    desk.type_into("account.caller_id", "2125550100")
    desk.save(qtbot)
    settings = SettingsFile(desk.path).load().settings
    assert settings.calls.repeat_guard_s == 30
    assert not settings.clipboard.watch
    assert settings.account.caller_id == "2125550100"
    assert desk.parts.session.settings == settings


def test_a_person_may_change_what_others_changed(qtbot: QtBot, desk: Desk) -> None:
    desk.parts.session.use(desk.file.change("clipboard.watch", "yes"), "US")
    assert desk.dialog is not None
    desk.dialog.findChild(QCheckBox, "clipboard.watch").setChecked(False)  # type: ignore[union-attr]
    desk.save(qtbot)
    assert not SettingsFile(desk.path).load().settings.clipboard.watch


def test_a_file_that_can_not_be_written_is_said_and_the_dialog_stays(qtbot: QtBot, desk: Desk) -> None:
    desk.path.unlink()
    desk.path.mkdir()
    (desk.path / "in the way").touch()
    (desk.path.parent / f".{desk.path.name}.new").mkdir()
    desk.type_into("account.caller_id", "2125550100")
    dialog = desk.dialog
    assert dialog is not None
    dialog.findChild(QPushButton, "save").click()  # type: ignore[union-attr]
    foot = dialog.findChild(QLabel, "error")
    assert foot is not None
    qtbot.waitUntil(lambda: "settings.toml" in foot.text())
    assert desk.parts.session.settings.account.caller_id == ""
    assert dialog.findChild(QPushButton, "save").isEnabled()  # type: ignore[union-attr]


def test_a_login_that_works_offers_the_lines(qtbot: QtBot, desk: Desk) -> None:
    desk.type_into("password", DEMO_LOGIN.password)
    assert "works" in desk.test_login(qtbot)
    assert desk.dialog is not None
    lines = desk.dialog.findChild(QComboBox, "account.line")
    assert lines is not None
    assert DEMO_LINE in {lines.itemData(index) for index in range(lines.count())}


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [
        ("user", "wrong", "does not accept your user name or password"),
        ("billing", "password", "its role may not use what Ringbridge needs"),
    ],
)
def test_a_login_of_no_use_says_why(qtbot: QtBot, desk: Desk, username: str, password: str, words: str) -> None:
    desk.type_into("account.username", username)
    desk.type_into("password", password)
    assert words in desk.test_login(qtbot)


def test_closing_during_a_test_leaves_nothing_behind(qtbot: QtBot, desk: Desk) -> None:
    desk.type_into("password", DEMO_LOGIN.password)
    assert desk.dialog is not None
    desk.dialog.findChild(QPushButton, "test").click()  # type: ignore[union-attr]
    desk.flow.close()
    assert desk.dialog is None
    done: list[int] = []
    desk.parts.work_lane.submit(lambda: 1, done.append, lambda _: None)
    qtbot.waitUntil(lambda: done == [1])
    desk.flow.open()
    assert desk.dialog is not None
    assert desk.dialog.findChild(QPushButton, "save").isEnabled()  # type: ignore[union-attr]


def test_another_login_leaves_no_password_of_the_one_before(qtbot: QtBot, desk: Desk) -> None:
    desk.type_into("password", "secret")
    desk.save(qtbot)
    desk.flow.open()
    desk.type_into("account.username", "somebody")
    desk.type_into("password", "other")
    desk.save(qtbot)
    assert desk.password == "other"


def test_a_password_in_memory_is_still_told_of_after_other_changes(qtbot: QtBot, desk: Desk) -> None:
    desk.store = None
    desk.type_into("password", "secret")
    desk.save(qtbot)
    desk.flow.open()
    desk.type_into("account.caller_id", "2125550100")
    desk.save(qtbot)
    assert "" not in desk.notices


def test_the_demo_saves_everything_but_its_account(qtbot: QtBot, parts: Parts, tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.toml")
    file.change("account.url", "https://pbx.example/api/")
    credentials = Credentials(backend=Store)
    flow = AccountFlow(
        session=parts.session, settings_file=file, credentials=credentials, lane=parts.work_lane, demo=True
    )
    flow.open()
    dialog = flow._dialog
    assert dialog is not None
    url = dialog.findChild(QLineEdit, "account.url")
    watch = dialog.findChild(QCheckBox, "clipboard.watch")
    save = dialog.findChild(QPushButton, "save")
    assert url is not None
    assert watch is not None
    assert save is not None
    assert not url.isEnabled()
    watch.click()
    with qtbot.waitSignal(flow.saved):
        save.click()
    saved = SettingsFile(tmp_path / "settings.toml").load().settings
    assert saved.account.url == "https://pbx.example/api/"
    assert not saved.clipboard.watch
