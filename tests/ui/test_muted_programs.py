"""Programs whose copies are not offered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.core.errors import StorageUnavailable
from ringbridge.core.settings import Settings
from ringbridge.services.settings_file import SettingsFile
from ringbridge.ui.muted_programs import KEY, MutedPrograms, is_muted
from ringbridge.ui.session import Session
from ringbridge.ui.tasks import GuiInvoker, Lane


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    lane = Lane("slow", GuiInvoker())
    yield lane
    assert lane.close(10)


@pytest.mark.parametrize(
    ("programs", "muted", "expected"),
    [
        (("Calc", "soffice.bin"), ("calc",), True),
        (("Calc", "soffice.bin"), ("SOFFICE.BIN",), True),
        (("Calc",), ("Writer",), False),
        ((), ("Calc",), False),
        (("Calc",), (), False),
    ],
)
def test_either_name_counts_in_any_letters(programs: tuple[str, ...], muted: tuple[str, ...], expected: bool) -> None:
    assert is_muted(programs, muted) is expected


def test_a_program_is_added_in_force_and_in_the_file(qtbot: QtBot, tmp_path: Path, lane: Lane) -> None:
    file, session = SettingsFile(tmp_path / "settings.toml"), Session(Settings(), "US")
    programs = MutedPrograms(session=session, settings_file=file, lane=lane)
    told: list[str] = []
    programs.muted.connect(told.append)
    for name in ("Calc", "KeePassXC", "calc"):
        programs.add(name)
    assert session.settings.clipboard.muted_apps == ("Calc", "KeePassXC")
    assert told == ["Calc", "KeePassXC"]
    qtbot.waitUntil(lambda: file.load().settings.clipboard.muted_apps == ("Calc", "KeePassXC"))


def test_what_the_policy_locks_stays(tmp_path: Path, lane: Lane) -> None:
    session = Session(Settings(), "US", frozenset({KEY}))
    programs = MutedPrograms(session=session, settings_file=SettingsFile(tmp_path / "s.toml"), lane=lane)
    programs.add("Calc")
    assert session.settings.clipboard.muted_apps == ()


def test_a_list_that_can_not_be_saved_is_told(qtbot: QtBot, tmp_path: Path, lane: Lane) -> None:
    (tmp_path / "file").write_text("in the way")
    file, session = SettingsFile(tmp_path / "file" / "settings.toml"), Session(Settings(), "US")
    programs = MutedPrograms(session=session, settings_file=file, lane=lane)
    with qtbot.waitSignal(programs.failed) as failed:
        programs.add("Calc")
    assert isinstance((failed.args or [None])[0], StorageUnavailable)
    assert session.settings.clipboard.muted_apps == ("Calc",)
