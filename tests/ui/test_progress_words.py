from datetime import UTC, datetime

import pytest

from ringbridge.core.calls import CallEnd, CallProgress, CallRecord, CallState, Destination, Origin, Outcome
from ringbridge.ui import progress_words as words


def record(progress: CallProgress, outcome: Outcome = Outcome.REQUESTED) -> CallRecord:
    return CallRecord(
        request_id="1",
        requested_at=datetime(2026, 11, 25, tzinfo=UTC),
        origin=Origin.CARD,
        outcome=outcome,
        destination=Destination(dialed="1"),
        progress=progress,
    )


@pytest.mark.parametrize(
    ("progress", "word"),
    [
        (CallProgress(), "requested"),
        (CallProgress(state=CallState.REQUESTED), "requested"),
        (CallProgress(state=CallState.RINGING), "your phone is ringing"),
        (CallProgress(state=CallState.CONNECTED), "connected"),
        (CallProgress(state=CallState.UNKNOWN, end=CallEnd.UNKNOWN), "end unknown"),
        (CallProgress(state=CallState.ENDED, end=CallEnd.ANSWERED, talk_s=134), "answered, 2 min 14 s"),
        (CallProgress(state=CallState.ENDED, end=CallEnd.ANSWERED), "answered"),
        (CallProgress(state=CallState.ENDED, end=CallEnd.NO_ANSWER), "no answer"),
        (CallProgress(state=CallState.ENDED, end=CallEnd.BUSY), "busy"),
        (CallProgress(state=CallState.ENDED, end=CallEnd.UNKNOWN), "ended"),
    ],
)
def test_the_list_says_what_became_of_a_call(progress: CallProgress, word: str) -> None:
    assert words.record_word(record(progress)) == word


def test_without_a_look_the_request_is_all_there_is() -> None:
    assert words.record_word(record(CallProgress(), Outcome.REFUSED)) == "refused"


def test_every_state_and_every_end_has_its_words() -> None:
    live = [state for state in CallState if state not in {CallState.NOT_FOLLOWED, CallState.ENDED}]
    titles = [words.live_title(state, asked=True) for state in live]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    ends = [words.end_title(end, None) for end in CallEnd if end is not CallEnd.NONE]
    assert all(title[0].isupper() for title in ends)
    assert len(set(ends)) == len(ends)
    assert words.live_title(CallState.REQUESTED, asked=False) == "Asking the PBX…"
    assert words.live_title(CallState.CONNECTED, asked=True, hanging_up=True) == "Hanging up…"
    assert all(words.lost_title(reason) for reason in ("no_leg", "forbidden", "lost", "limit", ""))


@pytest.mark.parametrize(
    ("seconds", "duration", "clock"),
    [
        (0, "0 s", "0:00"),
        (59, "59 s", "0:59"),
        (60, "1 min 0 s", "1:00"),
        (134, "2 min 14 s", "2:14"),
        (3599, "59 min 59 s", "59:59"),
        (3734, "1 h 2 min", "1:02:14"),
        (90_000, "25 h 0 min", "25:00:00"),
    ],
)
def test_durations_are_said_and_shown(seconds: int, duration: str, clock: str) -> None:
    assert (words.duration_text(seconds), words.clock_text(seconds)) == (duration, clock)
