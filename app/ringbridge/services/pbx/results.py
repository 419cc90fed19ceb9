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
