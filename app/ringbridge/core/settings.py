"""All settings as one frozen value: names, defaults and the check of each field.

Dotted keys (`clipboard.watch`) are the stable names on the command line and in the settings file, where the part
before the dot is a TOML table. The small groups are named tuples: a dataclass takes 0.5 ms of the start to build.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from ringbridge.core.call_options import CallOptions
from ringbridge.core.dialing.guard_settings import ConfirmSettings, GuardSettings, PhoneSettings
from ringbridge.core.errors import SettingError
from ringbridge.core.hotkeys import format_hotkey, parse_hotkey
from ringbridge.core.regions import REGIONS

SettingValue = bool | int | str | tuple[str, ...]

MAX_TEXT = 1000
MAX_PORT = 65535
MAX_CARD = 128
MAX_ID = 2**31 - 1
MAX_INTERNAL = 15
"""Digits an internal extension may have: no more than a number (ITU-T E.164)."""

MAX_ITEMS = 500
"""Texts in one setting that is a list."""

_MAX_PREFIX = 16
_HOURS, _MINUTES = 24, 60
_IN_BRACKETS = frozenset("0123456789ABCDEFabcdef:.")
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


def _outside_prefix(key: str, value: object) -> SettingValue:
    return _dialed(key, value, "0123456789*#")


def _foreign_prefix(key: str, value: object) -> SettingValue:
    text = "".join(_text(key, value).split())
    return text if text == "+" else _dialed(key, text, "0123456789*#")


def _dialed(key: str, value: object, allowed: str) -> str:
    text = "".join(_text(key, value).split())
    if len(text) > _MAX_PREFIX or any(character not in allowed for character in text):
        raise SettingError(key, "prefix", str(_MAX_PREFIX))
    return text


def _lengths(key: str, value: object) -> SettingValue:
    """``2-5`` or ``4``, or empty; also as a TOML number."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(key, value)
    text = "".join(text.replace("–", "-").split())
    if not text:
        return ""
    low, dash, high = text.partition("-")
    ends = (low, high) if dash else (low, low)
    if not all(end.isascii() and end.isdigit() and len(end) < len("100") for end in ends):
        raise SettingError(key, "length_range", f"1–{MAX_INTERNAL}")
    if not 1 <= int(ends[0]) <= int(ends[1]) <= MAX_INTERNAL:
        raise SettingError(key, "length_range", f"1–{MAX_INTERNAL}")
    return f"{int(low)}-{int(high)}" if dash and int(low) != int(high) else str(int(low))


def _lines(key: str, value: object) -> SettingValue:
    """A list of texts, or one text with one of them a line; empty ones are left out."""
    items: list[object] = list(value.replace("\r\n", "\n").split("\n")) if isinstance(value, str) else []
    if isinstance(value, (list, tuple)):
        items = list(cast("Sequence[object]", value))
    elif not isinstance(value, str):
        raise SettingError(key, "not_a_list")
    if len(items) > MAX_ITEMS:
        raise SettingError(key, "too_many", str(MAX_ITEMS))
    return tuple(text for text in (_text(key, item) for item in items) if text)


def _list_of(check: Callable[[str, object], SettingValue]) -> Callable[[str, object], SettingValue]:
    """A list whose entries pass `check`, each once; in one text they may also be separated by commas."""

    def check_all(key: str, value: object) -> SettingValue:
        lines = _lines(key, value.replace(",", "\n") if isinstance(value, str) else value)
        entries = [str(check(key, entry)) for entry in cast("tuple[str, ...]", lines)]
        return tuple(dict.fromkeys(entry for entry in entries if entry))

    return check_all


def _pattern(key: str, value: object) -> SettingValue:
    """A number or the beginning of numbers: ``+1900*``."""
    text = "".join(character for character in _text(key, value) if character not in " -().")
    if any(character not in "0123456789*#+" for character in text) or text in {"*", "+*", "+"}:
        raise SettingError(key, "pattern")
    return text


def _clock(key: str, value: object) -> SettingValue:
    hours, colon, minutes = _text(key, value).partition(":")
    good = colon and all(part.isascii() and part.isdigit() and len(part) <= len("00") for part in (hours, minutes))
    if not good or len(minutes) != len("00") or int(hours) >= _HOURS or int(minutes) >= _MINUTES:
        raise SettingError(key, "clock")
    return f"{int(hours):02}:{minutes}"


def _phone(key: str, value: object) -> SettingValue:
    """One of the user's phones: ``name|kind|value``."""
    parts = [part.strip() for part in _text(key, value).split("|")]
    if len(parts) != len(("name", "kind", "value")) or not parts[0] or parts[1] not in {"phone", "number"}:
        raise SettingError(key, "phone")
    number = str(_dialable(key, parts[2]))
    if not number:
        raise SettingError(key, "phone")
    return "|".join((parts[0], parts[1], number))


_RISK = _choice("allow", "ask", "refuse")


def _readable_rules(value: SettingValue) -> None:
    """Refuse what can't be read as a rule."""
    from ringbridge.core.dialing.rules import check_rules

    check_rules(cast("tuple[str, ...]", value))


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
    if not _is_authority(host):
        raise SettingError(key, "url")
    return f"{scheme.lower()}://{rest.rstrip('/')}/"


def _is_authority(host: str) -> bool:
    """Host and port of RFC 3986, section 3.2; by hand, for a regular expression takes 0.3 ms of each start."""
    if host.startswith("["):
        name, _, rest = host[1:].partition("]")
        good = bool(name) and "]" in host and _IN_BRACKETS.issuperset(name)
    else:
        name, colon, port = host.partition(":")
        rest, good = colon + port, bool(name) and not set(name) & set("[]")
    if not good or not rest:
        return good
    port = rest[1:]
    return (
        rest[0] == ":"
        and port.isascii()
        and port.isdigit()
        and len(port) < len("100000")
        and 0 < int(port) <= MAX_PORT
    )


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
        dialing: The dial plan.
        calls: The guard against repeats.
        clipboard: Clipboard watching.
        card: The offer card.
        hotkeys: Global key combinations.
        confirm: When a call waits for a yes.
        guards: What is not called, or only after a yes.
        phones: The user's phones.
        options: The rarer parameters of calls.
    """

    region: str = ""
    account: AccountSettings = AccountSettings()
    dialing: DialingSettings = DialingSettings()  # noqa: RUF009 - it never changes
    calls: CallSettings = CallSettings()  # noqa: RUF009 - it never changes
    clipboard: ClipboardSettings = ClipboardSettings()  # noqa: RUF009 - it never changes
    card: CardSettings = CardSettings()  # noqa: RUF009 - it never changes
    hotkeys: HotkeySettings = HotkeySettings()  # noqa: RUF009 - it never changes
    confirm: ConfirmSettings = ConfirmSettings()  # noqa: RUF009 - it never changes
    guards: GuardSettings = GuardSettings()  # noqa: RUF009 - it never changes
    phones: PhoneSettings = PhoneSettings()  # noqa: RUF009 - it never changes
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
    "dialing.own_country": _choice("national", "trunk", "significant", "e164", "e164_plus"),
    "dialing.foreign_prefix": _foreign_prefix,
    "dialing.outside_prefix": _outside_prefix,
    "dialing.internal_length": _lengths,
    "dialing.rules": _lines,
    "dialing.own_contexts": _lines,
    "dialing.cases_file": _text,
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

_CHANGE_CHECKS: dict[str, Callable[[SettingValue], None]] = {"dialing.rules": _readable_rules}
"""What a changed value must pass besides: too dear for each start, so a file is checked where the value is used."""

_OLD_KEYS = {
    "calls.own_country": "dialing.own_country",
    "calls.foreign_prefix": "dialing.foreign_prefix",
    "calls.outside_prefix": "dialing.outside_prefix",
}
"""Names of earlier versions; files and scripts may still use them, and the new name wins."""

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


def current_key(key: str) -> str:
    """The name of today for a key of an earlier version; others as they are."""
    return _OLD_KEYS.get(key, key)


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
        SettingError: There is no such key, or the value is not allowed (`RuleError`: one of the rules).
    """
    key = current_key(key)
    if key not in _CHECKS:
        raise SettingError(key, "unknown_key")
    checked = _CHECKS[key](key, value)
    if key in _CHANGE_CHECKS:
        _CHANGE_CHECKS[key](checked)
    return _replaced(settings, key, checked)


def _replaced(settings: Settings, key: str, checked: SettingValue) -> Settings:
    changed: Any = {key.rpartition(".")[2]: checked}
    match key.rpartition(".")[0]:
        case "":
            return replace(settings, **changed)
        case "account":
            return replace(settings, account=replace(settings.account, **changed))
        case group_name:
            group: Any = getattr(settings, group_name)
            return replace(settings, **{group_name: group._replace(**changed)})


def with_options(
    settings: Settings,
    options: Mapping[str, object],
    *,
    line: str = "",
    caller_id: str = "",
    locked: Collection[str] = (),
) -> Settings:
    """A copy of `settings` in which one call's own options stand.

    Args:
        settings: The settings in force.
        options: Fields of `CallOptions` by name, with their values.
        line: The line that this call names instead of the account's, or empty; it is only looked at.
        caller_id: Likewise.
        locked: Keys that the company's policy locks: one call can't have them otherwise, either.

    Raises:
        SettingError: There is no such option, the value is not allowed, or it is ``locked``.
    """
    before = settings
    for name, value in options.items():
        settings = with_value(settings, f"options.{name}", value)
    changed = {f"options.{name}" for name, value in settings.options._asdict().items()
        if value != getattr(before.options, name)}  # fmt: skip
    if line not in {"", before.account.line}:
        changed |= {"account.line", "account.line_kind"}
    if caller_id not in {"", before.account.caller_id}:
        changed.add("account.caller_id")
    for key in sorted(changed.intersection(locked)):
        raise SettingError(key, "locked")
    return settings


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
    for name, key in (_OLD_KEYS | {key: key for key in _CHECKS}).items():
        value = _value_at(table, name)
        if value is None or key in locked or (name != key and _value_at(table, key) is not None):
            continue
        try:
            settings = _replaced(settings, key, _CHECKS[key](key, value))
        except SettingError as error:
            problems.append(SettingProblem(error=error, value=str(value)[:60]))
    return settings, tuple(problems)


def _value_at(table: Mapping[str, object], key: str) -> object | None:
    """The value under a dotted key, or None: TOML has no null."""
    group_name, _, name = key.rpartition(".")
    group = table.get(group_name) if group_name else table
    return cast("Mapping[str, object]", group).get(name) if isinstance(group, Mapping) else None


def plain_http_allowed(account: AccountSettings) -> bool:
    """Whether the account's URL may be used as it is: https, loopback, or allowed by hand."""
    scheme, _, rest = account.url.partition("://")
    if scheme != "http":
        return True
    authority = rest.partition("/")[0]
    host = authority[1:].partition("]")[0] if authority.startswith("[") else authority.partition(":")[0]
    return account.allow_plain_http or host.lower() in LOOPBACK_HOSTS
