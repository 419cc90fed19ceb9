"""Invented people for any number: the same number always has the same name."""

import zlib

_FORENAMES = (
    "Ada", "Amal", "Benedikt", "Chiara", "Dana", "Elif", "Emeka", "Fatima", "Grace", "Hiroshi", "Inés", "Jonas",
    "Kamala", "Liam", "Maja", "Noam", "Olga", "Pavel", "Rania", "Søren", "Tamar", "Uri", "Wei", "Yael", "Zoë",
)  # fmt: skip
_SURNAMES = (
    "Abe", "Bergström", "Castillo", "Demir", "Eriksen", "Farkas", "Goldberg", "Haddad", "Ito", "Jansen", "Kowalska",
    "Levy", "Moreau", "Novák", "Okafor", "Petrov", "Quinn", "Rossi", "Schäfer", "Tanaka", "Usman", "Weber", "Yilmaz",
)  # fmt: skip


def name_for(number: str) -> str:
    """A name for whoever answers `number`; the last nine digits decide, so every way to write it gives the same."""
    digits = "".join(character for character in number if character.isdigit())[-9:]
    mark = zlib.crc32(digits.encode())
    return f"{_FORENAMES[mark % len(_FORENAMES)]} {_SURNAMES[mark // 256 % len(_SURNAMES)]}"
