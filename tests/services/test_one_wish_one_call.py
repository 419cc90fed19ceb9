"""Two processes, one wish: exactly one request reaches the PBX, whoever was faster."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx

ROUNDS = 20

RACER = """
import sys, uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from ringbridge.core.calls import CallRequest, Origin
from ringbridge.core.dialing.dial_plan import plan_of, to_destination
from ringbridge.core.settings import AccountSettings, Settings, with_value
from ringbridge.core.targets import read_target
from ringbridge.services.call_facts import FactFinder
from ringbridge.services.credentials import Credentials
from ringbridge.services.dialer import Dialer
from ringbridge.services.history import History

path, url, username, line, password = sys.argv[1:]
account = AccountSettings(url=url, username=username, line=line, wait_s=0)
settings = with_value(replace(Settings(), account=account), "guards.calls_per_minute", 0)
settings = with_value(settings, "guards.night", "allow")
credentials = Credentials()
credentials.keep_in_memory(account, password)
history = History(Path(path))
dialer, finder = Dialer(history=history, credentials=credentials), FactFinder(lambda: history)
dialer.warm_up(settings)
print("ready", flush=True)
for number in sys.stdin:
    target = read_target(number.strip(), "US")
    destination = to_destination(target, plan_of(settings, "US"))
    verdict = finder.judge(target, destination, Origin.COMMAND_LINE, settings, "US").verdict
    if verdict.decision != "dial":
        print(verdict.reasons[0], flush=True)
        continue
    outcome = dialer.place(CallRequest(request_id=str(uuid.uuid4()), destination=destination,
        origin=Origin.COMMAND_LINE, requested_at=datetime.now(UTC)), settings)
    print(outcome.problem or outcome.outcome, flush=True)
dialer.close()
"""


class Racer:
    """A process that calls whom it is told."""

    def __init__(self, path: Path, pbx: TrainingPbx) -> None:
        arguments = [str(path), pbx.url, DEMO_LOGIN.username, DEMO_LINE, DEMO_LOGIN.password]
        self._process = subprocess.Popen(
            [sys.executable, "-c", RACER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def call(self, number: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()

    def said(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture
def pbx() -> Iterator[TrainingPbx]:
    with TrainingPbx(level="4.1", scenario="auto", pace=0.01) as pbx:
        yield pbx


def test_two_processes_with_the_same_wish_ring_once(pbx: TrainingPbx, tmp_path: Path) -> None:
    racers = [Racer(tmp_path / "history.db", pbx) for _ in range(2)]
    assert [racer.said() for racer in racers] == ["ready", "ready"]
    for round_ in range(ROUNDS):
        number = f"212555{round_:04}"
        for racer in racers:
            racer.call(number)
        ends = sorted(racer.said() for racer in racers)
        assert ends in (["repeated", "requested"], ["requested", "running"]), f"round {round_}: {ends}"
        assert [call.order.cnumber for call in pbx.calls].count(number) == 1
    for racer in racers:
        racer.close()
    assert len(pbx.calls) == ROUNDS
