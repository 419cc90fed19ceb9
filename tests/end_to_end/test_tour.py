"""The scripted tour is a test as well: the whole way of a number, on a real desktop."""

import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from support.desktop import require_desktop

TOUR = Path(__file__).resolve().parents[1] / "tour.py"
STEPS = ["started", "card", "ringing", "connected", "ended", "menu", "command", "quit"]

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tour") / "pictures of it"


@pytest.fixture(scope="module")
def tour(pictures: Path) -> subprocess.CompletedProcess[str]:
    require_desktop()
    return subprocess.run(
        [sys.executable, TOUR, "--output", pictures], capture_output=True, text=True, timeout=110, check=False
    )


def test_a_copied_number_is_called_answered_listed_and_called_again(tour: subprocess.CompletedProcess[str]):
    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert tour.stderr == ""


def test_each_step_is_printed_with_its_time_and_picture(tour: subprocess.CompletedProcess[str], pictures: Path):
    lines = tour.stdout.splitlines()
    printed = [re.fullmatch(r" *\d+\.\d\d s  .+  \[(\d\d-[a-z]+\.png)\]", line) for line in lines[:-1]]
    names = [match[1] for match in printed if match]
    assert names == [f"{number:02}-{step}.png" for number, step in enumerate(STEPS, start=1)]
    assert names == sorted(picture.name for picture in pictures.iterdir())
    assert str(pictures) in lines[-1]


def test_each_picture_shows_the_whole_screen_and_another_moment(
    tour: subprocess.CompletedProcess[str], pictures: Path
):
    assert tour.returncode == 0
    contents = [picture.read_bytes() for picture in sorted(pictures.iterdir())]
    assert all(content.startswith(b"\x89PNG") for content in contents)
    assert {struct.unpack(">II", content[16:24]) for content in contents} == {(1280, 800)}
    assert len(set(contents)) == len(STEPS)
