"""Lets most of `phonenumbers` wait until something of it is used: the detector needs its plans alone.

The package's ``__init__`` takes in all it has, which takes 12 ms; the plans (`phonenumbers.data`,
`phonenumbers.phonemetadata`) take half of that.
"""

import sys
from importlib.util import find_spec
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec


def defer_phonenumbers() -> None:
    """Put a package in the place of `phonenumbers` that runs the real ``__init__`` at the first look-up.

    Its modules can be imported meanwhile. For a process of one thread only.
    """
    if "phonenumbers" in sys.modules:
        return
    spec = find_spec("phonenumbers")
    if spec is not None and spec.loader is not None:
        sys.modules["phonenumbers"] = _DeferredPackage(spec, spec.loader)


class _DeferredPackage(ModuleType):
    """The package itself, before its ``__init__`` ran."""

    def __init__(self, spec: "ModuleSpec", loader: "Loader") -> None:
        super().__init__(spec.name)
        self.__spec__ = spec
        self.__loader__ = loader
        self.__path__ = spec.submodule_search_locations or []
        self.__package__ = spec.name
        self.__file__ = spec.origin
        self.__fill = loader.exec_module
        self.__waiting = True

    def __getattr__(self, name: str) -> object:
        # the import machinery looks for names with underscores; they are no use of the package
        if name.startswith("__") or not self.__waiting:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.__waiting = False
        self.__fill(self)
        return getattr(self, name)
