"""The text that is selected in another program: the ways to it, and their order."""

from collections.abc import Callable, Generator
from typing import Any

import pytest

from ringbridge.desktop.ports import Availability, Copied, ReadProblem, Way
from ringbridge.desktop.selected_text import SelectedText
from ringbridge.desktop.selection_simulated import is_interrupted_by_copy
from support.desktop import Desktop, require_desktop
from support.json_process import JsonProcess

NUMBER = "+1 212 555 0142"


class Source:
    """A way that gives what the test says."""

    def __init__(self, way: Way, gives: str | ReadProblem, *, usable: bool = True) -> None:
        self.way = way
        self.asked = 0
        self._usable = usable
        self._copied = Copied(problem=gives) if isinstance(gives, ReadProblem) else Copied(text=gives)

    def availability(self) -> Availability:
        return Availability(usable=self._usable, reason="" if self._usable else "no_display")

    def read(self, done: Callable[[Copied], None]) -> None:
        self.asked += 1
        done(self._copied)


def read(*sources: Source) -> Copied:
    found: list[Copied] = []
    SelectedText(sources).read(found.append)
    (copied,) = found
    return copied


@pytest.mark.parametrize("nothing", ["", " \n", ReadProblem.EMPTY, ReadProblem.NO_TEXT, ReadProblem.NO_ANSWER])
def test_a_way_that_gives_nothing_is_followed_by_the_next(nothing: str | ReadProblem) -> None:
    copied = read(Source(Way.PRIMARY, nothing), Source(Way.ACCESSIBILITY, NUMBER))
    assert (copied.text, copied.way) == (NUMBER, Way.ACCESSIBILITY)


def test_the_first_text_is_taken_and_no_other_way_is_asked() -> None:
    last = Source(Way.SIMULATED_COPY, "other")
    copied = read(Source(Way.PRIMARY, NUMBER), last)
    assert (copied.text, copied.way, last.asked) == (NUMBER, Way.PRIMARY, 0)


@pytest.mark.parametrize("problem", [ReadProblem.SECRET, ReadProblem.TOO_LONG])
def test_what_is_selected_and_not_for_us_is_not_got_round(problem: ReadProblem) -> None:
    last = Source(Way.SIMULATED_COPY, NUMBER)
    assert read(Source(Way.PRIMARY, problem), last).problem is problem
    assert last.asked == 0


def test_a_way_that_does_not_work_here_is_passed_over() -> None:
    unusable = Source(Way.ACCESSIBILITY, "x", usable=False)
    assert read(Source(Way.PRIMARY, ReadProblem.EMPTY), unusable, Source(Way.SIMULATED_COPY, NUMBER)).text == NUMBER
    assert unusable.asked == 0


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        ([ReadProblem.UNSUPPORTED, ReadProblem.EMPTY], ReadProblem.EMPTY),
        ([ReadProblem.EMPTY, ReadProblem.UNSUPPORTED], ReadProblem.EMPTY),
        ([ReadProblem.EMPTY, ReadProblem.UNSUPPORTED, ReadProblem.CLIPBOARD_KEPT], ReadProblem.CLIPBOARD_KEPT),
        ([ReadProblem.EMPTY, ReadProblem.EMPTY, ReadProblem.KEYS_HELD], ReadProblem.KEYS_HELD),
        ([ReadProblem.NO_ANSWER, ReadProblem.EMPTY], ReadProblem.NO_ANSWER),
        ([], ReadProblem.UNSUPPORTED),
    ],
)
def test_the_problem_that_says_most_is_told(problems: list[ReadProblem], said: ReadProblem) -> None:
    assert read(*(Source(way, problem) for way, problem in zip(Way, problems, strict=False))).problem is said


def test_who_asks_meanwhile_gets_the_same_answer() -> None:
    class Slow(Source):
        def read(self, done: Callable[[Copied], None]) -> None:
            self.asked += 1
            self.done = done

    source = Slow(Way.PRIMARY, "")
    selected = SelectedText([source])
    found: list[str] = []
    for _ in range(2):
        selected.read(lambda copied: found.append(copied.text))
    source.done(Copied(text=NUMBER))
    assert (found, source.asked) == ([NUMBER, NUMBER], 1)
    selected.read(lambda copied: found.append(copied.text))
    assert source.asked == 2


@pytest.mark.parametrize(
    ("window_class", "expected"),
    [
        ("XTerm", True),
        ("Gnome-terminal", True),
        ("st-256color", True),
        ("com.mitchellh.ghostty", True),
        ("Code", True),
        ("Code - OSS", True),
        ("jetbrains-idea", True),
        ("Steam", False),
        ("Codeblocks", False),
        ("Firefox", False),
        ("libreoffice-calc", False),
    ],
)
def test_terminals_are_known_by_their_windows(window_class: str, expected: bool) -> None:
    assert is_interrupted_by_copy(window_class) is expected


# ------------------------------------------------------------------ on a real screen


@pytest.fixture(scope="module")
def screen() -> Generator[Desktop]:
    """A desktop with a window manager and accessibility."""
    require_desktop(tray="none")
    with Desktop(tray="none", accessibility=True) as desktop:
        yield desktop


Start = Callable[..., JsonProcess]


@pytest.fixture
def start(screen: Desktop) -> Generator[Start]:
    """Starts a script of `tests/support/` with windows."""
    started: list[JsonProcess] = []

    def run(script: str, *arguments: str, **env: str) -> JsonProcess:
        started.append(JsonProcess(screen, script, *arguments, env={"QT_QPA_PLATFORM": "xcb", **env}))
        return started[-1]

    yield run
    for process in started:
        process.end()


def window(screen: Desktop, start: Start, kind: str = "line", **env: str) -> JsonProcess:
    """A window with a selected number that it told nobody of, and the focus."""
    process = start("selecting_window.py", "selecting", NUMBER, kind, **env)
    process.next(shown=True, timeout_s=20)
    found = screen.wait_for(lambda: screen.windows("selecting"), 10, "the window")[0]
    screen.focus(found)
    screen.run(["xsel", "--primary", "--clear"], check=True)
    return process


def driver(start: Start) -> JsonProcess:
    process = start("selection_driver.py")
    process.next(event="ready", timeout_s=20)
    return process


def ask(driver: JsonProcess, *ways: str) -> dict[str, Any]:
    driver.send(do="read", **({"ways": ways} if ways else {}))
    return driver.next(event="read")


def test_the_selection_comes_first(screen: Desktop, start: Start) -> None:
    screen.copy("030 1234", "primary")
    answer = ask(driver(start))
    assert (answer["text"], answer["way"]) == ("030 1234", "primary")


def test_accessibility_tells_what_the_selection_does_not(screen: Desktop, start: Start) -> None:
    screen.copy("on the clipboard")
    process = window(screen, start)
    screen.widget("", "text", window="selecting")  # accessibility is there a moment later than the window
    reader = driver(start)
    answer = ask(reader)
    assert (answer["text"], answer["way"]) == (NUMBER, "accessibility")
    process.quiet_for(0.2, copies=True)
    reader.quiet_for(0.1, event="copied")


def test_a_password_is_not_told_by_accessibility(screen: Desktop, start: Start) -> None:
    process = window(screen, start, "password")
    screen.widget("", "text", window="selecting")
    answer = ask(driver(start))
    assert (answer["text"], answer["problem"]) == ("", ReadProblem.SECRET)
    process.quiet_for(0.2, copies=True)


def test_a_copy_is_made_where_nothing_else_tells_and_the_clipboard_is_as_before(
    screen: Desktop, start: Start
) -> None:
    screen.copy("my own text")
    process = window(screen, start)
    reader = driver(start)
    answer = ask(reader, "primary", "simulated_copy")
    assert (answer["text"], answer["way"]) == (NUMBER, "simulated_copy")
    process.next(copies=True)
    reader.send(do="clipboard")
    assert reader.next(event="clipboard")["text"] == "my own text"
    assert screen.run(["xclip", "-out", "-selection", "clipboard"]).stdout == "my own text"
    reader.quiet_for(0.2, event="copied")  # neither the copy that was made nor what was put back is a copy


def test_an_empty_clipboard_is_empty_again(screen: Desktop, start: Start) -> None:
    screen.run(["xsel", "--clipboard", "--clear"], check=True)
    window(screen, start)
    reader = driver(start)
    assert ask(reader, "simulated_copy")["text"] == NUMBER
    screen.wait_for(lambda: screen.selection_owner("CLIPBOARD") == 0, 5, "the empty clipboard")


def test_the_keys_of_the_hotkey_are_waited_for(screen: Desktop, start: Start) -> None:
    screen.copy("my own text")
    process = window(screen, start)
    reader = driver(start)
    screen.run(["xdotool", "keydown", "ctrl", "keydown", "alt"], check=True)
    reader.send(do="read", ways=["simulated_copy"])
    process.quiet_for(0.3, copies=True)
    screen.run(["xdotool", "keyup", "alt", "keyup", "ctrl"], check=True)
    assert reader.next(event="read")["text"] == NUMBER


def test_keys_that_stay_down_end_it(screen: Desktop, start: Start) -> None:
    process = window(screen, start)
    reader = driver(start)
    screen.run(["xdotool", "keydown", "shift"], check=True)
    answer = ask(reader, "simulated_copy")
    screen.run(["xdotool", "keyup", "shift"], check=True)
    assert answer["problem"] == ReadProblem.KEYS_HELD
    process.quiet_for(0.1, copies=True)


@pytest.mark.parametrize("mode", ["image", "html", "secret", "huge", "hang"])
def test_a_clipboard_with_something_else_is_left_alone(screen: Desktop, start: Start, mode: str) -> None:
    owner = JsonProcess(screen, "x11_owner.py", "CLIPBOARD", mode)
    owner.next(owns=True, timeout_s=20)
    process = window(screen, start)
    before = screen.selection_owner("CLIPBOARD")
    assert ask(driver(start), "primary", "simulated_copy")["problem"] == ReadProblem.CLIPBOARD_KEPT
    process.quiet_for(0.2, copies=True)
    assert screen.selection_owner("CLIPBOARD") == before
    owner.end()


def test_formatted_text_is_left_alone(screen: Desktop, start: Start) -> None:
    window(screen, start, "rich")
    reader = driver(start)
    screen.press("ctrl+c")
    reader.next(event="copied")
    answer = ask(reader, "simulated_copy")
    assert answer["problem"] == ReadProblem.CLIPBOARD_KEPT


@pytest.mark.parametrize("name", ["XTerm", "org.wezfurlong.wezterm", "jetbrains-idea"])
def test_no_key_is_pressed_where_it_may_interrupt(screen: Desktop, start: Start, name: str) -> None:
    screen.copy("my own text")
    process = window(screen, start, f"class={name}")
    assert ask(driver(start), "simulated_copy")["problem"] == ReadProblem.EMPTY
    process.quiet_for(0.2, copies=True)


def test_nothing_selected_changes_nothing(screen: Desktop, start: Start) -> None:
    screen.copy("my own text")
    process = window(screen, start)
    screen.press("End")
    reader = driver(start)
    assert ask(reader)["problem"] == ReadProblem.EMPTY
    process.next(copies=True)
    assert screen.run(["xclip", "-out", "-selection", "clipboard"]).stdout == "my own text"


def test_without_accessibility_nothing_is_switched_on(start: Start) -> None:
    require_desktop(tray="none", wm="none")
    with Desktop(tray="none", wm="none") as bare:
        process = JsonProcess(bare, "selection_driver.py", env={"QT_QPA_PLATFORM": "xcb"})
        process.next(event="ready", timeout_s=20)
        assert ask(process, "accessibility")["problem"] == ReadProblem.UNSUPPORTED
        names = bare.run(["gdbus", "call", "--session", "-d", "org.freedesktop.DBus", "-o", "/", "-m",
            "org.freedesktop.DBus.ListNames"]).stdout  # fmt: skip
        assert "org.a11y" not in names
        process.end()
