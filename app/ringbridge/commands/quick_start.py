"""What makes a short-lived process start and end sooner. Nothing here changes what a command does."""

import gc
import sys
from types import ModuleType


def pause_collector() -> None:
    """Look for no cyclic garbage while modules load: there is none, and looking takes a tenth of the start."""
    gc.disable()


def resume_collector() -> None:
    """Collect again from here on, but not what is loaded already: it stays until the process ends."""
    gc.freeze()
    gc.enable()


def defer_inspect() -> None:
    """Let `import inspect` cost nothing until something of it is used.

    `dataclasses` imports it and needs it only for classes without a docstring; with what it imports itself, it takes
    a sixth of the start of `ringbridge detect`. `importlib.util.LazyLoader` does not help: `import` looks at
    ``__spec__`` of a module that is there already, and that look loads a lazy one (CPython 3.11).
    """
    if "inspect" not in sys.modules:
        sys.modules["inspect"] = _DeferredInspect("inspect")


class _DeferredInspect(ModuleType):
    """Stands in for `inspect` and hands every look-up to the real module."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # the import machinery looks for these; they are no use of the module
            raise AttributeError(name)
        if sys.modules.get("inspect") is self:
            del sys.modules["inspect"]
        import inspect

        return getattr(inspect, name)
