"""Owns the name of a StatusNotifierWatcher until its standard input ends; `no_host`: no panel stands behind it."""

import json
import os
import select
import sys
import time
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, message_bus, new_error, new_method_return, new_signal
from jeepney.io.blocking import open_dbus_connection

NAME, PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"


def main(*, host: bool) -> None:
    items: list[str] = []
    with open_dbus_connection("SESSION") as bus:

        def say(**facts: Any) -> None:
            print(json.dumps({"at": time.monotonic(), **facts}), flush=True)

        def answer(message: Any) -> Any:
            member = message.header.fields[HeaderFields.member]
            if member == "RegisterStatusNotifierItem":
                items.append(f"{message.header.fields[HeaderFields.sender]}/StatusNotifierItem")
                say(registered=True)
                return new_method_return(message)
            if member == "Get" and message.body[1] == "IsStatusNotifierHostRegistered":
                return new_method_return(message, "v", (("b", host),))
            if member == "Get" and message.body[1] == "RegisteredStatusNotifierItems":
                return new_method_return(message, "v", (("as", items),))
            return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")

        at = time.monotonic()
        bus.send_and_get_reply(message_bus.RequestName(NAME))
        print(json.dumps({"owns": True, "at": at}), flush=True)
        while True:
            ready, _, _ = select.select([bus.sock, sys.stdin.fileno()], [], [])
            if sys.stdin.fileno() in ready:
                if not os.read(sys.stdin.fileno(), 4096):
                    return
                host = True
                bus.send(new_signal(DBusAddress(PATH, interface=NAME), "StatusNotifierHostRegistered"))
            if bus.sock in ready:
                messages = [bus.receive(timeout=1)]
                while (rest := bus.parser.get_next_message()) is not None:
                    messages.append(rest)
                for message in messages:
                    if message.header.message_type is MessageType.method_call:
                        bus.send(answer(message))


if __name__ == "__main__":
    main(host="no_host" not in sys.argv)
