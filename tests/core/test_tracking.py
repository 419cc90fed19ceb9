"""The way of a call, look by look."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core import tracking
from ringbridge.core.calls import CallEnd, CallState
from ringbridge.core.legs import ActiveLeg, FinishedLeg
from ringbridge.core.tracking import Track

LINE, THEM = "1234567", "2125550142"
CALLID = "1700000000.1"
SERVER_S = 1_700_000_000.0  # the server's clock when the request leaves, unless a test says otherwise
STEADY_S = 5_000.0


def begun(callid: str = CALLID, wall_s: float = SERVER_S) -> Track:
    return tracking.begin("r1", line=LINE, dialed=THEM, callid=callid, now_s=STEADY_S, wall_s=wall_s)


def own(answered: float = 0, callid: str = CALLID, start: float = 1) -> ActiveLeg:
    return ActiveLeg("1700000000.2", callid, SERVER_S + start, answered and SERVER_S + answered, LINE, THEM, LINE)


def them(answered: float = 0, callid: str = CALLID, uniqueid: str = "1700000000.3", start: float = 3) -> ActiveLeg:
    return ActiveLeg(uniqueid, callid, SERVER_S + start, answered and SERVER_S + answered, LINE, THEM, THEM)


def looked(track: Track, *looks: Sequence[ActiveLeg], every_s: float = 1.0) -> Track:
    for legs in looks:
        now_s = max(track.heard_s, track.began_s) + every_s
        track = tracking.see(track, legs, now_s)
    return track


def record(rings: str, status: str, talk_s: float = 0, total_s: float = 5, uniqueid: str = "") -> FinishedLeg:
    return FinishedLeg(
        uniqueid=uniqueid or ("1700000000.2" if rings == LINE else "1700000000.3"),
        callid=CALLID,
        started_at_s=SERVER_S + (1 if rings == LINE else 3),
        ended_at_s=SERVER_S + 9,
        talk_s=talk_s,
        total_s=total_s,
        status=status,
        source=LINE,
        wanted=THEM,
        rings=rings,
    )


@pytest.mark.parametrize(
    ("looks", "state"),
    [
        ([], CallState.REQUESTED),
        ([[]], CallState.REQUESTED),
        ([[own()]], CallState.RINGING),
        ([[own(2)]], CallState.CALLING),
        ([[own(2), them()]], CallState.CALLING),
        ([[own(2), them(5)]], CallState.CONNECTED),
        ([[own(), them()]], CallState.CALLING),
        ([[them()]], CallState.CALLING),  # the own leg is late
        ([[them(5)]], CallState.CONNECTED),
        ([[own()], [own(2)], [own(2), them()], [own(2), them(5)]], CallState.CONNECTED),
        ([[own(2), them(5)], [own(2)]], CallState.CONNECTED),  # a row flickers
        ([[own(2), them(5)], [own(2), them()]], CallState.CONNECTED),  # an answer does
        ([[own(2)], [own()]], CallState.CALLING),
        ([[own(2)], []], CallState.CALLING),  # gone once
        ([[own(2)], [], [own(2), them(5)]], CallState.CONNECTED),  # and back
        ([[own(2)], [], []], CallState.ENDED),
        ([[own(2), them(5)], [], []], CallState.ENDED),
        ([[own(2)], [], [], [own(2)]], CallState.ENDED),  # never back from the end
        ([[own(2), them(5)], [own(2), them(5), them(0, uniqueid="1700000000.9")]], CallState.CONNECTED),
        ([[own(2), them(5)], [own(2), them(0, uniqueid="1700000000.9")]], CallState.CALLING),  # passed on
        ([[own(2 * 3600)]], CallState.CALLING),  # answered in the server's future
        ([[own(callid="other")]], CallState.REQUESTED),
    ],
)
def test_looks_lead_to_states_in_any_order_of_rows(looks: list[list[ActiveLeg]], state: CallState) -> None:
    for turned in (looks, [list(reversed(look)) for look in looks]):
        assert looked(begun(), *turned).state is state


def test_the_order_of_rows_without_numbers_is_their_start() -> None:
    legs = [leg._replace(rings="", source="") for leg in (own(2), them(), them(uniqueid="1700000000.10"))]
    for order in permutations(legs):
        track = looked(begun(), order)
        assert (track.state, track.own_leg) == (CallState.CALLING, "1700000000.2")


@pytest.mark.parametrize("skew_s", [0, 3600, -3600, 1e6, -1e6])
def test_the_talk_begins_when_they_answered_whatever_the_servers_clock_says(skew_s: float) -> None:
    def at(leg: ActiveLeg) -> ActiveLeg:
        return leg._replace(
            started_at_s=leg.started_at_s + skew_s,
            answered_at_s=leg.answered_at_s and leg.answered_at_s + skew_s,
        )

    track = begun()
    track = tracking.see(track, [at(own())], STEADY_S + 1)
    track = tracking.see(track, [at(own(2)), at(them())], STEADY_S + 3)
    track = tracking.see(track, [at(own(2)), at(them(4))], STEADY_S + 5)
    assert track.connected_s == STEADY_S + 4


def test_an_answer_is_never_earlier_than_the_last_look_and_never_in_the_future() -> None:
    track = tracking.see(begun(), [own(2), them()], STEADY_S + 3)
    early = tracking.see(track, [own(2), them(1)], STEADY_S + 5)
    assert early.connected_s == STEADY_S + 3
    late = tracking.see(track, [own(2), them(99)], STEADY_S + 5)
    assert late.connected_s == STEADY_S + 5
    without = tracking.see(begun(), [own(2)._replace(started_at_s=0, answered_at_s=9), them(5)], STEADY_S + 3)
    assert without.connected_s is not None
    assert STEADY_S <= without.connected_s <= STEADY_S + 3


# ------------------------------------------------------------ which call it is


def test_without_a_callid_the_one_call_between_the_two_is_ours() -> None:
    track = looked(begun(""), [own(), them(callid="other")._replace(source="7654321")])
    assert (track.state, track.callid) == (CallState.RINGING, CALLID)


@pytest.mark.parametrize("written", ["2125550142", "12125550142", "0012125550142", "+12125550142"])
def test_the_pbx_may_write_the_number_with_another_prefix(written: str) -> None:
    assert looked(begun(""), [own()._replace(wanted=written)]).state is CallState.RINGING


def test_without_a_callid_and_with_two_calls_nothing_is_guessed() -> None:
    assert looked(begun(""), [own(), own(callid="other")]).state is CallState.REQUESTED


def test_another_call_that_is_followed_is_not_ours() -> None:
    legs = [own(), own(callid="other")]
    track = tracking.see(begun(""), legs, STEADY_S + 2, taken=frozenset({"other"}))
    assert track.callid == CALLID


def test_an_older_call_to_the_same_number_is_not_ours() -> None:
    older = own(4, callid="older")._replace(started_at_s=SERVER_S - 600)
    track = looked(begun(""), [older], [older])
    assert track.state is CallState.REQUESTED
    assert looked(track, [older, own()]).callid == CALLID


def test_a_call_that_appears_while_we_look_is_ours_whatever_the_clocks_say() -> None:
    track = looked(begun("", wall_s=SERVER_S - 7200), [], [own()])
    assert (track.state, track.callid) == (CallState.RINGING, CALLID)


def test_a_call_that_was_there_before_stays_strange_under_a_wrong_clock() -> None:
    assert looked(begun("", wall_s=SERVER_S - 7200), [own()], [own(2)]).state is CallState.REQUESTED


def test_a_call_that_does_not_show_under_its_name_is_looked_for_among_all() -> None:
    track = begun("1700000000.77")
    for _ in range(3):
        assert tracking.asked_callid(track) == "1700000000.77"
        track = looked(track, [own(), own(callid="other")._replace(wanted="5551234")])
        assert track.state is CallState.REQUESTED
    assert tracking.asked_callid(track) == ""
    track = looked(track, [own(), own(callid="other")._replace(wanted="5551234")])
    assert (track.state, track.callid, tracking.asked_callid(track)) == (CallState.RINGING, CALLID, CALLID)


def test_the_name_may_be_the_one_of_its_first_leg() -> None:
    track = looked(begun("1700000000.2"), [own(2, callid="x"), them(5, callid="x"), own(callid="y")])
    assert (track.state, track.callid) == (CallState.CONNECTED, "x")


def test_rows_without_callids_are_followed_by_the_numbers_in_them() -> None:
    track = looked(begun(""), [own(callid="")], [own(2, callid=""), them(5, callid="")])
    assert (track.state, track.callid) == (CallState.CONNECTED, "")
    ended = looked(track, [], [])
    assert (ended.state, ended.over, ended.end) == (CallState.ENDED, True, CallEnd.ANSWERED)


def test_the_answer_may_name_the_call_later() -> None:
    track = tracking.name(looked(begun(""), [own(callid="x"), own(callid="y")]), "y")
    assert looked(track, [own(callid="x"), own(2, callid="y")]).state is CallState.CALLING


# ------------------------------------------------------------ the end


@pytest.mark.parametrize(
    ("looks", "records", "end", "talk_s"),
    [
        ([[own(2), them(5)]], [record(LINE, "answer", 7), record(THEM, "answer", 4)], CallEnd.ANSWERED, 4),
        ([[own(2)]], [record(LINE, "answer", 7), record(THEM, "busy")], CallEnd.BUSY, None),
        ([[own(2)]], [record(LINE, "answer", 7), record(THEM, "other", total_s=1)], CallEnd.NOT_REACHED, None),
        ([[own(2)]], [record(LINE, "answer", 27), record(THEM, "other", total_s=25)], CallEnd.NO_ANSWER, None),
        ([[own(2)]], [record(LINE, "answer", 27), record(THEM, "noanswer", total_s=3)], CallEnd.NO_ANSWER, None),
        ([[own(2)]], [record(LINE, "answer", 7), record(THEM, "cancel")], CallEnd.CANCELLED, None),
        ([[own(2)]], [record(LINE, "answer", 7), record(THEM, "what is this")], CallEnd.UNKNOWN, None),
        ([[own()]], [record(LINE, "other")], CallEnd.NOT_PICKED_UP, None),
        ([[own()]], [record(LINE, "cancel")], CallEnd.CANCELLED, None),
        ([[own(2)]], [record(LINE, "answer", 7)], CallEnd.UNKNOWN, None),
        ([[own(2)]], [], CallEnd.UNKNOWN, None),
        ([[own(2), them(5)]], [record(THEM, "answer", 4)], CallEnd.ANSWERED, 4),  # one row a call
        ([], [record(LINE, "answer", 7), record(THEM, "answer", 4)], CallEnd.ANSWERED, 4),  # over before we looked
    ],
)  # fmt: skip
def test_records_tell_the_end(
    looks: list[list[ActiveLeg]], records: list[FinishedLeg], end: CallEnd, talk_s: int | None
) -> None:
    for turned in (records, list(reversed(records))):
        track = looked(begun(), *looks, [], [])
        asked = 0
        while tracking.asks_records(track) and asked < 9:
            track, asked = tracking.complete(track, turned, track.heard_s + asked), asked + 1
        assert (track.state, track.end, track.talk_s, track.over) == (CallState.ENDED, end, talk_s, True)
        assert asked <= 3


def test_an_own_hang_up_before_the_answer_is_cancelled() -> None:
    track = tracking.ask_hang_up(looked(begun(), [own()]), STEADY_S + 2)
    track = tracking.without_records(looked(track, [], []))
    assert (track.end, track.over) == (CallEnd.CANCELLED, True)


def test_without_records_the_end_is_what_was_seen() -> None:
    talked = looked(begun(), [own(2), them(4)], [own(2), them(4)], [own(2), them(4)], [], [])
    assert not talked.over
    talked = tracking.without_records(talked)
    assert (talked.end, talked.talk_s, talked.over) == (CallEnd.ANSWERED, 2, True)
    silent = tracking.stop(looked(begun(), [own(2)], [], []), STEADY_S + 9)
    assert (silent.state, silent.end, silent.over) == (CallState.ENDED, CallEnd.UNKNOWN, True)


def test_a_call_passed_on_ends_when_the_own_phone_is_let_go() -> None:
    track = tracking.pass_on(looked(begun(), [own(2), them(5)]))
    colleague = ActiveLeg("1700000000.8", CALLID, SERVER_S + 9, SERVER_S + 10, LINE, "100", "100")
    track = looked(track, [them(5), colleague], [them(5), colleague])
    assert (track.state, track.end) == (CallState.ENDED, CallEnd.ANSWERED)


# ------------------------------------------------------------ what the PBX does not tell


def test_a_network_that_is_gone_makes_the_state_unknown_and_comes_back() -> None:
    track = looked(begun(), [own(2), them(5)])
    at = track.heard_s
    assert tracking.lose(track, at + 9).state is CallState.CONNECTED
    lost = tracking.lose(track, at + 11)
    assert (lost.state, lost.over) == (CallState.UNKNOWN, False)
    assert tracking.see(lost, [own(2), them(5)], at + 60).state is CallState.CONNECTED
    assert tracking.see(lost, [own(2)], at + 60).state is CallState.CONNECTED
    gone = tracking.see(tracking.see(lost, [], at + 60), [], at + 61)
    assert gone.state is CallState.ENDED
    given_up = tracking.lose(lost, at + 301)
    assert (given_up.state, given_up.end, given_up.reason) == (CallState.UNKNOWN, CallEnd.UNKNOWN, "lost")


def test_a_role_that_may_not_look_leaves_the_call_requested() -> None:
    track = tracking.stop(begun(), STEADY_S + 1)
    assert (track.state, track.over, track.reason) == (CallState.REQUESTED, True, "forbidden")
    seen = tracking.stop(looked(begun(), [own()]), STEADY_S + 9)
    assert (seen.state, seen.end, seen.over) == (CallState.UNKNOWN, CallEnd.UNKNOWN, True)


def test_a_call_that_never_shows_is_unknown_after_a_while() -> None:
    track = begun("")
    for seconds in range(1, 20):
        track = tracking.see(track, [], STEADY_S + seconds)
        assert (track.state, track.over) == (CallState.REQUESTED, False)
    track = tracking.see(track, [], STEADY_S + 20)
    assert (track.state, track.reason, track.over) == (CallState.UNKNOWN, "no_leg", True)


def test_nothing_is_followed_for_ever() -> None:
    track = tracking.see(looked(begun(), [own(2), them(5)]), [own(2), them(5)], STEADY_S + 4 * 3600)
    assert (track.state, track.reason, track.over) == (CallState.UNKNOWN, "limit", True)


def test_looks_are_quick_until_people_talk_and_then_slow() -> None:
    track = begun()
    assert tracking.wait_s(track, STEADY_S) == 1.0
    track = looked(track, [own()])
    assert tracking.wait_s(track, track.heard_s) == 1.0
    assert tracking.wait_s(track, track.heard_s + 40) == 1.3
    track = looked(track, [own(2), them(5)])
    assert tracking.wait_s(track, track.heard_s) == 3.0
    assert tracking.wait_s(track, track.heard_s + 400) == 5.0
    assert tracking.wait_s(tracking.ask_hang_up(track, track.heard_s), track.heard_s + 1) == 0.5
    assert tracking.wait_s(looked(track, []), track.heard_s) == 0.4
    waits = [tracking.wait_s(track := tracking.lose(track, track.heard_s + 1), track.heard_s) for _ in range(6)]
    assert waits == [1, 2, 4, 8, 8, 8]
    ended = looked(begun(), [own(2)], [], [])
    assert tracking.wait_s(ended, ended.heard_s) == 0.2
    assert tracking.wait_s(tracking.without_records(ended), ended.heard_s) is None


# ------------------------------------------------------------ anything at all

texts = st.sampled_from(["", LINE, THEM, CALLID, "other", "1700000000.2", "1700000000.3", "x"])
times = st.sampled_from([0.0, 1.0, SERVER_S, SERVER_S + 5, SERVER_S * 2, 1e11])
active = st.builds(ActiveLeg, texts, texts, times, times, texts, texts, texts)
finished = st.builds(
    FinishedLeg, texts, texts, times, times, times, times, st.sampled_from(["", "answer", "other", "busy"]), texts
)
steps = st.one_of(
    st.tuples(st.just("see"), st.lists(active, max_size=4)),
    st.tuples(st.just("complete"), st.lists(finished, max_size=3)),
    st.tuples(st.sampled_from(["lose", "stop", "without", "hang_up", "name", "pass_on"]), st.none()),
)


@given(
    st.sampled_from(["", CALLID]), st.lists(st.tuples(steps, st.sampled_from([0.1, 1.0, 15.0, 400.0])), max_size=25)
)
def test_no_sequence_of_answers_leads_back_from_the_end(
    callid: str, sequence: list[tuple[tuple[str, list[ActiveLeg] | list[FinishedLeg] | None], float]]
) -> None:
    track, now_s, ends = begun(callid), STEADY_S, 0
    for (what, rows), later_s in sequence:
        before, now_s = track, now_s + later_s
        match what:
            case "see":
                track = tracking.see(track, rows or [], now_s)  # pyright: ignore[reportArgumentType]
            case "complete":
                track = tracking.complete(track, rows or [], now_s)  # pyright: ignore[reportArgumentType]
            case "lose":
                track = tracking.lose(track, now_s)
            case "stop":
                track = tracking.stop(track, now_s)
            case "without":
                track = tracking.without_records(track)
            case "hang_up":
                track = tracking.ask_hang_up(track, now_s)
            case "name":
                track = tracking.name(track, CALLID)
            case _:
                track = tracking.pass_on(track)
        ends += track.state is CallState.ENDED and before.state is not CallState.ENDED
        assert before.state is not CallState.ENDED or track.state is CallState.ENDED
        # a call that the role may not see can still be named and hung up
        told = replace(track, callid=before.callid, hang_up_asked_s=before.hang_up_asked_s)
        assert not before.over or before == (told if tracking.is_unwatched(before) else track)
        assert (track.end is CallEnd.NONE) or track.over or track.state is CallState.ENDED
        assert track.talk_s is None or track.talk_s >= 0
        assert track.connected_s is None or STEADY_S <= track.connected_s <= now_s
        wait = tracking.wait_s(track, now_s)
        assert (wait is None) is track.over
        assert wait is None or 0.1 < wait <= 8
    assert ends <= 1
