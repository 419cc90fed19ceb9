"""What is said of a call while it is placed and once it is: on the screen, by the icon, and in the menu's list."""

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from ringbridge.core.calls import CallOutcome, CallRequest, Outcome
from ringbridge.ui.call_report import GOES_ON, attention, record_of, report_title, who_of
from ringbridge.ui.notices import Topic
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.tray_icon import TrayState
from ringbridge.ui.wording import hang_up_sentence, outcome_sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringbridge.ui.calling import Caller
    from ringbridge.ui.notices import Notices
    from ringbridge.ui.recent_calls import RecentCalls
    from ringbridge.ui.tray import Tray

_CALLING_SHOWN_MS = 10_000
_GOOD_NEWS_S = 6
FEEDBACK_MS = 20
"""Painting and the panel's menu take 10 ms, in which the lane would get the interpreter only now and then; the
request leaves in less, and nobody sees that the word comes a moment later."""

_NOT_IN_HISTORY = {
    "repeated", "no_url", "no_username", "no_line", "history_unavailable", "history_too_new", "limit_minute",
    "limit_day",
}  # fmt: skip
"""Problems of wishes that never got a row: they do not stand in the menu either."""


class Say(Protocol):
    """Shows a message on the screen."""

    def __call__(self, title: str, sentence: str, *, good: bool, seconds: int = 0, extension: str = "") -> None:
        """Show it for so many seconds (0: until a person has seen it), with the digits of an extension or none."""
        ...


class CallNews(QObject):
    """Hears from the caller how calls go, and tells it. GUI thread.

    Args:
        caller: Tells when calls start and how asking the PBX ended.
        tray: Its icon shows that a call is being placed.
        notices: Keeps what stays wrong.
        recent: The menu's list.
        say: Shows a message.
        clear: Takes a message off the screen.

    Attributes:
        shows_calls: Tell how calls go; else the call strip does, and only what went wrong is told here.

    Signals:
        settings_wanted: The account is not set up, and a person wants to call.
    """

    settings_wanted = Signal()

    def __init__(
        self,
        *,
        caller: "Caller",
        tray: "Tray",
        notices: "Notices",
        recent: "RecentCalls",
        say: Say,
        clear: "Callable[[], None]",
    ) -> None:
        super().__init__()
        self.shows_calls = True
        self._caller = caller
        self._tray = tray
        self._notices = notices
        self._recent = recent
        self._say = say
        self._clear = clear
        self._starting: dict[str, CallRequest] = {}
        self._calling_shown = QTimer(self)
        self._calling_shown.setSingleShot(True)
        self._calling_shown.setInterval(_CALLING_SHOWN_MS)
        self._calling_shown.timeout.connect(self._calm_icon)
        caller.started.connect(self._call_started)
        caller.finished.connect(self._call_finished)
        caller.hung_up.connect(self._hung_up)

    def close(self) -> None:
        """Change the icon no more. Safe to call twice."""
        self._calling_shown.stop()

    def _call_started(self, request: CallRequest) -> None:
        self._starting[request.request_id] = request
        QTimer.singleShot(FEEDBACK_MS, partial(self._show_started, request.request_id))

    def _show_started(self, request_id: str) -> None:
        request = self._starting.pop(request_id, None)
        if request is None:
            return  # over already
        self._recent.remember(record_of(request, Outcome.PLACING))
        if not self.shows_calls:
            self._clear()
            return
        self._calling_shown.stop()
        self._tray.set_state(TrayState.CALLING)
        self._say(tr("Calling…"), fill(tr("Asking the PBX to call {who}."), who=who_of(request)), good=True)

    def _call_finished(self, request: CallRequest | None, outcome: CallOutcome) -> None:
        if request is not None:
            self._starting.pop(request.request_id, None)
            if outcome.problem in _NOT_IN_HISTORY:
                self._recent.forget(request.request_id)
            else:
                self._recent.remember(record_of(request, outcome.outcome, outcome))
        good = outcome.outcome is Outcome.REQUESTED
        if good and not self.shows_calls:
            self._notices.set(Topic.CALL, "")
            self._clear()
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
