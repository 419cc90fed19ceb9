"""The groups of settings, one a table of the settings file: what each field means, and its default.

The small ones are named tuples: a dataclass takes 0.5 ms of the start to build.
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """Which PBX, whose login, which phone rings first.

    Attributes:
        url: Base URL of the API with its path prefix, such as ``https://www.015pbx.net/local/api/json/``.
        username: The login name of the person.
        line: The own line or number, rung first.
        line_kind: ``phone``: `line` is a telephone line of the PBX; ``number``: any number, such as a mobile.
        caller_id: What the other party sees, or empty for the line's own.
        wait_s: Seconds the PBX may wait so that it can name the call, 0 to 60; 0 = do not.
        cdialplan: ``auto``: the PBX converts the number to the line's dial plan (level 4.0 and later).
        method: ``post`` or, for servers that refuse it, ``get``.
        ca_file: A PEM file of further trusted roots, or empty.
        proxy: Empty = as the system says, ``none``, or ``http://host:port``.
        connect_timeout_s: Seconds to wait for a connection, 1 to 60.
        allow_plain_http: Plain http to other machines; changed in the file by hand only.
    """

    url: str = ""
    username: str = ""
    line: str = ""
    line_kind: str = "phone"
    caller_id: str = ""
    wait_s: int = 5
    cdialplan: str = ""
    method: str = "post"
    ca_file: str = ""
    proxy: str = ""
    connect_timeout_s: int = 5
    allow_plain_http: bool = False


class CallSettings(NamedTuple):
    """The guard against repeats.

    Attributes:
        repeat_guard_s: The same number is not dialed twice within so many seconds, 0 to 60.
    """

    repeat_guard_s: int = 5


class DialingSettings(NamedTuple):
    """The dial plan: how numbers become dial strings (`ringbridge.core.dialing`).

    Attributes:
        own_country: How numbers of the own region are sent: ``national`` (as people there dial it), ``trunk``
            (always with the trunk prefix), ``significant`` (never with it), ``e164`` (digits only) or
            ``e164_plus``.
        foreign_prefix: What stands before a foreign number's country code: empty = the own region's
            international prefix, ``+``, or digits such as ``00``.
        outside_prefix: Dialed first for every outside number, or empty.
        internal_length: How many digits an internal extension has, such as ``4`` or ``2-5``; empty = not known.
        rules: Rewrite rules, one a text, as `ringbridge.core.dialing.rules` reads them.
        own_contexts: Networks whose local numbers are ours (RFC 3966, ``phone-context``): a domain, or ``+`` and
            digits.
        cases_file: Cases for `ringbridge doctor`: a path, also relative to the settings folder; empty =
            ``dial-cases.txt`` in that folder.
    """

    own_country: str = "national"
    foreign_prefix: str = ""
    outside_prefix: str = ""
    internal_length: str = ""
    rules: tuple[str, ...] = ()
    own_contexts: tuple[str, ...] = ()
    cases_file: str = ""


class ClipboardSettings(NamedTuple):
    """Clipboard watching.

    Attributes:
        watch: Look at what is copied and offer to call the numbers in it.
        muted_apps: Programs whose copies are not offered: names such as ``KeePassXC`` or ``libreoffice-calc``, by the
            class of their windows or their executable; capitals do not matter. Known on X11 only.
        pause_after: Watching pauses after so many unused offers in a row, 0 to 100; 0 = never.
    """

    watch: bool = True
    muted_apps: tuple[str, ...] = ()
    pause_after: int = 6


class CardSettings(NamedTuple):
    """The offer card.

    Attributes:
        seconds: It goes by itself after so many seconds, 0 to 600; 0 = it stays.
        corner: ``top_right``, ``bottom_right``, ``top_left`` or ``bottom_left``.
        show_as: ``card``, ``notification`` (the desktop's own), or ``automatic``: the card where windows can stand in
            a corner, the notification under Wayland, where the desktop decides that and may give a window the focus.
    """

    seconds: int = 12
    corner: str = "bottom_right"
    show_as: str = "automatic"


class HotkeySettings(NamedTuple):
    """Global key combinations such as ``Ctrl+Alt+D``; empty = none.

    Attributes:
        dial_selection: Dials the number in the selected text.
        quick_dial: Opens “Call number…”.
        hang_up: Ends the running call.
        redial: Makes the last call again.
    """

    dial_selection: str = ""
    quick_dial: str = ""
    hang_up: str = ""
    redial: str = ""


class LinkSettings(NamedTuple):
    """Phone links in other programs.

    Attributes:
        ask: Ask once whether they are to open here; no after the answer.
    """

    ask: bool = True


class LookSettings(NamedTuple):
    """What windows look like.

    Attributes:
        theme: ``system``: light or dark as the desktop is; ``light`` or ``dark``.
    """

    theme: str = "system"
