import pytest

from ringbridge.core.calls import CallEnd
from ringbridge.core.legs import FinishedLeg
from ringbridge.core.records import end_of


@pytest.mark.parametrize("hung_up", [False, True])
@pytest.mark.parametrize("status", ["", "answer", "cancel", "other", "busy", "noanswer", "weird"])
@pytest.mark.parametrize("connected", [False, True])
def test_who_talked_was_answered_whatever_the_word(*, hung_up: bool, status: str, connected: bool) -> None:
    other = FinishedLeg(status=status, talk_s=12.4)
    assert end_of(None, (other,), connected=connected, hung_up=hung_up) == (CallEnd.ANSWERED, 12)


@pytest.mark.parametrize(
    ("own", "others", "connected", "hung_up", "end"),
    [
        (None, (), False, False, CallEnd.UNKNOWN),
        (None, (), True, False, CallEnd.ANSWERED),
        (None, (), False, True, CallEnd.CANCELLED),
        (None, (FinishedLeg(status="answer"),), False, False, CallEnd.ANSWERED),
        (None, (FinishedLeg(status="busy"),), False, True, CallEnd.BUSY),
        (None, (FinishedLeg(status="other", total_s=3),), False, True, CallEnd.CANCELLED),
        (None, (FinishedLeg(status="other", total_s=3),), False, False, CallEnd.NOT_REACHED),
        (None, (FinishedLeg(status="other", total_s=15),), False, False, CallEnd.NO_ANSWER),
        (None, (FinishedLeg(status="other"),), False, False, CallEnd.UNKNOWN),
        (None, (FinishedLeg(status="other", ended_at_s=5),), False, False, CallEnd.NOT_REACHED),
        (None, (FinishedLeg(status="busy"), FinishedLeg(status="cancel")), False, False, CallEnd.CANCELLED),
        (FinishedLeg(status="other"), (), False, False, CallEnd.NOT_PICKED_UP),
        (FinishedLeg(status="other"), (), False, True, CallEnd.CANCELLED),
        (FinishedLeg(status="cancel"), (), False, False, CallEnd.CANCELLED),
        (FinishedLeg(status="answer", talk_s=4), (), False, False, CallEnd.UNKNOWN),
    ],
)
def test_nobody_talked(
    own: FinishedLeg | None,
    others: tuple[FinishedLeg, ...],
    connected: bool,
    hung_up: bool,
    end: CallEnd,
) -> None:
    assert end_of(own, others, connected=connected, hung_up=hung_up) == (end, None)
