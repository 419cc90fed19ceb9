"""Where programs are measured: a private screen and bus, and for each start a HOME that nobody had before."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from bench.watcher import Watcher
from support.desktop import Desktop

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
RINGBRIDGE = str(BIN / "ringbridge")
PYTHON = str(BIN / "python")
FLOOR = str(Path(__file__).with_name("floor.py"))

USERNAME = "bench@example.com"
PASSWORD = "of a PBX that rings nobody"
CALLS_IN_HISTORY = 20

READY_S = 30.0
_ENDS_S = 10.0
_CALM_S = 2.0


class MeasureFailed(Exception):
    """What was to be measured did not happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The folders of one start.

    Attributes:
        folder: Holds them all.
        env: How to tell a program of them.
    """

    folder: Path
    env: dict[str, str]

    @property
    def config(self) -> Path:
        """Where settings are."""
        return Path(self.env["XDG_CONFIG_HOME"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to start.

    Attributes:
        name: For tables.
        argv: The program and its arguments.
        env: On top of the desktop's.
        with_account: In a HOME with an account and calls in the history.
    """

    name: str
    argv: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict[str, str])
    with_account: bool = False


class Stage:
    """A desktop without panel and window manager, and the watcher that sees icons register."""

    def __init__(self, desktop: Desktop, watcher: Watcher) -> None:
        self.desktop = desktop
        self.watcher = watcher

    def home(self, *, url: str = "", **account: str) -> Home:
        """A new HOME, with an account at `url` and calls in the history unless it is empty.

        Args:
            url: Of the PBX.
            account: What differs in the account: ``username``, ``line``.
        """
        folder = self.desktop.folder / "h" / uuid4().hex[:8]  # short: a socket's path has 107 characters at most
        names = {
            "HOME": "home",
            "XDG_CONFIG_HOME": "config",
            "XDG_DATA_HOME": "data",
            "XDG_STATE_HOME": "state",
            "XDG_CACHE_HOME": "cache",
            "XDG_RUNTIME_DIR": "run",
        }
        for name in names.values():
            (folder / name).mkdir(parents=True, mode=0o700)
        home = Home(folder=folder, env={key: str(folder / name) for key, name in names.items()})
        if url:
            _furnish(home, url, account)
        return home

    @contextlib.contextmanager
    def running(self, program: Program, home: Home) -> Generator[subprocess.Popen[bytes]]:
        """Run a program in `home` until the block ends."""
        process: subprocess.Popen[bytes] = self.desktop.spawn(program.argv, env=home.env | program.env)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_ENDS_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait_icon(self, program: Program, process: subprocess.Popen[bytes]) -> int:
        """When its icon registered, in ns of the monotonic clock.

        Raises:
            MeasureFailed: It did not.
        """
        at_ns = self.watcher.wait_registered(process.pid, READY_S)
        if at_ns is None:
            said = self.desktop.log(Path(program.argv[0]).name)
            raise MeasureFailed(f"{program.name}: no tray icon within {READY_S:g} s\n{said}")
        return at_ns

    def wait_ready(self, program: Program, process: subprocess.Popen[bytes], home: Home) -> None:
        """Wait until Ringbridge has been there for a while: it takes commands, and nothing of its start goes on.

        Raises:
            MeasureFailed: It does not get there.
        """
        self.wait_icon(program, process)
        socket = Path(home.env["XDG_RUNTIME_DIR"]) / "ringbridge" / "instance.socket"
        deadline = time.monotonic() + READY_S
        while not socket.exists():
            if time.monotonic() > deadline:
                raise MeasureFailed(f"the running program does not listen within {READY_S:g} s")
            time.sleep(0.05)  # no event tells when a socket appears
        time.sleep(_CALM_S)


@contextlib.contextmanager
def stage(*, wm: bool = False, keyring: bool = False) -> Generator[Stage]:
    """Set up a desktop of its own.

    Args:
        wm: With a window manager (openbox).
        keyring: With an unlocked keyring that holds the account's password.
    """
    with (
        Desktop(tray="none", wm="openbox" if wm else "none", keyring="unlocked" if keyring else "none") as desktop,
        Watcher(desktop.env["DBUS_SESSION_BUS_ADDRESS"]) as watcher,
    ):
        yield Stage(desktop, watcher)


def _furnish(home: Home, url: str, its: dict[str, str]) -> None:
    """Put an account and some calls where the program will look for them."""
    from ringbridge.core.calls import CallOutcome, CallRequest, Destination, Origin, Outcome
    from ringbridge.services.history import History
    from ringbridge.services.settings_file import SettingsFile

    folder = home.config / "ringbridge"
    folder.mkdir(mode=0o700)
    settings = SettingsFile(folder / "settings.toml")
    for key, value in (account(url) | {f"account.{key}": value for key, value in its.items()}).items():
        settings.change(key, value)
    data = Path(home.env["XDG_DATA_HOME"]) / "ringbridge"
    data.mkdir(mode=0o700)
    started = datetime.now(UTC) - timedelta(days=1)
    history = History(data / "history.db")
    history.open()
    for number in range(CALLS_IN_HISTORY):
        request = CallRequest(
            request_id=str(uuid4()),
            destination=Destination(dialed=f"1646555{number:04}", e164=f"+1646555{number:04}", region="US"),
            origin=Origin.CARD,
            requested_at=started + timedelta(minutes=number),
        )
        history.begin(request, line="200", repeat_guard_s=0)
        history.finish(CallOutcome(request_id=request.request_id, outcome=Outcome.REQUESTED, code=200))


def account(url: str) -> dict[str, str | int]:
    """The settings of an account at `url`; numbers in this bench are American."""
    return {
        "region": "US",
        "account.url": url,
        "account.username": USERNAME,
        "account.line": "200",
        "account.wait_s": 0,
        "guards.calls_per_minute": 0,  # nobody calls as often as a bench
        "guards.calls_per_day": 0,
        "guards.night": "allow",
        "clipboard.pause_after": 0,  # nor leaves so many offers unused
        "links.ask": False,  # asked once, and answered long ago
    }


def save_password(desktop: Desktop, url: str) -> None:
    """Put the usual account's password into the desktop's keyring."""
    save_account_password(desktop, url, USERNAME, PASSWORD)


def save_account_password(desktop: Desktop, url: str, username: str, password: str) -> None:
    """Put a password into the desktop's keyring, by the program's own code in a process of its own."""
    code = (
        "import sys; from ringbridge.services.credentials import Credentials;"
        "from ringbridge.core.settings import AccountSettings as A;"
        "Credentials().save(A(url=sys.argv[1], username=sys.argv[2]), sys.stdin.read())"
    )
    ended = desktop.run([PYTHON, "-c", code, url, username], input=password)
    if ended.returncode:
        raise MeasureFailed(f"the password could not be saved: {ended.stderr}")
