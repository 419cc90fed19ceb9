"""The formats on the macOS pasteboard, which Qt does not pass on: there password managers set their marks."""

import ctypes
import ctypes.util
from dataclasses import dataclass
from functools import cache

UNREADABLE = ("org.nspasteboard.ConcealedType",)
"""What is said when the pasteboard can't be asked: better a copy left alone than a password read."""


def pasteboard_types() -> tuple[str, ...]:
    """The types of ``NSPasteboard.generalPasteboard``; GUI thread, after Qt's application was made."""
    try:
        runtime = _objective_c()
        board = runtime.send(runtime.class_named(b"NSPasteboard"), b"generalPasteboard")
        types = runtime.send(board, b"types")
        if not types:
            return UNREADABLE
        items = [runtime.send(types, b"objectAtIndex:", index) for index in range(runtime.send(types, b"count"))]
        return tuple(runtime.text(item) for item in items)
    except (OSError, AttributeError):
        return UNREADABLE


@dataclass(frozen=True, slots=True)
class _ObjectiveC:
    """The Objective-C runtime: just enough to send messages that take at most one number."""

    library: ctypes.CDLL

    def class_named(self, name: bytes) -> int:
        return self.library.objc_getClass(name) or 0

    def send(self, target: int, message: bytes, argument: int = 0) -> int:
        """Send a message; to nobody (0) it does nothing and gives 0. An argument nobody asks for is harmless."""
        return self.library.objc_msgSend(target, self.library.sel_registerName(message), argument) or 0

    def text(self, string: int) -> str:
        """Read an NSString."""
        characters = self.send(string, b"UTF8String")
        return ctypes.string_at(characters).decode("utf-8", errors="replace") if characters else ""


@cache
def _objective_c() -> _ObjectiveC:
    library = ctypes.CDLL(ctypes.util.find_library("objc"))
    for name, arguments in (
        ("objc_getClass", (ctypes.c_char_p,)),
        ("sel_registerName", (ctypes.c_char_p,)),
        ("objc_msgSend", (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)),
    ):
        function = getattr(library, name)
        function.argtypes, function.restype = arguments, ctypes.c_void_p
    return _ObjectiveC(library)
