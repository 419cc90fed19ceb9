"""What the PBX's answers become."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The PBX took a call on: the own phone rings within a second or two.

    Attributes:
        code: 200 (server and callid may be there) or 204 (they are not). Both are success.
        message: The PBX's own words: plain text from elsewhere, never markup.
        server: The PBX's server such as ``server01``, or empty.
        callid: The call's identifier such as ``1234567890.123456``, or empty. Opaque.
    """

    code: int
    message: str = ""
    server: str = ""
    callid: str = ""


class LoginFinding(StrEnum):
    """What a login test found. A wrong login is an error (`WrongLogin`), not a finding."""

    RIGHT = "right"
    ROLE_TOO_SMALL = "role_too_small"
    CODE_NEEDED = "code_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginCheck:
    """The result of testing user name and password, which places no call.

    Attributes:
        finding: RIGHT; ROLE_TOO_SMALL: they are right, but the user's role allows neither function asked;
            CODE_NEEDED: the password is right, and this user logs in with a one-time code.
        function: The function whose answer settled it: ``user/login`` or ``phones/list``.
    """

    finding: LoginFinding
    function: str


class LineState(StrEnum):
    """Whether a phone is registered at a line, so that it can ring."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One phone that is registered at a line.

    Attributes:
        line: The line's name as the row has it, or empty.
        contact: Where the phone is reached (a SIP URI), or empty.
    """

    line: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCheck:
    """What is known of a line's phones.

    Attributes:
        state: ONLINE, OFFLINE, or UNKNOWN where the role or the PBX does not tell.
        registrations: The phones; empty unless ONLINE.
    """

    state: LineState
    registrations: tuple[Registration, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerId:
    """A number that may be presented to the other party.

    Attributes:
        number: As the PBX writes it; the value of ``callerid2``.
        description: Free text, or empty.
    """

    number: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A person of the same customer.

    Attributes:
        name: For people.
        extension: The dial-by-name number, or empty.
        telephone: A number as the PBX has it, or empty.
        mobile: A number as the PBX has it, or empty.
    """

    name: str
    extension: str = ""
    telephone: str = ""
    mobile: str = ""
