"""Settings…: the dialog, the test of a login, and saving; the blocking parts on the work lane."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ringbridge.core.calls import Line, Login
from ringbridge.core.errors import CredentialsError, KeyringMissing, LoginCodeNeeded, RingbridgeError, RoleForbids
from ringbridge.core.settings import with_changes
from ringbridge.ui.account_dialog import AccountDialog
from ringbridge.ui.translation import tr
from ringbridge.ui.wording import error_sentence

if TYPE_CHECKING:
    from ringbridge.core.settings import AccountSettings, Settings
    from ringbridge.services.credentials import Credentials
    from ringbridge.services.settings_file import SettingsFile
    from ringbridge.ui.session import Session
    from ringbridge.ui.tasks import Lane

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tested:
    """What testing a login that is right came to.

    Attributes:
        of_use: Its role allows something of what Ringbridge needs.
        lines: The user's own lines, or None where the role may not list them.
    """

    of_use: bool = True
    lines: tuple[Line, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saved:
    """What saving came to.

    Attributes:
        settings: What is in the file now.
        keyring_problem: Why the password is kept in memory only, or None.
    """

    settings: "Settings"
    keyring_problem: CredentialsError | None


class AccountFlow(QObject):
    """Opens the settings dialog, and does what it asks for.

    Args:
        session: The settings in force.
        settings_file: Where they are saved.
        credentials: Where the password is saved.
        lane: Where the PBX, the keyring and the disk are asked.
        demo: The account is the training PBX's: it is shown, and neither changed nor saved.

    Signals:
        saved: The new `Settings` are in the file.
        notice: A sentence that the tray should show until something changes, or empty.
        capabilities_wanted: “What works here…” was chosen.
    """

    saved = Signal(object)
    notice = Signal(str)
    capabilities_wanted = Signal()

    def __init__(
        self,
        *,
        session: "Session",
        settings_file: "SettingsFile",
        credentials: "Credentials",
        lane: "Lane",
        demo: bool = False,
    ) -> None:
        super().__init__()
        self._demo = demo
        self._session = session
        self._file = settings_file
        self._credentials = credentials
        self._lane = lane
        self._dialog: AccountDialog | None = None
        self._shown = session.settings

    def open(self) -> None:
        """Show the dialog, or bring it to the front."""
        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        dialog = AccountDialog(self._session.settings, locked=self._session.locked)
        if self._demo:
            dialog.lock_account(tr("The demo calls the training PBX. For your own, quit it and start Ringbridge."))
        self._dialog = dialog
        self._shown = self._session.settings
        dialog.test_wanted.connect(self._test)
        dialog.save_wanted.connect(self._save)
        dialog.capabilities_wanted.connect(self.capabilities_wanted)
        dialog.finished.connect(self._closed)
        dialog.open()

    def close(self) -> None:
        """Close the dialog without saving. Safe to call twice."""
        if self._dialog is not None:
            self._dialog.close()

    def _closed(self, _result: int) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _test(self, account: "AccountSettings", password: str) -> None:
        dialog = self._dialog
        if dialog is None:
            return
        dialog.set_busy(True)
        credentials = self._credentials

        def work() -> _Tested:
            from ringbridge.services.pbx import LoginFinding, PbxClient

            client = PbxClient(account)
            try:
                login = Login(username=account.username, password=password or credentials.read(account))
                finding = client.check_login(login).finding
                if finding is LoginFinding.CODE_NEEDED:
                    raise LoginCodeNeeded
                if finding is LoginFinding.ROLE_TOO_SMALL:
                    return _Tested(of_use=False, lines=None)
                try:
                    lines = client.list_lines(login)
                except RoleForbids:
                    return _Tested(lines=None)
                return _Tested(lines=lines)
            finally:
                client.close()

        def done(tested: _Tested) -> None:
            if self._dialog is not dialog:
                return
            dialog.set_busy(False)
            if not tested.of_use:
                text = tr(
                    "The login is right, but its role may not use what Ringbridge needs."
                    " Ask your administrator for the “actions” or “panel” privilege."
                )
            elif tested.lines is None:
                text = tr("The login works. It may not list your lines: type the one that rings first.")
            elif not tested.lines:
                text = tr("The login works, and the PBX lists no lines of yours: type the one that rings first.")
            else:
                text = tr("The login works. Choose the line that rings first.")
            dialog.show_lines(tested.lines or ())
            dialog.show_test_result(text, tested.of_use)

        def failed(error: Exception) -> None:
            if self._dialog is dialog:
                dialog.set_busy(False)
                dialog.show_test_result(_sentence(error), False)

        self._lane.submit(work, done, failed)

    def _save(self, entered: "Settings", password: str) -> None:
        dialog = self._dialog
        if dialog is None:
            return
        dialog.set_busy(True)
        file, credentials, before, demo = self._file, self._credentials, self._shown, self._demo

        def work() -> _Saved:
            # what another process or the tray changed while the dialog stood open is not taken back
            settings = with_changes(file.load().settings, before=before, after=entered)
            problem: CredentialsError | None = None
            if password and not demo:
                try:
                    credentials.save(settings.account, password)
                except CredentialsError as error:
                    credentials.keep_in_memory(settings.account, password)
                    problem = error
            file.save(settings)
            if not demo:
                _forget_other_login(credentials, old=before.account, new=settings.account)
            return _Saved(settings=settings, keyring_problem=problem)

        def done(saved: _Saved) -> None:
            if saved.keyring_problem is not None:
                self.notice.emit(memory_notice(saved.keyring_problem))
            elif not credentials.in_memory:
                self.notice.emit("")
            self.saved.emit(saved.settings)
            if self._dialog is dialog:
                dialog.accept()

        def failed(error: Exception) -> None:
            if self._dialog is dialog:
                dialog.set_busy(False)
                dialog.show_error("", _sentence(error))

        self._lane.submit(work, done, failed)


def _forget_other_login(credentials: "Credentials", *, old: "AccountSettings", new: "AccountSettings") -> None:
    """A login that is not used any more leaves no password behind."""
    if not (old.url and old.username) or (old.url, old.username) == (new.url, new.username):
        return
    try:
        credentials.forget(old)
    except CredentialsError as error:
        _log.info("the password of the login before stays in the keyring: %s", type(error).__name__)


def memory_notice(problem: CredentialsError) -> str:
    """Why the password is not saved, for the tray."""
    if isinstance(problem, KeyringMissing):
        return tr("No keyring: your password is kept until you quit.")
    return tr("The keyring did not take your password: it is kept until you quit.")


def _sentence(error: Exception) -> str:
    if isinstance(error, RingbridgeError):
        return error_sentence(error)
    _log.error("unexpected error in the settings", exc_info=error)
    return tr("Something unexpected went wrong. The log file says more.")
