"""The clipboard under compositors with data control: a fake one for `ext` and for every kind of trouble."""

import signal
import statistics
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from ringbridge.desktop.clipboard_wayland import ClipboardWayland
from ringbridge.desktop.ports import Availability, Buffer, ReadProblem
from ringbridge.desktop.wayland.read_text import read_text_wayland
from support.fake_session import FakeSession
from support.json_process import JsonProcess

EXT, ZWLR = "ext_data_control_manager_v1", "zwlr_data_control_manager_v1"
DEADLINE_S = 0.5
LATEST_S = 0.6
LONGEST_PAUSE_S = 0.05

StartSession = Callable[..., FakeSession]


@pytest.fixture
def session_of(tmp_path: Path) -> Generator[StartSession]:
    """Starts a compositor: `session_of(ZWLR, 1, "bytes")`; without arguments one with the newest protocol."""
    started: list[FakeSession] = []

    def start(interface: str = EXT, version: int = 1, trouble: str = "") -> FakeSession:
        started.append(FakeSession(tmp_path, interface, version, trouble))
        return started[-1]

    yield start
    for session in started:
        session.compositor.end()


@pytest.fixture
def drive() -> Generator[Callable[[FakeSession], JsonProcess]]:
    """Starts the clipboard backend in a process of its own."""
    drivers: list[JsonProcess] = []

    def start(session: FakeSession) -> JsonProcess:
        drivers.append(JsonProcess(session, "clipboard_driver.py", "wayland"))
        drivers[-1].next(event="ready", timeout_s=20)
        return drivers[-1]

    yield start
    for driver in drivers:
        driver.end()


@pytest.fixture
def session(session_of: StartSession) -> FakeSession:
    return session_of()


@pytest.fixture
def driver(session: FakeSession, drive: Callable[[FakeSession], JsonProcess]) -> JsonProcess:
    return drive(session)


def watch(driver: JsonProcess) -> None:
    driver.send(do="watch")
    driver.next(event="done")
    assert read(driver, "clipboard")["event"] == "read"  # the compositor has been heard once


def read(driver: JsonProcess, buffer: str) -> dict[str, Any]:
    driver.send(do="read", buffer=buffer)
    return driver.next(event="read")


def wake_ups(pid: int) -> int:
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))
    return total


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.mark.parametrize(("interface", "version"), [(EXT, 1), (ZWLR, 1), (ZWLR, 2)])
def test_a_copy_arrives_through_either_protocol(
    session_of: StartSession, drive: Callable[[FakeSession], JsonProcess], interface: str, version: int
) -> None:
    session = session_of(interface, version)
    driver = drive(session)
    watch(driver)
    session.copy(text="call +49 30 901820 – Zoë ☎")
    copied = driver.next(event="copied")
    assert (copied["text"], copied["problem"]) == ("call +49 30 901820 – Zoë ☎", None)
    bound = [(line["bound"], line["version"]) for line in session.compositor.seen if "bound" in line]
    assert ("manager", version) in bound


def test_the_same_text_copied_twice_arrives_twice(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    for _ in range(2):
        session.copy(text="12345678")
        assert driver.next(event="copied")["text"] == "12345678"
    driver.quiet_for(0.2, event="copied")


def test_thirty_copies_arrive_each_and_at_once(
    session: FakeSession, driver: JsonProcess, record_property: Any
) -> None:
    watch(driver)
    latencies_ms: list[float] = []
    for number in range(30):
        began = session.copy(text=f"+1 212 555 01{number:02}")["at_request"]
        latencies_ms.append((driver.next(event="copied")["at"] - began) * 1000)
    record_property("latency_ms", latencies_ms)
    print(f"median {statistics.median(latencies_ms):.2f} ms, worst {max(latencies_ms):.2f} ms")
    assert statistics.median(latencies_ms) < 50


def test_what_was_copied_before_is_no_copy_and_is_read_when_asked_for(
    session: FakeSession, driver: JsonProcess
) -> None:
    session.copy(text="before")
    watch(driver)
    driver.quiet_for(0.2, event="copied")
    assert read(driver, "clipboard")["text"] == "before"
    driver.send(do="unwatch")
    driver.next(event="done", did="unwatch")
    session.copy(text="after")
    driver.quiet_for(0.2, event="copied")
    assert read(driver, "clipboard")["text"] == "after"


def test_the_selection_is_read_on_demand_only(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    session.copy(text="0800 900 123", buffer="selection")
    driver.quiet_for(0.2, event="copied")
    assert session.asked == []
    assert read(driver, "selection")["text"] == "0800 900 123"


def test_nothing_selected_is_empty(session: FakeSession, driver: JsonProcess) -> None:
    assert read(driver, "selection")["problem"] == ReadProblem.EMPTY
    session.copy(text="0800", buffer="selection")
    session.copy("none", buffer="selection")
    assert read(driver, "selection")["problem"] == ReadProblem.EMPTY


def test_the_first_version_of_the_old_protocol_knows_no_selection(
    session_of: StartSession, drive: Callable[[FakeSession], JsonProcess]
) -> None:
    session = session_of(ZWLR, 1)
    session.copy(buffer="selection")
    assert read(drive(session), "selection")["problem"] == ReadProblem.UNSUPPORTED


@pytest.mark.parametrize("mode", ["secret", "secret_gtk", "secret_copyq"])
def test_the_text_of_a_marked_copy_is_never_asked_for(session: FakeSession, driver: JsonProcess, mode: str) -> None:
    watch(driver)
    session.copy(mode)
    copied = driver.next(event="copied")
    assert (copied["text"], copied["problem"]) == ("", ReadProblem.SECRET)
    assert read(driver, "clipboard")["problem"] == ReadProblem.SECRET
    session.copy(mode, buffer="selection")
    assert read(driver, "selection")["problem"] == ReadProblem.SECRET
    assert session.asked == []


def test_ringbridges_own_copy_is_passed_over(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    session.copy("own")
    driver.quiet_for(0.2, event="copied")
    assert session.asked == []
    assert read(driver, "clipboard")["text"] == "+1 212 555 0100"


@pytest.mark.parametrize(
    ("mode", "problem"),
    [("image", ReadProblem.NO_TEXT), ("html", ReadProblem.NO_TEXT), ("die", ReadProblem.EMPTY)],
)
def test_what_is_no_text_is_refused(
    session: FakeSession, driver: JsonProcess, mode: str, problem: ReadProblem
) -> None:
    watch(driver)
    began = session.copy(mode)["at_request"]
    copied = driver.next(event="copied")
    assert (copied["text"], copied["problem"]) == ("", problem)
    assert copied["at"] - began < 0.2


@pytest.mark.parametrize(
    ("mode", "asked"),
    [
        ("text", "text/plain;charset=utf-8"),
        ("spelled", "text/plain; charset=UTF-8"),
        ("legacy", "UTF8_STRING"),
        ("plain", "text/plain"),
        ("latin1", "STRING"),
    ],
)
def test_the_best_format_is_asked_for_and_understood(
    session: FakeSession, driver: JsonProcess, mode: str, asked: str
) -> None:
    watch(driver)
    session.copy(mode, text="Büro 040 1234567")
    assert driver.next(event="copied")["text"] == "Büro 040 1234567"
    assert session.asked == [asked]


def test_too_much_is_refused_at_once_and_its_owner_is_read_to_the_end(
    session: FakeSession, driver: JsonProcess
) -> None:
    watch(driver)
    began = session.copy("huge")["at_request"]
    copied = driver.next(event="copied")
    assert copied["problem"] == ReadProblem.TOO_LONG
    assert copied["at"] - began < DEADLINE_S
    session.compositor.next(given=True)


def test_an_owner_that_never_ends_is_left(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    session.copy("endless")
    assert driver.next(event="copied")["problem"] == ReadProblem.TOO_LONG
    session.compositor.next(broken_pipe=True, timeout_s=20)


@pytest.mark.parametrize("mode", ["hang", "half", "late"])
def test_an_owner_that_does_not_answer_is_given_up(session: FakeSession, driver: JsonProcess, mode: str) -> None:
    watch(driver)
    began = session.copy(mode)["at_request"]
    copied = driver.next(event="copied")
    assert copied["problem"] == ReadProblem.NO_ANSWER
    assert DEADLINE_S <= copied["at"] - began < LATEST_S + 0.2  # a busy machine's share
    session.copy(text="new")
    assert driver.next(event="copied")["text"] == "new"
    driver.quiet_for(0.5, event="copied")
    assert not [line for line in session.compositor.seen if "broken_pipe" in line]


def test_a_new_copy_supersedes_one_that_hangs(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    session.copy("hang")
    session.compositor.next(asked="text/plain;charset=utf-8")
    session.copy(text="0151 23456789")
    assert driver.next(event="copied")["text"] == "0151 23456789"
    driver.quiet_for(DEADLINE_S + 0.2, event="copied")


def test_of_copies_that_come_at_once_the_last_one_counts(session: FakeSession, driver: JsonProcess) -> None:
    """The others are given back by then; to ask for one of those is an error that ends the connection."""
    watch(driver)
    driver.process.send_signal(signal.SIGSTOP)
    for number in range(5):
        session.copy(text=f"0151 2345678{number}")
    driver.send(do="read", buffer="clipboard")
    driver.process.send_signal(signal.SIGCONT)
    assert driver.next(event="copied")["text"] == "0151 23456784"
    assert read(driver, "clipboard")["text"] == "0151 23456784"
    assert [line["text"] for line in driver.seen if line["event"] == "copied"] == ["0151 23456784"]


def test_a_reader_of_an_owner_that_hangs_gets_the_new_copy(session: FakeSession, driver: JsonProcess) -> None:
    session.copy("hang")
    driver.send(do="read", buffer="clipboard")
    session.compositor.next(asked="text/plain;charset=utf-8")
    session.copy(text="0151 23456789")
    assert driver.next(event="read")["text"] == "0151 23456789"


def test_several_readers_are_answered_each(session: FakeSession, driver: JsonProcess) -> None:
    session.copy(text="030 1234")
    session.copy("hang", buffer="selection")
    for buffer in ("selection", "clipboard", "clipboard"):
        driver.send(do="read", buffer=buffer)
    answers = [driver.next(event="read") for _ in range(3)]
    assert [answer["text"] or answer["problem"] for answer in answers] == ["030 1234", "030 1234", "no_answer"]


def test_many_copies_that_hang_cost_no_file_descriptors(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    before = open_files(driver.process.pid)
    for _ in range(60):
        session.copy("hang")
    driver.next(event="copied", problem=ReadProblem.NO_ANSWER)
    assert open_files(driver.process.pid) - before <= 10
    session.copy(text="1234567")
    assert driver.next(event="copied")["text"] == "1234567"


def test_closing_answers_whoever_still_waits(session: FakeSession, driver: JsonProcess) -> None:
    session.copy("hang")
    driver.send(do="read", buffer="clipboard")
    driver.send(do="close")
    assert driver.next(event="read")["problem"] == ReadProblem.NO_ANSWER
    driver.send(do="close")
    driver.next(event="done", did="close")


def test_the_gui_thread_is_never_held_up(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    driver.send(do="heartbeat")
    for mode in ("text", "huge", "hang", "half", "late", "die", "image", "secret", "endless"):
        session.copy(mode)
        driver.next(event="copied")
    session.compositor.send(do="stop", seconds=1)
    assert read(driver, "clipboard")["problem"] == ReadProblem.NO_ANSWER
    driver.send(do="heartbeat_stop")
    longest_s = driver.next(event="heartbeat")["longest_s"]
    print(f"longest pause {longest_s * 1000:.1f} ms")
    assert longest_s < LONGEST_PAUSE_S


def test_an_idle_watcher_is_not_woken(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    session.copy(text="once")
    driver.next(event="copied")
    driver.quiet_for(0.5, event="copied")
    before = wake_ups(driver.process.pid)
    driver.quiet_for(5, event="copied")
    assert wake_ups(driver.process.pid) == before


def ends_quietly(driver: JsonProcess) -> None:
    """Readers are answered, nothing spins, the process lives."""
    assert read(driver, "clipboard")["problem"] in {
        ReadProblem.NO_ANSWER,
        ReadProblem.UNSUPPORTED,
        ReadProblem.EMPTY,  # the compositor is still there, and is asked anew
    }
    before = cpu_s(driver.process.pid)
    driver.quiet_for(1, event="copied")
    assert driver.process.poll() is None
    assert cpu_s(driver.process.pid) - before < 0.1


def test_the_end_of_the_compositor_leaves_a_quiet_process(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    session.copy("hang")
    driver.send(do="read", buffer="clipboard")
    for _ in range(2):  # by the watcher, and by the reader
        session.compositor.next(asked="text/plain;charset=utf-8")
    session.compositor.send(do="close")
    # the pipe it held ends with it, perhaps a moment before the connection
    assert driver.next(event="read")["problem"] in {ReadProblem.NO_ANSWER, ReadProblem.EMPTY}
    ends_quietly(driver)


def crash(session: FakeSession) -> None:
    """End the compositor; its socket stays as a file, as after a crash."""
    session.compositor.process.kill()
    session.compositor.process.wait(10)
    session.compositor.end()


def test_copies_are_seen_again_once_the_compositor_is_back(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    for number in ("12345678", "12345679"):
        crash(session)
        session.start(EXT, 1)
        session.compositor.next(bound="manager", timeout_s=10)  # by itself: nobody asked for anything
        assert read(driver, "clipboard")["problem"] == ReadProblem.EMPTY
        session.copy(text=number)
        assert driver.next(event="copied")["text"] == number


def test_a_read_finds_a_compositor_that_came_back(session: FakeSession, driver: JsonProcess) -> None:
    assert read(driver, "clipboard")["problem"] == ReadProblem.EMPTY  # connected, and nothing is watched
    crash(session)
    session.start(ZWLR, 2)
    session.copy(text="12345678")
    assert read(driver, "clipboard")["text"] == "12345678"


def test_who_is_no_longer_watching_does_not_come_back(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    crash(session)
    driver.send(do="unwatch")
    driver.next(event="done", did="unwatch")
    session.start(EXT, 1)
    session.compositor.quiet_for(0.7, bound="manager")


def test_resumed_while_there_is_no_compositor_it_watches_the_next_one(
    session: FakeSession, driver: JsonProcess
) -> None:
    watch(driver)
    crash(session)
    for what in ("unwatch", "watch"):
        driver.send(do=what)
        driver.next(event="done", did=what)
    session.start(EXT, 1)
    session.compositor.next(bound="manager", timeout_s=10)
    assert read(driver, "clipboard")["problem"] == ReadProblem.EMPTY
    session.copy(text="12345678")
    assert driver.next(event="copied")["text"] == "12345678"


def test_a_compositor_that_does_not_answer_yet_holds_nobody_up(session: FakeSession, driver: JsonProcess) -> None:
    """KDE's session keeps the socket itself while KWin starts again."""
    watch(driver)
    crash(session)
    session.start(EXT, 1, "silent")
    driver.send(do="heartbeat")
    driver.next(event="done", did="heartbeat")
    for _ in range(5):
        assert read(driver, "clipboard")["problem"] == ReadProblem.UNSUPPORTED
        driver.send(do="availability")
        assert not driver.next(event="availability")["usable"]
    driver.send(do="heartbeat_stop")
    assert driver.next(event="heartbeat")["longest_s"] < LONGEST_PAUSE_S


def test_a_compositor_without_data_control_is_left_alone(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    crash(session)
    session.start("none", 1)
    ends_quietly(driver)


@pytest.mark.parametrize(
    "trouble",
    [
        {"do": "raw", "bytes": "00" * 64},
        {"do": "raw", "bytes": "ff" * 200_000},
        {"do": "raw", "bytes": "01000000" + "00000900" + "00" * 8},  # a size of 9
        {"do": "device", "opcode": 1, "bytes": ""},
        {"do": "device", "opcode": 0, "bytes": "05000000"},  # an offer with an id of ours
        {"do": "error"},
    ],
)
def test_nonsense_ends_the_connection_and_nothing_else(
    session: FakeSession, driver: JsonProcess, trouble: dict[str, Any]
) -> None:
    watch(driver)
    session.compositor.send(**trouble)
    ends_quietly(driver)


@pytest.mark.parametrize(
    "trouble",
    [
        {"do": "device", "opcode": 1, "bytes": "010000ff"},  # something copied that was never introduced
        {"do": "device", "opcode": 9, "bytes": "00" * 16},  # an event of a later version
        {"do": "raw", "bytes": "99000000" + "00000c00" + "00" * 4},  # of an object that is not there
        {"do": "raw", "bytes": "01000000" + "01000c00" + "ffffffff"},  # an id that was never ours is free again
    ],
)
def test_what_is_not_known_is_passed_over(session: FakeSession, driver: JsonProcess, trouble: dict[str, Any]) -> None:
    watch(driver)
    session.compositor.send(**trouble)
    session.copy(text="12345678")
    assert driver.next(event="copied", text="12345678")


def test_messages_in_pieces_are_put_together(
    session_of: StartSession, drive: Callable[[FakeSession], JsonProcess]
) -> None:
    session = session_of(EXT, 1, "bytes")
    driver = drive(session)
    watch(driver)
    session.copy(text="12345678")
    assert driver.next(event="copied")["text"] == "12345678"


def test_thousands_of_formats_and_offers_cost_little_and_hide_no_mark(
    session_of: StartSession, drive: Callable[[FakeSession], JsonProcess]
) -> None:
    session = session_of(EXT, 1, "flood")
    driver = drive(session)
    watch(driver)
    session.copy(text="12345678")
    assert driver.next(event="copied", timeout_s=20)["text"] == "12345678"
    session.copy("secret")
    assert driver.next(event="copied", timeout_s=20)["problem"] == ReadProblem.SECRET
    assert read(driver, "clipboard")["problem"] == ReadProblem.SECRET
    assert session.copy(text="again")["offers"] < 1000  # those that were never copied are given back


def test_a_seat_that_goes_is_asked_about_anew(session: FakeSession, driver: JsonProcess) -> None:
    watch(driver)
    session.compositor.send(do="finish")
    assert read(driver, "clipboard")["event"] == "read"
    session.copy(text="12345678")
    assert driver.next(event="copied")["text"] == "12345678"


def test_without_a_seat_there_is_nothing_to_read(
    session_of: StartSession, drive: Callable[[FakeSession], JsonProcess]
) -> None:
    assert read(drive(session_of(EXT, 1, "noseat")), "clipboard")["problem"] == ReadProblem.UNSUPPORTED


def at(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> Availability:
    monkeypatch.setenv("WAYLAND_DISPLAY", str(session.socket))
    backend = ClipboardWayland()
    availability = backend.availability()
    backend.close()
    return availability


def test_with_data_control_it_is_usable(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at(session, monkeypatch) == Availability(usable=True)


def test_without_data_control_it_says_what_helps(session_of: StartSession, monkeypatch: pytest.MonkeyPatch) -> None:
    availability = at(session_of("none"), monkeypatch)
    assert availability == Availability(usable=False, reason="no_data_control", remedy="bind_dial_command")


def test_a_compositor_that_says_nothing_is_none(session_of: StartSession, monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(EXT, 1, "silent")
    began = time.monotonic()
    assert at(session, monkeypatch) == Availability(usable=False, reason="gone")
    assert time.monotonic() - began < LATEST_S


@pytest.mark.parametrize("name", ["wayland-4711", "/nowhere/wayland-0", ""])
def test_without_a_compositor_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", name)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert ClipboardWayland().availability() == Availability(usable=False, reason="no_display")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert not ClipboardWayland().availability().usable


def test_the_command_line_reads_without_an_event_loop(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", str(session.socket))
    session.copy(text="030 1234", buffer="selection")
    session.copy("huge")
    assert read_text_wayland(Buffer.SELECTION).text == "030 1234"
    assert read_text_wayland(Buffer.CLIPBOARD).problem is ReadProblem.TOO_LONG
    session.copy("secret")
    assert read_text_wayland(Buffer.CLIPBOARD).problem is ReadProblem.SECRET
    session.copy("hang")
    assert read_text_wayland(Buffer.CLIPBOARD, timeout_s=0.2).problem is ReadProblem.NO_ANSWER


def test_the_command_line_is_told_where_nothing_can_be_read(
    session_of: StartSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", str(session_of("none").socket))
    assert read_text_wayland(Buffer.CLIPBOARD).problem is ReadProblem.UNSUPPORTED
    monkeypatch.setenv("WAYLAND_DISPLAY", "/nowhere")
    assert read_text_wayland(Buffer.CLIPBOARD).problem is ReadProblem.UNSUPPORTED
