"""All settings as one frozen value: names, defaults and the check of each field.

Dotted keys (`clipboard.watch`) are the stable names on the command line and in the settings file, where the part
before the dot is a TOML table.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple, cast

from ringbridge.core.errors import SettingError
from ringbridge.core.hotkeys import format_hotkey, parse_hotkey
from ringbridge.core.regions import REGIONS

SettingValue = bool | int | str

MAX_TEXT = 1000
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


def _setting(default: Any, check: Callable[[str, object], SettingValue], *, by_hand: bool = False) -> Any:  # noqa: ANN401
    """One field: its default and check; `by_hand` fields are changed in the file only, never by the program."""
    return field(default=default, metadata={"check": check, "by_hand": by_hand})


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

    url: str = _setting("", _url)
    username: str = _setting("", _text)
    line: str = _setting("", _dialable)
    line_kind: str = _setting("phone", _choice("phone", "number"))
    caller_id: str = _setting("", _dialable)
    wait_s: int = _setting(5, _whole(0, 60))
    cdialplan: str = _setting("", _choice("", "auto"))
    method: str = _setting("post", _choice("post", "get"))
    ca_file: str = _setting("", _text)
    proxy: str = _setting("", _proxy)
    connect_timeout_s: int = _setting(5, _whole(1, 60))
    allow_plain_http: bool = _setting(default=False, check=_flag, by_hand=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSettings:
    """How numbers become dial strings, and the guard against repeats.

    Attributes:
        own_country: How numbers of the own region are sent: ``national``, ``e164`` (digits only) or ``e164_plus``.
        foreign_prefix: What stands before a foreign number's country code: empty = the own region's
            international prefix, ``+``, or digits such as ``00``.
        outside_prefix: Dialed first for every outside number, or empty.
        repeat_guard_s: The same number is not dialed twice within so many seconds, 0 to 60.
    """

    own_country: str = _setting("national", _choice("national", "e164", "e164_plus"))
    foreign_prefix: str = _setting("", _dialable)
    outside_prefix: str = _setting("", _dialable)
    repeat_guard_s: int = _setting(5, _whole(0, 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipboardSettings:
    """Clipboard watching.

    Attributes:
        watch: Look at what is copied and offer to call the numbers in it.
    """

    watch: bool = _setting(default=True, check=_flag)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSettings:
    """The offer card.

    Attributes:
        seconds: It goes by itself after so many seconds, 0 to 600; 0 = it stays.
        corner: ``top_right``, ``bottom_right``, ``top_left`` or ``bottom_left``.
    """

    seconds: int = _setting(12, _whole(0, 600))
    corner: str = _setting("bottom_right", _choice("top_right", "bottom_right", "top_left", "bottom_left"))


@dataclass(frozen=True, slots=True, kw_only=True)
class HotkeySettings:
    """Global key combinations such as ``Ctrl+Alt+D``; empty = none.

    Attributes:
        dial_selection: Dials the number in the selected text.
    """

    dial_selection: str = _setting("", _hotkey)


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
    """

    region: str = _setting("", _region)
    account: AccountSettings = AccountSettings()
    calls: CallSettings = CallSettings()
    clipboard: ClipboardSettings = ClipboardSettings()
    card: CardSettings = CardSettings()
    hotkeys: HotkeySettings = HotkeySettings()


class SettingProblem(NamedTuple):
    """One value of the settings file that can't be used; the default stands in for it.

    Attributes:
        error: What is wrong with it.
        value: What stands in the file, at most 60 characters.
    """

    error: SettingError
    value: str


def flatten(settings: Settings) -> dict[str, SettingValue]:
    """All settings by dotted key, in the order of the classes above."""
    flat: dict[str, SettingValue] = {}
    for top in fields(settings):
        value = getattr(settings, top.name)
        if top.metadata:
            flat[top.name] = value
        else:
            flat |= {f"{top.name}.{inner.name}": getattr(value, inner.name) for inner in fields(value)}
    return flat


DEFAULTS = flatten(Settings())


def _field_of(key: str) -> tuple[str, str, Mapping[str, Any]]:
    group_name, _, name = key.rpartition(".")
    if key not in DEFAULTS:
        raise SettingError(key, "unknown_key")
    group = getattr(Settings(), group_name) if group_name else Settings()
    metadata = next(item.metadata for item in fields(group) if item.name == name)
    return group_name, name, metadata


def is_by_hand(key: str) -> bool:
    """Whether `key` may be changed in the settings file only.

    Raises:
        SettingError: There is no such key.
    """
    return bool(_field_of(key)[2]["by_hand"])


def with_value(settings: Settings, key: str, value: object) -> Settings:
    """A copy of `settings` with one field changed.

    Args:
        settings: The old value.
        key: The dotted key.
        value: The new value; text is read as the field's type (``"yes"``, ``"5"``).

    Raises:
        SettingError: There is no such key, or the value is not allowed.
    """
    group_name, name, metadata = _field_of(key)
    checked = metadata["check"](key, value)
    if not group_name:
        return replace(settings, **{name: checked})
    return replace(settings, **{group_name: replace(getattr(settings, group_name), **{name: checked})})


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
