"""A real gnome-keyring on a private bus, without a screen: for tests of what reads and writes passwords."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Self

import pytest
from jeepney import DBusAddress, DBusErrorResponse, Properties, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

from support.desktop_config import bus_config

LOGIN = "/org/freedesktop/secrets/collection/login"
State = Literal["unlocked", "locked", "none", "new"]

_NAME = "org.freedesktop.secrets"
_STARTS_S = 30


def require_secret_service() -> None:
    """Skip the test where no private Secret Service can be started."""
    missing = [name for name in ("dbus-daemon", "gnome-keyring-daemon") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


class SecretService:
    """A session bus of its own, and on it a keyring daemon in the state a test asks for.

    Attributes:
        address: Of the bus, for DBUS_SESSION_BUS_ADDRESS.
        bus_pid: The bus's process.
    """

    def __init__(self, state: State = "unlocked", *, started_by: str = "") -> None:
        """Say what is wanted.

        Args:
            state: `new` is a daemon in a new HOME, that has no keyring yet.
            started_by: The command by which the bus shall start a daemon on demand, if any.
        """
        self._state = state
        self._started_by = started_by
        self._folder = Path()
        self._bus: subprocess.Popen[str] | None = None
        self._daemon: subprocess.Popen[bytes] | None = None
        self.address = ""

    def __enter__(self) -> Self:
        """Start it, and return once it answers."""
        self._folder = Path(tempfile.mkdtemp(prefix="rbs-", dir="/tmp"))
        (self._folder / "run").mkdir(mode=0o700)
        (self._folder / "services").mkdir()
        config = self._folder / "bus.conf"
        config.write_text(bus_config(self._folder / "run", self._folder / "services"))
        if self._started_by:
            service = self._folder / "services" / f"{_NAME}.service"
            service.write_text(f"[D-BUS Service]\nName={_NAME}\nExec={self._started_by}\n")
        with (self._folder / "bus.log").open("wb") as log:
            self._bus = subprocess.Popen(
                ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self._env(),
            )
        assert self._bus.stdout
        self.address = self._bus.stdout.readline().strip()
        try:
            if self._state != "none":
                self.start_daemon()
            if self._state == "locked":
                self.lock()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End both processes and remove their folder; safe to call twice."""
        self.stop_daemon()
        if self._bus is not None:
            os.kill(self._bus.pid, signal.SIGCONT)
            self._bus.terminate()
            self._bus.wait(10)
            assert self._bus.stdout
            self._bus.stdout.close()
            self._bus = None
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def bus_pid(self) -> int:
        assert self._bus
        return self._bus.pid

    @property
    def daemon_pid(self) -> int:
        assert self._daemon
        return self._daemon.pid

    def start_daemon(self) -> None:
        """Start the keyring daemon; except in the state `new` its login keyring is there and open."""
        # a copy has no file capabilities: a container without CAP_IPC_LOCK refuses to run what has that one
        program = str(shutil.copy(shutil.which("gnome-keyring-daemon") or "", self._folder))
        password = self._folder / "password"
        password.write_text("desktop")  # without a line end, which would be part of it
        arguments = [
            program,
            "--foreground",
            "--components=secrets",
            f"--control-directory={self._folder}/run/keyring",
        ]
        if self._state != "new":
            arguments.append("--unlock")
        with password.open("rb") as stdin, (self._folder / "daemon.log").open("wb") as log:
            self._daemon = subprocess.Popen(arguments, stdin=stdin, stdout=log, stderr=log, env=self._env())
        self._wait(self._ready, "the keyring daemon")

    def stop_daemon(self) -> None:
        """End the keyring daemon, also a stopped one."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait(10)
            self._daemon = None

    def freeze(self) -> None:
        """Make the keyring daemon hang."""
        os.kill(self.daemon_pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.daemon_pid, signal.SIGCONT)

    def lock(self) -> None:
        """Lock the login keyring."""
        self.call("/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "Lock", "ao", [LOGIN])

    def items(self) -> dict[str, dict[str, str]]:
        """Each item's path and attributes."""
        collection = DBusAddress(LOGIN, _NAME, "org.freedesktop.Secret.Collection")
        paths = self._ask(Properties(collection).get("Items"))[0][1]
        item = "org.freedesktop.Secret.Item"
        return {path: self._ask(Properties(DBusAddress(path, _NAME, item)).get("Attributes"))[0][1] for path in paths}

    def modified(self, path: str) -> int:
        """When an item was written last, seconds since 1970."""
        return self._ask(Properties(DBusAddress(path, _NAME, "org.freedesktop.Secret.Item")).get("Modified"))[0][1]

    def call(self, path: str, interface: str, method: str, signature: str, *body: object) -> Any:
        """Call a method of the Secret Service."""
        return self._ask(new_method_call(DBusAddress(path, _NAME, interface), method, signature, body))

    def _ask(self, message: Any) -> Any:
        with open_dbus_connection(self.address) as connection:
            return unwrap_msg(connection.send_and_get_reply(message, timeout=10))

    def _ready(self) -> bool:
        try:
            (path,) = self.call(
                "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "ReadAlias", "s", "default"
            )
        except DBusErrorResponse:
            return False
        return path == LOGIN or self._state == "new"

    def _wait(self, ready: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _STARTS_S
        while not ready():
            if time.monotonic() > deadline or (self._daemon and self._daemon.poll() is not None):
                log = (self._folder / "daemon.log").read_text(errors="replace")
                raise AssertionError(f"{what} did not come up\n{log}")
            time.sleep(0.01)

    def _env(self) -> dict[str, str]:
        home = str(self._folder)
        return {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "XDG_DATA_HOME": f"{home}/data",
            "XDG_CONFIG_HOME": f"{home}/config",
            "XDG_CACHE_HOME": f"{home}/cache",
            "XDG_RUNTIME_DIR": f"{home}/run",
            "LANG": "C.UTF-8",
        } | ({"DBUS_SESSION_BUS_ADDRESS": self.address} if self.address else {})
