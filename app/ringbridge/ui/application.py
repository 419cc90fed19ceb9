"""The tray program behind its icon: brings up what listens, and the rest when somebody first wants something."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from operator import methodcaller
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from ringbridge.core.errors import RingbridgeError, StorageError
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.core.settings import AccountSettings
from ringbridge.desktop.choose import clipboard_backends, first_usable, instance_server, link_handler
from ringbridge.desktop.signals import QuitSignals
from ringbridge.ui.buses import Buses
from ringbridge.ui.copy_watch import KEY as WATCH_KEY
from ringbridge.ui.copy_watch import CopyWatch
from ringbridge.ui.face import Face
from ringbridge.ui.notices import Notices, Topic
from ringbridge.ui.parts_on_use import PartsOnUse
from ringbridge.ui.services_on_use import ServicesOnUse
from ringbridge.ui.session import MAX_RECENT
from ringbridge.ui.tasks import GuiInvoker, Lane
from ringbridge.ui.translation import tr
from ringbridge.ui.tray_icon import TrayState, tray_icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ringbridge.core.calls import CallRecord
    from ringbridge.desktop.registration_ports import LinkHandler
    from ringbridge.services.paths import Paths
    from ringbridge.ui.desktop_watch import DesktopWatch
    from ringbridge.ui.hotkey_binding import HotkeyBinding
    from ringbridge.ui.link_default import LinkDefault
    from ringbridge.ui.parts import Parts
    from ringbridge.ui.phone_choice import PhoneChoice
    from ringbridge.ui.settings_in_force import SettingsInForce
    from ringbridge.ui.tray import Tray

_log = logging.getLogger(__name__)

LANE_CLOSE_S = 2.0
_LATER_MS = 2500
"""Buses and what listens on them take the processor, which at login is everybody's. The first wish does not wait so
long for the screen lock and what else the desktop tells, nor a desktop without a tray for one."""


class Program(QObject):
    """The tray program.

    Args:
        application: Qt's application.
        tray: The icon, in the tray already.
        profile: The profile's name, empty for the default one, None for what the environment says.
        address: Where to listen for other processes.
        account: Stands in for the settings' account (the demo's), or None.
        password: Of that account.
        at_login: Started by the desktop, and not by a person who waits for something to see.

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
        at_login: bool = False,
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
        self._phones: PhoneChoice | None = None
        self._signals = QuitSignals(application.quit)
        self._recent: tuple[CallRecord, ...] = ()
        self._parts = PartsOnUse(self._fetch_parts)
        self._close_services: Callable[[], None] = lambda: None
        self._buses = Buses(invoker)
        self._links = cache(self._make_links)
        self._desktop = cache(self._make_desktop)
        self._link_default: LinkDefault | None = None
        self._is_settled = False
        self._face = Face(tray=tray, buses=self._buses, at_login=at_login, started_again=self._open_call_number)

    def start(self, *, link: str = "", startup_id: str = "", show: bool = False) -> None:
        """Read the settings off the GUI thread, then bring everything up.

        Args:
            link: A URI to ask about at once, or empty.
            startup_id: By which the desktop waits for this start, or empty.
            show: Open “Call number…” at once.
        """
        self._application.aboutToQuit.connect(self._shut_down)
        self._tray.quit_wanted.connect(self._application.quit)
        self._tray.activated.connect(self._open_call_number)
        self._tray.call_number_wanted.connect(self._open_call_number)
        self._tray.settings_wanted.connect(partial(self._parts.use, methodcaller("open_settings")))
        self._tray.capabilities_wanted.connect(partial(self._parts.use, methodcaller("open_capabilities")))
        had_host = QSystemTrayIcon.isSystemTrayAvailable()
        QTimer.singleShot(_LATER_MS if had_host else 0, partial(self._face.watch_tray, had_host=had_host))
        self._slow_lane.submit(self._load, partial(self._bring_up, link), self._not_up)
        if startup_id:
            self._slow_lane.submit(partial(_end_launch_feedback, startup_id), lambda _: None, self._log_failure)
        if show:
            self._open_call_number()

    def _open_call_number(self) -> None:
        self._parts.use(methodcaller("open_call_number"))

    def _not_up(self, error: Exception) -> None:
        self._log_failure(error)
        self._notices.set(Topic.START, tr("Ringbridge could not start. The log file says why."))
        self.is_up.emit()

    def _load(self) -> "tuple[Paths, SettingsInForce]":
        from ringbridge.services import logs
        from ringbridge.services.paths import find_paths, policy_files
        from ringbridge.services.settings_file import SettingsFile
        from ringbridge.ui.settings_in_force import SettingsInForce

        paths = find_paths(self._profile)
        with suppress(StorageError):  # a disk that takes no log may still take calls; `doctor` tells of it
            logs.start(paths.log_file)
        logs.install_crash_hooks()
        policy = policy_files()
        self._file = SettingsFile(paths.settings_file, policy_files=policy)
        looked_at = SettingsFile(paths.settings_file, policy_files=policy)  # one for each lane
        in_force = SettingsInForce(looked_at, account=self._fixed_account, invoker=self._invoker)
        return paths, in_force.load()

    def _bring_up(self, link: str, result: "tuple[Paths, SettingsInForce]") -> None:
        self._paths, self._in_force = result
        self._services = ServicesOnUse(self._paths, account=self._fixed_account, password=self._fixed_password)
        self._close_services = self._services.close
        self._closers.append(self._in_force.close)
        self._session = self._in_force.begin(
            tell=self._tell, account_changed=partial(self._parts.use, _doubt_account)
        )
        self._copies = CopyWatch(
            session=self._session,
            clipboard=self._clipboard,
            tray=self._tray,
            parts=self._parts,
            save=self._save_watch,
        )
        self._listen()
        self._tray.redial_wanted.connect(self._redial)
        self._tray.pause_toggled.connect(self._copies.pause)
        self._session.changed.connect(self._apply_settings)
        self._apply_settings()
        self._in_force.show_problems()
        self._slow_lane.submit(self._read_history, self._show_recent, self._show_failure)
        self._slow_lane.submit(lambda: None, lambda _: self.is_up.emit(), self._log_failure)
        QTimer.singleShot(_LATER_MS, self, self._settle)
        self._parts.can_be_made()
        if link:
            self._parts.use(lambda parts: parts.ask_about_link(link))

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

    def _fetch_parts(self) -> None:
        self._settle()
        self._work_lane.submit(_load_parts, self._parts_loaded, self._no_parts)

    def _no_parts(self, error: Exception) -> None:
        self._parts.give_up()
        self._not_up(error)

    def _parts_loaded(self, make: "Callable[..., Parts]") -> None:
        self._desktop().when_lock_is_known(partial(self._make_parts, make))

    def _make_parts(self, make: "Callable[..., Parts]") -> None:
        self._application.setWindowIcon(tray_icon(TrayState.IDLE))
        services = self._services
        parts = make(
            session=self._session,
            tray=self._tray,
            notices=self._notices,
            notify=self._face.notify,
            clipboard=self._clipboard,
            settings_file=self._file,
            credentials=services.credentials(),
            dialer=services.dialer,
            tracker=services.tracker,
            calls_lane=self._calls_lane,
            live_lane=self._live_lane,
            work_lane=self._work_lane,
            slow_lane=self._slow_lane,
            in_force=self._in_force.now,
            facts=services.facts,
            locked=lambda: self._desktop().screen_is_locked,
            stop_key=self._hold_stop_key,
            hotkeys=lambda: self._the_hotkeys().report,
            recent=self._recent,
            profile=self._paths.profile,
            links=self._links(),
            buses=self._buses,
            demo=self._fixed_account is not None,
        )
        parts.settings_saved.connect(self._in_force.saved)
        parts.settings_changed_elsewhere.connect(self._reload_settings)
        parts.offer_pause.changed.connect(self._copies.apply)
        parts.started_again.connect(self._face.start_again)
        self._closers.append(parts.close)
        self._parts.take(parts)

    def _request(self, line: bytes, answer: Callable[[bytes], None]) -> None:
        self._parts.use(lambda parts: parts.remote.handle(line, answer))

    def _redial(self, request_id: str) -> None:
        self._parts.use(lambda parts: parts.coordinator.redial(request_id))

    def _tell(self, sentence: str) -> None:
        self._parts.use(lambda parts: parts.coordinator.tell(sentence))

    def _show_recent(self, records: "tuple[CallRecord, ...]") -> None:
        self._recent = records
        if self._parts.made is not None:
            self._parts.made.coordinator.recent.add_earlier(records)
        elif records:
            self._tray.set_recent(records)

    def _apply_settings(self) -> None:
        settings = self._session.settings
        self._show_phones()
        self._copies.apply()
        self._bind_hotkeys()
        missing = "" if settings.account.url else tr("No account yet: open Settings to set it up.")
        self._notices.set(Topic.ACCOUNT, missing)

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
                refusals=self._paths.key_refusals,
            )
            self._closers.append(self._hotkeys.close)
        return self._hotkeys

    def _hotkey_pressed(self, action: HotkeyAction) -> None:
        if action is HotkeyAction.DIAL_SELECTION:
            self._dial_selection()
        else:
            self._parts.use(lambda parts: parts.act(action))

    def _hold_stop_key(self, pressed: Callable[[], None] | None) -> None:
        if self._hotkeys is not None or pressed is not None:
            self._the_hotkeys().hold_stop_key(pressed)

    def _show_phones(self) -> None:
        """Most people have one phone, and nothing of this is loaded for them."""
        if self._phones is None and self._session.settings.phones.own:
            from ringbridge.ui.phone_choice import PhoneChoice

            self._phones = PhoneChoice(
                session=self._session,
                tray=self._tray,
                file=self._file,
                lane=self._slow_lane,
                saved=self._in_force.saved,
                failed=self._show_failure,
                fixed=self._fixed_account is not None,
            )
        if self._phones is not None:
            self._phones.show()

    def _settle(self) -> None:
        """What the icon did not need and the first wish may: a second time does nothing."""
        if self._is_settled:
            return
        self._is_settled = True
        self._desktop().load()
        if self._fixed_account is None:
            self._slow_lane.submit(_load_link_default, self._follow_links, self._log_failure)

    def _make_desktop(self) -> "DesktopWatch":
        from ringbridge.ui.desktop_watch import DesktopWatch

        desktop = DesktopWatch(
            application=self._application,
            session=self._session,
            buses=self._buses,
            parts=self._parts,
            guard_lane=self._work_lane,
            lane=self._slow_lane,
        )
        self._closers.append(desktop.close)
        return desktop

    def _follow_links(self, make: "Callable[..., LinkDefault]") -> None:
        self._link_default = make(
            session=self._session,
            handler=self._links(),
            settings_file=self._file,
            lane=self._slow_lane,
            notify=self._face.notify,
        )
        self._link_default.settings_saved.connect(self._in_force.saved)
        self._link_default.failed.connect(self._show_failure)
        self._closers.append(self._link_default.close)

    def _make_links(self) -> "LinkHandler":
        profile = self._paths.profile
        return link_handler(self._paths.links_record, ("--profile", profile) if profile else ())

    def _dial_selection(self) -> None:
        self._parts.use(lambda parts: parts.selected_text.read(parts.coordinator.selected))

    def _reload_settings(self) -> None:
        """Another process says that it wrote the settings, or the password."""

        def use(_now: object) -> None:
            self._bind_hotkeys()  # what was taken may be free, and the desktop may keep the keys by now
            self._parts.use(_doubt_account)

        self._work_lane.submit(self._in_force.now, use, self._log_failure)

    def _save_watch(self, watch: bool) -> None:  # noqa: FBT001 - the value of the setting
        self._slow_lane.submit(partial(self._file.change, WATCH_KEY, watch), self._in_force.saved, self._show_failure)

    def _show_failure(self, error: Exception) -> None:
        if isinstance(error, RingbridgeError):
            from ringbridge.ui.wording import error_sentence

            self._tell(error_sentence(error))
        else:
            self._log_failure(error)

    def _read_history(self) -> "tuple[CallRecord, ...]":
        if not self._paths.history_file.exists():
            return ()
        history = self._services.history()
        notice = history.open()
        if notice is not None:
            self._invoker.call(partial(self._show_failure, notice))
        history.settle_abandoned()
        return history.recent(limit=MAX_RECENT)

    def _log_failure(self, error: Exception) -> None:
        _log.error("unexpected error", exc_info=error)

    def _shut_down(self) -> None:
        """Adapters, dialogs, lanes, tray: in this order, so that nothing new comes in while the rest ends."""
        if self._closed:
            return
        self._closed = True
        self._clipboard.close()
        self._signals.close()
        for close in (*self._closers, self._face.close, self._buses.close):
            close()
        self.about_to_quit.emit()
        for lane in (self._calls_lane, self._live_lane, self._work_lane, self._slow_lane):
            if not lane.close(LANE_CLOSE_S):
                _log.warning("the %s lane was still at work", lane.name)
        self._close_services()
        self._tray.close()


def _doubt_account(parts: "Parts") -> None:
    """Another process changed the account: its password and what its role allows are asked anew."""
    parts.caller.doubt_password()
    parts.live.ask_again()


def _end_launch_feedback(startup_id: str) -> None:
    from ringbridge.desktop.x11.launch_feedback import end_launch_feedback

    end_launch_feedback(startup_id)


def _load_link_default() -> "Callable[..., LinkDefault]":
    from ringbridge.ui.link_default import LinkDefault

    return LinkDefault


def _load_parts() -> "Callable[..., Parts]":
    from ringbridge.desktop import selection_atspi, selection_simulated
    from ringbridge.ui import card, moment_words, parts, progress_words

    # the coordinator and the tray import these when they show something: 30 ms that the GUI thread does not have
    _ = card, moment_words, progress_words, selection_atspi, selection_simulated
    return parts.Parts
