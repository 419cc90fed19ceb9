"""A long working day in some minutes: the real tray program, thousands of copies, hundreds of calls.

    nice .venv/bin/python tests/faults/soak.py --events 100000 --calls 2000
    nice .venv/bin/python tests/faults/soak.py --events 5000 --calls 100 --x11

The program is `ringbridge.ui.application.Program` with everything it brings up, against a training PBX in a process
of its own. Without a screen (Qt's offscreen platform) texts are copied with QClipboard in the same process, so that
100,000 take minutes; with `--x11` another X11 program owns each text, and a panel shows the icon and the menu. A call
is made as people do by keyboard: the menu's entry of the offered number. Waiting is left out, work is not.

What is looked at: memory, threads and descriptors at every hundredth, the history, and the PBX's journal. Memory is
flat when the last quarter has at most 3 % more of its own (private-dirty) than the second: the first fills caches.
The share of common pages (PSS) is told too, but it changes with what other programs run.
"""

import argparse
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

FLAT = 1.03
SAMPLES = 100
BARRIER_EVERY = 20
LOST_AFTER_MS = 5000
SETTINGS = {
    "guards.calls_per_minute": "0",
    "guards.calls_per_day": "0",
    "guards.night": "allow",
    "confirm.countdown_s": "0",
    "clipboard.pause_after": "0",
}
"""So that a call is a call at any hour, nothing waits, and copies that nobody calls are offered all the same."""

TEXTS = (
    "Call me at (212) {exchange}-7705 before noon.",
    "Please find the minutes attached; the next meeting is on Thursday.",
    "Order 12 of 2024, invoice 2024-{number:04}, due 12.11.2026",
    "{number:04}",
    "Sales +44 20 7946 0958, support 212-555-{number:04}, fax +1 (646) 555-0199",
    "def f(x):\n    return x * 1000000 + 42\n" * 40,
    "https://example.com/a?id=2125550142&t={number:04}",
    "tel:+1-212-555-{number:04}",
)
"""What people copy, in turn; the first one is called: there somebody answers, and hangs up after a while."""


# ------------------------------------------------------------ inside: the program


def inside(options: argparse.Namespace) -> int:
    """Run the program and drive it; prints one JSON object."""
    import logging

    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QAction, QGuiApplication
    from PySide6.QtWidgets import QApplication

    from ringbridge.core.calls import CallOutcome
    from ringbridge.core.settings import AccountSettings
    from ringbridge.desktop.ports import Copied
    from ringbridge.main import _collect_garbage_from_now_on
    from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN
    from ringbridge.ui.application import Program
    from ringbridge.ui.tray import Tray

    class Driven(Program):
        """The program, and a driver that copies, calls and looks."""

        def drive(self) -> None:
            self.heard = self.lost = self.copies = 0
            self.outcomes: dict[str, int] = {}
            self.samples: list[dict[str, float]] = []
            self.calling = False
            self.watchdog = QTimer(self)
            self.watchdog.setSingleShot(True)
            self.watchdog.setInterval(LOST_AFTER_MS)
            self.watchdog.timeout.connect(self.nothing_heard)
            self.take = self._copies._copied
            self._copies._copied = self.took
            self._copies.apply()  # so that copies come here
            self.next()

        def next(self) -> None:
            if self.copies * SAMPLES >= len(self.samples) * options.events:
                self.samples.append(sample())
            if self.copies == options.events:
                self.finish()
                return
            calls_now = self.copies * options.calls // options.events
            self.calls_next = (self.copies + 1) * options.calls // options.events > calls_now
            self.copies += 1
            kind = 0 if self.calls_next else self.copies % len(TEXTS)
            number = 100 + self.copies % 6800  # numbers that end in 7400 and more go their own way
            self.watchdog.start()
            exchange = 200 + self.copies % 797
            exchange += exchange % 100 == 11  # 211, 311 and so on are no exchanges
            copy(TEXTS[kind].format(number=number, exchange=exchange))

        def took(self, copied: Copied) -> None:
            self.take(copied)
            if self.watchdog.isActive():
                self.heard += 1
                self.watchdog.stop()
                QTimer.singleShot(0, self.settle)

        def nothing_heard(self) -> None:
            self.lost += 1
            self.settle()

        def settle(self) -> None:
            if self.calls_next or self.copies % BARRIER_EVERY == 0:
                self._work_lane.submit(lambda: None, lambda _: self.settled(), self.settled)
            else:
                self.next()

        def settled(self, _error: object = None) -> None:
            if not self.calls_next:
                self.next()
                return
            entry = self._tray.menu.findChild(QAction, "offer")
            if entry is None and self.copies < BARRIER_EVERY:
                self.settle()  # what the first wish brings up is still being loaded
                return
            parts = self._parts.made
            if entry is None or parts is None:
                self._application.exit(3)  # no number is offered; an assertion in a slot would not end the program
                return
            if not self.calling:
                self.calling = True
                parts.caller.finished.connect(self.called)
            entry.trigger()

        def called(self, _request: object, outcome: CallOutcome) -> None:
            word = str(outcome.outcome) + (f" ({outcome.problem})" if outcome.problem else "")
            self.outcomes[word] = self.outcomes.get(word, 0) + 1
            QTimer.singleShot(0, self.next)

        def finish(self) -> None:
            print(
                json.dumps(
                    {
                        "samples": self.samples,
                        "heard": self.heard,
                        "lost": self.lost,
                        "outcomes": self.outcomes,
                        "objects": len(gc.get_objects()),
                    }
                ),
                flush=True,
            )
            self._application.quit()

    logging.raiseExceptions = False
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    gc.disable()
    tray = Tray()
    tray.show()
    copier: subprocess.Popen[bytes] | None = None
    if options.x11:
        copier = subprocess.Popen([sys.executable, __file__, "--copier"], stdin=subprocess.PIPE)

    def copy(text: str) -> None:
        if copier is None:
            QGuiApplication.clipboard().setText(text)
        else:
            assert copier.stdin is not None
            copier.stdin.write(json.dumps(text).encode() + b"\n")
            copier.stdin.flush()

    program = Driven(
        application=application,
        tray=tray,
        profile="",
        address=str(Path(os.environ["HOME"]) / "soak.sock"),
        account=AccountSettings(url=options.url, username=DEMO_LOGIN.username, line=DEMO_LINE, wait_s=0),
        password=DEMO_LOGIN.password,
    )
    program.is_up.connect(_collect_garbage_from_now_on)
    program.is_up.connect(program.drive)
    program.start()
    code = application.exec()
    if copier is not None:
        copier.communicate(timeout=20)
    return code


def sample() -> dict[str, float]:
    """This process as the kernel sees it."""
    from bench.processes import memory

    found = memory(os.getpid())
    return {
        "at": time.monotonic(),
        "pss": found.pss,
        "private_dirty": found.private_dirty,
        "threads": len(list(Path("/proc/self/task").iterdir())),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
    }


# ------------------------------------------------------------ another X11 program, which owns what is copied


def copier() -> int:
    """Own the clipboard anew for each line of standard input."""
    import select

    from Xlib import X

    from support.x11_owner import Owner

    class Copier(Owner):
        def run(self) -> None:
            stream = sys.stdin.buffer
            while True:
                while self.display.pending_events():
                    event = self.display.next_event()
                    if event.type == X.SelectionRequest:
                        self.answer(event)
                readable, _, _ = select.select([self.display.fileno(), stream.fileno()], [], [])
                if stream.fileno() in readable:
                    line = stream.readline()
                    if not line:
                        return
                    self.text = json.loads(line)
                    self.own()

    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - its reports are for other tests
    Copier("CLIPBOARD", "text", "").run()
    return 0


# ------------------------------------------------------------ outside: the PBX, the screen, the report


@contextmanager
def surroundings(options: argparse.Namespace, folder: Path) -> Generator[dict[str, str]]:
    """The environment for the program: a HOME of its own, and a screen where one is asked for."""
    home = folder / "home"
    names = {
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_STATE_HOME": "state",
        "XDG_RUNTIME_DIR": "run",
    }
    folders = {"HOME": str(home), **{name: str(home / sub) for name, sub in names.items()}}
    for path in folders.values():
        Path(path).mkdir(parents=True, exist_ok=True, mode=0o700)
    if options.x11:
        from support.desktop import Desktop

        with Desktop(tray="sni") as desktop:
            yield desktop.env | {**folders, "XDG_RUNTIME_DIR": desktop.env["XDG_RUNTIME_DIR"]}
        return
    clean = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    quiet = "default.warning=false;qt.core.qobject.connect=false"  # of each window: what this platform can't do
    yield (
        clean
        | folders
        | {
            "QT_QPA_PLATFORM": "offscreen",
            "QT_LOGGING_RULES": quiet,
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
        }
    )


def soak(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run it all; the program's figures, with what the PBX and the history say.

    Raises:
        AssertionError: The program ended badly, or the books do not balance.
    """
    from support.office import Journal, rows_of

    journal = folder / "journal.jsonl"
    command = [sys.executable, "-m", "ringbridge", "training-pbx", "--journal", str(journal)]
    pbx = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert pbx.stdout is not None
    url = pbx.stdout.readline().rpartition(" ")[2].strip()
    try:
        with surroundings(options, folder) as env:
            for key, value in SETTINGS.items():
                command = [sys.executable, "-m", "ringbridge", "config", "set", key, value]
                subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)
            amount = ["--events", str(options.events), "--calls", str(options.calls)]
            began = time.monotonic()
            done = subprocess.run(
                [sys.executable, __file__, "--inside", "--url", url, *amount, *(["--x11"] if options.x11 else [])],
                env=env,
                stdout=subprocess.PIPE,
                check=False,
            )
            assert done.returncode == 0, done.returncode
            found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
            found["took_s"] = time.monotonic() - began
        deadline = time.monotonic() + 20
        while sum(Journal(journal).rung().values()) < options.calls and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        pbx.send_signal(signal.SIGTERM)
        pbx.communicate(timeout=20)
    found["asked"] = sum(Journal(journal).asked().values())
    found["rung"] = sum(Journal(journal).rung().values())
    found["rows"] = len(rows_of(folder / "home/data/ringbridge/history.db"))
    log = folder / "home/state/ringbridge"
    found["warnings"] = [
        line
        for path in log.rglob("*.log")
        for line in path.read_text().splitlines()
        if " WARNING " in line or " ERROR " in line
    ]
    return found


def quarter(samples: list[dict[str, float]], which: int, key: str) -> float:
    """The mean of a quarter, 1 to 4."""
    size = len(samples) // 4
    part = samples[(which - 1) * size : which * size] if which < 4 else samples[-size:]
    return sum(item[key] for item in part) / len(part)


def main() -> int:
    parser = argparse.ArgumentParser(description="A long working day of the tray program in some minutes.")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--x11", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--copier", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.copier:
        return copier()
    if options.inside:
        return inside(options)
    with tempfile.TemporaryDirectory(prefix="rbs-", dir="/tmp") as folder:
        found = soak(options, Path(folder))
    if options.json:
        print(json.dumps(found))
        return 0
    samples = found["samples"]
    print(f"{found['heard']} copies heard, {found['lost']} lost, {found['took_s']:.0f} s")
    print(f"calls: {found['outcomes']}; PBX asked {found['asked']}, phone rang {found['rung']}, {found['rows']} rows")
    flat = True
    for key in ("pss", "private_dirty", "threads", "descriptors"):
        means = [quarter(samples, which, key) for which in range(1, 5)]
        print(f"{key:14}" + "".join(f"{mean:9.2f}" for mean in means) + f"   4th/2nd {means[3] / means[1]:.4f}")
        flat = flat and (key == "pss" or means[3] <= means[1] * FLAT)
    for line in found["warnings"]:
        print(line)
    print("flat" if flat else "NOT FLAT")
    return 0 if flat and found["asked"] == found["rung"] == options.calls and not found["warnings"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
