"""Screen lock services on a bus: logind's session, and the screen saver of a desktop, for a test to lock and unlock.

    python -m support.lock_services logind        takes org.freedesktop.login1
    python -m support.lock_services NAME PATH     takes a screen saver's name, such as org.gnome.ScreenSaver
    python -m support.lock_services NAME PATH S   likewise, is locked already and answers after S seconds

Commands come as lines on standard input: ``lock``, ``unlock`` (the desktop does it), ``ask_lock``, ``ask_unlock``
(logind's signals, which only ask for it); each is answered with a line once it is on the bus.
"""

import os
import sys
import threading
import time
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

LOGIND, SESSION, SESSION_ID = "org.freedesktop.login1", "/org/freedesktop/login1/session/_37", "7"
SESSION_INTERFACE = "org.freedesktop.login1.Session"
PROPERTIES = "org.freedesktop.DBus.Properties"
AUTO = "/org/freedesktop/login1/session/auto"


class Logind:
    """One session that knows whether it is locked."""

    def __init__(self) -> None:
        self.locked = False

    def answer(self, path: str, member: str, body: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]] | None:
        properties = {"Id": ("s", SESSION_ID), "LockedHint": ("b", self.locked)}
        if path in {AUTO, SESSION} and member == "Get" and body[0] == SESSION_INTERFACE and body[1] in properties:
            return "v", (properties[body[1]],)
        if member == "GetSession" and body == (SESSION_ID,):
            return "o", (SESSION,)
        return None

    def signals(self, command: str) -> list[Any]:
        session = DBusAddress(SESSION, interface=SESSION_INTERFACE)
        if command in {"ask_lock", "ask_unlock"}:
            return [new_signal(session, "Lock" if command == "ask_lock" else "Unlock")]
        self.locked = command == "lock"
        changed = (SESSION_INTERFACE, {"LockedHint": ("b", self.locked)}, [])
        return [new_signal(DBusAddress(SESSION, interface=PROPERTIES), "PropertiesChanged", "sa{sv}as", changed)]


class ScreenSaver:
    """A desktop's own."""

    def __init__(self, name: str, path: str, after_s: str = "") -> None:
        self.name, self.path = name, path
        self.locked = bool(after_s)
        self._after_s = float(after_s or 0)

    def answer(self, path: str, member: str, body: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]] | None:
        time.sleep(self._after_s)
        return ("b", (self.locked,)) if path == self.path and member == "GetActive" else None

    def signals(self, command: str) -> list[Any]:
        self.locked = command == "lock"
        return [new_signal(DBusAddress(self.path, interface=self.name), "ActiveChanged", "b", (self.locked,))]


def serve(bus: DBusConnection, service: Logind | ScreenSaver) -> None:
    threading.Thread(target=_take_commands, args=(bus, service), daemon=True).start()
    while True:
        message = bus.receive()
        if message.header.message_type is not MessageType.method_call:
            continue
        fields = message.header.fields
        reply = service.answer(fields[HeaderFields.path], fields[HeaderFields.member], message.body)
        if reply is None:
            bus.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))
        else:
            bus.send(new_method_return(message, *reply))


def _take_commands(bus: DBusConnection, service: Logind | ScreenSaver) -> None:
    for line in sys.stdin:
        for signal in service.signals(line.strip()):
            bus.send(signal)
        print("done", flush=True)
    os._exit(0)  # the other thread waits for the bus


def main(arguments: list[str]) -> None:
    if arguments[0] == "hang":  # takes the name and never answers
        name, service = arguments[1], None
    elif arguments == ["logind"]:
        name, service = LOGIND, Logind()
    else:
        name, service = arguments[0], ScreenSaver(*arguments)
    with open_dbus_connection("SESSION") as bus:
        bus.send_and_get_reply(message_bus.RequestName(name))
        print("owns", flush=True)
        if service is None:
            sys.stdin.read()
        else:
            serve(bus, service)


if __name__ == "__main__":
    main(sys.argv[1:])
