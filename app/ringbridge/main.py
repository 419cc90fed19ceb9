"""The composition root of the tray program: builds everything, in reading order.

The icon comes first. Until it stands in the tray nothing is imported but Qt and what makes the icon; the rest follows
from the first turn of the event loop (`tests/test_imports.py` holds the line).
"""

import builtins
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from ringbridge.core import exit_codes
from ringbridge.services.paths import Paths, find_paths

if TYPE_CHECKING:
    from PySide6.QtCore import QLockFile
    from PySide6.QtWidgets import QApplication

    from ringbridge.ui.tray import Tray

DEMO_PROFILE = "demo"
_START_RACE_S = 5.0


def run_tray(*, profile: str | None = None, demo: bool = False, link: str = "") -> int:
    """Run the tray program until it is quit; or hand over to the one that runs already.

    Args:
        profile: The profile's name, empty for the default one, None for what ``RINGBRIDGE_PROFILE`` says.
        demo: Against the built-in training PBX, in a profile of its own.
        link: A URI to ask about at once, or empty.

    Returns:
        The exit code (`core.exit_codes`): 0, what a refused link means, or BLOCKED when the running program does not
        answer.

    Raises:
        SettingError: The profile's name is not allowed.
    """
    paths = find_paths(DEMO_PROFILE if demo and not profile else profile)
    handed_over = _hand_over(paths, link)
    if handed_over is not None:
        return handed_over

    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    # PySide6 puts a hook into every later import that reads the module's source for its `__feature__` switch: ×1.3 to
    # ×2.5 in time and memory. Nothing here uses the switch.
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)

    lock = _take_lock(paths)
    if lock is None:
        handed_over = _hand_over_to_starting(paths, link)
        return exit_codes.BLOCKED if handed_over is None else handed_over

    from ringbridge.ui.tray import Tray

    QApplication.setApplicationName("ringbridge")
    QApplication.setApplicationDisplayName("Ringbridge")
    QApplication.setDesktopFileName("ringbridge")
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    tray = Tray()
    tray.show()
    parts: list[object] = [lock]
    QTimer.singleShot(0, partial(_build_rest, application, tray, paths, parts, demo=demo, link=link))
    return application.exec()


def _build_rest(
    application: "QApplication", tray: "Tray", paths: Paths, parts: list[object], *, demo: bool, link: str
) -> None:
    """Everything behind the icon; `parts` keeps it alive."""
    from ringbridge.ui.application import Program

    training = None
    if demo:
        from ringbridge.demo import Demo

        training = Demo(paths)
        parts.append(training)
    program = Program(
        application=application,
        tray=tray,
        paths=paths,
        account=training.account if training else None,
        password=training.password if training else "",
    )
    parts.append(program)
    if training is not None:
        program.about_to_quit.connect(training.close)
        training.show()
    program.start(link=link)


def _take_lock(paths: Paths) -> "QLockFile | None":
    """The lock that decides who is the running program; held until this process ends, however it ends."""
    from PySide6.QtCore import QLockFile

    from ringbridge.services.private_files import make_runtime_folder

    make_runtime_folder(paths.runtime_dir)
    lock = QLockFile(str(paths.instance_lock))
    lock.setStaleLockTime(0)  # never by age; a lock whose process is gone is taken over all the same
    return lock if lock.tryLock(0) else None


def _hand_over(paths: Paths, link: str) -> int | None:
    """Ask the running program to take over; None when there is none."""
    if not paths.instance_socket.exists():
        return None
    from ringbridge.services.instance_client import NoProgram, OtherVersion, ProgramLost, open_call_dialog, open_link

    socket = str(paths.instance_socket)
    try:
        if not link:
            open_call_dialog(socket)
            return 0
        answer = open_link(socket, link)
    except NoProgram:
        return None
    except (ProgramLost, OtherVersion):
        return exit_codes.BLOCKED
    if answer.message:
        print(answer.message, file=sys.stderr)  # noqa: T201 - this process ends here
    return answer.exit_code


def _hand_over_to_starting(paths: Paths, link: str) -> int | None:
    """Another start was a moment faster: wait for it to listen."""
    deadline = time.monotonic() + _START_RACE_S
    while time.monotonic() < deadline:
        handed_over = _hand_over(paths, link)
        if handed_over is not None:
            return handed_over
        time.sleep(0.05)  # no event tells when a socket appears, and this process has nothing else to do
    return None
