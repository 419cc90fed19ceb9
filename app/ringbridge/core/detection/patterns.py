"""Regular expressions that are compiled when they are first used: all of them at once would take 15 ms at import."""

import re

TYPE_CHECKING = False  # `typing` is not for this
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, AnyStr

_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "split", "sub")


class _LatePattern:
    """Has the methods of a pattern; they are there from the first look-up on."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> "Callable[..., Any]":
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self._source, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def late_pattern(source: "AnyStr", flags: int = 0) -> "re.Pattern[AnyStr]":
    """What `re.compile` returns, as far as the detector uses it; an error in `source` shows at its first use."""
    return _LatePattern(source, flags)  # pyright: ignore[reportReturnType] - it has the methods of one
