"""The quick way to the socket's path says the same as the exact one."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from ringbridge.core.errors import SettingError
from ringbridge.services import instance_address as module
from ringbridge.services.instance_address import instance_address
from ringbridge.services.paths import find_paths


@pytest.fixture
def folder() -> Generator[Path]:
    """A folder with a short path, as runtime folders have."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        yield Path(name)


@pytest.mark.parametrize("profile", ["", "work", "a-b_9", None])
@pytest.mark.parametrize("ending", ["", "/", "/deep/er", "/" + "x" * 90])
def test_both_ways_agree(folder: Path, monkeypatch: pytest.MonkeyPatch, profile: str | None, ending: str) -> None:
    runtime = Path(f"{folder}/r{ending}")
    runtime.mkdir(mode=0o700, parents=True)
    monkeypatch.setenv("XDG_RUNTIME_DIR", f"{folder}/r{ending}")
    if len(ending) < len("/deep/er") + 1:
        assert module._usual(profile)
    assert instance_address(profile) == str(find_paths(profile).instance_socket)


@pytest.mark.parametrize(
    "runtime", ["", "relative", "/nowhere/at/all", "/proc/version", "/tmp/../tmp", "//tmp", "/tmp/."]
)
def test_both_ways_agree_where_there_is_no_good_runtime_folder(monkeypatch: pytest.MonkeyPatch, runtime: str) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    assert instance_address("") == str(find_paths("").instance_socket)


def test_both_ways_agree_on_the_environments_profile(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.setenv("RINGBRIDGE_PROFILE", "work")
    assert instance_address(None) == str(find_paths(None).instance_socket)
    assert "profiles/work" in instance_address(None)


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="needs root, to have another user's folder")
def test_both_ways_agree_on_a_folder_of_another_user(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    os.chown(folder, 65534, 65534)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    assert instance_address("") == str(find_paths("").instance_socket)
    assert str(folder) not in instance_address("")


@pytest.mark.parametrize("profile", ["A", "a/b", "..", "x" * 33, "\0", "é"])
def test_a_bad_profile_is_refused(profile: str) -> None:
    with pytest.raises(SettingError):
        instance_address(profile)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no runtime folder")
def test_the_usual_session_loads_nothing_heavy(folder: Path) -> None:
    code = (
        "import sys\n"
        "from ringbridge.services.instance_address import instance_address\n"
        "instance_address('')\n"
        "print(sorted({'pathlib', 'platformdirs', 'dataclasses', 'tempfile'} & set(sys.modules)))"
    )
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "[]\n", done.stderr


def test_the_copied_rules_are_those_of_paths() -> None:
    from ringbridge.services import paths

    assert module._MAX_SOCKET_BYTES == paths.MAX_SOCKET_BYTES
    assert module._MAX_PROFILE == paths.MAX_PROFILE
    assert module._PROFILE_CHARACTERS == paths._PROFILE_CHARACTERS
