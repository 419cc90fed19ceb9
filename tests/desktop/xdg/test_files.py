"""Files that several programs write: nothing of theirs is lost."""

import threading
from pathlib import Path

import pytest

from ringbridge.core.errors import StorageUnavailable
from ringbridge.desktop.xdg.files import change_text, read_text


def test_what_another_program_wrote_meanwhile_is_taken_into_account(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("a")
    seen: list[str | None] = []

    def change(text: str | None) -> str:
        if not seen:
            path.write_text("b")
        seen.append(text)
        return f"{text}c"

    assert change_text(path, change) == ()
    assert (seen, path.read_text()) == (["a", "b"], "bc")


def test_a_file_that_never_rests_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "list"

    def change(text: str | None) -> str:
        path.write_text(f"{text}x")
        return "ours"

    with pytest.raises(StorageUnavailable):
        change_text(path, change)
    assert "ours" not in path.read_text()
    assert [file.name for file in tmp_path.iterdir()] == ["list"]


def test_two_of_us_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "list"

    def add() -> None:
        for _ in range(25):
            change_text(path, lambda text: f"{text or ''}x")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_text() == "x" * 100


def test_bytes_that_are_no_utf_8_and_rights_stay(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"\xff\xfe=1\n")
    path.chmod(0o640)
    change_text(path, lambda text: f"{text}new\n")
    assert path.read_bytes() == b"\xff\xfe=1\nnew\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_is_new_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a/b/list"
    assert set(change_text(path, lambda _text: "x")) == {path, path.parent, path.parent.parent}
    assert change_text(path, lambda _text: None) == ()
    assert read_text(path) is None
