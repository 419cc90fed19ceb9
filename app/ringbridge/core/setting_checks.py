"""The check of each setting's value: what people or files wrote comes in, the value in its one form comes out.

Each check takes the dotted key and the raw value, and raises `SettingError` with the key and what is wrong. They run
at each start, so none is dearer than some microseconds.
"""

from collections.abc import Callable, Sequence
from typing import cast

from ringbridge.core.errors import SettingError
from ringbridge.core.hotkeys import format_hotkey, parse_hotkey
from ringbridge.core.regions import REGIONS

SettingValue = bool | int | str | tuple[str, ...]

MAX_TEXT = 1000
MAX_PORT = 65535
MAX_CARD = 128
MAX_PROGRAM = 64
MAX_ID = 2**31 - 1
MAX_INTERNAL = 15
"""Digits an internal extension may have: no more than a number (ITU-T E.164)."""

MAX_ITEMS = 500
"""Texts in one setting that is a list."""

_MAX_PREFIX = 16
_HOURS, _MINUTES = 24, 60
_IN_BRACKETS = frozenset("0123456789ABCDEFabcdef:.")


def check_text(key: str, value: object) -> str:
    """A line of at most `MAX_TEXT` printable characters, without blanks around it."""
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise SettingError(key, "not_a_text")
    if not value.isprintable():
        raise SettingError(key, "control_characters")
    return value.strip()


def choice_of(*allowed: str) -> Callable[[str, object], SettingValue]:
    """The check of a word that is one of `allowed`; capitals do not matter."""

    def check(key: str, value: object) -> SettingValue:
        text = check_text(key, value).lower()
        if text not in allowed:
            raise SettingError(key, "choice", ", ".join(choice or '""' for choice in allowed))
        return text

    return check


def whole_number(low: int, high: int) -> Callable[[str, object], SettingValue]:
    """The check of a whole number from `low` to `high`, which may be written as text."""

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


def check_flag(key: str, value: object) -> SettingValue:
    """Yes or no, in one of the words for it."""
    if isinstance(value, str) and value.strip().lower() in _YES | _NO:
        return value.strip().lower() in _YES
    if not isinstance(value, bool):
        raise SettingError(key, "not_a_boolean")
    return value


def check_region(key: str, value: object) -> SettingValue:
    """A region of ISO 3166 with a numbering plan, or empty."""
    text = check_text(key, value).upper()
    if text and text not in REGIONS:
        raise SettingError(key, "region")
    return text


def check_dialable(key: str, value: object) -> SettingValue:
    """What a phone can dial, without its blanks, or empty."""
    text = "".join(check_text(key, value).split())
    if any(character not in "0123456789*#+" for character in text):
        raise SettingError(key, "not_a_text", "0–9 * # +")
    return text


def check_outside_prefix(key: str, value: object) -> SettingValue:
    """Digits for an outside line, or empty."""
    return _dialed(key, value, "0123456789*#")


def check_foreign_prefix(key: str, value: object) -> SettingValue:
    """``+``, or digits, or empty."""
    text = "".join(check_text(key, value).split())
    return text if text == "+" else _dialed(key, text, "0123456789*#")


def _dialed(key: str, value: object, allowed: str) -> str:
    text = "".join(check_text(key, value).split())
    if len(text) > _MAX_PREFIX or any(character not in allowed for character in text):
        raise SettingError(key, "prefix", str(_MAX_PREFIX))
    return text


def check_lengths(key: str, value: object) -> SettingValue:
    """``2-5`` or ``4``, or empty; also as a TOML number."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else check_text(key, value)
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


def check_lines(key: str, value: object) -> SettingValue:
    """A list of texts, or one text with one of them a line; empty ones are left out."""
    items: list[object] = list(value.replace("\r\n", "\n").split("\n")) if isinstance(value, str) else []
    if isinstance(value, (list, tuple)):
        items = list(cast("Sequence[object]", value))
    elif not isinstance(value, str):
        raise SettingError(key, "not_a_list")
    if len(items) > MAX_ITEMS:
        raise SettingError(key, "too_many", str(MAX_ITEMS))
    return tuple(text for text in (check_text(key, item) for item in items) if text)


def list_of(check: Callable[[str, object], SettingValue]) -> Callable[[str, object], SettingValue]:
    """A list whose entries pass `check`, each once; in one text they may also be separated by commas."""

    def check_all(key: str, value: object) -> SettingValue:
        lines = check_lines(key, value.replace(",", "\n") if isinstance(value, str) else value)
        entries = [str(check(key, entry)) for entry in cast("tuple[str, ...]", lines)]
        return tuple(dict.fromkeys(entry for entry in entries if entry))

    return check_all


def check_pattern(key: str, value: object) -> SettingValue:
    """A number or the beginning of numbers: ``+1900*``."""
    text = "".join(character for character in check_text(key, value) if character not in " -().")
    if any(character not in "0123456789*#+" for character in text) or text in {"*", "+*", "+"}:
        raise SettingError(key, "pattern")
    return text


def check_program(key: str, value: object) -> SettingValue:
    """The name of a program, as in `WM_CLASS` or as its executable is called; a path is one's last part."""
    text = check_text(key, value).rpartition("/")[2].strip()
    if len(text) > MAX_PROGRAM:
        raise SettingError(key, "program")
    return text


def check_clock(key: str, value: object) -> SettingValue:
    """A time of day, such as ``21:30``."""
    hours, colon, minutes = check_text(key, value).partition(":")
    good = colon and all(part.isascii() and part.isdigit() and len(part) <= len("00") for part in (hours, minutes))
    if not good or len(minutes) != len("00") or int(hours) >= _HOURS or int(minutes) >= _MINUTES:
        raise SettingError(key, "clock")
    return f"{int(hours):02}:{minutes}"


def check_phone(key: str, value: object) -> SettingValue:
    """One of the user's phones: ``name|kind|value``."""
    parts = [part.strip() for part in check_text(key, value).split("|")]
    if len(parts) != len(("name", "kind", "value")) or not parts[0] or parts[1] not in {"phone", "number"}:
        raise SettingError(key, "phone")
    number = str(check_dialable(key, parts[2]))
    if not number:
        raise SettingError(key, "phone")
    return "|".join((parts[0], parts[1], number))


CHECK_RISK = choice_of("allow", "ask", "refuse")


def check_rules_readable(value: SettingValue) -> None:
    """Refuse what can't be read as a rule."""
    from ringbridge.core.dialing.rules import check_rules

    check_rules(cast("tuple[str, ...]", value))


def check_card(key: str, value: object) -> SettingValue:
    """A card of the PBX, or empty."""
    text = check_text(key, value)
    if len(text) > MAX_CARD:
        raise SettingError(key, "not_a_text")
    return text


def check_url(key: str, value: object) -> SettingValue:
    """An http(s) address without credentials and parameters, with a slash at its end, or empty."""
    text = check_text(key, value)
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


def check_proxy(key: str, value: object) -> SettingValue:
    """``none``, an http(s) address without credentials, or empty."""
    text = check_text(key, value)
    if text.lower() in {"", "none"}:
        return text.lower()
    scheme, separator, rest = text.partition("://")
    if scheme.lower() not in {"http", "https"} or not separator or not rest or "@" in rest:
        raise SettingError(key, "url")
    return text


def check_hotkey(key: str, value: object) -> SettingValue:
    """A key combination in its usual spelling, or empty."""
    text = check_text(key, value)
    if not text:
        return text
    try:
        return format_hotkey(*parse_hotkey(text))
    except ValueError:
        raise SettingError(key, "hotkey") from None
