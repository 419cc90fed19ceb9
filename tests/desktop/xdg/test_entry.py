"""Desktop entries: commands as the desktops read them, and changes that leave the rest alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.desktop.xdg.entry import command_in, exec_line, read_entry, with_keys
from support.xdg_home import XdgHome, run

ENTRY = """\
# by hand
[Desktop Entry]
Name=Ringbridge
Name[de]=Ringbrücke
Exec = old %u

[Desktop Action x]
Exec=other
"""


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), min_size=1))
def test_a_command_comes_back_as_it_was_written(command: list[str]) -> None:
    assert command_in(exec_line(command, "%u")) == tuple(command)


def test_the_desktop_runs_a_command_with_odd_letters_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    XdgHome(tmp_path, monkeypatch)
    # no percent sign in the program's path: GLib 2.74 looks for it with both of them
    folder = tmp_path / "a b$c\"d`e\\f'g"
    folder.mkdir()
    program = folder / "program"
    program.write_text(
        f'#!/bin/sh\nprintf "%s|" "$@" > "{tmp_path}/got.new"\nmv "{tmp_path}/got.new" "{tmp_path}/got"\n'
    )
    program.chmod(0o755)
    entry = tmp_path / "odd.desktop"
    entry.write_text(
        f"[Desktop Entry]\nType=Application\nName=Odd\nExec={exec_line([str(program), 'a;b', '--x'], '%u')}\n"
    )
    assert run("desktop-file-validate", str(entry)) == ""
    run("gio", "launch", str(entry), "tel:$(id)`id`;1")
    got = tmp_path / "got"
    for _ in range(500):
        if got.exists():
            break
        run("sleep", "0.01")
    assert got.read_text() == "a;b|--x|tel:$(id)`id`;1|"


def test_only_the_main_group_is_changed() -> None:
    changed = with_keys(ENTRY, {"Exec": "new %u", "Hidden": "true", "Name[de]": None})
    assert changed == ENTRY.replace("Exec = old %u", "Exec=new %u\nHidden=true").replace("Name[de]=Ringbrücke\n", "")
    assert read_entry(changed) == {"Name": "Ringbridge", "Exec": "new %u", "Hidden": "true"}


@pytest.mark.parametrize("text", ["", "no entry", "[Desktop Entry]", "[Other]\nExec=x"])
def test_what_is_no_entry_has_no_keys(text: str) -> None:
    assert read_entry(text) == {}
    assert read_entry(with_keys(text, {"Exec": "x"})) == {"Exec": "x"}


@pytest.mark.parametrize("value", ['"open', "", '"a" "b'])
def test_a_command_that_can_not_be_read_is_none(value: str) -> None:
    assert command_in(value) == ()
