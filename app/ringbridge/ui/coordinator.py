"""Brings the parts together: what is copied becomes an offer, an offer a call, a call an entry in the menu."""

import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ringbridge.core.calls import CallOutcome, CallRecord, CallRequest, Origin, Outcome
from ringbridge.core.errors import InputError
from ringbridge.desktop.activation import activated_by
from ringbridge.desktop.ports import Copied, Way
from ringbridge.ui.call_report import GOES_ON, attention, record_of, report_title, who_of
from ringbridge.ui.calling import Caller, OutcomeHandler, Wish
from ringbridge.ui.choice import Choice, asked_choice, offered_choice
from ringbridge.ui.muted_programs import KEY as MUTED_KEY
from ringbridge.ui.notices import Topic
from ringbridge.ui.session import MAX_RECENT
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.tray_icon import TrayState
from ringbridge.ui.wording import (
    error_sentence,
    gate_sentence,
    hang_up_sentence,
    outcome_sentence,
    read_problem_sentence,
    way_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringbridge.core.calls import CallProgress
    from ringbridge.core.dialing.guard_settings import OwnPhone
    from ringbridge.core.targets import Target
    from ringbridge.ui.calling import Judged
    from ringbridge.ui.card import Card
    from ringbridge.ui.notices import Notices
    from ringbridge.ui.notify_offers import OfferNotices
    from ringbridge.ui.reading import Reader, Reading
    from ringbridge.ui.session import Session
    from ringbridge.ui.tray import Tray

_log = logging.getLogger(__name__)

_CALLING_SHOWN_MS = 10_000
_GOOD_NEWS_S = 6
_NEWS_S = 30
_FEEDBACK_MS = 20
_PHONE_REASONS = {"phone_offline", "phone_rejects"}
_NOT_IN_HISTORY = {
    "repeated", "no_url", "no_username", "no_line", "history_unavailable", "history_too_new", "limit_minute",
    "limit_day",
}  # fmt: skip
"""Problems of wishes that never got a row: they do not stand in the menu either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A wish that waits for a person's yes, or for the end of its countdown.

    Attributes:
        wish: The wish.
        choice: What the card and the menu show of it.
        done: Waits for what becomes of it, or None.
        counting: It is counted down: without a no it is called.
        alternative: Another own phone that could ring, or None.
    """

    wish: Wish
    choice: Choice
    done: OutcomeHandler | None
    counting: bool = False
    alternative: "OwnPhone | None" = None


class Coordinator(QObject):
    """Listens to everybody, decides nothing that `core` decides. GUI thread.

    Args:
        session: The settings in force.
        reader: Reads texts off the GUI thread.
        caller: The one way to a call.
        tray: The icon and its menu.
        notices: What needs attention.
        stop_key: Takes what a press of Escape anywhere does from now on, or None for nothing.

    Attributes:
        shows_calls: Tell on the card how calls go; else the call strip does, and the card keeps what went wrong.
        offers: Shows offers and messages as the desktop's notifications where the settings want that; None: nobody.

    Signals:
        settings_wanted: The account is not set up, and a person wants to call.
        card_made: The `Card`, before it is shown for the first time.
        offer_shown: Numbers are offered anew: because they were copied (True), or because a person asked.
        offer_used: One of them is called, or all are looked at again.
        offer_left: They went from the screen by themselves, or were closed.
    """

    settings_wanted = Signal()
    card_made = Signal(object)
    offer_shown = Signal(bool)
    offer_used = Signal()
    offer_left = Signal()

    def __init__(
        self,
        *,
        session: "Session",
        reader: "Reader",
        caller: Caller,
        tray: "Tray",
        notices: "Notices",
        stop_key: "Callable[[Callable[[], None] | None], None]" = lambda _pressed: None,
    ) -> None:
        super().__init__()
        self._stop_key = stop_key
        self.shows_calls = True
        self.offers: OfferNotices | None = None
        self._offer_number = 0
        self._own_copy = ""
        self._program = ""
        self._way = ""
        self._notices = notices
        self._session = session
        self._reader = reader
        self._caller = caller
        self._tray = tray
        self._made_card: Card | None = None
        self._offer: tuple[Reading, ...] = ()
        self._selected: Target | None = None
        self._recent: tuple[CallRecord, ...] = ()
        self._question: _Question | None = None
        self._starting: dict[str, CallRequest] = {}
        self._calling_shown = QTimer(self)
        self._calling_shown.setSingleShot(True)
        self._calling_shown.setInterval(_CALLING_SHOWN_MS)
        self._calling_shown.timeout.connect(self._calm_icon)
        caller.started.connect(self._call_started)
        caller.finished.connect(self._call_finished)
        caller.question.connect(self._ask)
        caller.countdown.connect(self._count_down)
        caller.hung_up.connect(self._hung_up)
        tray.offer_wanted.connect(partial(self._call_offered, origin=Origin.MENU))
        tray.offer_shown_wanted.connect(self._show_offer_again)

    def show_recent(self, records: tuple[CallRecord, ...]) -> None:
        """Take the calls of earlier sessions into the menu, newest first."""
        known = {record.request_id for record in self._recent}
        older = tuple(record for record in records if record.request_id not in known)
        self._recent = (self._recent + older)[:MAX_RECENT]
        self._tray.set_recent(self._recent)

    def progressed(
        self, request_id: str, *, progress: "CallProgress | None" = None, callid: str = "", note: str | None = None
    ) -> None:
        """More is known of a call in the menu; None and empty change nothing."""
        updated = tuple(
            replace(
                record,
                progress=progress or record.progress,
                callid=callid or record.callid,
                note=record.note if note is None else note,
            )
            if record.request_id == request_id
            else record
            for record in self._recent
        )
        if updated != self._recent:
            self._recent = updated
            self._tray.set_recent(updated)

    def copies(self, text: str) -> None:
        """We are about to put this text on the clipboard ourselves."""
        self._own_copy = text

    def copied(self, text: str, program: str = "") -> None:
        """A text with digits was copied in another program: look for numbers, offer what is found.

        Args:
            text: The text.
            program: Where it was copied, or empty.
        """
        own, self._own_copy = self._own_copy, ""
        if text == own:
            return  # copied here: whoever copies the number of a call does not want to call it again
        self._reader.find(text, partial(self._found, program=program, was_copied=True), self.refuse)

    def selected(self, copied: Copied) -> None:
        """The hotkey was pressed and the selected text read: offer what is in it; pressed again, call it."""
        if copied.problem is not None:
            self.tell(read_problem_sentence(copied.problem))
            return
        self._reader.read(copied.text, partial(self._offer_selected, copied.way), self.refuse, typed=False)

    def _offer_selected(self, way: Way, reading: "Reading") -> None:
        if self._caller.screen_locked:
            self.tell(gate_sentence("locked"))
        elif set(reading.target.code) & set("*#"):
            self.tell(gate_sentence("code_copied"))
        elif self._question is not None:
            # the key means the selected number, never the question of a link
            if self._question.counting and self._question.wish.target == reading.target:
                self._card.skip()
        elif reading.traits is not None and reading.traits.emergency:
            self._caller.want(Wish(target=reading.target, destination=reading.destination, origin=Origin.HOTKEY))
        elif self._selected == reading.target and [offered.target for offered in self._offer] == [reading.target]:
            self._call_offered(0, origin=Origin.HOTKEY)
        else:
            self._found((reading,), way=way_sentence(way))
            self._selected = reading.target

    def inform(self, title: str, sentence: str, action: str = "") -> None:
        """Say that something is different from now on, with a button that does `action` about it, or none."""
        self._card.status(title, sentence, good=True, seconds=_NEWS_S, action=action)

    def tell(self, sentence: str) -> None:
        """Say something that went wrong, until a person has seen it."""
        self._say(tr("Ringbridge"), sentence, good=False)

    def tell_gone(self) -> None:
        """A click came for an offer that is no more."""
        self.tell(tr("That number is no longer offered, so nothing was called. Copy it again."))

    def call_noticed(self, number: int, index: int) -> None:
        """“Call” was pressed on the notification of an offer: the same act as on the card.

        Args:
            number: Of the offer.
            index: Which of its numbers.
        """
        if number == self._offer_number and self._question is None and index < len(self._offer):
            self._call_offered(index, origin=Origin.CARD)
        else:
            self.tell_gone()

    def show_noticed(self, number: int, *, focusable: bool = True) -> None:
        """Show the card in the place of the notification of an offer."""
        if number == self._offer_number and self._question is None and self._offer:
            if focusable:
                self.offer_used.emit()
            self._show_card(focusable=focusable)
        elif focusable:
            self.tell_gone()

    def dismiss_noticed(self, number: int) -> None:
        """The notification of an offer was closed by a person."""
        if number == self._offer_number and self._question is None:
            self._forget_offer()
            self.offer_left.emit()

    def expire_noticed(self) -> None:
        """The notification of an offer is no longer to be seen: the menu keeps it, the hotkey shows it anew."""
        self._card_expired()

    def show_status(self, title: str, sentence: str, *, good: bool, seconds: int) -> None:
        """Tell on the card, whatever the settings say."""
        self._card.status(title, sentence, good=good, seconds=seconds)

    def _say(self, title: str, sentence: str, *, good: bool, seconds: int = 0, extension: str = "") -> None:
        """Tell how a call goes or what went wrong, on a notification or, where a button is needed, the card."""
        card_is_up = self._made_card is not None and self._made_card.isVisible()
        if self.offers is None or card_is_up or extension:
            self._card.status(title, sentence, good=good, seconds=seconds, extension=extension)
        elif not self.offers.message(title, sentence, good=good, seconds=seconds):
            self.show_status(title, sentence, good=good, seconds=seconds)

    def refuse(self, error: InputError) -> None:
        """A link or a selected text can't be called."""
        self.tell(error_sentence(error))

    def ask_about_link(self, reading: "Reading", activation_token: str = "") -> None:
        """A link asks to call: a person decides.

        Args:
            reading: The number.
            activation_token: What lets the question take the focus, or empty.
        """
        wish = Wish(target=reading.target, destination=reading.destination, origin=Origin.LINK)
        self._caller.want(replace(wish, activation_token=activation_token))

    def screen_locked(self) -> None:
        """The screen was locked: nobody sees a countdown any more, so it ends without a call.

        Lock screens show notifications, so that of an offer goes; the menu keeps the offer.
        """
        if self.offers is not None:
            self.offers.withdraw()
            self._selected = None
        self.stop_countdown()

    def clear_message(self) -> None:
        """Take a message off the screen; a question or an offer stays."""
        if self.offers is not None:
            self.offers.clear_message()
        if self._made_card is not None and self._question is None and not self._offer:
            self._made_card.hide()

    def close(self) -> None:
        """Take the card off the screen. Safe to call twice."""
        self._calling_shown.stop()
        self._stop_key(None)
        if self.offers is not None:
            self.offers.withdraw()
        if self._made_card is not None:
            self._made_card.close()

    @property
    def _card(self) -> "Card":
        if self._made_card is None:
            from ringbridge.ui.card import Card

            self._made_card = Card()
            self._made_card.call_wanted.connect(self._card_called)
            self._made_card.alternative_wanted.connect(self._alternative_chosen)
            self._made_card.counted_down.connect(self._counted_down)
            self._made_card.dismissed.connect(self._card_dismissed)
            self._made_card.expired.connect(self._card_expired)
            self.card_made.emit(self._made_card)
        return self._made_card

    def _found(
        self, readings: "tuple[Reading, ...]", *, program: str = "", way: str = "", was_copied: bool = False
    ) -> None:
        if not readings or self._question is not None:
            return  # a question on the screen is more urgent than a new offer
        self._offer = readings
        self._program, self._way = program, way
        self._offer_number += 1
        self._selected = None
        self._show_offer_in_tray()
        self._show_offer(focusable=False)
        self._caller.warm_up()
        self.offer_shown.emit(was_copied)

    def _show_offer_again(self) -> None:
        self.offer_used.emit()
        self._show_offer(focusable=True)

    def _show_offer(self, *, focusable: bool) -> None:
        if self._question is not None:
            self._show_question(self._question, focusable=focusable)
        elif self._offer:
            shown = (
                not focusable and self.offers is not None and self.offers.offer(self._offer_number, self._offered())
            )
            if not shown:
                self._show_card(focusable=focusable)

    def _show_card(self, *, focusable: bool) -> None:
        card = self._session.settings.card
        if self._offer:
            self._card.offer(self._offered(), seconds=card.seconds, corner=card.corner, focusable=focusable)

    def _card_called(self, index: int) -> None:
        self._call_offered(index, origin=Origin.CARD)

    def _card_dismissed(self) -> None:
        if self._question is not None:
            self._answer_no(self._question)
        else:
            self._forget_offer()
            self.offer_left.emit()

    def _card_expired(self) -> None:
        """The menu keeps the offer; the hotkey shows it anew before it calls."""
        self._selected = None
        self.offer_left.emit()

    def _call_offered(self, index: int, *, origin: Origin) -> None:
        question = self._question
        if question is not None and origin is Origin.MENU and not question.counting:
            self._show_question(question, focusable=True)  # an entry names the number, not why it is asked about
        elif question is not None:
            self._answer_yes(said_yes=not question.counting)
        elif index < len(self._offer):
            reading = self._offer[index]
            self._offer, self._selected = (), None
            self.offer_used.emit()
            self._caller.want(Wish(target=reading.target, destination=reading.destination, origin=origin))
            QTimer.singleShot(_FEEDBACK_MS, self._show_offer_in_tray)

    def _counted_down(self) -> None:
        if self._question is not None:
            self._answer_yes(said_yes=False)

    def _alternative_chosen(self) -> None:
        phone = self._question.alternative if self._question is not None else None
        if phone is not None:
            self._answer_yes(said_yes=True, line=phone.value, line_kind=phone.kind)

    def _answer_yes(self, *, said_yes: bool, **phone: str) -> None:
        """A person said yes, or the countdown is over: the gate looks once more, for time has passed."""
        question, self._question = self._question, None
        if question is None:
            return
        self._stop_key(None)
        self._show_offer_in_tray()
        wish = replace(question.wish, said_yes=said_yes, counted_down=True, **phone)
        self._caller.want(wish, question.done)

    def _answer_no(self, question: _Question) -> None:
        self._question = None
        self._stop_key(None)
        self._show_offer_in_tray()
        if question.done is not None:
            question.done(CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="declined"))

    def _show_offer_in_tray(self) -> None:
        """The menu offers what the card shows, so that it is reached by keyboard."""
        if self.offers is not None and (self._question is not None or not self._offer):
            self.offers.withdraw()
        if self._question is not None:
            self._tray.set_offer((self._question.choice,))
        else:
            fixed = MUTED_KEY in self._session.locked
            self._tray.set_offer(self._offered(), program="" if fixed else self._program)

    def _offered(self) -> tuple[Choice, ...]:
        settings, alone = self._session.settings, len(self._offer) == 1
        return tuple(offered_choice(reading, settings, alone=alone, way=self._way) for reading in self._offer)

    def _forget_offer(self) -> None:
        self._offer = ()
        self._selected = None
        self._show_offer_in_tray()

    def redial(self, request_id: str) -> None:
        """Make a call of the menu again."""
        record = next((record for record in self._recent if record.request_id == request_id), None)
        if record is not None:
            self._call_again(record, None)

    def redial_latest(self, done: OutcomeHandler | None = None) -> None:
        """Make the latest call again, or say that there is none.

        Args:
            done: Told the outcome, as in `Caller.want`.
        """
        if self._recent:
            self._call_again(self._recent[0], done)
        elif done is not None:
            done(CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="no_redial"))
        else:
            self.tell(tr("There is no call yet that could be made again."))

    def stop_countdown(self) -> bool:
        """Stop a countdown as a click on the card does; False where none runs."""
        counting = self._question is not None and self._question.counting
        if counting:
            self._card.stop()
        return counting

    def _call_again(self, record: CallRecord, done: OutcomeHandler | None) -> None:
        from ringbridge.core.targets import target_again

        self._caller.want(Wish(target=target_again(record.destination), origin=Origin.REDIAL, name=record.name), done)

    def _ask(self, judged: "Judged", done: OutcomeHandler | None) -> None:
        if self._question is not None:
            self._answer_no(self._question)  # one question at a time, and the latest counts
        phone = self._other_phone(judged) if _PHONE_REASONS.intersection(judged.findings.verdict.reasons) else None
        alternative = fill(tr("Ring {phone}", "a button; an own phone: Mobile"), phone=phone.name) if phone else ""
        choice = asked_choice(judged, self._session.settings, alternative=alternative)
        self._question = _Question(wish=judged.wish, choice=choice, done=done, alternative=phone)
        self._show_offer_in_tray()
        # our own dialog had the keys a moment ago: who typed the number answers with the keyboard too, but for a call
        # in a while, whose time comes while somebody types elsewhere
        just_typed = judged.wish.origin is Origin.TYPED and not judged.wish.counted_down
        with activated_by(judged.wish.activation_token):
            self._show_question(self._question, focusable=just_typed)
        self._caller.warm_up()

    def _count_down(self, judged: "Judged", done: OutcomeHandler | None) -> None:
        question = self._question
        if question is not None and question.counting and question.wish.destination == judged.destination:
            if done is not None:  # the first wish is the one that is called
                done(CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="repeated"))
            self._card.skip()
            return
        if question is not None:
            self._answer_no(question)
        settings = self._session.settings
        choice = asked_choice(judged, settings)
        self._question = _Question(wish=judged.wish, choice=choice, done=done, counting=True)
        self._show_offer_in_tray()
        self._card.count_down(choice, settings.confirm.countdown_s, corner=settings.card.corner)
        self._stop_key(self._card.stop)
        self._caller.warm_up()

    def _other_phone(self, judged: "Judged") -> "OwnPhone | None":
        """The own phone to offer where the one that should ring would not."""
        from ringbridge.core.dialing.guard_settings import own_phones

        if self._session.locked & {"account.line", "account.line_kind"}:
            return None
        line = judged.wish.line or self._session.settings.account.line
        return next((phone for phone in own_phones(self._session.settings.phones) if phone.value != line), None)

    def _show_question(self, question: _Question, *, focusable: bool) -> None:
        if not question.counting:
            self._card.ask(question.choice, corner=self._session.settings.card.corner, focusable=focusable)

    def _call_started(self, request: CallRequest) -> None:
        # Painting and the panel's menu take 10 ms, in which the lane would get the interpreter only now and then;
        # the request leaves in less, and nobody sees that the word comes a moment later.
        self._starting[request.request_id] = request
        QTimer.singleShot(_FEEDBACK_MS, partial(self._show_started, request.request_id))

    def _show_started(self, request_id: str) -> None:
        request = self._starting.pop(request_id, None)
        if request is None:
            return  # over already
        self._remember(record_of(request, Outcome.PLACING))
        if not self.shows_calls:
            self.clear_message()
            return
        self._calling_shown.stop()
        self._tray.set_state(TrayState.CALLING)
        self._say(tr("Calling…"), fill(tr("Asking the PBX to call {who}."), who=who_of(request)), good=True)

    def _call_finished(self, request: CallRequest | None, outcome: CallOutcome) -> None:
        if request is not None:
            self._starting.pop(request.request_id, None)
            if outcome.problem in _NOT_IN_HISTORY:
                self._forget(request.request_id)
            else:
                self._remember(record_of(request, outcome.outcome, outcome))
        good = outcome.outcome is Outcome.REQUESTED
        if good and not self.shows_calls:
            self._notices.set(Topic.CALL, "")
            self.clear_message()
            return
        if good:
            self._tray.set_state(TrayState.CALLING)
            self._calling_shown.start()
        elif not self._caller.busy:
            self._calm_icon()
        self._notices.set(Topic.CALL, "" if good else attention(outcome))
        who = who_of(request) if request is not None else ""
        extension = request.destination.extension if request is not None else ""
        sentence = outcome_sentence(outcome, who, extension)
        fine = good or outcome.problem in GOES_ON
        seconds = _GOOD_NEWS_S if fine and not extension else 0  # an extension is wanted later, once connected
        has_call = outcome.outcome in {Outcome.REQUESTED, Outcome.UNKNOWN}
        self._say(
            report_title(outcome, who), sentence, good=fine, seconds=seconds, extension=extension if has_call else ""
        )
        if outcome.outcome is Outcome.NO_ACCOUNT and outcome.problem.startswith("no_"):
            self.settings_wanted.emit()

    def _hung_up(self, outcome: CallOutcome) -> None:
        good = outcome.outcome is Outcome.REQUESTED
        if good and not self.shows_calls:
            return
        title = tr("Hanging up") if good else tr("Not hung up")
        self._say(title, hang_up_sentence(outcome), good=good, seconds=_GOOD_NEWS_S if good else 0)
        if good:
            self._calm_icon()

    def _calm_icon(self) -> None:
        self._calling_shown.stop()
        if self.shows_calls:
            self._tray.set_state(TrayState.IDLE)

    def _forget(self, request_id: str) -> None:
        self._recent = tuple(record for record in self._recent if record.request_id != request_id)
        self._tray.set_recent(self._recent)

    def _remember(self, record: CallRecord) -> None:
        others = tuple(other for other in self._recent if other.request_id != record.request_id)
        self._recent = (record, *others)[:MAX_RECENT]
        self._tray.set_recent(self._recent)
