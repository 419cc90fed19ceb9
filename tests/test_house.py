"""Rules of the house that no tool checks: what may stand in the repository, and what a built package holds."""

import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import ringbridge

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).relative_to(ROOT).as_posix()
SAMPLES = "tests/core/detection/corpus/"  # texts as people write them, `555-01XX` included

# What a lock file or a script would otherwise carry from the machine where it was made.
FORBIDDEN = {
    "the address of a package registry": (
        r"pythonhosted|pypi\.org/simple|pkg\.dev|(?<!--no-emit-)(?:index-url|find-links)\b"
    ),
    "a path of somebody's machine": r"/root/|/home/[a-z]|/Users/[A-Za-z]|file:///(?:home|opt|root)",
    "an unfinished place": r"\b(?:TODO|FIXME|XXX)\b",
}


def project_files() -> list[Path]:
    """Return what git knows, and what it would take in."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def found_in(text: str, pattern: str) -> list[str]:
    return [f"line {text[: match.start()].count(chr(10)) + 1}: {match[0]}" for match in re.finditer(pattern, text)]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str):
    found: list[str] = []
    for path in project_files():
        name = path.relative_to(ROOT).as_posix()
        text = path.read_bytes().decode(errors="replace")
        if what == "an unfinished place" and name.startswith(SAMPLES):
            continue
        if name != HERE and "\0" not in text:
            found += [f"{name}, {place}" for place in found_in(text, FORBIDDEN[what])]
    assert not found


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("the address of a package registry", "# uv pip compile --index-url https://host/simple"),
        ("the address of a package registry", "https://files.pythonhosted.org/packages/x.whl"),
        ("a path of somebody's machine", 'open("/home/ann/x")'),
        ("a path of somebody's machine", "/Users/ann/x"),
        ("an unfinished place", "# TODO: later"),
    ],
)
def test_the_rules_find_what_they_forbid(what: str, line: str):
    assert found_in(line, FORBIDDEN[what])


def test_the_rules_let_the_lock_files_header_pass():
    assert not found_in("--no-emit-index-url --no-emit-find-links", FORBIDDEN["the address of a package registry"])


def test_names_do_not_differ_in_case_alone():
    names = [path.relative_to(ROOT).as_posix() for path in project_files()]
    assert len({name.lower() for name in names}) == len(set(names))


def test_the_version_stands_in_one_place():
    version = ringbridge.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+|rc\d+)?", version)
    project = (ROOT / "pyproject.toml").read_text()
    assert 'dynamic = ["version"]' in project
    code = [path for path in (ROOT / "app").rglob("*.py") if f'"{version}"' in path.read_text()]
    assert code == [ROOT / "app/ringbridge/__init__.py"]


def build(kind: str, source: Path, target: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(target)],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(build("wheel", ROOT, tmp_path_factory.mktemp("wheel")))


def test_the_wheel_holds_the_program_its_resources_and_nothing_else(wheel: zipfile.ZipFile):
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    code = {
        path.relative_to(ROOT / "app").as_posix() for path in (ROOT / "app/ringbridge").rglob("*") if path.is_file()
    }
    code = {name for name in code if "__pycache__" not in name}
    resources = {f"ringbridge/{path.relative_to(ROOT)}" for path in (ROOT / "resources").rglob("*") if path.is_file()}
    assert "ringbridge/py.typed" in names
    assert "ringbridge/resources/icons/ringbridge.svg" in names
    assert names == code | resources


def test_the_wheel_says_its_version_licence_and_commands(wheel: zipfile.ZipFile):
    info = f"ringbridge-{ringbridge.__version__}.dist-info"
    metadata = Parser().parsestr(wheel.read(f"{info}/METADATA").decode())
    assert metadata["Version"] == ringbridge.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert f"{info}/licenses/LICENSE" in wheel.namelist()
    assert wheel.read(f"{info}/entry_points.txt").decode().split() == [
        "[console_scripts]", "ringbridge", "=", "ringbridge.cli:main",
        "[gui_scripts]", "ringbridge-tray", "=", "ringbridge.cli:gui_main",
    ]  # fmt: skip


def test_a_wheel_made_from_the_source_package_is_the_same(wheel: zipfile.ZipFile, tmp_path: Path):
    (tmp_path / "sdist").mkdir()
    (tmp_path / "wheel").mkdir()
    subprocess.run(["tar", "-xf", build("sdist", ROOT, tmp_path / "sdist"), "-C", tmp_path], check=True)
    source = tmp_path / f"ringbridge-{ringbridge.__version__}"
    with zipfile.ZipFile(build("wheel", source, tmp_path / "wheel")) as second:
        assert sorted(second.namelist()) == sorted(wheel.namelist())
    assert (source / "Makefile").is_file()
    assert (source / "requirements.lock").is_file()
    assert (source / "packaging/linux/apt-packages.txt").is_file()


def test_the_lock_files_pin_each_library_with_hashes_and_agree():
    pins: dict[str, dict[str, str]] = {}
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        entries = [entry for entry in re.split(r"\n(?=\w)", text) if not entry.startswith("#")]
        assert all("--hash=sha256:" in entry for entry in entries)
        pins[name] = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
        assert len(pins[name]) == len({entry.split("==")[0] for entry in entries})
    assert len(pins["requirements.lock"]) > 10
    assert pins["requirements.lock"].items() <= pins["requirements-dev.lock"].items()
