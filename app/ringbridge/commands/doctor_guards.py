"""What `ringbridge doctor` looks at of the guards: the company's policy, and whether a locked screen is noticed."""

from ringbridge.commands.doctor_checks import Check
from ringbridge.desktop.screen_lock_ask import who_tells
from ringbridge.services.settings_file import Policy
from ringbridge.ui.wording import policy_sentences

_PATIENCE_S = 2.0


def check_policy(policy: Policy) -> Check:
    """Whether the company's policy can be used."""
    if policy.path is None:
        return Check(name="policy", ok=True, detail="there is none")
    wrong = policy_sentences(policy)
    if wrong:
        return Check(name="policy", ok=False, detail=" ".join(wrong))
    return Check(
        name="policy", ok=True, detail=f"{policy.path} is in force, {len(policy.locked)} settings are locked"
    )


def check_screen_lock() -> Check:
    """Who tells whether the screen is locked; that nobody does is no fault of a desktop without a lock."""
    who = who_tells(_PATIENCE_S)
    detail = who or "nobody here tells when the screen is locked, so calls are placed then too"
    return Check(name="screen_lock", ok=True, detail=detail)
