import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ringbridge
from ringbridge.assets import find_resource

PACKAGE = Path(ringbridge.__file__).parent


def found_by(assets: Path, *, unpacked: Path | None = None) -> subprocess.CompletedProcess[str]:
    code = (
        "import importlib.util, sys\n"
        f"if {str(unpacked or '')!r}: sys._MEIPASS = {str(unpacked or '')!r}\n"
        f"spec = importlib.util.spec_from_file_location('assets', {str(assets)!r})\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "print(module.find_resource('icons/a.svg'))"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    package = tmp_path / "site-packages" / "ringbridge"
    package.mkdir(parents=True)
    shutil.copy(PACKAGE / "assets.py", package)
    return package


def put(folder: Path) -> Path:
    file = folder / "resources" / "icons" / "a.svg"
    file.parent.mkdir(parents=True)
    file.touch()
    return file


@pytest.mark.parametrize(
    "name",
    ["icons/ringbridge.svg", *(f"icons/tray-{state}.png" for state in ("idle", "calling", "paused", "attention"))],
)
def test_the_program_has_its_pictures(name: str) -> None:
    assert Path(find_resource(name)).stat().st_size > 100


def test_a_wheel_carries_them_inside_the_package(wheel: Path) -> None:
    file = put(wheel)
    assert found_by(wheel / "assets.py").stdout.strip() == str(file)


def test_a_frozen_build_unpacks_them(wheel: Path, tmp_path: Path) -> None:
    file = put(tmp_path / "unpacked" / "ringbridge")
    assert found_by(wheel / "assets.py", unpacked=tmp_path / "unpacked").stdout.strip() == str(file)


def test_an_incomplete_install_says_what_is_missing(wheel: Path) -> None:
    failed = found_by(wheel / "assets.py")
    assert failed.returncode == 1
    assert "icons/a.svg is in none of:" in failed.stderr
