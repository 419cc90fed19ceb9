"""All settings as one frozen value: names, defaults and the check of each field.

Dotted keys (`clipboard.watch`) are the stable names on the command line and in the settings file, where the part
before the dot is a TOML table. The small groups are named tuples: a dataclass takes 0.5 ms of the start to build.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from ringbridge.core.dialing.guard_settings import ConfirmSettings, GuardSettings, PhoneSettings
from ringbridge.core.errors import SettingError
from ringbridge.core.hotkeys import format_hotkey, parse_hotkey
from ringbridge.core.regions import REGIONS

SettingValue = bool | int | str | tuple[str, ...]

MAX_TEXT = 1000
MAX_ENTRIES = 500
MAX_PORT = 65535
_AUTHORITY = re.compile(r"(?:[^:\[\]]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")  # RFC 3986, section 3.2
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise SettingError(key, "not_a_text")
    if not value.isprintable():
        raise SettingError(key, "control_characters")
    return value.strip()


def _choice(*allowed: str) -> Callable[[str, object], SettingValue]:
    def check(key: str, value: object) -> SettingValue:
        text = _text(key, value).lower()
        if text not in allowed:
            raise SettingError(key, "choice", ", ".join(choice or '""' for choice in allowed))
        return text

    return check


def _whole(low: int, high: int) -> Callable[[str, object], SettingValue]:
    def check(key: str, value: object) -> SettingValue:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise SettingError(key, "not_a_number", f"{low}–{high}")
        if isinstance(value, str):
            if not (value.strip().isascii() and value.strip().isdigit()):
                raise SettingError(key, "not_a_number", f"{low}–{high}")
            value = int(value)
        if not low <= value <= high:
            raise SettingError(key, "range", f"{low}–{high}")
        return value

    return check


_YES = {"true", "yes", "on", "1"}
_NO = {"false", "no", "off", "0"}


def _flag(key: str, value: object) -> SettingValue:
    if isinstance(value, str) and value.strip().lower() in _YES | _NO:
        return value.strip().lower() in _YES
    if not isinstance(value, bool):
        raise SettingError(key, "not_a_boolean")
    return value


def _region(key: str, value: object) -> SettingValue:
    text = _text(key, value).upper()
    if text and text not in REGIONS:
        raise SettingError(key, "region")
    return text


def _dialable(key: str, value: object) -> SettingValue:
    text = "".join(_text(key, value).split())
    if any(character not in "0123456789*#+" for character in text):
        raise SettingError(key, "not_a_text", "0–9 * # +")
    return text


def _url(key: str, value: object) -> SettingValue:
    text = _text(key, value)
    if not text:
        return text
    scheme, separator, rest = text.partition("://")
    host = rest.partition("/")[0]
    if scheme.lower() not in {"http", "https"} or not separator or not host:
        raise SettingError(key, "url")
    if "@" in host or "?" in rest or "#" in rest or " " in rest:  # credentials and parameters never stand in it
        raise SettingError(key, "url")
    authority = _AUTHORITY.fullmatch(host)
    if authority is None or not 0 < int(authority["port"] or 1) <= MAX_PORT:
        raise SettingError(key, "url")
    return f"{scheme.lower()}://{rest.rstrip('/')}/"


def _proxy(key: str, value: object) -> SettingValue:
    text = _text(key, value)
    if text.lower() in {"", "none"}:
        return text.lower()
    scheme, separator, rest = text.partition("://")
    if scheme.lower() not in {"http", "https"} or not separator or not rest or "@" in rest:
        raise SettingError(key, "url")
    return text


def _hotkey(key: str, value: object) -> SettingValue:
    text = _text(key, value)
    if not text:
        return text
    try:
        return format_hotkey(*parse_hotkey(text))
    except ValueError:
        raise SettingError(key, "hotkey") from None


def _list_of(check: Callable[[str, object], SettingValue]) -> Callable[[str, object], SettingValue]:
    """Entries, each of which `check` takes; in a text they are separated by commas or line ends."""

    def check_all(key: str, value: object) -> SettingValue:
        if isinstance(value, str):
            value = [part for part in re.split(r"[,\n]", value) if part.strip()]
        if not isinstance(value, (list, tuple)) or len(cast("list[object]", value)) > MAX_ENTRIES:
            raise SettingError(key, "not_a_list", str(MAX_ENTRIES))
        entries = [str(check(key, entry)) for entry in cast("list[object]", value)]
        return tuple(dict.fromkeys(entry for entry in entries if entry))

    return check_all


def _pattern(key: str, value: object) -> SettingValue:
    """A number or the beginning of numbers: ``+1900*``."""
    text = "".join(character for character in _text(key, value) if character not in " -().")
    if any(character not in "0123456789*#+" for character in text) or text in {"*", "+*", "+"}:
        raise SettingError(key, "pattern")
    return text


def _clock(key: str, value: object) -> SettingValue:
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", _text(key, value))
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:  # noqa: PLR2004 - hours and minutes
        raise SettingError(key, "clock")
    return f"{int(match[1]):02}:{match[2]}"


def _phone(key: str, value: object) -> SettingValue:
    """One of the user's phones: ``name|kind|value``."""
    parts = [part.strip() for part in _text(key, value).split("|")]
    if len(parts) != 3 or not parts[0] or parts[1] not in {"phone", "number"}:  # noqa: PLR2004 - as it is written
        raise SettingError(key, "phone")
    number = str(_dialable(key, parts[2]))
    if not number:
        raise SettingError(key, "phone")
    return "|".join((parts[0], parts[1], number))


_RISK = _choice("allow", "ask", "refuse")


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
    """How numbers become dial strings, and the guard against repeats.

    Attributes:
        own_country: How numbers of the own region are sent: ``national``, ``e164`` (digits only) or ``e164_plus``.
        foreign_prefix: What stands before a foreign number's country code: empty = the own region's
            international prefix, ``+``, or digits such as ``00``.
        outside_prefix: Dialed first for every outside number, or empty.
        repeat_guard_s: The same number is not dialed twice within so many seconds, 0 to 60.
    """

    own_country: str = "national"
    foreign_prefix: str = ""
    outside_prefix: str = ""
    repeat_guard_s: int = 5


class ClipboardSettings(NamedTuple):
    """Clipboard watching.

    Attributes:
        watch: Look at what is copied and offer to call the numbers in it.
    """

    watch: bool = True


class CardSettings(NamedTuple):
    """The offer card.

    Attributes:
        seconds: It goes by itself after so many seconds, 0 to 600; 0 = it stays.
        corner: ``top_right``, ``bottom_right``, ``top_left`` or ``bottom_left``.
    """

    seconds: int = 12
    corner: str = "bottom_right"


class HotkeySettings(NamedTuple):
    """Global key combinations such as ``Ctrl+Alt+D``; empty = none.

    Attributes:
        dial_selection: Dials the number in the selected text.
    """

    dial_selection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one profile.

    Attributes:
        region: Two letters of ISO 3166 for reading numbers without a country code; empty = the system's.
        account: The PBX account.
        calls: Dial strings and guards.
        clipboard: Clipboard watching.
        card: The offer card.
        hotkeys: Global key combinations.
        confirm: When a call waits for a yes.
        guards: What is not called, or only after a yes.
        phones: The user's phones.
    """

    region: str = ""
    account: AccountSettings = AccountSettings()
    calls: CallSettings = CallSettings()  # noqa: RUF009 - it never changes
    clipboard: ClipboardSettings = ClipboardSettings()  # noqa: RUF009 - it never changes
    card: CardSettings = CardSettings()  # noqa: RUF009 - it never changes
    hotkeys: HotkeySettings = HotkeySettings()  # noqa: RUF009 - it never changes
    confirm: ConfirmSettings = ConfirmSettings()  # noqa: RUF009 - it never changes
    guards: GuardSettings = GuardSettings()  # noqa: RUF009 - it never changes
    phones: PhoneSettings = PhoneSettings()  # noqa: RUF009 - it never changes


class SettingProblem(NamedTuple):
    """One value of the settings file that can't be used; the default stands in for it.

    Attributes:
        error: What is wrong with it.
        value: What stands in the file, at most 60 characters.
    """

    error: SettingError
    value: str


_CHECKS: dict[str, Callable[[str, object], SettingValue]] = {
    "region": _region,
    "account.url": _url,
    "account.username": _text,
    "account.line": _dialable,
    "account.line_kind": _choice("phone", "number"),
    "account.caller_id": _dialable,
    "account.wait_s": _whole(0, 60),
    "account.cdialplan": _choice("", "auto"),
    "account.method": _choice("post", "get"),
    "account.ca_file": _text,
    "account.proxy": _proxy,
    "account.connect_timeout_s": _whole(1, 60),
    "account.allow_plain_http": _flag,
    "calls.own_country": _choice("national", "e164", "e164_plus"),
    "calls.foreign_prefix": _dialable,
    "calls.outside_prefix": _dialable,
    "calls.repeat_guard_s": _whole(0, 60),
    "clipboard.watch": _flag,
    "card.seconds": _whole(0, 600),
    "card.corner": _choice("top_right", "bottom_right", "top_left", "bottom_left"),
    "hotkeys.dial_selection": _hotkey,
    "confirm.ask": _choice("risky", "always"),
    "confirm.countdown_s": _whole(0, 30),
    "confirm.known": _list_of(_pattern),
    "guards.allowed_countries": _list_of(_region),
    "guards.refused_countries": _list_of(_region),
    "guards.foreign": _RISK,
    "guards.premium": _RISK,
    "guards.shared_cost": _RISK,
    "guards.satellite": _RISK,
    "guards.night": _RISK,
    "guards.quiet_from": _clock,
    "guards.quiet_until": _clock,
    "guards.codes": _choice("typed", "never"),
    "guards.never_call": _list_of(_pattern),
    "guards.calls_per_minute": _whole(0, 60),
    "guards.calls_per_day": _whole(0, 10_000),
    "guards.screen_lock": _flag,
    "phones.own": _list_of(_phone),
    "phones.check": _flag,
}
"""Each setting by dotted key, in the order people see, and what makes its value sure."""

_BY_HAND = {"account.allow_plain_http"}
"""Changed in the file only, never by the program."""


def flatten(settings: Settings) -> dict[str, SettingValue]:
    """All settings by dotted key, in the order of `_CHECKS`."""
    flat: dict[str, SettingValue] = {}
    for key in _CHECKS:
        group_name, _, name = key.rpartition(".")
        flat[key] = getattr(getattr(settings, group_name) if group_name else settings, name)
    return flat


DEFAULTS = flatten(Settings())


def is_by_hand(key: str) -> bool:
    """Whether `key` may be changed in the settings file only.

    Raises:
        SettingError: There is no such key.
    """
    if key not in _CHECKS:
        raise SettingError(key, "unknown_key")
    return key in _BY_HAND


def with_value(settings: Settings, key: str, value: object) -> Settings:
    """A copy of `settings` with one field changed.

    Args:
        settings: The old value.
        key: The dotted key.
        value: The new value; text is read as the field's type (``"yes"``, ``"5"``).

    Raises:
        SettingError: There is no such key, or the value is not allowed.
    """
    if key not in _CHECKS:
        raise SettingError(key, "unknown_key")
    changed: Any = {key.rpartition(".")[2]: _CHECKS[key](key, value)}
    match key.rpartition(".")[0]:
        case "":
            return replace(settings, **changed)
        case "account":
            return replace(settings, account=replace(settings.account, **changed))
        case group_name:
            group: Any = getattr(settings, group_name)
            return replace(settings, **{group_name: group._replace(**changed)})


def with_changes(settings: Settings, *, before: Settings, after: Settings) -> Settings:
    """A copy of `settings` with the fields in which `after` differs from `before`; others stay as they are."""
    old = flatten(before)
    for key, value in flatten(after).items():
        if value != old[key]:
            settings = with_value(settings, key, value)
    return settings


def from_mapping(
    table: Mapping[str, object], base: Settings | None = None, *, locked: Collection[str] = ()
) -> tuple[Settings, tuple[SettingProblem, ...]]:
    """Read settings from a parsed file: every good field is taken, every bad one is reported.

    Args:
        table: As `tomllib` gives it. Unknown keys are ignored (a later version may know them).
        base: What holds where the file says nothing; None = the defaults.
        locked: Keys that stay as in `base`, whatever the file says.
    """
    settings = base or Settings()
    problems: list[SettingProblem] = []
    for key in DEFAULTS:
        group_name, _, name = key.rpartition(".")
        group = table.get(group_name) if group_name else table
        if not isinstance(group, Mapping) or name not in group or key in locked:
            continue
        value: Any = cast("Mapping[str, Any]", group)[name]
        try:
            settings = with_value(settings, key, value)
        except SettingError as error:
            problems.append(SettingProblem(error=error, value=str(value)[:60]))
    return settings, tuple(problems)


def plain_http_allowed(account: AccountSettings) -> bool:
    """Whether the account's URL may be used as it is: https, loopback, or allowed by hand."""
    scheme, _, rest = account.url.partition("://")
    if scheme != "http":
        return True
    authority = rest.partition("/")[0]
    host = authority[1:].partition("]")[0] if authority.startswith("[") else authority.partition(":")[0]
    return account.allow_plain_http or host.lower() in LOOPBACK_HOSTS
