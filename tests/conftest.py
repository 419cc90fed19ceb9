"""What every test gets: a HOME that is nobody's, Qt without a screen, and a fall for unexpected warnings."""

import logging
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest


def _isolate() -> Path:
    """Turn this process away from the user's files, screen and bus; before anything imports Qt."""
    home = Path(tempfile.mkdtemp(prefix="rbt-", dir="/tmp" if Path("/tmp").is_dir() else None))
    pyenv = Path.home() / ".pyenv"
    if pyenv.is_dir():
        os.environ.setdefault("PYENV_ROOT", str(pyenv))  # its shims would look for it in HOME
    folders = {
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
        "XDG_CACHE_HOME": ".cache",
        "XDG_RUNTIME_DIR": "run",
        "APPDATA": "AppData/Roaming",
        "LOCALAPPDATA": "AppData/Local",
    }
    for name, folder in folders.items():
        (home / folder).mkdir(parents=True, mode=0o700)
        os.environ[name] = str(home / folder)
    os.environ |= {"HOME": str(home), "USERPROFILE": str(home), "QT_QPA_PLATFORM": "offscreen"}
    # some machines set it, no user's does; with it, output that is lost at the end of a process goes unnoticed
    os.environ.pop("PYTHONUNBUFFERED", None)
    for name in ("RINGBRIDGE_PROFILE", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XAUTHORITY"):
        os.environ.pop(name, None)
    return home


_HOME = _isolate()

from support.desktop import Desktop, require_desktop  # noqa: E402 - after the environment is set


def pytest_sessionfinish() -> None:
    """Remove the HOME of this run."""
    shutil.rmtree(_HOME, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs on the shared desktop."""
    for item in items:
        if isinstance(item, pytest.Function) and "desktop" in item.fixturenames:
            item.add_marker(pytest.mark.desktop)


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_warnings(request: pytest.FixtureRequest) -> Generator[None]:
    """Fail a test in which Ringbridge logs a warning or worse, unless it asks for `caplog` to check that itself."""
    records = _Records()
    logger = logging.getLogger("ringbridge")
    logger.addHandler(records)
    yield
    logger.removeHandler(records)
    if records.lines and "caplog" not in request.fixturenames:
        pytest.fail("unexpected in the log (a test that expects it asks for caplog):\n" + "\n".join(records.lines))


@pytest.fixture(scope="module")
def desktop() -> Generator[Desktop]:
    """A virtual X11 desktop with a tray and a window manager, shared by the tests of one file."""
    require_desktop()
    with Desktop() as desktop:
        yield desktop
