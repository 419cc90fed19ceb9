"""Programs of other people in which a test selects text as a person does: a terminal, GTK, Qt, a browser."""

import http.server
import shlex
import shutil
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from support import qt_text
from support.desktop import Desktop, Window

_CHROMIUM = [
    *("chromium", "--no-sandbox", "--no-first-run", "--no-default-browser-check", "--disable-gpu", "--test-type"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--password-store=basic", "--window-position=300,200", "--window-size=600,300"),
]


class OtherProgram(NamedTuple):
    """One of them, on the screen.

    Attributes:
        window: Its window.
        select: Selects the text that it was started with.
    """

    window: Window
    select: Callable[[], None]


def missing(name: str) -> str:
    """The Debian package that is not here, or empty."""
    package = {"terminal": "xterm", "gtk": "mousepad", "browser": "chromium"}.get(name, "")
    return package if package and shutil.which(package) is None else ""


@contextmanager
def running(desktop: Desktop, name: str, text: str) -> Generator[OtherProgram]:
    """Start one of `PROGRAMS` with a text, give it the focus, and end it afterwards."""
    with ExitStack() as ends:
        program, title, select = PROGRAMS[name](desktop, text, ends)
        window = desktop.window(title, 30)
        desktop.focus(window)
        yield OtherProgram(window, lambda: select(window))
        program.terminate()
        program.wait(10)


Started = tuple[Any, str, Callable[[Window], None]]


def _terminal(desktop: Desktop, text: str, _ends: ExitStack) -> Started:
    script = f"printf '%s\\n' {shlex.quote(text)}; exec sleep 1000"
    font = ["-fa", "DejaVu Sans Mono", "-fs", "12"]
    title = ["-T", "Other terminal", "-geometry", "60x8+300+300"]
    program = desktop.spawn(["xterm", *font, *title, "-e", "sh", "-c", script])
    return program, "^Other terminal$", lambda window: _click_thrice(desktop, window.x + 60, window.y + 12)


def _gtk(desktop: Desktop, text: str, _ends: ExitStack) -> Started:
    file = desktop.home / "other-note.txt"
    file.write_text(text)
    program = desktop.spawn(["mousepad", "--disable-server", str(file)])
    return program, "other-note.txt", lambda _window: desktop.press("ctrl+a")


def _qt(desktop: Desktop, text: str, _ends: ExitStack) -> Started:
    program = desktop.spawn([sys.executable, qt_text.__file__, "Other editor", text])
    return program, "^Other editor$", lambda _window: desktop.press("ctrl+a")


def _browser(desktop: Desktop, text: str, ends: ExitStack) -> Started:
    body = f"<title>Other page</title><body style='font: 20px DejaVu Sans; margin: 20px'><p>{text}</p>".encode()

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    server = ends.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ends.callback(server.shutdown)
    program = desktop.spawn([*_CHROMIUM, f"--app=http://127.0.0.1:{server.server_port}/"])
    return program, "^Other page$", lambda window: _click_thrice(desktop, window.x + 100, window.y + 52)


def _click_thrice(desktop: Desktop, x: int, y: int) -> None:
    """Select a line or a paragraph."""
    clicks = ["click", "--repeat", "3", "--delay", "30", "1"]
    desktop.run(["xdotool", "mousemove", str(x), str(y), *clicks], check=True)


PROGRAMS: dict[str, Callable[[Desktop, str, ExitStack], Started]] = {
    "terminal": _terminal,
    "gtk": _gtk,
    "qt": _qt,
    "browser": _browser,
}
