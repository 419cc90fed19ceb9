"""Texts as people copy them, made plain: one kind of dash, space and digit, nothing invisible, and the way back."""

import unicodedata
from bisect import bisect_left
from typing import NamedTuple

_REMOVED = frozenset(
    (0x00AD, 0x034F, 0x061C, 0x180E, 0x20E3, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
     *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE0080))
)  # fmt: skip
_DASHES = (0x2010, 0x2011, 0x2012, 0x2013, 0x2043, 0x2212, 0x02D7, 0x05BE, 0x30FC, 0xFE58, 0xFE63, 0xFF0D)
_SPACES = (0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x2800)
_KNOWN: dict[int, str | None] = {
    **dict.fromkeys(_REMOVED),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys((0x2015, 0x2E3A, 0x2E3B), "—"),
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys((0x2018, 0x2019, 0x201B, 0x05F3, 0x02BC), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x201F, 0x05F4), '"'),
    **dict.fromkeys((0x2028, 0x2029, 0x85, 0x0D), "\n"),
    **dict.fromkeys((0x00B7, 0x2027, 0x2024, 0x30FB, 0xFF65, 0x3002, 0xFF61, 0x2219, 0x22C5), "."),
    **dict.fromkeys((0x2044, 0x2215, 0x29F8), "/"),
    **dict.fromkeys((0xFE62,), "+"),
    **dict.fromkeys((0xFE59, 0x2768), "("),
    **dict.fromkeys((0xFE5A, 0x2769), ")"),
    0x3001: ",",
    0x060C: ",",
    0x061B: ";",
    0x066B: ".",
    0x066C: ",",
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code != 0xFF0D},
}
_MOST_KEPT = 8192


class _Plain(dict[int, str | None]):
    """Looks each character up once; only a bounded number of answers is kept, whatever text comes."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        digit = unicodedata.decimal(character, None)
        plain = character if digit is None else str(digit)
        if len(self) < _MOST_KEPT:
            self[code] = plain
        return plain


_plain = _Plain({**{code: chr(code) for code in range(0x80)}, **_KNOWN, 0x0D: "\n"})


_SEAMS = frozenset("\u00ad\u200b\u2060")


class Plain(NamedTuple):
    """A text made plain.

    Attributes:
        text: With ASCII digits, ``-``, blanks and brackets; without what nobody sees. Tabs and line ends stay.
        positions: For each of its characters, where it stood in the original text; None where that is the same.
    """

    text: str
    positions: list[int] | None

    def seams(self, original: str) -> frozenset[int]:
        """Where in the plain text a soft hyphen or an empty blank was dropped between two digits."""
        positions = self.positions
        if positions is None:
            return frozenset()
        return frozenset(
            at
            for at in range(1, len(positions))
            if positions[at] - positions[at - 1] > 1
            and original[positions[at] - 1] in _SEAMS
            and self.text[at].isdecimal()
            and self.text[at - 1].isdecimal()
        )

    def place(self, position: int) -> int:
        """The place in the plain text of what stands at a position of the original one, or next behind it."""
        return position if self.positions is None else bisect_left(self.positions, position)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original text, in code points."""
        if self.positions is None:
            return start, end
        return self.positions[start], self.positions[end - 1] + 1


def make_plain(text: str) -> Plain:
    """Write every digit, dash, blank and bracket the plain way and drop what nobody sees."""
    if text.isascii():
        return Plain(text if "\r" not in text else text.replace("\r", "\n"), None)
    plain = text.translate(_plain)
    if len(plain) == len(text):
        return Plain(plain, None)
    removed = _REMOVED
    return Plain(plain, [position for position, character in enumerate(text) if ord(character) not in removed])
