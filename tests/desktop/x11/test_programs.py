"""Which program a copy was made in, on a real X server with a window manager."""

import os
from collections.abc import Generator

import pytest

from ringbridge.desktop.x11.extended import ExtendedConnection
from ringbridge.desktop.x11.programs import Programs
from support.desktop import Desktop, require_desktop
from support.json_process import JsonProcess

EXECUTABLE = os.path.basename(os.path.realpath("/proc/self/exe"))  # noqa: PTH119


@pytest.fixture(scope="module")
def screen() -> Generator[Desktop]:
    require_desktop(tray="none")
    with Desktop(tray="none") as desktop:
        yield desktop


@pytest.fixture
def programs(screen: Desktop) -> Generator[Programs]:
    connection = ExtendedConnection(screen.display)
    yield Programs(connection)
    connection.close()


@pytest.fixture
def driver(screen: Desktop) -> Generator[JsonProcess]:
    driver = JsonProcess(screen, "clipboard_driver.py")
    driver.next(event="ready", timeout_s=20)
    driver.send(do="watch")
    driver.next(event="done")
    yield driver
    driver.end()


def test_a_program_goes_by_the_class_of_its_windows_and_its_executable(screen: Desktop, driver: JsonProcess) -> None:
    window = JsonProcess(screen, "selecting_window.py", "sheet", "1234", "class=Calc", env={"QT_QPA_PLATFORM": "xcb"})
    window.next(shown=True, timeout_s=20)
    screen.focus(screen.wait_for(lambda: screen.windows("sheet"), 10, "the window")[0])
    screen.press("ctrl+c")
    assert driver.next(event="copied", text="1234")["programs"] == ["Calc", EXECUTABLE]
    window.end()


def test_a_program_without_windows_goes_by_its_executable(screen: Desktop, driver: JsonProcess) -> None:
    owner = JsonProcess(screen, "x11_owner.py", "CLIPBOARD", "text")
    assert driver.next(event="copied")["programs"] == [EXECUTABLE]
    owner.end()


def test_one_that_left_a_helper_behind_is_the_one_with_the_focus(screen: Desktop, driver: JsonProcess) -> None:
    terminal = screen.spawn(["xterm", "-T", "shell"])
    window = screen.wait_for(lambda: screen.windows("shell"), 10, "the terminal")[0]
    screen.focus(window)
    screen.copy("12345678")  # xclip lives on as a child of the one the server knows
    assert driver.next(event="copied")["programs"] == ["XTerm"]
    terminal.terminate()
    terminal.wait(10)
    screen.wait_for(lambda: not screen.windows("shell"), 10, "the end of the terminal")


def test_nothing_is_known_of_a_window_that_is_gone(programs: Programs) -> None:
    assert programs.behind(0x7FFFFF) == ()
    assert programs.class_of(0x7FFFFF) == ""
    assert programs.class_of(0) == ""


def test_a_text_that_is_read_on_demand_names_no_program(screen: Desktop, driver: JsonProcess) -> None:
    screen.copy("12345678")
    driver.next(event="copied")
    driver.send(do="read", buffer="clipboard")
    assert driver.next(event="read")["programs"] == []
