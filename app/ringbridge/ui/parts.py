"""What the tray program needs once somebody wants something: made on first use, so that the start stays light."""

import logging
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ringbridge.core.errors import RingbridgeError
from ringbridge.desktop.activation import activated_by
from ringbridge.desktop.choose import selection_sources
from ringbridge.desktop.selected_text import SelectedText
from ringbridge.ui.call_strip import CallStrip
from ringbridge.ui.calling import Caller
from ringbridge.ui.coordinator import Coordinator
from ringbridge.ui.key_actions import KeyActions
from ringbridge.ui.later_calls import LaterCalls
from ringbridge.ui.live_calls import LiveCalls
from ringbridge.ui.muted_programs import MutedPrograms
from ringbridge.ui.notices import Topic
from ringbridge.ui.notify import NotifyRules
from ringbridge.ui.notify_calls import CallNotices
from ringbridge.ui.notify_offers import OfferNotices
from ringbridge.ui.offer_pause import OfferPause
from ringbridge.ui.own_phone import OwnPhone
from ringbridge.ui.reading import Reader
from ringbridge.ui.remote import Remote
from ringbridge.ui.translation import tr
from ringbridge.ui.wording import error_sentence, muted_sentence, pause_sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringbridge.core.calls import CallRecord
    from ringbridge.core.capability import Capability
    from ringbridge.core.settings import Settings
    from ringbridge.desktop.ports import ClipboardBackend
    from ringbridge.desktop.registration_ports import LinkHandler
    from ringbridge.services.call_facts import FactFinder
    from ringbridge.services.credentials import Credentials
    from ringbridge.services.dialer import Dialer
    from ringbridge.services.phone_check import PhoneCheck
    from ringbridge.services.settings_file import SettingsFile
    from ringbridge.services.tracker import Tracker
    from ringbridge.ui.account_flow import AccountFlow
    from ringbridge.ui.buses import Buses
    from ringbridge.ui.call_number import CallNumber
    from ringbridge.ui.capability_page import Capabilities
    from ringbridge.ui.card import Card
    from ringbridge.ui.hotkey_binding import HotkeyReport
    from ringbridge.ui.notices import Notices
    from ringbridge.ui.notify import Notify
    from ringbridge.ui.session import Session
    from ringbridge.ui.tasks import Lane
    from ringbridge.ui.tray import Tray


_log = logging.getLogger(__name__)


class Parts(QObject):
    """Reader, caller, coordinator, remote and the dialogs, wired to each other. GUI thread.

    Args:
        session: The settings in force.
        tray: The icon and its menu.
        notices: What needs attention.
        notify: The way to the desktop's notifications.
        clipboard: Reads the clipboard and the selection on demand.
        settings_file: Used on `slow_lane` only.
        credentials: The keyring.
        dialer: Gives the one dialer; called on `calls_lane` only.
        tracker: Gives the one tracker; called on `live_lane` only.
        calls_lane: Calls, one after the other.
        live_lane: Looks at calls under way, and what is done to them.
        work_lane: Short work: reading numbers.
        slow_lane: What may take seconds: testing a login, saving settings.
        in_force: Gives the settings and the region of the moment; called on `work_lane` only.
        facts: Gives what knows the facts for the gate; called on `work_lane` only.
        locked: Whether the screen is locked.
        stop_key: As in `Coordinator`.
        hotkeys: Tells how the keys stand.
        recent: The calls of earlier starts, newest first.
        profile: The profile's name.
        links: Makes the desktop send phone links here; used on `slow_lane` only.
        buses: The shared connections to the desktop.
        demo: The account is the training PBX's and not for changing.

    Signals:
        settings_saved: New `Settings` are in the file.
        settings_changed_elsewhere: Another process changed the file.
        started_again: Somebody started Ringbridge a second time.
    """

    settings_saved = Signal(object)
    settings_changed_elsewhere = Signal()
    started_again = Signal()

    def __init__(
        self,
        *,
        session: "Session",
        tray: "Tray",
        notices: "Notices",
        notify: "Notify",
        clipboard: "ClipboardBackend",
        settings_file: "SettingsFile",
        credentials: "Credentials",
        dialer: "Callable[[], Dialer]",
        tracker: "Callable[[], Tracker]",
        calls_lane: "Lane",
        live_lane: "Lane",
        work_lane: "Lane",
        slow_lane: "Lane",
        in_force: "Callable[[], tuple[Settings, str]]",
        facts: "Callable[[], FactFinder]",
        locked: "Callable[[], bool]",
        stop_key: "Callable[[Callable[[], None] | None], None]",
        hotkeys: "Callable[[], HotkeyReport]",
        recent: "tuple[CallRecord, ...]",
        profile: str,
        links: "LinkHandler",
        buses: "Buses",
        demo: bool,
    ) -> None:
        super().__init__()
        self._session = session
        self._notices = notices
        self._settings_file = settings_file
        self._credentials = credentials
        self._slow_lane = slow_lane
        self._demo = demo
        self._links, self._buses, self._profile = links, buses, profile
        self._account_flow: AccountFlow | None = None
        self._call_number: CallNumber | None = None
        self._capabilities: Capabilities | None = None
        self.reader = Reader(in_force=in_force, lane=work_lane, facts=facts)
        self._own_phone = OwnPhone(session=session, check=partial(_phone_check, credentials), lane=slow_lane)
        self.caller = Caller(
            session=session,
            reader=self.reader,
            dialer=dialer,
            lane=calls_lane,
            locked=locked,
            phone=self._own_phone.state,
            look_at_phone=self._own_phone.look,
        )
        self.caller.finished.connect(self._own_phone.call_finished)
        self.coordinator = Coordinator(
            session=session,
            reader=self.reader,
            caller=self.caller,
            tray=tray,
            notices=notices,
            stop_key=stop_key,
        )
        self.live = LiveCalls(session=session, caller=self.caller, tracker=tracker, lane=live_lane)
        self.later = LaterCalls(self.caller)
        self.strip = CallStrip(
            session=session,
            live=self.live,
            later=self.later,
            tray=tray,
            coordinator=self.coordinator,
            reader=self.reader,
            caller=self.caller,
        )
        self.keys = KeyActions(
            caller=self.caller, coordinator=self.coordinator, open_call_number=self.open_call_number
        )
        self.act = self.keys.act
        rules = NotifyRules(session=session, screen_locked=locked)
        self.coordinator.offers = OfferNotices(
            notify=notify, rules=rules, session=session, coordinator=self.coordinator
        )
        self.strip.notices = CallNotices(
            notify=notify,
            rules=rules,
            hang_up=self.live.hang_up,
            show_strip=lambda key, focusable: self.strip.show_noticed(key, focusable=focusable),
            put_away=self.strip.put_away,
        )
        self.offer_pause = OfferPause(session)
        self.coordinator.offer_shown.connect(self.offer_pause.shown)
        self.coordinator.offer_used.connect(self.offer_pause.used)
        self.coordinator.offer_left.connect(self.offer_pause.left)
        self.coordinator.card_made.connect(self._wire_card)
        self.offer_pause.began.connect(self._tell_pause)
        self._muted = MutedPrograms(session=session, settings_file=settings_file, lane=slow_lane)
        self._muted.muted.connect(self._tell_muted)
        self._muted.failed.connect(self._tell_failure)
        tray.mute_wanted.connect(self._muted.add)
        self.selected_text = SelectedText(selection_sources(clipboard, work_lane.submit))
        self.remote = Remote(
            caller=self.caller,
            reader=self.reader,
            clipboard=clipboard,
            # nobody looks on: a call must not come of a copy that was made for a person
            selection=SelectedText(selection_sources(clipboard, work_lane.submit, copying=False)),
            redial=self.coordinator.redial_latest,
            hotkeys=hotkeys,
            profile=profile,
            demo=demo,
        )
        self.coordinator.recent.add_earlier(recent)
        self.coordinator.news.settings_wanted.connect(self.open_settings)
        self.remote.call_dialog_wanted.connect(self._show_call_number)
        self.remote.started_again.connect(self._start_again)
        self.remote.launched.connect(self._launch_is_over)
        self.remote.link_opened.connect(self.coordinator.ask_about_link)
        self.remote.copy_refused.connect(self.coordinator.explain_copy)
        self.remote.settings_changed.connect(self.settings_changed_elsewhere)

    def _wire_card(self, card: "Card") -> None:
        card.action_wanted.connect(self.offer_pause.resume)

    def _tell_pause(self, count: int) -> None:
        self.coordinator.inform(tr("Offers are paused"), pause_sentence(count), tr("Resume", "a button"))

    def _tell_muted(self, program: str) -> None:
        self.coordinator.inform(tr("Ringbridge"), muted_sentence(program))

    def _tell_failure(self, error: Exception) -> None:
        if not isinstance(error, RingbridgeError):
            raise error
        self.coordinator.tell(error_sentence(error))

    def open_call_number(self) -> None:
        """Show “Call number…”."""
        if self._call_number is None:
            from ringbridge.ui.call_number import CallNumber

            self._call_number = CallNumber(
                reader=self.reader, caller=self.caller, session=self._session, later=self.later, live=self.live
            )
        self._call_number.open()

    def open_settings(self) -> None:
        """Show the settings, and what sent people there no more: it could cover them on a small screen."""
        self.coordinator.clear_message()
        if self._account_flow is None:
            from ringbridge.ui.account_flow import AccountFlow
            from ringbridge.ui.desktop_switches import DesktopSwitches

            switches = DesktopSwitches(
                links=self._links, buses=self._buses, lane=self._slow_lane, profile=self._profile
            )
            switches.failed.connect(self.coordinator.tell)
            self._account_flow = AccountFlow(
                session=self._session,
                settings_file=self._settings_file,
                credentials=self._credentials,
                lane=self._slow_lane,
                demo=self._demo,
                switches=None if self._demo else switches,
            )
            self._account_flow.saved.connect(self.settings_saved)
            self._account_flow.capabilities_wanted.connect(self.open_capabilities)
            self._account_flow.notice.connect(partial(self._notices.set, Topic.PASSWORD))
        self._account_flow.open()

    def open_capabilities(self) -> None:
        """Show what works on this computer."""
        if self._capabilities is None:
            from ringbridge.ui.capability_page import Capabilities

            self._capabilities = Capabilities(look=self._look_at_capabilities, lane=self._slow_lane)
        self._capabilities.open()

    def _look_at_capabilities(self) -> "tuple[Capability, ...]":
        from ringbridge.desktop.capabilities import desktop_capabilities
        from ringbridge.services.reach import look_at_keyring, look_at_pbx

        account = self._session.settings.account
        keyring = look_at_keyring(self._credentials, account, quietly=True)
        pbx = look_at_pbx(account, keyring.password)
        return (*desktop_capabilities(self._profile), keyring.capability, pbx.capability)

    def _show_call_number(self, activation_token: str) -> None:
        with activated_by(activation_token):
            self.open_call_number()

    def _start_again(self, activation_token: str) -> None:
        with activated_by(activation_token):
            self.started_again.emit()

    def _launch_is_over(self, startup_id: str) -> None:
        """The process that was started has handed over and opens no window, which would tell the desktop."""
        self._slow_lane.submit(partial(_end_launch_feedback, startup_id), lambda _: None, _log_failure)

    def reconnect(self, *, slept: bool) -> None:
        """The way to the PBX is another one now, or the computer slept: what stood and what was known is old."""
        self.caller.drop_connection()
        self.live.look_now()
        self._own_phone.forget()
        if slept:
            self.later.woke_up()

    def ask_about_link(self, uri: str) -> None:
        """A link came with the start."""
        self.reader.read(uri, self.coordinator.ask_about_link, self.coordinator.refuse)

    def close(self) -> None:
        """Close the dialogs, the card and the strip. Safe to call twice."""
        for part in (
            self.later,
            self.live,
            self.strip,
            self._call_number,
            self._account_flow,
            self._capabilities,
            self.coordinator,
        ):
            if part is not None:
                part.close()


def _end_launch_feedback(startup_id: str) -> None:
    from ringbridge.desktop.x11.launch_feedback import end_launch_feedback

    end_launch_feedback(startup_id)


def _log_failure(error: Exception) -> None:
    _log.error("unexpected error beside the parts", exc_info=error)


def _phone_check(credentials: "Credentials") -> "PhoneCheck":
    from ringbridge.services.phone_check import PhoneCheck

    return PhoneCheck(credentials)
