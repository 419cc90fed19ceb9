"""The soak in its short form; `soak.py` itself says how to run the long one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.desktop import require_desktop

SCRIPT = Path(__file__).with_name("soak.py")


def run(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--json", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def balanced(found: dict[str, Any], *, copies: int, calls: int) -> None:
    assert (found["heard"], found["lost"]) == (copies, 0)
    assert found["outcomes"] == {"requested": calls}
    assert found["asked"] == found["rung"] == found["rows"] == calls
    assert found["warnings"] == []
    half = found["samples"][len(found["samples"]) // 2 :]
    for what in ("threads", "descriptors"):
        counts = [sample[what] for sample in half]
        # a descriptor is open for a moment while the history is written; a leak would show with every call
        assert max(counts) <= min(counts) + 3, (what, counts)
        assert counts[-1] <= counts[0] + 3, (what, counts)


def test_two_thousand_copies_and_sixty_calls_leave_nothing_open() -> None:
    balanced(run("--events", "2000", "--calls", "60"), copies=2000, calls=60)


@pytest.mark.desktop
def test_copies_of_another_x11_program_leave_nothing_open_either() -> None:
    require_desktop()
    balanced(run("--events", "300", "--calls", "12", "--x11"), copies=300, calls=12)
