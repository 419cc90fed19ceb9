"""Kills a process in the middle of a call, again and again, and looks at what is left.

    .venv/bin/python tests/faults/kill_runs.py --runs 200 --seed 1

Each run forks a process that places one call, and ends it with SIGKILL: at the start or end of a certain function
call, of Python's or C's (so between any two steps), or at a certain moment, wherever it is. Afterwards, in every run:

- the history passes SQLite's integrity check, has every earlier row as it was, and at most one new one;
- without a row nothing was sent; a row that says "requested" is of a call that rang;
- another process, which lives on through all runs, is asked for the same call at once: it places it where there is no
  row, and says "repeated" where there is one; then it places another call;
- in the end no wish rang the own phone twice, counted in the training PBX's journal.

The same seed gives the same runs, as far as the operating system's scheduling goes.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from ringbridge.core.calls import CallOutcome, Outcome
from ringbridge.core.errors import StorageError
from ringbridge.core.settings import AccountSettings, Settings
from ringbridge.services.credentials import Credentials
from ringbridge.services.dialer import Dialer
from ringbridge.services.history import History
from ringbridge.services.pbx import transport
from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN
from support.office import Journal, rows_of, unlimited, wish

WAIT_S = 2  # for the PBX's name of the call, in one run of ten: the own phone rings after 0.8 s
PATIENCE_S = 30


@dataclass(frozen=True, kw_only=True)
class Killed:
    """One run.

    Attributes:
        number: Who was to be called.
        how: Where the process was killed, for people.
        said: What it said of the call before it died, or empty.
        row: The outcome in the history afterwards, or None where there is no row.
        again: What the other process said when it was asked for the same call.
    """

    number: str
    how: str
    said: str
    row: Outcome | None
    again: CallOutcome


class Runs:
    """All runs with one PBX and one history.

    Args:
        folder: For the history and the journal.
        seed: Decides who is killed where.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._chance = random.Random(seed)
        self._path = folder / "history.db"
        self.journal = Journal(folder / "journal.jsonl")
        self._pbx = subprocess.Popen(
            [sys.executable, "-m", "ringbridge", "training-pbx", "--journal", str(folder / "journal.jsonl")],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._pbx.stdout is not None
        url = self._pbx.stdout.readline().rpartition(" ")[2].strip()
        self._account = AccountSettings(url=url, username=DEMO_LOGIN.username, line=DEMO_LINE, wait_s=0)
        assert transport  # loaded before anything is copied: loading is no step of a call
        self._other = _Forked(self._live_on)
        self._rows: dict[str, Outcome] = {}
        self.killed: list[Killed] = []

    def run(self, count: int) -> None:
        """Kill so many."""
        History(self._path).open()
        steps, took_s = self._look()
        for index in range(count):
            self._kill_one(index, steps, took_s)
        self._wait_until_rung()

    def close(self) -> None:
        """End the other processes."""
        self._other.end()
        self._pbx.send_signal(signal.SIGTERM)
        self._pbx.communicate(timeout=PATIENCE_S)

    # ------------------------------------------------------------ one run

    def _look(self) -> tuple[int, float]:
        """How many steps a call has, and how long it takes."""
        counted = _Forked(lambda process: self._place(process, "2125500000", stop_at=0, held=False, wait_s=0))
        began = time.monotonic()
        answer = counted.read()
        assert answer is not None
        took_s = time.monotonic() - began
        counted.end()
        self._rows = rows_of(self._path)
        return int(answer["steps"]), took_s

    def _kill_one(self, index: int, steps: int, took_s: float) -> None:
        number = f"21255{index + 1:05}"
        held = self._chance.random() < 0.5
        wait_s = WAIT_S if self._chance.random() < 0.1 else 0
        at_step = self._chance.random() < 0.6
        stop_at = self._chance.randrange(1, steps) if at_step else 0
        process = _Forked(lambda process: self._place(process, number, stop_at=stop_at, held=held, wait_s=wait_s))
        if at_step:
            how = f"step {stop_at}"
        else:
            after_s = self._chance.uniform(0, took_s * 1.1 + wait_s / 2)
            how = f"{after_s * 1000:.1f} ms"
            process.ended_within(after_s)
        process.kill_unless(at_step)
        answer = process.read()
        process.end()
        row = self._look_at_history(number)
        again = self._ask_other(number, let_go=index % 2 == 0)
        expected = Outcome.REQUESTED if row is None else Outcome.BLOCKED
        assert again.outcome is expected, (number, how, row, again)
        assert self._ask_other(f"21266{index + 1:05}", let_go=index % 3 == 0).outcome is Outcome.REQUESTED
        self._rows = rows_of(self._path)
        said = str(answer["outcome"]) if answer else ""
        assert said in {"", str(row)}, (number, how, said, row)
        self.killed.append(Killed(number=number, how=how, said=said, row=row, again=again))

    def _look_at_history(self, number: str) -> Outcome | None:
        """The new row, if any: the others are there as they were."""
        with suppress(StorageError):
            History(self._path).settle_abandoned()
        rows = rows_of(self._path)
        assert {name: outcome for name, outcome in rows.items() if name in self._rows} == self._rows, number
        new = [outcome for name, outcome in rows.items() if name not in self._rows]
        assert len(new) <= 1, (number, new)
        assert set(new) <= {Outcome.UNKNOWN, Outcome.REQUESTED}, (number, new)
        return new[0] if new else None

    def _ask_other(self, number: str, *, let_go: bool) -> CallOutcome:
        self._other.write({"number": number, "let_go": let_go})
        answer = self._other.read()
        assert answer is not None
        return CallOutcome(
            request_id="", outcome=Outcome(answer["outcome"]), problem=answer["problem"], detail=answer["detail"]
        )

    def _wait_until_rung(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while sum(self.journal.asked().values()) > sum(self.journal.rung().values()):
            assert time.monotonic() < deadline, "a call was asked for and never rang"
            time.sleep(0.05)

    # ------------------------------------------------------------ in the other processes

    def _dialer(self, *, held: bool) -> tuple[History, Dialer]:
        credentials = Credentials()
        credentials.keep_in_memory(self._account, DEMO_LOGIN.password)
        history = History(self._path, held=held)
        return history, Dialer(history=history, credentials=credentials)

    def _settings(self, wait_s: int = 0) -> Settings:
        usual = unlimited()
        # the time a run takes may not decide whether a call counts as a repetition
        calls = usual.calls._replace(repeat_guard_s=60)
        return replace(usual, account=replace(self._account, wait_s=wait_s), calls=calls)

    def _place(self, process: "_Forked", number: str, *, stop_at: int, held: bool, wait_s: int) -> None:
        """The victim: one call, and at a certain step the end."""
        _, dialer = self._dialer(held=held)
        settings, request = self._settings(wait_s), wish(number)
        steps = 0

        def step(*_: object) -> None:
            nonlocal steps
            steps += 1
            if steps == stop_at:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(step)
        try:
            outcome = dialer.place(request, settings)
        finally:
            sys.setprofile(None)
        process.write({"outcome": outcome.outcome, "steps": steps})

    def _live_on(self, process: "_Forked") -> None:
        """The survivor: calls whom it is told."""
        history, dialer = self._dialer(held=True)
        while (told := process.read()) is not None:
            outcome = dialer.place(wish(told["number"]), self._settings())
            process.write({"outcome": outcome.outcome, "problem": outcome.problem, "detail": outcome.detail})
            if told["let_go"]:  # the next one to open the file is then the only one: it mends what a kill left
                history.close()


class _Forked:
    """A copy of this process that does one thing; both sides write and read JSON lines.

    This process has no threads and no open database, so it may be copied.
    """

    def __init__(self, work: Callable[["_Forked"], None]) -> None:
        ours, theirs = _pair()
        self._pid = os.fork()
        if not self._pid:
            try:
                self._stream = theirs
                _close(ours)
                work(self)
            except BaseException as error:  # noqa: BLE001 - a process's border
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
                os._exit(1)
            os._exit(0)
        self._stream = ours
        _close(theirs)

    def write(self, line: dict[str, Any]) -> None:
        os.write(self._stream[1], json.dumps(line).encode() + b"\n")

    def read(self) -> dict[str, Any] | None:
        """The next line, or None when there will be none."""
        line = b""
        while not line.endswith(b"\n"):
            piece = os.read(self._stream[0], 1)
            if not piece:
                return None
            line += piece
        return json.loads(line)

    def ended_within(self, seconds: float) -> None:
        """Wait so long, or until it has ended."""
        deadline = time.monotonic() + seconds
        while (
            time.monotonic() < deadline
            and os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        ):
            pass  # a sleep would be longer than most steps

    def kill_unless(self, by_itself: bool) -> None:
        """Kill it, unless it does so itself."""
        if not by_itself:
            os.kill(self._pid, signal.SIGKILL)

    def end(self) -> None:
        """It has nothing more to read; wait for its end."""
        _close(self._stream)
        os.waitpid(self._pid, 0)


def _pair() -> tuple[tuple[int, int], tuple[int, int]]:
    (read_a, write_b), (read_b, write_a) = os.pipe(), os.pipe()
    return (read_a, write_a), (read_b, write_b)


def _close(ends: tuple[int, int]) -> None:
    for end in ends:
        os.close(end)


def balance(runs: Runs) -> Counter[str]:
    """Compare what the rows say with what rang; how the runs ended.

    Raises:
        AssertionError: Something rang twice, or a row lies.
    """
    asked, rung = runs.journal.asked(), runs.journal.rung()
    assert max(rung.values()) == 1, rung.most_common(3)
    assert asked == rung
    found: Counter[str] = Counter()
    for one in runs.killed:
        if one.row is None:
            assert rung[one.number] == 1, one  # the second process's call, and no other
            found["no row, nothing sent"] += 1
        elif one.row is Outcome.REQUESTED:
            assert rung[one.number] == 1, one
            found["row says requested, rang once" + (", said so" if one.said else "")] += 1
        else:
            found[f"row says unknown, rang {rung[one.number]} times"] += 1
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill a process in the middle of a call, again and again.")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rbk-") as folder:
        runs = Runs(Path(folder), options.seed)
        try:
            runs.run(options.runs)
        finally:
            runs.close()
        found = balance(runs)
        print(f"{len(runs.killed)} processes killed, seed {options.seed}, {time.monotonic() - began:.1f} s")
        for what, count in sorted(found.items()):
            print(f"{count:5}  {what}")
        print(
            f"{sum(runs.journal.rung().values()):5}  phones rung in all, {max(runs.journal.rung().values())} a wish"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
