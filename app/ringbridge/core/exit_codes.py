"""What the commands end with. Scripts rely on these numbers, so they never change."""

DONE = 0
OUR_BUG = 1
USAGE = 2
REFUSED = 3
WRONG_LOGIN = 4
NOTHING_SENT = 5
UNKNOWN = 6
BLOCKED = 7
NO_ACCOUNT = 8
INTERRUPTED = 130

HELP = """exit codes:
  0  done; for a call: the PBX accepted it
  1  a bug of Ringbridge, or the output could not be written
  2  the command line, a number or a setting can't be used; nothing was sent
  3  the PBX refused
  4  the PBX does not accept the login
  5  nothing was sent: the PBX can't be reached, or a file of Ringbridge can't be used
  6  the answer was lost: the call may have been placed
  7  not done here: blocked, declined, or this desktop can't do it
  8  no account is set up, or the keyring is locked or missing
  130  interrupted with Ctrl-C before anything was sent
"""

_BY_OUTCOME = {
    "requested": DONE,
    "refused": REFUSED,
    "wrong_login": WRONG_LOGIN,
    "not_sent": NOTHING_SENT,
    "unknown": UNKNOWN,
    "blocked": BLOCKED,
    "no_account": NO_ACCOUNT,
}


def of_outcome(outcome: str) -> int:
    """What a command ends with.

    Args:
        outcome: The value of a `ringbridge.core.calls.Outcome` other than PLACING.
    """
    return _BY_OUTCOME[outcome]
