"""A home for each test of a command, and PBXs for it."""

import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from ringbridge.training.server import TrainingPbx
from support.command_line import Home
from support.pbx_server import PbxServer

ANNA = "anna"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Generator[Home]:
    # a socket's path has 107 characters at most: no deep folder
    with tempfile.TemporaryDirectory(prefix="rbc-", dir="/tmp") as folder:
        yield Home(Path(folder), monkeypatch, capsys)


@pytest.fixture
def pbx() -> Generator[PbxServer]:
    """A PBX of the tests' own."""
    with PbxServer() as server:
        yield server


@pytest.fixture
def account(home: Home, pbx: PbxServer) -> Home:
    """The home with an account at `pbx`."""
    home.set_account(pbx.url, username=ANNA, password=pbx.people[ANNA].password, line="201")
    return home


@pytest.fixture
def training() -> Generator[TrainingPbx]:
    """The training PBX."""
    with TrainingPbx(scenario="auto", pace=0.01) as server:
        yield server
