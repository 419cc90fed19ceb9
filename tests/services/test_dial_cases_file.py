from pathlib import Path

import pytest

from ringbridge.core.errors import StorageUnavailable
from ringbridge.core.settings import DialingSettings
from ringbridge.services.dial_cases_file import MAX_BYTES, cases_path, read_cases_file
from ringbridge.services.paths import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(profile="", config_dir=tmp_path, data_dir=tmp_path, state_dir=tmp_path, runtime_dir=tmp_path)


def test_without_a_file_there_are_no_cases(paths: Paths) -> None:
    assert read_cases_file(paths, DialingSettings()) is None


def test_the_file_stands_beside_the_settings_or_where_they_say(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "anna"))
    assert cases_path(paths, DialingSettings()) == tmp_path / "dial-cases.txt"
    assert cases_path(paths, DialingSettings(cases_file="mine.txt")) == tmp_path / "mine.txt"
    assert cases_path(paths, DialingSettings(cases_file="/etc/cases")) == Path("/etc/cases")
    assert cases_path(paths, DialingSettings(cases_file="~/cases")) == tmp_path / "anna" / "cases"


def test_a_byte_order_mark_is_no_text(paths: Paths) -> None:
    (paths.config_dir / "dial-cases.txt").write_bytes("\ufeff911 → 911\n".encode())
    assert read_cases_file(paths, DialingSettings()) == "911 → 911\n"


@pytest.mark.parametrize(
    ("content", "detail"), [(b"\xff", "is not UTF-8"), (b"#" * (MAX_BYTES + 1), "is longer than 1 MiB")]
)
def test_what_is_no_such_text_is_refused(paths: Paths, content: bytes, detail: str) -> None:
    (paths.config_dir / "dial-cases.txt").write_bytes(content)
    with pytest.raises(StorageUnavailable) as refusal:
        read_cases_file(paths, DialingSettings())
    assert refusal.value.detail == detail


@pytest.mark.parametrize("name", ["gone.txt", ".", "dial-cases.txt/x", "x" * 300])
def test_a_file_that_is_set_has_to_be_there(paths: Paths, name: str) -> None:
    (paths.config_dir / "dial-cases.txt").touch()
    with pytest.raises(StorageUnavailable) as refusal:
        read_cases_file(paths, DialingSettings(cases_file=name))
    assert refusal.value.detail


def test_a_folder_of_the_usual_name_is_no_file(paths: Paths) -> None:
    (paths.config_dir / "dial-cases.txt").mkdir()
    with pytest.raises(StorageUnavailable):
        read_cases_file(paths, DialingSettings())
