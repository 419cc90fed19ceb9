"""The settings of the gate: when a person is asked, what is never called, and whose phone rings first.

Named tuples, because they stand in `Settings`, which is read on the way up.
"""

from typing import NamedTuple


class ConfirmSettings(NamedTuple):
    """When a call waits for a yes.

    Attributes:
        ask: ``risky``: only where the gate sees a risk; ``always``: before every call.
        countdown_s: A number called for the first time is called after so many seconds, in which it can be stopped,
            0 to 30; 0 = at once.
        known: Numbers that never count as called for the first time; a ``*`` at the end stands for any digits.
    """

    ask: str = "risky"
    countdown_s: int = 3
    known: tuple[str, ...] = ()


class GuardSettings(NamedTuple):
    """What is not called, or only after a yes. ``ask``, ``refuse`` or ``allow`` where nothing else is said.

    Attributes:
        allowed_countries: Two letters of ISO 3166 each; empty = all.
        refused_countries: Likewise; these are never called.
        foreign: Numbers of other countries that were never called before.
        premium: Premium-rate numbers, whenever they are called.
        shared_cost: Shared-cost numbers that were never called before.
        satellite: Numbers of satellite and other networks of no country, whenever they are called.
        night: Calls in the other party's quiet hours.
        quiet_from: When those begin, ``HH:MM`` in the other party's own time.
        quiet_until: When they end; the same as `quiet_from` = there are none.
        codes: ``typed``: codes with ``*`` or ``#`` are dialed when a person types them; ``never``: not even then.
        never_call: Numbers that are never called; a ``*`` at the end stands for any digits.
        calls_per_minute: At most so many calls in a minute, 0 to 60; 0 = no limit.
        calls_per_day: At most so many calls in 24 hours, 0 to 10000; 0 = no limit.
        screen_lock: Nothing is dialed while the screen is locked.
    """

    allowed_countries: tuple[str, ...] = ()
    refused_countries: tuple[str, ...] = ()
    foreign: str = "ask"
    premium: str = "ask"
    shared_cost: str = "ask"
    satellite: str = "ask"
    night: str = "ask"
    quiet_from: str = "21:00"
    quiet_until: str = "08:00"
    codes: str = "typed"
    never_call: tuple[str, ...] = ()
    calls_per_minute: int = 10
    calls_per_day: int = 300
    screen_lock: bool = True


class PhoneSettings(NamedTuple):
    """The user's phones.

    Attributes:
        own: Phones to choose from, each ``name|kind|value``; the kind is ``phone`` (a line of the PBX) or ``number``.
            The one that rings first stands in ``account.line``.
        check: Ask the PBX now and then whether the phone that rings first is there.
    """

    own: tuple[str, ...] = ()
    check: bool = True


class OwnPhone(NamedTuple):
    """One of the user's phones.

    Attributes:
        name: What people call it.
        kind: ``phone`` or ``number``, as `ringbridge.core.settings.AccountSettings.line_kind`.
        value: The line or number, as the PBX is sent it.
    """

    name: str
    kind: str
    value: str


MOST_CAREFUL: dict[str, bool | int | str | tuple[str, ...]] = {
    "confirm.ask": "always",
    "confirm.known": (),
    "guards.foreign": "ask",
    "guards.premium": "refuse",
    "guards.shared_cost": "ask",
    "guards.satellite": "refuse",
    "guards.night": "ask",
    "guards.codes": "never",
    "guards.calls_per_minute": 3,
    "guards.calls_per_day": 50,
    "guards.screen_lock": True,
}
"""What stands in for a policy that can't be read: a person says yes to every call, and nothing costly is called."""


def own_phones(phones: PhoneSettings) -> tuple[OwnPhone, ...]:
    """The user's phones as values, in their order."""
    return tuple(OwnPhone(*entry.split("|")) for entry in phones.own)


def kind_of_line(line: str, phones: PhoneSettings) -> str:
    """What a line is (``phone`` or ``number``) where it is one of the user's own phones, else empty."""
    return next((phone.kind for phone in own_phones(phones) if phone.value == line), "")
