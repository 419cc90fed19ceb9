"""What else a call may be asked to be: the rarer parameters of ``calls/make``, with the PBX's defaults."""

from typing import NamedTuple


class CallOptions(NamedTuple):
    """Options of a call; as settings they hold for all calls, and one call may differ.

    Attributes:
        auto_answer: Ask the own phone to answer by itself (``answer1``). That takes away the step in which a person
            sees whom the PBX is about to call, and can still let it be.
        show_number: Show the other party's number on the own phone (``callerid1``).
        record_group: The record group to record into (``recordgroup``); 0 = none.
        screen_own: Call screening on the own phone (``screen1``).
        screen_other: Call screening at the other party (``screen2``).
        warn_own: Play the cut-off warning on the own phone (``warn1``).
        warn_other: Play the cut-off warning to the other party (``warn2``).
        card: The card to bill the call to, or empty.
        customer: The customer to make the call as; 0 = the login's own.
    """

    auto_answer: bool = False
    show_number: bool = False
    record_group: int = 0
    screen_own: bool = False
    screen_other: bool = False
    warn_own: bool = True
    warn_other: bool = True
    card: str = ""
    customer: int = 0
