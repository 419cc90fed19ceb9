"""What a person asks to dial: a number as written, or a `tel:`, `callto:` or `sip:` URI.

The numbering plans take 40 ms to load, so they come with the first reading: the GUI thread makes a `Target` too.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ringbridge.core.errors import InputError

if TYPE_CHECKING:
    from ringbridge.core.detect import Candidate

MAX_LENGTH = 400
"""Characters a target may have; nobody writes a longer number."""

_SCHEMES = ("tel", "callto", "sip", "sips")
_URI = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):(?!\s)(.*)", re.DOTALL)
_DIALABLE = re.compile(r"[*#+0-9]+")
_AS_IT_STANDS = re.compile(r"[*#0-9]{2,20}")
_PARAMETER_NAME = re.compile(r"[A-Za-z0-9-]*")  # RFC 3966, section 3: pname
_SUBSCRIBER = re.compile(r"[A-Za-z0-9+*#().,/\s-]*")  # more than RFC 3966 allows: people write links by hand
_SUBSCRIBER_CATEGORIES = {"Nd", "Zs", "Pd", "Cf"}  # digits, spaces and dashes of other scripts, and invisible marks
_WEB_SCHEMES = {"data", "file", "ftp", "http", "https", "javascript", "mailto", "vbscript"}
_OVERRIDES = "\u202d\u202e"  # they show a number in another order than it is dialed; none is ever copied with them
_VISUAL_SEPARATORS = re.compile(r"[\s().\-]")  # RFC 3966, section 3: visual-separator, and spaces people add


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


def target_of(candidate: "Candidate") -> Target:
    """The target that a found number stands for."""
    return Target(e164=candidate.e164, extension=candidate.extension)


def read_target(text: str, region: str, *, typed: bool = True) -> Target:
    """Read the one thing a person asks to dial.

    Args:
        text: A number as written, an extension or code, or a URI of RFC 3966 (``tel:``), ``callto:`` or ``sip:``.
        region: Two letters of ISO 3166, for numbers without a country code.
        typed: A person typed it: digits of no known plan are then dialed as they stand. What was copied or selected
            may be a date or an address, so there only numbers and short codes count.

    Raises:
        InputError: It is empty, too long, holds control characters or turns its order around, is a link with
            characters that no subscriber number has (RFC 3966), has another scheme, has no number or several of
            them, or is a link to a ``*`` or ``#`` code (such codes can wipe or forward a phone; they are dialed only
            when a person types them).
    """
    if len(text) > MAX_LENGTH:
        raise InputError("too_long", str(MAX_LENGTH))
    text = text.strip(" \t\r\n")
    if _has_control_characters(text.replace("\t", " ")):
        raise InputError("control_characters")
    if not text:
        raise InputError("empty")
    uri = _URI.fullmatch(text)
    if uri is not None and not _reads_as_label(uri[1], uri[2]):
        return _read_uri(uri[1].lower(), uri[2], region)
    return _read_text(text, region, from_uri=False, as_it_stands=typed)


def _has_control_characters(text: str) -> bool:
    return any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} or letter in _OVERRIDES for letter in text)


def _reads_as_label(scheme: str, rest: str) -> bool:
    """`Phone:212…` is a label, `mailto:x` a scheme."""
    return scheme.lower() not in {*_SCHEMES, *_WEB_SCHEMES} and bool(
        _DIALABLE.fullmatch(_VISUAL_SEPARATORS.sub("", rest))
    )


def _read_uri(scheme: str, rest: str, region: str) -> Target:
    if scheme not in _SCHEMES:
        raise InputError("scheme", scheme[:20])
    rest = unquote(rest, errors="replace").removeprefix("//")
    if _has_control_characters(rest):
        raise InputError("control_characters")
    subscriber, *parameters = rest.split(";")
    if scheme in {"sip", "sips"}:
        subscriber = subscriber.partition("@")[0].partition(":")[0]
    subscriber = subscriber.partition("?")[0]
    named = {name.lower(): value for name, _, value in (parameter.partition("=") for parameter in parameters)}
    if "*" in rest or "#" in rest:
        raise InputError("code_in_link")
    if not _is_subscriber(subscriber) or not all(map(_PARAMETER_NAME.fullmatch, named)):
        raise InputError("control_characters")
    extension = _VISUAL_SEPARATORS.sub("", named.get("ext", ""))
    if extension and not (extension.isascii() and extension.isdecimal()):
        raise InputError("no_number")
    context = _VISUAL_SEPARATORS.sub("", named.get("phone-context", ""))
    if re.fullmatch(r"\+[0-9]{1,15}", context) and not subscriber.lstrip().startswith("+"):
        subscriber = context + subscriber  # RFC 3966, section 5.1.5: the context stands before a local number
    target = _read_text(subscriber, region, from_uri=True, as_it_stands=True)
    return Target(e164=target.e164, code=target.code, extension=extension or target.extension, from_uri=True)


def _is_subscriber(text: str) -> bool:
    others = {unicodedata.category(letter) for letter in text if not _SUBSCRIBER.fullmatch(letter)}
    return others <= _SUBSCRIBER_CATEGORIES


def _read_text(text: str, region: str, *, from_uri: bool, as_it_stands: bool) -> Target:
    from ringbridge.core.detect import read_explicit
    from ringbridge.core.phone_numbers import e164_of, parse_valid

    compact = _VISUAL_SEPARATORS.sub("", text)
    number = parse_valid(text, region) if _DIALABLE.fullmatch(compact) else None
    if number is not None and not number.extension:
        return Target(e164=e164_of(number), from_uri=from_uri)
    reading = read_explicit(text, region)
    if as_it_stands and reading.dial is None and not reading.candidates and _AS_IT_STANDS.fullmatch(compact):
        # a line of the PBX, or a number of a plan we don't know: a person asks for exactly these digits
        if from_uri and set(compact) & set("*#"):
            raise InputError("code_in_link")
        return Target(code=compact, from_uri=from_uri)
    if reading.dial is None:
        if reading.candidates:
            raise InputError("several_numbers", ", ".join(item.e164 for item in reading.candidates[:3]))
        has_letters = any(character.isalpha() for character in text)
        raise InputError("letters" if has_letters else "no_number")
    if reading.is_code:
        if not _DIALABLE.fullmatch(reading.dial):  # an emergency number and something behind it
            raise InputError("letters")
        if from_uri and set(reading.dial) & set("*#"):
            raise InputError("code_in_link")
        return Target(code=reading.dial, from_uri=from_uri)
    return Target(e164=reading.dial, extension=reading.candidates[0].extension, from_uri=from_uri)
