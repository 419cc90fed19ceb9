"""A bare X server, and a driver program with the backends on it, for each test of this folder."""

from collections.abc import Generator

import pytest

from support.desktop import Desktop, require_desktop
from support.json_process import JsonProcess, StartOwner


@pytest.fixture(scope="module")
def screen() -> Generator[Desktop]:
    """An X server and nothing else, shared by the tests of one file."""
    require_desktop()
    with Desktop(tray="none", wm="none") as desktop:
        yield desktop


@pytest.fixture
def driver(screen: Desktop) -> Generator[JsonProcess]:
    """The backends in a process of their own, ready for commands."""
    driver = JsonProcess(screen, "clipboard_driver.py")
    driver.next(event="ready", timeout_s=20)
    yield driver
    driver.end()


@pytest.fixture
def own(screen: Desktop) -> Generator[StartOwner]:
    """Starts a program that owns a selection: `own("hang")`, `own("text", "PRIMARY", "12")`."""
    owners: list[JsonProcess] = []

    def start(mode: str, selection: str = "CLIPBOARD", text: str = "+1 212 555 0100") -> JsonProcess:
        owner = JsonProcess(screen, "x11_owner.py", selection, mode, text)
        owners.append(owner)
        owner.next(owns=True, timeout_s=20)
        return owner

    yield start
    for owner in owners:
        owner.end()
