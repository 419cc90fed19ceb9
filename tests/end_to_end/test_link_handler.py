"""Phone links on a real desktop: from `xdg-open` and `gio open` to the question on the screen."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.desktop import Desktop, require_desktop

RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))
DONT_CALL = "^Don't call$"
PERSON_S = 0.5  # until a person has moved the pointer: the card ignores clicks within 0.3 s of its appearance

pytestmark = pytest.mark.desktop


class Person:
    """One person's desktop, with Ringbridge registered for phone links."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.programs: list[subprocess.Popen[Any]] = []

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.desktop.run([RINGBRIDGE, *arguments])

    def start(self) -> None:
        self.programs.append(self.desktop.spawn([RINGBRIDGE, "--background"]))
        self.wait_until_it_listens()

    def wait_until_it_listens(self) -> None:
        socket = self.desktop.folder / "run/ringbridge/instance.socket"
        self.desktop.wait_for(socket.exists, 20, "it to listen")

    def open(self, *command: str) -> None:
        self.programs.append(self.desktop.spawn(command))

    def answer_no(self) -> None:
        time.sleep(PERSON_S)
        self.desktop.run(["xdotool", "mousemove", "5", "5"])  # it waits for a move, and would be there already
        self.desktop.click_widget(DONT_CALL)
        self.desktop.wait_for(lambda: not self.desktop.windows("^Ringbridge$"), 5, "the card to go")

    def question_about(self, number: str) -> None:
        self.desktop.widget(DONT_CALL, "push button")
        self.desktop.wait_for(
            lambda: any(number in widget.name for widget in self.desktop.widgets()), 5, f"the question about {number}"
        )

    def end(self) -> None:
        for program in self.programs:
            if program.poll() is None:
                program.send_signal(signal.SIGTERM)
                program.wait(10)


@pytest.fixture
def person() -> Iterator[Person]:
    require_desktop()
    with Desktop(accessibility=True) as desktop:
        person = Person(desktop)
        assert person.run("config", "set", "region", "US").returncode == 0
        assert person.run("config", "set", "links.ask", "no").returncode == 0
        assert person.run("link", "register", "--default").returncode == 0
        yield person
        person.end()


def test_a_link_that_is_opened_anywhere_is_asked_about_in_the_running_program(person: Person) -> None:
    person.start()
    for opener, uri, number in (
        (("xdg-open",), "tel:+1-212-555-0142", "212-555-0142"),
        (("xdg-open",), "TEL:+1-212-555-0143", "212-555-0143"),
        (("gio", "open"), "Callto:+12125550144", "212-555-0144"),
        (("gio", "open"), "sip:+12125550145@example.com", "212-555-0145"),
    ):
        person.open(*opener, uri)
        person.question_about(number)
        person.answer_no()
    assert len(person.desktop.tray_items()) == 1


def test_a_link_without_a_running_program_starts_one_with_the_question(person: Person) -> None:
    person.open("xdg-open", "tel:+1-212-555-0142")
    person.question_about("212-555-0142")
    assert len(person.desktop.tray_items()) == 1


def test_what_a_shell_would_run_is_not_run(person: Person) -> None:
    person.start()
    for opener in (("xdg-open",), ("gio", "open")):
        for text in ("tel:$(touch pwned)", "tel:`touch pwned`", "tel:1;touch pwned", "tel:' ; touch pwned ; '"):
            person.desktop.run([*opener, text])
    person.open("xdg-open", "tel:+1-212-555-0142")
    person.question_about("212-555-0142")
    assert not list(person.desktop.home.rglob("pwned"))


def test_it_asks_once_whether_links_are_to_open_here_and_yes_makes_it_so(person: Person) -> None:
    assert person.run("link", "unregister").returncode == 0
    for key, value in (("account.url", "https://127.0.0.1:1/"), ("links.ask", "yes")):
        assert person.run("config", "set", key, value).returncode == 0
    person.start()
    desktop = person.desktop
    focused = desktop.focused_window()
    desktop.click_widget("^Yes$", window="Open phone links with Ringbridge")
    desktop.wait_for(
        lambda: (
            desktop.run(["xdg-mime", "query", "default", "x-scheme-handler/tel"]).stdout == "ringbridge.desktop\n"
        ),
        10,
        "the answer to count",
    )
    assert person.run("config", "get", "links.ask").stdout == "no\n"
    assert desktop.focused_window() == focused
    assert person.run("link", "unregister").returncode == 0
    assert not (desktop.home / ".config/mimeapps.list").exists()


def test_no_is_an_answer_for_good_and_registers_nothing(person: Person) -> None:
    assert person.run("link", "unregister").returncode == 0
    for key, value in (("account.url", "https://127.0.0.1:1/"), ("links.ask", "yes")):
        assert person.run("config", "set", key, value).returncode == 0
    person.start()
    person.desktop.click_widget("^No$", window="Open phone links with Ringbridge")
    person.desktop.wait_for(
        lambda: person.run("config", "get", "links.ask").stdout == "no\n", 10, "the answer to count"
    )
    assert not (person.desktop.home / ".local/share/applications/ringbridge.desktop").exists()
