import threading

from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from ringbridge.ui.tasks import GuiInvoker, Lane


def test_work_runs_elsewhere_and_its_result_comes_back_to_the_gui_thread(qtbot: QtBot) -> None:
    lane = Lane("test", GuiInvoker())
    seen: list[tuple[int, object]] = []
    errors: list[Exception] = []
    gui = QThread.currentThread()
    lane.submit(threading.get_ident, lambda ident: seen.append((ident, QThread.currentThread())), errors.append)
    qtbot.waitUntil(lambda: bool(seen))
    ((ident, thread),) = seen
    assert ident != threading.get_ident()
    assert thread == gui
    assert lane.close()


def test_an_error_comes_back_as_an_error(qtbot: QtBot) -> None:
    lane = Lane("test", GuiInvoker())
    failures: list[Exception] = []

    def work() -> None:
        raise OSError("disk full")

    lane.submit(work, lambda _: failures.clear(), failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert isinstance(failures[0], OSError)
    assert lane.close()


def test_jobs_keep_their_order(qtbot: QtBot) -> None:
    lane = Lane("test", GuiInvoker())
    results: list[int] = []
    for number in range(50):
        lane.submit(lambda number=number: number, results.append, lambda _: None)
    qtbot.waitUntil(lambda: len(results) == 50)
    assert results == list(range(50))
    assert lane.close()


def test_a_closed_lane_drops_its_results_and_takes_no_jobs(qtbot: QtBot) -> None:
    lane = Lane("test", GuiInvoker())
    release, started = threading.Event(), threading.Event()
    results: list[bool] = []

    def work() -> bool:
        started.set()
        return release.wait(5)

    lane.submit(work, results.append, lambda _: None)
    assert started.wait(5)
    assert not lane.close(timeout_s=0.01)
    release.set()
    lane.submit(lambda: True, results.append, lambda _: None)
    assert lane.close(timeout_s=5)
    qtbot.wait(50)  # whatever was on its way would arrive now
    assert results == []


def test_a_lane_for_calls_begins_none_once_it_is_closed(qtbot: QtBot) -> None:
    done: dict[str, list[int]] = {"calls": [], "work": []}
    for name, ran in done.items():
        lane = Lane(name, GuiInvoker(), drops_queue=name == "calls")
        release, started = threading.Event(), threading.Event()

        def first(started: threading.Event = started, release: threading.Event = release) -> None:
            started.set()
            release.wait(5)

        lane.submit(first, lambda _: None, lambda _: None)
        lane.submit(lambda ran=ran: ran.append(1), lambda _: None, lambda _: None)
        assert started.wait(5)
        lane.close(timeout_s=0)
        release.set()
        assert lane.close(timeout_s=5)
    assert done == {"calls": [], "work": [1]}


def test_a_lane_nobody_used_has_no_thread(qtbot: QtBot) -> None:
    before = threading.active_count()
    lane = Lane("test", GuiInvoker())
    assert threading.active_count() == before
    assert lane.close()


def test_thousands_of_signals_leave_the_interpreter_whole(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 dies here: each emit takes a reference from True (see pyproject.toml)."""
    invoker = GuiInvoker()
    count = 0

    def add() -> None:
        nonlocal count
        count += 1

    for _ in range(2000):
        invoker.call(add)
    qtbot.waitUntil(lambda: count == 2000)
    for _ in range(20_000):
        invoker.setObjectName("x")
