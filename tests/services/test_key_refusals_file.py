"""The file of refused hotkeys."""

from pathlib import Path

import pytest

from ringbridge.core.errors import StorageUnavailable
from ringbridge.services.key_refusals_file import read_refusals, write_refusals


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "state/hotkeys.json"
    assert read_refusals(path) == {}
    write_refusals(path, {"redial": "Ctrl+Alt+R"})
    assert read_refusals(path) == {"redial": "Ctrl+Alt+R"}
    assert path.stat().st_mode & 0o777 == 0o600
    write_refusals(path, {})
    write_refusals(path, {})
    assert not path.exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"refused": []}', '{"refused": {"redial": 1}}', "[" * 100_000]
)
def test_a_damaged_file_says_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "hotkeys.json"
    path.write_text(text)
    assert read_refusals(path) == {}


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        read_refusals(tmp_path)
    with pytest.raises(StorageUnavailable):
        write_refusals(tmp_path, {})
