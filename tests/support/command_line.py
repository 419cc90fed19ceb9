"""Runs `ringbridge` in this process or in one of its own, in a home of its own."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from ringbridge.cli import main
from ringbridge.services import credentials
from ringbridge.services.paths import Paths, find_paths

FIELDS = ["outcome", "code", "message", "server", "callid", "dialed", "request_id"]
"""Of the object that `--json` prints for a call, in order."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object (or array) on stdout."""
        assert self.out.endswith("\n")
        assert self.out.count("\n") == 1
        return json.loads(self.out)


class MemoryKeyring(KeyringBackend):
    """A keyring in this process. Set `error` to have it refuse."""

    priority = 1  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride] - keyring's own way

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[tuple[str, str], str] = {}
        self.error: KeyringError | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.error is not None:
            raise self.error
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.error is not None:
            raise self.error
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.items[service, username]


class Home:
    """A home with nothing in it, for commands that run in this process.

    Attributes:
        paths: Of the default profile.
        keyring: What the commands take for the desktop's.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.environment = {
            "HOME": str(folder),
            "XDG_CONFIG_HOME": f"{folder}/config",
            "XDG_DATA_HOME": f"{folder}/data",
            "XDG_STATE_HOME": f"{folder}/state",
            "XDG_RUNTIME_DIR": f"{folder}/run",
            "LC_ALL": "en_US.UTF-8",
        }
        monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)  # nobody's own shortcuts are looked at
        (folder / "run").mkdir(mode=0o700)
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        self.keyring = MemoryKeyring()
        monkeypatch.setattr(credentials, "desktop_backend", lambda: self.keyring)
        monkeypatch.setattr(credentials, "_has_secret_service", lambda: False)
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    @property
    def paths(self) -> Paths:
        return find_paths("")

    def run(self, *arguments: str, stdin: bytes = b"") -> Ran:
        """Run a command in this process."""
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        self._capsys.readouterr()
        code = main(list(arguments))
        printed = self._capsys.readouterr()
        return Ran(code=code, out=printed.out, err=printed.err)

    def set_account(self, url: str, *, username: str, password: str, line: str) -> None:
        """Set an account up the way a person does."""
        ran = self.run(
            *("account", "set", "--url", url, "--username", username, "--line", line, "--password-stdin"),
            stdin=f"{password}\n".encode(),
        )
        assert ran.code == 0, ran.err
        self.allow_nights()

    def allow_nights(self) -> None:
        """Call also while it is night in New York: the hour at which a test runs is no part of it."""
        assert self.run("config", "set", "guards.night", "allow").code == 0


def run_process(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    stdout: IO[bytes] | int = subprocess.PIPE,
    timeout_s: float = 60,
) -> subprocess.CompletedProcess[bytes]:
    """Run the real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ringbridge", *arguments],
        env={**os.environ, **(env or {})},
        input=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=timeout_s,
        check=False,
    )
