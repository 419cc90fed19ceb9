"""The clipboard on a real X server, with real and with misbehaving programs on the other side."""

import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from ringbridge.desktop.clipboard_x11 import ClipboardX11
from ringbridge.desktop.ports import ReadProblem
from support.desktop import Desktop
from support.json_process import JsonProcess, StartOwner

LONGEST_PAUSE_S = 0.05
DEADLINE_S = 0.5
LATEST_S = 0.6
LONG_TEXT = "1" * (10 * 1024 * 1024)


def watch(driver: JsonProcess) -> None:
    driver.send(do="watch")
    driver.next(event="done")


def read(driver: JsonProcess, buffer: str) -> dict[str, Any]:
    driver.send(do="read", buffer=buffer)
    return driver.next(event="read")


def wake_ups(pid: int) -> int:
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))
    return total


def pasted(screen: Desktop) -> str:
    try:
        return screen.run(["xclip", "-out", "-selection", "clipboard"], timeout=1).stdout
    except subprocess.TimeoutExpired:
        return ""


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_a_copy_by_xclip_arrives(screen: Desktop, driver: JsonProcess) -> None:
    watch(driver)
    screen.copy("call +49 30 901820 – Zoë ☎")
    copied = driver.next(event="copied")
    assert (copied["text"], copied["problem"]) == ("call +49 30 901820 – Zoë ☎", None)


def test_a_copy_by_xsel_arrives(screen: Desktop, driver: JsonProcess) -> None:
    watch(driver)
    screen.run(["xsel", "--clipboard", "--input"], input="020 7946 0018", check=True, capture_output=False)
    assert driver.next(event="copied")["text"] == "020 7946 0018"


def test_the_same_text_copied_twice_arrives_twice(screen: Desktop, driver: JsonProcess) -> None:
    watch(driver)
    for _ in range(2):
        screen.copy("12345678")
        assert driver.next(event="copied")["text"] == "12345678"
    driver.quiet_for(0.2, event="copied")


def test_an_owner_that_copies_again_is_heard_again(driver: JsonProcess, own: StartOwner) -> None:
    watch(driver)
    owner = own("text")
    driver.next(event="copied")
    owner.send(again=True)
    assert driver.next(event="copied")["text"] == "+1 212 555 0100"


def test_thirty_copies_arrive_each_and_at_once(driver: JsonProcess, own: StartOwner, record_property: Any) -> None:
    watch(driver)
    owner = own("text")
    driver.next(event="copied")
    latencies_ms: list[float] = []
    for _ in range(30):
        owner.send(again=True)
        began = owner.next(owns=True)["at_request"]
        latencies_ms.append((driver.next(event="copied")["at"] - began) * 1000)
    record_property("latency_ms", latencies_ms)
    print(f"median {statistics.median(latencies_ms):.2f} ms, worst {max(latencies_ms):.2f} ms")
    assert statistics.median(latencies_ms) < 50


def test_copies_before_watching_and_after_unwatching_are_not_reported(screen: Desktop, driver: JsonProcess) -> None:
    screen.copy("before")
    watch(driver)
    driver.quiet_for(0.2, event="copied")
    driver.send(do="unwatch")
    driver.next(event="done")
    screen.copy("after")
    driver.quiet_for(0.2, event="copied")
    assert read(driver, "clipboard")["text"] == "after"


def test_the_selection_is_read_on_demand_only(screen: Desktop, driver: JsonProcess) -> None:
    watch(driver)
    screen.copy("0800 900 123", "primary")
    driver.quiet_for(0.2, event="copied")
    assert read(driver, "selection")["text"] == "0800 900 123"


def test_nothing_selected_is_empty(screen: Desktop, driver: JsonProcess) -> None:
    screen.run(["xsel", "--primary", "--clear"], check=True)
    assert read(driver, "selection")["problem"] == ReadProblem.EMPTY


@pytest.mark.parametrize("mode", ["secret", "secret_gtk", "secret_copyq"])
def test_the_text_of_a_marked_copy_is_never_asked_for(driver: JsonProcess, own: StartOwner, mode: str) -> None:
    watch(driver)
    owner = own(mode)
    copied = driver.next(event="copied")
    assert (copied["text"], copied["problem"]) == ("", ReadProblem.SECRET)
    assert read(driver, "clipboard")["problem"] == ReadProblem.SECRET
    owner.quiet_for(0.2, asked="UTF8_STRING")
    assert [line["asked"] for line in owner.seen if "asked" in line] == ["TARGETS", "TARGETS"]


def test_ringbridges_own_copy_is_passed_over(driver: JsonProcess, own: StartOwner) -> None:
    watch(driver)
    own("own")
    driver.quiet_for(0.3, event="copied")
    assert read(driver, "clipboard")["text"] == "+1 212 555 0100"


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        ("image", ReadProblem.NO_TEXT),
        ("html", ReadProblem.NO_TEXT),
        ("refuse", ReadProblem.NO_TEXT),
        ("empty", ReadProblem.EMPTY),
        ("incr", ReadProblem.TOO_LONG),
        ("huge", ReadProblem.TOO_LONG),
    ],
)
def test_what_is_no_short_text_is_refused_at_once(
    driver: JsonProcess, own: StartOwner, mode: str, problem: ReadProblem
) -> None:
    watch(driver)
    began = own(mode).seen[0]["at_request"]
    copied = driver.next(event="copied")
    assert (copied["text"], copied["problem"]) == ("", problem)
    assert copied["at"] - began < 0.2


@pytest.mark.parametrize("mode", ["latin1", "compound", "no_targets"])
def test_owners_with_old_formats_are_understood(driver: JsonProcess, own: StartOwner, mode: str) -> None:
    watch(driver)
    own(mode, text="Büro 040 1234567")
    assert driver.next(event="copied")["text"] == "Büro 040 1234567"


def test_ten_megabytes_are_refused_at_once_and_stay_with_their_owner(screen: Desktop, driver: JsonProcess) -> None:
    watch(driver)
    began = time.monotonic()
    screen.copy(LONG_TEXT)
    copied = driver.next(event="copied")
    assert copied["problem"] == ReadProblem.TOO_LONG
    assert copied["at"] - began < DEADLINE_S
    # xclip serves one transfer at a time, and forgets whoever asks meanwhile: ask until it is through with ours
    screen.wait_for(lambda: pasted(screen) == LONG_TEXT, 10, "another program to paste")
    assert read(driver, "clipboard")["problem"] == ReadProblem.TOO_LONG


def test_reading_too_much_many_times_leaves_the_owner_unharmed(driver: JsonProcess, own: StartOwner) -> None:
    owner = own("incr")
    for _ in range(40):  # more often than windows are kept
        assert read(driver, "clipboard")["problem"] == ReadProblem.TOO_LONG
    assert owner.process.poll() is None


@pytest.mark.parametrize("mode", ["hang", "hang_targets", "hang_text", "late"])
def test_an_owner_that_does_not_answer_is_given_up(driver: JsonProcess, own: StartOwner, mode: str) -> None:
    watch(driver)
    began = own(mode).seen[0]["at_request"]
    copied = driver.next(event="copied")
    assert copied["problem"] == ReadProblem.NO_ANSWER
    assert copied["at"] - began >= DEADLINE_S


def test_a_reader_is_answered_within_the_deadline(driver: JsonProcess, own: StartOwner) -> None:
    own("hang")
    began = time.monotonic()
    answer = read(driver, "clipboard")
    assert answer["problem"] == ReadProblem.NO_ANSWER
    assert DEADLINE_S <= answer["at"] - began < LATEST_S + 0.2  # a busy machine's share


def test_a_late_answer_does_not_reach_the_next_reader(screen: Desktop, driver: JsonProcess, own: StartOwner) -> None:
    late = own("late", text="old")
    assert read(driver, "clipboard")["problem"] == ReadProblem.NO_ANSWER
    screen.copy("new")
    assert read(driver, "clipboard")["text"] == "new"
    late.next(answered="TARGETS")
    assert read(driver, "clipboard")["text"] == "new"


def test_an_owner_that_dies_in_the_middle_is_given_up_at_once(driver: JsonProcess, own: StartOwner) -> None:
    watch(driver)
    began = own("die").seen[0]["at_request"]
    copied = driver.next(event="copied")
    assert copied["problem"] == ReadProblem.NO_ANSWER
    assert copied["at"] - began < DEADLINE_S


def test_a_new_copy_supersedes_one_that_hangs(screen: Desktop, driver: JsonProcess, own: StartOwner) -> None:
    watch(driver)
    own("hang").next(asked="TARGETS")
    screen.copy("0151 23456789")
    assert driver.next(event="copied")["text"] == "0151 23456789"
    driver.quiet_for(DEADLINE_S + 0.2, event="copied")
    assert [line["text"] for line in driver.seen if line["event"] == "copied"] == ["0151 23456789"]


def test_a_reader_of_an_owner_that_hangs_gets_the_new_copy(
    screen: Desktop, driver: JsonProcess, own: StartOwner
) -> None:
    watch(driver)
    hanging = own("hang")
    driver.send(do="read", buffer="clipboard")
    hanging.next(asked="TARGETS")
    hanging.next(asked="TARGETS")
    screen.copy("0151 23456789")
    assert driver.next(event="read")["text"] == "0151 23456789"


def test_several_readers_are_answered_each(screen: Desktop, driver: JsonProcess, own: StartOwner) -> None:
    screen.copy("030 1234")
    own("hang", "PRIMARY")
    for buffer in ("selection", "clipboard", "clipboard"):
        driver.send(do="read", buffer=buffer)
    answers = [driver.next(event="read") for _ in range(3)]
    assert [answer["text"] or answer["problem"] for answer in answers] == ["030 1234", "030 1234", "no_answer"]


def test_closing_answers_whoever_still_waits(driver: JsonProcess, own: StartOwner) -> None:
    own("hang")
    driver.send(do="read", buffer="clipboard")
    driver.send(do="close")
    assert driver.next(event="read")["problem"] == ReadProblem.NO_ANSWER
    driver.send(do="close")
    driver.next(event="done", did="close")


def test_the_gui_thread_is_never_held_up(screen: Desktop, driver: JsonProcess, own: StartOwner) -> None:
    watch(driver)
    driver.send(do="heartbeat")
    for mode in ("text", "incr", "huge", "hang", "hang_targets", "hang_text", "late", "die", "image", "secret"):
        own(mode)
        driver.next(event="copied")
    screen.copy(LONG_TEXT)
    driver.next(event="copied")
    driver.send(do="heartbeat_stop")
    longest_s = driver.next(event="heartbeat")["longest_s"]
    print(f"longest pause {longest_s * 1000:.1f} ms")
    assert longest_s < LONGEST_PAUSE_S


def test_an_idle_watcher_is_not_woken(screen: Desktop, driver: JsonProcess) -> None:
    watch(driver)
    driver.send(do="bind", keys={"dial_selection": "Ctrl+Alt+F7"})
    screen.copy("once")
    driver.next(event="copied")
    driver.quiet_for(0.5)
    before = wake_ups(driver.process.pid)
    driver.quiet_for(5)
    assert wake_ups(driver.process.pid) == before


def test_the_end_of_the_x_server_leaves_a_quiet_process() -> None:
    with Desktop(tray="none", wm="none") as screen:
        driver = JsonProcess(screen, "clipboard_driver.py")
        driver.next(event="ready", timeout_s=20)
        watch(driver)
        driver.send(do="bind", keys={"dial_selection": "Ctrl+Alt+F7"})
        driver.next(event="done")
        subprocess.run(["kill", "-KILL", str(screen.pids["xvfb"])], check=True)
        answer = read(driver, "clipboard")
        assert answer["problem"] in {ReadProblem.NO_ANSWER, ReadProblem.UNSUPPORTED}
        assert read(driver, "clipboard")["problem"] == ReadProblem.UNSUPPORTED
        states = [line["reason"] for line in driver.seen if line["event"] == "state"]
        assert states == ["", "gone"]
        driver.send(do="bind", keys={"dial_selection": "Ctrl+Alt+F8"})
        driver.next(event="state", condition="unavailable", reason="gone")
        driver.next(event="done", did="bind")
        before = cpu_s(driver.process.pid)
        driver.quiet_for(2)
        assert driver.process.poll() is None
        assert cpu_s(driver.process.pid) - before < 0.1
        driver.end()


def test_without_an_x_server_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    availability = ClipboardX11().availability()
    assert (availability.usable, availability.reason) == (False, "no_display")


def test_with_an_x_server_it_is_usable(screen: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", screen.display)
    assert ClipboardX11().availability().usable
