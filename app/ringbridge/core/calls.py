"""What a call is: the wish, its outcome, and the row that remembers it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Origin(StrEnum):
    """Where a wish to call came from."""

    CARD = "card"
    MENU = "menu"
    TYPED = "typed"
    LINK = "link"
    COMMAND_LINE = "command_line"
    HOTKEY = "hotkey"
    CLIPBOARD = "clipboard"
    SELECTION = "selection"
    REDIAL = "redial"


class Outcome(StrEnum):
    """How asking the PBX ended. PLACING stands in history only while the request is under way."""

    PLACING = "placing"
    REQUESTED = "requested"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    WRONG_LOGIN = "wrong_login"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    NO_ACCOUNT = "no_account"


class CallState(StrEnum):
    """Where a call stands after the PBX took it on, as far as the PBX tells. The empty one: nobody looked."""

    NOT_FOLLOWED = ""
    REQUESTED = "requested"
    RINGING = "ringing"
    CALLING = "calling"
    CONNECTED = "connected"
    ENDED = "ended"
    UNKNOWN = "unknown"

    @property
    def is_live(self) -> bool:
        """Whether the call goes on, or would, had nobody stopped looking."""
        return self in {CallState.REQUESTED, CallState.RINGING, CallState.CALLING, CallState.CONNECTED}


class CallEnd(StrEnum):
    """How a call ended. The PBX's own records tell busy, declined and unreachable apart on some systems only."""

    NONE = ""
    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    NOT_REACHED = "not_reached"
    NOT_PICKED_UP = "not_picked_up"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class CallProgress(NamedTuple):
    """What became of a call after the PBX took it on.

    Attributes:
        state: Where it stands.
        end: How it ended; NONE while it goes on.
        answered_at: When the other party answered, aware, in UTC, on this computer's clock; or None.
        ended_at: When it ended, aware, in UTC, on this computer's clock; or None.
        talk_s: Seconds of talk, or None where nobody talked or nobody knows.
    """

    state: CallState = CallState.NOT_FOLLOWED
    end: CallEnd = CallEnd.NONE
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    talk_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The other party (the B leg).

    Attributes:
        dialed: The dial string: what the PBX is sent; digits, ``*``, ``#`` and a leading ``+`` only.
        e164: The number in E.164 form (ITU-T E.164: ``+`` and at most 15 digits), or empty for an extension,
            feature code, emergency or short code.
        extension: Digits to dial once connected, or empty.
        region: Two letters of ISO 3166 the number belongs to, or empty.
        display: How people write it, for showing.
    """

    dialed: str
    e164: str = ""
    extension: str = ""
    region: str = ""
    display: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """One wish to connect the user's own phone with a destination.

    Attributes:
        request_id: Made when the user says yes; at most one request leaves for it.
        destination: What the B leg rings.
        origin: Where the wish came from.
        requested_at: When the user said yes, aware, in UTC.
        line: The user's own line or number for this call, or empty for the account's own.
        caller_id: What the other party sees (``callerid2``), or empty for the account's own.
        wait_s: Seconds the PBX may wait for the call's identifiers, or None for the account's own.
        name: The other party's name where known, or empty.
        line_kind: ``phone`` or ``number``: what `line` is, or empty for the account's own.
        emergency: It reaches an emergency service: no limit holds it back.
    """

    request_id: str
    destination: Destination
    origin: Origin
    requested_at: datetime
    line: str = ""
    caller_id: str = ""
    wait_s: int | None = None
    name: str = ""
    line_kind: str = ""
    emergency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome:
    """How one request ended. `ringbridge.ui.wording.outcome_sentence` says it to people.

    Attributes:
        request_id: Of the request.
        outcome: Never PLACING.
        dialed: The dial string the PBX was (or would have been) sent, or empty when it never came to one.
        code: The PBX's code, or None when it gave none.
        key: The parameter the PBX complains about (400), or empty.
        message: The PBX's own words, or empty: plain text from elsewhere, never markup.
        server: The PBX's server, or empty.
        callid: The PBX's call identifier, or empty.
        problem: A short stable name of the cause; empty for REQUESTED. One of ``unreachable``, ``tls``,
            ``proxy``, ``plain_http``, ``invalid_request``, ``answer_lost``, ``not_understood``,
            ``wrong_login``, ``login_code``, ``role``, ``rate_plan``, ``invalid_input``, ``not_found``,
            ``keyring_missing``, ``keyring_locked``, ``keyring_refused``, ``keyring_no_answer``, ``no_url``,
            ``no_username``, ``no_line``, ``no_password``, ``history_unavailable``, ``history_too_new``,
            ``repeated``, ``declined``, ``unconfirmed`` (nobody was there to say yes), ``running`` (there is such a
            call already), ``program_lost``, ``no_call``, ``unnamed_call``, ``limit_minute``, ``limit_day``,
            ``gate_`` and a reason of `ringbridge.core.dialing.gate.Verdict`, or ``input_`` and an `InputError`'s
            problem.
        detail: The cause in a library's words or the like, without secrets, or empty.
    """

    request_id: str
    outcome: Outcome
    dialed: str = ""
    code: int | None = None
    key: str = ""
    message: str = ""
    server: str = ""
    callid: str = ""
    problem: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One row of the history: a wish and what is known of its end.

    Attributes:
        request_id: Of the request.
        requested_at: When the user said yes, aware, in UTC.
        finished_at: When the outcome was saved, aware, in UTC, or None.
        origin: Where the wish came from.
        outcome: PLACING while under way, UNKNOWN when the program died meanwhile.
        destination: What the B leg rings.
        line: The own line or number that was rung first.
        name: The other party's name where known, or empty.
        code: The PBX's code, or None.
        message: The PBX's own words, or empty.
        problem: As in `CallOutcome`.
        server: The PBX's server, or empty.
        callid: The PBX's call identifier, or empty.
        progress: What became of it after the PBX took it on.
        note: What the user wrote about it, or empty.
    """

    request_id: str
    requested_at: datetime
    origin: Origin
    outcome: Outcome
    destination: Destination
    finished_at: datetime | None = None
    line: str = ""
    name: str = ""
    code: int | None = None
    message: str = ""
    problem: str = ""
    server: str = ""
    callid: str = ""
    progress: CallProgress = CallProgress()  # noqa: RUF009 - it never changes
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who asks the PBX.

    Attributes:
        username: The login name of the person (not of a line).
        password: Its password; never in repr, logs or messages.
    """

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One registered phone of the user, as ``phones/list`` gives it, without its password.

    Attributes:
        name: The line's name: the value of ``snumber`` with ``stype=phone``.
        display: Its name for people, or empty.
        description: Free text, or empty.
        do_not_disturb: It rejects all calls, so it would not ring; None where the PBX does not tell.
    """

    name: str
    display: str = ""
    description: str = ""
    do_not_disturb: bool | None = None
