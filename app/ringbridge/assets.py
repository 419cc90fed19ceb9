"""Finds the files of `resources/`, wherever the program runs from. Light: the tray icon needs it first of all."""

import os.path
import sys

_PACKAGE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib costs 4 ms at this point


def find_resource(name: str) -> str:
    """The path of one file of `resources/`.

    A frozen build unpacks it beside the code (``sys._MEIPASS``), an installed wheel carries it inside the package,
    and a checkout has it two folders above.

    Args:
        name: Relative to `resources/`, with forward slashes, such as ``icons/ringbridge.svg``.

    Raises:
        FileNotFoundError: There is no such file: the program is installed incompletely.
    """
    unpacked = getattr(sys, "_MEIPASS", "")
    folders = [os.path.join(unpacked, "ringbridge", "resources")] if unpacked else []  # noqa: PTH118
    folders.append(os.path.join(_PACKAGE, "resources"))  # noqa: PTH118
    folders.append(os.path.join(_PACKAGE, os.pardir, os.pardir, "resources"))  # noqa: PTH118
    for folder in folders:
        path = os.path.normpath(os.path.join(folder, name))  # noqa: PTH118
        if os.path.isfile(path):  # noqa: PTH113
            return path
    raise FileNotFoundError(f"{name} is in none of: {', '.join(folders)}")
