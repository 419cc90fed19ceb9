"""What the PBX tells of calls under way and of finished ones: one value a leg, whatever form its rows had."""

from typing import NamedTuple


class ActiveLeg(NamedTuple):
    """One row of ``calls/active/list`` or its ``/panel`` variant; every field may be missing there.

    Attributes:
        uniqueid: The leg's identifier, or empty. Opaque.
        callid: The call's identifier, shared by its legs, or empty. Opaque.
        started_at_s: When it began, Unix seconds of the server's clock, or 0.
        answered_at_s: When it was answered, Unix seconds of the server's clock; 0 = not yet.
        source: The line or number the call was made from (``snumber``), or empty.
        wanted: The number the call was made to (``cnumber``), or empty.
        rings: Whom this leg rings (``dnumber``), or empty.
    """

    uniqueid: str = ""
    callid: str = ""
    started_at_s: float = 0.0
    answered_at_s: float = 0.0
    source: str = ""
    wanted: str = ""
    rings: str = ""


class FinishedLeg(NamedTuple):
    """One row of ``cdrs/list``.

    Attributes:
        uniqueid: The leg's identifier, or empty. Opaque.
        callid: The call's identifier, or empty. Opaque.
        started_at_s: When it began, Unix seconds of the server's clock, or 0.
        ended_at_s: When it ended, Unix seconds of the server's clock, or 0.
        talk_s: Seconds from its answer to its end; 0 = never answered.
        total_s: Seconds from its start to its end, ringing included.
        status: The PBX's word for its end in lower case, such as ``answer``, ``cancel`` or ``other``, or empty.
        source: As in `ActiveLeg`.
        wanted: As in `ActiveLeg`.
        rings: As in `ActiveLeg`.
    """

    uniqueid: str = ""
    callid: str = ""
    started_at_s: float = 0.0
    ended_at_s: float = 0.0
    talk_s: float = 0.0
    total_s: float = 0.0
    status: str = ""
    source: str = ""
    wanted: str = ""
    rings: str = ""
