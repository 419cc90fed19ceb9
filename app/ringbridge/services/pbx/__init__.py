"""The PBX: the HTTP JSON API of Enswitch systems, as far as placing one's own calls needs it.

Importing this package costs nothing but its own value types; the HTTP library comes with the first request.
"""

from ringbridge.services.pbx.capabilities import Capabilities
from ringbridge.services.pbx.client import PbxClient
from ringbridge.services.pbx.limits import Limits
from ringbridge.services.pbx.make import MakeCall
from ringbridge.services.pbx.results import (
    CallerId,
    Colleague,
    LineCheck,
    LineState,
    LoginCheck,
    LoginFinding,
    Placed,
    Registration,
)

__all__ = [
    "CallerId", "Capabilities", "Colleague", "Limits", "LineCheck", "LineState", "LoginCheck", "LoginFinding",
    "MakeCall", "PbxClient", "Placed", "Registration",
]  # fmt: skip
