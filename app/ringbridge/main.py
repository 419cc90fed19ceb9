"""The composition root of the tray program: builds everything, in reading order.

The icon comes first. Until it stands in the tray nothing is imported but Qt and what makes the icon; the rest follows
from the first turn of the event loop (`tests/test_imports.py` holds the line).
"""

import builtins
import gc
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ringbridge.core import exit_codes
from ringbridge.desktop.display import has_display, leave_out_gtk
from ringbridge.desktop.qt_support import import_qt
from ringbridge.late_inspect import defer_inspect
from ringbridge.services.instance_address import instance_address

if TYPE_CHECKING:
    from PySide6.QtCore import QLockFile
    from PySide6.QtWidgets import QApplication

    from ringbridge.ui.tray import Tray

DEMO_PROFILE = "demo"
_RACE_S = 10.0
_NO_DISPLAY = "There is no graphical desktop here. “ringbridge dial NUMBER” works without one."
_NOT_ANSWERING = "Ringbridge runs already, but does not answer. End it, then start it again."


def run_tray(
    *, profile: str | None = None, demo: bool = False, link: str = "", background: bool = False, show: bool = False
) -> int:
    """Run the tray program until it is quit; or hand over to the one that runs already.

    Args:
        profile: The profile's name, empty for the default one, None for what ``RINGBRIDGE_PROFILE`` says.
        demo: Against the built-in training PBX, in a profile of its own.
        link: A URI to ask about at once, or empty.
        background: The desktop starts us at login: nothing opens where Ringbridge runs already.
        show: Open “Call number…”, also where a window stands in for the icon.

    Returns:
        The exit code (`core.exit_codes`): 0, what a refused link means, or BLOCKED when the running program does not
        answer.

    Raises:
        SettingError: The profile's name is not allowed.
    """
    if not has_display():
        print(_NO_DISPLAY, file=sys.stderr)  # noqa: T201 - this process ends here; Qt would abort
        return exit_codes.BLOCKED
    profile = DEMO_PROFILE if demo and not profile else profile
    address = instance_address(profile)
    handed_over = _hand_over(address, link, background=background, show=show)
    if handed_over is not None:
        return handed_over

    gc.disable()  # until everything stands: collecting while modules load finds nothing and takes 10 ms
    defer_inspect()
    import_qt()
    from PySide6.QtCore import QTimer

    # PySide6 puts a hook into every later import that reads the module's source for its `__feature__` switch: ×1.3 to
    # ×2.5 in time and memory. Nothing here uses the switch.
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
    from PySide6.QtGui import QPixmapCache
    from PySide6.QtWidgets import QApplication

    lock = _take_lock(address)
    deadline = time.monotonic() + _RACE_S
    while not lock.tryLock(0):
        # another start was a moment faster and does not listen yet; or the one before is on its way out
        handed_over = _hand_over(address, link, background=background, show=show)
        if handed_over is not None:
            return handed_over
        if time.monotonic() > deadline:
            print(_NOT_ANSWERING, file=sys.stderr)  # noqa: T201 - this process ends here
            return exit_codes.BLOCKED
        time.sleep(0.05)  # no event tells when a lock is free or a socket appears, and nothing else is to be done

    from ringbridge.ui.tray import Tray

    QApplication.setApplicationName("ringbridge")
    QApplication.setApplicationDisplayName("Ringbridge")
    QApplication.setDesktopFileName("ringbridge")
    leave_out_gtk()
    startup_id = os.environ.get("DESKTOP_STARTUP_ID", "")  # Qt takes it away, and ends it with a window only
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    # Its flush timer would wake the idle program every 10 to 30 s once anything was painted; nothing here paints
    # the same pixmap twice.
    QPixmapCache.setCacheLimit(0)
    tray = Tray()
    tray.show()
    parts: list[object] = [lock]
    QTimer.singleShot(
        0,
        partial(
            _build_rest,
            application,
            tray,
            address,
            parts,
            profile=profile,
            demo=demo,
            link=link,
            startup_id=startup_id,
            background=background,
            show=show,
        ),
    )
    return application.exec()


def _build_rest(
    application: "QApplication",
    tray: "Tray",
    address: str,
    parts: list[object],
    *,
    profile: str | None,
    demo: bool,
    link: str,
    startup_id: str,
    background: bool,
    show: bool,
) -> None:
    """Everything behind the icon; `parts` keeps it alive.

    A slot's border: an icon whose program failed would stand there without a use.
    """
    try:
        parts += _parts_behind(
            application,
            tray,
            address,
            profile=profile,
            demo=demo,
            link=link,
            startup_id=startup_id,
            background=background,
            show=show,
        )
    except Exception:
        import logging

        logging.getLogger(__name__).exception("the program behind the icon can't be made")
        application.exit(exit_codes.OUR_BUG)


def _parts_behind(
    application: "QApplication",
    tray: "Tray",
    address: str,
    *,
    profile: str | None,
    demo: bool,
    link: str,
    startup_id: str,
    background: bool,
    show: bool,
) -> list[object]:
    from ringbridge.desktop.login_start import started_at_login
    from ringbridge.ui.application import Program

    training = None
    if demo:
        from ringbridge.demo import Demo

        training = Demo()
    program = Program(
        application=application,
        tray=tray,
        profile=profile,
        address=address,
        account=training.account if training else None,
        password=training.password if training else "",
        at_login=background or started_at_login(),
    )
    if training is not None:
        program.about_to_quit.connect(training.close)
        training.show()
    program.is_up.connect(_collect_garbage_from_now_on)
    program.start(link=link, startup_id=startup_id, show=show)
    return [program, training]


def _collect_garbage_from_now_on() -> None:
    gc.freeze()  # what is loaded by now stays until the end: no use in looking at it again and again
    gc.enable()


def _take_lock(address: str) -> "QLockFile":
    """The lock that decides who is the running program; once taken it is held until this process ends."""
    from PySide6.QtCore import QLockFile

    from ringbridge.services.private_files import make_runtime_folder

    folder = Path(address).parent
    make_runtime_folder(folder)
    lock = QLockFile(str(folder / "instance.lock"))
    lock.setStaleLockTime(0)  # never by age; a lock whose process is gone is taken over all the same
    return lock


def _hand_over(address: str, link: str, *, background: bool, show: bool) -> int | None:
    """Ask the running program to take over; None when there is none. In the background nothing is to show."""
    if sys.platform != "win32" and not os.path.lexists(address):
        return None
    from ringbridge.services.instance_client import (
        NoProgram,
        OtherVersion,
        ProgramLost,
        activation_token,
        open_call_dialog,
        open_link,
        ping,
    )

    try:
        if background:
            ping(address)
            return 0
        if not link:
            open_call_dialog(address, token=activation_token(), started_again=not show)
            return 0
        answer = open_link(address, link, token=activation_token())
    except NoProgram:
        return None
    except (ProgramLost, OtherVersion):
        print(_NOT_ANSWERING, file=sys.stderr)  # noqa: T201 - this process ends here
        return exit_codes.BLOCKED
    if answer.message:
        print(answer.message, file=sys.stderr)  # noqa: T201 - this process ends here
    return answer.exit_code
