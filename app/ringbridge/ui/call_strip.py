"""Which call the strip shows when, and what people do with it there."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication

from ringbridge.core.calls import CallOutcome, Outcome
from ringbridge.ui.call_face import is_shown, later_face, live_face, live_progress
from ringbridge.ui.calls_in_tray import CallsInTray
from ringbridge.ui.live_call import LiveCall
from ringbridge.ui.live_calls import LiveCalls
from ringbridge.ui.strip import Strip, StripFace
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import error_sentence, hang_up_sentence, outcome_sentence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ringbridge.core.calls import CallRecord
    from ringbridge.ui.calling import Caller
    from ringbridge.ui.coordinator import Coordinator
    from ringbridge.ui.later_calls import LaterCall, LaterCalls
    from ringbridge.ui.notify_calls import CallNotices
    from ringbridge.ui.reading import Reader
    from ringbridge.ui.session import Session
    from ringbridge.ui.transfer import Transfer
    from ringbridge.ui.tray import Tray

_CHANGE_MS = 100
END_SHOWN_MS = 8_000
"""So long the strip says how a call ended."""


class CallStrip(QObject):
    """Shows the latest call in the strip, and has all of them shown in the tray and kept in its list. GUI thread.

    Args:
        session: The settings in force.
        live: The calls under way.
        later: The calls that wait for their time.
        tray: The icon and its menu.
        coordinator: Keeps the list of recent calls, and the card in the same corner.
        reader: Reads whom a call is passed on to.
        caller: Has the gate for it.

    Attributes:
        notices: Shows calls as the desktop's notifications where the settings want that; None: nobody does.
    """

    def __init__(
        self,
        *,
        session: "Session",
        live: LiveCalls,
        later: "LaterCalls",
        tray: "Tray",
        coordinator: "Coordinator",
        reader: "Reader",
        caller: "Caller",
    ) -> None:
        super().__init__()
        self._session = session
        self._live = live
        self._later = later
        self._coordinator = coordinator
        self._reader = reader
        self._caller = caller
        self.notices: CallNotices | None = None
        self._strip: Strip | None = None
        self._card: QWidget | None = None
        self._transfer: Transfer | None = None
        self._shown = ""  # the key of the call in the strip
        self._ended: LiveCall | None = None  # the call in the strip, when it is over
        self._put_away: set[str] = set()
        self._messages: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        self._leaves = QTimer(self)
        self._leaves.setSingleShot(True)
        self._leaves.setInterval(END_SHOWN_MS)
        self._leaves.timeout.connect(self._leave)
        coordinator.news.shows_calls = False
        coordinator.card_made.connect(self._watch_card)
        live.changed.connect(self._changed)
        live.ended.connect(self._call_ended)
        live.dropped.connect(self._dropped)
        live.hung_up.connect(self._hung_up)
        live.passed_on.connect(self._passed_on)
        live.completed.connect(self._completed)
        later.waiting.connect(self._waiting)
        later.gone.connect(self._waits_no_more)
        self._in_tray = CallsInTray(tray=tray, live=live, later=later)
        self._in_tray.show_wanted.connect(partial(self._show, focusable=True))

    def close(self) -> None:
        """Take everything off the screen. Safe to call twice."""
        self._leaves.stop()
        if self.notices is not None:
            self.notices.leave()
        for window in (self._transfer, self._strip):
            if window is not None:
                window.close()

    # ------------------------------------------------------------ what happens to calls

    def _changed(self, call: LiveCall) -> None:
        key = call.request.request_id
        self._coordinator.recent.progressed(key, progress=live_progress(call), callid=call.track.callid)
        self._in_tray.refresh()
        if self._ended is not None and self._shown == key:
            self._ended = call  # nobody may look at it, and the PBX was asked to end it
            self._leaves.start()
            self._refresh()
            return
        if not is_shown(call):
            if self._shown == key:
                self._leave()
            return
        if self._shown != key and key not in self._put_away and self._is_newest(key) and not self._is_writing:
            self._ended = None
            self._leaves.stop()
            self._shown = key
            self._show(key)
        elif self._shown == key:
            self._refresh()

    def _call_ended(self, call: LiveCall) -> None:
        key = call.request.request_id
        self._coordinator.recent.progressed(key, progress=live_progress(call), callid=call.track.callid)
        if self._shown == key and key not in self._put_away:
            self._ended = call
            self._refresh()
            self._leaves.start()
        else:
            self._shown = "" if self._shown == key else self._shown
            self._forget(key)
        self._in_tray.refresh()

    def _waiting(self, call: "LaterCall") -> None:
        self._in_tray.refresh()
        self._show(call.key)

    def _dropped(self, key: str) -> None:
        """Nothing came of it: the card says why, or it goes on under another key."""
        if self._shown == key:
            self._leave()
        self._forget(key)
        self._in_tray.refresh()

    def _waits_no_more(self, key: str) -> None:
        """It is being called, and the strip goes on with it in a moment; or it was cancelled."""
        QTimer.singleShot(_CHANGE_MS, partial(self._dropped, key))
        self._in_tray.refresh()

    def _completed(self, records: "tuple[CallRecord, ...]") -> None:
        for record in records:
            self._coordinator.recent.progressed(record.request_id, progress=record.progress)

    def _hung_up(self, key: str, outcome: CallOutcome) -> None:
        unwatched = self._ended is not None and self._shown == key
        if outcome.outcome is not Outcome.REQUESTED and (outcome.problem != "no_call" or unwatched):
            self._say(key, hang_up_sentence(outcome))

    def _passed_on(self, key: str, outcome: CallOutcome) -> None:
        if outcome.outcome is not Outcome.REQUESTED:
            self._say(key, fill(tr("Not transferred. {why}"), why=outcome_sentence(outcome)))

    def _say(self, key: str, sentence: str) -> None:
        self._messages[key] = sentence
        if self._shown == key:
            self._refresh()

    # ------------------------------------------------------------ the strip

    def _show(self, key: str, *, focusable: bool = False) -> None:
        """Put a call into the strip and the strip on the screen."""
        if key != self._shown:
            self._finish_note()
            self._ended = None
            self._leaves.stop()
        self._shown = key
        self._put_away.discard(key)
        face = self._face()
        if face is None:
            return
        if self.notices is not None:
            if not focusable and not self._is_up and self.notices.show(key, face):
                return
            self.notices.leave()
        strip = self._the_strip()
        strip.show_face(face)
        strip.present(corner=self._session.settings.card.corner, beside=self._card, focusable=focusable)

    def show_noticed(self, key: str, *, focusable: bool = True) -> None:
        """Show a call in the strip in the place of its notification."""
        if self.notices is not None:
            self.notices.leave()
        call = self._live.find(key) or (self._ended if self._shown == key else None)
        if call is None:
            self._coordinator.tell(tr("That call is over."))
        elif focusable:
            self._show(key, focusable=True)
        elif (face := self._face()) is not None and self._shown == key:
            strip = self._the_strip()
            strip.show_face(face)
            strip.present(corner=self._session.settings.card.corner, beside=self._card)

    def put_away(self, key: str) -> None:
        """The notification of a call was closed by a person: the call goes on, and the tray menu shows it again."""
        if key == self._shown:
            self._hidden()

    def _refresh(self) -> None:
        face = self._face()
        if face is None:
            return
        if self.notices is not None and not self._is_up and self._shown not in self._put_away:
            self.notices.refresh(self._shown, face)
        if self._strip is not None:
            self._strip.show_face(face)

    @property
    def _is_up(self) -> bool:
        return self._strip is not None and self._strip.isVisible()

    def _face(self) -> StripFace | None:
        key = self._shown
        waiting = next((call for call in self._later.calls if call.key == key), None)
        if waiting is not None:
            return later_face(waiting)
        call = self._ended or self._live.find(key)
        if call is None:
            return None
        return live_face(call, message=self._messages.get(key, ""), note=self._notes.get(key, ""))

    def _leave(self) -> None:
        """The call in the strip has been shown to its end: make room, or show the one before."""
        strip = self._strip
        if strip is not None and self._ended is not None and (strip.is_writing or strip.underMouse()):
            self._leaves.start()
            return
        self._leaves.stop()
        self._finish_note()
        if self._ended is not None:
            self._forget(self._ended.request.request_id)
        self._ended, self._shown = None, ""
        for call in self._live.calls:
            if is_shown(call) and call.request.request_id not in self._put_away:
                self._show(call.request.request_id)
                return
        if self._later.calls:
            self._show(self._later.calls[0].key)
            return
        if self.notices is not None:
            self.notices.leave()
        if strip is not None:
            strip.hide()

    def _hidden(self) -> None:
        """A person put the strip away: the call goes on, and the tray menu shows it again."""
        self._put_away.add(self._shown)
        self._leaves.stop()
        if self._ended is not None:
            self._forget(self._shown)
            self._ended, self._shown = None, ""

    @property
    def _is_writing(self) -> bool:
        return self._strip is not None and self._strip.is_writing

    def _finish_note(self) -> None:
        """The strip is about to show another call, or none: a note belongs to the call it was begun for."""
        if self._strip is not None:
            self._strip.finish_note()

    def _forget(self, key: str) -> None:
        self._put_away.discard(key)
        self._messages.pop(key, None)
        self._notes.pop(key, None)
        self._live.let_go(key)

    def _is_newest(self, key: str) -> bool:
        shown = self._live.find(self._shown)
        if shown is None or self._ended is not None:
            return True
        order = [call.request.request_id for call in self._live.calls]
        return key in order and order.index(key) < order.index(self._shown)

    def _the_strip(self) -> Strip:
        if self._strip is None:
            strip = self._strip = Strip()
            strip.hang_up_wanted.connect(lambda: self._live.hang_up(self._shown))
            strip.call_now_wanted.connect(lambda: self._later.call_now(self._shown))
            strip.cancel_wanted.connect(lambda: self._later.cancel(self._shown))
            strip.copy_wanted.connect(self._copy)
            strip.note_written.connect(self._keep_note)
            strip.transfer_wanted.connect(self._open_transfer)
            strip.hidden.connect(self._hidden)
        return self._strip

    def _watch_card(self, card: "QWidget") -> None:
        """The card stands in the same corner; the strip makes room for it."""
        self._card = card
        card.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The card came, went or grew."""
        moved = {QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize}
        card, strip = self._card, self._strip
        if watched is card and card is not None and strip is not None and event.type() in moved:
            QTimer.singleShot(0, partial(strip.make_room, card))
        return False

    # ------------------------------------------------------------ what people do

    def _keep_note(self, note: str) -> None:
        key = self._shown
        self._notes[key] = note
        self._coordinator.recent.progressed(key, note=note)
        self._live.write_note(key, note, lambda error: self._say(key, _note_failed(error)))

    def _copy(self, text: str) -> None:
        self._coordinator.copies(text)
        QGuiApplication.clipboard().setText(text)

    def _open_transfer(self) -> None:
        if self._transfer is None:
            from ringbridge.ui.transfer import Transfer

            self._transfer = Transfer(live=self._live, reader=self._reader, caller=self._caller)
        self._transfer.open(self._shown)


def _note_failed(error: Exception) -> str:
    from ringbridge.core.errors import RingbridgeError

    return error_sentence(error) if isinstance(error, RingbridgeError) else tr("The note could not be kept.")
