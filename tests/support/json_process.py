"""A child process that speaks JSON lines, for tests: wait for a line with a deadline, never sleep."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

SUPPORT = Path(__file__).parent


class Spawner(Protocol):
    """A desktop, as far as programs are started on it."""

    def spawn(self, argv: list[str], **options: Any) -> subprocess.Popen[Any]: ...


class JsonProcess:
    """A script of `tests/support/`, running on a desktop.

    Attributes:
        seen: Every line it has printed so far.
    """

    def __init__(self, desktop: Spawner, script: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        paths = os.pathsep.join([str(SUPPORT.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process: subprocess.Popen[bytes] = desktop.spawn(
            [sys.executable, str(SUPPORT / script), *arguments],
            env={"PYTHONPATH": paths, "QT_QPA_PLATFORM": "offscreen", **(env or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.seen: list[dict[str, Any]] = []
        self._unread: list[dict[str, Any]] = []
        self._rest = b""

    def send(self, **command: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()

    def next(self, timeout_s: float = 5, **wanted: Any) -> dict[str, Any]:
        """The next line that has these values (`event="copied"`); what came before it is skipped."""
        deadline = time.monotonic() + timeout_s
        while True:
            while self._unread:
                line = self._unread.pop(0)
                if wanted.items() <= line.items():
                    return line
            self._read_more(deadline, wanted)

    def quiet_for(self, seconds: float, **unwanted: Any) -> None:
        """Fail when a line with these values comes within `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._take(max(0.0, deadline - time.monotonic()))
        found = [line for line in self._unread if unwanted.items() <= line.items()]
        assert not found, found

    def _read_more(self, deadline: float, wanted: dict[str, Any]) -> None:
        left = deadline - time.monotonic()
        if left <= 0 or not self._take(left):
            raise AssertionError(f"no line with {wanted} came; so far: {self.seen[-10:]}")

    def _take(self, timeout_s: float) -> bool:
        """Read what is there within the time; False: the process ended or was silent."""
        assert self.process.stdout is not None
        if not select.select([self.process.stdout], [], [], timeout_s)[0]:
            return False
        piece = os.read(self.process.stdout.fileno(), 1 << 20)
        *lines, self._rest = (self._rest + piece).split(b"\n")
        values = [json.loads(line) for line in lines]
        self.seen += values
        self._unread += values
        return bool(piece)

    def end(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=10)


StartOwner = Callable[..., JsonProcess]
