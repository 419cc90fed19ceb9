"""The tray program behind its icon: builds the parts, brings them up in order, takes them down in order."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from ringbridge.core.calls import CallRecord
from ringbridge.core.errors import RingbridgeError, StorageError
from ringbridge.core.settings import AccountSettings, Settings, with_value
from ringbridge.desktop.choose import clipboard_backends, first_usable, hotkey_backends
from ringbridge.desktop.instance import InstanceServer
from ringbridge.desktop.ports import Buffer, HotkeyInvalid, HotkeyTaken
from ringbridge.desktop.signals import QuitSignals
from ringbridge.ui.calling import Caller
from ringbridge.ui.coordinator import MAX_RECENT, Coordinator
from ringbridge.ui.reading import Reader
from ringbridge.ui.remote import Remote
from ringbridge.ui.session import Session
from ringbridge.ui.tasks import GuiInvoker, Lane
from ringbridge.ui.translation import tr
from ringbridge.ui.tray_icon import TrayState, tray_icon
from ringbridge.ui.wording import error_sentence, hotkey_invalid_sentence, hotkey_taken_sentence, problem_sentence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ringbridge.desktop.ports import HotkeyBackend
    from ringbridge.services.credentials import Credentials
    from ringbridge.services.dialer import Dialer
    from ringbridge.services.history import History
    from ringbridge.services.settings_file import LoadedSettings, SettingsFile
    from ringbridge.ui.account_flow import AccountFlow
    from ringbridge.ui.call_number import CallNumber
    from ringbridge.ui.tray import Tray

_log = logging.getLogger(__name__)

LANE_CLOSE_S = 2.0


class Program(QObject):
    """The tray program.

    Args:
        application: Qt's application.
        tray: The icon, in the tray already.
        profile: The profile's name, empty for the default one, None for what the environment says.
        address: Where to listen for other processes.
        account: Stands in for the settings' account (the demo's), or None.
        password: Of that account.

    Signals:
        about_to_quit: The program takes itself down.
    """

    about_to_quit = Signal()

    def __init__(
        self,
        *,
        application: "QApplication",
        tray: "Tray",
        profile: str | None,
        address: str,
        account: AccountSettings | None = None,
        password: str = "",
    ) -> None:
        super().__init__()
        self._application = application
        self._tray = tray
        self._profile = profile
        self._address = Path(address)
        self._fixed_account = account
        self._fixed_password = password
        self._closed = False
        self._closers: list[Callable[[], None]] = []
        invoker = GuiInvoker()
        self._invoker = invoker
        self._calls_lane = Lane("calls", invoker)
        self._work_lane = Lane("work", invoker)
        self._clipboard = first_usable(clipboard_backends())
        self._hotkeys: HotkeyBackend | None = None
        self._bound_hotkey = ""
        self._signals = QuitSignals(application.quit)
        self._account_flow: AccountFlow | None = None
        self._call_number: CallNumber | None = None
        self._file: SettingsFile | None = None
        self._credentials = cache(self._make_credentials)
        self._dialer = cache(self._make_dialer)

    def start(self, *, link: str = "") -> None:
        """Read the settings off the GUI thread, then bring everything up.

        Args:
            link: A URI to ask about at once, or empty.
        """
        self._application.aboutToQuit.connect(self._shut_down)
        self._tray.quit_wanted.connect(self._application.quit)
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self._wait_for_tray()
        self._work_lane.submit(self._load, partial(self._bring_up, link), self._log_failure)

    def _wait_for_tray(self) -> None:
        """At login the panel may come up after us, and an icon made before it stays invisible in it."""
        from ringbridge.desktop.tray_host import TrayHostWatcher

        watcher = TrayHostWatcher(appeared=self._tray.remake, vanished=lambda: None)
        if watcher.start():
            self._closers.append(watcher.close)

    def _load(self) -> "tuple[LoadedSettings, str]":
        from ringbridge.services import logs
        from ringbridge.services.paths import find_paths
        from ringbridge.services.region import effective_region
        from ringbridge.services.settings_file import SettingsFile

        self._paths = find_paths(self._profile)
        with suppress(StorageError):  # a disk that takes no log may still take calls; `doctor` tells of it
            logs.start(self._paths.log_file)
        logs.install_crash_hooks()
        if self._file is None:
            self._file = SettingsFile(self._paths.settings_file)
        loaded = self._file.load()
        return loaded, effective_region(loaded.settings)

    def _bring_up(self, link: str, result: "tuple[LoadedSettings, str]") -> None:
        loaded, region = result
        self._application.setWindowIcon(tray_icon(TrayState.IDLE))
        self._session = Session(self._in_force(loaded.settings), region)
        self._reader = Reader(session=self._session, lane=self._work_lane)
        self._caller = Caller(session=self._session, reader=self._reader, dialer=self._dialer, lane=self._calls_lane)
        self._coordinator = Coordinator(
            session=self._session, reader=self._reader, caller=self._caller, tray=self._tray
        )
        self._remote = Remote(
            caller=self._caller,
            reader=self._reader,
            clipboard=self._clipboard,
            profile=self._paths.profile,
            demo=self._fixed_account is not None,
        )
        server = InstanceServer(self._address, self._remote.handle)
        self._closers += [server.close, self._coordinator.close]
        server.listen()
        self._connect()
        self._apply_settings()
        self._show_notices(loaded)
        self._work_lane.submit(self._read_history, self._coordinator.show_recent, self._history_failed)
        if link:
            self._reader.read(link, self._coordinator.ask_about_link, self._coordinator.refuse_link)

    def _connect(self) -> None:
        self._tray.activated.connect(self._open_call_number)
        self._tray.call_number_wanted.connect(self._open_call_number)
        self._tray.settings_wanted.connect(self._open_settings)
        self._tray.pause_toggled.connect(self._pause)
        self._coordinator.settings_wanted.connect(self._open_settings)
        self._remote.call_dialog_wanted.connect(self._open_call_number)
        self._remote.link_opened.connect(self._coordinator.ask_about_link)
        self._remote.settings_changed.connect(self._reload_settings)
        self._session.changed.connect(self._apply_settings)

    def _in_force(self, settings: Settings) -> Settings:
        return replace(settings, account=self._fixed_account) if self._fixed_account else settings

    def _apply_settings(self) -> None:
        settings = self._session.settings
        self._tray.set_paused(not settings.clipboard.watch)
        self._clipboard.unwatch()
        if settings.clipboard.watch:
            self._clipboard.watch(self._coordinator.copied)
        self._bind_hotkey(settings.hotkeys.dial_selection)

    def _bind_hotkey(self, combination: str) -> None:
        if combination == self._bound_hotkey:
            return
        if self._bound_hotkey and self._hotkeys is not None:
            self._hotkeys.unbind(self._bound_hotkey)
            self._bound_hotkey = ""
        if not combination:
            return
        if self._hotkeys is None:
            self._hotkeys = first_usable(hotkey_backends())
            self._closers.append(self._hotkeys.close)
        try:
            self._hotkeys.bind(combination, self._dial_selection)
        except HotkeyTaken:
            self._tray.set_status(hotkey_taken_sentence(combination))
        except HotkeyInvalid:
            self._tray.set_status(hotkey_invalid_sentence(combination))
        else:
            self._bound_hotkey = combination

    def _dial_selection(self) -> None:
        self._clipboard.read(Buffer.SELECTION, self._coordinator.selected)

    def _reload_settings(self) -> None:
        def use(result: "tuple[LoadedSettings, str]") -> None:
            loaded, region = result
            self._session.use(self._in_force(loaded.settings), region)
            self._show_notices(loaded)
            self._caller.doubt_password()

        self._work_lane.submit(self._load, use, self._log_failure)

    def _show_notices(self, loaded: "LoadedSettings") -> None:
        if loaded.notice is not None:
            self._coordinator.tell(error_sentence(loaded.notice))
        elif loaded.problems:
            self._coordinator.tell(problem_sentence(loaded.problems[0]))
        elif not self._session.settings.account.url:
            self._tray.set_status(tr("No account yet: open Settings to set it up."))

    def _pause(self, paused: bool) -> None:  # noqa: FBT001 - a signal's value
        settings = with_value(self._session.settings, "clipboard.watch", not paused)
        self._session.use(settings, self._session.region)
        self._work_lane.submit(
            lambda: self._settings_file().change("clipboard.watch", not paused),
            lambda _: None,
            self._setting_not_saved,
        )

    def _setting_not_saved(self, error: Exception) -> None:
        if isinstance(error, RingbridgeError):
            self._coordinator.tell(error_sentence(error))
        else:
            self._log_failure(error)

    def _settings_file(self) -> "SettingsFile":
        if self._file is None:
            raise RuntimeError("settings are read before anything else")
        return self._file

    def _read_history(self) -> tuple[CallRecord, ...]:
        if not self._paths.history_file.exists():
            return ()
        history = self._make_history()
        history.settle_abandoned()
        return history.recent(limit=MAX_RECENT)

    def _make_history(self) -> "History":
        from ringbridge.services.history import History

        history = History(self._paths.history_file)
        notice = history.open()
        if notice is not None:
            self._invoker.call(lambda: self._coordinator.tell(error_sentence(notice)))
        return history

    def _history_failed(self, error: Exception) -> None:
        self._setting_not_saved(error)

    def _make_credentials(self) -> "Credentials":
        from ringbridge.services.credentials import Credentials

        credentials = Credentials(self._paths.profile)
        if self._fixed_account is not None:
            credentials.keep_in_memory(self._fixed_account, self._fixed_password)
        return credentials

    def _make_dialer(self) -> "Dialer":
        from ringbridge.services.dialer import Dialer

        return Dialer(history=self._make_history(), credentials=self._credentials())

    def _open_call_number(self) -> None:
        if self._call_number is None:
            from ringbridge.ui.call_number import CallNumber

            self._call_number = CallNumber(reader=self._reader, caller=self._caller)
            self._closers.append(self._call_number.close)
        self._call_number.open()

    def _open_settings(self) -> None:
        if self._account_flow is None:
            from ringbridge.ui.account_flow import AccountFlow

            self._account_flow = AccountFlow(
                session=self._session,
                settings_file=self._settings_file(),
                credentials=self._credentials(),
                lane=self._work_lane,
            )
            self._account_flow.saved.connect(self._settings_saved)
            self._account_flow.notice.connect(self._tray.set_status)
            self._closers.append(self._account_flow.close)
        self._account_flow.open()

    def _settings_saved(self, settings: Settings) -> None:
        from ringbridge.services.region import effective_region

        self._session.use(self._in_force(settings), effective_region(settings))

    def _log_failure(self, error: Exception) -> None:
        _log.error("unexpected error", exc_info=error)

    def _shut_down(self) -> None:
        """Adapters, dialogs, lanes, tray: in this order, so that nothing new comes in while the rest ends."""
        if self._closed:
            return
        self._closed = True
        self._clipboard.close()
        self._signals.close()
        for close in self._closers:
            close()
        self.about_to_quit.emit()
        for lane in (self._calls_lane, self._work_lane):
            if not lane.close(LANE_CLOSE_S):
                _log.warning("the %s lane was still at work", lane.name)
        self._tray.close()
