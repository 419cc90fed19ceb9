"""A bus for a command that asks one thing and ends: Qt's loop without a program in it."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop

from ringbridge.desktop.dbus.bus import Bus
from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.dbus.values import BusError

_kept: list[QCoreApplication] = []


def command_bus(address: str = "SESSION") -> Bus | None:
    """Connect, with an event loop that `wait_until` runs; None where there is no such bus.

    Args:
        address: As for `connect`.
    """
    if QCoreApplication.instance() is None:
        _kept.append(QCoreApplication([]))
    try:
        bus = connect(address)
    except BusError:
        return None
    bus.run()
    return bus


def wait_until(done: Callable[[], bool]) -> None:
    """Handle events until `done` says so; whoever answers has a deadline, so this ends."""
    application = QCoreApplication.instance()
    while application is not None and not done():
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
