"""Parameters on their way out, and foreign words on their way in: encoding, and keeping secrets out of texts."""

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from ringbridge.core.calls import Login
from ringbridge.core.errors import NoAccount, RequestInvalid

Parameters = tuple[tuple[str, str], ...]

LONGEST_WORDS = 300
HIDDEN = "***"


def encode(parameters: Iterable[tuple[str, str]], separator: str) -> str:
    """Percent-encode every value once, as UTF-8; nothing but letters, digits and ``_.-~`` stays as it is.

    Args:
        parameters: Names and values, in the order they are to be sent.
        separator: ``&`` in a body, ``;`` in a query, as the PBX's examples have it.
    """
    return separator.join(f"{name}={quote(value, safe='')}" for name, value in parameters)


def login_parameters(login: Login) -> Parameters:
    """User name and password as parameters.

    Raises:
        NoAccount: One of them is empty.
        RequestInvalid: One of them holds a control character or can't be written as UTF-8. The error does not
            hold the value.
    """
    parameters = (("auth_username", login.username), ("auth_password", login.password))
    for (name, value), missing in zip(parameters, ("username", "password"), strict=True):
        if not value:
            raise NoAccount(missing)
        if any(character < " " or "\x7f" <= character <= "\x9f" for character in value):
            raise RequestInvalid(name, "holds a control character, such as a line end that was copied with it")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise RequestInvalid(name, "holds half a character")
    return parameters


class Words:
    """Makes texts from elsewhere fit to show and to keep: printable, short, and without the password.

    Args:
        secret: The password of this request. A server that repeats it in a message does not get it into the
            history or a log.
    """

    def __init__(self, secret: str) -> None:
        forms = {secret, quote(secret, safe=""), quote_plus(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._secret = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """`text` on one line, at most 300 characters."""
        # hidden before it is cut, so that no half of the password stays at the cut; and again afterwards, because
        # joining words over removed characters may put it together
        short = printable(self._secret.sub(HIDDEN, text), LONGEST_WORDS)
        return self._secret.sub(HIDDEN, short)


def printable(text: str, longest: int) -> str:
    """`text` on one line without control, format and unassigned characters, at most `longest` characters."""
    kept = "".join(character if character.isprintable() else " " for character in text)
    one_line = " ".join(kept.split())
    return one_line if len(one_line) <= longest else one_line[: longest - 1] + "…"
