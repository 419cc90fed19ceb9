"""Starts Qt for Python without loading the code in which it only describes itself.

At each start shiboken compiles fourteen Python files that are embedded in its library, and imports what they import:
two thirds of the way to a tray icon. Six of them serve error messages, `help()` and the writing of stub files. Here
they get a stand-in that runs the real source when somebody first asks it for something.

This rests on how PySide6 is built inside, so only sources that are known to the letter may wait (`_MAY_WAIT`): any
other release starts in full. It can go when PySide6 loads these files late by itself.
"""

import builtins
from importlib import import_module
from threading import RLock
from typing import Any
from zlib import crc32

_FOLDER = "shibokensupport/signature/"

_MAY_WAIT = {
    "errorhandler.py": {(5054, 0x097485F4)},
    "layout.py": {(15431, 0x5A9065C3)},
    "parser.py": {(20219, 0x105CFC9F)},
    "lib/enum_sig.py": {(15631, 0x2DAA4418)},
    "lib/pyi_generator.py": {(17029, 0x66004E69)},
    "lib/tool.py": {(3374, 0x35E890F1)},
}
"""Length and CRC-32 of the sources that may wait, those of PySide6 6.11.3.

`mapping.py` may not: shiboken asks it for things while an exception is on its way, and would abort the process.
"""

_STAND_IN = f"""
from {__name__} import load_late
def __getattr__(name):
    return load_late(globals(), name)
"""

_compile_now: Any = builtins.compile
_lock = RLock()
_waiting: dict[str, bytes] = {}


def import_qt() -> None:
    """Import `PySide6.QtCore`, as lightly as this release of it allows. Safe to call again."""
    builtins.compile = _compile_later
    try:
        import_module("PySide6.QtCore")
    finally:
        builtins.compile = _compile_now


def waiting_sources() -> frozenset[str]:
    """Which of the sources have not been needed so far; all at first, none with a release that is not known."""
    return frozenset(name.removeprefix(_FOLDER) for name in _waiting)


def _compile_later(source: Any, filename: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as `compile`
    if isinstance(source, bytes) and isinstance(filename, str) and _may_wait(source, filename):
        _waiting[filename] = source
        return _compile_now(_STAND_IN, filename, "exec")
    return _compile_now(source, filename, *arguments, **options)


def _may_wait(source: bytes, filename: str) -> bool:
    known = _MAY_WAIT.get(filename.removeprefix(_FOLDER), ())
    return bool(known) and (len(source), crc32(source)) in known


def load_late(module: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - as `getattr`
    """What a stand-in does when it is asked for `name`: become the real module, once, whichever thread asks first.

    Its `__getattr__` stays, for a thread that found no `name` just before it was there.
    """
    if name.startswith("__"):  # the import machinery looks for these; they are no use of the module
        raise AttributeError(name)
    with _lock:
        source = _waiting.pop(module["__file__"], None)
        if source is not None:
            exec(_compile_now(source, module["__file__"], "exec"), module)  # noqa: S102 - PySide6's own code
    try:
        return module[name]
    except KeyError:
        raise AttributeError(name) from None
