"""All settings as one frozen value: names, defaults and the check of each field.

Dotted keys (`clipboard.watch`) are the stable names on the command line and in the settings file, where the part
before the dot is a TOML table. The small groups are named tuples: a dataclass takes 0.5 ms of the start to build.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from ringbridge.core.call_options import CallOptions
from ringbridge.core.errors import SettingError
from ringbridge.core.hotkeys import format_hotkey, parse_hotkey
from ringbridge.core.regions import REGIONS

SettingValue = bool | int | str

MAX_TEXT = 1000
MAX_PORT = 65535
MAX_CARD = 128
MAX_ID = 2**31 - 1
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


def _card(key: str, value: object) -> SettingValue:
    text = _text(key, value)
    if len(text) > MAX_CARD:
        raise SettingError(key, "not_a_text")
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
        options: The rarer parameters of calls.
    """

    region: str = ""
    account: AccountSettings = AccountSettings()
    calls: CallSettings = CallSettings()  # noqa: RUF009 - it never changes
    clipboard: ClipboardSettings = ClipboardSettings()  # noqa: RUF009 - it never changes
    card: CardSettings = CardSettings()  # noqa: RUF009 - it never changes
    hotkeys: HotkeySettings = HotkeySettings()  # noqa: RUF009 - it never changes
    options: CallOptions = CallOptions()  # noqa: RUF009 - it never changes


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
    "options.auto_answer": _flag,
    "options.show_number": _flag,
    "options.record_group": _whole(0, MAX_ID),
    "options.screen_own": _flag,
    "options.screen_other": _flag,
    "options.warn_own": _flag,
    "options.warn_other": _flag,
    "options.card": _card,
    "options.customer": _whole(0, MAX_ID),
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


def with_options(settings: Settings, options: Mapping[str, object]) -> Settings:
    """A copy of `settings` in which one call's own options stand.

    Args:
        settings: The settings in force.
        options: Fields of `CallOptions` by name, with their values.

    Raises:
        SettingError: There is no such option, or the value is not allowed.
    """
    for name, value in options.items():
        settings = with_value(settings, f"options.{name}", value)
    return settings


def with_changes(settings: Settings, *, before: Settings, after: Settings) -> Settings:
    """A copy of `settings` with the fields in which `after` differs from `before`; others stay as they are."""
    old = flatten(before)
    for key, value in flatten(after).items():
        if value != old[key]:
            settings = with_value(settings, key, value)
    return settings


def from_mapping(table: Mapping[str, object]) -> tuple[Settings, tuple[SettingProblem, ...]]:
    """Read settings from a parsed file: every good field is taken, every bad one is reported.

    Args:
        table: As `tomllib` gives it. Unknown keys are ignored (a later version may know them).
    """
    settings = Settings()
    problems: list[SettingProblem] = []
    for key in DEFAULTS:
        group_name, _, name = key.rpartition(".")
        group = table.get(group_name) if group_name else table
        if not isinstance(group, Mapping) or name not in group:
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
