"""A call under way: what is known of it, and what can be done to it."""

from dataclasses import dataclass

from ringbridge.core import tracking
from ringbridge.core.calls import CallRequest, CallState, Outcome
from ringbridge.core.settings import AccountSettings
from ringbridge.core.tracking import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall:
    """A call as it stands.

    Attributes:
        request: The wish.
        track: What the PBX shows of it.
        account: Whose call it is.
        sent: How asking the PBX ended, or None while it is asked.
        may_hang_up: Nothing is known against ending it from here.
        may_pass_on: Nothing is known against transferring it from here.
        passing_on: The PBX is being asked to transfer it.
    """

    request: CallRequest
    track: Track
    account: AccountSettings
    sent: Outcome | None = None
    may_hang_up: bool = True
    may_pass_on: bool = True
    passing_on: bool = False

    @property
    def can_hang_up(self) -> bool:
        """Whether the PBX can be told which call to end."""
        if not self.may_hang_up or not (self.track.callid or self.track.own_leg):
            return False
        return not self.has_ended or (tracking.is_unwatched(self.track) and self.track.hang_up_asked_s is None)

    @property
    def can_pass_on(self) -> bool:
        """Whether the PBX can be told which call to transfer: only one that stands, and one transfer at a time."""
        if not self.may_pass_on or self.passing_on or self.track.passed_on:
            return False
        return bool(self.track.own_leg) and self.track.state is CallState.CONNECTED

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing more to do about it."""
        return (self.track.over and not self.is_awaited) or self.track.state is CallState.ENDED

    @property
    def is_awaited(self) -> bool:
        """Whether only the answer to the request can tell of it: the PBX showed nothing, and may still refuse it."""
        return self.sent is None and not self.track.was_seen

    @property
    def shown(self) -> tuple[object, ...]:
        """What people see of it: two states of a call that agree in this look the same."""
        track = self.track
        return (
            track.state, track.end, track.callid, track.own_leg, track.connected_s, track.talk_s, track.over,
            track.hang_up_asked_s,
            self.may_hang_up, self.may_pass_on, self.passing_on, track.passed_on,
        )  # fmt: skip
