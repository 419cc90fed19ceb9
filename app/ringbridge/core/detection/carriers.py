"""Numbers that a scheme carries: ``tel:``, ``callto:``, ``sip:``, ``sms:``, whatever text stands around them."""

import re
from typing import NamedTuple

from ringbridge.core.detection.patterns import late_pattern
from ringbridge.core.detection.plans import PlanNumber, read_dialed_abroad, read_international, read_national

_SCHEME = late_pattern(
    r"(?<![A-Za-z0-9])(tel|callto|sips?|smsto|sms|mms|facetime|facetime-audio|whatsapp):(?://)?", re.IGNORECASE
)
_SCHEME_END = late_pattern(r":(?<=[elopsELOPS]:)")
_SUBSCRIBER = late_pattern(r"(?:\+|%2[Bb])?[0-9(](?:[0-9().\-]|%20|%28|%29)*")
_PARAMETERS = late_pattern(r";([A-Za-z-]+)=([^;?\s\"'<>@&]*)")
_ESCAPED = (("%2B", "+"), ("%2b", "+"), ("%20", " "), ("%28", "("), ("%29", ")"))
_MIN_DIGITS = 6


class Carried(NamedTuple):
    """A number in a link, at its place in the plain text."""

    start: int
    end: int
    number: PlanNumber
    extension: str


def find_carried(plain: str, region: str) -> list[Carried]:
    """All links that carry a full number; a calling code without a plus counts here: a link is for calling."""
    found: list[Carried] = []
    if _SCHEME_END.search(plain) is None:
        return found
    for match in _SCHEME.finditer(plain):
        carried = _read(plain, match.end(), region, is_sip=match[1].lower().startswith("sip"))
        if carried is not None:
            found.append(carried)
    return found


def _read(plain: str, start: int, region: str, *, is_sip: bool) -> Carried | None:
    match = _SUBSCRIBER.match(plain, start)
    if match is None:
        return None
    written = match[0].rstrip("(.-")
    end = start + len(written)
    subscriber = written
    for code, sign in _ESCAPED:
        subscriber = subscriber.replace(code, sign)
    if plain[end : end + 1].isalnum() or (is_sip and plain[end : end + 1] not in {"@", ";", ":"}):
        return None
    if not is_sip and re.match(r"[ /][(]?[0-9]", plain[end : end + 3]):
        return None  # "tel:0351 888": a label, not a link
    digits = "".join(filter(str.isdecimal, subscriber))
    if len(digits) < _MIN_DIGITS:
        return None
    extension = ""
    context = ""
    at = end
    while (parameter := _PARAMETERS.match(plain, at)) is not None:
        at = parameter.end()
        name, value = parameter[1].lower(), parameter[2]
        if name == "ext":
            extension = "".join(filter(str.isdecimal, value))
            end = at
        elif name == "phone-context":
            context = value
    number = _number(subscriber, digits, region, context)
    return None if number is None else Carried(start, end, number, extension)


def _number(subscriber: str, digits: str, region: str, context: str) -> PlanNumber | None:
    if subscriber.startswith("+"):
        return read_international(digits)
    if context.startswith("+"):
        # RFC 3966, section 5.1.5: the context stands before a local number
        return read_international("".join(filter(str.isdecimal, context)) + digits.removeprefix("0"))
    if digits.startswith("00"):
        return read_international(digits[2:])
    number = read_national(digits, region)
    if number is not None and not (number.needs_prefix and not number.written):
        return number
    if digits.startswith("011"):
        return read_international(digits[3:])
    return read_international(digits) or read_dialed_abroad(digits, region) or number
