"""The tray program behind its icon: brings up what listens, and the rest when somebody first wants something."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from operator import methodcaller
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from ringbridge.core.errors import RingbridgeError, StorageError
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.core.settings import AccountSettings, Settings, with_value
from ringbridge.desktop.choose import clipboard_backends, first_usable, instance_server
from ringbridge.desktop.ports import Buffer, Copied
from ringbridge.desktop.signals import QuitSignals
from ringbridge.ui.notices import Notices, Topic
from ringbridge.ui.session import MAX_RECENT, Session
from ringbridge.ui.tasks import GuiInvoker, Lane
from ringbridge.ui.translation import tr
from ringbridge.ui.tray_icon import TrayState, tray_icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ringbridge.core.calls import CallRecord
    from ringbridge.desktop.ports import ScreenLock
    from ringbridge.services.call_facts import FactFinder
    from ringbridge.services.credentials import Credentials
    from ringbridge.services.dialer import Dialer
    from ringbridge.services.history import History
    from ringbridge.services.paths import Paths
    from ringbridge.services.settings_file import LoadedSettings, SettingsFile
    from ringbridge.services.tracker import Tracker
    from ringbridge.ui.hotkey_binding import HotkeyBinding
    from ringbridge.ui.parts import Parts
    from ringbridge.ui.tray import Tray

_log = logging.getLogger(__name__)

LANE_CLOSE_S = 2.0
_LOOKED_AT = 4096  # characters; as in core.detection, which is not loaded just to see that there are no digits
_SHOWN_PROBLEMS = 4
_TRAY_PATIENCE_MS = 15_000
_LOCK_AFTER_MS = 2500
"""QtDBus takes 6 ms of the processor, which at login is everybody's; the first wish does not wait so long for it."""
_MIN_DIGITS = 4  # of 1-800-FLOWERS


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
        is_up: Settings and history are read, and everything listens; or it can't.
        about_to_quit: The program takes itself down.
    """

    is_up = Signal()
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
        self._notices = Notices(tray)
        self._profile = profile
        self._address = address
        self._fixed_account = account
        self._fixed_password = password
        self._closed = False
        self._closers: list[Callable[[], None]] = []
        invoker = GuiInvoker()
        self._invoker = invoker
        self._calls_lane = Lane("calls", invoker, drops_queue=True)
        self._live_lane = Lane("live", invoker, drops_queue=True)
        self._work_lane = Lane("work", invoker)
        self._slow_lane = Lane("slow", invoker)
        self._clipboard = first_usable(clipboard_backends())
        self._hotkeys: HotkeyBinding | None = None
        self._screen_lock: ScreenLock | None = None
        self._lock_wanted = False
        self._signals = QuitSignals(application.quit)
        self._recent: tuple[CallRecord, ...] = ()
        self._parts: Parts | None = None
        self._has_settings = False
        self._has_phone_menu = False
        self._waiting_for_parts: list[Callable[[Parts], None]] = []
        self._file: SettingsFile | None = None
        self._history: History | None = None
        self._history_lock = Lock()
        self._dialer = cache(self._make_dialer)
        self._tracker = cache(self._make_tracker)

    def start(self, *, link: str = "", show: bool = False) -> None:
        """Read the settings off the GUI thread, then bring everything up.

        Args:
            link: A URI to ask about at once, or empty.
            show: Open “Call number…” at once.
        """
        self._application.aboutToQuit.connect(self._shut_down)
        self._tray.quit_wanted.connect(self._application.quit)
        open_call_number = partial(self._with_parts, methodcaller("open_call_number"))
        self._tray.activated.connect(open_call_number)
        self._tray.call_number_wanted.connect(open_call_number)
        self._tray.settings_wanted.connect(partial(self._with_parts, methodcaller("open_settings")))
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self._wait_for_tray()
        self._slow_lane.submit(self._load, partial(self._bring_up, link), self._not_up)
        if show:
            open_call_number()

    def _not_up(self, error: Exception) -> None:
        self._log_failure(error)
        self._notices.set(Topic.START, tr("Ringbridge could not start. The log file says why."))
        self.is_up.emit()

    def _wait_for_tray(self) -> None:
        """At login the panel may come up after us, and an icon made before it stays invisible in it."""
        from ringbridge.desktop.tray_host import TrayHostWatcher

        watcher = TrayHostWatcher(appeared=self._tray.remake, vanished=lambda: None)
        if watcher.start():
            self._closers.append(watcher.close)
        QTimer.singleShot(_TRAY_PATIENCE_MS, self._tell_without_tray)

    def _tell_without_tray(self) -> None:
        """A program that nobody sees is no use: say how to reach it."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self._tell(
                tr("This desktop shows no tray icons. Ringbridge runs all the same: copy a number to call it, or "
                "start Ringbridge again to type one. “ringbridge doctor” says what helps.")
            )  # fmt: skip

    def _load(self) -> "tuple[Paths, LoadedSettings, str]":
        from ringbridge.services import logs
        from ringbridge.services.paths import find_paths, policy_files
        from ringbridge.services.region import effective_region
        from ringbridge.services.settings_file import SettingsFile

        paths = find_paths(self._profile)
        if self._file is None:
            with suppress(StorageError):  # a disk that takes no log may still take calls; `doctor` tells of it
                logs.start(paths.log_file)
            logs.install_crash_hooks()
            self._file = SettingsFile(paths.settings_file, policy_files=policy_files())
        loaded = self._file.load()
        return paths, loaded, effective_region(loaded.settings)

    def _bring_up(self, link: str, result: "tuple[Paths, LoadedSettings, str]") -> None:
        self._paths, loaded, region = result
        self._session = Session(self._in_force(loaded.settings), region, loaded.policy.locked)
        self._listen()
        self._tray.redial_wanted.connect(self._redial)
        self._tray.pause_toggled.connect(self._pause)
        self._tray.phone_wanted.connect(self._ring_first)
        self._session.changed.connect(self._apply_settings)
        self._apply_settings()
        self._show_notices(loaded)
        self._slow_lane.submit(self._read_history, self._show_recent, self._show_failure)
        self._slow_lane.submit(lambda: None, lambda _: self.is_up.emit(), self._log_failure)
        QTimer.singleShot(_LOCK_AFTER_MS, self._load_screen_lock)
        if self._waiting_for_parts:  # a menu entry was quicker than the settings, or a notice waits
            self._fetch_parts()
        self._has_settings = True
        if link:
            self._with_parts(lambda parts: parts.ask_about_link(link))

    def _listen(self) -> None:
        server = instance_server(self._address, self._request)
        self._closers.append(server.close)
        try:
            server.listen()
        except OSError as error:
            _log.error("nobody can reach this program: %s", error.strerror)
            self._notices.set(
                Topic.START, tr("Links and commands can't reach Ringbridge. Quit it and start it again.")
            )

    def _with_parts(self, action: "Callable[[Parts], None]") -> None:
        """Do something with the parts, which are made for the first wish; their modules load off the GUI thread."""
        if self._parts is not None:
            action(self._parts)
            return
        self._waiting_for_parts.append(action)
        if self._has_settings and len(self._waiting_for_parts) == 1:
            self._fetch_parts()

    def _fetch_parts(self) -> None:
        self._load_screen_lock()
        self._work_lane.submit(_load_parts, self._make_parts, self._no_parts)

    def _no_parts(self, error: Exception) -> None:
        self._waiting_for_parts.clear()  # so that the next wish tries again
        self._not_up(error)

    def _make_parts(self, make: "Callable[..., Parts]") -> None:
        self._application.setWindowIcon(tray_icon(TrayState.IDLE))
        self._credentials = self._make_credentials()
        parts = make(
            session=self._session,
            tray=self._tray,
            notices=self._notices,
            clipboard=self._clipboard,
            settings_file=self._settings_file(),
            credentials=self._credentials,
            dialer=self._dialer,
            tracker=self._tracker,
            calls_lane=self._calls_lane,
            live_lane=self._live_lane,
            work_lane=self._work_lane,
            slow_lane=self._slow_lane,
            facts=cache(self._make_facts),
            locked=self._is_screen_locked,
            stop_key=self._hold_stop_key,
            hotkeys=lambda: self._the_hotkeys().report,
            recent=self._recent,
            profile=self._paths.profile,
            demo=self._fixed_account is not None,
        )
        parts.settings_saved.connect(self._settings_saved)
        parts.settings_changed_elsewhere.connect(self._reload_settings)
        self._closers.append(parts.close)
        self._parts = parts
        waiting, self._waiting_for_parts = self._waiting_for_parts, []
        for action in waiting:
            try:
                action(parts)
            except Exception:  # noqa: BLE001 - a slot's border: the wishes behind this one are others
                _log.exception("a wish failed")

    def _request(self, line: bytes, answer: Callable[[bytes], None]) -> None:
        self._with_parts(lambda parts: parts.remote.handle(line, answer))

    def _redial(self, request_id: str) -> None:
        self._with_parts(lambda parts: parts.coordinator.redial(request_id))

    def _copied(self, copied: Copied) -> None:
        """Something was copied in another program: most of it has hardly a digit and ends here."""
        if copied.problem is None and sum(map(str.isdigit, copied.text[:_LOOKED_AT])) >= _MIN_DIGITS:
            self._with_parts(lambda parts: parts.coordinator.copied(copied.text))

    def _tell(self, sentence: str) -> None:
        self._with_parts(lambda parts: parts.coordinator.tell(sentence))

    def _show_recent(self, records: "tuple[CallRecord, ...]") -> None:
        self._recent = records
        if self._parts is not None:
            self._parts.coordinator.show_recent(records)
        elif records:
            self._tray.set_recent(records)

    def _in_force(self, settings: Settings) -> Settings:
        return replace(settings, account=self._fixed_account) if self._fixed_account else settings

    def _apply_settings(self) -> None:
        settings = self._session.settings
        self._tray.set_paused(not settings.clipboard.watch)
        self._tray.set_pause_locked("clipboard.watch" in self._session.locked)
        self._show_phones()
        self._clipboard.unwatch()
        if settings.clipboard.watch:
            self._clipboard.watch(self._copied)
        self._bind_hotkeys()
        missing = "" if settings.account.url else tr("No account yet: open Settings to set it up.")
        self._notices.set(Topic.ACCOUNT, missing)

    def _show_phones(self) -> None:
        settings, locked = self._session.settings, self._session.locked
        if settings.phones.own or self._has_phone_menu:
            from ringbridge.core.dialing.guard_settings import own_phones
            from ringbridge.ui.wording import phone_name

            phones = own_phones(settings.phones)
            values = [phone.value for phone in phones]
            first = values.index(settings.account.line) if settings.account.line in values else -1
            names = tuple(phone_name(phone.value, phones) for phone in phones)
            is_fixed = self._fixed_account is not None
            self._tray.set_phones(
                names, first, locked=is_fixed or bool(locked & {"account.line", "account.line_kind"})
            )
            self._has_phone_menu = bool(phones)

    def _ring_first(self, index: int) -> None:
        """Another own phone rings first from now on."""
        from ringbridge.core.dialing.guard_settings import own_phones

        phones = own_phones(self._session.settings.phones)
        if index >= len(phones):
            return
        phone = phones[index]
        file = self._settings_file()

        def work() -> Settings:
            account = {"account.line": phone.value, "account.line_kind": phone.kind}
            settings = file.load().settings
            for key, value in account.items():
                settings = with_value(settings, key, value)
            file.save(settings)
            return settings

        def failed(error: Exception) -> None:
            self._show_phones()
            self._show_failure(error)

        self._slow_lane.submit(work, self._settings_saved, failed)

    def _bind_hotkeys(self) -> None:
        hotkeys = self._session.settings.hotkeys
        if self._hotkeys is not None or any(hotkeys):
            self._the_hotkeys().apply(hotkeys)

    def _the_hotkeys(self) -> "HotkeyBinding":
        if self._hotkeys is None:
            from ringbridge.ui.hotkey_binding import HotkeyBinding

            self._hotkeys = HotkeyBinding(
                lane=self._slow_lane,
                notices=self._notices,
                menu=self._tray.menu,
                act=self._hotkey_pressed,
                profile=self._paths.profile,
            )
            self._closers.append(self._hotkeys.close)
        return self._hotkeys

    def _hotkey_pressed(self, action: HotkeyAction) -> None:
        if action is HotkeyAction.DIAL_SELECTION:
            self._dial_selection()
        else:
            self._with_parts(lambda parts: parts.act(action))

    def _hold_stop_key(self, pressed: Callable[[], None] | None) -> None:
        if self._hotkeys is not None or pressed is not None:
            self._the_hotkeys().hold_stop_key(pressed)

    def _load_screen_lock(self) -> None:
        if not self._lock_wanted:
            self._lock_wanted = True
            self._slow_lane.submit(_load_screen_locks, self._watch_screen_lock, self._log_failure)

    def _watch_screen_lock(self, makers: "tuple[Callable[[], ScreenLock], ...]") -> None:
        self._screen_lock = first_usable(tuple(make() for make in makers))
        self._closers.append(self._screen_lock.close)
        self._screen_lock.watch(self._screen_changed)

    def _screen_changed(self, locked: bool) -> None:  # noqa: FBT001 - what a `ScreenLock` tells
        if locked and self._parts is not None:
            self._parts.coordinator.screen_locked()

    def _is_screen_locked(self) -> bool:
        return self._screen_lock is not None and self._screen_lock.locked

    def _dial_selection(self) -> None:
        self._clipboard.read(Buffer.SELECTION, self._selected)

    def _selected(self, copied: Copied) -> None:
        self._with_parts(lambda parts: parts.coordinator.selected(copied))

    def _reload_settings(self) -> None:
        def use(result: "tuple[Paths, LoadedSettings, str]") -> None:
            _, loaded, region = result
            self._session.use(self._in_force(loaded.settings), region, loaded.policy.locked)
            self._show_notices(loaded)
            self._bind_hotkeys()  # what was taken may be free, and the desktop may keep the keys by now
            self._with_parts(_doubt_account)

        self._slow_lane.submit(self._load, use, self._log_failure)

    def _show_notices(self, loaded: "LoadedSettings") -> None:
        policy = loaded.policy
        if loaded.notice is not None or loaded.problems or policy.notice is not None or policy.problems:
            from ringbridge.ui.wording import error_sentence, policy_sentences, problem_sentence

            sentences = policy_sentences(policy)[:_SHOWN_PROBLEMS]
            sentences += [error_sentence(loaded.notice)] if loaded.notice else []
            sentences += [problem_sentence(problem) for problem in loaded.problems[:_SHOWN_PROBLEMS]]
            self._tell(" ".join(sentences))

    def _pause(self, paused: bool) -> None:  # noqa: FBT001 - a signal's value
        settings = with_value(self._session.settings, "clipboard.watch", not paused)
        self._session.use(settings, self._session.region)
        self._slow_lane.submit(
            lambda: self._settings_file().change("clipboard.watch", not paused),
            lambda _: None,
            self._show_failure,
        )

    def _show_failure(self, error: Exception) -> None:
        if isinstance(error, RingbridgeError):
            from ringbridge.ui.wording import error_sentence

            self._tell(error_sentence(error))
        else:
            self._log_failure(error)

    def _settings_file(self) -> "SettingsFile":
        if self._file is None:
            raise RuntimeError("settings are read before anything else")
        return self._file

    def _read_history(self) -> "tuple[CallRecord, ...]":
        if not self._paths.history_file.exists():
            return ()
        history = self._the_history()
        notice = history.open()
        if notice is not None:
            self._invoker.call(partial(self._show_failure, notice))
        history.settle_abandoned()
        return history.recent(limit=MAX_RECENT)

    def _the_history(self) -> "History":
        """The one history of this process, made on the first lane that wants it."""
        from ringbridge.services.history import History

        with self._history_lock:
            if self._history is None:
                self._history = History(self._paths.history_file, held=True)
            return self._history

    def _make_credentials(self) -> "Credentials":
        from ringbridge.services.credentials import Credentials

        credentials = Credentials(self._paths.profile)
        if self._fixed_account is not None:
            credentials.keep_in_memory(self._fixed_account, self._fixed_password)
        return credentials

    def _make_dialer(self) -> "Dialer":
        from ringbridge.services.dialer import Dialer

        # not opened here: `begin` does it, and says what is wrong before anything is sent
        return Dialer(history=self._the_history(), credentials=self._credentials)

    def _make_facts(self) -> "FactFinder":
        from ringbridge.services.call_facts import FactFinder

        return FactFinder(self._the_history)

    def _make_tracker(self) -> "Tracker":
        from ringbridge.services.tracker import Tracker

        return Tracker(history=self._the_history(), credentials=self._credentials)

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
        for lane in (self._calls_lane, self._live_lane, self._work_lane, self._slow_lane):
            if not lane.close(LANE_CLOSE_S):
                _log.warning("the %s lane was still at work", lane.name)
        if self._history is not None:
            self._history.close()
        self._tray.close()


def _doubt_account(parts: "Parts") -> None:
    """Another process changed the account: its password and what its role allows are asked anew."""
    parts.caller.doubt_password()
    parts.live.ask_again()


def _load_screen_locks() -> "tuple[Callable[[], ScreenLock], ...]":
    from ringbridge.desktop.choose import screen_lock_makers

    return screen_lock_makers()


def _load_parts() -> "Callable[..., Parts]":
    from ringbridge.ui import card, parts, progress_words

    # the coordinator and the tray import these when they show something: 30 ms that the GUI thread does not have
    _ = card, progress_words
    return parts.Parts
