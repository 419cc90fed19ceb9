"""Which program a window belongs to, by the names people know it by."""

import os
from pathlib import Path

from ringbridge.desktop.x11.extended import ExtendedConnection

_MAX_DEPTH = 16
_MAX_NAME = 64


class Programs:
    """Names programs, on one connection.

    Raises:
        XcbError: ``gone``.
    """

    def __init__(self, connection: ExtendedConnection) -> None:
        self._connection = connection
        names = ("WM_CLASS", "_NET_WM_PID", "_NET_CLIENT_LIST", "_NET_ACTIVE_WINDOW")
        self._class, self._pid, self._clients, self._active = connection.atoms(names)

    def behind(self, window: int) -> tuple[str, ...]:
        """The program that made a window, such as the invisible one that owns a copy.

        Its class (`WM_CLASS`) as its windows have it, then the name of its executable; empty when neither is known.
        Where the server knows nothing of it, it is taken for the one with the focus.
        """
        above = self._with_those_above(window)
        names = [self.class_of(other) for other in above]
        names += [self.class_of(other) for other in self._windows() if self._connection.same_client(other, window)]
        process_id = self._connection.process_id(window)
        pids = [process_id] if process_id else [self._number(other, self._pid) for other in above]
        names = [*filter(None, names)][:1] + [*filter(None, map(_executable, pids))][:1]
        if not names:
            active = self.active_window()
            # a window of ours with the focus is not where another program's copy comes from
            is_ours = active != 0 and self._number(active, self._pid) == os.getpid()
            names = [] if is_ours else [self.class_of(active)]
        return tuple(dict.fromkeys(filter(None, names)))

    def active_window(self) -> int:
        """The window that gets the keys, as the window manager says; 0 when none does."""
        return self._number(self._connection.root, self._active)

    def class_of(self, window: int) -> str:
        """A window's class, such as ``XTerm``; empty when it has none."""
        if not window:
            return ""
        value = self._connection.property_value(window, self._class)
        instance, _, rest = value.data.decode("latin-1").partition("\0")
        name = rest.partition("\0")[0] or instance
        return name[:_MAX_NAME] if name.isprintable() else ""

    def _with_those_above(self, window: int) -> list[int]:
        found: list[int] = []
        while window and window != self._connection.root and len(found) < _MAX_DEPTH:
            found.append(window)
            window = self._connection.parent(window)
        return found

    def _windows(self) -> tuple[int, ...]:
        return self._connection.property_value(self._connection.root, self._clients).atoms()

    def _number(self, window: int, atom: int) -> int:
        return next(iter(self._connection.property_value(window, atom).atoms()), 0)


def _executable(process_id: int) -> str:
    """The name of a process's executable; empty when it is gone or somebody else's."""
    if not process_id:
        return ""
    try:
        name = Path(f"/proc/{process_id}/exe").readlink().name.removesuffix(" (deleted)")
    except OSError:
        return ""
    return name[:_MAX_NAME] if name.isprintable() else ""
