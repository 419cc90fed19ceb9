"""What the training PBX tells of its calls: frozen values, safe to hand to any thread."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much of the vendor's API the training PBX speaks."""

    SEED = "seed"
    V41 = "4.1"
    V44 = "4.4"

    def has(self, level: "Level") -> bool:
        """Whether what came with `level` is there."""
        order = list(Level)
        return order.index(self) >= order.index(level)


class Side(StrEnum):
    """Whose leg: A is the own phone, rung first; B is the other party."""

    A = "a"
    B = "b"


class LegPhase(StrEnum):
    """Where a leg stands."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class Cause(StrEnum):
    """Why a leg ended."""

    NONE = ""
    HANGUP_A = "hangup_a"
    HANGUP_B = "hangup_b"
    HANGUP_API = "hangup_api"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    OFFLINE = "offline"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"
    REDIRECTED = "redirected"
    OTHER_SIDE = "other_side"


class CallPhase(StrEnum):
    """Where a call stands."""

    REQUESTED = "requested"
    RINGING_A = "ringing_a"
    RINGING_B = "ringing_b"
    CONNECTED = "connected"
    B_FAILED = "b_failed"
    ENDED = "ended"


class EventKind(StrEnum):
    """What happened. REQUESTED and FINISHED speak of the whole call, the others of one leg."""

    REQUESTED = "requested"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one ``calls/make`` asks for, checked.

    Attributes:
        person: ID of the person who asked.
        customer: ID of the customer the call is made as.
        stype: ``phone``: `snumber` is a telephone line; empty: a number.
        snumber: Rung first.
        ctype: Destination type, usually empty.
        cnumber: Rung when the first call was answered.
        callerid1: What the own phone displays, or empty.
        callerid2: What the other party sees, or empty.
        answer1: The own phone is asked to answer by itself.
        answer2: The other phone is asked to answer by itself.
        delay_s: Seconds to wait before the call.
    """

    person: int
    customer: int
    stype: str
    snumber: str
    ctype: str
    cnumber: str
    callerid1: str = ""
    callerid2: str = ""
    answer1: bool = False
    answer2: bool = False
    delay_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One leg as it stands.

    Attributes:
        uniqueid: Its identifier.
        side: Own phone or other party.
        dtype: What it rings: ``phone`` (a line), ``number`` or ``code``.
        dnumber: Which one.
        name: Who is there, for people; invented.
        phase: Ringing, answered or ended.
        started_at: Unix seconds.
        answered_at: Unix seconds, or 0.
        ended_at: Unix seconds, or 0.
        cause: Why it ended.
    """

    uniqueid: str
    side: Side
    dtype: str
    dnumber: str
    name: str
    phase: LegPhase
    started_at: float
    answered_at: float
    ended_at: float
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it stands.

    Attributes:
        callid: Its identifier; known to a client only once `legs` is not empty.
        server: The PBX's server it runs on.
        order: What was asked for.
        phase: Where it stands.
        requested_at: Unix seconds.
        legs: In the order they were rung; ended ones stay.
        name: Who is at the other end, for people; invented.
        cause: Why it ended, or why the other party can't be had; empty while all is well.
    """

    callid: str
    server: str
    order: Order
    phase: CallPhase
    requested_at: float
    legs: tuple[Leg, ...]
    name: str
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened to a call.

    Attributes:
        kind: What.
        at: Unix seconds.
        call: The call right after it.
        leg: The leg it happened to, or None for REQUESTED and FINISHED.
    """

    kind: EventKind
    at: float
    call: Call
    leg: Leg | None = None
