import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ringbridge.core.errors import SettingError, StorageUnavailable
from ringbridge.services import private_files
from ringbridge.services.paths import find_paths


@pytest.fixture
def runtime(monkeypatch, tmp_path):
    """XDG folders as a desktop session has them, the runtime one with a short name."""
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.delenv("RINGBRIDGE_PROFILE", raising=False)
    return folder


def test_the_default_profile_follows_the_xdg_folders(runtime, tmp_path):
    paths = find_paths()
    assert paths.profile == ""
    assert paths.settings_file == tmp_path / "config/ringbridge/settings.toml"
    assert paths.history_file == tmp_path / "data/ringbridge/history.db"
    assert paths.log_file == tmp_path / "state/ringbridge/ringbridge.log"


def test_a_relative_xdg_folder_is_ignored_as_the_specification_asks(runtime, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", "config")
    assert find_paths().config_dir == tmp_path / "home/.config/ringbridge"


def test_a_short_runtime_folder_of_the_session_is_used(monkeypatch, short_folder):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short_folder))
    assert find_paths("").instance_socket == short_folder / "ringbridge/instance.socket"
    assert find_paths("").instance_lock == short_folder / "ringbridge/instance.lock"
    assert find_paths("work").instance_socket == short_folder / "ringbridge/profiles/work/instance.socket"


@pytest.fixture
def short_folder():
    folder = Path(f"/tmp/rbt{os.getpid()}")
    folder.mkdir(mode=0o700)
    yield folder
    for root, folders, files in os.walk(folder, topdown=False):
        for name in files:
            Path(root, name).unlink()
        for name in folders:
            entry = Path(root, name)
            entry.unlink() if entry.is_symlink() else entry.rmdir()
    folder.rmdir()


def test_two_profiles_share_no_file(runtime):
    first, second = find_paths("work"), find_paths("home")
    for name in ("config_dir", "data_dir", "state_dir", "runtime_dir", "settings_file", "instance_socket"):
        assert getattr(first, name) != getattr(second, name)
    assert first.config_dir.parts[-2:] == ("profiles", "work")


def test_the_environment_names_the_profile_unless_the_caller_does(runtime, monkeypatch):
    monkeypatch.setenv("RINGBRIDGE_PROFILE", "work")
    assert find_paths().profile == "work"
    assert find_paths("").profile == ""
    assert find_paths("x").profile == "x"


@pytest.mark.parametrize("name", ["..", "a/b", "Work", "a b", "ä", "a" * 33, ".", "a\n", "a\0b"])
def test_a_bad_profile_name_is_refused(runtime, name):
    with pytest.raises(SettingError) as caught:
        find_paths(name)
    assert (caught.value.key, caught.value.problem) == ("profile", "profile_name")


def test_looking_up_makes_nothing(runtime, tmp_path):
    find_paths("work")
    assert {entry.name for entry in tmp_path.iterdir()} == {"run"}
    assert list(runtime.iterdir()) == []


@pytest.mark.parametrize("profile", ["", "p" * 32])
@pytest.mark.parametrize("length", [30, 60, 80, 100, 150])
def test_the_socket_path_always_fits(runtime, monkeypatch, tmp_path, length, profile):
    long = tmp_path / ("l" * length)
    long.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert len(os.fsencode(find_paths(profile).instance_socket)) < 100


def test_sessions_whose_runtime_folders_are_too_long_do_not_meet(runtime, monkeypatch, tmp_path):
    sockets: set[Path] = set()
    for name in ("one", "two"):
        folder = tmp_path / (name * 40)
        folder.mkdir(mode=0o700)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        sockets |= {find_paths("").instance_socket, find_paths("work").instance_socket}
    assert len(sockets) == 4


@pytest.mark.parametrize("broken", ["", "relative", "missing", "a file"])
def test_without_a_runtime_folder_the_users_own_in_the_temporary_one_is_used(
    runtime, monkeypatch, tmp_path, short_folder, broken
):
    (tmp_path / "a file").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / broken) if broken in {"missing", "a file"} else broken)
    monkeypatch.setattr("tempfile.tempdir", str(short_folder))
    expected = [Path(f"/run/user/{os.getuid()}/ringbridge"), short_folder / f"ringbridge-{os.getuid()}"]
    assert find_paths("").runtime_dir in expected


@pytest.mark.parametrize("session", ["with a runtime folder", "without"])
def test_a_full_disk_hides_no_path(runtime, monkeypatch, session):
    if session == "without":
        monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    code = """
        import resource, tempfile
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # no file takes a byte, as on a full disk
        try:
            tempfile.gettempdir()
        except FileNotFoundError:
            from ringbridge.services.paths import find_paths
            print(find_paths("").runtime_dir)
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    expected = runtime / "ringbridge" if session != "without" else Path(f"/tmp/ringbridge-{os.getuid()}")
    assert Path(ran.stdout.strip()) in {expected, Path(f"/run/user/{os.getuid()}/ringbridge")}


def test_a_runtime_folder_of_someone_else_is_not_used(runtime, monkeypatch, short_folder):
    if os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short_folder))
    os.chown(short_folder, 65534, 65534)
    assert short_folder not in find_paths("").runtime_dir.parents


def test_the_runtime_folder_is_made_for_the_user_alone(monkeypatch, short_folder):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short_folder))
    folder = find_paths("work").runtime_dir
    private_files.make_runtime_folder(folder)
    assert [level.stat().st_mode & 0o777 for level in (folder, folder.parent, folder.parent.parent)] == [0o700] * 3


def test_rights_of_others_on_the_runtime_folder_are_taken_away(short_folder):
    folder = short_folder / "ringbridge-0"
    folder.mkdir()
    folder.chmod(0o777)
    private_files.make_runtime_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("level", ["ringbridge-0", "ringbridge-0/profiles", "ringbridge-0/profiles/work"])
def test_a_runtime_folder_that_someone_else_made_first_is_refused(short_folder, level):
    if os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    folder = short_folder / "ringbridge-0/profiles/work"
    folder.mkdir(parents=True, mode=0o700)
    os.chown(short_folder / level, 65534, 65534)
    with pytest.raises(StorageUnavailable):
        private_files.make_runtime_folder(folder)


def test_a_link_in_place_of_the_runtime_folder_is_refused(short_folder):
    (short_folder / "elsewhere").mkdir()
    (short_folder / "ringbridge-0").symlink_to(short_folder / "elsewhere")
    with pytest.raises(StorageUnavailable):
        private_files.make_runtime_folder(short_folder / "ringbridge-0")


def test_a_file_in_place_of_a_folder_is_reported(tmp_path):
    (tmp_path / "config").touch()
    with pytest.raises(StorageUnavailable):
        private_files.make_folder(tmp_path / "config/ringbridge")


def test_importing_the_module_imports_nothing_heavy():
    heavy = ["platformdirs", "tempfile", "logging", "sqlite3", "tomllib"]
    code = f"""
import argparse, pathlib, dataclasses, sys
before = set(sys.modules)
import ringbridge.services.paths
print(*[name for name in {heavy} if name in sys.modules and name not in before])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
