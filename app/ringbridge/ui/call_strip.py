"""What the strip, the tray and the list of recent calls show of calls under way, and what people do with them."""

import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication

from ringbridge.core.calls import CallEnd, CallOutcome, CallProgress, CallState, Outcome
from ringbridge.core.tracking import is_unwatched
from ringbridge.ui.live_calls import LiveCall, LiveCalls
from ringbridge.ui.live_menu import LiveEntry, LiveMenu
from ringbridge.ui.look import Tone, country_name, dotted
from ringbridge.ui.progress_words import end_title, live_title, lost_title, progress_word
from ringbridge.ui.strip import Strip, StripFace
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import error_sentence, hang_up_sentence, outcome_sentence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ringbridge.core.calls import CallRecord, Destination
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
    """Shows the latest call in the strip and all of them in the tray menu. GUI thread.

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
        self._tray = tray
        self._coordinator = coordinator
        self._reader = reader
        self._caller = caller
        self.notices: CallNotices | None = None
        self._strip: Strip | None = None
        self._card: QWidget | None = None
        self._transfer: Transfer | None = None
        self._menu = LiveMenu(tray.menu)
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
        self._menu.show_wanted.connect(partial(self._show, focusable=True))
        self._menu.hang_up_wanted.connect(live.hang_up)
        self._menu.cancel_wanted.connect(later.cancel)

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
        self._coordinator.recent.progressed(key, progress=_progress(call), callid=call.track.callid)
        self._refresh_tray()
        if self._ended is not None and self._shown == key:
            self._ended = call  # nobody may look at it, and the PBX was asked to end it
            self._leaves.start()
            self._refresh()
            return
        if not _is_shown(call):
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
        self._coordinator.recent.progressed(key, progress=_progress(call), callid=call.track.callid)
        if self._shown == key and key not in self._put_away:
            self._ended = call
            self._refresh()
            self._leaves.start()
        else:
            self._shown = "" if self._shown == key else self._shown
            self._forget(key)
        self._refresh_tray()

    def _waiting(self, call: "LaterCall") -> None:
        self._refresh_tray()
        self._show(call.key)

    def _dropped(self, key: str) -> None:
        """Nothing came of it: the card says why, or it goes on under another key."""
        if self._shown == key:
            self._leave()
        self._forget(key)
        self._refresh_tray()

    def _waits_no_more(self, key: str) -> None:
        """It is being called, and the strip goes on with it in a moment; or it was cancelled."""
        QTimer.singleShot(_CHANGE_MS, partial(self._dropped, key))
        self._refresh_tray()

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
            face = _face_of(waiting.destination, waiting.wish.name)
            return face._replace(title=tr("Calling in"), until_s=waiting.until_s, can_note=False)
        call = self._ended or self._live.find(key)
        if call is None:
            return None
        face = _face_of(call.request.destination, call.request.name)
        track, over = call.track, call.has_ended
        return face._replace(
            title=_title(call),
            tone=_tone(call),
            since_s=track.connected_s if track.state is CallState.CONNECTED else None,
            message="" if over and not is_unwatched(track) else self._messages.get(key, ""),
            note=self._notes.get(key, ""),
            can_hang_up=call.can_hang_up,
            can_pass_on=call.can_pass_on,
            over=over,
        )

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
            if _is_shown(call) and call.request.request_id not in self._put_away:
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

    # ------------------------------------------------------------ the tray

    def _refresh_tray(self) -> None:
        entries = [
            LiveEntry(
                key=call.key,
                who=_who(call.destination, call.wish.name),
                state=tr("called in a while", "a call that waits for its time"),
                can_cancel=True,
            )
            for call in self._later.calls
        ]
        live = [call for call in self._live.calls if _is_shown(call)]
        entries += [
            LiveEntry(
                key=call.request.request_id,
                who=_who(call.request.destination, call.request.name),
                state=progress_word(_progress(call)) or tr("requested", "the PBX accepted the call"),
                can_hang_up=call.can_hang_up,
            )
            for call in live
        ]
        self._menu.show(entries)
        if not live:
            self._tray.set_activity("")
            return
        first = entries[len(entries) - len(live)]
        self._tray.set_activity(fill(tr("{who}: {state}"), who=first.who, state=first.state))


def _is_shown(call: LiveCall) -> bool:
    """Whether the strip tells of it; where the answer was lost the card does, until the call is seen."""
    return call.sent in {None, Outcome.REQUESTED} or call.track.was_seen


def _who(destination: "Destination", name: str) -> str:
    return name or destination.display or destination.dialed


def _face_of(destination: "Destination", name: str) -> StripFace:
    number = destination.display or destination.dialed
    details = [number if name else "", country_name(destination.region)]
    if destination.extension:
        details.append(fill(tr("extension {digits}"), digits=destination.extension))
    return StripFace(
        title="",
        name=name,
        number=number,
        detail=dotted(*details),
        extension=destination.extension,
    )


def _title(call: LiveCall) -> str:
    track = call.track
    if track.state is CallState.ENDED:
        return end_title(track.end, track.talk_s)
    if is_unwatched(track) and track.hang_up_asked_s is not None:
        return hang_up_sentence(CallOutcome(request_id="", outcome=Outcome.REQUESTED))
    if track.over and not call.is_awaited:
        # whom the role shut out in the middle was told of the call before
        told = track.reason if track.state is CallState.REQUESTED or track.reason == "no_leg" else ""
        return lost_title(told)
    return live_title(track.state, asked=call.sent is not None, hanging_up=track.hang_up_asked_s is not None)


def _tone(call: LiveCall) -> Tone:
    if call.track.state is CallState.UNKNOWN:
        return Tone.BAD
    if call.track.state is CallState.ENDED and call.track.end is not CallEnd.ANSWERED:
        return Tone.CAUTION
    return Tone.CALL


def _progress(call: LiveCall) -> CallProgress:
    """As `ringbridge.services.tracker.progress_of` keeps it; for the menu the times of day do not matter."""
    track = call.track
    nothing_seen = track.state is CallState.REQUESTED
    ended_at = None
    if track.ended_s is not None:
        ended_at = datetime.fromtimestamp(time.time() - (time.monotonic() - track.ended_s), UTC)
    return CallProgress(
        state=CallState.NOT_FOLLOWED if nothing_seen else track.state,
        end=track.end,
        ended_at=ended_at,
        talk_s=track.talk_s,
    )


def _note_failed(error: Exception) -> str:
    from ringbridge.core.errors import RingbridgeError

    return error_sentence(error) if isinstance(error, RingbridgeError) else tr("The note could not be kept.")
