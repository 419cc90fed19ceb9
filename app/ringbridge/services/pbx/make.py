"""``calls/make``: ring one's own phone, and when it answers, the other party."""

import re
from dataclasses import dataclass, fields

from ringbridge.core.errors import RequestInvalid
from ringbridge.services.pbx.form import Parameters

LONGEST_TEXT = 128
LONGEST_WAIT_S = 3600

_ALWAYS_SENT = ("stype", "snumber", "ctype", "cnumber")
_FLAGS = ("answer1", "answer2", "screen1", "screen2", "warn1", "warn2")
_SECONDS = ("delay", "wait")
_TEXTS = ("card", "callerid1", "callerid2")

# Anything the customer can dial: digits, feature codes, lines with a name, addresses such as user@host.
_DIALABLE = re.compile(r"(?=.*[0-9A-Za-z*#])[0-9A-Za-z*#+][0-9A-Za-z*#+._@:-]*", re.ASCII)
_DESTINATION_TYPE = re.compile(r"[a-z0-9_]{0,32}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCall:
    """The parameters of one ``calls/make``, named and defaulted as the PBX has them; a wrong one can't be built.

    `auth_username` and `auth_password` come from `Login` when it is sent.

    A card that belongs to another customer needs that customer beside it. Whose card it is only the PBX knows, so
    `card` without `customer` is sent as it is, and the PBX answers 400 where that is wrong.

    Attributes:
        stype: ``phone``: `snumber` is a telephone line of the PBX; empty: any number.
        snumber: The own line or number, rung first.
        ctype: Destination type of `cnumber`; empty = dialed as it stands.
        cnumber: The other party, rung when the first call answers.
        cdialplan: ``auto``: the PBX converts `cnumber` to the dial plan of `snumber` (level 4.0 and later); or empty.
        card: Card to bill the call to, or empty.
        customer: Customer to make the call as, or None for the login's own.
        answer1: 1 = ask the first phone to answer by itself.
        answer2: 1 = ask the second phone to answer by itself.
        callerid1: What the first phone shows, or empty.
        callerid2: What the second phone shows, or empty.
        recordgroup: Record group to record into; 0 = none.
        screen1: 1 = call screening on the first call.
        screen2: 1 = call screening on the second call.
        warn1: 1 = play the cut-off warning on the first call.
        warn2: 1 = play the cut-off warning on the second call.
        delay: Seconds the PBX waits before it makes the call, 0 to 3600.
        wait: Seconds the PBX may wait so that it can name the call, 0 to 3600; 0 = do not. Above `delay` when both
            are used.

    Raises:
        RequestInvalid: With the parameter's name and what it may be; never with the value.
    """

    stype: str = ""
    snumber: str
    ctype: str = ""
    cnumber: str
    cdialplan: str = ""
    card: str = ""
    customer: int | None = None
    answer1: int = 0
    answer2: int = 0
    callerid1: str = ""
    callerid2: str = ""
    recordgroup: int = 0
    screen1: int = 0
    screen2: int = 0
    warn1: int = 1
    warn2: int = 1
    delay: int = 0
    wait: int = 0

    def __post_init__(self) -> None:
        _check(self.stype in {"", "phone"}, "stype", 'must be "phone" or empty')
        _check_dialable("snumber", self.snumber)
        _check(_matches(_DESTINATION_TYPE, self.ctype), "ctype", "must be empty or a word of a to z, 0 to 9 and _")
        _check_dialable("cnumber", self.cnumber)
        _check(self.cdialplan in {"", "auto"}, "cdialplan", 'must be "auto" or empty')
        for name in _TEXTS:
            _check_text(name, getattr(self, name))
        for name in _FLAGS:
            _check(_is_whole(getattr(self, name), 0, 1), name, "must be 0 or 1")
        if self.customer is not None:
            _check(_is_whole(self.customer, 0, None), "customer", "must be a whole number, 0 or more")
        _check(_is_whole(self.recordgroup, 0, None), "recordgroup", "must be a whole number, 0 or more")
        for name in _SECONDS:
            in_range = _is_whole(getattr(self, name), 0, LONGEST_WAIT_S)
            _check(in_range, name, f"must be 0 to {LONGEST_WAIT_S} seconds")
        if self.delay and self.wait:
            _check(self.wait > self.delay, "wait", "must be greater than the delay when both are used")

    def parameters(self) -> Parameters:
        """Names and values to send, in the documented order.

        Both types and both numbers are always there, also empty ones; the others where they differ from the default.
        """
        sent: list[tuple[str, str]] = []
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name in _ALWAYS_SENT or value != item.default:
                sent.append((item.name, value if isinstance(value, str) else str(int(value))))
        return tuple(sent)


def _check(allowed: bool, name: str, detail: str) -> None:  # noqa: FBT001 - the condition is the point
    if not allowed:
        raise RequestInvalid(name, detail)


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_whole(value: object, low: int, high: int | None) -> bool:
    return isinstance(value, int) and low <= value and (high is None or value <= high)


def _check_dialable(name: str, value: object) -> None:
    _check(value != "", name, "is missing")
    _check(_matches(_DIALABLE, value), name, "may hold digits, letters, * # + . _ @ : - and no spaces")
    _check(len(str(value)) <= LONGEST_TEXT, name, f"may have {LONGEST_TEXT} characters at most")


def _check_text(name: str, value: object) -> None:
    _check(isinstance(value, str) and value.isprintable(), name, "may hold printable characters only")
    _check(len(str(value)) <= LONGEST_TEXT, name, f"may have {LONGEST_TEXT} characters at most")
