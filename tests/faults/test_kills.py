"""A process that is killed in the middle of a call, and processes that race for one."""

import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from ringbridge.core.calls import CallOutcome, Outcome
from ringbridge.services.history import History
from support.office import Office, rows_of

SCRIPT = Path(__file__).with_name("kill_runs.py")
RUNS = os.environ.get("RINGBRIDGE_KILL_RUNS", "30")


@pytest.mark.timeout(600)
def test_a_killed_call_rings_once_at_most_and_its_row_tells_the_truth() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--runs", RUNS, "--seed", "7"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{RUNS} processes killed")
    assert done.stdout.rstrip().endswith("1 a wish")


@pytest.mark.parametrize("seed", range(3))
def test_instances_that_race_for_one_number_ring_once(tmp_path: Path, seed: int) -> None:
    with Office(tmp_path) as office:
        dialers = [office.new_dialer(History(office.history.path)) for _ in range(8)]
        number, outcomes = f"212555014{seed}", list[CallOutcome]()
        start = threading.Barrier(len(dialers))

        def call(index: int) -> None:
            start.wait(20)
            outcomes.append(office.call(number, dialer=dialers[index]))

        threads = [threading.Thread(target=call, args=(index,)) for index in range(len(dialers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        for dialer in dialers:
            dialer.close()
        said = Counter((outcome.outcome, outcome.problem) for outcome in outcomes)
        assert said == {(Outcome.REQUESTED, ""): 1, (Outcome.BLOCKED, "repeated"): len(dialers) - 1}
        office.wait_for_calls(1)
        assert office.rung() == {number: 1}
        assert list(rows_of(office.history.path).values()) == [Outcome.REQUESTED]
