"""Background lanes: blocking work off the GUI thread, its result back on it."""

import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

_T = TypeVar("_T")


class GuiInvoker(QObject):
    """Runs callables on the GUI thread, whichever thread asks.

    Made on the GUI thread, kept for the program's life.
    """

    _wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        # Automatic, so from another thread it is queued. Naming the queued type would make PySide build all
        # enumerations of `Qt`, 18 ms on the way up.
        self._wanted.connect(self._run)

    def call(self, function: Callable[[], None]) -> None:
        """Run `function` on the GUI thread: soon, or at once when asked there. Any thread."""
        self._wanted.emit(function)

    @Slot(object)
    def _run(self, function: Callable[[], None]) -> None:
        function()


class Lane:
    """A daemon thread with a queue: jobs one after the other, in order.

    The thread starts with the first job and is parked between jobs. A daemon, because a stuck job (a keyring that
    waits for a person) must not hold the program at exit.

    Args:
        name: For logs and debuggers.
        invoker: Brings results back to the GUI thread.
        drops_queue: Jobs that have not begun when the lane closes are dropped, not done.
    """

    def __init__(self, name: str, invoker: GuiInvoker, *, drops_queue: bool = False) -> None:
        self.name = name
        self._invoker = invoker
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._drops_queue = drops_queue

    def submit(self, work: Callable[[], _T], done: Callable[[_T], None], failed: Callable[[Exception], None]) -> None:
        """Queue one job. GUI thread.

        Args:
            work: Runs on the lane.
            done: Gets the result, on the GUI thread.
            failed: Gets the error, on the GUI thread. Neither is called once the lane is closed.
        """
        if self._closed:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
            self._thread.start()

        def job() -> None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - a thread's border: every error is the caller's to show
                self._deliver(partial(failed, error))
            else:
                self._deliver(partial(done, result))

        self._jobs.put(job)

    def close(self, timeout_s: float = 2.0) -> bool:
        """Take no more jobs and drop results still to come; wait a little for the running one.

        Returns:
            Whether the lane is at rest. Safe to call twice.
        """
        self._closed = True
        if self._thread is None:
            return True
        self._jobs.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _deliver(self, function: Callable[[], None]) -> None:
        if not self._closed:
            self._invoker.call(partial(self._unless_closed, function))

    def _unless_closed(self, function: Callable[[], None]) -> None:
        if not self._closed:
            function()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not (self._closed and self._drops_queue):
                job()
