"""Wishes that wait for a person's yes, or for the end of their countdown: one at a time, on the card."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ringbridge.core.calls import CallOutcome, Origin, Outcome
from ringbridge.desktop.activation import activated_by
from ringbridge.ui.calling import Caller, OutcomeHandler, Wish
from ringbridge.ui.choice import Choice, asked_choice
from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringbridge.core.dialing.guard_settings import OwnPhone
    from ringbridge.ui.calling import Judged
    from ringbridge.ui.card import Card
    from ringbridge.ui.session import Session

_PHONE_REASONS = {"phone_offline", "phone_rejects"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
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


class Questions(QObject):
    """Asks what the gate wants to be asked, and hands the answer to the caller. GUI thread.

    Args:
        session: The settings in force.
        caller: Has the gate, and takes the wish again after a yes.
        card: Gives the card.
        stop_key: Takes what a press of Escape anywhere does from now on, or None for nothing.

    Signals:
        changed: Another question waits now, or none does.
    """

    changed = Signal()

    def __init__(
        self,
        *,
        session: "Session",
        caller: Caller,
        card: "Callable[[], Card]",
        stop_key: "Callable[[Callable[[], None] | None], None]",
    ) -> None:
        super().__init__()
        self._session = session
        self._caller = caller
        self._card = card
        self._stop_key = stop_key
        self._waiting: Question | None = None
        caller.question.connect(self._ask)
        caller.countdown.connect(self._count_down)

    @property
    def waiting(self) -> Question | None:
        """The question on the screen, or None."""
        return self._waiting

    def show(self, *, focusable: bool) -> None:
        """Show the question on the card; a countdown stays as it is."""
        question = self._waiting
        if question is not None and not question.counting:
            self._card().ask(question.choice, corner=self._session.settings.card.corner, focusable=focusable)

    def answer_yes(self, *, said_yes: bool, **phone: str) -> None:
        """A person said yes, or the countdown is over: the gate looks once more, for time has passed.

        Args:
            said_yes: A person did.
            phone: Fields of the `Wish` that name another phone to ring.
        """
        question, self._waiting = self._waiting, None
        if question is None:
            return
        self._stop_key(None)
        self.changed.emit()
        wish = replace(question.wish, said_yes=said_yes, counted_down=True, **phone)
        self._caller.want(wish, question.done)

    def answer_no(self) -> None:
        """Nobody is called."""
        question, self._waiting = self._waiting, None
        if question is None:
            return
        self._stop_key(None)
        self.changed.emit()
        if question.done is not None:
            question.done(CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="declined"))

    def counted_down(self) -> None:
        """The card has counted to the end."""
        self.answer_yes(said_yes=False)

    def choose_alternative(self) -> None:
        """A person wants the other phone to ring."""
        phone = self._waiting.alternative if self._waiting is not None else None
        if phone is not None:
            self.answer_yes(said_yes=True, line=phone.value, line_kind=phone.kind)

    def stop_countdown(self) -> bool:
        """Stop a countdown as a click on the card does; False where none runs."""
        counting = self._waiting is not None and self._waiting.counting
        if counting:
            self._card().stop()
        return counting

    def close(self) -> None:
        """Give Escape back. Safe to call twice."""
        self._stop_key(None)

    def _ask(self, judged: "Judged", done: OutcomeHandler | None) -> None:
        self.answer_no()  # one question at a time, and the latest counts
        phone = self._other_phone(judged) if _PHONE_REASONS.intersection(judged.findings.verdict.reasons) else None
        alternative = fill(tr("Ring {phone}", "a button; an own phone: Mobile"), phone=phone.name) if phone else ""
        choice = asked_choice(judged, self._session.settings, alternative=alternative)
        self._waiting = Question(wish=judged.wish, choice=choice, done=done, alternative=phone)
        self.changed.emit()
        # our own dialog had the keys a moment ago: who typed the number answers with the keyboard too, but for a call
        # in a while, whose time comes while somebody types elsewhere
        just_typed = judged.wish.origin is Origin.TYPED and not judged.wish.counted_down
        with activated_by(judged.wish.activation_token):
            self.show(focusable=just_typed)
        self._caller.warm_up()

    def _count_down(self, judged: "Judged", done: OutcomeHandler | None) -> None:
        question = self._waiting
        if question is not None and question.counting and question.wish.destination == judged.destination:
            if done is not None:  # the first wish is the one that is called
                done(CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="repeated"))
            self._card().skip()
            return
        self.answer_no()
        settings = self._session.settings
        choice = asked_choice(judged, settings)
        self._waiting = Question(wish=judged.wish, choice=choice, done=done, counting=True)
        self.changed.emit()
        self._card().count_down(choice, settings.confirm.countdown_s, corner=settings.card.corner)
        self._stop_key(self._card().stop)
        self._caller.warm_up()

    def _other_phone(self, judged: "Judged") -> "OwnPhone | None":
        """The own phone to offer where the one that should ring would not."""
        from ringbridge.core.dialing.guard_settings import own_phones

        if self._session.locked & {"account.line", "account.line_kind"}:
            return None
        line = judged.wish.line or self._session.settings.account.line
        return next((phone for phone in own_phones(self._session.settings.phones) if phone.value != line), None)
