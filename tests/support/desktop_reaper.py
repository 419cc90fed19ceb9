"""Ends everything a private desktop started, and removes its folder; the one way a desktop ends.

Runs as a process of its own beside each desktop (`python desktop_reaper.py MARKER FOLDER`), with a pipe from the
test process as its standard input. The pipe closes when the desktop is left, and also when the test process is
killed: so nothing stays behind either way. Standard library only.

A process belongs to a desktop when it carries the marker in its environment, or stands in the desktop's list of
pids (gnome-keyring hides its environment from everyone but root). Each is signalled through a pidfd, so that a
number that was given to another process meanwhile is never hit.
"""

import contextlib
import os
import select
import shutil
import signal
import sys
import time
from pathlib import Path

MARKER_NAME = "RINGBRIDGE_TEST_DESKTOP"
"""The environment variable that every process of a desktop carries."""

PIDS_FILE = "pids"
"""In the desktop's folder: a line `PID START-TIME STAGE` for each part it started."""

_GRACE_S = 3.0  # from TERM to KILL, for each stage


def start_time(pid: int) -> str:
    """Return when `pid` started, in clock ticks since boot as the kernel writes it; empty when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    fields = stat.rpartition(")")[2].split()  # state, parent, ..., the 20th is the start time
    return "" if fields[0] in "ZX" else fields[19]


def note_part(folder: Path, pid: int, stage: int) -> None:
    """Write a part into the desktop's list; the parts of stage 2 (bus, X server) are ended after all others."""
    with (folder / PIDS_FILE).open("a") as pids:
        pids.write(f"{pid} {start_time(pid)} {stage}\n")


def living(marker: str, folder: Path) -> dict[int, int]:
    """Return the desktop's living processes as pid -> stage."""
    found: dict[int, int] = {}
    wanted = f"{MARKER_NAME}={marker}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0") and start_time(int(entry.name)):
                found[int(entry.name)] = 1
    with contextlib.suppress(FileNotFoundError):
        for line in (folder / PIDS_FILE).read_text().splitlines():
            pid, started, stage = line.split(" ")  # one that had ended at once has no time
            if started and start_time(int(pid)) == started:
                found[int(pid)] = int(stage)
    return found


def _end(pids: list[int], *, patience_s: float) -> None:
    """Ask each process to end, wait until all have, and kill what is left after `patience_s`."""
    fds: dict[int, int] = {}
    for pid in pids:
        started = start_time(pid)
        with contextlib.suppress(ProcessLookupError):
            fd = os.pidfd_open(pid)
            if started and start_time(pid) == started:
                fds[fd] = pid
                signal.pidfd_send_signal(fd, signal.SIGTERM)
            else:
                os.close(fd)
    deadline = time.monotonic() + patience_s
    waiting = set(fds)
    while waiting and (left_s := deadline - time.monotonic()) > 0:
        waiting -= set(select.select(waiting, [], [], left_s)[0])
    for fd in waiting:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(fd, signal.SIGKILL)
    if waiting:
        select.select(waiting, [], [], 1.0)
    for fd in fds:
        os.close(fd)


def end_all(marker: str, folder: Path) -> None:
    """End the desktop's processes, programs first and the X server last, then remove its folder."""
    for stage in (1, 2):
        patience_s = _GRACE_S
        for _ in range(5):  # a program that is asked to end may start another first
            pids = [pid for pid, its in living(marker, folder).items() if its <= stage and pid != os.getpid()]
            if not pids:
                break
            _end(pids, patience_s=patience_s)
            patience_s = 0.5
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Wait until the test process lets go of the pipe, then end all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.stdin.buffer.read()
    end_all(sys.argv[1], Path(sys.argv[2]))


if __name__ == "__main__":
    main()
