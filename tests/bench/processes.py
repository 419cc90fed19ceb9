"""What the kernel knows about a process: time, memory, wake-ups. Linux."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

_MIB = 1024  # KiB


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Of one process, in MiB (proc_pid_smaps(5)).

    Attributes:
        rss: In memory, shared pages counted in full.
        pss: In memory, each shared page divided by the number of processes that have it.
        private_dirty: Its own, and nowhere on disk.
    """

    rss: float
    pss: float
    private_dirty: float


def memory(pid: int) -> Memory:
    """Read a process's memory."""
    values: dict[str, float] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        words = line.split()
        if words[-1] == "kB":
            values[words[0].rstrip(":")] = int(words[1]) / _MIB
    return Memory(rss=values["Rss"], pss=values["Pss"], private_dirty=values["Private_Dirty"])


def cpu_ms(pid: int) -> float:
    """Time on a processor of all threads, those that have ended included, in ms.

    The kernel's clock of the process (CPUCLOCK_SCHED), finer than the ticks of 10 ms in proc_pid_stat(5).
    """
    return time.clock_gettime_ns(((~pid) << 3) | 2) / 1e6


def waited_for_processor_ms(pid: int) -> float:
    """How long the main thread could have run and had no processor, because of other programs, in ms."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e6


def voluntary_switches(pid: int) -> dict[str, int]:
    """How often each thread went to sleep by itself, which is how often it was woken; by ``TID NAME``."""
    switches: dict[str, int] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            status = (task / "status").read_text().splitlines()
        except OSError:
            continue  # it has ended
        fields = {name: value.strip() for name, _, value in (line.partition(":") for line in status)}
        switches[f"{task.name} {fields['Name']}"] = int(fields["voluntary_ctxt_switches"])
    return switches


def maps(pid: int, library: str) -> bool:
    """Whether a process has loaded a library whose path holds `library`."""
    try:
        return library in Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False


def others_with(library: str, but: int | None = None) -> int:
    """How many other processes have loaded `library` and so share its pages."""
    known = {os.getpid(), but}
    pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return sum(maps(pid, library) for pid in pids if pid not in known)


def wait_quiet(limit_s: float, *, idle_processors: float = 0.9, over_s: float = 0.15) -> bool:
    """Wait until about one processor is idle, at most `limit_s`; False when it never was.

    This is the one place that looks again and again: no event tells that other programs have become quiet.
    """

    def idle_s() -> float:
        with Path("/proc/stat").open() as stat:
            return int(stat.readline().split()[4]) / os.sysconf("SC_CLK_TCK")

    end = time.monotonic() + limit_s
    while True:
        before = idle_s()
        time.sleep(over_s)
        if (idle_s() - before) / over_s >= idle_processors:
            return True
        if time.monotonic() > end:
            return False
