"""A private bus with screen lock services on it, for tests."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

import pytest

from support.desktop_config import bus_config


class LockBus:
    """A bus of its own, and on it the services that a test asks for.

    Attributes:
        address: Of the bus.
    """

    def __init__(self) -> None:
        self.address = ""
        self._folder = Path()
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        if shutil.which("dbus-daemon") is None:
            pytest.skip("not installed: dbus-daemon")
        self._folder = Path(tempfile.mkdtemp(prefix="rbl-", dir="/tmp"))
        (self._folder / "run").mkdir(mode=0o700)
        (self._folder / "services").mkdir()
        config = self._folder / "bus.conf"
        config.write_text(bus_config(self._folder / "run", self._folder / "services"))
        arguments = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"]
        bus = self._start("bus", arguments, {})
        assert bus.stdout
        self.address = bus.stdout.readline().strip()
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._processes)[::-1]:
            self.end(name)
        shutil.rmtree(self._folder, ignore_errors=True)

    def serve(self, *arguments: str) -> None:
        """Start a service, as `support.lock_services` reads the arguments; returns once it has its name."""
        process = self._start(
            arguments[0],
            [sys.executable, "-m", "support.lock_services", *arguments],
            {"DBUS_SESSION_BUS_ADDRESS": self.address, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        assert process.stdout
        assert process.stdout.readline() == "owns\n"

    def tell(self, name: str, command: str) -> None:
        """Let a service do something; returns once it is on the bus."""
        process = self._processes[name]
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{command}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"

    def pid(self, name: str) -> int:
        """The process of a service, or of the ``bus``."""
        return self._processes[name].pid

    def end(self, name: str) -> None:
        """Let a service die, or the ``bus``."""
        process = self._processes.pop(name)
        process.kill()
        process.wait(10)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

    def freeze(self) -> None:
        """Let the bus itself answer nobody any more."""
        self._processes["bus"].send_signal(signal.SIGSTOP)

    def _start(self, name: str, arguments: list[str], env: dict[str, str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | env,
        )
        self._processes[name] = process
        return process
