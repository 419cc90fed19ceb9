"""Brings the parts together: what is copied becomes an offer, an offer a call, a call an entry in the menu."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ringbridge.core.calls import CallOutcome, CallRecord, Origin, Outcome
from ringbridge.core.errors import InputError
from ringbridge.desktop.ports import Copied, ReadProblem, Way
from ringbridge.ui.call_news import FEEDBACK_MS, CallNews
from ringbridge.ui.calling import Caller, OutcomeHandler, Wish
from ringbridge.ui.choice import Choice, offered_choice
from ringbridge.ui.muted_programs import KEY as MUTED_KEY
from ringbridge.ui.questions import Questions
from ringbridge.ui.recent_calls import RecentCalls
from ringbridge.ui.translation import tr
from ringbridge.ui.wording import (
    error_sentence,
    gate_sentence,
    read_problem_sentence,
    way_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringbridge.core.targets import Target
    from ringbridge.ui.card import Card
    from ringbridge.ui.notices import Notices
    from ringbridge.ui.notify_offers import OfferNotices
    from ringbridge.ui.reading import Reader, Reading
    from ringbridge.ui.session import Session
    from ringbridge.ui.tray import Tray

_NEWS_S = 30


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
        recent: The calls in the menu.
        news: Tells how calls go.
        offers: Shows offers and messages as the desktop's notifications where the settings want that; None: nobody.

    Signals:
        card_made: The `Card`, before it is shown for the first time.
        offer_shown: Numbers are offered anew: because they were copied (True), or because a person asked.
        offer_used: One of them is called, or all are looked at again.
        offer_left: They went from the screen by themselves, or were closed.
    """

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
        self.offers: OfferNotices | None = None
        self._offer_number = 0
        self._own_copy = ""
        self._program = ""
        self._way = ""
        self._session = session
        self._reader = reader
        self._caller = caller
        self._tray = tray
        self._made_card: Card | None = None
        self._offer: tuple[Reading, ...] = ()
        self._selected: Target | None = None
        self.recent = RecentCalls(tray)
        self.news = CallNews(
            caller=caller,
            tray=tray,
            notices=notices,
            recent=self.recent,
            say=self._say,
            clear=self.clear_message,
        )
        self._questions = Questions(session=session, caller=caller, card=lambda: self._card, stop_key=stop_key)
        self._questions.changed.connect(self._show_offer_in_tray)
        tray.offer_wanted.connect(partial(self._call_offered, origin=Origin.MENU))
        tray.offer_shown_wanted.connect(self._show_offer_again)

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
        refused = partial(self.explain_copy, copied)
        self._reader.read(copied.text, partial(self._offer_selected, copied.way), refused, typed=False)

    def explain_copy(self, copied: Copied, error: InputError | None) -> None:
        """A text is not one number: of several in it a person chooses on the card; else say why nothing is called.

        Args:
            copied: What was selected or copied.
            error: What is wrong with the text; None where it could not be read.
        """
        if self._caller.screen_locked:
            self.tell(gate_sentence("locked"))
        elif error is None:
            self.tell(read_problem_sentence(copied.problem or ReadProblem.EMPTY))
        elif error.problem != "several_numbers":
            self.refuse(error)
        elif self._questions.waiting is None:

            def found(readings: "tuple[Reading, ...]") -> None:
                if len(readings) > 1:
                    self._found(readings, way=way_sentence(copied.way))
                else:  # the others are not sure enough to be offered
                    self.refuse(error)

            self._reader.find(copied.text, found, self.refuse)

    def _offer_selected(self, way: Way, reading: "Reading") -> None:
        question = self._questions.waiting
        if self._caller.screen_locked:
            self.tell(gate_sentence("locked"))
        elif set(reading.target.code) & set("*#"):
            self.tell(gate_sentence("code_copied"))
        elif question is not None:
            # the key means the selected number, never the question of a link
            if question.counting and question.wish.target == reading.target:
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
        if number == self._offer_number and self._questions.waiting is None and index < len(self._offer):
            self._call_offered(index, origin=Origin.CARD)
        else:
            self.tell_gone()

    def show_noticed(self, number: int, *, focusable: bool = True) -> None:
        """Show the card in the place of the notification of an offer."""
        if number == self._offer_number and self._questions.waiting is None and self._offer:
            if focusable:
                self.offer_used.emit()
            self._show_card(focusable=focusable)
        elif focusable:
            self.tell_gone()

    def dismiss_noticed(self, number: int) -> None:
        """The notification of an offer was closed by a person."""
        if number == self._offer_number and self._questions.waiting is None:
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
        self._questions.stop_countdown()

    def clear_message(self) -> None:
        """Take a message off the screen; a question or an offer stays."""
        if self.offers is not None:
            self.offers.clear_message()
        if self._made_card is not None and self._questions.waiting is None and not self._offer:
            self._made_card.hide()

    def close(self) -> None:
        """Take the card off the screen. Safe to call twice."""
        self.news.close()
        self._questions.close()
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
            self._made_card.alternative_wanted.connect(self._questions.choose_alternative)
            self._made_card.counted_down.connect(self._questions.counted_down)
            self._made_card.dismissed.connect(self._card_dismissed)
            self._made_card.expired.connect(self._card_expired)
            self.card_made.emit(self._made_card)
        return self._made_card

    def _found(
        self, readings: "tuple[Reading, ...]", *, program: str = "", way: str = "", was_copied: bool = False
    ) -> None:
        if not readings or self._questions.waiting is not None:
            return  # a question on the screen is more urgent than a new offer
        self._offer = readings
        self._program, self._way = program, way
        self._offer_number += 1
        self._selected = None
        self._show_offer_in_tray()
        if self._caller.screen_locked:
            return  # not every lock screen covers a window that comes later; the menu keeps the offer
        self._show_offer(focusable=False)
        self._caller.warm_up()
        self.offer_shown.emit(was_copied)

    def _show_offer_again(self) -> None:
        self.offer_used.emit()
        self._show_offer(focusable=True)

    def _show_offer(self, *, focusable: bool) -> None:
        if self._questions.waiting is not None:
            self._questions.show(focusable=focusable)
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
        if self._questions.waiting is not None:
            self._questions.answer_no()
        else:
            self._forget_offer()
            self.offer_left.emit()

    def _card_expired(self) -> None:
        """The menu keeps the offer; the hotkey shows it anew before it calls."""
        self._selected = None
        self.offer_left.emit()

    def _call_offered(self, index: int, *, origin: Origin) -> None:
        question = self._questions.waiting
        if question is not None and origin is Origin.MENU and not question.counting:
            self._questions.show(focusable=True)  # an entry names the number, not why it is asked about
        elif question is not None:
            self._questions.answer_yes(said_yes=not question.counting)
        elif index < len(self._offer):
            reading = self._offer[index]
            self._offer, self._selected = (), None
            self.offer_used.emit()
            self._caller.want(Wish(target=reading.target, destination=reading.destination, origin=origin))
            QTimer.singleShot(FEEDBACK_MS, self._show_offer_in_tray)

    def _show_offer_in_tray(self) -> None:
        """The menu offers what the card shows, so that it is reached by keyboard."""
        question = self._questions.waiting
        if self.offers is not None and (question is not None or not self._offer):
            self.offers.withdraw()
        if question is not None:
            self._tray.set_offer((question.choice,))
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
        record = self.recent.find(request_id)
        if record is not None:
            self._call_again(record, None)

    def redial_latest(self, done: OutcomeHandler | None = None) -> None:
        """Make the latest call again, or say that there is none.

        Args:
            done: Told the outcome, as in `Caller.want`.
        """
        latest = self.recent.latest
        if latest is not None:
            self._call_again(latest, done)
            return
        if done is not None:
            done(CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="no_redial"))
        self.tell(tr("There is no call yet that could be made again."))  # a key of the desktop has no terminal

    def stop_countdown(self) -> bool:
        """Stop a countdown as a click on the card does; False where none runs."""
        return self._questions.stop_countdown()

    def _call_again(self, record: CallRecord, done: OutcomeHandler | None) -> None:
        from ringbridge.core.targets import target_again

        self._caller.want(Wish(target=target_again(record.destination), origin=Origin.REDIAL, name=record.name), done)
