import os
import subprocess
import sys

import pytest

from ringbridge.services.history import owner


@pytest.fixture(params=["/proc", "psutil"])
def way(request, monkeypatch, tmp_path):
    if request.param == "psutil":
        monkeypatch.setattr(owner, "_PROC", tmp_path)  # as on Windows and macOS
    elif not owner._PROC.joinpath("self/stat").exists():
        pytest.skip("no /proc")
    return request.param


def test_a_living_process_keeps_its_mark(way):
    assert owner.started(os.getpid())
    assert owner.started(os.getpid()) == owner.started(os.getpid())
    assert owner.started(1) != owner.started(os.getpid()), "not the parent: it may have started in the same tick"


def test_a_process_that_is_gone_has_none(way):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert owner.started(process.pid)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert owner.started(process.pid) is None, "killed, not yet reaped"
    assert owner.started(process.pid) is None


def test_a_strange_process_name_changes_nothing(tmp_path):
    name = tmp_path / "a) Z 1 2 (b"
    name.symlink_to("/bin/sleep")
    with subprocess.Popen([name, "60"]) as process:
        mark = owner.started(process.pid)
        process.kill()
    assert mark
    assert int(mark.removeprefix("ticks ")) > 1000


def test_the_own_clock_never_goes_back_and_names_this_start(way):
    first, second = owner.read_uptime(), owner.read_uptime()
    assert first.boot == second.boot
    assert (first.boot == "") == (way == "psutil")
    assert 0 < first.us <= second.us
