"""Lets `import inspect` wait until something of it is used: with what it imports, it takes 4 ms."""

import sys
from importlib import import_module
from threading import Lock
from types import ModuleType

_lock = Lock()


def defer_inspect() -> None:
    """Put a stand-in in the place of `inspect`, unless it is loaded already.

    `dataclasses` imports it and needs it only for classes without a docstring; PySide6 does for a switch that nothing
    here uses. `importlib.util.LazyLoader` does not help: `import` looks at ``__spec__`` of a module that is there
    already, and that look loads a lazy one (CPython 3.11).
    """
    if "inspect" not in sys.modules:
        sys.modules["inspect"] = _DeferredInspect("inspect")


class _DeferredInspect(ModuleType):
    """Stands in for `inspect` and hands every look-up to the real module."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # the import machinery looks for these; they are no use of the module
            raise AttributeError(name)
        with _lock:  # any thread may be the first
            if sys.modules.get("inspect") is self:
                del sys.modules["inspect"]
        return getattr(import_module("inspect"), name)
