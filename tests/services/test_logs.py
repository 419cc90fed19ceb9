import logging
import os
import socket
import subprocess
import sys
import textwrap
import threading
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.errors import StorageUnavailable
from ringbridge.services import logs

log = logging.getLogger("ringbridge.services.test")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "ringbridge.log"


@pytest.fixture(autouse=True)
def as_before():
    root, own = logging.getLogger(), logging.getLogger("ringbridge")
    loggers = [root, own, *map(logging.getLogger, logs._NEVER_HEARD)]
    levels = [logger.level for logger in loggers]
    yield
    logs.stop()
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def test_a_line_says_when_who_and_what(path):
    logs.start(path)
    log.info("ready in %d ms", 312)
    [line] = path.read_text().splitlines()
    assert line.endswith(f" {os.getpid()} INFO ringbridge.services.test: ready in 312 ms")


def test_the_file_and_its_folder_are_the_users_alone(path):
    before = os.umask(0)
    try:
        logs.start(path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("calling +12125551234 now", "calling +…34 now"),
        ("calling 0015551234", "calling …34"),
        ("+1 (212) 555-1234 twice", "+…34 twice"),
        ("212.555.1234", "…34"),
        ("55-12-34", "…34"),
        ("٠١٢٣٤٥٦", "…٥٦"),
        ("line 4711, 3 of 10, code 404", "line 4711, 3 of 10, code 404"),
        ("12345", "…45"),
        ("https://x/api?auth_password=secret&a=b end", "https://x/api?… end"),
        ("what? no=way", "what? no=way"),
        ("", ""),
    ],
)
def test_numbers_and_query_strings_are_cut(text, expected):
    assert logs.redacted(text) == expected


@given(st.text(), st.from_regex(r"\+?[0-9]{5,20}", fullmatch=True), st.text())
def test_no_whole_number_gets_through(before, number, after):
    digits = number.lstrip("+")
    assert digits not in logs.redacted(f"{before}{number}{after}")


def test_arguments_and_several_lines_are_redacted_too(path, caplog):
    logs.start(path)
    log.warning("%s and\n%s", "+12125551234", {"number": 2125551234})
    text = path.read_text()
    assert "…34 and\n    {'number': …34}" in text
    assert "555" not in text


def test_arguments_that_do_not_fit_cost_only_the_arguments(path):
    logs.start(path)
    [handler] = [each for each in logging.getLogger().handlers if each.get_name() == "ringbridge log"]
    handler.handle(logging.LogRecord("x", logging.INFO, "", 1, "wrong %d", ("2125551234",), None))
    assert path.read_text().endswith("INFO x: wrong %d\n")


def test_a_record_is_left_as_it_is_for_others(path, caplog):
    logs.start(path)
    log.warning("number %s", "2125551234")
    assert "2125551234" in caplog.text


def test_an_exception_is_logged_without_its_values(path, caplog):
    logs.start(path)
    secret = "hunter2"
    try:
        try:
            int("2125551234 " + secret)
        except ValueError as error:
            raise RuntimeError(secret) from error
    except RuntimeError:
        log.exception("that went wrong")
    text = path.read_text()
    assert "builtins.RuntimeError" in text
    assert "caused by builtins.ValueError" in text
    assert "test_logs.py:" in text
    assert "in test_an_exception_is_logged_without_its_values" in text
    assert secret not in text
    assert "555" not in text


def test_libraries_are_heard_from_warning_on_only(path):
    logs.start(path, level="debug")
    logging.getLogger("keyring.backend").debug("GET /api?auth_password=secret")
    logging.getLogger("keyring.backend").warning("retry /api?auth_password=secret")
    log.debug("mine")
    text = path.read_text()
    assert "secret" not in text
    assert "retry /api?…" in text
    assert "mine" in text


def test_what_a_server_repeats_in_a_broken_header_is_not_logged(path):
    from urllib3.connection import HTTPConnection

    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = b"HTTP/1.1 200 OK\r\nyou sent auth_password=secret\r\nContent-Length: 0\r\n\r\n"

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        logs.start(path)
        thread = threading.Thread(target=serve)
        thread.start()
        connection = HTTPConnection("127.0.0.1", server.getsockname()[1], timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        thread.join()
    log.info("afterwards")
    assert "secret" not in path.read_text()
    assert "afterwards" in path.read_text()


def test_levels_hold(path, caplog):
    logs.start(path, level="warning")
    log.info("quiet")
    log.warning("loud")
    assert "quiet" not in path.read_text()
    assert "loud" in path.read_text()
    with pytest.raises(ValueError, match="shouting"):
        logs.start(path, level="shouting")


def test_starting_again_replaces_the_first(path, tmp_path):
    logs.start(path)
    logs.start(tmp_path / "other.log")
    log.info("once")
    assert path.read_text() == ""
    assert (tmp_path / "other.log").read_text().count("once") == 1


def test_the_console_gets_the_same_lines(path, capsys):
    logs.start(path, console=True)
    log.info("to 2125551234")
    assert capsys.readouterr().err.endswith("to …34\n")


def test_python_warnings_are_logged(path):
    logs.start(path)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("careful", UserWarning, stacklevel=1)
    assert "py.warnings" in path.read_text()
    assert "careful" in path.read_text()


def test_a_full_file_is_rotated_and_old_ones_go(path, monkeypatch):
    monkeypatch.setattr(logs, "MAX_BYTES", 300)
    logs.start(path)
    for number in range(30):
        log.info("line %04d %s", number, "x" * 40)
    names = sorted(entry.name for entry in path.parent.iterdir() if entry.name != ".ringbridge.log.lock")
    assert names == ["ringbridge.log", "ringbridge.log.1", "ringbridge.log.2", "ringbridge.log.3"]
    assert all((path.parent / name).stat().st_size <= 300 for name in names)
    assert all((path.parent / name).stat().st_mode & 0o777 == 0o600 for name in names)
    kept = "".join((path.parent / name).read_text() for name in reversed(names))
    numbers = [int(line.split("line ")[1][:4]) for line in kept.splitlines()]
    assert numbers == list(range(numbers[0], 30))


def test_several_processes_share_the_file_and_lose_no_line(path):
    code = """
import logging, sys
from pathlib import Path
from ringbridge.services import logs
logs.MAX_BYTES = 4000
logs.KEPT = 50
logs.start(Path(sys.argv[1]))
for number in range(100):
    logging.getLogger("ringbridge").info("<%s-%d>", sys.argv[2], number)
"""
    children = [subprocess.Popen([sys.executable, "-c", code, path, name]) for name in "abc"]
    assert [each.wait(30) for each in children] == [0, 0, 0]
    files = [entry for entry in path.parent.iterdir() if entry.name != ".ringbridge.log.lock"]
    text = "".join(entry.read_text() for entry in files)
    assert len(files) > 2
    assert sorted(line.rpartition(" ")[2] for line in text.splitlines()) == sorted(
        f"<{name}-{number}>" for name in "abc" for number in range(100)
    )


def test_a_file_that_cannot_be_written_is_reported_at_start(path):
    path.parent.touch()
    with pytest.raises(StorageUnavailable):
        logs.start(path)


def test_what_could_not_be_written_later_is_counted_and_stops_nothing(path):
    logs.start(path)
    path.parent.rename(path.parent.with_name("gone"))
    log.info("lost")
    log.info("lost too")
    path.parent.mkdir()
    log.info("back")
    lines = path.read_text().splitlines()
    assert lines[0] == "(2 lines could not be written)"
    assert lines[1].endswith("back")


def run(code, path):
    prelude = "import sys; from pathlib import Path; from ringbridge.services import logs\n"
    prelude += "logs.start(Path(sys.argv[1])); logs.install_crash_hooks()\n"
    return subprocess.run(
        [sys.executable, "-c", prelude + textwrap.dedent(code), path], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "code",
    [
        "int('2125551234')\nint('hunter2')",
        "import threading\nthread = threading.Thread(target=lambda: int('hunter2'))\nthread.start(); thread.join()",
        "class Loud:\n    def __del__(self):\n        int('hunter2')\nLoud()",
    ],
    ids=["main", "thread", "unraisable"],
)
def test_what_nobody_caught_is_logged_without_values(path, code):
    done = run(code, path)
    for text in (path.read_text(), done.stderr):
        assert text.count("builtins.ValueError") == 1
        assert "hunter2" not in text
    assert "CRITICAL ringbridge:" in path.read_text()
    assert (done.returncode == 0) == ("thread" in code or "__del__" in code)


def test_an_interruption_is_no_crash(path):
    done = run("raise KeyboardInterrupt", path)
    assert path.read_text() == ""
    assert "KeyboardInterrupt" in done.stderr


def test_a_thread_that_exits_is_no_crash(path):
    done = run("import threading\nthread = threading.Thread(target=sys.exit)\nthread.start(); thread.join()", path)
    assert (path.read_text(), done.stderr, done.returncode) == ("", "", 0)


def test_a_very_deep_exception_is_shortened(path):
    def deep(level):
        return deep(level - 1) if level else int("x")

    with pytest.raises(ValueError, match="x") as caught:
        deep(300)
    text = logs.describe_exception(caught.value)
    assert text.count("\n") <= 41
    assert "…" in text


def test_importing_the_module_imports_no_logging():
    code = "import sys, ringbridge.services.logs; print('logging' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
