"""Names of selection formats (X calls them targets) as atoms, and what they say."""

from collections.abc import Mapping

from ringbridge.desktop.formats import OWN_COPY_FORMAT, SECRET_FORMATS
from ringbridge.desktop.x11 import events

# Best first. What STRING and TEXT hold is told by the type of the answer.
_TEXT = (
    "UTF8_STRING",
    "text/plain;charset=utf-8",
    "text/plain;charset=UTF-8",
    "STRING",
    "TEXT",
    "text/plain",
)
_UTF8 = ("UTF8_STRING", "text/plain;charset=utf-8", "text/plain;charset=UTF-8")
_PLAIN = (
    *_TEXT,
    OWN_COPY_FORMAT,
    "C_STRING",
    "COMPOUND_TEXT",
    "DELETE",
    "LENGTH",
    "MULTIPLE",
    "SAVE_TARGETS",
    "TARGETS",
    "TIMESTAMP",
    "text/plain;charset=ISO-8859-1",
    "text/plain;charset=iso-8859-1",
    "text/plain;charset=us-ascii",
    "text/plain;charset=utf-16",
)
"""Texts, and what is no content at all (ICCCM 2.0, section 2.6.2)."""

NAMES = tuple(dict.fromkeys((OWN_COPY_FORMAT, *SECRET_FORMATS, *_PLAIN)))


class Targets:
    """What the formats of one selection mean, on one connection.

    Args:
        atoms: The atoms of `NAMES`.

    Attributes:
        targets: The format that lists the formats.
        texts: Those that hold text, best first.
    """

    def __init__(self, atoms: Mapping[str, int]) -> None:
        self.targets = atoms["TARGETS"]
        self.texts = tuple(atoms[name] for name in _TEXT)
        self._own_copy = atoms[OWN_COPY_FORMAT]
        self._secrets = frozenset(atoms[name] for name in SECRET_FORMATS)
        self._plain = frozenset(atoms[name] for name in _PLAIN)
        self._utf8 = frozenset(atoms[name] for name in _UTF8)
        self._string = atoms["STRING"]
        self._compound_text = atoms["COMPOUND_TEXT"]

    def secret(self, offered: tuple[int, ...]) -> bool:
        """A password manager marked it."""
        return not self._secrets.isdisjoint(offered)

    def own(self, offered: tuple[int, ...]) -> bool:
        """Ringbridge made the copy."""
        return self._own_copy in offered

    def only_plain(self, offered: tuple[int, ...]) -> bool:
        """It is text and nothing else: whoever puts the text back puts all of it back."""
        return self._plain.issuperset(offered)

    def decode(self, value: events.PropertyValue) -> str | None:
        """The text without NUL, by the type the owner gave it; None when it is no text we can read."""
        if value.format != 8:  # noqa: PLR2004 - bits
            return None
        if value.type_atom in self._utf8:
            text = value.data.decode("utf-8", errors="replace")
        elif value.type_atom == self._string:
            text = value.data.decode("latin-1")
        elif value.type_atom == self._compound_text:
            if b"\x1b" in value.data:  # switches to other character sets (ISO 2022)
                return None
            text = value.data.decode("latin-1")
        else:
            try:
                text = value.data.decode("utf-8")
            except UnicodeDecodeError:
                text = value.data.decode("latin-1")
        return text.replace("\0", "")
