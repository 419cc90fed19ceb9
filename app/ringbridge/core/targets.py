"""What a person asks to dial: a number as written, or a `tel:`, `callto:` or `sip:` URI.

The numbering plans take 40 ms to load, so they come with the first reading: the GUI thread makes a `Target` too.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ringbridge.core.errors import InputError
from ringbridge.core.settings import DialingSettings

if TYPE_CHECKING:
    from ringbridge.core.calls import Destination
    from ringbridge.core.detection import Candidate
    from ringbridge.core.dialing.uris import Link

MAX_LENGTH = 400
"""Characters a target may have; nobody writes a longer number."""

_SCHEMES = ("tel", "callto", "sip", "sips")  # ringbridge.core.dialing.uris.SCHEMES
_URI = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):(?!\s)(.*)", re.DOTALL)
_DIALABLE = re.compile(r"[*#+0-9]+")
_AS_IT_STANDS = re.compile(r"[*#0-9]{2,20}")
_DATE = re.compile(r"\b\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d\b|\b(?:19|20)\d\d([./-])\d{1,2}\2\d{1,2}\b")
_WEB_SCHEMES = {"data", "file", "ftp", "http", "https", "javascript", "mailto", "vbscript"}
_VISUAL_SEPARATORS = re.compile(r"[\s().\-]")  # RFC 3966, section 3: visual-separator, and spaces people add
_DIGITS = re.compile(r"[0-9]+")
_NO_SETTINGS = DialingSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing to dial, read and not yet written for the PBX.

    Attributes:
        e164: The number in E.164 form, or empty for a code.
        code: An extension, feature, short or emergency code as it stands, or empty for a number.
        extension: Digits to dial once connected, or empty.
        from_uri: It came as a URI, so somebody else may have written it.
    """

    e164: str = ""
    code: str = ""
    extension: str = ""
    from_uri: bool = False


class TargetReading(NamedTuple):
    """A target and how it came to be read so.

    Attributes:
        target: What is to be dialed.
        reasons: Short stable names, first what came first: ``link`` (and ``extension_in_link``,
            ``context_prefix``, ``context_country``, ``own_context``), then ``internal`` (as long as an internal
            extension), ``whole_number`` (all of it is a number of the plan), ``found`` (one number in a text),
            ``code``, or ``as_it_stands`` (digits of no known plan); behind them the detector's own reasons.
    """

    target: Target
    reasons: tuple[str, ...] = ()


def target_of(candidate: "Candidate") -> Target:
    """The target that a found number stands for."""
    return Target(e164=candidate.e164, extension=candidate.extension)


def target_again(destination: "Destination") -> Target:
    """The target of a call there was, to be written anew for the PBX."""
    code = "" if destination.e164 else destination.display or destination.dialed  # as typed, before any rule
    return Target(e164=destination.e164, code=code, extension=destination.extension)


def read_target(text: str, region: str, *, typed: bool = True, dialing: DialingSettings = _NO_SETTINGS) -> Target:
    """Read the one thing a person asks to dial: the target of `read`."""
    return read(text, region, typed=typed, dialing=dialing).target


def read(text: str, region: str, *, typed: bool = True, dialing: DialingSettings = _NO_SETTINGS) -> TargetReading:
    """Read the one thing a person asks to dial.

    Args:
        text: A number as written, an extension or code, or a URI of RFC 3966 (``tel:``), ``callto:`` or ``sip:``.
        region: Two letters of ISO 3166, for numbers without a country code.
        typed: A person typed it: digits of no known plan are then dialed as they stand. What was copied or selected
            may be a date or an address, so there only numbers and short codes count.
        dialing: How long internal extensions are, and which networks are ours.

    Raises:
        InputError: It is empty, too long, holds control characters or turns its order around, has another scheme, has
            no number or several of them, is a link that breaks its rules or names a network that is not ours, or a
            link to a ``*`` or ``#`` code (such codes can wipe or forward a phone; they are dialed only when a person
            types them).
    """
    if len(text) > MAX_LENGTH:
        raise InputError("too_long", str(MAX_LENGTH))
    from ringbridge.core.dialing.uris import has_control_characters, read_uri

    text = text.strip(" \t\r\n")
    if has_control_characters(text.replace("\t", " ")):
        raise InputError("control_characters")
    if not text:
        raise InputError("empty")
    uri = _URI.fullmatch(text)
    if uri is not None and not _reads_as_label(uri[1], uri[2]):
        return _read_link(read_uri(uri[1].lower(), uri[2]), region, dialing)
    found = _read_text(text, region, dialing, from_uri=False, typed=typed)
    if set(found.target.code) & set("*#") and text.partition(":")[0].casefold() in _SCHEMES:
        raise InputError("code_in_link")  # "tel: 00#" is no link that follows the rules, and might be meant as one
    return found


def _reads_as_label(scheme: str, rest: str) -> bool:
    """`Phone:212…` is a label, `mailto:x` a scheme."""
    return scheme.lower() not in {*_SCHEMES, *_WEB_SCHEMES} and bool(
        _DIALABLE.fullmatch(_VISUAL_SEPARATORS.sub("", rest))
    )


def _read_link(link: "Link", region: str, dialing: DialingSettings) -> TargetReading:
    is_local = bool(link.context) and not link.number_text.startswith("+")
    if is_local and link.context in _own_contexts(dialing):
        found = _read_text(link.number_text, region, dialing, from_uri=True, typed=True)
        how = "own_context"
    elif is_local:
        found, how = _read_in_context(link, region)
    else:
        found, how = _read_text(link.number_text, region, dialing, from_uri=True, typed=True), ""
    reasons = ("link", how, "extension_in_link" if link.extension else "", *found.reasons)
    target = Target(
        e164=found.target.e164,
        code=found.target.code,
        extension=link.extension or found.target.extension,
        from_uri=True,
    )
    return TargetReading(target, tuple(filter(None, reasons)))


def _own_contexts(dialing: DialingSettings) -> set[str]:
    return {
        _VISUAL_SEPARATORS.sub("", context) if context.startswith("+") else context.rstrip(".").lower()
        for context in dialing.own_contexts
    }


def _read_in_context(link: "Link", region: str) -> tuple[TargetReading, str]:
    """A local number of a network that is not ours (RFC 3966, section 5.1.5).

    A context of digits is no prefix by itself: numbers of a network need not begin with it. So the two together
    count where they are a valid number, and the local number alone where the context's country knows it and it begins
    with the context. Everything else is dialable inside that network only.

    Raises:
        InputError: ``context``: it can't be dialed from here.
    """
    import phonenumbers

    from ringbridge.core.phone_numbers import e164_of, is_emergency, parse_valid

    local = _VISUAL_SEPARATORS.sub("", link.number_text)
    if not local:
        raise InputError("no_number")
    if link.context.startswith("+") and _DIGITS.fullmatch(local):
        own_code = phonenumbers.country_code_for_region(region)
        if is_emergency(local, region) and link.context == f"+{own_code}":
            return TargetReading(Target(code=local), ("code",)), "context_country"
        number = parse_valid(link.context + local, region)
        if number is not None:
            return TargetReading(Target(e164=e164_of(number)), ("whole_number",)), "context_prefix"
        for country in phonenumbers.region_codes_for_country_code(_country_code_of(link.context)):
            number = parse_valid(local, country)
            if number is not None and e164_of(number).startswith(link.context):
                return TargetReading(Target(e164=e164_of(number)), ("whole_number",)), "context_country"
    raise InputError("context", link.context[:60])


def _country_code_of(context: str) -> int:
    """The country code a context begins with, or 0; no country code is the beginning of another."""
    import phonenumbers

    for length in (1, 2, 3):
        code = int(context[1 : 1 + length])
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return code
    return 0


def _read_text(text: str, region: str, dialing: DialingSettings, *, from_uri: bool, typed: bool) -> TargetReading:
    from ringbridge.core.detection import read_explicit
    from ringbridge.core.phone_numbers import e164_of, is_emergency, parse_valid

    compact = _VISUAL_SEPARATORS.sub("", text)
    digits = compact if typed else text
    if _is_internal(digits, dialing.internal_length) and not is_emergency(digits, region):
        return TargetReading(Target(code=digits, from_uri=from_uri), ("internal",))
    number = parse_valid(text, region) if _DIALABLE.fullmatch(compact) else None
    if number is not None and not number.extension:
        return TargetReading(Target(e164=e164_of(number), from_uri=from_uri), ("whole_number",))
    reading = read_explicit(text, region)
    as_it_stands = typed and not reading.candidates and not _DATE.search(text)
    if as_it_stands and reading.dial is None and _AS_IT_STANDS.fullmatch(compact):
        # a line of the PBX, or a number of a plan we don't know: a person asks for exactly these digits
        if from_uri and set(compact) & set("*#"):
            raise InputError("code_in_link")
        return TargetReading(Target(code=compact, from_uri=from_uri), ("as_it_stands",))
    if reading.dial is None:
        if reading.candidates:
            raise InputError("several_numbers", ", ".join(item.e164 for item in reading.candidates[:3]))
        # whoever copied or selected a text has typed no letters
        has_letters = typed and any(character.isalpha() for character in text)
        raise InputError("letters" if has_letters else "no_number")
    if reading.is_code:
        if not _DIALABLE.fullmatch(reading.dial):  # an emergency number and something behind it
            raise InputError("letters")
        if not _AS_IT_STANDS.fullmatch(reading.dial):  # one digit is a slip, unless an internal extension is as long
            raise InputError("no_number")
        if from_uri and set(reading.dial) & set("*#"):
            raise InputError("code_in_link")
        return TargetReading(Target(code=reading.dial, from_uri=from_uri), ("code", reading.why))
    target = Target(e164=reading.dial, extension=reading.extension, from_uri=from_uri)
    chosen = (
        found for found in reading.candidates if (found.e164, found.extension) == (reading.dial, reading.extension)
    )
    return TargetReading(target, ("found", *next(chosen).reasons))


def _is_internal(digits: str, length: str) -> bool:
    """Whether these digits are as long as an internal extension (`dialing.internal_length`)."""
    if not length or not _DIGITS.fullmatch(digits):
        return False
    low, _, high = length.partition("-")
    return int(low) <= len(digits) <= int(high or low)
