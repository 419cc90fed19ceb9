"""What a `tel:`, `callto:`, `sip:` or `sips:` URI says, taken apart; nothing is decided here.

Sources: RFC 3966 (``tel``; its section 3 has the grammar), RFC 3261, section 19.1 (``sip``: the user part may be a
telephone number with the parameters of ``tel``). ``callto:`` never had a standard; it is written like ``tel:``.
"""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote

from ringbridge.core.errors import InputError

SCHEMES = ("tel", "callto", "sip", "sips")

VISUAL_SEPARATORS = re.compile(r"[\s().\-]")
"""RFC 3966, section 5.1.1, and the spaces that people add."""

_BARE_NUMBER = re.compile(r"\+?[0-9()\- ]+")
_EXTENSION = re.compile(r"[0-9]{1,15}")
_GLOBAL_CONTEXT = re.compile(r"\+[0-9]{1,15}")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?){1,20}")
_PARAMETER_NAME = re.compile(r"[A-Za-z0-9-]+")  # RFC 3966, section 3: pname
_SUBSCRIBER = re.compile(r"[A-Za-z0-9+().,/;=\s-]*")  # more than RFC 3966 allows: people write links by hand
_SUBSCRIBER_CATEGORIES = {"Nd", "Zs", "Pd", "Cf"}  # digits, spaces and dashes of other scripts, and invisible marks
_INVISIBLE = {"Cc", "Cs", "Zl", "Zp"}
_OVERRIDES = "\u202d\u202e"


class Link(NamedTuple):
    """The parts of a URI that say whom to call.

    Attributes:
        scheme: In small letters.
        number_text: The subscriber as written, percent-encoding undone.
        extension: Digits of ``;ext=``, or empty.
        context: Of ``;phone-context=``: ``+`` and digits, or a domain in small letters; empty for none. It says where
            a local number (one without ``+``) is valid.
    """

    scheme: str
    number_text: str
    extension: str = ""
    context: str = ""


def read_uri(scheme: str, rest: str) -> Link:
    """Take a URI apart.

    Args:
        scheme: What stands before the first colon, in small letters.
        rest: What stands behind it.

    Raises:
        InputError: Another scheme; control characters; a ``*`` or ``#`` (``code_in_link``: such codes can wipe or
            forward a phone, and anybody can write a link); or ``bad_link``: a parameter twice, one that must be
            understood and is not, a number, a parameter's name, an extension or a context of other characters.
    """
    if scheme not in SCHEMES:
        raise InputError("scheme", scheme[:20])
    decoded = unquote(rest, errors="replace")
    if has_control_characters(decoded):
        raise InputError("control_characters")
    if "*" in decoded or "#" in decoded:
        raise InputError("code_in_link")
    rest = rest.removeprefix("//")
    subscriber = _sip_user(rest) if scheme in {"sip", "sips"} else rest.partition("?")[0]
    number_text, *parameters = subscriber.split(";")
    named = _named(parameters)
    extension = VISUAL_SEPARATORS.sub("", named.get("ext", ""))
    if extension and not _EXTENSION.fullmatch(extension):
        raise InputError("bad_link")
    number_text = unquote(number_text, errors="replace").strip()
    others = {unicodedata.category(letter) for letter in number_text if not _SUBSCRIBER.fullmatch(letter)}
    if not others <= _SUBSCRIBER_CATEGORIES:
        raise InputError("bad_link")
    return Link(
        scheme=scheme,
        number_text=number_text,
        extension=extension,
        context=_context(named.get("phone-context", "")),
    )


def has_control_characters(text: str) -> bool:
    """Whether a text has characters that no number has: control characters, halves of others, and overrides.

    A right-to-left override shows a number in another order than it is dialed, and nobody copies a number with one.
    """
    return any(unicodedata.category(letter) in _INVISIBLE or letter in _OVERRIDES for letter in text)


def _sip_user(rest: str) -> str:
    """The user part without its password; of a URI that names no user, a host that is a number (people write so).

    The password is dropped before anything else looks at it.
    """
    user_info, at, host = rest.partition("@")
    if at:
        if "@" in host.partition("?")[0]:
            raise InputError("bad_link")  # two of them: which is the host is anybody's guess
        return user_info.partition(":")[0]
    subscriber, semicolon, parameters = rest.partition("?")[0].partition(";")
    if not _BARE_NUMBER.fullmatch(unquote(subscriber, errors="replace")):
        raise InputError("no_number")
    return subscriber + semicolon + parameters


def _named(parameters: list[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        name = unquote(name, errors="replace").strip().lower()
        if name in named or name.startswith("m-"):
            # RFC 3966: no parameter appears twice (section 3), and a URI with an unknown mandatory one must not be
            # used (section 5.4). ISDN subaddresses and all others may be ignored.
            raise InputError("bad_link")
        if name:
            if not _PARAMETER_NAME.fullmatch(name):
                raise InputError("bad_link")
            named[name] = unquote(value, errors="replace")
    return named


def _context(text: str) -> str:
    compact = VISUAL_SEPARATORS.sub("", text)
    if not compact or _GLOBAL_CONTEXT.fullmatch(compact):
        return compact
    domain = text.strip().rstrip(".").lower()
    if not _DOMAIN.fullmatch(domain):
        raise InputError("bad_link")
    return domain
