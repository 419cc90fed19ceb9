"""All settings as one frozen value: the check of each field, by its dotted key, and the ways to another value.

Dotted keys (`clipboard.watch`) are the stable names on the command line and in the settings file, where the part
before the dot is a TOML table. What the fields mean stands in `ringbridge.core.setting_groups`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from ringbridge.core import setting_checks as checks
from ringbridge.core.call_options import CallOptions
from ringbridge.core.dialing.guard_settings import ConfirmSettings, GuardSettings, PhoneSettings
from ringbridge.core.errors import SettingError
from ringbridge.core.setting_checks import SettingValue
from ringbridge.core.setting_groups import (
    AccountSettings,
    CallSettings,
    CardSettings,
    ClipboardSettings,
    DialingSettings,
    HotkeySettings,
    LinkSettings,
    LookSettings,
)

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


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
        links: Phone links in other programs.
        look: What windows look like.
    """

    region: str = ""
    account: AccountSettings = AccountSettings()  # noqa: RUF009 - it never changes
    dialing: DialingSettings = DialingSettings()  # noqa: RUF009 - it never changes
    calls: CallSettings = CallSettings()  # noqa: RUF009 - it never changes
    clipboard: ClipboardSettings = ClipboardSettings()  # noqa: RUF009 - it never changes
    card: CardSettings = CardSettings()  # noqa: RUF009 - it never changes
    hotkeys: HotkeySettings = HotkeySettings()  # noqa: RUF009 - it never changes
    confirm: ConfirmSettings = ConfirmSettings()  # noqa: RUF009 - it never changes
    guards: GuardSettings = GuardSettings()  # noqa: RUF009 - it never changes
    phones: PhoneSettings = PhoneSettings()  # noqa: RUF009 - it never changes
    options: CallOptions = CallOptions()  # noqa: RUF009 - it never changes
    links: LinkSettings = LinkSettings()  # noqa: RUF009 - it never changes
    look: LookSettings = LookSettings()  # noqa: RUF009 - it never changes


class SettingProblem(NamedTuple):
    """One value of the settings file that can't be used; the default stands in for it.

    Attributes:
        error: What is wrong with it.
        value: What stands in the file, at most 60 characters.
    """

    error: SettingError
    value: str


_CHECKS: dict[str, Callable[[str, object], SettingValue]] = {
    "region": checks.check_region,
    "account.url": checks.check_url,
    "account.username": checks.check_text,
    "account.line": checks.check_dialable,
    "account.line_kind": checks.choice_of("phone", "number"),
    "account.caller_id": checks.check_dialable,
    "account.wait_s": checks.whole_number(0, 60),
    "account.cdialplan": checks.choice_of("", "auto"),
    "account.method": checks.choice_of("post", "get"),
    "account.ca_file": checks.check_text,
    "account.proxy": checks.check_proxy,
    "account.connect_timeout_s": checks.whole_number(1, 60),
    "account.allow_plain_http": checks.check_flag,
    "dialing.own_country": checks.choice_of("national", "trunk", "significant", "e164", "e164_plus"),
    "dialing.foreign_prefix": checks.check_foreign_prefix,
    "dialing.outside_prefix": checks.check_outside_prefix,
    "dialing.internal_length": checks.check_lengths,
    "dialing.rules": checks.check_lines,
    "dialing.own_contexts": checks.check_lines,
    "dialing.cases_file": checks.check_text,
    "calls.repeat_guard_s": checks.whole_number(0, 60),
    "clipboard.watch": checks.check_flag,
    "clipboard.muted_apps": checks.list_of(checks.check_program),
    "clipboard.pause_after": checks.whole_number(0, 100),
    "card.seconds": checks.whole_number(0, 600),
    "card.corner": checks.choice_of("top_right", "bottom_right", "top_left", "bottom_left"),
    "card.show_as": checks.choice_of("automatic", "card", "notification"),
    "hotkeys.dial_selection": checks.check_hotkey,
    "hotkeys.quick_dial": checks.check_hotkey,
    "hotkeys.hang_up": checks.check_hotkey,
    "hotkeys.redial": checks.check_hotkey,
    "confirm.ask": checks.choice_of("risky", "always"),
    "confirm.countdown_s": checks.whole_number(0, 30),
    "confirm.known": checks.list_of(checks.check_pattern),
    "guards.allowed_countries": checks.list_of(checks.check_region),
    "guards.refused_countries": checks.list_of(checks.check_region),
    "guards.foreign": checks.CHECK_RISK,
    "guards.premium": checks.CHECK_RISK,
    "guards.shared_cost": checks.CHECK_RISK,
    "guards.satellite": checks.CHECK_RISK,
    "guards.night": checks.CHECK_RISK,
    "guards.quiet_from": checks.check_clock,
    "guards.quiet_until": checks.check_clock,
    "guards.codes": checks.choice_of("typed", "never"),
    "guards.never_call": checks.list_of(checks.check_pattern),
    "guards.calls_per_minute": checks.whole_number(0, 60),
    "guards.calls_per_day": checks.whole_number(0, 10_000),
    "guards.screen_lock": checks.check_flag,
    "phones.own": checks.list_of(checks.check_phone),
    "phones.check": checks.check_flag,
    "options.auto_answer": checks.check_flag,
    "options.show_number": checks.check_flag,
    "options.record_group": checks.whole_number(0, checks.MAX_ID),
    "options.screen_own": checks.check_flag,
    "options.screen_other": checks.check_flag,
    "options.warn_own": checks.check_flag,
    "options.warn_other": checks.check_flag,
    "options.card": checks.check_card,
    "options.customer": checks.whole_number(0, checks.MAX_ID),
    "links.ask": checks.check_flag,
    "look.theme": checks.choice_of("system", "light", "dark"),
}
"""Each setting by dotted key, in the order people see, and what makes its value sure."""

_CHANGE_CHECKS: dict[str, Callable[[SettingValue], None]] = {"dialing.rules": checks.check_rules_readable}
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
    return _without_doubles(_replaced(settings, key, checked), key)


def _without_doubles(settings: Settings, key: str) -> Settings:
    """The settings as they are.

    Args:
        settings: With the new value.
        key: Which one is new.

    Raises:
        SettingError: It is a key combination that another action has already.
    """
    group_name, _, name = key.rpartition(".")
    if group_name == "hotkeys":
        hotkeys = settings.hotkeys._asdict()
        combination = hotkeys.pop(name)
        for other, taken in hotkeys.items():
            if combination and taken == combination:
                raise SettingError(key, "hotkey_twice", f"hotkeys.{other}")
    return settings


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
    changed = {key: value for key, value in flatten(after).items() if value != old[key]}
    for key in changed:
        if key.startswith("hotkeys."):  # two actions may change their keys with each other
            settings = with_value(settings, key, "")
    for key, value in changed.items():
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
            settings = _without_doubles(_replaced(settings, key, _CHECKS[key](key, value)), key)
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
