"""`packaging/linux/set_up.py`: what `make` does first. System tools are stand-ins here; CI runs the real ones."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
SET_UP = ROOT / "packaging/linux/set_up.py"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sets up Debian and Ubuntu")


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("set_up", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing is installed: its programs write their arguments into `calls`."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (tmp_path / "calls").touch()
    program(tmp_path, "dpkg-query", f'cat "{tmp_path}/installed" 2>/dev/null')
    program(tmp_path, "apt-get", "exit 0")
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return tmp_path


def program(machine: Path, name: str, script: str) -> None:
    file = machine / "bin" / name
    file.write_text(f'#!/bin/sh\necho "{name} $*" >>"{machine}/calls"\n{script}\n')
    file.chmod(0o755)


def install(machine: Path, user: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run the package step as user `user` and return the calls of apt-get."""
    module = load(SET_UP)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    module.install_packages(("tools",))
    return [line for line in (machine / "calls").read_text().splitlines() if line.startswith("apt-get")]


def test_every_package_stands_in_a_section_that_is_used_and_only_once():
    module = load(SET_UP)
    used = {section for sections in module.SECTIONS.values() for section in sections}
    lines = module.PACKAGE_LIST.read_text().splitlines()
    entries = [line.partition("#") for line in lines if line.strip() and not line.startswith("#")]
    assert {section.strip() for _names, _, section in entries} == used
    names = [names.split("|")[0].strip() for names, _, _section in entries]
    assert len(names) == len(set(names)) == len(module.listed(tuple(used)))


def test_the_packages_of_a_section_are_printed_one_a_line():
    done = subprocess.run([sys.executable, SET_UP, "packages", "program"], capture_output=True, text=True, check=True)
    packages = done.stdout.split()
    assert {"libxcb-cursor0", "libegl1", "libglib2.0-0"} <= set(packages)
    assert not {"|", "#", "xvfb", "python3-venv"} & set(packages)


def test_root_updates_the_lists_and_installs_what_is_missing(machine: Path, monkeypatch: pytest.MonkeyPatch):
    program(
        machine, "apt-get", f'case "$*" in *install*) echo "installed python3-venv" >"{machine}/installed";; esac'
    )
    update, install_call = install(machine, 0, monkeypatch)
    assert update.endswith(" update")
    assert install_call.endswith(" install -y --no-install-recommends python3-venv")


def test_nothing_is_asked_of_apt_when_all_is_there(machine: Path, monkeypatch: pytest.MonkeyPatch):
    (machine / "installed").write_text("installed python3-venv\n")
    assert install(machine, 0, monkeypatch) == []


def test_a_removed_package_counts_as_missing(machine: Path, monkeypatch: pytest.MonkeyPatch):
    (machine / "installed").write_text("config-files python3-venv\n")
    assert load(SET_UP).missing_packages(("tools",)) == ["python3-venv"]


def test_either_of_two_names_will_do(machine: Path):
    wanted = load(SET_UP).missing_packages(("program",))
    assert "libglib2.0-0" in wanted
    (machine / "installed").write_text("installed libglib2.0-0t64\n")
    assert set(wanted) - set(load(SET_UP).missing_packages(("program",))) == {"libglib2.0-0"}


def test_sudo_is_used_when_it_asks_for_nothing(machine: Path, monkeypatch: pytest.MonkeyPatch):
    program(machine, "sudo", 'shift; exec "$@"')
    program(machine, "apt-get", f'echo "installed python3-venv" >"{machine}/installed"')
    assert len(install(machine, 1000, monkeypatch)) == 2
    assert "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get" in (machine / "calls").read_text()


@pytest.mark.parametrize(
    ("has_sudo", "command"),
    [
        (True, "sudo apt-get update && sudo apt-get install -y --no-install-recommends python3-venv"),
        (False, "su -c 'apt-get update && apt-get install -y --no-install-recommends python3-venv'"),
    ],
)
def test_who_may_not_install_gets_one_command(
    machine: Path, monkeypatch: pytest.MonkeyPatch, has_sudo: bool, command: str
):
    if has_sudo:
        program(machine, "sudo", "exit 1")  # it wants a password
    monkeypatch.setenv("PATH", str(machine / "bin"))
    (machine / "bin/sh").symlink_to("/bin/sh")
    (machine / "bin/cat").symlink_to("/bin/cat")
    with pytest.raises(SystemExit) as stopped:
        install(machine, 1000, monkeypatch)
    assert "System packages are missing (1). Run this command, then try again" in str(stopped.value)
    assert command in str(stopped.value).splitlines()[3]
    assert "apt-get" not in (machine / "calls").read_text()


def test_apts_own_words_are_shown_when_it_fails(machine: Path, monkeypatch: pytest.MonkeyPatch):
    program(machine, "apt-get", 'echo "E: the mirror is away" >&2; exit 100')
    with pytest.raises(SystemExit, match="E: the mirror is away") as stopped:
        install(machine, 0, monkeypatch)
    assert "apt-get could not install: python3-venv" in str(stopped.value)


SWAY_IS_UNKNOWN = """
case "$*" in
    *update*) ;;
    *sway*) echo "E: Unable to locate package sway"; exit 100 ;;
    *) echo "installed ${*##* }" >>"{machine}/installed" ;;
esac
"""


def test_what_only_some_tests_need_may_be_unknown_to_the_distribution(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    program(machine, "apt-get", SWAY_IS_UNKNOWN.replace("{machine}", str(machine)))
    module = load(SET_UP)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    module.install_packages(("tools", "others"))
    installed = (machine / "installed").read_text()
    assert {"installed python3-venv", "installed waybar"} <= set(installed.splitlines())
    assert capsys.readouterr().err.endswith("tests that need them are skipped: sway\n")


def test_who_may_not_install_can_go_on_without_what_only_some_tests_need(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (machine / "installed").write_text("installed python3-venv\n")
    monkeypatch.setenv("PATH", str(machine / "bin"))
    (machine / "bin/sh").symlink_to("/bin/sh")
    (machine / "bin/cat").symlink_to("/bin/cat")
    module = load(SET_UP)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    module.install_packages(("tools", "others"))
    assert "Some tests will be skipped" in capsys.readouterr().err
    assert "apt-get" not in (machine / "calls").read_text()


def test_an_old_python_is_told_what_is_needed(monkeypatch: pytest.MonkeyPatch):
    module = load(SET_UP)
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and .* is 3\.9\.2"):
        module.main(["run"])


def test_the_file_itself_is_read_by_an_old_python():
    compile(SET_UP.read_text(), str(SET_UP), "exec", dont_inherit=True, _feature_version=7)


@pytest.mark.parametrize("arguments", [[], ["walk"], ["run", "dev"], ["packages"]])
def test_a_wrong_call_shows_how(arguments: list[str]):
    done = subprocess.run([sys.executable, SET_UP, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "set_up.py dev" in done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a path with a space, whose `.venv` was set up for `run`."""
    root = tmp_path / "my checkout"
    (root / "packaging/linux").mkdir(parents=True)
    (root / "packaging/linux/set_up.py").write_text(SET_UP.read_text())
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (root / name).write_text(name)
    (root / ".venv/bin").mkdir(parents=True)
    (root / ".venv/bin/python").symlink_to(sys.executable)
    (root / ".venv/pyvenv.cfg").write_text("version = 3.11.2\n")
    module = load(root / "packaging/linux/set_up.py")
    (root / ".venv/.set-up-requirements.lock").write_text(module.fingerprint("requirements.lock"))
    return root


@pytest.mark.parametrize(
    ("change", "done"),
    [("", True), ("requirements.lock", False), ("pyproject.toml", False), (".venv/pyvenv.cfg", False), ("x", True)],
)
def test_a_second_call_does_nothing_until_something_changed(checkout: Path, change: str, done: bool):
    if change:
        with (checkout / change).open("a") as file:
            file.write("\nnew")
    module = load(checkout / "packaging/linux/set_up.py")
    assert module.is_done("run") is done
    assert module.is_done("dev") is False


def test_what_the_tests_need_is_enough_for_the_program(checkout: Path):
    module = load(checkout / "packaging/linux/set_up.py")
    (checkout / ".venv/.set-up-requirements.lock").unlink()
    (checkout / ".venv/.set-up-requirements-dev.lock").write_text(module.fingerprint("requirements-dev.lock"))
    assert module.is_done("run") is module.is_done("tour") is module.is_done("dev") is True


def test_a_checkout_that_was_moved_is_set_up_again(checkout: Path):
    moved = checkout.rename(checkout.with_name("elsewhere"))
    module = load(moved / "packaging/linux/set_up.py")
    assert module.is_done("run") is False
    assert module.venv_works() is False


def test_a_python_that_is_gone_is_noticed(checkout: Path):
    (checkout / ".venv/bin/python").unlink()
    (checkout / ".venv/bin/python").symlink_to("/nowhere/python3")
    module = load(checkout / "packaging/linux/set_up.py")
    assert module.is_done("run") is False
