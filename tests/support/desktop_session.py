"""What every private desktop has, whatever shows its windows: folders, a session bus, programs, and their end."""

import os
import secrets
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from support import desktop_config, desktop_reaper
from support.desktop_bus import SessionBus
from support.desktop_widgets import WidgetTree

T = TypeVar("T")

KEYRING_PASSWORD = "desktop"

PART_STARTS_S = 30.0
_LEAKS = frozenset(
    {
        "BROWSER",
        "DBUS_SESSION_BUS_PID",
        "DESKTOP_SESSION",
        "DESKTOP_STARTUP_ID",
        "DISPLAY",
        "GNOME_KEYRING_CONTROL",
        "QT_QPA_PLATFORMTHEME",
        "QT_STYLE_OVERRIDE",
        "RINGBRIDGE_PROFILE",
        "SESSION_MANAGER",
        "SSH_AUTH_SOCK",
        "SWAYSOCK",
        "WAYLAND_DISPLAY",
        "WAYLAND_SOCKET",
        "XAUTHORITY",
        "XDG_ACTIVATION_TOKEN",
        "XDG_SESSION_ID",
    }
)


class DesktopError(Exception):
    """A part of the desktop did not come up, ended, or did not show what was waited for in time."""


class DesktopSession:
    """The base of one private desktop, from `with` to its end. For the thread that started it.

    A kind of desktop says why it can't start (`_why_not`), what its environment has on top (`_own_environment`), and
    starts its parts once folders and environment are there (`_begin`).

    Attributes:
        env: The environment for programs of this desktop; it has no way to the desktop outside.
        home: The HOME of its programs.
        folder: Holds everything of it; removed at the end.
        pids: Process by part.
        started_in_s: How long it took until each part answered.
    """

    def __init__(
        self,
        *,
        keyring: Literal["unlocked", "locked", "none"],
        accessibility: bool,
        activate: Iterable[str],
    ) -> None:
        self._keyring = keyring
        self._accessibility = accessibility
        self._activate = (*(("org.a11y.Bus",) if accessibility else ()), *activate)
        self._parts: dict[str, subprocess.Popen[Any]] = {}
        self._programs: list[subprocess.Popen[Any]] = []
        self._bus: SessionBus | None = None
        self._widget_tree: WidgetTree | None = None
        self._marker = secrets.token_hex(8)
        self.env: dict[str, str] = {}
        self.folder = Path()
        self.home = Path()
        self.pids: dict[str, int] = {}
        self.started_in_s = 0.0

    def _why_not(self) -> str:
        raise NotImplementedError

    def _own_environment(self) -> dict[str, str]:
        raise NotImplementedError

    def _begin(self) -> None:
        raise NotImplementedError

    def _end(self) -> None:
        """Let go of what the test process itself holds of this desktop."""

    # ------------------------------------------------------------ begin and end

    def __enter__(self) -> Self:
        """Start it, and return once each part answers."""
        if reason := self._why_not():
            raise DesktopError(reason)
        began = time.monotonic()
        # a socket's path has 107 characters at most: no deep TMPDIR
        self.folder = Path(tempfile.mkdtemp(prefix="rbd-", dir="/tmp"))
        self.home = self.folder / "home"
        self._reaper = subprocess.Popen(
            [sys.executable, "-I", "-S", desktop_reaper.__file__, self._marker, str(self.folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            self._make_folders()
            self.env = self._environment()
            self._begin()
        except BaseException:
            self.close()
            raise
        self.started_in_s = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process of this desktop and remove its folder; safe to call twice.

        Raises:
            DesktopError: Something survived.
        """
        if self._reaper.stdin is None or self._reaper.stdin.closed:
            return
        self._end()
        if self._widget_tree is not None:
            self._widget_tree.close()
        if self._bus is not None:
            self._bus.close()
        self._reaper.stdin.close()
        self._reaper.wait(timeout=60)
        for process in (*self._programs, *self._parts.values()):
            process.wait(timeout=10)
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
        if left := desktop_reaper.living(self._marker, self.folder):
            raise DesktopError(f"these processes of the desktop survived: {sorted(left)}")

    def _make_folders(self) -> None:
        for name in ("run", "tmp", "logs", "services"):
            (self.folder / name).mkdir(mode=0o700)
        for name in (".config", ".local/share/applications", ".local/state", ".cache"):
            (self.home / name).mkdir(parents=True)

    def _environment(self) -> dict[str, str]:
        env = {name: value for name, value in os.environ.items() if name not in _LEAKS}
        pyenv = Path.home() / ".pyenv"
        if "PYENV_ROOT" not in env and pyenv.is_dir():
            env["PYENV_ROOT"] = str(pyenv)  # its shims would look for it in HOME
        if self._accessibility:
            env["QT_LINUX_ACCESSIBILITY_ALWAYS_ON"] = "1"  # otherwise only once a screen reader runs
        home = self.home
        return env | {
            desktop_reaper.MARKER_NAME: self._marker,
            "HOME": str(home),
            "TMPDIR": str(self.folder / "tmp"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_STATE_HOME": str(home / ".local/state"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_CONFIG_DIRS": "/etc/xdg",
            "XDG_DATA_DIRS": "/usr/local/share:/usr/share",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/run/bus",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "NO_AT_BRIDGE": "1",
            "GTK_A11Y": "none",
            "GIO_USE_VFS": "local",
            "GSETTINGS_BACKEND": "memory",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            **self._own_environment(),
        }

    def _start_part(self, name: str, argv: Sequence[str], *, stage: int = 1, **popen: Any) -> None:
        with (self.folder / "logs" / f"{name}.log").open("wb") as log:
            options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log} | popen
            options = {"env": self.env} | options
            part: subprocess.Popen[Any] = subprocess.Popen(argv, cwd=self.home, start_new_session=True, **options)
        self._parts[name] = part
        self.pids[name] = part.pid
        desktop_reaper.note_part(self.folder, part.pid, stage)

    def end_part(self, name: str) -> None:
        """Kill a part, as a crash does; it may be started again."""
        part = self._parts.pop(name)
        part.kill()
        part.wait(10)
        del self.pids[name]

    def _start_and_read_line(self, name: str, argv: Callable[[int], Sequence[str]]) -> str:
        """Start a part that writes one line into a pipe once it is ready, and return that line."""
        read_end, write_end = os.pipe()
        try:
            try:
                self._start_part(name, argv(write_end), stage=2, pass_fds=(write_end,))
            finally:
                os.close(write_end)
            deadline = time.monotonic() + PART_STARTS_S
            answer = b""
            while not answer.endswith(b"\n"):
                if not select.select([read_end], [], [], max(0.0, deadline - time.monotonic()))[0]:
                    raise DesktopError(f"{name} was not ready within {PART_STARTS_S:g} s")
                piece = os.read(read_end, 4096)
                if not piece:
                    raise DesktopError(f"{name} ended at once\n{self.log(name)}")
                answer += piece
            return answer.decode().strip()
        finally:
            os.close(read_end)

    def _without_capabilities(self, program: str) -> str:
        """Return the path of a copy, which has no file capabilities: a container that lacks them would not run it."""
        return str(shutil.copy(shutil.which(program) or "", self.folder))

    def _start_bus(self) -> None:
        services = self.folder / "services"
        for name in self._activate:
            file = desktop_config.service_file(name)
            if file is None:
                raise DesktopError(f"no installed D-Bus service is called {name}")
            (services / file.name).symlink_to(file)
        config = self.folder / "bus.conf"
        config.write_text(desktop_config.bus_config(self.folder / "run", services))
        address = self._start_and_read_line(
            "bus", lambda fd: ["dbus-daemon", f"--config-file={config}", "--nofork", f"--print-address={fd}"]
        )
        self._bus = SessionBus(address)

    def _start_keyring(self) -> None:
        if self._keyring == "none":
            return
        # its login keyring gets this password and is unlocked; started without --unlock in a new HOME, the
        # daemon would answer the first call with a window that asks for a new keyring's password
        password = self.folder / "keyring-password"
        password.write_text(KEYRING_PASSWORD)
        daemon = [
            self._without_capabilities("gnome-keyring-daemon"),
            "--foreground",
            "--unlock",
            "--components=secrets",
        ]
        with password.open("rb") as stdin:
            self._start_part("keyring", [*daemon, f"--control-directory={self.folder}/run/keyring"], stdin=stdin)

    def _wait_for_keyring(self) -> None:
        if self._keyring == "none":
            return
        unlocked = lambda: self.bus.collection_locked("login") is False  # noqa: E731
        self.wait_for(unlocked, PART_STARTS_S, "the keyring")
        if self._keyring == "locked":
            self.bus.lock_collection("login")
            self.wait_for(lambda: self.bus.collection_locked("login"), 10, "the keyring to be locked")

    # ------------------------------------------------------------ programs and waiting

    @property
    def has_open_keyring(self) -> bool:
        """Whether programs can save passwords without a question."""
        return self._keyring == "unlocked"

    @property
    def bus(self) -> SessionBus:
        """The test's own connection to the session bus."""
        if self._bus is None:
            raise DesktopError("the desktop is not started")
        return self._bus

    @property
    def widget_tree(self) -> WidgetTree:
        """The test's own connection to the accessibility bus."""
        if not self._accessibility:
            raise DesktopError("this desktop was started without accessibility=True")
        if self._widget_tree is None:
            self._widget_tree = WidgetTree(self.bus)
        return self._widget_tree

    def log(self, name: str) -> str:
        """Return what a part (`wm`), or a program by its file name (`ringbridge`), has printed so far."""
        files = sorted((self.folder / "logs").glob(f"{name}*.log"))
        return "\n".join(file.read_text(errors="replace") for file in files)

    def wait_for(self, predicate: Callable[[], T | None], timeout_s: float = 10, what: str = "it") -> T:
        """Return the first true answer of `predicate`, which is asked every 10 ms.

        Raises:
            DesktopError: None within `timeout_s`, or a part of the desktop ended meanwhile.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            if answer := predicate():
                return answer
            for name, part in self._parts.items():
                if part.poll() is not None:
                    code = part.returncode
                    raise DesktopError(f"waiting for {what}: {name} ended with {code}\n{self.log(name)[-2000:]}")
            if time.monotonic() > deadline:
                raise DesktopError(f"waited {timeout_s:g} s for {what}")
            time.sleep(0.01)

    def run(
        self, argv: Sequence[str], *, timeout: float = 30, env: dict[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a program on this desktop to its end; `env` comes on top of the desktop's."""
        settings: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True, "cwd": self.home} | options
        if "input" in settings:
            del settings["stdin"]
        return subprocess.run(
            argv,
            env=self.env | (env or {}),
            timeout=timeout,
            text=settings.pop("text", True),
            check=settings.pop("check", False),
            **settings,
        )

    def spawn(
        self, argv: Sequence[str], *, env: dict[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[Any]:
        """Start a program that ends with the desktop at the latest; what it prints is in `log(NAME)`."""
        log_path = self.folder / "logs" / f"{Path(argv[0]).name}-{len(self._programs)}.log"
        with log_path.open("wb") as log:
            settings: dict[str, Any] = {
                "stdin": subprocess.DEVNULL,
                "stdout": log,
                "stderr": log,
                "cwd": self.home,
                "start_new_session": True,
            } | options
            program: subprocess.Popen[Any] = subprocess.Popen(argv, env=self.env | (env or {}), **settings)
        self._programs.append(program)
        desktop_reaper.note_part(self.folder, program.pid, 1)
        return program
