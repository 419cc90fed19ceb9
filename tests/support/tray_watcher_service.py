"""Owns the bus name of a StatusNotifierWatcher until its standard input ends."""

import json
import sys
import time

from jeepney import message_bus
from jeepney.io.blocking import open_dbus_connection

if __name__ == "__main__":
    with open_dbus_connection("SESSION") as bus:
        at = time.monotonic()
        bus.send_and_get_reply(message_bus.RequestName("org.kde.StatusNotifierWatcher"))
        print(json.dumps({"owns": True, "at": at}), flush=True)
        sys.stdin.read()
