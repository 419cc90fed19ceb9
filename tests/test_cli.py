"""The command line as a whole: the real command in processes of its own, and what no command caught."""

import io
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ringbridge import __version__, cli
from ringbridge.cli import COMMANDS, gui_main, main
from ringbridge.core import errors
from support.command_line import FIELDS, run_process
from support.fake_program import REQUESTED, FakeProgram, answer

NOT_FOR_QUICK_COMMANDS = {
    "argparse", "dataclasses", "typing", "pathlib", "inspect", "tempfile", "platformdirs", "phonenumbers", "requests",
    "keyring", "sqlite3", "tomlkit", "tomllib", "logging", "ringbridge.core.calls", "PySide6", "socket",
}  # fmt: skip


def script() -> Path:
    return Path(sysconfig.get_path("scripts")) / "ringbridge"


def loaded_by(*arguments: str, env: dict[str, str], stdin: str = "") -> set[str]:
    """The modules that a command loads."""
    code = (
        "import sys\n"
        "from ringbridge.cli import main\n"
        f"code = main({list(arguments)!r})\n"
        "sys.stderr.write(' '.join(sys.modules))\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], env={**os.environ, **env}, input=stdin,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_the_version_is_printed() -> None:
    done = subprocess.run([script(), "--version"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"ringbridge {__version__}\n", "")


def test_the_version_loads_nothing() -> None:
    assert loaded_by("--version", env={}) & (NOT_FOR_QUICK_COMMANDS | {"re", "json", "socket"}) == set()


def test_a_call_handed_over_loads_nothing_heavy(tmp_path: Path) -> None:
    with FakeProgram(tmp_path / "ringbridge" / "instance.socket", answer(REQUESTED)) as program:
        loaded = loaded_by("dial", "+12125551234", "--json", env={"XDG_RUNTIME_DIR": str(tmp_path)})
    assert len(program.requests) == 1
    assert loaded & NOT_FOR_QUICK_COMMANDS == set()


def test_detecting_loads_only_the_detector() -> None:
    loaded = loaded_by("detect", "--jsonl", env={}, stdin='{"id": 1, "text": "505-555-0161", "region": "US"}\n')
    assert "phonenumbers" in loaded
    assert loaded & (NOT_FOR_QUICK_COMMANDS - {"phonenumbers", "typing", "inspect"}) == set()
    assert "dis" not in loaded  # the real `inspect` would have brought it


@pytest.mark.parametrize("command", [*COMMANDS, ""])
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*filter(None, [command]), "--help"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("usage: ringbridge")
    assert "exit codes:" in printed.out
    assert printed.err == ""


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    main(["-h"])
    out = capsys.readouterr().out
    assert all(f"  {command}" in out for command in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dail"], "Did you mean “dial”?"),
        (["\x1b[31mred"], "There is no command"),
        (["x" * 10_000], "There is no command"),
        (["\ud800"], "There is no command"),
        (["--colour"], "There is no option"),
        (["--demo=1"], "There is no option"),
        (["--profile"], "needs a name"),
        (["--demo", "dial", "212"], "--demo starts the tray program"),
    ],
)
def test_a_bad_command_line_is_explained(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.replace("\n", "").isprintable()
    assert len(printed.err) < 300


def test_a_bad_command_line_is_an_object_where_json_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    assert main(["dail", "--json"]) == 2
    fields = json.loads(capsys.readouterr().out)
    assert list(fields) == FIELDS
    assert (fields["outcome"], fields["code"]) == ("blocked", None)


@pytest.mark.parametrize(
    "arguments",
    [
        ["recent", "--json", "--csv"],
        ["--profile", "dial", "account", "test", "--json", "--x"],
        ["config", "get", "--json"],
        ["config", "get", "no.such", "--json"],
        ["doctor", "--json", "x"],
    ],
)
def test_a_command_that_calls_nobody_has_an_error_for_an_object(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    assert main(arguments) == 2
    printed = capsys.readouterr()
    fields = json.loads(printed.out)
    assert list(fields) == ["error", "message"]
    assert fields["error"] == "usage"
    assert fields["message"]
    assert printed.err == ""


@pytest.mark.parametrize("arguments", [["dial", "--json"], ["--profile=recent", "hangup", "--json", "x"]])
def test_a_command_that_calls_has_the_object_of_a_call(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    assert main(arguments) == 2
    assert list(json.loads(capsys.readouterr().out)) == FIELDS


def test_the_version_counts_behind_other_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--profile", "work", "--version"]) == 0
    assert capsys.readouterr().out == f"ringbridge {__version__}\n"


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (errors.InputError("no_number"), 2),
        (errors.SettingError("profile", "profile_name"), 2),
        (errors.StorageUnavailable("/f", "disk full"), 5),
        (errors.FileTooNew("/f"), 5),
        (errors.KeyringLocked(), 8),
        (errors.NoAccount("url"), 8),
        (errors.Unreachable("x"), 5),
        (errors.WrongLogin(), 4),
        (errors.RoleForbids(402), 3),
        (errors.AnswerLost(), 6),
    ],
)
def test_what_no_command_caught_is_a_sentence(
    error: Exception, exit_code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_arguments: list[str]) -> int:
        raise error

    monkeypatch.setattr(cli, "_run", fail)
    assert main(["recent"]) == exit_code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith(".\n")


def test_a_bug_names_its_place_and_never_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_arguments: list[str]) -> int:
        raise RuntimeError("password is hunter2, number 2125551234")

    monkeypatch.setattr(cli, "_run", fail)
    assert main(["dial", "2125551234"]) == 1
    err = capsys.readouterr().err
    assert "RuntimeError in " in err
    assert "Traceback" not in err
    assert "hunter2" not in err
    assert "2125551234" not in err


def test_ctrl_c_ends_with_130_and_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", interrupt)
    assert main(["recent"]) == 130
    assert capsys.readouterr().err == ""


def test_a_desktop_start_reads_the_same_arguments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["ringbridge-tray", "--version"])
    assert gui_main() == 0
    assert capsys.readouterr().out == f"ringbridge {__version__}\n"


def test_without_a_console_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """`pythonw` has neither stdout nor stderr."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["--version"]) == 0
    assert main(["--help"]) == 0
    assert main(["dail"]) == 2


def test_a_terminal_that_knows_no_unicode_gets_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["dail"]) == 2
    assert b"\\u201cdial\\u201d" in raw.getvalue()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_ends_with_1() -> None:
    with Path("/dev/full").open("wb") as full:
        for arguments in (["--version"], ["--help"], ["config", "list"]):
            done = run_process(*arguments, stdout=full)
            assert done.returncode == 1
            assert b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        for arguments in (["--version"], ["--help"], ["config", "list"], ["dial", "--help"]):
            done = run_process(*arguments, stdout=writer)
            assert (done.returncode, done.stderr) == (0, b""), arguments
    finally:
        os.close(writer)


def test_arguments_that_are_no_text_are_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ringbridge", "dial", b"212\xff\xfe"], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr.decode().count("\n") == 1
